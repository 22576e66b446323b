// The jobs that judge: soon after a hit, by what is known then, and again when its send has settled and nothing more is
// likely to come. Given to core/jobs/job-kinds.ts.

import type { Db } from '../../db/db.ts'
import { sql, sqlLimit } from '../../db/sql.ts'
import { Courtesy } from '../jobs/courtesy.ts'
import type { JobKind, JobRun } from '../jobs/run-jobs.ts'
import { judgeSend, storeVerdicts } from './judge-sends.ts'
import type { EventVerdict } from './judge-sends.ts'
import type { SendName } from './kept-hits.ts'
import { settleQuiet } from './settle.ts'
import { defaultVerdictSettings } from './settings.ts'

/** Sends in a step: few enough that it ends well within the lease of its job, also in a busy process. */
const perStep = 20

/** Judges what was stored so long ago, in ms, going on where it stopped. */
function judgeAfter(wait: number, every: number): JobKind {
  return {
    every,
    work: async (run) => {
      const horizon = run.now() - wait
      let position = (run.job.progress as Position | null) ?? { storedAt: 0, contactId: 0, hitId: 0 }
      const courtesy = new Courtesy()
      while (!run.signal.aborted) {
        const step = await judgeNext(run, position, horizon, courtesy)
        if (!step) return
        position = step
      }
    },
  }
}

/** At once, so that nobody looks at a scanner's click for two minutes and takes it for a person's. */
export const judgeSoonJobKind = judgeAfter(5000, 5000)
export const judgeSettledJobKind = judgeAfter(settleQuiet, 30_000)

/** The last hit that was looked at. */
interface Position {
  storedAt: number
  contactId: number
  hitId: number
}

interface Candidate extends SendName, Position {
  accountId: number
}

/** Judges the sends of the next hits and returns the last of these; undefined when there are none before the horizon. */
async function judgeNext(
  run: JobRun,
  after: Position,
  horizon: number,
  courtesy: Courtesy,
): Promise<Position | undefined> {
  const hits = await listNewHits(run.db, after, horizon)
  const last = hits.at(-1)
  if (!last) return undefined
  const sends = new Map(
    hits.map((hit) => [`${hit.accountId} ${hit.contactId} ${hit.campaignId} ${hit.sendNo}`, hit] as const),
  )
  const position = { storedAt: last.storedAt, contactId: last.contactId, hitId: last.hitId }
  // Judged beforehand, because nobody else can write meanwhile; in the order of contacts, in which everybody waits for everybody.
  const judged: { send: Candidate; verdicts: EventVerdict[] }[] = []
  for (const send of [...sends.values()].toSorted((a, b) => a.contactId - b.contactId)) {
    if (run.signal.aborted) return undefined
    const verdicts = await courtesy.work(() => judgeSend(run.db, send.accountId, send, defaultVerdictSettings))
    judged.push({ send, verdicts })
  }
  await run.db.transaction(async (tx) => {
    for (const { send, verdicts } of judged) await storeVerdicts(tx, send.accountId, send, verdicts, run.now())
    await run.save(tx, position)
  })
  return position
}

function listNewHits(db: Db, after: Position, horizon: number): Promise<Candidate[]> {
  return db.all<Candidate>(sql`
    select account_id as "accountId", contact_id as "contactId", campaign_id as "campaignId", send_no as "sendNo",
      stored_at as "storedAt", hit_id as "hitId"
    from hit
    where stored_at >= ${after.storedAt} and stored_at <= ${horizon}
      and (stored_at, contact_id, hit_id) > (${after.storedAt}, ${after.contactId}, ${after.hitId})
    order by stored_at, contact_id, hit_id ${sqlLimit(perStep)}`)
}
