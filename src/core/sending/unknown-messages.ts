// Messages of which nobody knows whether they were taken. What the contact does with one, or what comes back, tells; an
// operator may decide to send the rest again (with the same Message-ID, so that those who compare can drop the second).

import type { Db } from '../../db/db.ts'
import { inParts, sql, sqlLimit, sqlList } from '../../db/sql.ts'
import type { Sql } from '../../db/sql.ts'
import { ForbiddenError } from '../../errors.ts'
import { getCampaign } from '../campaigns/campaign.ts'
import { eventKinds } from '../events/event.ts'
import type { JobKind } from '../jobs/run-jobs.ts'
import { findRunToChange, saveRun } from './campaign-run.ts'
import { changeMessages, stateChange } from './outgoing.ts'
import type { OutgoingKey } from './outgoing.ts'

const perStep = 500

/**
 * Looks once in a while what has become of messages whose fate is unknown: who opened one, got it. Of several to one
 * contact events can't tell which: those wait for a report, or for the operator.
 */
export const resolveUnknownJobKind: JobKind = {
  every: 600_000,
  work: async (run) => {
    const { db, signal } = run
    const campaigns = await db.tuples<[campaignId: number, accountId: number]>(
      sql`select campaign_id, account_id from campaign_run where started_at > ${run.now() - 90 * 86_400_000}`,
    )
    for (const [campaignId, accountId] of campaigns) {
      if (signal.aborted) return
      await resolveCampaign(db, accountId, campaignId, run.now)
    }
  },
}

async function resolveCampaign(db: Db, accountId: number, campaignId: number, now: () => number): Promise<void> {
  for (let after = 0; ;) {
    const some = await listUnknown(db, accountId, campaignId, sql`and send_no = 0 and contact_id > ${after}`)
    const seen = new Set<number>()
    for (const part of inParts(
      some.map(({ contactId }) => contactId),
      256,
    )) {
      const rows = await db.tuples<[contactId: number]>(sql`
        select distinct contact_id from event
        where contact_id in ${sqlList(part)} and campaign_id = ${campaignId} and +account_id = ${accountId}
          and kind in (${eventKinds.delivery}, ${eventKinds.open}, ${eventKinds.click}, ${eventKinds.complaint})`)
      for (const [contactId] of rows) seen.add(contactId)
    }
    const arrived = some.filter(({ contactId }) => seen.has(contactId))
    if (arrived.length > 0)
      await db.transaction((tx) =>
        changeMessages(
          tx,
          accountId,
          arrived,
          stateChange('accepted', { reply: 'the contact has it, as it turned out' }, now()),
          sql`and state = 'unknown'`,
        ),
      )
    if (some.length < perStep) return
    after = some.at(-1)!.contactId
  }
}

function listUnknown(db: Db, accountId: number, campaignId: number, condition: Sql = sql``): Promise<OutgoingKey[]> {
  return db.all<OutgoingKey>(sql`
    select campaign_id as "campaignId", contact_id as "contactId", send_no as "sendNo" from outgoing
    where campaign_id = ${campaignId} and state = 'unknown' and state <> 'accepted' ${condition}
      and +account_id = ${accountId} order by contact_id ${sqlLimit(perStep)}`)
}

/**
 * Sends again what may have been sent already, because the operator says so; returns how many messages that is. Throws
 * NotFoundError, and ForbiddenError for a campaign that was cancelled.
 */
export async function requeueUnknown(db: Db, accountId: number, campaignId: number, now: number): Promise<number> {
  const { status } = await getCampaign(db, accountId, campaignId)
  if (status === 'cancelled') throw new ForbiddenError('the campaign was cancelled: nothing more of it is sent')
  let requeued = 0
  for (;;) {
    const some = await listUnknown(db, accountId, campaignId)
    if (some.length === 0) return requeued
    requeued += await db.transaction(async (tx) => {
      const run = await findRunToChange(tx, accountId, campaignId)
      if (run?.state === 'done') await saveRun(tx, { ...run, state: 'trailing', endedAt: null })
      // As if never tried: the days in which it is tried again begin anew.
      const change = sql`state = 'pending', due_at = ${now}, ended_at = null, reply = null, attempts = 0, first_tried_at = null`
      return (await changeMessages(tx, accountId, some, change, sql`and state = 'unknown'`)).size
    })
  }
}
