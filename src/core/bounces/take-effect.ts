// What follows from a report about a message of ours, all or nothing: the event, the hold or the opt-out, and what the outbox
// says of it. The same report again changes nothing. Called by ingest-report.ts and assign-report.ts.

import { createHash } from 'node:crypto'
import type { Tx } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'
import type { ReportedRecipient, ReportKind } from '../../mail/bounces/report.ts'
import { normalizeEmail } from '../contacts/email.ts'
import { optOutIn } from '../contacts/opt-out.ts'
import { unpackDetails } from '../events/details.ts'
import { eventKinds } from '../events/event.ts'
import { record } from '../events/record.ts'
import type { NewEvent } from '../events/record.ts'
import { changeMessages, stateChange } from '../sending/outgoing.ts'
import { noteBounce } from '../suppressions/hold.ts'
import { addSuppression } from '../suppressions/suppression.ts'
import type { SentMessage } from './sent-message.ts'

/** `noted`: it is no event, but kept with the message where there is a place for it. */
export type Effect = 'recorded' | 'duplicate' | 'noted'

interface Case {
  message: SentMessage
  reported: ReportedRecipient
  /** When the report came. */
  at: number
  now: number
}

const effects: Record<ReportKind, (tx: Tx, given: Case) => Promise<Effect>> = {
  bounce,
  delayed,
  delivered,
  complaint,
  autoreply,
  optout: (tx, { message, at, now }) => unsubscribe(tx, message, 'feedback-report', at, now),
  none: () => Promise.resolve('noted'),
}

export function takeEffect(
  tx: Tx,
  message: SentMessage,
  reported: ReportedRecipient,
  receivedAt: number,
  now: number,
): Promise<Effect> {
  return effects[reported.kind](tx, { message, reported, at: receivedAt, now })
}

/** A contact that asked by mail, or whose provider did. */
export async function unsubscribe(
  tx: Tx,
  message: SentMessage,
  source: 'mailto' | 'feedback-report' | 'complaint',
  at: number,
  now: number,
): Promise<Effect> {
  const { accountId, contactId, campaignId, contact } = message
  await settleUnknown(tx, message, 'accepted', 'the contact has it, as it turned out', now)
  await optOutIn(tx, accountId, contactId, { by: 'contact', source, at, campaignId }, now)
  return contact.status === 'do-not-mail' ? 'duplicate' : 'recorded'
}

async function bounce(tx: Tx, given: Case): Promise<Effect> {
  const { message, reported, at, now } = given
  const { accountId, contactId } = message
  const isFirst = !(await hasBounced(tx, message))
  const code = reported.letter ?? 'X'
  const text = textOf(given)
  if (message.state === 'unknown' && message.sendId !== undefined) await recordEvent(tx, given, sendOf(message))
  const name = `bounce ${reported.status ?? digest(text)} ${normalizeEmail(reported.recipient ?? '')}`
  const event = { kind: 'bounce', code, message: text, status: reported.status ?? undefined } as const
  const isNew = await recordEvent(tx, given, { ...event, key: keyOf(message, name) })
  if (!isNew) return 'duplicate'
  await settleUnknown(tx, message, 'failed', text, now, reported.status)
  await noteReply(tx, message, text, reported.status)
  // Several servers may report on one message: the first decides.
  const severity = isFirst ? (reported.severity ?? 'soft') : 'none'
  await noteBounce(tx, accountId, { contactId, code, severity, message: text, at }, now)
  return 'recorded'
}

/** Nothing has happened yet; it may still come back. */
async function delayed(tx: Tx, given: Case): Promise<Effect> {
  const { message, reported, now } = given
  const text = `delayed: ${textOf(given)}`
  await settleUnknown(tx, message, 'accepted', text, now, reported.status)
  if (!(await hasBounced(tx, message))) await noteReply(tx, message, text, reported.status)
  return 'noted'
}

async function delivered(tx: Tx, given: Case): Promise<Effect> {
  const { message, reported, now } = given
  const text = textOf(given)
  await settleUnknown(tx, message, 'accepted', text, now, reported.status)
  const isNew = await recordEvent(tx, given, {
    kind: 'delivery',
    status: reported.status ?? undefined,
    message: text === '' ? undefined : text,
    server: reported.remoteMta ?? undefined,
    // The relay's own word for it, if it had one, is the same event.
    key: message.sendId === undefined ? keyOf(message, 'delivery') : `relay ${message.sendId} delivery`,
  })
  return isNew ? 'recorded' : 'duplicate'
}

async function complaint(tx: Tx, given: Case): Promise<Effect> {
  const { message, reported, at, now } = given
  const { accountId, contact } = message
  const event = { kind: 'complaint', message: reported.action ?? undefined, key: keyOf(message, 'complaint') } as const
  if (!(await recordEvent(tx, given, event))) return 'duplicate'
  await unsubscribe(tx, message, 'complaint', at, now)
  await addSuppression(tx, accountId, { email: contact.email, reason: 'complaint', source: 'feedback-report' }, now)
  return 'recorded'
}

/** The old wire counts it among the bounces (V), and nothing follows from it. */
async function autoreply(tx: Tx, given: Case): Promise<Effect> {
  const { message, now } = given
  await settleUnknown(tx, message, 'accepted', 'the contact has it, as it turned out', now)
  const event = { kind: 'bounce', code: 'V', message: 'an automatic reply', key: keyOf(message, 'autoreply') } as const
  return (await recordEvent(tx, given, event)) ? 'recorded' : 'duplicate'
}

type Told = Pick<NewEvent, 'kind' | 'code' | 'message' | 'status' | 'server' | 'messageId' | 'sendNo' | 'key'> & {
  at?: number
}

/** False when it was recorded before. */
async function recordEvent(tx: Tx, { message, at, now }: Case, told: Told): Promise<boolean> {
  const { accountId, contactId, campaignId } = message
  const [recorded] = await record(tx, accountId, [{ contactId, campaignId, at, source: 'report', ...told }], now)
  return recorded!.outcome === 'new'
}

/** The process that handed it over ended before it could say so; the key is the one it would have used. */
function sendOf({ sendId, messageId, sendNo, sentAt }: SentMessage): Told {
  return { kind: 'send', key: `relay ${sendId} send`, sendNo, messageId, ...(sentAt !== undefined && { at: sentAt }) }
}

function keyOf({ campaignId, sendNo }: SentMessage, what: string): string {
  return `report ${campaignId} ${sendNo} ${what}`
}

/** What the remote server said, and of whom, where the message had been forwarded. */
function textOf({ message, reported }: Case): string {
  const { recipient, diagnostic } = reported
  const isOther = recipient !== null && normalizeEmail(recipient) !== message.contact.email
  const whom = isOther ? ` (reported for ${recipient.slice(0, 254)})` : ''
  return `${(diagnostic ?? '').slice(0, 500 - whom.length)}${whom}`.trim().toWellFormed()
}

/** Several single messages of one campaign can't be told apart in the ledger. */
async function hasBounced(tx: Tx, { accountId, contactId, campaignId, campaign }: SentMessage): Promise<boolean> {
  if (campaign.kind !== 'regular') return false
  const rows = await tx.tuples<[details: string | null]>(sql`
    select details from event
    where contact_id = ${contactId} and kind = ${eventKinds.bounce} and campaign_id = ${campaignId} and +account_id = ${accountId}`)
  return rows.some(([details]) => unpackDetails(details).code !== 'V')
}

async function settleUnknown(
  tx: Tx,
  message: SentMessage,
  state: 'accepted' | 'failed',
  reply: string,
  now: number,
  status: string | null = null,
): Promise<void> {
  if (message.state !== 'unknown') return
  const change = stateChange(state, { reply, status: status ?? undefined }, now)
  await changeMessages(tx, message.accountId, [message], change, sql`and state = 'unknown'`)
}

/** What the relay took over keeps its state: it was sent. Its last words are the later ones. */
async function noteReply(tx: Tx, message: SentMessage, reply: string, status: string | null): Promise<void> {
  if (message.state !== 'accepted') return
  const change = sql`reply = ${reply}, status = ${status}`
  await changeMessages(tx, message.accountId, [message], change, sql`and state = 'accepted'`)
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 16)
}
