// Takes an activity in: checked, stored with its input, and handed to the jobs, all at once. Called by faces/atom.

import { randomInt } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import type { Db, Tx } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'
import { InvalidInputError } from '../../errors.ts'
import { insertJob } from '../jobs/job.ts'
import { hasList } from '../lists/list.ts'
import type { Activity, ActivityRequest } from './activity.ts'
import { inspectInput, toUtf8 } from './read-rows.ts'

/** The kind of job that does activities. */
export const activityJob = 'activity'

export type NewActivity =
  | { type: 'add' | 'remove'; request: ActivityRequest; input: Uint8Array }
  | { type: 'clear' | 'export'; request: ActivityRequest; input?: undefined }

/** Uploads are stored in pieces of so many bytes. */
const pieceBytes = 64 * 1024

/** Throws InvalidInputError on an unknown list, and on input whose first line has no column of addresses. */
export async function submitActivity(db: Db, accountId: number, given: NewActivity, now: number): Promise<Activity> {
  const pieces = given.input === undefined ? [] : cut(await toUtf8(given.input))
  const columns = given.input === undefined ? undefined : await inspectInput(stream(pieces))
  const activity: Activity = {
    activityId: createActivityId(now),
    // What the server makes of it (7.2).
    type:
      given.type === 'add' && columns?.fields.some((field) => field && field !== 'email') ? 'add-detail' : given.type,
    status: 'pending',
    request: given.request,
    transactionCount: 0,
    errorCount: 0,
    insertedAt: now,
    startedAt: null,
    finishedAt: null,
  }
  await db.transaction(async (tx) => {
    await checkLists(tx, accountId, given.request)
    await insertActivity(tx, accountId, activity)
    for (const [pieceNo, bytes] of pieces.entries())
      await tx.run(sql`insert into activity_input(account_id, activity_id, piece_no, bytes)
        values (${accountId}, ${activity.activityId}, ${pieceNo}, ${bytes})`)
    await insertJob(tx, { accountId, kind: activityJob, subject: activity.activityId, dueAt: now }, now)
  })
  return activity
}

// As long as the recorded one, `a07e1ffaxjxffmvj6qd`: nine digits of time, so that ids sort, and nine at random (7.2).
function createActivityId(now: number): string {
  const random = Array.from({ length: 9 }, () => randomInt(36).toString(36)).join('')
  return `a${now.toString(36).padStart(9, '0')}${random}`
}

function cut(bytes: Buffer): Buffer[] {
  const pieces: Buffer[] = []
  for (let i = 0; i < bytes.length; i += pieceBytes) pieces.push(bytes.subarray(i, i + pieceBytes))
  return pieces
}

async function* stream(pieces: readonly Buffer[]): AsyncGenerator<Buffer> {
  for (const piece of pieces) {
    yield piece
    // Only a text that begins with many blank lines goes on.
    await setImmediate()
  }
}

async function checkLists(tx: Tx, accountId: number, request: ActivityRequest): Promise<void> {
  const exported = request.export && 'listId' in request.export.of ? [request.export.of.listId] : []
  for (const listId of [...request.listIds, ...exported]) {
    if (!(await hasList(tx, accountId, listId))) throw new InvalidInputError(`there is no list ${listId}`, 'lists')
  }
}

async function insertActivity(tx: Tx, accountId: number, activity: Activity): Promise<void> {
  await tx.run(sql`
    insert into activity(account_id, activity_id, type, status, request, transaction_count, error_count, inserted_at)
    values (${accountId}, ${activity.activityId}, ${activity.type}, ${activity.status}, ${JSON.stringify(activity.request)},
      0, 0, ${activity.insertedAt})`)
}
