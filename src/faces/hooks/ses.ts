// Amazon SES: its events and feedback notifications, in the envelope of SNS (sns.ts), of EventBridge, or bare.

import type { BounceCode } from '../../core/events/event.ts'
import type { Severity } from '../../core/inbox/hook-event.ts'
import { InvalidInputError } from '../../errors.ts'
import { readEach, statusIn } from './event.ts'
import type { ReadEvent } from './event.ts'
import type { HookProvider } from '../../core/inbox/hook-provider.ts'
import { addresses, asFields, asText, firstText, flag, headerIn, itemsOf, list, object, parseJson, sendIdIn, text, timeIn } from './read.ts' // oxfmt-ignore
import type { Fields } from './read.ts'
import { verifySns } from './sns.ts'

export const ses: HookProvider = {
  name: 'ses',
  signs: 'certificate',
  checkKey: () => 'there is none',
  verify: verifySns,
  parse: (body) => readEach('ses', itemsOf(parseJson(body)), toEvents),
}

function toEvents(item: unknown): ReadEvent[] {
  const outer = asFields(item)
  if (typeof outer['Type'] === 'string' && 'TopicArn' in outer) return fromSns(outer)
  if (outer['source'] === 'aws.ses' && 'detail' in outer) return fromSes(object(outer, 'detail'), text(outer, 'id'))
  return fromSes(outer, undefined)
}

function fromSns(envelope: Fields): ReadEvent[] {
  const snsId = text(envelope, 'MessageId')
  const at = timeIn(envelope, 'Timestamp')
  const note = (rawType: string): ReadEvent[] => [
    { kind: 'unknown', rawType, at, reason: text(envelope, 'Message'), providerEventId: snsId, id: snsId },
  ]
  if (envelope['Type'] !== 'Notification') return note(text(envelope, 'Type') ?? 'unknown')
  const message = text(envelope, 'Message') ?? ''
  // What SES says when it is first connected is a sentence.
  if (!message.startsWith('{')) return note('Notification')
  return fromSes(asFields(parseJson(message)), snsId).map((event) => ({ ...event, at: event.at ?? at }))
}

/** Who of a message's recipients it is about, and what happened to each; the rest is the same for all. */
type Told = Partial<ReadEvent> & Pick<ReadEvent, 'kind'>
type Reader = (details: Fields, mail: Fields) => Told[]

/** By the type of the event: where its details are, and how they are read. */
const readers: Readonly<Record<string, { details: string; read: Reader }>> = {
  Send: { details: 'send', read: (_, mail) => forEach(mail['destination'], { kind: 'sent' }) },
  Delivery: { details: 'delivery', read: readDelivery },
  DeliveryDelay: { details: 'deliveryDelay', read: readDelay },
  Bounce: { details: 'bounce', read: readBounce },
  Complaint: { details: 'complaint', read: readComplaint },
  Reject: { details: 'reject', read: readReject },
  'Rendering Failure': { details: 'failure', read: readFailure },
  RenderingFailure: { details: 'failure', read: readFailure },
  Open: { details: 'open', read: (open, mail) => [{ kind: 'opened', ...only(mail), ...visitOf(open) }] },
  Click: {
    details: 'click',
    read: (click, mail) => [{ kind: 'clicked', ...only(mail), ...visitOf(click), url: text(click, 'link') }],
  },
  Subscription: { details: 'subscription', read: readSubscription },
}

function fromSes(event: Fields, outerId: string | undefined): ReadEvent[] {
  const rawType = text(event, 'eventType', 'notificationType')
  const mail = object(event, 'mail')
  if (rawType === undefined && !('mail' in event)) throw new InvalidInputError('neither eventType nor notificationType says what happened') // oxfmt-ignore
  const known = readers[rawType ?? '']
  const details = object(event, known?.details ?? '')
  const told = known ? known.read(details, mail) : [{ kind: 'unknown' as const, ...only(mail) }]
  const at = timeIn(details, 'timestamp', 'arrivalDate') ?? timeIn(mail, 'timestamp')
  return told.map((one) => ({
    rawType: rawType ?? 'unknown',
    at,
    ...about(mail),
    providerEventId: text(details, 'feedbackId') ?? outerId,
    ...one,
  }))
}

function about(mail: Fields): Partial<ReadEvent> {
  const tags = object(mail, 'tags')
  const flat = Object.fromEntries(Object.entries(tags).map(([name, value]) => [name, firstText([value].flat())]))
  const headers = list(mail, 'headers')
  const messageId = headerIn(headers, 'message-id') ?? text(object(mail, 'commonHeaders'), 'messageId')
  return {
    messageId,
    sendId: sendIdIn(flat) ?? headerIn(headers, 'x-send-id'),
    providerMessageId: text(mail, 'messageId'),
    campaign: text(flat, 'campaign', 'campaign_id', 'campaignId', 'tag') ?? headerIn(headers, 'x-tag'),
  }
}

/** The recipient, where there is but one. */
function only(mail: Fields): { recipient?: string } {
  const [recipient, ...others] = addresses(mail['destination'])
  return recipient === undefined || others.length > 0 ? {} : { recipient }
}

// Nobody named is still an event.
function forEach(recipients: unknown, told: Told): Told[] {
  const named = addresses(recipients)
  return named.length === 0 ? [told] : named.map((recipient) => ({ ...told, recipient }))
}

function readDelivery(delivery: Fields, mail: Fields): Told[] {
  const recipients = 'recipients' in delivery ? delivery['recipients'] : mail['destination']
  return forEach(recipients, { kind: 'delivered', reply: text(delivery, 'smtpResponse') })
}

function readDelay(delay: Fields, mail: Fields): Told[] {
  const reason = text(delay, 'delayType')
  const delayed = list(delay, 'delayedRecipients')
  if (delayed.length === 0) return forEach(mail['destination'], { kind: 'deferred', reason })
  return delayed.flatMap((one) => forEach(one, { kind: 'deferred', reason, ...replyOf(one) }))
}

type Why = { letter: BounceCode; severity: Severity }

/** By bounceType and bounceSubType; the second alone where the type has no other say. */
const bounces: Readonly<Record<string, Why>> = {
  Suppressed: { letter: 'S', severity: 'none' },
  OnAccountSuppressionList: { letter: 'S', severity: 'none' },
  UnsubscribedRecipient: { letter: 'S', severity: 'none' },
  MailboxFull: { letter: 'F', severity: 'soft' },
  MessageTooLarge: { letter: 'Z', severity: 'soft' },
  ContentRejected: { letter: 'Z', severity: 'soft' },
  AttachmentRejected: { letter: 'Z', severity: 'soft' },
  CustomTimeoutExceeded: { letter: 'D', severity: 'soft' },
  Permanent: { letter: 'B', severity: 'hard' },
  Transient: { letter: 'D', severity: 'soft' },
  Undetermined: { letter: 'X', severity: 'soft' },
}

/** What Amazon calls a bounce, also where Resend passes it on. */
export function bounceOf(type: string | undefined, subType: string | undefined): Why {
  return bounces[subType ?? ''] ?? bounces[type ?? ''] ?? { letter: 'X', severity: 'soft' }
}

function readBounce(bounce: Fields, mail: Fields): Told[] {
  const [type, subType] = [text(bounce, 'bounceType'), text(bounce, 'bounceSubType')]
  const told = {
    kind: 'bounced' as const,
    ...bounceOf(type, subType),
    reason: [type, subType].filter(Boolean).join('/'),
  }
  const bounced = list(bounce, 'bouncedRecipients')
  if (bounced.length === 0) return forEach(mail['destination'], told)
  return bounced.flatMap((one) => forEach(one, { ...told, ...replyOf(one) }))
}

// `smtp; 550 5.1.1 ...`
function replyOf(recipient: unknown): Pick<ReadEvent, 'reply' | 'status'> {
  const fields = asFields(recipient, 'a recipient')
  const reply = text(fields, 'diagnosticCode')?.replace(/^[\w-]+;\s*/, '')
  return { reply, status: statusIn(text(fields, 'status')) ?? statusIn(reply) }
}

function readComplaint(complaint: Fields, mail: Fields): Told[] {
  const type = text(complaint, 'complaintFeedbackType')
  const told: Told = {
    kind: 'complained',
    reason: text(complaint, 'complaintSubType') ?? type,
    userAgent: text(complaint, 'userAgent'),
    // RFC 6430, RFC 6591: the contrary of a complaint, and nothing of a reader's.
    ...((type === 'not-spam' || type === 'auth-failure') && { effect: 'none' as const }),
  }
  const complained = list(complaint, 'complainedRecipients')
  return complained.length === 0 ? forEach(mail['destination'], told) : forEach(complained, told)
}

function readReject(reject: Fields, mail: Fields): Told[] {
  return forEach(mail['destination'], {
    kind: 'dropped',
    letter: 'Z',
    severity: 'soft',
    reason: text(reject, 'reason'),
  })
}

function readFailure(failure: Fields, mail: Fields): Told[] {
  return forEach(mail['destination'], { kind: 'failed', reason: text(failure, 'errorMessage') })
}

function visitOf(visit: Fields): Partial<ReadEvent> {
  return { ip: text(visit, 'ipAddress'), userAgent: text(visit, 'userAgent') }
}

// Off all lists, or off each of its topics.
function readSubscription(subscription: Fields, mail: Fields): Told[] {
  const preferences = object(subscription, 'newTopicPreferences')
  const topics = list(preferences, 'topicSubscriptionStatus').map((topic) =>
    asText(asFields(topic)['subscriptionStatus'])?.toLowerCase(),
  )
  const isOut =
    flag(preferences['unsubscribeAll']) === true || (topics.length > 0 && topics.every((status) => status === 'optout'))
  return [{ kind: isOut ? 'unsubscribed' : 'resubscribed', ...only(mail), reason: text(subscription, 'source') }]
}
