// What happened: of a contact, of a campaign, of the account, and one event by its id.

import { z } from 'zod'
import { getCampaign } from '../../core/campaigns/campaign.ts'
import { getContactEmail } from '../../core/contacts/contact.ts'
import { listCampaignHistory } from '../../core/events/campaign-history.ts'
import { countContactEvents, summarizeContact } from '../../core/events/counts.ts'
import type { EventKind } from '../../core/events/event.ts'
import { findEvent, listHistory } from '../../core/events/history.ts'
import { listReceived } from '../../core/events/received.ts'
import { splitVerdicts } from '../../core/verdicts/hidden.ts'
import { InvalidInputError, NotFoundError } from '../../errors.ts'
import { contactId } from './contact-json.ts'
import {
  eventDocument,
  eventPage,
  include,
  kind,
  parseEventName,
  showEvents,
  showHistory,
  verdict,
} from './event-json.ts'
import { pageReply, positionOf } from './paging.ts'
import { route } from './route.ts'
import type { Route } from './route.ts'
import { cursor, epoch, id, limit, time } from './schemas.ts'
import { hiddenBut } from './verdict-words.ts'

const paging = { cursor: cursor.optional(), limit: limit(200, 50) }
const kinds = z.array(kind).max(8).optional().meta({ description: 'Only these kinds.' })
const order = z.enum(['newest-first', 'oldest-first']).default('newest-first')
const filters = {
  kind: kinds,
  from: time.optional().meta({ description: 'What happened at this time or later.' }),
  to: time.optional().meta({ description: 'What happened before this time.' }),
  verdict: z.array(verdict).max(3).optional().meta({ description: 'Only what was done by these; all when absent.' }),
  order,
}
const linkNo = z.int().min(1).max(32_767).optional()

const ofContact = route({
  method: 'GET',
  path: '/contacts/{id}/events',
  operationId: 'listContactEvents',
  tag: 'Events',
  summary: 'What a contact did',
  description: 'Sends, deliveries, opens, clicks, bounces and the rest in one line of time, each with its evidence.',
  scope: 'read',
  isTimeless: true,
  params: { id: contactId },
  query: {
    ...filters,
    campaign: id.optional().meta({ description: 'Only of this campaign.' }),
    link: linkNo.meta({ description: 'Only clicks on this link of `campaign`.' }),
    ...paging,
  },
  answer: eventPage,
  handle: async (asked) => {
    const { app, accountId, params, query } = asked
    if (query.link !== undefined && query.campaign === undefined) throw linkOfNothing()
    const position = positionOf<[number, EventKind]>(asked)
    await getContactEmail(app.db, accountId, params.id)
    const page = await listHistory(app.db, accountId, {
      contactId: params.id,
      kinds: query.kind,
      campaignId: query.campaign,
      linkNo: query.link,
      from: epoch(query.from),
      until: epoch(query.to),
      ...splitVerdicts(query.verdict),
      after: position && { eventId: position[0], kind: position[1] },
      order: query.order,
      limit: query.limit,
    })
    const items = await showHistory(app.db, accountId, params.id, page.events)
    return pageReply(asked, items, page.next && [page.next.eventId, page.next.kind])
  },
})

const ofCampaign = route({
  method: 'GET',
  path: '/campaigns/{id}/events',
  operationId: 'listCampaignEvents',
  tag: 'Events',
  summary: 'What was done with a campaign',
  scope: 'read',
  isTimeless: true,
  params: { id: id.meta({ description: 'Id of a campaign.' }) },
  query: { ...filters, link: linkNo.meta({ description: 'Only clicks on this link.' }), ...paging },
  answer: eventPage,
  handle: async (asked) => {
    const { app, accountId, params, query } = asked
    const position = positionOf<[number, number, EventKind]>(asked)
    await getCampaign(app.db, accountId, params.id)
    const page = await listCampaignHistory(app.db, accountId, {
      campaignId: params.id,
      kinds: query.kind,
      linkNo: query.link,
      from: epoch(query.from),
      until: epoch(query.to),
      ...splitVerdicts(query.verdict),
      after: position && { eventId: position[0], contactId: position[1], kind: position[2] },
      order: query.order,
      limit: query.limit,
    })
    const { next } = page
    const items = await showEvents(app.db, accountId, page.events)
    return pageReply(asked, items, next && [next.eventId, next.contactId, next.kind])
  },
})

const ofAccount = route({
  method: 'GET',
  path: '/events',
  operationId: 'listEvents',
  tag: 'Events',
  summary: 'What came in last',
  description:
    "Events of all contacts by when they were recorded, whenever they happened. To follow them, read the feed; for those of one campaign in the order in which they happened, ask for that campaign's. One page looks at 2,000 events at most: where few of them fit it may be short, or empty, and still have a `next`.",
  scope: 'read',
  query: {
    ...filters,
    order: order.meta({ description: 'By when they were recorded.' }),
    campaign: id.optional().meta({ description: 'Only of this campaign.' }),
    link: linkNo.meta({ description: 'Only clicks on this link of `campaign`.' }),
    recordedFrom: time.optional().meta({ description: 'What was recorded at this time or later.' }),
    recordedTo: time.optional().meta({ description: 'What was recorded before this time.' }),
    ...paging,
  },
  answer: eventPage,
  handle: async (asked) => {
    const { app, accountId, query } = asked
    if (query.link !== undefined && query.campaign === undefined) throw linkOfNothing()
    const position = positionOf<[number, number, number, EventKind]>(asked)
    const page = await listReceived(app.db, accountId, {
      kinds: query.kind,
      campaignId: query.campaign,
      linkNo: query.link,
      from: epoch(query.from),
      until: epoch(query.to),
      recordedFrom: epoch(query.recordedFrom),
      recordedUntil: epoch(query.recordedTo),
      ...splitVerdicts(query.verdict),
      after: position && { recordedAt: position[0], contactId: position[1], eventId: position[2], kind: position[3] },
      order: query.order,
      limit: query.limit,
    })
    const { next } = page
    const items = await showEvents(app.db, accountId, page.events)
    return pageReply(asked, items, next && [next.recordedAt, next.contactId, next.eventId, next.kind])
  },
})

// A number says nothing by itself: each campaign counts its own links.
function linkOfNothing(): InvalidInputError {
  return new InvalidInputError('"link" is the number of a link of "campaign": name that too', 'link')
}

const one = route({
  method: 'GET',
  path: '/events/{event}',
  operationId: 'getEvent',
  tag: 'Events',
  summary: 'Get an event',
  scope: 'read',
  isTimeless: true,
  params: { event: z.string().max(60).meta({ description: 'Id of an event.' }) },
  answer: eventDocument,
  handle: async ({ app, accountId, params }) => {
    const name = parseEventName(params.event)
    const event = await findEvent(app.db, accountId, name)
    if (!event) throw new NotFoundError('there is no such event')
    const [shown] = await showHistory(app.db, accountId, name.contactId, [event])
    return { body: shown! }
  },
})

const count = z.int().min(0)
const counts = z.strictObject({ send: count, delivery: count, open: count, click: count, bounce: count, complaint: count, forward: count, optout: count }).meta({ id: 'EventCounts' }) // oxfmt-ignore

const summary = route({
  method: 'GET',
  path: '/contacts/{id}/summary',
  operationId: 'getContactSummary',
  tag: 'Events',
  summary: 'How much a contact did',
  description: 'How often each kind happened, when last, and how often with each campaign, newest campaign first.',
  scope: 'read',
  isTimeless: true,
  params: { id: contactId },
  query: { include },
  answer: z
    .strictObject({
      contactId,
      counts,
      lastAt: z
        .record(z.string(), time)
        .meta({ description: 'By kind, of any verdict; kinds that never happened are absent.' }),
      campaigns: z.array(z.strictObject({ campaign: z.strictObject({ id, name: z.string() }), counts })),
    })
    .meta({ id: 'ContactActivity' }),
  handle: async ({ app, accountId, params, query }) => {
    await getContactEmail(app.db, accountId, params.id)
    const all = await countContactEvents(app.db, accountId, params.id)
    const campaigns = await summarizeContact(app.db, accountId, params.id, { hidden: hiddenBut(query.include) })
    const total = { send: 0, delivery: 0, open: 0, click: 0, bounce: 0, complaint: 0, forward: 0, optout: 0 }
    for (const { counts: some } of campaigns)
      for (const name of Object.keys(total) as EventKind[]) total[name] += some[name]
    const last = all.flatMap(({ kind: word, lastAt }) => (lastAt === undefined ? [] : [[word, new Date(lastAt).toISOString()]])) // oxfmt-ignore
    return {
      body: {
        contactId: params.id,
        counts: total,
        lastAt: Object.fromEntries(last) as Record<string, string>,
        campaigns: campaigns.map(({ campaignId, campaignName, counts: some }) => {
          return { campaign: { id: campaignId, name: campaignName }, counts: some }
        }),
      },
    }
  },
})

export { counts as eventCounts }
export const eventRoutes: readonly Route[] = [ofContact, summary, ofCampaign, ofAccount, one]
