// An event as JSON, and as the request that gets it. Used by the timeline and its downloads.

import type { EventKind } from '../../core/events/event.ts'
import { positionText } from './contact-query.ts'
import type { JudgedEvent } from './timeline.ts'
import type { Member } from './visit.ts'

export function eventJson(event: JudgedEvent): object {
  const { eventId, contactId, kind, at, recordedAt, verdict, hit: _hit, ...rest } = event
  return {
    id: positionText({ kind, eventId }),
    kind,
    at: new Date(at).toISOString(),
    recordedAt: new Date(recordedAt).toISOString(),
    contactId,
    ...rest,
    ...(verdict && { verdict: verdict.verdict, reasons: verdict.reasons }),
  }
}

/** Kinds that the 2008 wire has a feed of. */
const feeds: Readonly<Partial<Record<EventKind, string>>> = {
  send: 'sends',
  open: 'opens',
  click: 'clicks',
  bounce: 'bounces',
  forward: 'forwards',
  optout: 'optouts',
}

/** The feed of the API that has the event; undefined for kinds it does not know. */
export function curlText({ app, username, header }: Member, { contactId, kind }: JudgedEvent): string | undefined {
  const feed = feeds[kind]
  if (feed === undefined) return undefined
  const host = app.config.publicHost ?? header('host') ?? '127.0.0.1'
  const address = `${app.config.publicScheme}://${host}/ws/customers/${encodeURIComponent(username)}/contacts/${contactId}/events/${feed}`
  return `curl -u "$API_KEY%${username}:$PASSWORD" '${address}'`
}
