// Records a whole batch with few statements: for an engine where every statement is a round trip. Used by record.ts;
// record-each.ts says the same plainly, and both end in the same ledger.

import type { Tx } from '../../db/db.ts'
import { inParts, sql, sqlAny, sqlRows } from '../../db/sql.ts'
import { RaceLostError } from '../../errors.ts'
import { findOrCreateLinks } from '../campaigns/link.ts'
import { eventKinds } from './event.ts'
import { hashKey } from './new-event.ts'
import type { NewEvent, Recorded } from './new-event.ts'
import { placeEvents } from './place-events.ts'
import type { Placed, Unplaced } from './place-events.ts'

/** Answers for each, in the order given, which is that of the ledger's key. */
export async function recordTogether(
  tx: Tx,
  accountId: number,
  events: readonly NewEvent[],
  now: number,
): Promise<Recorded[]> {
  const keys = events.map(keyOf)
  const seen = await findKeys(tx, events, keys)
  // Of each key not seen before the first event is recorded, and stands for the others.
  const firstOf = new Map<string, number>()
  keys.forEach((key, i) => {
    if (key !== undefined && !seen.has(key) && !firstOf.has(key)) firstOf.set(key, i)
  })
  const chosen = [...events.keys()].filter((i) => keys[i] === undefined || firstOf.get(keys[i]!) === i)
  const unplaced = await withLinks(
    tx,
    chosen.map((i) => events[i]!),
  )
  const placed = await placeEvents(tx, accountId, unplaced, now)
  const byIndex = new Map(chosen.map((i, n) => [i, placed[n]!]))
  await insertKeys(tx, [...byIndex].filter(([i]) => keys[i] !== undefined).map(([i, at]) => toKeyRow(events[i]!, at, now))) // oxfmt-ignore
  await insertSends(tx, accountId, [...byIndex].filter(([, at]) => at.outcome === 'new').map(([i]) => events[i]!)) // oxfmt-ignore
  return events.map((_, i): Recorded => {
    const key = keys[i]
    const own = byIndex.get(i)
    if (own) return own
    const eventId = seen.get(key!) ?? byIndex.get(firstOf.get(key!)!)!.eventId
    return { outcome: 'duplicate', eventId }
  })
}

function keyOf({ contactId, key }: NewEvent): string | undefined {
  return key === undefined ? undefined : `${contactId} ${hashKey(key)}`
}

// The ids of events whose keys were recorded before.
async function findKeys(
  tx: Tx,
  events: readonly NewEvent[],
  keys: readonly (string | undefined)[],
): Promise<Map<string, number>> {
  const seen = new Map<string, number>()
  const wanted = new Map(events.flatMap((event, i) => (keys[i] === undefined ? [] : [[keys[i], event] as const])))
  for (const part of inParts([...wanted.values()], 256)) {
    const any = part.map(({ contactId, key }) => sql`contact_id = ${contactId} and key_hash = ${hashKey(key!)}`)
    const rows = await tx.tuples<[contactId: number, keyHash: number, eventId: number]>(
      sql`select contact_id, key_hash, event_id from event_key where ${sqlAny(any)}`,
    )
    for (const [contactId, keyHash, eventId] of rows) seen.set(`${contactId} ${keyHash}`, eventId)
  }
  return seen
}

async function withLinks(tx: Tx, events: readonly NewEvent[]): Promise<Unplaced[]> {
  const urls = new Map<number, Set<string>>()
  for (const { campaignId, url } of events) {
    if (url === undefined) continue
    const ofCampaign = urls.get(campaignId) ?? new Set()
    urls.set(campaignId, ofCampaign.add(url))
  }
  const links = new Map<number, Map<string, number | undefined>>()
  // In the order of ids, in which everybody waits for everybody.
  for (const [campaignId, targets] of [...urls].toSorted(([a], [b]) => a - b))
    links.set(campaignId, await findOrCreateLinks(tx, campaignId, [...targets]))
  return events.map((event) => ({
    event,
    linkNo: (event.url === undefined ? undefined : links.get(event.campaignId)!.get(event.url)) ?? null,
  }))
}

type KeyRow = [contactId: number, keyHash: number, kind: number, eventId: number, recordedAt: number]

function toKeyRow({ contactId, key, kind }: NewEvent, { eventId }: Placed, now: number): KeyRow {
  return [contactId, hashKey(key!), eventKinds[kind], eventId, now]
}

async function insertKeys(tx: Tx, rows: KeyRow[]): Promise<void> {
  const sorted = rows.toSorted(([a, x], [b, y]) => a - b || x - y)
  for (const part of inParts(sorted, 512)) {
    const added = await tx.run(sql`
      insert into event_key(contact_id, key_hash, kind, event_id, recorded_at) values ${sqlRows(part)} on conflict do nothing`)
    if (added < part.length) throw new RaceLostError('an event with the same key')
  }
}

// The rows that later reports name by Message-ID. A transactional campaign has several for one contact.
async function insertSends(tx: Tx, accountId: number, events: readonly NewEvent[]): Promise<void> {
  const sends = events.filter(({ messageId }) => messageId !== undefined)
  const nameOf = (contactId: number, campaignId: number): string => `${contactId} ${campaignId}`
  const held = new Map(sends.map(({ contactId, campaignId }) => [nameOf(contactId, campaignId), new Set<string>()]))
  for (const part of inParts(sends, 256)) {
    const any = part.map(({ contactId, campaignId }) => sql`contact_id = ${contactId} and campaign_id = ${campaignId}`)
    const rows = await tx.tuples<[contactId: number, campaignId: number, messageId: string]>(sql`
      select contact_id, campaign_id, message_id from send where account_id = ${accountId} and ${sqlAny(any)}`)
    for (const [contactId, campaignId, messageId] of rows) held.get(nameOf(contactId, campaignId))!.add(messageId)
  }
  const rows = sends.flatMap(({ contactId, campaignId, messageId, at, sendNo }) => {
    const known = held.get(nameOf(contactId, campaignId))!
    if (known.has(messageId!)) return []
    const number = sendNo ?? known.size
    known.add(messageId!)
    return [[contactId, campaignId, number, accountId, messageId!, at]]
  })
  for (const part of inParts(rows, 512)) {
    const added = await tx.run(sql`
      insert into send(contact_id, campaign_id, send_no, account_id, message_id, sent_at) values ${sqlRows(part)} on conflict do nothing`)
    if (added < part.length) throw new RaceLostError('a send of the same campaign to the same contact')
  }
}
