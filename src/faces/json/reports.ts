// What came of a campaign: how much in all, who did what, and which links were clicked.

import { z } from 'zod'
import { getCampaign } from '../../core/campaigns/campaign.ts'
import { listTargets } from '../../core/campaigns/link.ts'
import { listRecipients, recipientOutcomes } from '../../core/campaigns/recipients.ts'
import type { RecipientOutcome } from '../../core/campaigns/recipients.ts'
import { readReport } from '../../core/events/campaign-report.ts'
import { campaignId } from './campaigns.ts'
import { contactId } from './contact-json.ts'
import { include } from './event-json.ts'
import { eventCounts } from './events.ts'
import { judgedJson, noTally, reportJson, shownOf } from './report-json.ts'
import { pageReply, positionOf } from './paging.ts'
import { route } from './route.ts'
import type { Route } from './route.ts'
import { cursor, id, limit, pageOf, time, timeText } from './schemas.ts'
import { hiddenBut } from './verdict-words.ts'

const one = { id: campaignId }
const count = z.int().min(0)

const tally = z
  .strictObject({
    total: count.meta({ description: 'How often, contacts that were erased since among them.' }),
    unique: count.meta({ description: 'How many contacts; those erased since are not known any more.' }),
  })
  .meta({ id: 'Tally' })
const judgedTally = z
  .strictObject({
    total: count,
    unique: count,
    human: tally.meta({ description: 'What people did.' }),
    proxy: count.meta({ description: 'How often a privacy proxy did it.' }),
    machine: count.meta({ description: 'How often a machine did it.' }),
  })
  .meta({ id: 'JudgedTally', description: 'Everything, and apart from it what people did.' })
const share = z.number().min(0).meta({ description: 'Contacts of those reached, 0 to 1.' })
const countedAt = time.meta({
  description: 'When it was counted: now or, where a campaign has more than 5,000 events, up to ten minutes ago.',
})

const report = route({
  method: 'GET',
  path: '/campaigns/{id}/report',
  operationId: 'getCampaignReport',
  tag: 'Campaigns',
  summary: 'How much came of a campaign',
  description:
    '`counts` says how often each kind of event happened, `hidden` how many of the opens and clicks are left out of it, because a machine or a privacy proxy did them. `kinds` tells events from contacts and people from machines. `rates` are about contacts and people: of those it was delivered to (`reached`; of those it was sent to where nobody told of deliveries); deliveries and bounces, of those it was sent to. A click without an open counts as a click alone.',
  scope: 'read',
  params: one,
  query: { include },
  answer: z
    .strictObject({
      campaign: z.strictObject({ id, name: z.string() }),
      countedAt,
      counts: eventCounts,
      hidden: z.strictObject({ open: count, click: count }),
      kinds: z.strictObject({
        send: tally,
        delivery: tally,
        open: judgedTally,
        click: judgedTally,
        bounce: tally,
        complaint: tally,
        forward: tally,
        optout: tally,
      }),
      reached: z
        .strictObject({ by: z.enum(['delivery', 'send']), contacts: count })
        .meta({ description: 'What most rates are shares of.' }),
      rates: z
        .strictObject({
          delivery: share,
          bounce: share,
          open: share,
          click: share,
          clickToOpen: share.meta({ description: 'People who clicked, of those who opened.' }),
          complaint: share,
          forward: share,
          optout: share,
        })
        .partial()
        .meta({ description: 'Those whose denominator is nothing are absent.' }),
    })
    .meta({ id: 'CampaignReport' }),
  handle: async ({ app, accountId, params, query }) => {
    const { campaignId: own, name } = await getCampaign(app.db, accountId, params.id)
    const { result, at } = await readReport(app, accountId, own)
    return { body: { campaign: { id: own, name }, countedAt: timeText(at), ...reportJson(result, query.include) } }
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

const link = z
  .strictObject({
    link: z.int(),
    url: z.string(),
    clicks: count.meta({ description: 'By people, and by whom else `include` names.' }),
    total: count,
    unique: count,
    human: tally,
    proxy: count,
    machine: count,
  })
  .meta({ id: 'Link' })

const links = route({
  method: 'GET',
  path: '/campaigns/{id}/links',
  operationId: 'listLinks',
  tag: 'Campaigns',
  summary: 'The links of a campaign, with their clicks',
  description:
    'At most 1,000, in the order of their numbers, so that there are no pages. `total` and `unique` are about everybody, `human` about people.',
  scope: 'read',
  params: one,
  query: { include },
  answer: z.strictObject({ countedAt, items: z.array(link) }).meta({ id: 'LinkList' }),
  handle: async ({ app, accountId, params, query }) => {
    await getCampaign(app.db, accountId, params.id)
    const targets = await listTargets(app.db, accountId, params.id)
    const { result, at } = await readReport(app, accountId, params.id)
    const tallies = new Map(result.links.map((one) => [one.linkNo, one]))
    const items = targets.map(({ linkNo, url }) => {
      const clicks = tallies.get(linkNo) ?? noTally
      return { link: linkNo, url, clicks: shownOf(clicks, query.include), ...judgedJson(clicks) }
    })
    return { body: { countedAt: timeText(at), items } }
  },
})

export const reportRoutes: readonly Route[] = [report, recipients, links]
