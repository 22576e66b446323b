// The ends of a run: everything tried, everything over, taken back, or stopped because the relay wants no mail from this
// sender. Called by the sender when a campaign has nothing due.

import { setTimeout } from 'node:timers/promises'
import type { Db, Reader, Tx } from '../../db/db.ts'
import { sql, sqlLimit } from '../../db/sql.ts'
import { findCampaign, updateCampaign } from '../campaigns/campaign.ts'
import type { CampaignStatus } from '../campaigns/campaign.ts'
import type { JobKind, JobRun } from '../jobs/run-jobs.ts'
import { findRunToChange, saveRun } from './campaign-run.ts'
import type { CampaignRun } from './campaign-run.ts'
import { cancelledReply, changeMessages, stateChange } from './outgoing.ts'
import type { OutgoingKey } from './outgoing.ts'

/** A campaign of which all recipients were tried is `sent`; what was deferred goes on being tried. */
export async function settleRun(db: Db, { accountId, campaignId, state }: CampaignRun, now: number): Promise<void> {
  if (state === 'trailing' && (await hasAny(db, accountId, campaignId, ['deferred']))) return
  if (await hasAny(db, accountId, campaignId, ['pending', 'claimed', 'in-flight'])) return
  await db.transaction(async (tx) => {
    const run = await findRunToChange(tx, accountId, campaignId)
    if (run?.state !== 'running' && run?.state !== 'trailing') return
    // Once more, now that nobody adds any.
    if (await hasAny(tx, accountId, campaignId, ['pending', 'claimed', 'in-flight'])) return
    const isTrailing = await hasAny(tx, accountId, campaignId, ['deferred'])
    await saveRun(tx, { ...run, state: isTrailing ? 'trailing' : 'done', endedAt: isTrailing ? null : now })
    await setStatus(tx, run, 'running', 'sent')
  })
}

async function hasAny(db: Reader, accountId: number, campaignId: number, states: readonly string[]): Promise<boolean> {
  for (const state of states) {
    const any = await db.one(sql`
      select 1 from outgoing
      where campaign_id = ${campaignId} and state = ${state} and state <> 'accepted' and +account_id = ${accountId} limit 1`)
    if (any) return true
  }
  return false
}

/** Changes the status of a campaign that has it; not of one that keeps single messages. */
export async function setStatus(
  tx: Tx,
  { accountId, campaignId }: CampaignRun,
  from: CampaignStatus,
  to: CampaignStatus,
): Promise<void> {
  const campaign = await findCampaign(tx, accountId, campaignId, tx.forUpdate)
  if (campaign?.status === from && campaign.kind === 'regular')
    await updateCampaign(tx, accountId, { ...campaign, status: to })
}

/** Nobody gets any more of it until it is resumed, with the reason for people to read. */
export function pauseForSender(db: Db, accountId: number, campaignId: number, problem: string): Promise<void> {
  return db.transaction(async (tx) => {
    const run = await findRunToChange(tx, accountId, campaignId)
    if (run?.state !== 'running' && run?.state !== 'trailing') return
    await saveRun(tx, { ...run, state: 'paused', problem: problem.slice(0, 500) })
    await setStatus(tx, run, 'running', 'paused')
  })
}

const perStep = 500

/** Takes back what a cancelled campaign has not handed over. */
export const cancelCampaignJobKind: JobKind = {
  work: async (run) => {
    const campaignId = Number(run.job.subject.split(' ')[0])
    for (let isHeld = true; isHeld && !run.signal.aborted;) {
      // What a sender has claimed is cancelled by it, or comes back: asked first, so that what comes back now is seen below.
      isHeld = await hasAny(run.db, run.job.accountId!, campaignId, ['claimed'])
      for (const state of ['pending', 'deferred'])
        while (await cancelSome(run, campaignId, state)) if (run.signal.aborted) return
      if (isHeld) await setTimeout(200, undefined, { signal: run.signal, ref: false }).catch(() => undefined)
    }
  },
  end: async (tx, { job, now }, error) => {
    const run = await findRunToChange(tx, job.accountId!, Number(job.subject.split(' ')[0]))
    if (run?.state === 'cancelling')
      await saveRun(tx, { ...run, state: 'done', endedAt: now(), problem: error?.message ?? null })
  },
}

// True when there may be more.
function cancelSome(run: JobRun, campaignId: number, state: string): Promise<boolean> {
  const accountId = run.job.accountId!
  return run.db.transaction(async (tx) => {
    const some = await tx.all<OutgoingKey>(sql`
      select campaign_id as "campaignId", contact_id as "contactId", send_no as "sendNo" from outgoing
      where campaign_id = ${campaignId} and state = ${state} and due_at is not null and +account_id = ${accountId}
      order by due_at, contact_id ${sqlLimit(perStep)}`)
    const change = stateChange('cancelled', { reply: cancelledReply }, run.now())
    await changeMessages(tx, accountId, some, change, sql`and holder is null`)
    await run.save(tx, null)
    return some.length === perStep
  })
}
