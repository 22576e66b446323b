// THE one way into the ledger. Called by the import, and later by tracking, sending, bounces and webhooks.

import { createHash } from 'node:crypto'
import type { Tx } from '../../db/db.ts'
import { sql, sqlList } from '../../db/sql.ts'
import { findOrCreateLink } from '../campaigns/link.ts'
import { packDetails } from './details.ts'
import { earliestEventAt, eventIdAt, eventKinds, eventSources, latestEventAt } from './event.ts'
import type { Event, EventSource } from './event.ts'

export interface NewEvent extends Omit<Event, 'eventId' | 'recordedAt'> {
  source: EventSource
  /**
   * What makes this event itself for its sender, such as a webhook's event id: the same key again is the same event,
   * whatever else changed. Without a key the event's own content is its identity.
   */
  key?: string | undefined
}

export type Recorded =
  | { outcome: 'new' | 'duplicate'; eventId: number }
  | { outcome: 'unknown-contact' | 'unknown-campaign' | 'time-out-of-range' }

/**
 * Appends events inside the caller's transaction and answers for each, in the order given. Recording the same event
 * again changes nothing and says `duplicate`. Two different events of one kind, contact, campaign and millisecond are
 * kept a millisecond apart, because ids on the old wire carry no more than that (wire-2008 3.3).
 */
export async function record(tx: Tx, accountId: number, events: readonly NewEvent[], now: number): Promise<Recorded[]> {
  const contacts = await knownContacts(tx, accountId, events)
  const campaigns = await knownCampaigns(tx, accountId, events)
  const links: KnownLinks = new Map()
  const results = Array.from<Recorded>({ length: events.length })
  for (const i of inKeyOrder(events)) {
    const event = events[i]!
    if (!contacts.has(event.contactId)) results[i] = { outcome: 'unknown-contact' }
    else if (!campaigns.has(event.campaignId)) results[i] = { outcome: 'unknown-campaign' }
    else if (!(event.at >= earliestEventAt && event.at <= latestEventAt(now)))
      results[i] = { outcome: 'time-out-of-range' }
    else results[i] = await recordOne(tx, accountId, event, now, links)
  }
  return results
}

// In the order of the primary key: neighbours share pages, and two writers lock in the same order.
function inKeyOrder(events: readonly NewEvent[]): number[] {
  const order = events.map((_, i) => i)
  return order.sort((i, j) => {
    const a = events[i]!
    const b = events[j]!
    return a.contactId - b.contactId || eventKinds[a.kind] - eventKinds[b.kind] || a.at - b.at || i - j
  })
}

/** Number by campaign and target, for the length of one batch; undefined where the campaign has too many. */
type KnownLinks = Map<string, number | undefined>

async function recordOne(
  tx: Tx,
  accountId: number,
  event: NewEvent,
  now: number,
  links: KnownLinks,
): Promise<Recorded> {
  const keyHash = event.key === undefined ? undefined : hashKey(event.key)
  if (keyHash !== undefined) {
    const seen = await tx.one<{ eventId: number }>(
      sql`select event_id as "eventId" from event_key where contact_id = ${event.contactId} and key_hash = ${keyHash}`,
    )
    if (seen) return { outcome: 'duplicate', eventId: seen.eventId }
  }
  const recorded = await insertAtFreeSlot(tx, accountId, event, now, await linkOf(tx, event, links))
  if (keyHash !== undefined) {
    await tx.run(sql`insert into event_key(contact_id, key_hash, kind, event_id, recorded_at)
      values (${event.contactId}, ${keyHash}, ${eventKinds[event.kind]}, ${recorded.eventId}, ${now})`)
  }
  if (recorded.outcome === 'new' && event.messageId !== undefined) await insertSend(tx, accountId, event)
  return recorded
}

interface Slot {
  campaignId: number
  linkNo: number | null
  details: string | null
}

async function linkOf(tx: Tx, { campaignId, url }: NewEvent, known: KnownLinks): Promise<number | null> {
  if (url === undefined) return null
  const name = `${campaignId} ${url}`
  let linkNo = known.get(name)
  if (linkNo === undefined && !known.has(name)) {
    linkNo = await findOrCreateLink(tx, campaignId, url)
    known.set(name, linkNo)
  }
  return linkNo ?? null
}

async function insertAtFreeSlot(
  tx: Tx,
  accountId: number,
  event: NewEvent,
  now: number,
  linkNo: number | null,
): Promise<{ outcome: 'new' | 'duplicate'; eventId: number }> {
  const kind = eventKinds[event.kind]
  for (let shift = 0; ; shift++) {
    const eventId = eventIdAt(event.at + shift, event.campaignId)
    const details = packDetails({ ...event, url: linkNo === null ? event.url : undefined, shift: shift || undefined })
    const inserted = await tx.run(sql`
      insert into event(contact_id, kind, event_id, campaign_id, recorded_at, account_id, source, link_no, details)
      values (${event.contactId}, ${kind}, ${eventId}, ${event.campaignId}, ${now}, ${accountId}, ${eventSources[event.source]}, ${linkNo}, ${details})
      on conflict do nothing`)
    if (inserted > 0) return { outcome: 'new', eventId }
    const held = (await tx.one<Slot>(sql`
      select campaign_id as "campaignId", link_no as "linkNo", details from event
      where contact_id = ${event.contactId} and kind = ${kind} and event_id = ${eventId} and account_id = ${accountId}`))!
    // An event with a key differs from all others but those of its key, which were looked up before.
    const isSame = held.campaignId === event.campaignId && held.linkNo === linkNo && held.details === details
    if (isSame && event.key === undefined) return { outcome: 'duplicate', eventId }
  }
}

// The row that later reports name by Message-ID. A transactional campaign has several for one contact.
async function insertSend(
  tx: Tx,
  accountId: number,
  { contactId, campaignId, messageId, at }: NewEvent,
): Promise<void> {
  const held = await tx.all<{ messageId: string }>(sql`
    select message_id as "messageId" from send
    where contact_id = ${contactId} and campaign_id = ${campaignId} and account_id = ${accountId}`)
  if (held.some((send) => send.messageId === messageId)) return
  await tx.run(sql`
    insert into send(contact_id, campaign_id, send_no, account_id, message_id, sent_at)
    values (${contactId}, ${campaignId}, ${held.length}, ${accountId}, ${messageId!}, ${at})`)
}

async function knownContacts(tx: Tx, accountId: number, events: readonly NewEvent[]): Promise<Set<number>> {
  const known = new Set<number>()
  const ids = [...new Set(events.map((event) => event.contactId))]
  for (let i = 0; i < ids.length; i += 512) {
    const rows = await tx.all<{ id: number }>(
      sql`select contact_id as id from contact where contact_id in ${sqlList(ids.slice(i, i + 512))} and account_id = ${accountId}`,
    )
    for (const { id } of rows) known.add(id)
  }
  return known
}

async function knownCampaigns(tx: Tx, accountId: number, events: readonly NewEvent[]): Promise<Set<number>> {
  const known = new Set<number>()
  for (const id of new Set(events.map((event) => event.campaignId))) {
    if (await tx.one(sql`select 1 from campaign where campaign_id = ${id} and account_id = ${accountId}`)) known.add(id)
  }
  return known
}

// 53 bits of the digest: exact in a JavaScript number; with a thousand keys of one contact, one pair in 10^10 collides.
function hashKey(key: string): number {
  return Number(createHash('sha256').update(key).digest().readBigUInt64BE() >> 11n)
}
