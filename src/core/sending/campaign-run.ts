// A campaign under way: its row in the table of runs. Read by the sender, written by whoever starts, stops and ends it.

import type { Reader, Tx } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'

/**
 * - `freezing`: its recipients are being written down. `running`: messages go out. `paused`: none does.
 * - `trailing`: every recipient was tried, some are to be tried again. `cancelling`: what is left is being taken back.
 * - `done`: nothing is left to do.
 */
export type RunState = 'freezing' | 'running' | 'paused' | 'trailing' | 'cancelling' | 'done'

export interface CampaignRun {
  campaignId: number
  accountId: number
  state: RunState
  /** Counts the times the campaign was sent. */
  runNo: number
  startedAt: number
  /** When the recipients stood fast; null before. */
  frozenAt: number | null
  endedAt: number | null
  /** Why it could not start or go on, in words. */
  problem: string | null
}

const columns = sql`campaign_id as "campaignId", account_id as "accountId", state, run_no as "runNo",
  started_at as "startedAt", frozen_at as "frozenAt", ended_at as "endedAt", problem`

/** Undefined for a campaign that was never started here. */
export function findRun(db: Reader, accountId: number, campaignId: number): Promise<CampaignRun | undefined> {
  return db.one<CampaignRun>(
    sql`select ${columns} from campaign_run where campaign_id = ${campaignId} and account_id = ${accountId}`,
  )
}

/** The same for a change in the same transaction. */
export function findRunToChange(tx: Tx, accountId: number, campaignId: number): Promise<CampaignRun | undefined> {
  return tx.one<CampaignRun>(
    sql`select ${columns} from campaign_run where campaign_id = ${campaignId} and account_id = ${accountId} ${tx.forUpdate}`,
  )
}

/** All accounts' that are in one of the states, in the order of their ids. */
export function listRuns(db: Reader, states: readonly RunState[]): Promise<CampaignRun[]> {
  const any = states.map((state) => sql`select ${columns} from campaign_run where state = ${state} and state <> 'done'`)
  return Promise.all(any.map((query) => db.all<CampaignRun>(query))).then((found) =>
    found.flat().toSorted((a, b) => a.campaignId - b.campaignId),
  )
}

/** Those that are not over, by state. */
export async function countRuns(db: Reader): Promise<Partial<Record<RunState, number>>> {
  const counts: Partial<Record<RunState, number>> = {}
  for (const state of ['freezing', 'running', 'paused', 'trailing', 'cancelling'] as const) {
    const row = await db.one<{ count: number }>(
      sql`select count(*) as count from campaign_run where state = ${state} and state <> 'done'`,
    )
    counts[state] = row!.count
  }
  return counts
}

/** Writes the row as it is given, a new one too. */
export async function saveRun(tx: Tx, run: CampaignRun): Promise<void> {
  const { campaignId, accountId, state, runNo, startedAt, frozenAt, endedAt, problem } = run
  await tx.run(sql`
    insert into campaign_run(campaign_id, account_id, state, run_no, started_at, frozen_at, ended_at, problem)
    values (${campaignId}, ${accountId}, ${state}, ${runNo}, ${startedAt}, ${frozenAt}, ${endedAt}, ${problem})
    on conflict (campaign_id) do update set state = excluded.state, run_no = excluded.run_no,
      started_at = excluded.started_at, frozen_at = excluded.frozen_at, ended_at = excluded.ended_at, problem = excluded.problem`)
}
