// An event as the API shows it, with all its evidence and what was said of who did it. Used by whatever shows events.

import { z } from 'zod'
import { allKinds, bounceCodes } from '../../core/events/event.ts'
import type { BounceCode, EventKind } from '../../core/events/event.ts'
import type { HistoryEvent } from '../../core/events/history.ts'
import { findVerdicts, findVerdictsOf, isJudged } from '../../core/verdicts/hidden.ts'
import type { Reader } from '../../db/db.ts'
import { NotFoundError } from '../../errors.ts'
import { contactId } from './contact-json.ts'
import { id, pageOf, time, timeText } from './schemas.ts'

export const kind = z.enum(allKinds as [EventKind, ...EventKind[]]).meta({
  id: 'EventKind',
  description:
    '`send`: handed to a server. `delivery`: accepted by the next hop, not read and not in the inbox for sure. `open`: an image was fetched. `click`: a link was requested. `bounce`: came back or was refused. `complaint`: reported as spam. `forward`: sent on through our form. `optout`: asked for no more mail.',
})
export const verdict = z.enum(['human', 'proxy', 'machine']).meta({
  id: 'Verdict',
  description: 'Who or what opened or clicked. What nobody judged counts as `human`.',
})
export const include = z
  .array(z.enum(['proxy', 'machine']))
  .max(2)
  .optional()
  .meta({ description: 'Also counts what privacy proxies and machines opened and clicked; without it people only.' })

export const eventDocument = z
  .strictObject({
    id: z.string().meta({ description: 'Unique in the store.', examples: ['32-click-17713294464012'] }),
    kind,
    at: time.meta({ description: 'When it happened, as best the source knows.' }),
    recordedAt: time.meta({ description: 'When the server learnt of it.' }),
    contactId,
    email: z
      .string()
      .optional()
      .meta({ description: "The contact's address, where events of several contacts are listed." }),
    campaign: z.strictObject({ id, name: z.string() }),
    url: z.string().optional().meta({ description: 'Clicks: the address that was asked for.' }),
    code: z
      .enum(bounceCodes as [BounceCode, ...BounceCode[]])
      .optional()
      .meta({
        description:
          'Bounces: why. `B` no such address, `D` undeliverable, `F` mailbox full, `S` suspended, `V` auto-reply, `X` other, `Z` blocked.',
      }),
    message: z.string().optional().meta({ description: "The remote server's text, or the reader's reason." }),
    by: z.enum(['contact', 'customer']).optional().meta({ description: 'Opt-outs: who asked for it.' }),
    messageId: z.string().optional().meta({ description: 'Sends: the Message-ID.' }),
    status: z.string().optional().meta({ description: 'The enhanced status code (RFC 3463), such as `5.1.1`.' }),
    server: z.string().optional().meta({ description: 'The server that accepted or refused the message.' }),
    tls: z.string().optional().meta({ description: 'Deliveries: TLS version and cipher.' }),
    queueId: z.string().optional().meta({ description: "Deliveries: the id in the server's queue." }),
    friends: z.int().optional().meta({ description: 'Forwards: to how many friends.' }),
    verdict: verdict.optional(),
    reasons: z.array(z.string()).optional().meta({ description: 'Why the verdict is what it is, a word each.' }),
  })
  .meta({ id: 'Event' })
export type EventJson = z.input<typeof eventDocument>

export const eventPage = pageOf('EventPage', eventDocument)

interface Judgement {
  verdict: string
  reasons: string[]
}

/** Events of one contact. */
export async function showHistory(
  db: Reader,
  accountId: number,
  contact: number,
  events: readonly HistoryEvent[],
): Promise<EventJson[]> {
  const judged = events.filter((event) => isJudged(event.kind)).map(({ eventId }) => eventId)
  if (judged.length === 0) return events.map((event) => eventJson(event, undefined))
  const verdicts = await findVerdicts(db, accountId, contact, judged)
  return events.map((event) => eventJson(event, verdicts.get(`${event.kind} ${event.eventId}`)))
}

/** Events of several contacts. */
export async function showEvents(
  db: Reader,
  accountId: number,
  events: readonly (HistoryEvent & { email?: string })[],
): Promise<EventJson[]> {
  const verdicts = await findVerdictsOf(db, accountId, events.filter((event) => isJudged(event.kind))) // oxfmt-ignore
  return events.map((event) => eventJson(event, verdicts.get(`${event.contactId} ${event.kind} ${event.eventId}`)))
}

export function eventJson(event: HistoryEvent & { email?: string }, judgement: Judgement | undefined): EventJson {
  const isShown = judgement !== undefined && judgement.verdict !== 'probe'
  // What is undefined is not written.
  return {
    id: eventName(event.contactId, event.kind, event.eventId),
    kind: event.kind,
    at: timeText(event.at),
    recordedAt: timeText(event.recordedAt),
    contactId: event.contactId,
    email: event.email,
    campaign: { id: event.campaignId, name: event.campaignName },
    url: event.url,
    code: event.code,
    message: event.message,
    by: event.by,
    messageId: event.messageId,
    status: event.status,
    server: event.server,
    tls: event.tls,
    queueId: event.queueId,
    friends: event.friends,
    verdict: isShown ? (judgement.verdict as EventJson['verdict']) : undefined,
    reasons: isShown ? judgement.reasons : undefined,
  }
}

export function eventName(contact: number, word: EventKind, eventId: number): string {
  return `${contact}-${word}-${eventId}`
}

/** The parts of an event's id; throws NotFoundError. */
export function parseEventName(name: string): { contactId: number; kind: EventKind; eventId: number } {
  const [, contact, word, event] = /^(\d{1,16})-([a-z]+)-(\d{1,16})$/.exec(name) ?? []
  const known = allKinds.find((one) => one === word)
  if (!known || !Number.isSafeInteger(Number(contact)) || !Number.isSafeInteger(Number(event)))
    throw new NotFoundError('there is no such event')
  return { contactId: Number(contact), kind: known, eventId: Number(event) }
}
