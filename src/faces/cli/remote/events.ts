// Events of a server elsewhere, in the shape of those in this machine's store, so that one command prints both alike. Used
// by events.ts, tail.ts and api.ts.

import type { Contrail, Event } from '../../../../sdk/src/index.ts'
import type { EventKind } from '../../../core/events/event.ts'
import type { HistoryEvent } from '../../../core/events/history.ts'
import type { Verdict } from '../../../core/verdicts/hit.ts'

/** With what was said of who did it. */
export interface JudgedEvent extends HistoryEvent {
  verdict?: Verdict
  reasons?: string[]
}

export interface HistoryPart {
  events: JudgedEvent[]
  isLast: boolean
}

export interface HistoryRequest {
  kind?: EventKind[]
  campaign?: number
  since?: number
  until?: number
  limit: number
  people?: boolean
  all?: boolean
  oldestFirst?: boolean
}

const longestPage = 200

/** What a contact did, a page at a time, as many as asked for. */
export async function* readHistory(
  client: Contrail,
  contactId: number,
  { kind, campaign, since, until, limit, people, all, oldestFirst }: HistoryRequest,
): AsyncGenerator<HistoryPart, undefined> {
  const query = {
    kind,
    campaign,
    from: since === undefined ? undefined : new Date(since),
    to: until === undefined ? undefined : new Date(until),
    verdict: people ? ['human' as const] : undefined,
    order: oldestFirst ? ('oldest-first' as const) : undefined,
  }
  let left = all ? Infinity : limit
  const pages = client.contacts.events(contactId, { ...query, limit: Math.min(longestPage, left) }).pages()
  for await (const { items, next } of pages) {
    yield { events: items.slice(0, left).map(toHistoryEvent), isLast: next === undefined && items.length <= left }
    left -= items.length
    if (left <= 0) return undefined
  }
  return undefined
}

export function toHistoryEvent({ id, at, recordedAt, campaign, email: _email, ...rest }: Event): JudgedEvent {
  return {
    ...rest,
    eventId: Number(id.split('-').at(-1)),
    campaignId: campaign.id,
    campaignName: campaign.name,
    at: Date.parse(at),
    recordedAt: Date.parse(recordedAt),
  }
}
