// Makes an event of what an adapter has read: fills in what follows from the rest, the same for all providers.

import { createHash } from 'node:crypto'
import type { HookEffect, HookEvent, HookKind, HookProviderName, ParsedHook } from '../../core/inbox/hook-event.ts'
import { InvalidInputError } from '../../errors.ts'
import { refineBounce } from './refine.ts'
import { bareId } from './read.ts'

/** What an adapter says; the rest follows. */
export type ReadEvent = Omit<HookEvent, 'provider' | 'effect' | 'dedupeKey'> & {
  effect?: HookEffect | undefined
  /** What makes the event itself, where the provider says so; else its content does. */
  id?: string | undefined
}

const effects: Readonly<Record<HookKind, HookEffect>> = {
  processed: 'send',
  sent: 'send',
  delivered: 'delivery',
  deferred: 'none',
  bounced: 'bounce',
  dropped: 'bounce',
  opened: 'open',
  clicked: 'click',
  complained: 'complaint',
  unsubscribed: 'optout',
  resubscribed: 'none',
  autoreplied: 'bounce',
  failed: 'none',
  unknown: 'none',
}

function toEvent(provider: HookProviderName, { id, effect, ...read }: ReadEvent): HookEvent {
  const refined = refineBounce(read)
  const event = {
    ...refined,
    provider,
    recipient: read.recipient?.trim(),
    messageId: bareId(read.messageId),
    sendId: bareId(read.sendId),
    effect: effect ?? effects[read.kind],
    smtpCode: read.smtpCode ?? smtpCodeIn(read.reply),
    status: read.status ?? statusIn(read.reply),
  }
  return { ...event, dedupeKey: id === undefined ? digest(event) : digestOf([event.rawType, id]) }
}

function digest(event: Omit<HookEvent, 'dedupeKey'>): string {
  const { rawType, providerMessageId, messageId, recipient, at, url, reply } = event
  return digestOf([rawType, providerMessageId ?? messageId, recipient?.toLowerCase(), at, url, reply])
}

function digestOf(parts: readonly unknown[]): string {
  return createHash('sha256')
    .update(JSON.stringify(parts.map((part) => part ?? null)))
    .digest('base64url')
    .slice(0, 32)
}

/** The three digits an SMTP reply begins with (RFC 5321 4.2). */
export function smtpCodeIn(reply: string | undefined): number | undefined {
  const [, code] = /^(?:smtp;\s*)?([245]\d\d)(?=[\s-]|$)/i.exec(reply ?? '') ?? []
  return code === undefined ? undefined : Number(code)
}

/** The enhanced status code in a reply (RFC 3463 2). */
export function statusIn(reply: string | undefined): string | undefined {
  return /(?:^|[\s#(;-])([245]\.\d{1,3}\.\d{1,3})(?=[\s);:,-]|$)/.exec(reply ?? '')?.[1]
}

/** Reads each item by itself, so that one that makes no sense takes no other with it. */
export function readEach(
  provider: HookProviderName,
  items: readonly unknown[],
  read: (item: unknown) => ReadEvent | readonly ReadEvent[],
): ParsedHook {
  const parsed: ParsedHook = { events: [], problems: [] }
  items.forEach((item, i) => {
    try {
      parsed.events.push(...[read(item)].flat().map((event) => toEvent(provider, event)))
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error
      parsed.problems.push({ item: i, message: error.message })
    }
  })
  return parsed
}
