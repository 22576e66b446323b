// What came of a campaign: how much in all, who did what, and which links were clicked.

import { z } from 'zod'
import { getCampaign } from '../../core/campaigns/campaign.ts'
import { listLinks } from '../../core/campaigns/link.ts'
import { listRecipients, recipientOutcomes } from '../../core/campaigns/recipients.ts'
import type { RecipientOutcome } from '../../core/campaigns/recipients.ts'
import { countCampaignEvents } from '../../core/events/counts.ts'
import { campaignId } from './campaigns.ts'
import { contactId } from './contact-json.ts'
import { include } from './event-json.ts'
import { eventCounts } from './events.ts'
import { pageReply, positionOf } from './paging.ts'
import { route } from './route.ts'
import type { Route } from './route.ts'
import { cursor, id, limit, pageOf, time, timeText } from './schemas.ts'
import { hiddenBut } from './verdict-words.ts'

const one = { id: campaignId }
const count = z.int().min(0)

const report = route({
  method: 'GET',
  path: '/campaigns/{id}/report',
  operationId: 'getCampaignReport',
  tag: 'Campaigns',
  summary: 'How much came of a campaign',
  description:
    'How often each kind of event happened, contacts that were erased since among them. `hidden` says how many of the opens and clicks are left out of `counts`, because a machine or a privacy proxy did them.',
  scope: 'read',
  isTimeless: true,
  params: one,
  query: { include },
  answer: z
    .strictObject({
      campaign: z.strictObject({ id, name: z.string() }),
      counts: eventCounts,
      hidden: z.strictObject({ open: count, click: count }),
    })
    .meta({ id: 'CampaignReport' }),
  handle: async ({ app, accountId, params, query }) => {
    const { campaignId: own, name } = await getCampaign(app.db, accountId, params.id)
    const hidden = hiddenBut(query.include)
    const counts = await countCampaignEvents(app.db, accountId, own, hidden)
    const all = hidden.length > 0 ? await countCampaignEvents(app.db, accountId, own) : counts
    const left = { open: Math.max(0, all.open - counts.open), click: Math.max(0, all.click - counts.click) }
    return { body: { campaign: { id: own, name }, counts, hidden: left } }
  },
})

const outcome = z.enum(Object.keys(recipientOutcomes) as [RecipientOutcome, ...RecipientOutcome[]]).default('sent')
const recipient = z
  .strictObject({
    id: contactId,
    email: z.string(),
    firstName: z.string(),
    lastName: z.string(),
    at: time.meta({ description: 'Of the latest such event; of the send where something did not happen.' }),
  })
  .meta({ id: 'Recipient' })

const recipients = route({
  method: 'GET',
  path: '/campaigns/{id}/recipients',
  operationId: 'listRecipients',
  tag: 'Campaigns',
  summary: 'Who did what with a campaign, and who did not',
  description:
    'Each contact once, whose latest such event is newest first. `notOpened` and the like are those it was sent to. One page looks at 2,000 events at most: where few of them fit it may be short, or empty, and still have a `next`.',
  scope: 'read',
  isTimeless: true,
  params: one,
  query: { outcome, include, cursor: cursor.optional(), limit: limit(200, 50) },
  answer: pageOf('RecipientPage', recipient),
  handle: async (asked) => {
    const { app, accountId, params, query } = asked
    const position = positionOf<[number, number]>(asked)
    await getCampaign(app.db, accountId, params.id)
    const page = await listRecipients(app.db, accountId, {
      campaignId: params.id,
      outcome: query.outcome,
      hidden: hiddenBut(query.include),
      after: position && { eventId: position[0], contactId: position[1] },
      limit: query.limit,
    })
    const items = page.recipients.map(({ contactId: own, at, ...rest }) => ({ id: own, ...rest, at: timeText(at) }))
    return pageReply(asked, items, page.next && [page.next.eventId, page.next.contactId])
  },
})

const links = route({
  method: 'GET',
  path: '/campaigns/{id}/links',
  operationId: 'listLinks',
  tag: 'Campaigns',
  summary: 'The links of a campaign, with their clicks',
  description: 'At most 1,000, in the order of their numbers, so that there are no pages.',
  scope: 'read',
  isTimeless: true,
  params: one,
  query: { include },
  answer: pageOf('LinkPage', z.strictObject({ link: z.int(), url: z.string(), clicks: count }).meta({ id: 'Link' })),
  handle: async ({ app, accountId, params, query }) => {
    await getCampaign(app.db, accountId, params.id)
    const found = await listLinks(app.db, accountId, params.id, hiddenBut(query.include))
    return { body: { items: found.map(({ linkNo, url, clicks }) => ({ link: linkNo, url, clicks })) } }
  },
})

export const reportRoutes: readonly Route[] = [report, recipients, links]
