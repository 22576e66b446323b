// Campaigns through the API: written as drafts, read with what came of them.

import { z } from 'zod'
import type { App } from '../../app.ts'
import {
  campaignStatuses,
  contentFields,
  getCampaign,
  listCampaignLists,
  listCampaigns,
} from '../../core/campaigns/campaign.ts'
import type { CampaignContent, CampaignSummary } from '../../core/campaigns/campaign.ts'
import { changeDraftIn, createDraftIn, deleteCampaignIn } from '../../core/campaigns/write-campaign.ts'
import { compileContent } from '../../core/campaigns/compile-source.ts'
import { getCampaignTracking, setCampaignTrackingIn } from '../../core/tracking/consent.ts'
import type { Reader } from '../../db/db.ts'
import { requireMatch } from './answer-route.ts'
import { tracking } from './contact-json.ts'
import { pageReply, positionOf } from './paging.ts'
import { route } from './route.ts'
import type { Route } from './route.ts'
import { cursor, id, limit, pageOf, text, time, timeOrNull, timeText } from './schemas.ts'

export const campaignId = id.meta({ description: 'Id of a campaign.', examples: [1_100_537_019_381] })
const one = { id: campaignId }

export const campaignStatus = z.enum(campaignStatuses).meta({ id: 'CampaignStatus' })
const summaryFields = {
  id: campaignId,
  name: z.string(),
  status: campaignStatus,
  date: time.meta({ description: 'When it was sent, else last worked on.' }),
}
const campaignSummary = z.strictObject(summaryFields).meta({ id: 'CampaignSummary' })

type Texts = Record<(typeof contentFields)[number], z.ZodOptional<z.ZodString>>
const content = z
  .strictObject(Object.fromEntries(contentFields.map((field) => [field, z.string().optional()])) as Texts)
  .meta({ id: 'CampaignContent', description: 'What the mail says and who it is from.' })

export const campaignDocument = z
  .strictObject({
    ...summaryFields,
    kind: z.enum(['regular', 'transactional']),
    editedAt: time.nullable(),
    lastRunAt: time.nullable(),
    nextRunAt: time.nullable(),
    tracking,
    lists: z.array(id).meta({ description: 'Ids of the lists it goes to.' }),
    content,
  })
  .meta({ id: 'Campaign' })

const maxBody = 4 * 2 ** 20
const name = text(500).min(1)
const contentChange = z
  .strictObject(
    Object.fromEntries(contentFields.map((field) => [field, text(2_000_000).nullable().optional()])) as Record<
      (typeof contentFields)[number],
      z.ZodOptional<z.ZodNullable<z.ZodString>>
    >,
  )
  .optional()
  .meta({
    description:
      'Only the parts to change; null clears one. Senders must be verified addresses of the account. Where `mjml` is given, `html` is made of it; `html` alone takes the place of MJML from before. `preheader` is what mail programs show behind the subject.',
  })
const lists = z.array(id).max(200).optional().meta({ description: 'Ids of the lists it goes to, and no others.' })
const newCampaign = z
  .strictObject({ name, lists, content: contentChange, tracking: tracking.optional() })
  .meta({ id: 'NewCampaign' })
const campaignChange = z
  .strictObject({ name: name.optional(), lists, content: contentChange, tracking: tracking.optional() })
  .meta({ id: 'CampaignChange', description: 'What is absent stays as it is.' })

function summaryJson({
  campaignId: own,
  name: title,
  status: state,
  datedAt,
}: CampaignSummary): z.input<typeof campaignSummary> {
  return { id: own, name: title, status: state, date: timeText(datedAt) }
}

/** Throws NotFoundError. */
export async function showCampaign(
  db: Reader,
  accountId: number,
  own: number,
): Promise<z.input<typeof campaignDocument>> {
  const campaign = await getCampaign(db, accountId, own)
  const filled = Object.entries(campaign.content).filter(([, value]) => value !== '')
  return {
    ...summaryJson(campaign),
    kind: campaign.kind,
    editedAt: timeOrNull(campaign.editedAt),
    lastRunAt: timeOrNull(campaign.lastRunAt),
    nextRunAt: timeOrNull(campaign.nextRunAt),
    tracking: await getCampaignTracking(db, accountId, own),
    lists: await listCampaignLists(db, accountId, own),
    content: Object.fromEntries(filled) as CampaignContent,
  }
}

type GivenContent = Partial<Record<string, string | null | undefined>>

/** With the HTML that its MJML makes. */
async function compiled<Body extends { content?: GivenContent | undefined }>(body: Body, { mjml }: App): Promise<Body> {
  if (body.content === undefined) return body
  return { ...body, content: (await compileContent(contentOf(body.content), mjml)).content }
}

function contentOf(given: GivenContent = {}): CampaignContent {
  return Object.fromEntries(Object.entries(given).map(([field, value]) => [field, value ?? ''])) as CampaignContent
}

const list = route({
  method: 'GET',
  path: '/campaigns',
  operationId: 'listCampaigns',
  tag: 'Campaigns',
  summary: 'All campaigns',
  description: 'Newest date first.',
  scope: 'read',
  isTimeless: true,
  query: { status: campaignStatus.optional(), cursor: cursor.optional(), limit: limit(200, 50) },
  answer: pageOf('CampaignPage', campaignSummary),
  handle: async (asked) => {
    const { app, accountId, query } = asked
    const position = positionOf<[number, number]>(asked)
    const after = position && { datedAt: position[0], campaignId: position[1] }
    const found = await listCampaigns(app.db, accountId, { after, status: query.status, limit: query.limit + 1 })
    const shown = found.slice(0, query.limit)
    const last = found.length > query.limit ? shown.at(-1) : undefined
    return pageReply(asked, shown.map(summaryJson), last && [last.datedAt, last.campaignId])
  },
})

const create = route({
  method: 'POST',
  path: '/campaigns',
  operationId: 'createCampaign',
  tag: 'Campaigns',
  summary: 'Make a draft',
  scope: 'write',
  body: newCampaign,
  maxBody,
  status: 201,
  answer: campaignDocument,
  problems: [409, 422],
  prepare: compiled,
  write: async ({ accountId, body, now }, tx) => {
    const write = { name: body.name, content: contentOf(body.content), listIds: body.lists }
    const made = await createDraftIn(tx, accountId, write, now)
    if (body.tracking) await setCampaignTrackingIn(tx, accountId, made.campaignId, body.tracking)
    const shown = await showCampaign(tx, accountId, made.campaignId)
    return { body: shown, location: `/campaigns/${made.campaignId}`, hasTag: true }
  },
})

const get = route({
  method: 'GET',
  path: '/campaigns/{id}',
  operationId: 'getCampaign',
  tag: 'Campaigns',
  summary: 'Get a campaign',
  scope: 'read',
  isTimeless: true,
  params: one,
  answer: campaignDocument,
  handle: async ({ app, accountId, params }) => {
    return { body: await showCampaign(app.db, accountId, params.id), hasTag: true }
  },
})

const change = route({
  method: 'PATCH',
  path: '/campaigns/{id}',
  operationId: 'updateCampaign',
  tag: 'Campaigns',
  summary: 'Change a campaign',
  description:
    'Of one that is no draft any more only `tracking` can be changed, which then holds for mail that is out already too.',
  scope: 'write',
  params: one,
  body: campaignChange,
  maxBody,
  answer: campaignDocument,
  problems: [409, 412],
  prepare: compiled,
  write: async (asked, tx) => {
    const { accountId, params, body, now } = asked
    const { tracking: level, name: title, content: parts, lists: listIds } = body
    const held = await showCampaign(tx, accountId, params.id)
    await requireMatch(asked, () => Promise.resolve(held))
    if (title !== undefined || parts !== undefined || listIds !== undefined)
      await changeDraftIn(tx, accountId, params.id, { name: title, content: contentOf(parts), listIds }, now)
    if (level) await setCampaignTrackingIn(tx, accountId, params.id, level)
    return { body: await showCampaign(tx, accountId, params.id), hasTag: true }
  },
})

const remove = route({
  method: 'DELETE',
  path: '/campaigns/{id}',
  operationId: 'deleteCampaign',
  tag: 'Campaigns',
  summary: 'Delete a campaign',
  description: 'Its name stays with what contacts did with it, and its links go on leading somewhere.',
  scope: 'write',
  params: one,
  status: 204,
  problems: [412],
  write: async (asked, tx) => {
    const { accountId, params } = asked
    await requireMatch(asked, () => showCampaign(tx, accountId, params.id))
    await deleteCampaignIn(tx, accountId, params.id)
    return { body: null }
  },
})

export const campaignRoutes: readonly Route[] = [list, create, get, change, remove]
