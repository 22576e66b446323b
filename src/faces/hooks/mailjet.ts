// Mailjet's Event API: one event, or an array where grouping is on. It is not signed.

import type { HookKind } from '../../core/inbox/hook-event.ts'
import { readEach } from './event.ts'
import type { ReadEvent } from './event.ts'
import type { HookProvider } from '../../core/inbox/hook-provider.ts'
import { asFields, flag, itemsOf, parseJson, sendIdIn, text, time } from './read.ts'
import type { Fields } from './read.ts'
import { checkSecret, verifyBasicAuth } from './signatures.ts'

export const mailjet: HookProvider = {
  name: 'mailjet',
  signs: 'nothing',
  checkKey: checkSecret,
  verify: verifyBasicAuth,
  parse: (body) => readEach('mailjet', itemsOf(parseJson(body)), toEvents),
}

const kinds: Readonly<Record<string, HookKind>> = {
  // Accepted by the recipient's server.
  sent: 'delivered',
  open: 'opened',
  click: 'clicked',
  bounce: 'bounced',
  blocked: 'dropped',
  spam: 'complained',
  unsub: 'unsubscribed',
}

function toEvents(item: unknown): ReadEvent {
  const event = asFields(item)
  const rawType = text(event, 'event') ?? 'unknown'
  const kind = kinds[rawType] ?? 'unknown'
  const customId = text(event, 'CustomID')
  return {
    ...(kind === 'bounced' || kind === 'dropped' ? failure(event, kind) : { kind }),
    rawType,
    recipient: text(event, 'email'),
    at: time(event['time']),
    reply: text(event, 'smtp_reply', 'comment'),
    reason: reasonOf(event),
    url: text(event, 'url'),
    ip: text(event, 'ip'),
    userAgent: text(event, 'agent'),
    sendId: sendIdIn(payloadOf(event)) ?? customId,
    providerMessageId: text(event, 'MessageID', 'Message_GUID'),
    campaign: text(event, 'customcampaign'),
  }
}

function reasonOf(event: Fields): string | undefined {
  const reason = [text(event, 'error_related_to'), text(event, 'error')].filter(Boolean).join(': ')
  return reason || text(event, 'source')
}

// What the sender gave along, often as JSON.
function payloadOf(event: Fields): Fields {
  try {
    return asFields(parseJson(text(event, 'Payload') ?? '{}'))
  } catch {
    return {}
  }
}

type Outcome = Pick<ReadEvent, 'kind' | 'letter' | 'severity' | 'effect'>

const soft = (letter: 'D' | 'F' | 'Z' | 'X'): Partial<Outcome> => ({ letter, severity: 'soft' })
const hard = (letter: 'B' | 'D'): Partial<Outcome> => ({ letter, severity: 'hard' })

/** By `error`, or by what the error is related to where it says no more. */
const errors: Readonly<Record<string, Partial<Outcome>>> = {
  'user unknown': hard('B'),
  'mailbox inactive': hard('B'),
  'quota exceeded': soft('F'),
  'invalid domain': hard('D'),
  'no mail host': hard('D'),
  'connection issue': soft('D'),
  'relay/access denied': soft('Z'),
  greylisted: soft('Z'),
  throttled: soft('Z'),
  blacklisted: soft('Z'),
  'sender blocked': soft('Z'),
  'content blocked': soft('Z'),
  'policy issue': soft('Z'),
  spam: soft('Z'),
  preblocked: { kind: 'dropped', letter: 'S', severity: 'none' },
  'spam reporter': { severity: 'none', effect: 'complaint' },
}

function failure(event: Fields, kind: HookKind): Outcome {
  const [error, relatedTo] = [text(event, 'error'), text(event, 'error_related_to')].map((name) => name?.toLowerCase())
  const isHard = flag(event['hard_bounce'])
  // Mailjet tries again.
  if (error === 'greylisted' && isHard !== true) return { kind: 'deferred' }
  const byError = errors[error ?? ''] ?? errors[relatedTo ?? '']
  if (byError) return { kind, ...byError }
  if (isHard === true) return { kind, ...hard('B') }
  return { kind, ...soft('X') }
}
