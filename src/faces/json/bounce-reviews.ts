// Reports that nobody can be sure whom they are about, through the API: read, assigned, dropped.

import { z } from 'zod'
import { assignReport } from '../../core/bounces/assign-report.ts'
import { getReview, listReviews, removeReview } from '../../core/bounces/review.ts'
import type { Review } from '../../core/bounces/review.ts'
import { InvalidInputError, NotFoundError } from '../../errors.ts'
import { campaignId } from './campaigns.ts'
import { contactId } from './contact-json.ts'
import { pageReply, positionOf } from './paging.ts'
import { route } from './route.ts'
import type { Route } from './route.ts'
import { cursor, limit, pageOf, text, time, timeText } from './schemas.ts'

const one = { id: text(64).min(1).meta({ description: 'Id of a report.' }) }
const said = z.string().nullable()

const reviewFields = {
  id: z.string(),
  receivedAt: time,
  reason: z.enum(['unattributed', 'forged', 'expired', 'low-confidence', 'unparsed']).meta({
    description:
      '`unattributed`: nothing tells which message it is about. `forged`: it bears a token that we did not seal. `expired`: the message is too old to be bouncing now. `low-confidence`: anybody could have written what it names. `unparsed`: nothing in it is a report.',
  }),
  way: z.enum(['smtp', 'imap', 'pipe', 'http']).meta({ description: 'How it came in.' }),
  kind: z.enum(['bounce', 'delayed', 'delivered', 'complaint', 'optout', 'autoreply', 'none']),
  code: z.enum(['B', 'D', 'F', 'V', 'X', 'Z']).nullable(),
  status: said.meta({ description: 'The enhanced status code (RFC 3463).' }),
  recipient: said.meta({ description: 'The address it is about.' }),
  diagnostic: said.meta({ description: 'What the server said.' }),
  subject: said,
  envelopeFrom: said,
  envelopeTo: said,
  contact: contactId.nullable().meta({ description: 'Whom it seems to be about; null when nobody can say.' }),
  campaign: campaignId.nullable(),
}
const reviewDocument = z.strictObject(reviewFields).meta({ id: 'BounceReview' })

function toJson(review: Review): z.input<typeof reviewDocument> {
  const { reviewId, receivedAt, reason, way, kind, letter, status, recipient, diagnostic, subject } = review
  return {
    id: reviewId,
    receivedAt: timeText(receivedAt),
    reason,
    way,
    kind,
    code: letter,
    status,
    recipient,
    diagnostic,
    subject,
    envelopeFrom: review.envelopeFrom,
    envelopeTo: review.envelopeTo,
    contact: review.contactId,
    campaign: review.campaignId,
  }
}

const list = route({
  method: 'GET',
  path: '/bounce-reviews',
  operationId: 'listBounceReviews',
  tag: 'Suppressions',
  summary: 'Reports that wait for a decision',
  description:
    'Mail that came back, and of which nobody can be sure whom it is about: nothing follows from it until somebody says so. The newest first; the latest 1,000 are kept.',
  scope: 'read',
  query: { cursor: cursor.optional(), limit: limit(200, 50) },
  answer: pageOf('BounceReviewPage', reviewDocument),
  handle: async (asked) => {
    const { app, accountId, query } = asked
    const position = positionOf<[number, string]>(asked)
    const after = position && { storedAt: position[0], reviewId: position[1] }
    const found = await listReviews(app.db, accountId, { after, limit: query.limit + 1 })
    const shown = found.slice(0, query.limit)
    const last = found.length > query.limit ? shown.at(-1) : undefined
    return pageReply(asked, shown.map(toJson), last && [last.storedAt, last.reviewId])
  },
})

const get = route({
  method: 'GET',
  path: '/bounce-reviews/{id}',
  operationId: 'getBounceReview',
  tag: 'Suppressions',
  summary: 'Get a report, with the mail itself',
  scope: 'read',
  params: one,
  answer: z
    .strictObject({
      ...reviewFields,
      raw: z.base64().meta({ description: 'The mail as it came, its first megabyte, in base64.' }),
    })
    .meta({ id: 'BounceReviewWithMail' }),
  handle: async ({ app, accountId, params }) => {
    const { raw, ...review } = await getReview(app.db, accountId, params.id)
    return { body: { ...toJson(review), raw: Buffer.from(raw).toString('base64') } }
  },
})

const assign = route({
  method: 'POST',
  path: '/bounce-reviews/{id}/assign',
  operationId: 'assignBounceReview',
  tag: 'Suppressions',
  summary: 'Say whom a report is about',
  description:
    'It takes effect as if it had been sure: an event on the timeline of the contact and, where it bounced for good, a hold. It is out of the queue then.',
  scope: 'write',
  params: one,
  body: z
    .strictObject({
      contact: contactId.optional().meta({ description: 'Absent: the one proposed.' }),
      campaign: campaignId.optional().meta({ description: 'Absent: the one proposed.' }),
    })
    .meta({ id: 'ReviewAssignment' }),
  answer: z
    .strictObject({
      effect: z.enum(['recorded', 'duplicate', 'noted']).meta({
        description: '`recorded`: a new event. `duplicate`: it was known. `noted`: it is of a kind that is no event.',
      }),
      contact: contactId,
      campaign: campaignId,
    })
    .meta({ id: 'AssignedReview' }),
  handle: async ({ app, accountId, params, body, now }) => {
    const review = await getReview(app.db, accountId, params.id)
    const contact = body.contact ?? review.contactId
    const campaign = body.campaign ?? review.campaignId
    if (contact === null) throw new InvalidInputError('nobody is proposed: name the contact', 'contact')
    if (campaign === null) throw new InvalidInputError('nothing is proposed: name the campaign', 'campaign')
    const isProposed = contact === review.contactId && campaign === review.campaignId
    const sendNo = isProposed ? (review.sendNo ?? 0) : 0
    const name = { accountId, contactId: contact, campaignId: campaign, sendNo }
    return { body: { effect: await assignReport(app.db, review, name, now), contact, campaign } }
  },
})

const drop = route({
  method: 'DELETE',
  path: '/bounce-reviews/{id}',
  operationId: 'deleteBounceReview',
  tag: 'Suppressions',
  summary: 'Let nothing follow from a report',
  scope: 'write',
  params: one,
  status: 204,
  write: async ({ accountId, params }, tx) => {
    if (!(await removeReview(tx, accountId, params.id))) throw new NotFoundError('there is no such report')
    return { body: null }
  },
})

export const bounceReviewRoutes: readonly Route[] = [list, get, assign, drop]
