// The log of what was tried: a row a request, kept for 30 days. Written by whatever sends, read by people who wonder.

import type { Reader, Tx } from '../../db/db.ts'
import { allocateIds } from '../../db/ids.ts'
import { sql, sqlJoin, sqlLimit } from '../../db/sql.ts'
import type { JobKind } from '../jobs/run-jobs.ts'

export interface Attempt {
  at: number
  /** The `webhook-id`. */
  messageId: string
  /** As the API names events; null: a test. */
  eventRef: string | null
  attemptNo: number
  /** Of the answer; null: there was none. */
  status: number | null
  /** Why it counts as failed; null: it was accepted. */
  problem: string | null
  /** In ms. */
  duration: number
  /** How the answer begins, of those that failed. */
  response: string | null
}

export interface KeptAttempt extends Attempt {
  attemptId: number
}

/** In ms. */
const keepTime = 30 * 86_400_000
const maxProblemLength = 300

export async function insertAttempts(
  tx: Tx,
  accountId: number,
  endpointId: string,
  attempts: readonly Attempt[],
): Promise<void> {
  if (attempts.length === 0) return
  const first = await allocateIds(tx, 'webhook_attempt', attempts.length, 1)
  const rows = attempts.map(
    (one, i) =>
      sql`(${first + i}, ${accountId}, ${endpointId}, ${one.at}, ${one.messageId}, ${one.eventRef}, ${one.attemptNo}, ${one.status},
        ${one.problem?.slice(0, maxProblemLength) ?? null}, ${one.duration}, ${one.response})`,
  )
  await tx.run(sql`
    insert into webhook_attempt(attempt_id, account_id, endpoint_id, at, message_id, event_ref, attempt_no, status, problem, duration, response)
    values ${sqlJoin(rows, ', ')}`)
}

/** The latest first; `before` is the last one already shown. */
export function listAttempts(
  db: Reader,
  accountId: number,
  endpointId: string,
  { before, limit }: { before?: number | undefined; limit: number },
): Promise<KeptAttempt[]> {
  return db.all<KeptAttempt>(sql`
    select attempt_id as "attemptId", at, message_id as "messageId", event_ref as "eventRef", attempt_no as "attemptNo",
      status, problem, duration, response
    from webhook_attempt where account_id = ${accountId} and endpoint_id = ${endpointId}
      and attempt_id < ${before ?? Number.MAX_SAFE_INTEGER} order by attempt_id desc ${sqlLimit(limit)}`)
}

/** Rows deleted in one transaction. */
const perStep = 500

export const pruneAttemptsJobKind: JobKind = {
  every: 3_600_000,
  work: async (run) => {
    const horizon = run.now() - keepTime
    while (!run.signal.aborted) {
      const deleted = await run.db.transaction(async (tx) => {
        const old = await tx.tuples<[accountId: number, endpointId: string, attemptId: number, at: number]>(sql`
          select account_id, endpoint_id, attempt_id, at from webhook_attempt where at <= ${horizon} order by at ${sqlLimit(perStep)}`)
        for (const [accountId, endpointId, attemptId] of old)
          await tx.run(sql`
            delete from webhook_attempt
            where account_id = ${accountId} and endpoint_id = ${endpointId} and attempt_id = ${attemptId}`)
        await run.save(tx, null)
        return old.length
      })
      if (deleted < perStep) return
    }
  },
}
