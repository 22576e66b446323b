// What came in by webhook, as it came: listed, read again, and forgotten in time. Used by the command line and by the job
// that reads it.

import { setImmediate } from 'node:timers/promises'
import type { Db, Reader, Tx } from '../../db/db.ts'
import { sql, sqlLimit, sqlList } from '../../db/sql.ts'
import { NotFoundError } from '../../errors.ts'
import { wakeJob } from '../jobs/job.ts'
import type { JobKind } from '../jobs/run-jobs.ts'
import type { HookProviderName } from './hook-event.ts'
import { readInboxJob } from './inbox-writer.ts'
import { unpackBody } from './pack-body.ts'

/**
 * `new`: not read yet. `done`: all that is in it is on timelines, or nothing that belongs there. `partly`: some of it could
 * not be put there. `failed`: it makes no sense.
 */
export const inboxStates = ['new', 'done', 'partly', 'failed'] as const
export type InboxState = (typeof inboxStates)[number]

/** How many events became what. */
export interface InboxOutcome {
  recorded: number
  /** On the timeline before. */
  known: number
  /** Nothing for a timeline. */
  ignored: number
  unmapped: number
  /** Why some are not on a timeline; the first of them. */
  problems: { item: number; message: string }[]
}

export interface InboxEntry {
  inboxId: number
  endpointId: string
  provider: HookProviderName
  receivedAt: number
  state: InboxState
  outcome: InboxOutcome | null
  readAt: number | null
  bytes: number
}

type EntryRow = Omit<InboxEntry, 'outcome'> & { outcome: string | null }

const entryColumns = sql`inbox_id as "inboxId", endpoint_id as "endpointId", provider, received_at as "receivedAt", state, outcome,
  read_at as "readAt", bytes`

function toEntry({ outcome, ...row }: EntryRow): InboxEntry {
  return { ...row, outcome: outcome === null ? null : (JSON.parse(outcome) as InboxOutcome) }
}

/** The latest first; `before` is the last id already shown. */
export async function listInbox(
  db: Reader,
  accountId: number,
  page: { states: readonly InboxState[]; before?: number | undefined; limit: number },
): Promise<InboxEntry[]> {
  const rows = await db.all<EntryRow>(sql`
    select ${entryColumns} from inbox
    where account_id = ${accountId} and state in ${sqlList(page.states)} and inbox_id < ${page.before ?? Number.MAX_SAFE_INTEGER}
    order by inbox_id desc ${sqlLimit(page.limit)}`)
  return rows.map(toEntry)
}

/** Throws NotFoundError. */
export async function getInboxEntry(db: Reader, accountId: number, inboxId: number): Promise<InboxEntry> {
  const row = await db.one<EntryRow>(
    sql`select ${entryColumns} from inbox where inbox_id = ${inboxId} and account_id = ${accountId}`,
  )
  if (!row) throw new NotFoundError(`there is nothing in the inbox under the number ${inboxId}`)
  return toEntry(row)
}

/** The body as it came; throws NotFoundError. */
export async function getInboxBody(db: Reader, accountId: number, inboxId: number): Promise<Uint8Array> {
  const row = await db.one<{ body: Uint8Array }>(
    sql`select body from inbox where inbox_id = ${inboxId} and account_id = ${accountId}`,
  )
  if (!row) throw new NotFoundError(`there is nothing in the inbox under the number ${inboxId}`)
  return unpackBody(row.body)
}

/** Has one of them read again, whatever became of it before. Throws NotFoundError. */
export async function replayInboxEntry(db: Db, accountId: number, inboxId: number, now: number): Promise<void> {
  const replayed = await db.transaction((tx) => setNew(tx, accountId, [inboxId], now))
  if (replayed === 0) throw new NotFoundError(`there is nothing in the inbox under the number ${inboxId}`)
}

/** Entries in a transaction. */
const perStep = 500

/** Has all in these states read again; returns how many. */
export async function replayInbox(
  db: Db,
  accountId: number,
  states: readonly InboxState[],
  now: number,
): Promise<number> {
  let replayed = 0
  for (let before: number | undefined; ;) {
    const page = await listInbox(db, accountId, { states, before, limit: perStep })
    const last = page.at(-1)
    if (!last) return replayed
    const ids = page.map(({ inboxId }) => inboxId)
    replayed += await db.transaction((tx) => setNew(tx, accountId, ids, now))
    before = last.inboxId
    await setImmediate()
  }
}

async function setNew(tx: Tx, accountId: number, inboxIds: readonly number[], now: number): Promise<number> {
  await wakeJob(tx, readInboxJob, now)
  return tx.run(
    sql`update inbox set state = 'new' where inbox_id in ${sqlList(inboxIds)} and account_id = ${accountId}`,
  )
}

/** One that waits to be read. */
export interface NewEntry {
  inboxId: number
  accountId: number
  provider: HookProviderName
  receivedAt: number
  body: Uint8Array
  creates: boolean
  /** It was read before, and is read again. */
  wasRead: boolean
}

/** The oldest that waits; undefined when none does. */
export async function findNewEntry(db: Reader, after: number): Promise<NewEntry | undefined> {
  const row = await db.one<
    Omit<NewEntry, 'creates' | 'wasRead'> & { creates: number | null; readAt: number | null }
  >(sql`
    select i.inbox_id as "inboxId", i.account_id as "accountId", i.provider, i.received_at as "receivedAt", i.read_at as "readAt", i.body, e.creates
    from inbox i left join hook_endpoint e on e.endpoint_id = i.endpoint_id
    where i.state = 'new' and i.inbox_id > ${after} order by i.inbox_id limit 1`)
  if (!row) return undefined
  const { readAt, ...entry } = row
  return { ...entry, body: unpackBody(row.body), creates: row.creates === 1, wasRead: readAt !== null }
}

/** How many wait to be read, and since when the oldest does. */
export async function watchInbox(db: Reader): Promise<{ waiting: number; oldestAt: number | undefined }> {
  const counted = await db.one<{ count: number }>(
    sql`select count(*) as count from inbox where state = 'new' and inbox_id > 0`,
  )
  const oldest = await db.one<{ receivedAt: number }>(
    sql`select received_at as "receivedAt" from inbox where state = 'new' and inbox_id > 0 order by inbox_id limit 1`,
  )
  return { waiting: counted!.count, oldestAt: oldest?.receivedAt }
}

/** Notes what became of it. */
export async function finishEntry(
  tx: Tx,
  { inboxId, accountId }: NewEntry,
  state: InboxState,
  outcome: InboxOutcome,
  now: number,
): Promise<void> {
  await tx.run(sql`
    update inbox set state = ${state}, outcome = ${JSON.stringify(outcome)}, read_at = ${now}
    where inbox_id = ${inboxId} and account_id = ${accountId}`)
}

/** How long it is kept, in ms. */
const keepTime = 30 * 86_400_000

/** Forgets what is old, whatever became of it. Given to the jobs. */
export const pruneInboxJobKind: JobKind = {
  every: 3_600_000,
  work: async ({ db, now, signal }) => {
    while (!signal.aborted && (await forgetSome(db, now() - keepTime))) await setImmediate()
  },
}

/** False when there are no more. */
function forgetSome(db: Db, before: number): Promise<boolean> {
  return db.transaction(async (tx) => {
    const old = await tx.tuples<[accountId: number, inboxId: number]>(
      sql`select account_id, inbox_id from inbox where received_at < ${before} order by received_at ${sqlLimit(perStep)}`,
    )
    for (const [accountId, inboxId] of old)
      await tx.run(sql`delete from inbox where inbox_id = ${inboxId} and account_id = ${accountId}`)
    return old.length === perStep
  })
}
