// Records event after event, each looked up and inserted by itself: for an engine where a statement costs microseconds.
// Used by record.ts; record-together.ts does the same for all of them at once.

import type { Tx } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'
import { findOrCreateLink } from '../campaigns/link.ts'
import { packDetails } from './details.ts'
import { eventIdAt, eventKinds, eventSources } from './event.ts'
import { hashKey } from './new-event.ts'
import type { NewEvent, Recorded } from './new-event.ts'

/** Answers for each, in the order given, which is that of the ledger's key. */
export async function recordEach(
  tx: Tx,
  accountId: number,
  events: readonly NewEvent[],
  now: number,
): Promise<Recorded[]> {
  const links: KnownLinks = new Map()
  const results: Recorded[] = []
  for (const event of events) results.push(await recordOne(tx, accountId, event, now, links))
  return results
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
  { contactId, campaignId, messageId, at, sendNo }: NewEvent,
): Promise<void> {
  const held = await tx.all<{ messageId: string }>(sql`
    select message_id as "messageId" from send
    where contact_id = ${contactId} and campaign_id = ${campaignId} and account_id = ${accountId}`)
  if (held.some((send) => send.messageId === messageId)) return
  await tx.run(sql`
    insert into send(contact_id, campaign_id, send_no, account_id, message_id, sent_at)
    values (${contactId}, ${campaignId}, ${sendNo ?? held.length}, ${accountId}, ${messageId!}, ${at}) on conflict do nothing`)
}
