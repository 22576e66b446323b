// A contact's event feeds and summary (wire-2008 3.3 to 3.6).

import { getContactEmail } from '../../core/contacts/contact.ts'
import { summarizeContact } from '../../core/events/counts.ts'
import { listHistory } from '../../core/events/history.ts'
import { openCursor, sealCursor } from '../../db/page.ts'
import { NotFoundError } from '../../errors.ts'
import { atomAnswer } from './answer.ts'
import type { Document } from './answer.ts'
import { hiddenOf, parsePageSize, queryValues, windowStart } from './asked.ts'
import type { Asked } from './asked.ts'
import { getEventCollection } from './event-collections.ts'
import { renderEventEntries } from './event-entry.ts'
import { renderFeed } from './feed.ts'
import { renderSummaryEntry } from './summary-entry.ts'

/** GET /ws/customers/{u}/contacts/{id}/events/{collection}: newest first, 50 to a page. */
export async function getContactEvents(asked: Asked, contactId: number, name: string): Promise<Document> {
  const collection = getEventCollection(name)
  const { db, cursorKey } = asked.app
  const { accountId, username } = asked.account
  const email = await getContactEmail(db, accountId, contactId)
  const path = `/contacts/${contactId}/events/${name}`
  const scope = `2008 events ${accountId} ${path}`
  const [token] = queryValues(asked.query, 'next')
  // The token is the whole query of a next link, so the page size travels in it (0b).
  const [eventId, limit] =
    token === undefined
      ? [undefined, parsePageSize(asked.query)]
      : (openCursor(cursorKey, scope, token) as [number, number])
  const page = await listHistory(db, accountId, {
    contactId,
    kinds: [collection.kind],
    from: windowStart(asked),
    hidden: hiddenOf(asked),
    after: eventId === undefined ? undefined : { eventId, kind: collection.kind },
    limit,
  })
  return atomAnswer(
    renderFeed(asked, {
      title: `${collection.title} Events for Customer: ${username}, Contact id: ${contactId}`,
      path,
      next: page.next && sealCursor(cursorKey, scope, [page.next.eventId, limit]),
      paging: ['first', 'current'],
      entries: [renderEventEntries(asked, { collection, path, emailOf: () => email }, page.events)],
    }),
  )
}

/** GET /ws/customers/{u}/contacts/{id}/events/summary and .../summary/{campaign}: one entry per campaign, newest first. */
export async function getContactSummary(asked: Asked, contactId: number, campaignId?: number): Promise<Document> {
  const { db } = asked.app
  const { accountId, username } = asked.account
  const email = await getContactEmail(db, accountId, contactId)
  const summaries = await summarizeContact(db, accountId, contactId, {
    campaignId,
    from: windowStart(asked),
    hidden: hiddenOf(asked),
  })
  if (campaignId !== undefined) {
    if (!summaries[0]) throw new NotFoundError(`contact ${contactId} has no events of campaign ${campaignId}`)
    return atomAnswer(renderSummaryEntry(asked, { contactId, email }, summaries[0], 'document'))
  }
  return atomAnswer(
    renderFeed(asked, {
      title: `Events Summary for Customer: ${username}, Contact id: ${contactId}`,
      path: `/contacts/${contactId}/events/summary`,
      paging: [],
      entries: summaries.map((summary) => renderSummaryEntry(asked, { contactId, email }, summary, 'in feed')),
    }),
  )
}
