// Links: the distinct targets of a campaign, numbered. Clicks name them by number. Written by events/record.ts.

import { createHash } from 'node:crypto'
import type { Reader, Tx } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'

export interface Link {
  linkNo: number
  url: string
  clicks: number
}

/** Beyond this many, further targets of a campaign are taken for personalised ones and stored with their event. */
const maxLinksPerCampaign = 1000

/** The number of the target in this campaign, given out now if new; undefined when the campaign has too many. */
export async function findOrCreateLink(tx: Tx, campaignId: number, url: string): Promise<number | undefined> {
  const urlHash = createHash('sha256').update(url).digest().subarray(0, 15).toString('base64url')
  const found = await tx.one<{ linkNo: number }>(
    sql`select link_no as "linkNo" from link where campaign_id = ${campaignId} and url_hash = ${urlHash}`,
  )
  if (found) return found.linkNo
  const { last } = (await tx.one<{ last: number }>(
    sql`select coalesce(max(link_no), 0) as last from link where campaign_id = ${campaignId}`,
  ))!
  if (last >= maxLinksPerCampaign) return undefined
  await tx.run(
    sql`insert into link(campaign_id, link_no, url, url_hash) values (${campaignId}, ${last + 1}, ${url}, ${urlHash})`,
  )
  return last + 1
}

/** A campaign's targets in the order of their numbers, with the clicks recorded on each. */
export function listLinks(db: Reader, accountId: number, campaignId: number): Promise<Link[]> {
  return db.all<Link>(sql`
    select l.link_no as "linkNo", l.url, (select count(*) from event e
      where e.campaign_id = ${campaignId} and e.link_no = l.link_no and e.link_no is not null) as clicks
    from campaign c join link l on l.campaign_id = c.campaign_id
    where c.campaign_id = ${campaignId} and c.account_id = ${accountId} order by l.link_no`)
}
