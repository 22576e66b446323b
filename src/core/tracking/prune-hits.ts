// What is kept of raw hits, and for how long: the whole address for a day, in which verdicts need it, the rest for a month.
// Done by a job (core/jobs/job-kinds.ts).

import type { Db } from '../../db/db.ts'
import { sql, sqlLimit } from '../../db/sql.ts'
import type { JobKind } from '../jobs/run-jobs.ts'
import { truncateIp } from './hit.ts'

const hour = 3_600_000
/** Addresses are whole for so long, in ms. */
const wholeAddressTime = 24 * hour
/** Hits are kept for so long, in ms. */
const keepHits = 30 * 24 * hour
/** Hits in a step: few enough that those who wait for the writer don't notice. */
const perStep = 500

export const pruneHitsJobKind: JobKind = {
  every: hour,
  work: async ({ db, now, signal }) => {
    while (!signal.aborted && (await forgetSome(db, now() - keepHits)));
    while (!signal.aborted && (await shortenSome(db, now() - wholeAddressTime)));
  },
}

type Key = [accountId: number, contactId: number, hitId: number]

/** Deletes some of the hits before that time; false when there are no more. */
function forgetSome(db: Db, before: number): Promise<boolean> {
  return db.transaction(async (tx) => {
    const old = await tx.tuples<Key>(
      sql`select account_id, contact_id, hit_id from hit where stored_at < ${before} order by stored_at ${sqlLimit(perStep)}`,
    )
    for (const [accountId, contactId, hitId] of old)
      await tx.run(
        sql`delete from hit where contact_id = ${contactId} and hit_id = ${hitId} and account_id = ${accountId}`,
      )
    return old.length === perStep
  })
}

/** Cuts the addresses of some of the hits before that time; false when there are no more. */
function shortenSome(db: Db, before: number): Promise<boolean> {
  return db.transaction(async (tx) => {
    const old = await tx.tuples<[...Key, ip: string]>(sql`
      select account_id, contact_id, hit_id, ip from hit where has_whole_ip = 1 and stored_at < ${before} order by stored_at ${sqlLimit(perStep)}`)
    for (const [accountId, contactId, hitId, ip] of old)
      await tx.run(sql`
        update hit set ip = ${truncateIp(ip)}, has_whole_ip = 0
        where contact_id = ${contactId} and hit_id = ${hitId} and account_id = ${accountId}`)
    return old.length === perStep
  })
}
