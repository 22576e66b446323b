// Forgets idempotency keys that nobody repeats any more. A job.

import { sql, sqlLimit } from '../../db/sql.ts'
import type { JobKind } from '../jobs/run-jobs.ts'

/** How long a key is remembered, in ms. */
const keepKeys = 2 * 86_400_000
const perStep = 500

export const pruneOutgoingJobKind: JobKind = {
  every: 3_600_000,
  work: async (run) => {
    const before = run.now() - keepKeys
    for (let isMore = true; isMore && !run.signal.aborted;)
      isMore = await run.db.transaction(async (tx) => {
        const rows = await tx.tuples<[createdAt: number]>(sql`
          select created_at from outgoing_key where created_at < ${before} order by created_at ${sqlLimit(perStep)}`)
        const last = rows.at(-1)
        if (last) await tx.run(sql`delete from outgoing_key where created_at <= ${last[0]}`)
        await run.save(tx, null)
        return rows.length === perStep
      })
  },
}
