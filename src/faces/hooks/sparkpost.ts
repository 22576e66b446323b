// SparkPost's webhooks: an array of events, each under its class. They are not signed; a batch has an id.

import type { HookKind } from '../../core/inbox/hook-event.ts'
import { readEach } from './event.ts'
import type { ReadEvent } from './event.ts'
import type { HookProvider } from '../../core/inbox/hook-provider.ts'
import { asFields, flag, itemsOf, object, parseJson, sendIdIn, text, time } from './read.ts'
import type { Fields } from './read.ts'
import { checkSecret, verifyBasicAuth } from './signatures.ts'

export const sparkpost: HookProvider = {
  name: 'sparkpost',
  signs: 'nothing',
  checkKey: checkSecret,
  verify: (request, secrets) => {
    const verified = verifyBasicAuth(request, secrets)
    return verified.isGenuine ? { ...verified, deliveryId: request.header('x-messagesystems-batch-id') } : verified
  },
  parse: (body) => readEach('sparkpost', itemsOf(parseJson(body)), toEvents),
}

type Outcome = Pick<ReadEvent, 'kind' | 'letter' | 'severity' | 'effect'>

const kinds: Readonly<Record<string, HookKind>> = {
  injection: 'processed',
  delivery: 'delivered',
  delay: 'deferred',
  bounce: 'bounced',
  out_of_band: 'bounced',
  policy_rejection: 'dropped',
  spam_complaint: 'complained',
  generation_failure: 'failed',
  generation_rejection: 'dropped',
  open: 'opened',
  initial_open: 'opened',
  click: 'clicked',
  amp_open: 'opened',
  amp_initial_open: 'opened',
  amp_click: 'clicked',
  list_unsubscribe: 'unsubscribed',
  link_unsubscribe: 'unsubscribed',
}

/** By bounce_class; any other is X. Some are no bounces. */
const classes: Readonly<Record<string, Omit<Outcome, 'kind'> & { kind?: HookKind }>> = {
  10: { letter: 'B', severity: 'hard' },
  30: { letter: 'B', severity: 'hard' },
  20: { letter: 'D', severity: 'soft' },
  21: { letter: 'D', severity: 'soft' },
  24: { letter: 'D', severity: 'soft' },
  70: { letter: 'D', severity: 'soft' },
  22: { letter: 'F', severity: 'soft' },
  23: { letter: 'Z', severity: 'soft' },
  25: { letter: 'Z', severity: 'soft' },
  26: { kind: 'dropped', letter: 'S', severity: 'none' },
  50: { letter: 'Z', severity: 'soft' },
  51: { letter: 'Z', severity: 'soft' },
  52: { letter: 'Z', severity: 'soft' },
  53: { letter: 'Z', severity: 'soft' },
  54: { letter: 'Z', severity: 'soft' },
  60: { kind: 'autoreplied', letter: 'V', severity: 'none' },
  100: { kind: 'autoreplied', letter: 'V', severity: 'none' },
  80: { kind: 'resubscribed' },
  90: { kind: 'unsubscribed' },
}

// An empty `msys` asks whether anybody is there.
function toEvents(item: unknown): ReadEvent[] {
  const wrapped = asFields(item)
  const classified = 'msys' in wrapped ? asFields(wrapped['msys'] ?? {}, 'msys') : { event: wrapped }
  return Object.values(classified).map((event) => toReadEvent(asFields(event)))
}

function toReadEvent(event: Fields): ReadEvent {
  const rawType = text(event, 'type') ?? 'unknown'
  const agent = object(event, 'user_agent_parsed')
  const mark = ['is_prefetched', 'is_proxy'].find((name) => flag(agent[name]) === true)
  const code = Number(text(event, 'error_code'))
  return {
    ...outcome(event, rawType),
    rawType,
    // As it was given; the other is in lower case.
    recipient: text(event, 'raw_rcpt_to', 'rcpt_to'),
    at: time(event['timestamp']),
    reply: text(event, 'raw_reason', 'reason'),
    smtpCode: code >= 200 && code < 600 ? code : undefined,
    reason: text(event, 'reason', 'fbtype', 'report_by'),
    url: text(event, 'target_link_url'),
    ip: 'user_agent' in event ? text(event, 'ip_address') : undefined,
    userAgent: text(event, 'user_agent'),
    isMachine: Object.keys(agent).length > 0 ? mark !== undefined : undefined,
    machineMark: mark,
    sendId: sendIdIn(object(event, 'rcpt_meta')),
    providerMessageId: text(event, 'transmission_id', 'message_id'),
    providerEventId: text(event, 'event_id'),
    id: text(event, 'event_id'),
    campaign: text(event, 'campaign_id', 'campaign'),
  }
}

function outcome(event: Fields, rawType: string): Outcome {
  const kind = kinds[rawType] ?? 'unknown'
  // The pixel at the top of a message: the one at its end counts, and is told too.
  if (rawType === 'initial_open' || rawType === 'amp_initial_open') return { kind, effect: 'none' }
  if (kind !== 'bounced' && kind !== 'dropped') return { kind }
  const byClass = classes[text(event, 'bounce_class') ?? '']
  if (byClass) return { kind, ...byClass }
  return { kind, letter: kind === 'dropped' ? 'Z' : 'X', severity: 'soft' }
}
