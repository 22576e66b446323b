// SendGrid's Event Webhook: an array of flat events, signed with ECDSA over the timestamp and the raw body.

import { createPublicKey, verify } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { HookKind } from '../../core/inbox/hook-event.ts'
import { readEach } from './event.ts'
import type { ReadEvent } from './event.ts'
import type { HookProvider, HookRequest, HookSecrets, Verified } from '../../core/inbox/hook-provider.ts'
import { asFields, asText, firstText, flag, itemsOf, list, parseJson, sendIdIn, text, time } from './read.ts'
import type { Fields } from './read.ts'
import { fitsAny, refused } from './signatures.ts'

export const sendgrid: HookProvider = {
  name: 'sendgrid',
  signs: 'public-key',
  checkKey: (key) => (publicKeyOf(key) ? undefined : 'it is no public key as SendGrid shows it'),
  verify: verifySigned,
  parse: (body) => readEach('sendgrid', itemsOf(parseJson(body)), toEvents),
}

/** Behind the clock or ahead of it, in ms. */
const tolerance = 10 * 60_000

function verifySigned({ header, body }: HookRequest, { keys }: HookSecrets, now: number): Verified {
  const signature = header('x-twilio-email-event-webhook-signature')
  const timestamp = header('x-twilio-email-event-webhook-timestamp')
  if (!signature || !timestamp) return refused('the headers X-Twilio-Email-Event-Webhook-* belong to it')
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(now - Number(timestamp) * 1000) > tolerance)
    return refused('the timestamp is more than ten minutes from now')
  const signed = Buffer.concat([Buffer.from(timestamp), body])
  const isRight = fitsAny(keys, (key) => {
    const publicKey = publicKeyOf(key)
    return publicKey !== undefined && verify('sha256', signed, publicKey, Buffer.from(signature, 'base64'))
  })
  return isRight ? { isGenuine: true } : refused('the signature does not fit')
}

/** As SendGrid shows it, base64 of its DER, or as PEM; undefined when it is none. */
function publicKeyOf(key: string): KeyObject | undefined {
  try {
    return key.includes('-----BEGIN')
      ? createPublicKey(key)
      : createPublicKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'spki' })
  } catch {
    return undefined
  }
}

const kinds: Readonly<Record<string, HookKind>> = {
  processed: 'processed',
  deferred: 'deferred',
  delivered: 'delivered',
  bounce: 'bounced',
  blocked: 'bounced',
  dropped: 'dropped',
  open: 'opened',
  click: 'clicked',
  spamreport: 'complained',
  unsubscribe: 'unsubscribed',
  group_unsubscribe: 'unsubscribed',
  group_resubscribe: 'resubscribed',
}

function toEvents(item: unknown): ReadEvent {
  const event = asFields(item)
  const rawType = text(event, 'event') ?? 'unknown'
  const kind = kinds[rawType] ?? 'unknown'
  const isMachine = flag(event['sg_machine_open'])
  return {
    kind,
    rawType,
    recipient: text(event, 'email'),
    at: time(event['timestamp']),
    ...why(event, kind),
    url: text(event, 'url'),
    ip: kind === 'opened' || kind === 'clicked' ? text(event, 'ip') : undefined,
    userAgent: text(event, 'useragent'),
    isMachine: kind === 'opened' ? isMachine : undefined,
    machineMark: isMachine ? 'sg_machine_open' : undefined,
    messageId: text(event, 'smtp-id', 'smtp_id'),
    sendId: sendIdIn(event),
    providerMessageId: text(event, 'sg_message_id'),
    providerEventId: text(event, 'sg_event_id'),
    id: text(event, 'sg_event_id'),
    campaign: firstText(list(event, 'category')) ?? text(event, 'marketing_campaign_name', 'singlesend_name'),
  }
}

type Why = Pick<ReadEvent, 'letter' | 'severity' | 'reply' | 'status' | 'smtpCode' | 'reason' | 'effect'>

function why(event: Fields, kind: HookKind): Why {
  const reason = text(event, 'reason')
  if (kind === 'dropped') return { reason, ...dropped(reason ?? '') }
  const reply = text(event, 'response') ?? (kind === 'bounced' ? reason : undefined)
  const written = text(event, 'status') ?? ''
  const codes = {
    reply,
    reason,
    status: /^[245]\.\d+\.\d+$/.test(written) ? written : undefined,
    smtpCode: /^[245]\d\d$/.test(written) ? Number(written) : undefined,
  }
  return kind === 'bounced' ? { ...codes, ...bounced(event) } : codes
}

/** What it makes of the reply; without one it goes by the type. */
const classes: Readonly<Record<string, Why>> = {
  'invalid address': { letter: 'B', severity: 'hard' },
  technical: { letter: 'D', severity: 'soft' },
  'technical failure': { letter: 'D', severity: 'soft' },
  content: { letter: 'Z', severity: 'soft' },
  reputation: { letter: 'Z', severity: 'soft' },
  'frequency or volume too high': { letter: 'Z', severity: 'soft' },
  'mailbox unavailable': { letter: 'D', severity: 'soft' },
  unclassified: { letter: 'X', severity: 'soft' },
}

const types: Readonly<Record<string, Why>> = {
  bounce: { letter: 'B', severity: 'hard' },
  blocked: { letter: 'Z', severity: 'soft' },
  expired: { letter: 'D', severity: 'soft' },
}

function bounced(event: Fields): Why {
  const byType = types[text(event, 'type') ?? (event['event'] === 'blocked' ? 'blocked' : 'bounce')]
  return classes[asText(event['bounce_classification'])?.toLowerCase() ?? ''] ?? byType ?? types['bounce']!
}

function dropped(reason: string): Why {
  if (/unsubscribed/i.test(reason)) return { severity: 'none', effect: 'optout' }
  if (/spam report/i.test(reason)) return { severity: 'none', effect: 'complaint' }
  if (/spam content/i.test(reason)) return { letter: 'Z', severity: 'soft' }
  if (/bounced|invalid$|invalid address/i.test(reason)) return { letter: 'S', severity: 'none' }
  return { letter: 'X', severity: 'soft' }
}
