// Mailgun's webhooks: one event a body with a signature of its own beside it. Also the form it posted until 2018.

import { createHmac } from 'node:crypto'
import type { HookKind } from '../../core/inbox/hook-event.ts'
import { readEach, smtpCodeIn, statusIn } from './event.ts'
import type { ReadEvent } from './event.ts'
import type { HookProvider, HookRequest, HookSecrets, Verified } from '../../core/inbox/hook-provider.ts'
import {
  addresses,
  asFields,
  asText,
  decodeUtf8,
  firstText,
  itemsOf,
  list,
  object,
  parseJson,
  sendIdIn,
  text,
  time,
} from './read.ts'
import type { Fields } from './read.ts'
import { checkSecret, fitsAny, isSame, refused } from './signatures.ts'

export const mailgun: HookProvider = {
  name: 'mailgun',
  signs: 'hmac',
  checkKey: checkSecret,
  verify: verifySigned,
  parse: (body) => readEach('mailgun', itemsOf(readBody(body)), toEvents),
}

/** JSON, or the old form under the same names. */
function readBody(body: Uint8Array): unknown {
  const written = decodeUtf8(body)
  if (/^\s*[{["]/.test(written) || !written.includes('=')) return parseJson(written)
  const form = new URLSearchParams(written)
  // The sender's own variables are merged in; Mailgun's of these names come last, others first.
  const last = (name: string): string | null => form.getAll(name).at(-1) ?? null
  const signature = { token: last('token'), timestamp: last('timestamp'), signature: last('signature') }
  return { signature, 'event-data': fromForm(form) }
}

function fromForm(form: URLSearchParams): Fields {
  const event = form.get('event')
  const isBounce = event === 'bounced' || event === 'dropped'
  return {
    ...Object.fromEntries([...form].toReversed()),
    event: isBounce ? 'failed' : event,
    timestamp: form.getAll('timestamp').at(-1),
    severity: isBounce ? 'permanent' : undefined,
    reason: event === 'bounced' ? 'bounce' : (form.get('reason') ?? undefined),
    message: { headers: { 'message-id': form.get('Message-Id') ?? form.get('message-id') } },
    'delivery-status': { code: form.get('code'), message: form.get('error'), description: form.get('description') },
    'client-info': { 'user-agent': form.get('user-agent') },
    tags: [...form.getAll('tag'), ...form.getAll('X-Mailgun-Tag')],
    'user-variables': Object.fromEntries(form),
  }
}

/**
 * Mailgun tries for eight hours and says when it first did. Its signature covers time and token alone, so the token is
 * kept: with another body it is somebody else's.
 */
const oldest = 12 * 3_600_000
const newest = 15 * 60_000

function verifySigned({ body }: HookRequest, { keys }: HookSecrets, now: number): Verified {
  const found = signatureIn(body)
  if (!found) return refused('the body has no signature with token and timestamp')
  const { token, timestamp, signatures } = found
  const at = time(timestamp)
  if (at === undefined || at < now - oldest || at > now + newest)
    return refused('the timestamp is more than twelve hours old, or ahead')
  const isRight = fitsAny(keys, (key) => {
    const expected = createHmac('sha256', key).update(`${timestamp}${token}`).digest('hex')
    return fitsAny(signatures, (one) => isSame(one, expected))
  })
  return isRight ? { isGenuine: true, deliveryId: token, isBodyUnsigned: true } : refused('the signature does not fit')
}

// That of a sub-account comes with one of the account it belongs to.
function signatureIn(body: Uint8Array): { token: string; timestamp: string; signatures: string[] } | undefined {
  try {
    const read = asFields(readBody(body), 'the body')
    const own = object(read, 'signature')
    const [token, timestamp] = [text(own, 'token'), text(own, 'timestamp')]
    if (token === undefined || timestamp === undefined) return undefined
    const signatures = [text(own, 'signature'), text(own, 'parent-signature'), text(read, 'parent-signature')]
    return { token, timestamp, signatures: signatures.filter((one) => one !== undefined) }
  } catch {
    return undefined
  }
}

const kinds: Readonly<Record<string, HookKind>> = {
  accepted: 'processed',
  rejected: 'dropped',
  delivered: 'delivered',
  failed: 'bounced',
  opened: 'opened',
  clicked: 'clicked',
  unsubscribed: 'unsubscribed',
  complained: 'complained',
}

function toEvents(item: unknown): ReadEvent {
  const body = asFields(item)
  const event = isEvent(body) ? body : object(body, 'event-data')
  const message = object(object(event, 'message'), 'headers')
  const status = object(event, 'delivery-status')
  const client = object(event, 'client-info')
  const isTold = event['event'] === 'opened' || event['event'] === 'clicked'
  const mark = text(client, 'bot')
  const id = text(event, 'id')
  const at = time(event['timestamp'])
  return {
    ...outcome(event, status),
    rawType: rawType(event),
    recipient: text(event, 'recipient') ?? addresses(message['to'])[0],
    at,
    reply: replyOf(status),
    ...codes(status),
    url: text(event, 'url'),
    ip: text(event, 'ip'),
    userAgent: text(client, 'user-agent'),
    isMachine: isTold && 'bot' in client ? mark !== undefined : undefined,
    machineMark: mark,
    messageId: text(message, 'message-id'),
    sendId: sendIdIn(object(event, 'user-variables')),
    providerMessageId: text(message, 'message-id'),
    providerEventId: id ?? text(object(body, 'signature'), 'token'),
    // Its id is unique for a day.
    id: id === undefined ? undefined : `${id} ${at}`,
    campaign: firstText(list(event, 'tags')) ?? campaignIn(event),
  }
}

function isEvent(body: Fields): boolean {
  return typeof body['event'] === 'string' && body['event-data'] === undefined
}

function rawType(event: Fields): string {
  const name = text(event, 'event') ?? 'unknown'
  const severity = text(event, 'severity')
  return name === 'failed' && severity !== undefined ? `${name}.${severity}` : name
}

function campaignIn(event: Fields): string | undefined {
  for (const campaign of list(event, 'campaigns')) {
    const name = typeof campaign === 'object' ? text(asFields(campaign), 'name', 'id') : asText(campaign)
    if (name !== undefined) return name
  }
  return undefined
}

// Where the server said nothing, Mailgun says itself why.
function replyOf(status: Fields): string | undefined {
  return text(status, 'message') ?? text(status, 'description')
}

function codes(status: Fields): Pick<ReadEvent, 'smtpCode' | 'status'> {
  const code = Number(text(status, 'code'))
  const enhanced = text(status, 'enhanced-code', 'enhanced_code') ?? text(status, 'code')
  return {
    smtpCode: code >= 200 && code < 600 ? code : smtpCodeIn(replyOf(status)),
    status: /^[245]\.\d+\.\d+$/.test(enhanced ?? '') ? enhanced : statusIn(replyOf(status)),
  }
}

type Outcome = Pick<ReadEvent, 'kind' | 'letter' | 'severity' | 'reason' | 'effect'>

/** Why it failed for good, in Mailgun's words or its codes for what it did not try. */
const failures: readonly (readonly [RegExp, Omit<Outcome, 'reason'>])[] = [
  [/^suppress-unsubscribe|^606$/, { kind: 'dropped', severity: 'none', effect: 'optout' }],
  [/^suppress-complaint|^607$/, { kind: 'dropped', severity: 'none', effect: 'complaint' }],
  [/^suppress-|^605$/, { kind: 'dropped', letter: 'S', severity: 'none' }],
  [/^espblock$/, { kind: 'bounced', letter: 'Z', severity: 'soft' }],
  [/^(old|generic)$/, { kind: 'bounced', letter: 'D', severity: 'soft' }],
  [/^(bounce|hardfail)$/, { kind: 'bounced', letter: 'B', severity: 'hard' }],
]

function outcome(event: Fields, status: Fields): Outcome {
  const kind = kinds[text(event, 'event') ?? ''] ?? 'unknown'
  const reason = text(event, 'reason') ?? text(object(event, 'reject'), 'reason', 'description')
  if (kind === 'dropped') return { kind, letter: 'Z', severity: 'soft', reason }
  if (kind !== 'bounced') return { kind, reason }
  if (event['severity'] === 'temporary') return { kind: 'deferred', reason }
  const named = [reason ?? '', text(status, 'code') ?? '']
  const failure = failures.find(([pattern]) => named.some((name) => pattern.test(name)))
  return { ...(failure?.[1] ?? { kind, letter: 'X', severity: 'soft' }), reason: reason ?? text(status, 'description') }
}
