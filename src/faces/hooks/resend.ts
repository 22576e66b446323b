// Resend's webhooks: one event a body, signed as Svix does.

import { readEach } from './event.ts'
import type { ReadEvent } from './event.ts'
import type { HookProvider } from '../../core/inbox/hook-provider.ts'
import { addresses, asFields, firstText, headerIn, itemsOf, list, object, parseJson, sendIdIn, text, timeIn } from './read.ts' // oxfmt-ignore
import type { Fields } from './read.ts'
import { bounceOf } from './ses.ts'
import { checkStandardSecret, verifyStandard } from './signatures.ts'

export const resend: HookProvider = {
  name: 'resend',
  signs: 'hmac',
  checkKey: checkStandardSecret,
  verify: (request, secrets, now) => verifyStandard(request, secrets, now, 'svix'),
  parse: (body) => readEach('resend', itemsOf(parseJson(body)), toEvents),
}

type Told = Partial<ReadEvent> & Pick<ReadEvent, 'kind'>

/** By type; any other is unknown. */
const readers: Readonly<Record<string, (data: Fields) => Told>> = {
  // Sent later, and told again then.
  'email.scheduled': () => ({ kind: 'processed', effect: 'none' }),
  'email.sent': () => ({ kind: 'sent' }),
  'email.delivered': () => ({ kind: 'delivered' }),
  'email.delivery_delayed': (data) => ({ kind: 'deferred', ...replyOf(data) }),
  'email.bounced': readBounce,
  'email.suppressed': (data) => ({
    kind: 'dropped',
    letter: 'S',
    severity: 'none',
    reason: text(object(data, 'suppressed'), 'reason', 'message', 'type'),
  }),
  'email.failed': (data) => ({ kind: 'failed', reason: text(object(data, 'failed'), 'reason') }),
  'email.complained': () => ({ kind: 'complained' }),
  'email.opened': (data) => ({ kind: 'opened', ...visitOf(object(data, 'open')) }),
  'email.clicked': (data) => {
    const click = object(data, 'click')
    return { kind: 'clicked', ...visitOf(click), url: text(click, 'link') }
  },
  // A contact that has left a broadcast's audience; no other event tells of it.
  'contact.updated': (data) => ({ kind: data['unsubscribed'] === true ? 'unsubscribed' : 'unknown' }),
}

function toEvents(item: unknown): ReadEvent[] {
  const event = asFields(item)
  const rawType = text(event, 'type') ?? 'unknown'
  const data = object(event, 'data')
  const told: Told = readers[rawType]?.(data) ?? { kind: 'unknown', reason: text(data, 'origin') }
  const headers = list(data, 'headers')
  const common: ReadEvent = {
    rawType,
    at: timeIn(event, 'created_at') ?? timeIn(data, 'created_at'),
    messageId: headerIn(headers, 'message-id') ?? text(data, 'message_id'),
    sendId: sendIdIn(tagsOf(data)) ?? headerIn(headers, 'x-send-id'),
    providerMessageId: text(data, 'email_id'),
    campaign: campaignOf(data),
    ...told,
  }
  return recipientsOf(data, common).map((recipient) => ({ ...common, recipient }))
}

// A message to several is sent to each; of anything later it is not said which of them it was.
function recipientsOf(data: Fields, { kind, reply }: ReadEvent): (string | undefined)[] {
  const named = addresses('to' in data ? data['to'] : data['email'])
  if (named.length < 2) return [named[0]]
  if (kind === 'sent' || kind === 'processed') return named
  const said = reply?.toLowerCase() ?? ''
  return [named.find((address) => said.includes(address.toLowerCase()))]
}

function readBounce(data: Fields): Told {
  const bounce = object(data, 'bounce')
  const [type, subType] = [text(bounce, 'type'), text(bounce, 'subType', 'sub_type')]
  return {
    kind: 'bounced',
    ...bounceOf(type, subType),
    reason: [type, subType].filter(Boolean).join('/') || text(bounce, 'message'),
    ...replyOf(bounce),
  }
}

function replyOf(details: Fields): Pick<ReadEvent, 'reply'> {
  return { reply: firstText(list(details, 'diagnosticCode'))?.replace(/^[\w-]+;\s*/, '') }
}

function visitOf(visit: Fields): Partial<ReadEvent> {
  const at = timeIn(visit, 'timestamp')
  return {
    ip: text(visit, 'ipAddress'),
    userAgent: text(visit, 'userAgent'),
    ...(at !== undefined && { at }),
  }
}

// An object of names and values, or a list of such pairs.
function tagsOf(data: Fields): Fields {
  if (!Array.isArray(data['tags'])) return object(data, 'tags')
  return Object.fromEntries(list(data, 'tags').map((tag) => [text(asFields(tag), 'name'), asFields(tag)['value']]))
}

function campaignOf(data: Fields): string | undefined {
  const tags = tagsOf(data)
  return text(tags, 'campaign', 'category', 'tag') ?? text(data, 'broadcast_id') ?? firstText(Object.values(tags))
}
