// Reads what the rules need of the hits that are kept: those of a send, and the clicks beside them. Used by judge-sends.ts.

import type { Reader } from '../../db/db.ts'
import { sql, sqlLimit } from '../../db/sql.ts'
import { eventIdTime, eventKinds } from '../events/event.ts'
import { hitKinds } from '../tracking/hit.ts'
import type { HitKind } from '../tracking/hit.ts'
import type { Hit, HitHeaders, NeighbourClick } from './hit.ts'
import { maxNeighbours, neighbourRanges } from './settle.ts'
import type { VerdictSettings } from './settings.ts'

/** One message of one campaign to one contact. */
export interface SendName {
  contactId: number
  campaignId: number
  sendNo: number
}

/** A hit, and the event it became. */
export interface KeptHit extends Hit {
  event: { kind: number; eventId: number; linkNo: number | null } | undefined
}

/** More hits of one send than this are no reader's: the latest are left out. */
const maxHitsOfSend = 5000

const kindNames = new Map<number, HitKind>(Object.entries(hitKinds).map(([name, number]) => [number, name as HitKind]))

/** In the order they came. */
export async function listHitsOfSend(db: Reader, accountId: number, send: SendName): Promise<KeptHit[]> {
  const deliveredAt = await findDeliveredAt(db, accountId, send)
  const rows = await db.tuples<Row>(sql`
    select hit_id, kind, link_no, at, method, ip, user_agent, headers, event_kind, event_id from hit
    where contact_id = ${send.contactId} and campaign_id = ${send.campaignId} and send_no = ${send.sendNo}
      and +account_id = ${accountId} order by at, hit_id ${sqlLimit(maxHitsOfSend)}`)
  return rows.map((row) => toHit(send, deliveredAt, row))
}

type Row = [
  hitId: number,
  kind: number,
  linkNo: number,
  at: number,
  method: string,
  ip: string | null,
  userAgent: string,
  headers: string | null,
  eventKind: number | null,
  eventId: number | null,
]

function toHit(send: SendName, deliveredAt: number | undefined, row: Row): KeptHit {
  const [hitId, kind, linkNo, at, method, ip, userAgent, headers, eventKind, eventId] = row
  return {
    ...send,
    hitId: String(hitId),
    kind: kindNames.get(kind)!,
    linkNo,
    at,
    method,
    ip: ip ?? undefined,
    userAgent,
    headers: headers === null ? {} : (JSON.parse(headers) as HitHeaders),
    deliveredAt,
    event: eventKind === null || eventId === null ? undefined : { kind: eventKind, eventId, linkNo: linkNo || null },
  }
}

// The first delivery of the campaign's mail to the contact.
async function findDeliveredAt(db: Reader, accountId: number, send: SendName): Promise<number | undefined> {
  const row = await db.one<{ eventId: number }>(sql`
    select event_id as "eventId" from event
    where contact_id = ${send.contactId} and kind = ${eventKinds.delivery} and campaign_id = ${send.campaignId} and +account_id = ${accountId}
    order by event_id limit 1`)
  return row && eventIdTime(row.eventId)
}

/** By network, the clicks that the rules want to see beside these hits. */
export async function findNeighbours(
  db: Reader,
  accountId: number,
  hits: readonly Hit[],
  settings: VerdictSettings,
): Promise<Map<string, NeighbourClick[]>> {
  const neighbours = new Map<string, NeighbourClick[]>()
  for (const { network, from, until } of neighbourRanges(hits, settings)) {
    const rows = await db.tuples<NeighbourRow>(sql`
      select contact_id, campaign_id, kind, link_no, at, ip from hit
      where account_id = ${accountId} and network = ${network} and at >= ${from} and at <= ${until} and kind <> 1 and network is not null
      order by at ${sqlLimit(maxNeighbours)}`)
    const clicks = rows.map(([contactId, campaignId, kind, linkNo, at, ip]) => ({
      contactId,
      campaignId,
      kind: kindNames.get(kind)!,
      linkNo,
      at,
      ip: ip ?? undefined,
    }))
    neighbours.set(network, [...(neighbours.get(network) ?? []), ...clicks])
  }
  return neighbours
}

type NeighbourRow = [contactId: number, campaignId: number, kind: number, linkNo: number, at: number, ip: string | null]

/** How many links the campaign has. */
export async function countLinks(db: Reader, campaignId: number): Promise<number> {
  const row = await db.one<{ count: number }>(sql`select count(*) as count from link where campaign_id = ${campaignId}`)
  return row!.count
}
