// Anybody's webhooks: what a program of one's own posts, signed by Standard Webhooks 1.0. docs/webhooks-in.md says what
// a body looks like.

import { bounceCodes } from '../../core/events/event.ts'
import type { BounceCode } from '../../core/events/event.ts'
import { hookKinds } from '../../core/inbox/hook-event.ts'
import type { HookKind, Severity } from '../../core/inbox/hook-event.ts'
import { InvalidInputError } from '../../errors.ts'
import { readEach } from './event.ts'
import type { ReadEvent } from './event.ts'
import type { HookProvider } from '../../core/inbox/hook-provider.ts'
import { asFields, firstText, flag, itemsOf, list, object, parseJson, sendIdIn, text, timeIn } from './read.ts'
import type { Fields } from './read.ts'
import { checkStandardSecret, verifyStandard } from './signatures.ts'

export const generic: HookProvider = {
  name: 'generic',
  signs: 'hmac',
  checkKey: checkStandardSecret,
  verify: (request, secrets, now) => verifyStandard(request, secrets, now, 'webhook'),
  parse: (body) => readEach('generic', itemsOf(unwrap(parseJson(body))), toEvents),
}

// One event, a list of them, or a list called `events`.
function unwrap(value: unknown): unknown {
  return !Array.isArray(value) && Array.isArray(asFields(value, 'the body')['events']) ? list(asFields(value), 'events') : value // oxfmt-ignore
}

/** The words of the ledger, and others that people have for the same. */
const words: Readonly<Record<string, HookKind>> = {
  send: 'sent',
  delivery: 'delivered',
  deferral: 'deferred',
  delayed: 'deferred',
  delivery_delayed: 'deferred',
  bounce: 'bounced',
  drop: 'dropped',
  open: 'opened',
  click: 'clicked',
  complaint: 'complained',
  spam: 'complained',
  optout: 'unsubscribed',
  unsubscribe: 'unsubscribed',
  resubscribe: 'resubscribed',
  autoreply: 'autoreplied',
  failure: 'failed',
}

/** Of a bounce that does not say why. */
const unexplained = { letter: 'X', severity: 'soft' } as const

function toEvents(item: unknown): ReadEvent {
  const event = asFields(item)
  const rawType = text(event, 'type', 'kind', 'event')
  if (rawType === undefined) throw new InvalidInputError('"type" must say what happened')
  const data = 'data' in event ? { ...event, ...object(event, 'data') } : event
  const kind = kindOf(rawType)
  return {
    kind,
    rawType,
    recipient: text(data, 'email', 'recipient') ?? text(object(data, 'contact'), 'email'),
    at: timeIn(data, 'at', 'timestamp', 'time'),
    ...(kind === 'bounced' || kind === 'dropped' ? why(data, kind) : {}),
    reply: text(data, 'reply', 'response'),
    reason: text(data, 'reason', 'message'),
    url: text(data, 'url', 'link'),
    ip: text(data, 'ip'),
    userAgent: text(data, 'userAgent', 'user_agent'),
    isMachine: flag(data['isMachine']),
    messageId: text(data, 'messageId', 'message_id'),
    sendId: sendIdIn(data),
    providerMessageId: text(data, 'providerMessageId'),
    providerEventId: text(data, 'id'),
    id: text(data, 'id'),
    campaign: text(data, 'campaign', 'tag') ?? firstText(list(data, 'tags')),
  }
}

// `email.clicked` and `clicked` are one word.
function kindOf(rawType: string): HookKind {
  const word = rawType.toLowerCase().replace(/^(email|message)\./, '')
  return hookKinds.find((kind) => kind === word) ?? words[word] ?? 'unknown'
}

function why(data: Fields, kind: HookKind): { letter: BounceCode; severity: Severity } {
  const given = text(data, 'letter', 'code')?.toUpperCase()
  const letter = bounceCodes.find((one) => one === given)
  const severity = (['hard', 'soft', 'none'] as const).find((one) => one === text(data, 'severity')?.toLowerCase())
  const usual = letter === undefined && severity === 'hard' ? 'B' : unexplained.letter
  return {
    letter: letter ?? (kind === 'dropped' ? 'S' : usual),
    severity: severity ?? (letter === 'B' ? 'hard' : kind === 'dropped' ? 'none' : unexplained.severity),
  }
}
