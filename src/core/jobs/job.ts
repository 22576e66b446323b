// Jobs: work that goes on behind the answers and survives a crash. Taken by run-jobs.ts, handed in by whoever has work.

import { randomUUID } from 'node:crypto'
import type { Db, Reader, Tx } from '../../db/db.ts'
import { allocateIds } from '../../db/ids.ts'
import { sql, sqlLimit } from '../../db/sql.ts'
import { NotFoundError } from '../../errors.ts'

export interface Job {
  jobId: number
  accountId: number | null
  kind: string
  /** What it is about; unique with the kind. */
  subject: string
  /** Times it was taken since it last came forward, this one included. */
  attempts: number
  /** What was saved last; null before that. */
  progress: unknown
}

/** A job that its holder may go on with; others take it when the holder has not been heard of for `leaseTime`. */
export interface HeldJob extends Job {
  holder: string
}

/** In ms. Every saved step renews it; a step that takes longer may be lost to another holder, and then leaves nothing. */
const leaseTime = 3000

/** Hands in work to be done from `dueAt` on; false when there is a job of this kind and subject already. */
export async function insertJob(
  tx: Tx,
  job: { accountId: number | null; kind: string; subject: string; dueAt: number },
  now: number,
): Promise<boolean> {
  const jobId = await allocateIds(tx, 'job', 1, 1)
  const inserted = await tx.run(sql`
    insert into job(job_id, account_id, kind, subject, due_at, attempts, created_at)
    values (${jobId}, ${job.accountId}, ${job.kind}, ${job.subject}, ${job.dueAt}, 0, ${now}) on conflict do nothing`)
  return inserted > 0
}

/** Has a recurring job begin at once that would only begin later; one that is under way goes on. */
export async function wakeJob(tx: Tx, kind: string, now: number): Promise<void> {
  await tx.run(sql`
    update job set due_at = ${now} where kind = ${kind} and subject = 'recurring' and holder is null and due_at > ${now}`)
}

type Row = Omit<Job, 'progress'> & { progress: string | null }

/** Takes the job that has been due longest, also one whose holder has died; undefined when none is due. */
export async function takeJob(db: Db, now: number): Promise<HeldJob | undefined> {
  // Looking costs nothing; most of the time there is nothing to do.
  if (!(await db.one(sql`select 1 from job where due_at <= ${now} limit 1`))) return undefined
  return db.transaction(async (tx) => {
    const row = await tx.one<Row>(sql`
      select job_id as "jobId", account_id as "accountId", kind, subject, attempts, progress
      from job where due_at <= ${now} order by due_at, job_id limit 1 ${tx.forUpdate} ${tx.skipLocked}`)
    if (!row) return undefined
    const { progress, ...job } = row
    const holder = randomUUID()
    const attempts = job.attempts + 1
    await tx.run(sql`
      update job set holder = ${holder}, due_at = ${now + leaseTime}, attempts = ${attempts} where job_id = ${job.jobId}`)
    return { ...job, attempts, holder, progress: progress === null ? null : (JSON.parse(progress) as unknown) }
  })
}

export interface JobNumbers {
  due: number
  running: number
  /** Not due yet. */
  later: number
  oldestDueAt: number | undefined
}

/** Of the jobs that are not over. */
export async function countJobs(db: Reader, now: number): Promise<JobNumbers> {
  const row = await db.one<{ due: number; running: number; total: number; firstAt: number | null }>(sql`
    select count(case when due_at <= ${now} then 1 end) as due, count(*) as total, min(due_at) as "firstAt",
      count(case when due_at > ${now} and holder is not null then 1 end) as running
    from job where due_at is not null`)
  const { due, running, total, firstAt } = row!
  return { due, running, later: total - due - running, oldestDueAt: due > 0 ? firstAt! : undefined }
}

export interface JobState extends Omit<Job, 'accountId' | 'attempts'> {
  state: 'waiting' | 'running' | 'done' | 'failed'
  createdAt: number
}

interface StateRow extends Omit<JobState, 'state' | 'progress'> {
  progress: string | null
  outcome: 'done' | 'failed' | null
  holder: string | null
}

const stateColumns = sql`job_id as "jobId", kind, subject, progress, outcome, holder, created_at as "createdAt"`

/** An account's jobs, the latest first; `before` is the last one already shown. */
export async function listJobs(
  db: Reader,
  accountId: number,
  page: { before?: number | undefined; limit: number },
): Promise<JobState[]> {
  const rows = await db.all<StateRow>(sql`
    select ${stateColumns} from job where account_id = ${accountId} and account_id is not null
      and job_id < ${page.before ?? Number.MAX_SAFE_INTEGER}
    order by job_id desc ${sqlLimit(page.limit)}`)
  return rows.map(toState)
}

/** By id; throws NotFoundError. */
export async function getJob(db: Reader, accountId: number, jobId: number): Promise<JobState> {
  const row = await db.one<StateRow>(
    sql`select ${stateColumns} from job where job_id = ${jobId} and account_id = ${accountId}`,
  )
  if (!row) throw new NotFoundError(`there is no job ${jobId}`)
  return toState(row)
}

function toState({ outcome, holder, progress, ...row }: StateRow): JobState {
  return {
    ...row,
    state: outcome ?? (holder === null ? 'waiting' : 'running'),
    progress: progress === null ? null : (JSON.parse(progress) as unknown),
  }
}

/** Somebody else has taken the job meanwhile: the step that finds out must leave nothing behind. */
export class JobLostError extends Error {
  override name = 'JobLostError'
}

/** Notes how far the job has come, in the transaction of the step itself, and renews the lease. Throws JobLostError. */
export async function saveJob(tx: Tx, job: HeldJob, progress: unknown, now: number): Promise<void> {
  const saved = await tx.run(sql`
    update job set progress = ${JSON.stringify(progress)}, due_at = ${now + leaseTime}, attempts = 1
    where job_id = ${job.jobId} and holder = ${job.holder}`)
  if (saved === 0) throw lost(job)
}

/** Gives the job back, to be taken again from `dueAt` on, as if not taken where `isForgiven`; nothing happens when it is somebody else's by now. */
export async function releaseJob(tx: Tx, job: HeldJob, dueAt: number, isForgiven = false): Promise<void> {
  await tx.run(sql`
    update job set holder = null, due_at = ${dueAt}, attempts = attempts - ${Number(isForgiven)} where job_id = ${job.jobId} and holder = ${job.holder}`)
}

/** The job is done for this time and begins again at `dueAt`, from where it saved last. Throws JobLostError. */
export async function repeatJob(tx: Tx, job: HeldJob, dueAt: number): Promise<void> {
  const repeated = await tx.run(sql`
    update job set holder = null, due_at = ${dueAt}, attempts = 0
    where job_id = ${job.jobId} and holder = ${job.holder}`)
  if (repeated === 0) throw lost(job)
}

/** The job is over. Throws JobLostError. */
export async function finishJob(tx: Tx, job: HeldJob, outcome: 'done' | 'failed'): Promise<void> {
  const finished = await tx.run(sql`
    update job set holder = null, due_at = null, outcome = ${outcome}
    where job_id = ${job.jobId} and holder = ${job.holder}`)
  if (finished === 0) throw lost(job)
}

function lost({ jobId }: Job): JobLostError {
  return new JobLostError(`job ${jobId} is somebody else's now`)
}
