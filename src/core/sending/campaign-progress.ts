// How far a campaign has come: its recipients by what became of them. Read by the faces.

import type { Reader } from '../../db/db.ts'
import { sql, sqlLimit } from '../../db/sql.ts'
import type { Sql } from '../../db/sql.ts'
import { getCampaign } from '../campaigns/campaign.ts'
import type { Campaign } from '../campaigns/campaign.ts'
import { findRun } from './campaign-run.ts'
import type { CampaignRun } from './campaign-run.ts'
import { outgoingStates } from './outgoing.ts'
import type { OutgoingState } from './outgoing.ts'

type StateCounts = Readonly<Record<OutgoingState, number>>

export interface CampaignProgress {
  campaign: Campaign
  /** Undefined for a campaign that was never started here. */
  run: CampaignRun | undefined
  counts: StateCounts
  recipients: number
  /** Those for which nothing more will happen. */
  ended: number
  /** When the first of the deferred ones is tried again; undefined when there is none. */
  nextTryAt: number | undefined
}

const open: readonly OutgoingState[] = ['pending', 'claimed', 'in-flight', 'deferred']

/** Counts the campaign's rows, one by one. Throws NotFoundError. */
export async function getProgress(db: Reader, accountId: number, campaignId: number): Promise<CampaignProgress> {
  const campaign = await getCampaign(db, accountId, campaignId)
  const run = await findRun(db, accountId, campaignId)
  const rows = await db.tuples<[state: OutgoingState, count: number]>(sql`
    select state, count(*) from outgoing
    where campaign_id = ${campaignId} and +account_id = ${accountId} ${itsOwn(campaign)} group by state`)
  const found = new Map(rows)
  const counts = Object.fromEntries(outgoingStates.map((state) => [state, found.get(state) ?? 0])) as StateCounts
  const recipients = rows.reduce((sum, [, count]) => sum + count, 0)
  const ended = recipients - open.reduce((sum, state) => sum + counts[state], 0)
  const next = await db.one<{ at: number | null }>(sql`
    select min(due_at) as at from outgoing
    where campaign_id = ${campaignId} and state = 'deferred' and due_at is not null and +account_id = ${accountId} ${itsOwn(campaign)}`)
  return { campaign, run, counts, recipients, ended, nextTryAt: next?.at ?? undefined }
}

// Not what was sent as a test, or on to friends.
function itsOwn({ kind }: Campaign): Sql {
  return kind === 'regular' ? sql`and send_no = 0` : sql``
}

export interface Recipient {
  contactId: number
  sendNo: number
  state: OutgoingState
  attempts: number
  dueAt: number | null
  endedAt: number | null
  reply: string | null
  status: string | null
}

/**
 * Those in one state, or all, in the order of the contacts' ids; `after` is the last one already shown. Throws
 * NotFoundError.
 */
export async function listRecipients(
  db: Reader,
  accountId: number,
  campaignId: number,
  page: {
    state?: OutgoingState | undefined
    after?: Pick<Recipient, 'contactId' | 'sendNo'> | undefined
    limit: number
  },
): Promise<Recipient[]> {
  const campaign = await getCampaign(db, accountId, campaignId)
  const { contactId, sendNo } = page.after ?? { contactId: 0, sendNo: 0 }
  return db.all<Recipient>(sql`
    select contact_id as "contactId", send_no as "sendNo", state, attempts, due_at as "dueAt", ended_at as "endedAt", reply, status
    from outgoing
    where campaign_id = ${campaignId} ${inState(page.state)} and contact_id >= ${contactId}
      and (contact_id > ${contactId} or send_no > ${sendNo}) and +account_id = ${accountId} ${itsOwn(campaign)}
    order by contact_id, send_no ${sqlLimit(page.limit)}`)
}

// Accepted ones are most of a campaign, and in its own order already.
function inState(state: OutgoingState | undefined): Sql {
  if (state === undefined) return sql``
  return state === 'accepted' ? sql`and state = 'accepted'` : sql`and state = ${state} and state <> 'accepted'`
}
