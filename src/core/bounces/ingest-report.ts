// Mail that came back, taken in: what it says, which message it is about, and what follows. THE one way in for all faces that
// receive such mail (docs/bounces.md). It is durable when this resolves; the same mail again changes nothing.

import type { Db, Tx } from '../../db/db.ts'
import { cleanDiagnostic } from '../../mail/bounces/report.ts'
import type { Report, ReportedRecipient, ReportKind } from '../../mail/bounces/report.ts'
import { normalizeEmail } from '../contacts/email.ts'
import { parseBounceAddress } from './bounce-address.ts'
import { findLead } from './find-lead.ts'
import { findSend } from './find-send.ts'
import type { Attribution, FoundSend } from './find-send.ts'
import type { Keys } from './open-token.ts'
import { unreadable } from './report-parser.ts'
import type { ReportParser } from './report-parser.ts'
import { addReview, nobodysAccount } from './review.ts'
import type { ReportWay, ReviewReason } from './review.ts'
import { findSentMessage } from './sent-message.ts'
import type { MessageName, SentMessage } from './sent-message.ts'
import { takeEffect, unsubscribe } from './take-effect.ts'
import type { Effect } from './take-effect.ts'

/** What taking mail in needs of the program. */
export interface ReportHost {
  db: Db
  now: () => number
  tracking: { keys: Keys }
  reports: Pick<ReportParser, 'parse'>
  counts: { reports: ReportCounts }
}

/** How many came, by kind, way and outcome in a word, since the program started. */
export type ReportCounts = Map<string, number>

export interface IncomingMail {
  raw: Uint8Array
  /** Whom and whom it came from by the envelope; undefined where nobody knows. */
  envelopeTo?: string | undefined
  envelopeFrom?: string | undefined
  receivedAt: number
  way: ReportWay
  /** The account of whoever hands it in: a report about another's message is then about nobody's. */
  onlyAccount?: number | undefined
}

/**
 * `review`: it waits for an operator. `gone`: it is about a contact or campaign that is no longer there. `ignored`: it says
 * nothing about any message of ours, or came to the address of nobody.
 */
export interface Ingested {
  outcome: Effect | 'review' | 'gone' | 'ignored'
  kind: ReportKind
  /** Where it is about one of ours. */
  message?: MessageName
  reason?: ReviewReason
  reviewId?: string
}

/** Taken in whole; what is larger is refused before by whoever receives it. In bytes. */
export const maxMailBytes = 1024 * 1024
/** No server tries for longer, so a bounce of an older message is none, or somebody keeps old addresses. In ms. */
const longestTrip = 30 * 86_400_000

export async function ingestReport(host: ReportHost, mail: IncomingMail): Promise<Ingested> {
  // A mailbox may have had it for long; no clock but ours says that it comes from the future.
  const receivedAt = Math.min(mail.receivedAt, host.now())
  const ingested = await ingest(host, { ...mail, receivedAt })
  const { reports } = host.counts
  const name = `${ingested.kind} ${mail.way} ${ingested.outcome}`
  reports.set(name, (reports.get(name) ?? 0) + 1)
  return ingested
}

async function ingest(host: ReportHost, mail: IncomingMail): Promise<Ingested> {
  if (mail.envelopeTo !== undefined && parseBounceAddress(mail.envelopeTo)?.kind === 'nobody')
    return { outcome: 'ignored', kind: 'none' }
  const report = await host.reports.parse(mail.raw)
  const found = await findSend(host.tracking.keys, mail, report.clues)
  if (isOurs(found, mail)) return host.db.transaction((tx) => ingestFound(tx, host.now(), mail, report, found))
  return ingestUnknown(host, mail, report, found === 'forged')
}

function isOurs(found: Attribution, { onlyAccount }: IncomingMail): found is FoundSend {
  if (!found || found === 'forged') return false
  return onlyAccount === undefined || found.fields.accountId === onlyAccount
}

/** Of a provider that tells us that all is well, or what is no message of ours. */
const silentActions = new Set(['not-spam', 'auth-failure'])

async function ingestFound(
  tx: Tx,
  now: number,
  mail: IncomingMail,
  report: Report,
  { fields, isUnsubscribe }: FoundSend,
): Promise<Ingested> {
  const message = await findSentMessage(tx, fields)
  const reported = chooseRecipient(report, message)
  const { kind } = reported
  if (!message) return { outcome: 'gone', kind }
  const name = nameOf(message)
  if (isUnsubscribe) {
    const outcome = await unsubscribe(tx, message, 'mailto', mail.receivedAt, now)
    return { outcome, kind: 'optout', message: name }
  }
  const reason = reviewReason(message, reported, mail.receivedAt)
  if (reason) return { ...(await queue(tx, now, mail, report, { reason, reported, proposal: name })), message: name }
  return { outcome: await takeEffect(tx, message, reported, mail.receivedAt, now), kind, message: name }
}

function reviewReason(
  { sentAt }: SentMessage,
  { kind, action }: ReportedRecipient,
  receivedAt: number,
): ReviewReason | undefined {
  if (kind === 'none') return silentActions.has(action ?? '') ? undefined : 'unparsed'
  // What readers do has no date of expiry.
  if (kind === 'complaint' || kind === 'optout') return undefined
  return sentAt === undefined || receivedAt - sentAt > longestTrip ? 'expired' : undefined
}

const weight: Record<ReportKind, number> = { bounce: 6, complaint: 5, optout: 4, delivered: 3, delayed: 2, autoreply: 1, none: 0 } // oxfmt-ignore

/** What it says about the contact; where it names others only, what weighs most: a token stands for one message. */
export function chooseRecipient(
  { recipients }: Report,
  message: { contact: { email: string } } | undefined,
): ReportedRecipient {
  const isContact = (address: string | null): boolean =>
    address !== null && normalizeEmail(address) === message?.contact.email
  const own = recipients.filter(
    ({ recipient, originalRecipient }) => isContact(recipient) || isContact(originalRecipient),
  )
  return (own.length > 0 ? own : recipients).toSorted((a, b) => weight[b.kind] - weight[a.kind])[0]!
}

/** From these something would follow if anybody knew for whom; of others there is nothing to decide. */
const worthReview = new Set<ReportKind>(['bounce', 'complaint', 'optout'])

async function ingestUnknown(
  host: ReportHost,
  mail: IncomingMail,
  report: Report,
  isForged: boolean,
): Promise<Ingested> {
  const reported = chooseRecipient(report, undefined)
  const isUnread = report === unreadable
  if (!worthReview.has(reported.kind) && !isUnread) return { outcome: 'ignored', kind: reported.kind }
  const proposal = await findLead(host.db, report, mail.onlyAccount)
  const reason = isForged ? 'forged' : proposal ? 'low-confidence' : isUnread ? 'unparsed' : 'unattributed'
  return host.db.transaction((tx) => queue(tx, host.now(), mail, report, { reason, reported, proposal }))
}

interface Doubt {
  reason: ReviewReason
  reported: ReportedRecipient
  proposal: MessageName | undefined
}

async function queue(
  tx: Tx,
  now: number,
  mail: IncomingMail,
  report: Report,
  { reason, reported, proposal }: Doubt,
): Promise<Ingested> {
  const { kind, letter, status, recipient, diagnostic } = reported
  const { reviewId } = await addReview(tx, {
    accountId: proposal?.accountId ?? mail.onlyAccount ?? nobodysAccount,
    storedAt: now,
    receivedAt: mail.receivedAt,
    reason,
    way: mail.way,
    kind,
    letter,
    status,
    recipient: shortened(recipient === null ? undefined : normalizeEmail(recipient)),
    subject: shortened(report.clues.subject ?? undefined),
    diagnostic,
    envelopeFrom: shortened(mail.envelopeFrom),
    envelopeTo: shortened(mail.envelopeTo),
    proposal,
    raw: mail.raw,
  })
  return { outcome: 'review', kind, reason, reviewId }
}

function shortened(text: string | undefined): string | null {
  return cleanDiagnostic(text?.slice(0, 320))
}

function nameOf({ accountId, contactId, campaignId, sendNo }: SentMessage): MessageName {
  return { accountId, contactId, campaignId, sendNo }
}
