// What is kept of raw hits, and for how long: the whole address for a day, in which verdicts need it, the rest for as many
// days as the account says. Done by a job (core/jobs/job-kinds.ts).

import type { Db } from '../../db/db.ts'
import { sql, sqlLimit } from '../../db/sql.ts'
import { listHitDays, usualHitDays } from '../accounts/settings.ts'
import type { JobKind, JobRun } from '../jobs/run-jobs.ts'
import { truncateIp } from '../tracking/hit.ts'

const hour = 3_600_000
const day = 24 * hour
/** Addresses are whole for so long, in ms. */
const wholeAddressTime = day
/** Hits in a step: few enough that those who wait for the writer don't notice. */
const perStep = 500

/** The last hit that was looked at; hits are looked at in the order in which they were stored. */
type Position = [storedAt: number, contactId: number, hitId: number]

/** Accounts that keep hits equally long, and how far they are pruned: what lies behind are hits of others. */
interface Group {
  days: number
  /** By id; null for all that never said. */
  accounts: number[] | null
  after: Position
}

export const pruneHitsJobKind: JobKind = {
  every: hour,
  work: async (run) => {
    const { db, now, signal } = run
    const groups = await listGroups(run)
    for (const group of groups) while (!signal.aborted && (await forgetSome(run, groups, group)));
    while (!signal.aborted && (await shortenSome(db, now() - wholeAddressTime)));
  },
}

const start: Position = [0, 0, 0]

/** Each goes on where it was, but from the start where an account has joined it, or where the clock was set back. */
async function listGroups({ db, now, job }: JobRun): Promise<Group[]> {
  const before = (job.progress as Group[] | null) ?? []
  const days = await listHitDays(db)
  const byDays = Map.groupBy([...days.keys()], (accountId) => days.get(accountId)!)
  const groups = [[usualHitDays, null] as const, ...byDays]
  return groups.map(([ofDays, accounts]) => {
    const held = before.find((group) => group.days === ofDays && (group.accounts === null) === (accounts === null))
    const isSame = held && (accounts ?? []).every((accountId) => held.accounts?.includes(accountId))
    return { days: ofDays, accounts, after: isSame && held.after[0] < now() - ofDays * day ? held.after : start }
  })
}

/** Looks at some of the hits that are too old for the group, and deletes its own; false when there are no more. */
function forgetSome(run: JobRun, groups: readonly Group[], group: Group): Promise<boolean> {
  const { after, days, accounts } = group
  const others = new Set(groups.flatMap((other) => other.accounts ?? []))
  const isOwn = (accountId: number): boolean => (accounts ? accounts.includes(accountId) : !others.has(accountId))
  return run.db.transaction(async (tx) => {
    const old = await tx.tuples<[...Position, accountId: number]>(sql`
      select stored_at, contact_id, hit_id, account_id from hit
      where stored_at >= ${after[0]} and stored_at < ${run.now() - days * day}
        and (stored_at, contact_id, hit_id) > (${after[0]}, ${after[1]}, ${after[2]})
      order by stored_at, contact_id, hit_id ${sqlLimit(perStep)}`)
    for (const [, contactId, hitId, accountId] of old)
      if (isOwn(accountId))
        await tx.run(
          sql`delete from hit where contact_id = ${contactId} and hit_id = ${hitId} and account_id = ${accountId}`,
        )
    const last = old.at(-1)
    if (last) group.after = [last[0], last[1], last[2]]
    await run.save(tx, groups)
    return old.length === perStep
  })
}

type Key = [accountId: number, contactId: number, hitId: number]

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
