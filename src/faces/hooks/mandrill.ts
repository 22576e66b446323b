// Mandrill (Mailchimp Transactional): a form with the events of a batch as JSON in one field, signed with HMAC-SHA1 over
// the address and the form.

import { createHmac } from 'node:crypto'
import type { HookKind } from '../../core/inbox/hook-event.ts'
import { InvalidInputError } from '../../errors.ts'
import { readEach } from './event.ts'
import type { ReadEvent } from './event.ts'
import type { HookProvider, HookRequest, HookSecrets, Verified } from '../../core/inbox/hook-provider.ts'
import { asFields, decodeUtf8, firstText, itemsOf, list, object, parseJson, sendIdIn, text, time } from './read.ts'
import type { Fields } from './read.ts'
import { checkSecret, fitsAny, isSame, refused } from './signatures.ts'

export const mandrill: HookProvider = {
  name: 'mandrill',
  signs: 'hmac',
  checkKey: checkSecret,
  verify: verifySigned,
  parse: (body) => readEach('mandrill', itemsOf(readBody(body)), toEvents),
}

/** What Mandrill signs its very first request with, before it has shown the key. */
const testKey = 'test-webhook'

function verifySigned({ body, url, header }: HookRequest, { keys }: HookSecrets): Verified {
  const given = header('x-mandrill-signature')
  if (!given) return refused('the header X-Mandrill-Signature belongs to it')
  const form = [...new URLSearchParams(Buffer.from(body).toString('utf8'))]
  const pairs = form.toSorted(([a], [b]) => (a < b ? -1 : Number(a > b)))
  const posted = pairs.map(([name, value]) => name + value).join('')
  const isEmpty = form.length === 1 && form[0]![0] === 'mandrill_events' && form[0]![1].trim() === '[]'
  const addresses = [url, withPassword(url, header('authorization'))]
  const isRight = fitsAny([...keys, ...(isEmpty ? [testKey] : [])], (key) =>
    fitsAny(addresses, (address) =>
      isSame(
        given,
        createHmac('sha1', key)
          .update(address + posted)
          .digest('base64'),
      ),
    ),
  )
  return isRight ? { isGenuine: true } : refused('the signature does not fit; it covers the address as well')
}

// The address that is signed has the password in it where Mandrill was given one.
function withPassword(url: string, authorization: string | undefined): string {
  const [, pair] = /^basic (\S+)$/i.exec(authorization ?? '') ?? []
  return pair === undefined ? url : url.replace('://', `://${Buffer.from(pair, 'base64').toString('utf8')}@`)
}

/** The form, or the JSON in it. */
function readBody(body: Uint8Array): unknown {
  const written = decodeUtf8(body)
  if (/^\s*[[{]/.test(written)) {
    const value = parseJson(written)
    const inner = Array.isArray(value) ? value : asFields(value, 'the body')['mandrill_events']
    return typeof inner === 'string' ? parseJson(inner) : (inner ?? value)
  }
  const events = new URLSearchParams(written).get('mandrill_events')
  if (events === null) throw new InvalidInputError('the form has no field mandrill_events')
  return parseJson(events)
}

type Outcome = Pick<ReadEvent, 'kind' | 'letter' | 'severity' | 'effect' | 'reason' | 'reply'>

const kinds: Readonly<Record<string, HookKind>> = {
  send: 'sent',
  deferral: 'deferred',
  delivered: 'delivered',
  hard_bounce: 'bounced',
  soft_bounce: 'bounced',
  open: 'opened',
  click: 'clicked',
  spam: 'complained',
  unsub: 'unsubscribed',
  reject: 'dropped',
}

function toEvents(item: unknown): ReadEvent {
  const event = asFields(item)
  if (!('event' in event) && 'type' in event) return toChange(event)
  const rawType = text(event, 'event') ?? 'unknown'
  const message = object(event, 'msg')
  const kind = kinds[rawType] ?? 'unknown'
  const agent = object(event, 'user_agent_parsed')
  return {
    ...outcome(rawType, kind, message),
    rawType,
    recipient: text(message, 'email'),
    at: time(event['ts']) ?? time(message['ts']),
    url: text(event, 'url') ?? (kind === 'clicked' ? lastClick(message) : undefined),
    ip: text(event, 'ip'),
    userAgent: text(event, 'user_agent'),
    isMachine: agent['type'] === 'Robot' ? true : undefined,
    machineMark: agent['type'] === 'Robot' ? text(agent, 'ua_family', 'ua_name') : undefined,
    sendId: sendIdIn(object(message, 'metadata')),
    providerMessageId: text(message, '_id') ?? text(event, '_id'),
    campaign: firstText(list(message, 'tags')) ?? text(message, 'template'),
  }
}

// A change of its list of addresses it sends nothing to.
function toChange(event: Fields): ReadEvent {
  const reject = object(event, 'reject')
  return {
    kind: 'unknown',
    rawType: [text(event, 'type'), text(event, 'action')].filter(Boolean).join('.'),
    recipient: text(reject, 'email') ?? text(object(event, 'entry'), 'email'),
    at: time(event['ts']) ?? time(reject['created_at']),
    reason: text(reject, 'reason'),
  }
}

function lastClick(message: Fields): string | undefined {
  const last = list(message, 'clicks').at(-1)
  return last === undefined ? undefined : text(asFields(last, 'a click'), 'url')
}

/** By bounce_description. */
const descriptions: Readonly<Record<string, Pick<ReadEvent, 'letter' | 'severity'>>> = {
  bad_mailbox: { letter: 'B', severity: 'hard' },
  invalid_domain: { letter: 'D', severity: 'hard' },
  mailbox_full: { letter: 'F', severity: 'soft' },
  general: { letter: 'D', severity: 'soft' },
  soft_bounce: { letter: 'D', severity: 'soft' },
}

/** By the reason of a reject. */
const rejects: Readonly<Record<string, Pick<ReadEvent, 'letter' | 'severity' | 'effect'>>> = {
  'hard-bounce': { letter: 'S', severity: 'none' },
  'soft-bounce': { letter: 'S', severity: 'none' },
  spam: { severity: 'none', effect: 'complaint' },
  unsub: { severity: 'none', effect: 'optout' },
}

function outcome(rawType: string, kind: HookKind, message: Fields): Outcome {
  const description = text(message, 'bounce_description')
  const reply = text(message, 'diag') ?? lastReply(message)
  if (kind === 'bounced') {
    const byName = descriptions[description ?? '']
    const byType = rawType === 'hard_bounce' ? descriptions['bad_mailbox'] : descriptions['general']
    return { kind, ...(byName ?? byType), reason: description, reply }
  }
  if (kind === 'dropped') {
    const reject = text(object(message, 'reject'), 'reason') ?? text(message, 'reject', 'reject_reason')
    return {
      kind,
      ...(rejects[reject ?? ''] ?? { letter: 'Z', severity: 'soft' }),
      reason: reject ?? description,
      reply,
    }
  }
  return { kind, reason: description, reply }
}

function lastReply(message: Fields): string | undefined {
  const last = list(message, 'smtp_events').at(-1)
  return last === undefined ? undefined : text(asFields(last, 'an SMTP event'), 'diag')
}
