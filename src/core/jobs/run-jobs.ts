// Does the jobs that are due, one after the other, until it is stopped. Started by server.ts with the server.

import { setTimeout } from 'node:timers/promises'
import type { Db, Tx } from '../../db/db.ts'
import { UnavailableError } from '../../errors.ts'
import type { Log } from '../../log.ts'
import { finishJob, insertJob, JobLostError, releaseJob, repeatJob, saveJob, takeJob } from './job.ts'
import type { HeldJob, Job } from './job.ts'

/** One job as its work sees it. */
export interface JobRun {
  db: Db
  job: Job
  now: () => number
  /** Aborted when the program stops: the work returns after its step, and is taken up again where it saved last. */
  signal: AbortSignal
  /** Called in the transaction of each step: notes what is done, so that a crash repeats no step. */
  save(tx: Tx, progress: unknown): Promise<void>
}

export interface JobKind {
  /** Does the job in steps of a transaction each, from where `job.progress` says. */
  work(run: JobRun): Promise<void>
  /** Called in the transaction that ends the job; `error` is what the last attempt failed with. */
  end?(tx: Tx, run: JobRun, error: Error | undefined): Promise<void>
  /** In ms: done again and again, so long after each time. */
  every?: number
}

export type JobKinds = Readonly<Record<string, JobKind>>

/** What jobs need of the program. */
export interface JobHost {
  db: Db
  log: Log
  now: () => number
  counts: JobCounts
}

/** How many jobs ended since the program started; recurring ones each time. */
export interface JobCounts {
  jobsDone: number
  jobsFailed: number
}

/** A job that fails so often without coming forward is over. */
const maxAttempts = 5
/** How long a failed job rests before it is tried again, in ms; longer each time. */
const restTime = 2000
/** How long a job rests whose store was away. In ms. */
const postponeTime = 1000
/** How often to look for work; less and less often while the store can't be asked. In ms. */
const pollTime = 250
const longestPollTime = 4000

/** Runs until disposed, which waits for the step under way. Several runners, also in several processes, share the work. */
export function startJobs(host: JobHost, kinds: JobKinds): AsyncDisposable {
  const stop = new AbortController()
  const loop = async (): Promise<void> => {
    let isReady = false
    let pause = pollTime
    while (!stop.signal.aborted) {
      try {
        if (!isReady) await ensureRecurring(host, kinds)
        isReady = true
        const isBusy = await runNextJob(host, kinds, stop.signal)
        pause = pollTime
        if (isBusy) continue
      } catch (error) {
        if (error instanceof UnavailableError) host.log.warn({ reason: error.message }, 'no jobs are done meanwhile')
        else host.log.error({ err: error }, 'looking for jobs failed')
        pause = Math.min(2 * pause, longestPollTime)
      }
      await setTimeout(pause, undefined, { signal: stop.signal, ref: false }).catch(() => undefined)
    }
  }
  const running = loop()
  return {
    [Symbol.asyncDispose]: async () => {
      stop.abort()
      await running
    },
  }
}

/** Takes and does one job that is due, and says whether there was one. */
export async function runNextJob(host: JobHost, kinds: JobKinds, signal: AbortSignal): Promise<boolean> {
  const { db, log, now } = host
  const job = await takeJob(db, now())
  if (!job) return false
  const kind = kinds[job.kind]
  if (!kind) {
    // Of a newer program on the same store, perhaps: left alone for it.
    await db.transaction((tx) => releaseJob(tx, job, now() + 60_000))
    return true
  }
  const run: JobRun = { db, job, now, signal, save: (tx, progress) => saveJob(tx, job, progress, now()) }
  try {
    // One that took the process down with it again and again is not begun once more.
    if (job.attempts > maxAttempts) throw new Error('it was given up after several attempts')
    await kind.work(run)
    if (signal.aborted) await db.transaction((tx) => releaseJob(tx, job, now()))
    else await end(host, kind, run, job, undefined)
  } catch (error) {
    if (error instanceof JobLostError) return true
    if (error instanceof UnavailableError) {
      await postpone(host, job, error)
      return true
    }
    log.error({ err: error, job: job.jobId, kind: job.kind, subject: job.subject }, 'job failed')
    if (job.attempts < maxAttempts)
      await db.transaction((tx) => releaseJob(tx, job, now() + restTime * job.attempts ** 2))
    else await end(host, kind, run, job, error instanceof Error ? error : new Error(String(error)))
  }
  return true
}

async function end(
  { db, now, counts }: JobHost,
  kind: JobKind,
  run: JobRun,
  job: HeldJob,
  error: Error | undefined,
): Promise<void> {
  await db.transaction(async (tx) => {
    await kind.end?.(tx, run, error)
    if (kind.every === undefined) await finishJob(tx, job, error ? 'failed' : 'done')
    else await repeatJob(tx, job, now() + kind.every)
  })
  if (error) counts.jobsFailed++
  else counts.jobsDone++
}

// It is not the job that failed: it loses none of its attempts, however long the store is away.
async function postpone({ db, log, now }: JobHost, job: HeldJob, { message }: UnavailableError): Promise<void> {
  log.warn({ reason: message, job: job.jobId, kind: job.kind, subject: job.subject }, 'job postponed')
  await db.transaction((tx) => releaseJob(tx, job, now() + postponeTime, true))
}

async function ensureRecurring({ db, now }: JobHost, kinds: JobKinds): Promise<void> {
  const recurring = Object.entries(kinds).filter(([, { every }]) => every !== undefined)
  await db.transaction(async (tx) => {
    for (const [kind] of recurring)
      await insertJob(tx, { accountId: null, kind, subject: 'recurring', dueAt: now() }, now())
  })
}
