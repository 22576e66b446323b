// Forgets reports that nobody has reviewed in time. A job (core/jobs/job-kinds.ts).

import type { Db } from '../../db/db.ts'
import { sql, sqlLimit } from '../../db/sql.ts'
import type { JobKind } from '../jobs/run-jobs.ts'
import { removeReview } from './review.ts'

const hour = 3_600_000
/** How long a report waits for somebody to look at it, in ms. */
const keepReviews = 30 * 24 * hour
const perStep = 100

export const pruneReviewsJobKind: JobKind = {
  every: hour,
  work: async ({ db, now, signal }) => {
    while (!signal.aborted && (await forgetSome(db, now() - keepReviews)));
  },
}

/** False when there are no more. */
function forgetSome(db: Db, before: number): Promise<boolean> {
  return db.transaction(async (tx) => {
    const old = await tx.tuples<[accountId: number, reviewId: string]>(sql`
      select account_id, review_id from bounce_review where stored_at < ${before} order by stored_at ${sqlLimit(perStep)}`)
    for (const [accountId, reviewId] of old) await removeReview(tx, accountId, reviewId)
    return old.length === perStep
  })
}
