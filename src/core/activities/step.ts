// What every step of an activity writes besides its own work: how far it came, and the lines it could not take.

import type { Tx } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'
import type { JobRun } from '../jobs/run-jobs.ts'
import type { ActivityError } from './activity.ts'

/** An activity in the hands of its job. */
export interface ActivityRun {
  run: JobRun
  accountId: number
  activityId: string
}

/** So many errors are told one by one; beyond that only their number. */
export const maxErrors = 1000

/** Ends a step, in its transaction: counts what was done, keeps the errors, saves where to go on. */
export async function endStep(
  tx: Tx,
  { run, accountId, activityId }: ActivityRun,
  done: { transactions: number; errors?: readonly ActivityError[]; progress: unknown },
): Promise<void> {
  const { transactions, errors = [], progress } = done
  if (errors.length > 0) await addErrors(tx, accountId, activityId, errors)
  await tx.run(sql`
    update activity set transaction_count = transaction_count + ${transactions}, error_count = error_count + ${errors.length}
    where account_id = ${accountId} and activity_id = ${activityId}`)
  await run.save(tx, progress)
}

async function addErrors(
  tx: Tx,
  accountId: number,
  activityId: string,
  errors: readonly ActivityError[],
): Promise<void> {
  const row = await tx.one<{ count: number }>(
    sql`select error_count as count from activity where account_id = ${accountId} and activity_id = ${activityId}`,
  )
  const before = row?.count ?? 0
  for (const [i, { line, email, message }] of errors.slice(0, Math.max(0, maxErrors - before)).entries()) {
    await tx.run(sql`
      insert into activity_error(account_id, activity_id, error_no, line, email, message)
      values (${accountId}, ${activityId}, ${before + i}, ${line}, ${email}, ${message})`)
  }
}
