// Brevo's webhooks: one event, or an array where batching is on. They are not signed.

import type { HookKind } from '../../core/inbox/hook-event.ts'
import { readEach } from './event.ts'
import type { ReadEvent } from './event.ts'
import type { HookProvider } from '../../core/inbox/hook-provider.ts'
import { asFields, bareId, firstText, itemsOf, list, parseJson, text, timeIn } from './read.ts'
import type { Fields } from './read.ts'
import { checkSecret, verifyBasicAuth } from './signatures.ts'

export const brevo: HookProvider = {
  name: 'brevo',
  signs: 'nothing',
  checkKey: checkSecret,
  verify: verifyBasicAuth,
  parse: (body) => readEach('brevo', itemsOf(parseJson(body)), toEvents),
}

type Outcome = Pick<ReadEvent, 'kind' | 'letter' | 'severity' | 'effect' | 'isMachine'>

/** By name, of transactional mail and of campaigns, in small letters and without signs between them. */
const outcomes: Readonly<Record<string, Outcome>> = {
  request: { kind: 'processed' },
  sent: { kind: 'processed' },
  delivered: { kind: 'delivered' },
  deferred: { kind: 'deferred' },
  hardbounce: { kind: 'bounced', letter: 'B', severity: 'hard' },
  hardbounced: { kind: 'bounced', letter: 'B', severity: 'hard' },
  softbounce: { kind: 'bounced', letter: 'D', severity: 'soft' },
  softbounced: { kind: 'bounced', letter: 'D', severity: 'soft' },
  invalid: { kind: 'bounced', letter: 'B', severity: 'hard' },
  invalidemail: { kind: 'bounced', letter: 'B', severity: 'hard' },
  blocked: { kind: 'dropped', letter: 'S', severity: 'none' },
  error: { kind: 'failed', letter: 'X', severity: 'soft', effect: 'bounce' },
  opened: { kind: 'opened', isMachine: false },
  uniqueopened: { kind: 'opened', isMachine: false },
  proxyopen: { kind: 'opened', isMachine: true },
  uniqueproxyopen: { kind: 'opened', isMachine: true },
  click: { kind: 'clicked' },
  clicked: { kind: 'clicked' },
  spam: { kind: 'complained' },
  complaint: { kind: 'complained' },
  unsubscribe: { kind: 'unsubscribed' },
  unsubscribed: { kind: 'unsubscribed' },
}

function toEvents(item: unknown): ReadEvent {
  const event = asFields(item)
  const rawType = text(event, 'event') ?? 'unknown'
  const outcome = outcomes[rawType.toLowerCase().replaceAll(/[^a-z]/g, '')] ?? { kind: 'unknown' as HookKind }
  const reason = text(event, 'reason')
  return {
    ...outcome,
    rawType,
    recipient: text(event, 'email'),
    // Of the others some are in the zone of the account.
    at: timeIn(event, 'ts_epoch', 'ts_event', 'ts', 'date_event', 'date'),
    reply: reason === 'sent' ? undefined : reason,
    reason,
    url: outcome.kind === 'clicked' ? text(event, 'link', 'URL', 'url') : undefined,
    userAgent: text(event, 'user_agent'),
    ip: outcome.kind === 'opened' || outcome.kind === 'clicked' ? text(event, 'ip') : undefined,
    machineMark: outcome.isMachine === true ? rawType : undefined,
    messageId: text(event, 'message-id', 'message_id'),
    sendId: sendIdOf(event),
    providerMessageId: bareId(text(event, 'message-id', 'message_id')),
    campaign: campaignOf(event),
  }
}

// `send:<id>`, alone or among others; a header without a name of it is not ours.
function sendIdOf(event: Fields): string | undefined {
  return /(?:^|[\s;|,"{])"?send"?[:=]\s*"?([^\s;|,"}]+)/.exec(
    text(event, 'X-Mailin-custom', 'x-mailin-custom') ?? '',
  )?.[1]
}

// `tag` may be one tag, or a list of them written as JSON.
function campaignOf(event: Fields): string | undefined {
  const tag = text(event, 'tag')
  return firstText(list(event, 'tags')) ?? text(event, 'campaign name') ?? /^\["([^"]+)"/.exec(tag ?? '')?.[1] ?? (tag?.startsWith('[') ? undefined : tag) // oxfmt-ignore
}
