// Ends erasures that were cut off, and deletes what was still being written of an erased contact while it was erased. Done
// by a job (core/jobs/job-kinds.ts).

import type { Db } from '../../db/db.ts'
import { sql, sqlLimit } from '../../db/sql.ts'
import type { JobKind } from '../jobs/run-jobs.ts'
import { eraseSomeRows } from './erase-rows.ts'

const minute = 60_000
/** Who read something of the contact outside of a transaction writes within so long, by whatever clock. In ms. */
const tolerance = minute
/** Looked at each time; the rest a minute later. */
const perRun = 1000

interface Erasure {
  accountId: number
  contactId: number
  erasedAt: number
}

export const finishErasuresJobKind: JobKind = {
  every: minute,
  work: async (run) => {
    const { db, now, signal } = run
    // Whatever began later has found no contact to write anything of.
    const horizon = Math.min(now(), (await db.oldestBegunAt()) ?? Infinity) - tolerance
    for (const { accountId, contactId, erasedAt } of await listOpen(db, now())) {
      const step = (): Promise<boolean> =>
        db.transaction(async (tx) => {
          const isMore = await eraseSomeRows(tx, accountId, contactId)
          if (!isMore && erasedAt < horizon)
            await tx.run(sql`
              update erasure set finished_at = ${now()} where contact_id = ${contactId} and account_id = ${accountId}`)
          await run.save(tx, null)
          return isMore
        })
      while (await step()) if (signal.aborted) return
      if (signal.aborted) return
    }
  },
}

function listOpen(db: Db, now: number): Promise<Erasure[]> {
  return db.all<Erasure>(sql`
    select account_id as "accountId", contact_id as "contactId", erased_at as "erasedAt" from erasure
    where finished_at is null and erased_at <= ${now} order by erased_at ${sqlLimit(perRun)}`)
}
