// Which part of a contact's history an address asks for, and addresses for other parts. Used by the contact page, its
// timeline and its downloads.

import { allKinds, earliestEventAt } from '../../core/events/event.ts'
import type { EventKind } from '../../core/events/event.ts'
import type { HistoryPosition, HistoryQuery } from '../../core/events/history.ts'
import type { Hidden } from '../../core/verdicts/hidden.ts'
import { NotFoundError } from '../../errors.ts'
import { dayStart } from './time.ts'
import type { Member } from './visit.ts'

export interface ContactQuery {
  kind: EventKind | undefined
  campaignId: number | undefined
  /** As typed: days in the viewer's zone. */
  fromDay: string
  untilDay: string
  /** Machines and proxies are left out. */
  isPeopleOnly: boolean
  /** Continue behind this event. */
  after: HistoryPosition | undefined
  /** Begin with this event, and show it open. */
  at: HistoryPosition | undefined
}

/** What is none of the known values counts as not given. */
export function parseContactQuery(query: URLSearchParams): ContactQuery {
  const campaign = query.get('campaign') ?? ''
  return {
    kind: allKinds.find((kind) => kind === query.get('kind')),
    campaignId: /^\d{1,15}$/.test(campaign) ? Number(campaign) : undefined,
    fromDay: parseDay(query.get('from')),
    untilDay: parseDay(query.get('until')),
    isPeopleOnly: query.get('who') === 'people',
    after: parsePosition(query.get('after')),
    at: parsePosition(query.get('at')),
  }
}

function parseDay(text: string | null): string {
  return text !== null && dayStart(text, 'UTC') !== undefined ? text : ''
}

/** `click-21475315238451` */
export function positionText({ kind, eventId }: HistoryPosition): string {
  return `${kind}-${eventId}`
}

function parsePosition(text: string | null): HistoryPosition | undefined {
  const [, word, id] = /^([a-z]+)-(\d{1,16})$/.exec(text ?? '') ?? []
  const kind = allKinds.find((known) => known === word)
  const eventId = Number(id)
  return kind && Number.isSafeInteger(eventId) ? { kind, eventId } : undefined
}

const notPeople: Hidden = ['machine', 'proxy']
const day = 86_400_000

/** The same for the store. Days are of the viewer's zone, the last one with all its hours. */
export function historyQuery(contactId: number, query: ContactQuery, zone: string): Omit<HistoryQuery, 'limit'> {
  const { kind, campaignId, fromDay, untilDay, isPeopleOnly, after, at } = query
  const last = untilDay === '' ? undefined : dayStart(nextDay(untilDay), zone)
  return {
    contactId,
    campaignId,
    kinds: kind && [kind],
    from: fromDay === '' ? undefined : Math.max(earliestEventAt, dayStart(fromDay, zone)!),
    until: last,
    hidden: isPeopleOnly ? notPeople : undefined,
    // Begins with the event itself: behind the one that would stand right before it.
    after: at ? { kind: at.kind, eventId: at.eventId + 1 } : after,
  }
}

function nextDay(text: string): string {
  return new Date(Date.parse(`${text}T00:00Z`) + day).toISOString().slice(0, 10)
}

/** The filters with some of them changed, as they stand in an address; a page always begins anew. */
export function queryText(query: ContactQuery, changes: Partial<ContactQuery> = {}): string {
  const { kind, campaignId, fromDay, untilDay, isPeopleOnly, after, at } = { ...query, after: undefined, at: undefined, ...changes } // oxfmt-ignore
  const given: Record<string, string | undefined> = {
    kind,
    campaign: campaignId === undefined ? undefined : String(campaignId),
    from: fromDay || undefined,
    until: untilDay || undefined,
    who: isPeopleOnly ? 'people' : undefined,
    after: after && positionText(after),
    at: at && positionText(at),
  }
  const parts = Object.entries(given).filter((part): part is [string, string] => part[1] !== undefined)
  return parts.length === 0 ? '' : `?${new URLSearchParams(parts).toString()}`
}

export function isFiltered({ kind, campaignId, fromDay, untilDay, isPeopleOnly }: ContactQuery): boolean {
  return kind !== undefined || campaignId !== undefined || fromDay !== '' || untilDay !== '' || isPeopleOnly
}

/** Of the address; throws NotFoundError for what is no id. */
export function contactIdOf({ of }: Pick<Member, 'of'>): number {
  const text = of('id')
  if (!/^\d{1,15}$/.test(text)) throw new NotFoundError('there is no such contact')
  return Number(text)
}
