// Bulk activities: adding, removing, clearing and exporting many contacts at once, as they are read (wire-2008 7).

import type { Reader } from '../../db/db.ts'
import { sql, sqlLimit } from '../../db/sql.ts'
import { NotFoundError } from '../../errors.ts'
import type { ColumnField } from './columns.ts'

/** `add-detail` is `add` with more than addresses. */
export type ActivityType = 'add' | 'add-detail' | 'remove' | 'clear' | 'export'
type ActivityStatus = 'pending' | 'running' | 'complete' | 'error'

export interface Activity {
  /** Lower case letters and digits; later ones sort behind earlier ones. */
  activityId: string
  type: ActivityType
  status: ActivityStatus
  request: ActivityRequest
  /** Contacts dealt with so far. */
  transactionCount: number
  /** Lines that could not be taken; of these the first `maxErrors` are told one by one. */
  errorCount: number
  insertedAt: number
  startedAt: number | null
  finishedAt: number | null
}

/** What to do. */
export interface ActivityRequest {
  listIds: readonly number[]
  export?: ExportRequest | undefined
}

export interface ExportRequest {
  /** A list of the account or, by its status, one of those every account has. */
  of: { listId: number } | { status: 'active' | 'removed' | 'do-not-mail' }
  fileType: 'csv' | 'txt'
  columns: readonly ColumnField[]
  hasOptInDate: boolean
  hasOptInSource: boolean
  hasListName: boolean
  order: 'email' | 'newest-first'
}

export interface ActivityError {
  /** Of the uploaded text, from 1; 0 for the activity as a whole. */
  line: number
  email: string
  message: string
}

/** Finished activities are kept for so long, in ms (wire-2008 7.2). */
export const keepActivities = 14 * 86_400_000

type Row = Omit<Activity, 'request'> & { request: string }

const columns = sql`activity_id as "activityId", type, status, request, transaction_count as "transactionCount",
  error_count as "errorCount", inserted_at as "insertedAt", started_at as "startedAt", finished_at as "finishedAt"`

/** Latest first. */
export async function listActivities(db: Reader, accountId: number, limit: number): Promise<Activity[]> {
  const rows = await db.all<Row>(sql`
    select ${columns} from activity where account_id = ${accountId} order by activity_id desc ${sqlLimit(limit)}`)
  return rows.map(toActivity)
}

/** By id, in any case; throws NotFoundError. */
export async function getActivity(db: Reader, accountId: number, activityId: string): Promise<Activity> {
  const row = await db.one<Row>(sql`
    select ${columns} from activity where account_id = ${accountId} and activity_id = ${activityId.toLowerCase()}`)
  if (!row) throw new NotFoundError('there is no such activity')
  return toActivity(row)
}

/** The first errors in the order of their lines. */
export function listActivityErrors(
  db: Reader,
  accountId: number,
  activityId: string,
  limit: number,
): Promise<ActivityError[]> {
  return db.all<ActivityError>(sql`
    select line, email, message from activity_error
    where account_id = ${accountId} and activity_id = ${activityId} order by error_no ${sqlLimit(limit)}`)
}

function toActivity(row: Row): Activity {
  return { ...row, request: JSON.parse(row.request) as ActivityRequest }
}
