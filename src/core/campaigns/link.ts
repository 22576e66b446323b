// Links: the distinct targets of a campaign, numbered. Clicks name them by number. Written by events/record.ts.

import { createHash } from 'node:crypto'
import type { Reader, Tx } from '../../db/db.ts'
import { inParts, sql, sqlList, sqlRows } from '../../db/sql.ts'
import { countHiddenClicks } from '../verdicts/hidden.ts'
import type { Hidden } from '../verdicts/hidden.ts'
import { RaceLostError } from '../../errors.ts'
import { countBesideErased } from '../erasure/erased-counts.ts'

export interface Target {
  linkNo: number
  url: string
}

export interface Link extends Target {
  clicks: number
}

/** Beyond this many, further targets of a campaign are taken for personalised ones and stored with their event. */
export const maxLinksPerCampaign = 1000

/**
 * The same for many targets at once, each given once: new ones are numbered in the order given. Others that number
 * links of this campaign wait until the transaction ends.
 */
export async function findOrCreateLinks(
  tx: Tx,
  campaignId: number,
  urls: readonly string[],
): Promise<Map<string, number | undefined>> {
  const hashes = new Map(urls.map((url) => [hashUrl(url), url]))
  const found = await findLinks(tx, campaignId, [...hashes.keys()])
  if (found.size < hashes.size) {
    await tx.one(sql`select campaign_id from campaign where campaign_id = ${campaignId} ${tx.forUpdate}`)
    const missing = [...hashes.keys()].filter((hash) => !found.has(hash))
    // Somebody may have numbered some of them while we waited.
    for (const [hash, linkNo] of await findLinks(tx, campaignId, missing)) found.set(hash, linkNo)
    const added = missing.filter((hash) => !found.has(hash))
    for (const [hash, linkNo] of await insertLinks(tx, campaignId, added, hashes)) found.set(hash, linkNo)
  }
  return new Map([...hashes].map(([hash, url]) => [url, found.get(hash)]))
}

async function findLinks(tx: Tx, campaignId: number, hashes: readonly string[]): Promise<Map<string, number>> {
  const found = new Map<string, number>()
  for (const part of inParts(hashes, 512)) {
    const rows = await tx.tuples<[hash: string, linkNo: number]>(
      sql`select url_hash, link_no from link where campaign_id = ${campaignId} and url_hash in ${sqlList(part)}`,
    )
    for (const [hash, linkNo] of rows) found.set(hash, linkNo)
  }
  return found
}

async function insertLinks(
  tx: Tx,
  campaignId: number,
  hashes: readonly string[],
  urls: ReadonlyMap<string, string>,
): Promise<Map<string, number>> {
  const last = await lastLinkNo(tx, campaignId)
  const numbered = hashes
    .slice(0, Math.max(0, maxLinksPerCampaign - last))
    .map((hash, i) => [hash, last + 1 + i] as const)
  for (const part of inParts(numbered, 512)) {
    const rows = part.map(([hash, linkNo]) => [campaignId, linkNo, urls.get(hash)!, hash])
    const added = await tx.run(
      sql`insert into link(campaign_id, link_no, url, url_hash) values ${sqlRows(rows)} on conflict do nothing`,
    )
    if (added < part.length) throw new RaceLostError(`the links of campaign ${campaignId}`)
  }
  return new Map(numbered)
}

/** The number of the target in this campaign, given out now if new; undefined when the campaign has too many. */
export async function findOrCreateLink(tx: Tx, campaignId: number, url: string): Promise<number | undefined> {
  const urlHash = hashUrl(url)
  const found = await tx.one<{ linkNo: number }>(
    sql`select link_no as "linkNo" from link where campaign_id = ${campaignId} and url_hash = ${urlHash}`,
  )
  if (found) return found.linkNo
  const last = await lastLinkNo(tx, campaignId)
  if (last >= maxLinksPerCampaign) return undefined
  await tx.run(
    sql`insert into link(campaign_id, link_no, url, url_hash) values (${campaignId}, ${last + 1}, ${url}, ${urlHash})`,
  )
  return last + 1
}

async function lastLinkNo(tx: Tx, campaignId: number): Promise<number> {
  const row = await tx.one<{ last: number }>(
    sql`select coalesce(max(link_no), 0) as last from link where campaign_id = ${campaignId}`,
  )
  return row!.last
}

function hashUrl(url: string): string {
  return createHash('sha256').update(url).digest().subarray(0, 15).toString('base64url')
}

/** A campaign's targets in the order of their numbers. */
export function listTargets(db: Reader, accountId: number, campaignId: number): Promise<Target[]> {
  return db.all<Target>(sql`
    select l.link_no as "linkNo", l.url from campaign c join link l on l.campaign_id = c.campaign_id
    where c.campaign_id = ${campaignId} and c.account_id = ${accountId} order by l.link_no`)
}

/**
 * A campaign's targets in the order of their numbers, with the clicks recorded on each, erased contacts' among them, without
 * those hidden.
 */
export async function listLinks(
  db: Reader,
  accountId: number,
  campaignId: number,
  hidden: Hidden = [],
): Promise<Link[]> {
  const links = await listTargets(db, accountId, campaignId)
  if (links.length === 0) return []
  const count = async (): Promise<Map<number, number>> => {
    const clicks = new Map(
      await db.tuples<[linkNo: number, clicks: number]>(sql`
        select link_no, count(*) from event where campaign_id = ${campaignId} and link_no is not null group by link_no`),
    )
    if (hidden.length > 0)
      for (const [linkNo, machines] of await countHiddenClicks(db, campaignId, hidden))
        clicks.set(linkNo, (clicks.get(linkNo) ?? 0) - machines)
    return clicks
  }
  const { counted: clicks, erased } = await countBesideErased(db, accountId, campaignId, count, hidden)
  for (const { linkNo, count: gone } of erased) clicks.set(linkNo, (clicks.get(linkNo) ?? 0) + gone)
  return links.map((link) => ({ ...link, clicks: clicks.get(link.linkNo) ?? 0 }))
}
