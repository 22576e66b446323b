// Starting, pausing, resuming and cancelling a campaign. What a status allows is decided here, for all faces.

import { randomUUID } from 'node:crypto'
import type { Db, Tx } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'
import { ConflictError, ContrailError, ForbiddenError, InvalidInputError } from '../../errors.ts'
import { getCampaignToChange, listCampaignLists, updateCampaign } from '../campaigns/campaign.ts'
import type { Campaign } from '../campaigns/campaign.ts'
import { insertJob } from '../jobs/job.ts'
import { findSender } from '../senders/sender.ts'
import { findRunToChange, saveRun } from './campaign-run.ts'
import type { CampaignRun, RunState } from './campaign-run.ts'
import { findTemplateFault } from './templates.ts'

/** The job that writes the recipients down; its subject is the campaign and the run. */
export const freezeJob = 'freeze-recipients'
/** The job that takes back what was not sent. */
export const cancelJob = 'cancel-campaign'

/**
 * Begins to send now, from a draft, a schedule, or again: then to those who have not had it. Throws NotFoundError,
 * ForbiddenError for other statuses, InvalidInputError that names what is missing.
 */
export function startCampaign(db: Db, accountId: number, campaignId: number, now: number): Promise<void> {
  return db.transaction((tx) => startCampaignIn(tx, accountId, campaignId, now))
}

/** The same within a transaction. */
export async function startCampaignIn(tx: Tx, accountId: number, campaignId: number, now: number): Promise<void> {
  const campaign = await getCampaignToChange(tx, accountId, campaignId)
  if (!['draft', 'scheduled', 'sent'].includes(campaign.status))
    throw new ForbiddenError(`a campaign that is ${campaign.status} can not be started`)
  await checkSendable(tx, accountId, campaign)
  const held = await findRunToChange(tx, accountId, campaignId)
  if (held && held.state !== 'done' && held.state !== 'trailing')
    throw new ConflictError(`the campaign is ${held.state} already`)
  const runNo = (held?.runNo ?? 0) + 1
  await saveRun(tx, {
    campaignId,
    accountId,
    state: 'freezing',
    runNo,
    startedAt: now,
    frozenAt: null,
    endedAt: null,
    problem: null,
  })
  await updateCampaign(tx, accountId, {
    ...campaign,
    status: 'running',
    datedAt: now,
    lastRunAt: now,
    nextRunAt: null,
  })
  await insertJob(tx, { accountId, kind: freezeJob, subject: `${campaignId} ${runNo}`, dueAt: now }, now)
}

/** No message goes out from now on but those that are being handed over. Throws NotFoundError, ForbiddenError. */
export function pauseCampaign(db: Db, accountId: number, campaignId: number): Promise<void> {
  return db.transaction((tx) => pauseCampaignIn(tx, accountId, campaignId))
}

/** The same within a transaction. */
export function pauseCampaignIn(tx: Tx, accountId: number, campaignId: number): Promise<void> {
  return change(tx, accountId, campaignId, 'pause', ['freezing', 'running', 'trailing'], async (campaign, run) => {
    await saveRun(tx, { ...run, state: 'paused' })
    await updateCampaign(tx, accountId, { ...campaign, status: 'paused' })
  })
}

/** Goes on where it was paused. Throws NotFoundError, ForbiddenError. */
export function resumeCampaign(db: Db, accountId: number, campaignId: number): Promise<void> {
  return db.transaction((tx) => resumeCampaignIn(tx, accountId, campaignId))
}

/** The same within a transaction. */
export function resumeCampaignIn(tx: Tx, accountId: number, campaignId: number): Promise<void> {
  return change(tx, accountId, campaignId, 'resume', ['paused'], async (campaign, run) => {
    const isFrozen = run.frozenAt !== null
    await saveRun(tx, { ...run, state: isFrozen ? 'running' : 'freezing', problem: null })
    await updateCampaign(tx, accountId, { ...campaign, status: 'running' })
    // Its recipients had not all been written down: from the beginning, which repeats nobody. The job of before is over.
    const subject = `${campaignId} ${run.runNo} ${randomUUID()}`
    if (!isFrozen) await insertJob(tx, { accountId, kind: freezeJob, subject, dueAt: tx.begunAt }, tx.begunAt)
  })
}

/** What was not handed over yet never is. Throws NotFoundError, ForbiddenError. */
export function cancelCampaign(db: Db, accountId: number, campaignId: number, now: number): Promise<void> {
  return db.transaction((tx) => cancelCampaignIn(tx, accountId, campaignId, now))
}

/** The same within a transaction. */
export function cancelCampaignIn(tx: Tx, accountId: number, campaignId: number, now: number): Promise<void> {
  const states: RunState[] = ['freezing', 'running', 'paused', 'trailing']
  return change(tx, accountId, campaignId, 'cancel', states, async (campaign, run) => {
    await saveRun(tx, { ...run, state: 'cancelling' })
    await updateCampaign(tx, accountId, { ...campaign, status: 'cancelled' })
    await insertJob(tx, { accountId, kind: cancelJob, subject: `${campaignId} ${run.runNo}`, dueAt: now }, now)
  })
}

async function change(
  tx: Tx,
  accountId: number,
  campaignId: number,
  verb: string,
  from: readonly RunState[],
  apply: (campaign: Campaign, run: CampaignRun) => Promise<void>,
): Promise<void> {
  const campaign = await getCampaignToChange(tx, accountId, campaignId)
  const run = await findRunToChange(tx, accountId, campaignId)
  // A draft that was tested has a run, but nothing of its own under way.
  const isSent = run !== undefined && run.runNo > 0 && ['running', 'paused', 'sent'].includes(campaign.status)
  if (!isSent || !from.includes(run.state) || campaign.kind === 'transactional')
    throw new ForbiddenError(`there is nothing to ${verb}: the campaign is ${campaign.status}`)
  await apply(campaign, run)
}

/** Whether it could start now. Throws NotFoundError, ForbiddenError, and InvalidInputError that names what is missing. */
export function assertSendable(db: Db, accountId: number, campaignId: number): Promise<void> {
  return db.transaction((tx) => assertSendableIn(tx, accountId, campaignId))
}

/** The same within a transaction. */
export async function assertSendableIn(tx: Tx, accountId: number, campaignId: number): Promise<void> {
  await checkSendable(tx, accountId, await getCampaignToChange(tx, accountId, campaignId))
}

/** Throws InvalidInputError that names the first thing in the way of sending. */
async function checkSendable(tx: Tx, accountId: number, campaign: Campaign): Promise<void> {
  const { campaignId, content } = campaign
  if (campaign.kind === 'transactional')
    throw new ForbiddenError('this campaign keeps single messages: it has no text of its own')
  const missing = [
    ['Subject', content.subject],
    ['FromEmail', content.fromEmail],
    ['EmailContent', content.html],
    // The law of most countries (CAN-SPAM, CASL): who sends can be written to.
    ['OrganizationAddress1', content.organizationAddress1],
  ].find(([, value]) => !value)
  if (missing) throw new InvalidInputError(`the campaign has no ${missing[0]}`, missing[0])
  if ((await listCampaignLists(tx, accountId, campaignId)).length === 0)
    throw new InvalidInputError('the campaign goes to no list', 'ContactLists')
  if (!(await findSender(tx, accountId, content.fromEmail!))?.verifiedAt)
    throw new InvalidInputError(`${content.fromEmail} is no verified address of this account`, 'FromEmail')
  const fault = findTemplateFault(content)
  if (fault) throw new InvalidInputError(fault.message, fault.field)
}

/** A scheduled campaign whose time has come, but that can't be sent, is a draft again, with the reason on its run. */
export async function startScheduled(tx: Tx, accountId: number, campaignId: number, now: number): Promise<void> {
  const campaign = await getCampaignToChange(tx, accountId, campaignId)
  if (campaign.status !== 'scheduled' || campaign.nextRunAt === null || campaign.nextRunAt > now) return
  try {
    await startCampaignIn(tx, accountId, campaignId, now)
  } catch (error) {
    if (!(error instanceof ContrailError) || error.code === 'unavailable' || error.code === 'race_lost') throw error
    const held = await findRunToChange(tx, accountId, campaignId)
    const none = {
      campaignId,
      accountId,
      runNo: 0,
      startedAt: now,
      frozenAt: null,
      state: 'done' as const,
      endedAt: now,
    }
    // What is left of an earlier time goes on being tried.
    await saveRun(tx, { ...(held ?? none), problem: error.message })
    const status = campaign.lastRunAt === null ? 'draft' : 'sent'
    await updateCampaign(tx, accountId, { ...campaign, status, nextRunAt: null })
  }
}

/** Accounts and campaigns whose time has come. */
export function listDueSchedules(db: Db, now: number): Promise<{ accountId: number; campaignId: number }[]> {
  return db.all(sql`
    select account_id as "accountId", campaign_id as "campaignId" from campaign
    where status = 'scheduled' and next_run_at <= ${now} order by next_run_at limit 100`)
}
