// A page of a contact's history, grouped by day. Used by contact.ts, and by itself where a script loads older events.

import { getContact } from '../../core/contacts/contact.ts'
import { listHistory } from '../../core/events/history.ts'
import type { HistoryEvent, HistoryPosition } from '../../core/events/history.ts'
import { findEventHits } from '../../core/tracking/event-hits.ts'
import type { EventHit } from '../../core/tracking/event-hits.ts'
import { findVerdicts } from '../../core/verdicts/hidden.ts'
import type { Verdict } from '../../core/verdicts/hit.ts'
import { contactIdOf, historyQuery, isFiltered, parseContactQuery, queryText } from './contact-query.ts'
import type { ContactQuery } from './contact-query.ts'
import { eventItem } from './event-item.ts'
import { html, nothing } from './html.ts'
import type { Html } from './html.ts'
import { icon } from './icons.ts'
import { respond } from './respond.ts'
import { agoText, dayOf, formatTime } from './time.ts'
import type { Member } from './visit.ts'

const eventsPerPage = 50

export interface JudgedEvent extends HistoryEvent {
  /** Undefined: nobody judged it. */
  verdict: { verdict: Verdict; reasons: string[] } | undefined
  hit: EventHit | undefined
}

export interface Timeline {
  events: JudgedEvent[]
  next: HistoryPosition | undefined
}

export async function readTimeline(visit: Member, contactId: number, query: ContactQuery): Promise<Timeline> {
  const { app, accountId, look } = visit
  const page = await listHistory(app.db, accountId, {
    ...historyQuery(contactId, query, look.zone),
    limit: eventsPerPage,
  })
  return { events: await withVerdicts(visit, contactId, page.events), next: page.next }
}

/** The events with what is known of who was behind them. */
export async function withVerdicts(
  { app, accountId }: Member,
  contactId: number,
  events: readonly HistoryEvent[],
): Promise<JudgedEvent[]> {
  const ids = events.filter(({ kind }) => kind === 'open' || kind === 'click').map(({ eventId }) => eventId)
  const verdicts = ids.length > 0 ? await findVerdicts(app.db, accountId, contactId, ids) : new Map<string, never>()
  const hits = await findEventHits(app.db, accountId, contactId, ids)
  return events.map((event) => {
    const name = `${event.kind} ${event.eventId}`
    return { ...event, verdict: verdicts.get(name), hit: hits.get(name) }
  })
}

/** GET /contacts/{id}/events: the part of the page that grows. */
export async function showMoreEvents(visit: Member): Promise<Response> {
  const { contactId } = await getContact(visit.app.db, visit.accountId, contactIdOf(visit))
  const query = parseContactQuery(visit.query)
  const timeline = await readTimeline(visit, contactId, query)
  const text = await timelineDays(visit, contactId, query, timeline)
  return respond(visit, text.toString())
}

export function timelineDays(visit: Member, contactId: number, query: ContactQuery, timeline: Timeline): Html {
  const { look, now } = visit
  const { events, next } = timeline
  if (events.length === 0) return noEvents(visit, contactId, query)
  const days = Map.groupBy(events, ({ at }) => dayOf(at, look.zone))
  return html`${[...days].map(
    ([day, ofDay]) =>
      html`<section class="day" data-day="${day}" aria-label="${formatTime(ofDay[0]!.at, look.zone, 'day')}">
        <h3>
          <span>${formatTime(ofDay[0]!.at, look.zone, 'day')}</span>
          <span class="quiet">${agoText(ofDay[0]!.at, now)}</span>
        </h3>
        <ol>
          ${ofDay.map((event) => eventItem(visit, event, query.at?.eventId === event.eventId && query.at.kind === event.kind))}
        </ol>
      </section>`,
  )}
  ${next ? moreLink(visit, contactId, query, next) : nothing}`
}

function moreLink({ words }: Member, contactId: number, query: ContactQuery, next: HistoryPosition): Html {
  const text = queryText(query, { after: next })
  return html`<p class="pager" data-more>
    <a
      class="button"
      rel="next"
      href="/contacts/${contactId}${text}#history"
      data-part="/contacts/${contactId}/events${text}"
      >${words.contact.more}</a
    >
  </p>`
}

function noEvents({ words }: Member, contactId: number, query: ContactQuery): Html {
  const w = words.contact
  if (isFiltered(query) || query.after || query.at)
    return html`<div class="empty">
      ${icon('search')}
      <h3>${w.noMatch}</h3>
      <p class="actions"><a class="button" href="/contacts/${contactId}#history">${w.clear}</a></p>
    </div>`
  return html`<div class="empty">
    ${icon('clock')}
    <h3>${w.noEvents}</h3>
    <p>${w.noEventsText}</p>
  </div>`
}
