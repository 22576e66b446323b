// Does an activity, step by step, as a job: what was done stays done, and a crash repeats no step. Given to run-jobs.ts.

import { setImmediate, setTimeout } from 'node:timers/promises'
import type { Db } from '../../db/db.ts'
import { sql, sqlLimit } from '../../db/sql.ts'
import { InvalidInputError } from '../../errors.ts'
import type { JobKind, JobRun } from '../jobs/run-jobs.ts'
import { getList } from '../lists/list.ts'
import { getActivity, keepActivities } from './activity.ts'
import type { Activity } from './activity.ts'
import { addContacts } from './add-contacts.ts'
import { exportContacts } from './export-contacts.ts'
import { readRows } from './read-rows.ts'
import type { Row } from './read-rows.ts'
import { clearList, removeContacts } from './remove-contacts.ts'
import { endStep } from './step.ts'
import { activityJob } from './submit-activity.ts'
import type { ActivityRun } from './step.ts'

/** Contacts in a step: few enough that those who wait for the writer don't notice. */
const perStep = 500
/** And so many memberships: with many lists there are fewer contacts in a step. */
const membershipsPerStep = 2500
/** After so many steps there is a pause, in ms, in which other processes get at the writer too. */
const stepsBetweenPauses = 10
const pause = 2

export const activityJobKind: JobKind = {
  work: async (run) => {
    const { db, job, now } = run
    const activity = { run, accountId: job.accountId!, activityId: job.subject }
    const held = await getActivity(db, activity.accountId, activity.activityId)
    if (held.startedAt === null)
      await db.transaction((tx) =>
        tx.run(sql`update activity set status = 'running', started_at = ${now()}
          where account_id = ${activity.accountId} and activity_id = ${activity.activityId}`),
      )
    if (held.type === 'clear') await clear(activity, held)
    else if (held.type === 'export') await writeExport(activity, held)
    else await takeRows(activity, held)
  },
  end: async (tx, { job, now }, error) => {
    const [accountId, activityId] = [job.accountId!, job.subject]
    await tx.run(sql`delete from activity_input where account_id = ${accountId} and activity_id = ${activityId}`)
    if (error)
      await tx.run(sql`
        insert into activity_error(account_id, activity_id, error_no, line, email, message)
        values (${accountId}, ${activityId}, -1, 0, '', ${tellable(error)}) on conflict do nothing`)
    await tx.run(sql`
      update activity set status = ${error ? 'error' : 'complete'}, finished_at = ${now()}, started_at = coalesce(started_at, ${now()})
      where account_id = ${accountId} and activity_id = ${activityId}`)
  },
}

/** Forgets activities, with their errors and files, when they are old enough. */
export const pruneActivitiesJobKind: JobKind = {
  every: 3_600_000,
  work: async (run) => {
    const { db, now, signal } = run
    const before = now() - keepActivities
    const old = await db.all<{ accountId: number; activityId: string }>(sql`
      select account_id as "accountId", activity_id as "activityId" from activity
      where inserted_at < ${before} and finished_at is not null`)
    for (const { accountId, activityId } of old) {
      while (await deleteLines(run, accountId, activityId)) if (signal.aborted) return
      await db.transaction(async (tx) => {
        await tx.run(sql`delete from activity_error where account_id = ${accountId} and activity_id = ${activityId}`)
        await tx.run(sql`delete from activity where account_id = ${accountId} and activity_id = ${activityId}`)
        await tx.run(sql`
          delete from job where kind = ${activityJob} and subject = ${activityId} and account_id = ${accountId}`)
        await run.save(tx, null)
      })
      if (signal.aborted) return
    }
  },
}

// Some lines of a file, which may have millions; false when there is none left.
async function deleteLines(run: JobRun, accountId: number, activityId: string): Promise<boolean> {
  return run.db.transaction(async (tx) => {
    const lines = await tx.all<{ sortKey: string; contactId: number }>(sql`
      select sort_key as "sortKey", contact_id as "contactId" from activity_line
      where account_id = ${accountId} and activity_id = ${activityId}
      order by sort_key, contact_id ${sqlLimit(2 * perStep)}`)
    const last = lines.at(-1)
    if (!last) return false
    await tx.run(sql`
      delete from activity_line where account_id = ${accountId} and activity_id = ${activityId}
        and (sort_key, contact_id) <= (${last.sortKey}, ${last.contactId})`)
    await run.save(tx, null)
    return true
  })
}

// Our own refusals are for the reader; what else went wrong is in the log.
function tellable(error: Error): string {
  return error instanceof InvalidInputError
    ? error.message
    : 'The server could not do this activity; it has been logged.'
}

const maxToldName = 100

/** To be called between steps. */
function createPauses(): () => Promise<void> {
  let steps = 0
  return async () => {
    if (++steps % stepsBetweenPauses === 0) await setTimeout(pause)
    else await setImmediate()
  }
}

async function takeRows(activity: ActivityRun, { type, request }: Activity): Promise<void> {
  const letOthers = createPauses()
  const { run, accountId } = activity
  const after = (run.job.progress as { line: number } | null)?.line ?? 0
  const take = type === 'remove' ? removeContacts : addContacts
  let unknown: string[] = []
  let isFirst = after === 0
  for await (const { columns, rows } of readRows(readInput(run.db, accountId, activity.activityId), after)) {
    if (isFirst) unknown = columns.unknown
    for (const step of inSteps(rows, request.listIds.length)) {
      await run.db.transaction(async (tx) => {
        const { transactions, errors } = await take(tx, activity, request.listIds, step)
        const warnings = unknown.map((name) => ({
          line: 1,
          email: '',
          message: `There is no column "${name.slice(0, maxToldName)}"; it is left out`,
        }))
        await endStep(tx, activity, {
          transactions,
          errors: [...warnings, ...errors],
          progress: { line: step.at(-1)!.line },
        })
      })
      unknown = []
      isFirst = false
      if (run.signal.aborted) return
      await letOthers()
    }
  }
}

async function clear(activity: ActivityRun, { request }: Activity): Promise<void> {
  const letOthers = createPauses()
  const { run } = activity
  for (const listId of request.listIds) {
    for (let taken = 1; taken > 0;) {
      taken = await run.db.transaction(async (tx) => {
        const transactions = await clearList(tx, activity, listId, perStep)
        await endStep(tx, activity, { transactions, progress: { listId } })
        return transactions
      })
      if (run.signal.aborted) return
      await letOthers()
    }
  }
}

async function writeExport(activity: ActivityRun, { request }: Activity): Promise<void> {
  const letOthers = createPauses()
  const { run, accountId } = activity
  const { of } = request.export!
  const listName = 'listId' in of ? (await getList(run.db, accountId, of.listId)).name : systemNames[of.status]
  let before = (run.job.progress as { before: number } | null)?.before
  do {
    before = await run.db.transaction(async (tx) => {
      const step = await exportContacts(tx, activity, { ...request.export!, listName }, { before, limit: perStep })
      await endStep(tx, activity, { transactions: step.transactions, progress: { before: step.before ?? 0 } })
      return step.before
    })
    if (run.signal.aborted) return
    await letOthers()
  } while (before !== undefined)
}

const systemNames = { active: 'Active', removed: 'Removed', 'do-not-mail': 'Do Not Mail' }

async function* readInput(db: Db, accountId: number, activityId: string): AsyncGenerator<Buffer> {
  for (let pieceNo = 0; ; pieceNo++) {
    const piece = await db.one<{ bytes: Uint8Array }>(sql`
      select bytes from activity_input
      where account_id = ${accountId} and activity_id = ${activityId} and piece_no = ${pieceNo}`)
    if (!piece) return
    yield Buffer.from(piece.bytes.buffer, piece.bytes.byteOffset, piece.bytes.byteLength)
    // Pieces of blank lines alone make no step, and no pause.
    await setImmediate()
  }
}

function inSteps(rows: readonly Row[], lists: number): Row[][] {
  const steps: Row[][] = []
  const size = Math.max(1, Math.min(perStep, Math.floor(membershipsPerStep / lists)))
  for (let i = 0; i < rows.length; i += size) steps.push(rows.slice(i, i + size))
  return steps
}
