// Campaigns: what was mailed, to be named by events. Read by every face.

import { isDeepStrictEqual } from 'node:util'
import type { Reader, Tx } from '../../db/db.ts'
import { allocateIds, reserveId } from '../../db/ids.ts'
import { sql, sqlLimit } from '../../db/sql.ts'
import type { Sql } from '../../db/sql.ts'
import { ConflictError, NotFoundError } from '../../errors.ts'
import type { TrackingLevel } from '../tracking/consent.ts'

export const campaignStatuses = [
  'draft',
  'running',
  'paused',
  'cancelled',
  'scheduled',
  'sent',
  'archive-pending',
  'archived',
  'close-pending',
  'closed',
] as const
export type CampaignStatus = (typeof campaignStatuses)[number]

/** What the mail says and who it is from; every part may be absent. */
export const contentFields = [
  'subject', 'fromName', 'fromEmail', 'replyToEmail', 'organizationName', 'organizationAddress1', 'organizationAddress2',
  'organizationAddress3', 'organizationCity', 'organizationState', 'organizationInternationalState', 'organizationCountry',
  'organizationPostalCode', 'html', 'text', 'permissionReminderText', 'viewAsWebpageText', 'viewAsWebpageLinkText',
  'greetingSalutation', 'greetingName', 'greetingString', 'forwardEmailLinkText', 'subscribeLinkText', 'styleSheet',
  'sharePageUrl', 'archiveUrl', 'viewAsWebpage', 'permissionReminder', 'includeForwardEmail', 'includeSubscribeLink',
  'archiveStatus', 'emailContentFormat', 'preheader', 'mjml',
] as const // oxfmt-ignore
export type ContentField = (typeof contentFields)[number]
export type CampaignContent = Partial<Record<ContentField, string>>

export interface CampaignSummary {
  campaignId: number
  name: string
  status: CampaignStatus
  /** The day it goes by: when it was sent, else last worked on. Orders the collection. */
  datedAt: number
}

export interface Campaign extends CampaignSummary {
  kind: 'regular' | 'transactional'
  editedAt: number | null
  lastRunAt: number | null
  nextRunAt: number | null
  content: CampaignContent
}

/** By id; throws NotFoundError. */
export async function getCampaign(db: Reader, accountId: number, campaignId: number): Promise<Campaign> {
  const campaign = await findCampaign(db, accountId, campaignId)
  if (!campaign) throw new NotFoundError(`there is no campaign ${campaignId}`)
  return campaign
}

/** By id, for a change in the same transaction: nobody else changes the campaign meanwhile. Throws NotFoundError. */
export async function getCampaignToChange(tx: Tx, accountId: number, campaignId: number): Promise<Campaign> {
  const campaign = await findCampaign(tx, accountId, campaignId, tx.forUpdate)
  if (!campaign) throw new NotFoundError(`there is no campaign ${campaignId}`)
  return campaign
}

/** By id; undefined when the account has no such campaign, or has deleted it. */
export async function findCampaign(
  db: Reader,
  accountId: number,
  campaignId: number,
  lock: Sql = sql``,
): Promise<Campaign | undefined> {
  const row = await db.one<Omit<Campaign, 'content'> & { content: string | null }>(sql`
    select ${summaryColumns}, kind, edited_at as "editedAt", last_run_at as "lastRunAt", next_run_at as "nextRunAt", content
    from campaign where campaign_id = ${campaignId} and account_id = ${accountId} and status <> 'deleted' ${lock}`)
  return row && { ...row, content: row.content ? (JSON.parse(row.content) as CampaignContent) : {} }
}

/** The ids of two that have exactly this name, or one, or none: imported ones may share theirs. */
export async function findCampaignsNamed(db: Reader, accountId: number, name: string): Promise<number[]> {
  const rows = await db.tuples<[campaignId: number]>(sql`
    select campaign_id from campaign where account_id = ${accountId} and name = ${name} and status <> 'deleted'
    order by campaign_id limit 2`)
  return rows.map(([campaignId]) => campaignId)
}

export interface CampaignPosition {
  datedAt: number
  campaignId: number
}

/** Newest date first; `after` is the last one already shown, `status` leaves out all others. */
export function listCampaigns(
  db: Reader,
  accountId: number,
  page: { after?: CampaignPosition | undefined; status?: CampaignStatus | undefined; limit: number },
): Promise<CampaignSummary[]> {
  const after = page.after ?? { datedAt: Number.MAX_SAFE_INTEGER, campaignId: 0 }
  const ofStatus = page.status === undefined ? sql`` : sql`and status = ${page.status}`
  return db.all<CampaignSummary>(sql`
    select ${summaryColumns} from campaign
    where account_id = ${accountId} and status <> 'deleted' and (dated_at, campaign_id) < (${after.datedAt}, ${after.campaignId}) ${ofStatus}
    order by dated_at desc, campaign_id desc ${sqlLimit(page.limit)}`)
}

type NewCampaign = Omit<Campaign, 'campaignId'> & { campaignId?: number | undefined; tracking?: TrackingLevel }

/** Creates the campaign under the id given, else the next free one. Throws ConflictError when the id is taken. */
export async function createCampaign(tx: Tx, accountId: number, campaign: NewCampaign): Promise<number> {
  const campaignId = campaign.campaignId ?? (await allocateIds(tx, 'campaign', 1, firstCampaignId))
  if (campaign.campaignId !== undefined) {
    const taken = await tx.one(sql`select 1 from campaign where campaign_id = ${campaignId}`)
    if (taken) throw new ConflictError(`campaign id ${campaignId} is taken`)
    await reserveId(tx, 'campaign', campaignId, firstCampaignId)
  }
  await tx.run(sql`
    insert into campaign(campaign_id, account_id, name, kind, status, dated_at, edited_at, last_run_at, next_run_at, content,
      tracking)
    values (${campaignId}, ${accountId}, ${campaign.name}, ${campaign.kind}, ${campaign.status}, ${campaign.datedAt},
      ${campaign.editedAt}, ${campaign.lastRunAt}, ${campaign.nextRunAt}, ${packContent(campaign.content)},
      ${campaign.tracking ?? 'full'})`)
  return campaignId
}

/** The lists a campaign goes to, in the order of their ids. */
export async function listCampaignLists(db: Reader, accountId: number, campaignId: number): Promise<number[]> {
  const rows = await db.all<{ listId: number }>(sql`
    select list_id as "listId" from campaign_list where campaign_id = ${campaignId} and account_id = ${accountId} order by list_id`)
  return rows.map(({ listId }) => listId)
}

export type ImportedCampaign = Partial<Campaign> & Pick<Campaign, 'campaignId' | 'name'>

/**
 * Creates a campaign under the id its history names, or brings the one that has it to what is given; what is not given
 * stays. Throws ConflictError when another account has the id.
 */
export async function importCampaign(
  tx: Tx,
  accountId: number,
  given: ImportedCampaign,
  now: number,
): Promise<'new' | 'updated' | 'same'> {
  const held = await findCampaign(tx, accountId, given.campaignId, tx.forUpdate)
  if (!held) {
    await createCampaign(tx, accountId, { ...newCampaign(now), ...given })
    return 'new'
  }
  const merged: Campaign = { ...held, ...given, content: { ...held.content, ...given.content } }
  if (isDeepStrictEqual(merged, { ...held })) return 'same'
  await updateCampaign(tx, accountId, merged)
  return 'updated'
}

/** Writes the row as it is given. */
export async function updateCampaign(tx: Tx, accountId: number, campaign: Campaign): Promise<void> {
  await tx.run(sql`
    update campaign set name = ${campaign.name}, kind = ${campaign.kind}, status = ${campaign.status}, dated_at = ${campaign.datedAt},
      edited_at = ${campaign.editedAt}, last_run_at = ${campaign.lastRunAt}, next_run_at = ${campaign.nextRunAt}, content = ${packContent(campaign.content)}
    where campaign_id = ${campaign.campaignId} and account_id = ${accountId}`)
}

function newCampaign(now: number): Omit<Campaign, 'campaignId' | 'name'> {
  return {
    kind: 'regular',
    status: 'sent',
    datedAt: now,
    editedAt: null,
    lastRunAt: null,
    nextRunAt: null,
    content: {},
  }
}

/** 13 digits beginning with 11, as on the old wire (wire-2008 5.1). */
const firstCampaignId = 1_100_000_000_001

const summaryColumns: Sql = sql`campaign_id as "campaignId", name, status, dated_at as "datedAt"`

function packContent(content: CampaignContent): string | null {
  return Object.keys(content).length > 0 ? JSON.stringify(content) : null
}
