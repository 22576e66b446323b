// When a campaign is to be sent: at most one time to come for each (wire-2008 5.6). Called by the faces.

import type { Db, Tx } from '../../db/db.ts'
import { ConflictError, ForbiddenError, InvalidInputError, NotFoundError } from '../../errors.ts'
import { getCampaignToChange, listCampaignLists, updateCampaign } from './campaign.ts'
import type { Campaign } from './campaign.ts'

/**
 * Sets the time, past or to come; one that is past means now. Drafts can be scheduled, and what was sent can be again.
 * Throws NotFoundError, ConflictError when it is scheduled already, ForbiddenError for other statuses, and
 * InvalidInputError when there is nothing to send or nobody to send it to.
 */
export function scheduleCampaign(db: Db, accountId: number, campaignId: number, at: number): Promise<void> {
  return db.transaction((tx) => scheduleCampaignIn(tx, accountId, campaignId, at))
}

/** The same inside the caller's transaction. */
export async function scheduleCampaignIn(tx: Tx, accountId: number, campaignId: number, at: number): Promise<void> {
  const campaign = await getCampaignToChange(tx, accountId, campaignId)
  if (campaign.status === 'scheduled') throw new ConflictError('the campaign is scheduled already')
  if (campaign.status !== 'draft' && campaign.status !== 'sent')
    throw new ForbiddenError(`a campaign that is ${campaign.status} can not be scheduled`)
  await checkComplete(tx, accountId, campaign)
  await updateCampaign(tx, accountId, { ...campaign, status: 'scheduled', nextRunAt: at })
}

/** Takes the time away; the campaign is again what it was before. Throws NotFoundError when it has none. */
export function unscheduleCampaign(db: Db, accountId: number, campaignId: number): Promise<void> {
  return db.transaction((tx) => unscheduleCampaignIn(tx, accountId, campaignId))
}

/** The same inside the caller's transaction. */
export async function unscheduleCampaignIn(tx: Tx, accountId: number, campaignId: number): Promise<void> {
  const campaign = await getCampaignToChange(tx, accountId, campaignId)
  if (campaign.status !== 'scheduled') throw new NotFoundError('the campaign is not scheduled')
  const status = campaign.lastRunAt === null ? 'draft' : 'sent'
  await updateCampaign(tx, accountId, { ...campaign, status, nextRunAt: null })
}

/** The time to come; undefined when the campaign is not scheduled. */
export function findSchedule({ status, nextRunAt }: Campaign): number | undefined {
  return status === 'scheduled' && nextRunAt !== null ? nextRunAt : undefined
}

async function checkComplete(tx: Tx, accountId: number, { campaignId, content }: Campaign): Promise<void> {
  const missing = [
    ['Subject', content.subject],
    ['FromEmail', content.fromEmail],
    ['EmailContent', content.html],
  ].find(([, value]) => !value)
  if (missing) throw new InvalidInputError(`the campaign has no ${missing[0]}`)
  if ((await listCampaignLists(tx, accountId, campaignId)).length === 0)
    throw new InvalidInputError('the campaign goes to no list', 'ContactLists')
}
