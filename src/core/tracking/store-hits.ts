// Stores hits, with the events they are, in one transaction. Called by record-hits.ts, and again by the spool's drain: what
// is stored twice is there once.

import type { Tx } from '../../db/db.ts'
import { inParts, sql, sqlList, sqlRows } from '../../db/sql.ts'
import { eventKinds } from '../events/event.ts'
import type { EventKind } from '../events/event.ts'
import { record } from '../events/record.ts'
import type { NewEvent } from '../events/record.ts'
import { networkKey } from '../verdicts/address.ts'
import { stricter } from './consent.ts'
import type { TrackingLevel } from './consent.ts'
import { hitKinds, isProbe } from './hit.ts'
import type { Hit } from './hit.ts'

/** Hits of contacts that are gone, or that nobody may track, leave nothing. */
export async function storeHits(tx: Tx, hits: readonly Hit[], now: number): Promise<void> {
  for (const [accountId, own] of Map.groupBy(hits, (hit) => hit.accountId)) await storeOwn(tx, accountId, own, now)
}

async function storeOwn(tx: Tx, accountId: number, hits: readonly Hit[], now: number): Promise<void> {
  const levels = await findLevels(tx, accountId, hits)
  const told = hits.filter((hit) => levels.get(nameOf(hit)) === 'full')
  const counted = hits.filter((hit) => levels.get(nameOf(hit)) === 'aggregate')
  await countHits(tx, accountId, counted)
  const happened = told.filter(isEvent)
  const recorded = await record(tx, accountId, happened.map(toEvent), now)
  const eventIds = new Map<Hit, number>()
  recorded.forEach((result, i) => {
    if ('eventId' in result) eventIds.set(happened[i]!, result.eventId)
  })
  await insertHits(tx, accountId, told, eventIds, now)
}

type Visited = Pick<Hit, 'contactId' | 'campaignId'>

function nameOf({ contactId, campaignId }: Visited): string {
  return `${contactId} ${campaignId}`
}

// The trap is a link that no person sees: what comes there is evidence, and no click on anything.
function isEvent(hit: Hit): boolean {
  if (isProbe(hit)) return false
  return hit.kind === 'open' || (hit.kind === 'click' && hit.linkNo > 0)
}

function toEvent({ contactId, campaignId, kind, at, url }: Hit): NewEvent {
  return { contactId, campaignId, kind: kind as EventKind, at, url, source: 'own' }
}

/**
 * What may be kept of each contact's hits in each campaign, by the ids of both with a space between; absent where one of
 * the two is not there.
 */
export async function findLevels(
  tx: Tx,
  accountId: number,
  hits: readonly Visited[],
): Promise<Map<string, TrackingLevel>> {
  const contacts = new Map<number, TrackingLevel>()
  const campaigns = new Map<number, TrackingLevel>()
  for (const part of inParts([...new Set(hits.map((hit) => hit.contactId))], 512)) {
    const rows = await tx.tuples<[id: number, tracking: TrackingLevel]>(
      sql`select contact_id, tracking from contact where contact_id in ${sqlList(part)} and account_id = ${accountId}`,
    )
    for (const [id, tracking] of rows) contacts.set(id, tracking)
  }
  for (const part of inParts([...new Set(hits.map((hit) => hit.campaignId))], 512)) {
    const rows = await tx.tuples<[id: number, tracking: TrackingLevel]>(
      sql`select campaign_id, tracking from campaign where campaign_id in ${sqlList(part)} and account_id = ${accountId}`,
    )
    for (const [id, tracking] of rows) campaigns.set(id, tracking)
  }
  const levels = new Map<string, TrackingLevel>()
  for (const hit of hits) {
    const ofContact = contacts.get(hit.contactId)
    const ofCampaign = campaigns.get(hit.campaignId)
    if (ofContact && ofCampaign) levels.set(nameOf(hit), stricter(ofContact, ofCampaign))
  }
  return levels
}

const day = 86_400_000

function countHits(tx: Tx, accountId: number, hits: readonly Hit[]): Promise<void> {
  return countVisits(tx, accountId, hits.filter(isEvent).map((hit) => ({ ...hit, kind: hit.kind as EventKind }))) // oxfmt-ignore
}

/** Opens and clicks of which no more may be kept than that they were. */
export async function countVisits(
  tx: Tx,
  accountId: number,
  visits: readonly { campaignId: number; kind: EventKind; linkNo: number; at: number }[],
): Promise<void> {
  const counts = Map.groupBy(visits, ({ campaignId, kind, linkNo, at }) =>
    [campaignId, eventKinds[kind], linkNo, Math.floor(at / day)].join(' '),
  )
  for (const [name, same] of [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const [campaignId, kind, linkNo, onDay] = name.split(' ').map(Number)
    await tx.run(sql`
      insert into aggregate_count(account_id, campaign_id, kind, link_no, day, count)
      values (${accountId}, ${campaignId!}, ${kind!}, ${linkNo!}, ${onDay!}, ${same.length})
      on conflict (account_id, campaign_id, kind, link_no, day) do update set count = aggregate_count.count + ${same.length}`)
  }
}

async function insertHits(
  tx: Tx,
  accountId: number,
  hits: readonly Hit[],
  eventIds: ReadonlyMap<Hit, number>,
  now: number,
): Promise<void> {
  for (const part of inParts(hits, 64)) {
    const rows = part.map((hit) => {
      const eventId = eventIds.get(hit) ?? null
      return [
        hit.contactId, hit.hitId, accountId, hit.campaignId, hit.sendNo, hitKinds[hit.kind], hit.linkNo, hit.at, now, hit.method,
        hit.ip, hit.ip === null ? 0 : 1, networkKey(hit.ip ?? undefined) ?? null, hit.userAgent, Object.keys(hit.headers).length > 0 ? JSON.stringify(hit.headers) : null,
        eventId === null ? null : eventKinds[hit.kind as EventKind], eventId,
      ] // oxfmt-ignore
    })
    await tx.run(sql`
      insert into hit(contact_id, hit_id, account_id, campaign_id, send_no, kind, link_no, at, stored_at, method, ip, has_whole_ip, network, user_agent, headers,
        event_kind, event_id)
      values ${sqlRows(rows)} on conflict do nothing`)
  }
}
