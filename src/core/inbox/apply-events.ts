// Puts what a provider tells on the timelines of contacts, with what follows from it: opt-outs, suppressions, verdicts.
// Called by read-inbox.ts; the same events again change nothing.

import type { Tx } from '../../db/db.ts'
import { inParts, sql, sqlAny, sqlList } from '../../db/sql.ts'
import { InvalidInputError } from '../../errors.ts'
import { findContactIds } from '../contacts/contact.ts'
import { parseEmail } from '../contacts/email.ts'
import { importContacts } from '../contacts/import-contacts.ts'
import { optOutIn } from '../contacts/opt-out.ts'
import { earliestEventAt, latestEventAt } from '../events/event.ts'
import type { EventKind } from '../events/event.ts'
import { hashKey } from '../events/new-event.ts'
import { record } from '../events/record.ts'
import type { NewEvent, Recorded } from '../events/record.ts'
import { deliveryKey } from '../sending/delivery-key.ts'
import { addSuppression } from '../suppressions/suppression.ts'
import { countVisits, findLevels } from '../tracking/store-hits.ts'
import { storeProviderVerdicts } from '../verdicts/provider-verdicts.ts'
import { findCampaigns } from './find-campaigns.ts'
import type { FindSend, OfContact, Placed } from './find-campaigns.ts'
import type { HookEvent } from './hook-event.ts'

/** What the sending side knows and does; the program joins it to this. */
export interface HookSeams {
  findSend: FindSend
  /** Whose message it was, by what the sender put into it; undefined where that is none of the account's. */
  findContact: (accountId: number, sendId: string) => Promise<number | undefined>
  /** Told of each bounce that became an event, once. */
  noteBounce: (tx: Tx, accountId: number, bounce: NotedBounce) => Promise<void>
}

export interface NotedBounce {
  contactId: number
  campaignId: number
  at: number
  letter: string
  severity: 'hard' | 'soft' | 'none'
  /** In the words of the server or the provider. */
  message: string
  /** False where no more than the address and the time say which message it was: such a one must suppress nothing. */
  isCertain: boolean
}

export interface ApplyOptions {
  creates: boolean
  /** False where it is read again: what is only counted was counted. */
  countsVisits: boolean
  now: number
  seams: HookSeams
}

/** `recorded`: new on the timeline; `known`: there before; `ignored`: nothing for it; else why it can't be put there. */
export type Applied = 'recorded' | 'known' | 'ignored' | { unmapped: string }

interface Ready extends OfContact {
  index: number
  placed: Placed
}

/** An event whose time is known. */
export type TimedEvent = HookEvent & { at: number }

/** Answers for each in the order given. */
export async function applyEvents(
  tx: Tx,
  accountId: number,
  given: readonly TimedEvent[],
  options: ApplyOptions,
): Promise<Applied[]> {
  const events = await withRecipients(tx, accountId, given, options.seams)
  const applied: Applied[] = events.map(({ effect }) =>
    effect === 'none' ? 'ignored' : { unmapped: 'no contact has this address' },
  )
  const ofContacts = await findOrCreateContacts(tx, accountId, events, applied, options)
  const placed = await findCampaigns(tx, accountId, ofContacts, { ...options, findSend: options.seams.findSend })
  const isHandedOver = await findHandedOver(tx, ofContacts, placed)
  const ready: Ready[] = []
  ofContacts.forEach((one, i) => {
    const place = placed[i]
    if (!place) applied[one.index] = { unmapped: 'no message to this address is known that it could be about' }
    // Who sent it has told already.
    else if (one.event.effect === 'send' && place.isSent) applied[one.index] = 'known'
    else if (one.event.effect === 'delivery' && isHandedOver(one, place)) applied[one.index] = 'known'
    else ready.push({ ...one, placed: place })
  })
  const allowed = await withoutUntracked(tx, accountId, ready, applied, options)
  await recordAll(tx, accountId, allowed, applied, options)
  for (const one of allowed) await optOut(tx, accountId, one, applied, options)
  return applied
}

// Some providers don't say whom an event is about, or which of several: whose message it was, we put into it.
async function withRecipients(
  tx: Tx,
  accountId: number,
  events: readonly TimedEvent[],
  { findContact }: HookSeams,
): Promise<TimedEvent[]> {
  const contacts = new Map<string, number>()
  for (const { recipient, sendId, effect } of events) {
    if (recipient !== undefined || sendId === undefined || effect === 'none' || contacts.has(sendId)) continue
    const contactId = await findContact(accountId, sendId)
    if (contactId !== undefined) contacts.set(sendId, contactId)
  }
  if (contacts.size === 0) return [...events]
  const emails = await findEmails(tx, accountId, new Set(contacts.values()))
  return events.map((event) => {
    const contactId = event.recipient === undefined ? contacts.get(event.sendId ?? '') : undefined
    const recipient = contactId === undefined ? undefined : emails.get(contactId)
    return recipient === undefined ? event : { ...event, recipient }
  })
}

async function findEmails(tx: Tx, accountId: number, contactIds: ReadonlySet<number>): Promise<Map<number, string>> {
  const emails = new Map<number, string>()
  for (const part of inParts([...contactIds], 256)) {
    const rows = await tx.tuples<[contactId: number, email: string]>(sql`
      select contact_id, email from contact where contact_id in ${sqlList(part)} and +account_id = ${accountId}`)
    for (const [contactId, email] of rows) emails.set(contactId, email)
  }
  return emails
}

type Indexed = OfContact & { index: number }

async function findOrCreateContacts(
  tx: Tx,
  accountId: number,
  events: readonly TimedEvent[],
  applied: Applied[],
  { creates, now }: ApplyOptions,
): Promise<Indexed[]> {
  const emails = new Map<number, string>()
  events.forEach((event, i) => {
    if (event.effect === 'none') return
    const email = emailOf(event)
    if (typeof email === 'string') emails.set(i, email)
    else applied[i] = email
  })
  const wanted = [...new Set(emails.values())]
  let ids = await findContactIds(tx, accountId, wanted)
  const missing = wanted.filter((email) => !ids.has(email))
  if (creates && missing.length > 0) {
    await importContacts(tx, accountId, missing.map((email) => ({ email })), now) // oxfmt-ignore
    ids = await findContactIds(tx, accountId, wanted)
  }
  return [...emails].flatMap(([index, email]) => {
    const contactId = ids.get(email)
    const event = events[index]!
    if (contactId !== undefined) return [{ index, event, contactId, at: event.at }]
    if (creates) applied[index] = { unmapped: 'the contact of this address was erased' }
    return []
  })
}

function emailOf({ recipient }: HookEvent): string | { unmapped: string } {
  if (recipient === undefined) return { unmapped: 'it does not say whom it is about' }
  try {
    return parseEmail(recipient)
  } catch (error) {
    if (error instanceof InvalidInputError) return { unmapped: error.message }
    throw error
  }
}

// What contacts do is kept of those alone who may be told apart; of others it is counted, or forgotten.
async function withoutUntracked(
  tx: Tx,
  accountId: number,
  ready: readonly Ready[],
  applied: Applied[],
  { countsVisits, now }: ApplyOptions,
): Promise<Ready[]> {
  const isVisit = ({ event }: Ready): boolean => event.effect === 'open' || event.effect === 'click'
  const visits = ready.filter(isVisit).map(({ contactId, placed }) => ({ contactId, campaignId: placed.campaignId }))
  const levels = await findLevels(tx, accountId, visits)
  const levelOf = ({ contactId, placed }: Ready): string | undefined => levels.get(`${contactId} ${placed.campaignId}`)
  const isSound = ({ at }: Ready): boolean => at >= earliestEventAt && at <= latestEventAt(now)
  const counted = ready.filter((one) => isVisit(one) && isSound(one) && levelOf(one) === 'aggregate')
  // Providers name no number of a link.
  const toVisit = ({ event, placed, at }: Ready) => ({ campaignId: placed.campaignId, kind: event.effect as EventKind, linkNo: 0, at }) // oxfmt-ignore
  if (countsVisits) await countVisits(tx, accountId, counted.map(toVisit)) // oxfmt-ignore
  return ready.filter((one) => {
    const isAllowed = !isVisit(one) || levelOf(one) === 'full'
    if (!isAllowed) applied[one.index] = 'ignored'
    return isAllowed
  })
}

// Our own relay took the message over: that was the delivery, and there is one of each message.
async function findHandedOver(
  tx: Tx,
  events: readonly OfContact[],
  placed: readonly (Placed | undefined)[],
): Promise<(one: OfContact, place: Placed) => boolean> {
  const hashes = events.flatMap(({ event, contactId }, i) => {
    const messageId = event.effect === 'delivery' ? placed[i]?.messageId : undefined
    return messageId === undefined ? [] : [{ contactId, hash: handedOverHash(messageId) }]
  })
  const found = new Set<string>()
  for (const part of inParts(hashes, 256)) {
    const any = part.map(({ contactId, hash }) => sql`contact_id = ${contactId} and key_hash = ${hash}`)
    const rows = await tx.tuples<[contactId: number, hash: number]>(
      sql`select contact_id, key_hash from event_key where ${sqlAny(any)}`,
    )
    for (const [contactId, hash] of rows) found.add(`${contactId} ${hash}`)
  }
  return ({ contactId }, { messageId }) =>
    messageId !== undefined && found.has(`${contactId} ${handedOverHash(messageId)}`)
}

function handedOverHash(messageId: string): number {
  return hashKey(deliveryKey(messageId.split('@', 1)[0]!))
}

async function recordAll(
  tx: Tx,
  accountId: number,
  ready: readonly Ready[],
  applied: Applied[],
  { now, seams }: ApplyOptions,
): Promise<void> {
  // An opt-out is an event of its own, made where the contact's lists and status change with it.
  const told = ready.filter(({ event }) => !isOptOut(event))
  const recorded = await record(tx, accountId, told.map(toNewEvent), now)
  for (const [i, one] of told.entries()) {
    const result = recorded[i]!
    applied[one.index] = toApplied(result)
    if (result.outcome === 'new' && one.event.effect === 'bounce')
      await seams.noteBounce(tx, accountId, toNotedBounce(one))
  }
  const judged = told.flatMap(({ event, contactId, placed }, i) => {
    const result = recorded[i]!
    if (result.outcome !== 'new' || !event.isMachine || (event.effect !== 'open' && event.effect !== 'click')) return []
    return [{ contactId, campaignId: placed.campaignId, kind: event.effect, eventId: result.eventId, mark: event.machineMark ?? 'machine' }] // oxfmt-ignore
  })
  await storeProviderVerdicts(tx, accountId, judged, now)
}

// A complaint that is only remembered, because of which nothing was sent, is no second one.
function isOptOut({ kind, effect }: HookEvent): boolean {
  return effect === 'optout' || (effect === 'complaint' && kind !== 'complained')
}

function toApplied({ outcome }: Recorded): Applied {
  if (outcome === 'new') return 'recorded'
  if (outcome === 'duplicate') return 'known'
  return { unmapped: outcome === 'time-out-of-range' ? 'its time is before 2000 or ahead of ours' : 'it is gone' }
}

function toNewEvent({ event, contactId, at, placed }: Ready): NewEvent {
  const kind = event.effect as EventKind
  const isReplied = kind === 'delivery' || kind === 'bounce'
  return {
    contactId,
    campaignId: placed.campaignId,
    kind,
    at,
    source: 'webhook',
    key: keyOf(event),
    url: kind === 'click' ? cut(event.url, 8000) : undefined,
    code: kind === 'bounce' ? (event.letter ?? 'X') : undefined,
    message: isReplied
      ? cut(event.reply ?? event.reason, 500)
      : kind === 'complaint'
        ? cut(event.reason, 500)
        : undefined,
    status: isReplied ? event.status : undefined,
    messageId: kind === 'send' ? cut(event.messageId ?? event.providerMessageId, 998) : undefined,
  }
}

// A message is sent once, though providers tell that they took it in and again that they handed it on.
function keyOf({ provider, effect, messageId, providerMessageId, dedupeKey }: HookEvent): string {
  const name = effect === 'send' ? (providerMessageId ?? messageId) : undefined
  return name === undefined ? `${provider} ${dedupeKey}` : `${provider} send ${name}`
}

// Stored on every engine, shown on every wire.
function cut(said: string | undefined, length: number): string | undefined {
  return said?.toWellFormed().replaceAll(/\p{Cc}+/gu, ' ').trim().slice(0, length) || undefined // oxfmt-ignore
}

function toNotedBounce({ event, contactId, at, placed }: Ready): NotedBounce {
  const { letter = 'X', severity = 'none' } = event
  const message = event.reply ?? event.reason ?? ''
  return { contactId, campaignId: placed.campaignId, at, letter, severity, message, isCertain: placed.by !== 'guess' }
}

async function optOut(
  tx: Tx,
  accountId: number,
  { event, index, contactId, at, placed }: Ready,
  applied: Applied[],
  { now }: ApplyOptions,
): Promise<void> {
  const isComplaint = event.effect === 'complaint'
  if (!isOptOut(event) && !(isComplaint && applied[index] === 'recorded')) return
  const { campaignId } = placed
  const source = isComplaint ? 'complaint' : event.provider
  const key = `${keyOf(event)} optout`
  const asked = { by: 'contact', source, at, campaignId, reason: cut(event.reason, 500), told: { source: 'webhook', key } } as const // oxfmt-ignore
  const isNew = await optOutIn(tx, accountId, contactId, asked, now)
  if (isOptOut(event)) applied[index] = isNew ? 'recorded' : 'known'
  if (isComplaint)
    await addSuppression(tx, accountId, { email: parseEmail(event.recipient!), reason: 'complaint', source: event.provider }, now) // oxfmt-ignore
}
