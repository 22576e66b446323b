// Postmark's webhooks: one record a body, told apart by RecordType. They are not signed.

import type { HookKind } from '../../core/inbox/hook-event.ts'
import { readEach } from './event.ts'
import type { ReadEvent } from './event.ts'
import type { HookProvider } from '../../core/inbox/hook-provider.ts'
import { asFields, flag, itemsOf, object, parseJson, sendIdIn, text, timeIn } from './read.ts'
import type { Fields } from './read.ts'
import { checkSecret, verifyBasicAuth } from './signatures.ts'

export const postmark: HookProvider = {
  name: 'postmark',
  signs: 'nothing',
  checkKey: checkSecret,
  verify: verifyBasicAuth,
  parse: (body) => readEach('postmark', itemsOf(parseJson(body)), toEvents),
}

type Outcome = Pick<ReadEvent, 'kind' | 'letter' | 'severity' | 'effect'>

const records: Readonly<Record<string, HookKind>> = {
  Delivery: 'delivered',
  Bounce: 'bounced',
  SpamComplaint: 'complained',
  Open: 'opened',
  Click: 'clicked',
  SubscriptionChange: 'unsubscribed',
}

/** What a bounce is by its Type; any other is X. */
const types: Readonly<Record<string, Outcome>> = {
  HardBounce: { kind: 'bounced', letter: 'B', severity: 'hard' },
  BadEmailAddress: { kind: 'bounced', letter: 'B', severity: 'hard' },
  AddressChange: { kind: 'bounced', letter: 'B', severity: 'hard' },
  SoftBounce: { kind: 'bounced', letter: 'D', severity: 'soft' },
  DnsError: { kind: 'bounced', letter: 'D', severity: 'soft' },
  SpamNotification: { kind: 'bounced', letter: 'Z', severity: 'soft' },
  VirusNotification: { kind: 'bounced', letter: 'Z', severity: 'soft' },
  Blocked: { kind: 'bounced', letter: 'Z', severity: 'soft' },
  DMARCPolicy: { kind: 'bounced', letter: 'Z', severity: 'soft' },
  ManuallyDeactivated: { kind: 'dropped', letter: 'S', severity: 'none' },
  AutoResponder: { kind: 'autoreplied', letter: 'V', severity: 'none' },
  ChallengeVerification: { kind: 'autoreplied', letter: 'V', severity: 'none' },
  Transient: { kind: 'deferred' },
  Unsubscribe: { kind: 'unsubscribed' },
  Subscribe: { kind: 'resubscribed' },
  SpamComplaint: { kind: 'complained' },
  SMTPApiError: { kind: 'failed' },
  TemplateRenderingFailed: { kind: 'failed' },
  InboundError: { kind: 'unknown' },
}

function toEvents(item: unknown): ReadEvent {
  const record = asFields(item)
  const recordType = text(record, 'RecordType')
  const type = text(record, 'Type')
  const details = text(record, 'Details')
  return {
    ...outcome(record, recordType, type),
    rawType: [recordType ?? (type === undefined ? 'unknown' : 'Bounce'), type].filter(Boolean).join('.'),
    recipient: text(record, 'Email', 'Recipient'),
    at: timeIn(record, 'BouncedAt', 'DeliveredAt', 'ReceivedAt', 'ChangedAt'),
    reply: details,
    reason: text(record, 'SuppressionReason', 'Description'),
    url: text(record, 'OriginalLink'),
    ip: text(object(record, 'Geo'), 'IP'),
    userAgent: text(record, 'UserAgent'),
    sendId: sendIdIn(object(record, 'Metadata')),
    providerMessageId: text(record, 'MessageID'),
    providerEventId: text(record, 'ID'),
    id: text(record, 'ID'),
    campaign: text(record, 'Tag') ?? text(object(record, 'Metadata'), 'campaign'),
  }
}

// Bounces of an older version of the API have no RecordType.
function outcome(record: Fields, recordType: string | undefined, type: string | undefined): Outcome {
  const kind = records[recordType ?? (type === undefined ? '' : 'Bounce')] ?? 'unknown'
  if (kind === 'bounced') return types[type ?? ''] ?? { kind, letter: 'X', severity: 'soft' }
  if (kind !== 'unsubscribed') return { kind }
  if (flag(record['SuppressSending']) === false) return { kind: 'resubscribed' }
  return { kind, ...suppressed[text(record, 'SuppressionReason') ?? ''] }
}

/** Postmark sends no more either way, but not each of these was the recipient's wish; the bounce comes by itself. */
const suppressed: Readonly<Record<string, Pick<Outcome, 'effect'>>> = {
  HardBounce: { effect: 'none' },
  SpamComplaint: { effect: 'complaint' },
}
