// The job that judges kept hits anew, for who can't wait for it: handed in by the JSON API, done by core/jobs.

import { randomUUID } from 'node:crypto'
import type { Tx } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'
import { kindFromNumber } from '../events/event.ts'
import { insertJob } from '../jobs/job.ts'
import type { JobKind } from '../jobs/run-jobs.ts'
import { replayStep } from './replay.ts'
import { defaultVerdictSettings, rulesVersion } from './settings.ts'

export const replayJob = 'replay-verdicts'

export interface ReplayProgress {
  rulesVersion: string
  /** False: nothing is stored, it is only said what would change. */
  isStored: boolean
  /** The last contact that was looked at. */
  contactId: number
  sends: number
  changes: { campaignId: number; kind: string; from: string; to: string; count: number }[]
}

/** Hands it in and returns its id. */
export async function insertReplay(tx: Tx, accountId: number, isStored: boolean, now: number): Promise<number> {
  const subject = `${isStored ? 'store' : 'look'} ${randomUUID()}`
  await insertJob(tx, { accountId, kind: replayJob, subject, dueAt: now }, now)
  const row = await tx.one<{ jobId: number }>(
    sql`select job_id as "jobId" from job where kind = ${replayJob} and subject = ${subject} and account_id = ${accountId}`,
  )
  return row!.jobId
}

export const replayJobKind: JobKind = {
  work: async (run) => {
    const { db, job, now, signal } = run
    const isStored = job.subject.startsWith('store')
    const settings = defaultVerdictSettings
    const first = { rulesVersion: rulesVersion(settings), isStored, contactId: 0, sends: 0, changes: [] }
    let progress = (job.progress as ReplayProgress | null) ?? first
    while (!signal.aborted) {
      const found: ReplayProgress['changes'] = []
      const options = { settings, now: now(), isStored }
      const step = await replayStep(db, job.accountId!, progress.contactId, options, (change) => {
        found.push({
          ...change,
          kind: kindFromNumber(change.kind),
          from: String(change.from),
          to: String(change.to),
          count: 1,
        })
      })
      const changes = sum([...progress.changes, ...found])
      progress = {
        ...progress,
        contactId: step.last ?? progress.contactId,
        sends: progress.sends + step.sends,
        changes,
      }
      await db.transaction((tx) => run.save(tx, progress))
      if (step.last === undefined) return
    }
  },
}

function sum(changes: ReplayProgress['changes']): ReplayProgress['changes'] {
  const groups = Map.groupBy(changes, ({ campaignId, kind, from, to }) => JSON.stringify([campaignId, kind, from, to]))
  return [...groups.values()].map((same) => {
    const { campaignId, kind, from, to } = same[0]!
    return { campaignId, kind, from, to, count: same.reduce((total, { count }) => total + count, 0) }
  })
}
