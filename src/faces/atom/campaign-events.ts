// A campaign's event feeds (wire-2008 4): the same entries as a contact's, under the campaign's address.

import { getCampaign } from '../../core/campaigns/campaign.ts'
import { listCampaignHistory } from '../../core/events/campaign-history.ts'
import { openCursor, sealCursor } from '../../db/page.ts'
import { atomAnswer, serviceAnswer } from './answer.ts'
import type { Document } from './answer.ts'
import { hiddenOf, parsePageSize, queryValues, windowStart } from './asked.ts'
import type { Asked } from './asked.ts'
import { eventCollections, getEventCollection } from './event-collections.ts'
import { renderEventEntries } from './event-entry.ts'
import { renderFeed } from './feed.ts'
import { renderEventsIndex } from './service.ts'

/** GET /ws/customers/{u}/campaigns/{id}/events/: no clicks, no summary, and a doubled colon, as recorded (4.1). */
export async function getCampaignEventsIndex(asked: Asked, campaignId: number): Promise<Document> {
  await getCampaign(asked.app.db, asked.account.accountId, campaignId)
  const names = Object.keys(eventCollections).filter((name) => name !== 'clicks')
  const collections = names.map((name) => ({ name, title: `${getEventCollection(name).title} Events` }))
  return serviceAnswer(
    renderEventsIndex(asked, `/campaigns/${campaignId}/events`, `Campaign id: : ${campaignId}`, collections),
  )
}

/**
 * GET /ws/customers/{u}/campaigns/{id}/events/{collection}, and .../events/urls/{link} for the clicks on one link,
 * which is how clients find a campaign's clicks (4.3).
 */
export async function getCampaignEvents(
  asked: Asked,
  campaignId: number,
  name: string,
  linkNo?: number,
): Promise<Document> {
  const collection = getEventCollection(name)
  const { db, cursorKey } = asked.app
  const { accountId, username } = asked.account
  await getCampaign(db, accountId, campaignId)
  const path = `/campaigns/${campaignId}/events/${linkNo === undefined ? name : `urls/${linkNo}`}`
  const scope = `2008 events ${accountId} ${path}`
  const [token] = queryValues(asked.query, 'next')
  const [eventId, contactId, limit] =
    token === undefined
      ? [undefined, undefined, parsePageSize(asked.query)]
      : (openCursor(cursorKey, scope, token) as [number, number, number])
  const page = await listCampaignHistory(db, accountId, {
    campaignId,
    kinds: [collection.kind],
    linkNo,
    from: windowStart(asked),
    hidden: hiddenOf(asked),
    after: eventId === undefined ? undefined : { eventId, contactId, kind: collection.kind },
    limit,
  })
  const emails = new Map(page.events.map((event) => [event.contactId, event.email]))
  const feed = { collection, path, emailOf: (id: number) => emails.get(id)! }
  return atomAnswer(
    renderFeed(asked, {
      title: `${collection.title} Events for Customer: ${username}, Campaign id: ${campaignId}`,
      path,
      next: page.next && sealCursor(cursorKey, scope, [page.next.eventId, page.next.contactId, limit]),
      paging: ['first', 'current'],
      entries: [renderEventEntries(asked, feed, page.events)],
    }),
  )
}
