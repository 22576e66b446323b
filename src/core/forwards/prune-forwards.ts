// Forgets to whom readers forwarded mails, and from where, when it is of no more use. Done by a job
// (core/jobs/job-kinds.ts).

import type { Db } from '../../db/db.ts'
import { sql, sqlLimit } from '../../db/sql.ts'
import type { JobKind } from '../jobs/run-jobs.ts'

const day = 86_400_000
/** How long a friend gets the same campaign no second time, in ms. */
const keepFriends = 30 * day
/** Rows in a step. */
const perStep = 500

export const pruneForwardsJobKind: JobKind = {
  every: day / 24,
  work: async ({ db, now, signal }) => {
    while (!signal.aborted && (await forgetFriends(db, now() - keepFriends)));
    // What was counted yesterday is of no use today, wherever the clock is a little behind.
    while (!signal.aborted && (await forgetVisitors(db, Math.floor(now() / day) - 1)));
  },
}

/** False when there are no more. */
function forgetFriends(db: Db, before: number): Promise<boolean> {
  return db.transaction(async (tx) => {
    const old = await tx.tuples<[accountId: number, campaignId: number, hash: string]>(sql`
      select account_id, campaign_id, address_hash from forward_friend where at < ${before} order by at ${sqlLimit(perStep)}`)
    for (const [accountId, campaignId, hash] of old)
      await tx.run(sql`
        delete from forward_friend where account_id = ${accountId} and campaign_id = ${campaignId} and address_hash = ${hash}`)
    return old.length === perStep
  })
}

/** False when there are no more. */
function forgetVisitors(db: Db, beforeDay: number): Promise<boolean> {
  return db.transaction(async (tx) => {
    const old = await tx.tuples<[accountId: number, onDay: number, hash: string]>(sql`
      select account_id, day, address_hash from forward_visitor where day < ${beforeDay} order by day ${sqlLimit(perStep)}`)
    for (const [accountId, onDay, hash] of old)
      await tx.run(
        sql`delete from forward_visitor where account_id = ${accountId} and day = ${onDay} and address_hash = ${hash}`,
      )
    return old.length === perStep
  })
}
