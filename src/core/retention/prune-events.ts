// Forgets events that are older than their account keeps them, each into the counts as it goes: totals of campaigns stay.
// Done by a job (core/jobs/job-kinds.ts). Such events are not recorded again (core/events/record.ts).

import type { Db } from '../../db/db.ts'
import { sql, sqlLimit, sqlList } from '../../db/sql.ts'
import { listEventDays, oldestKept } from '../accounts/settings.ts'
import { addErasedCounts } from '../erasure/erased-counts.ts'
import { allKinds, eventIdTime, eventKinds, firstEventIdAt, kindFromNumber } from '../events/event.ts'
import type { JobKind, JobRun } from '../jobs/run-jobs.ts'
import { isJudged } from '../verdicts/hidden.ts'

const hour = 3_600_000
/** Events are no longer recorded before they are pruned, also by a process whose clock is behind. In ms. */
const tolerance = hour
/** Events in a step: few enough that those who wait for the writer don't notice. */
const perStep = 500
/** Campaigns read at a time. */
const perRead = 200

export const pruneEventsJobKind: JobKind = {
  every: hour,
  work: async (run) => {
    for (const [accountId, days] of await listEventDays(run.db)) {
      const before = firstEventIdAt(oldestKept(days, run.now()) - tolerance)
      for await (const campaignId of campaignsOf(run.db, accountId)) {
        if (run.signal.aborted) return
        await pruneCampaign(run, { accountId, campaignId, before })
      }
    }
  },
}

/** Deleted ones, too. */
async function* campaignsOf(db: Db, accountId: number): AsyncGenerator<number> {
  for (let after: [datedAt: number, campaignId: number] = [0, 0]; ;) {
    const campaigns = await db.tuples<[datedAt: number, campaignId: number]>(sql`
      select dated_at, campaign_id from campaign
      where account_id = ${accountId} and (dated_at, campaign_id) > (${after[0]}, ${after[1]})
      order by dated_at, campaign_id ${sqlLimit(perRead)}`)
    for (const [, campaignId] of campaigns) yield campaignId
    const last = campaigns.at(-1)
    if (!last) return
    after = last
  }
}

interface Old {
  accountId: number
  campaignId: number
  /** The first event id that stays. */
  before: number
}

async function pruneCampaign(run: JobRun, old: Old): Promise<void> {
  const { accountId, campaignId, before } = old
  while (!run.signal.aborted) {
    // One look, where most of the time there is nothing.
    const found = await run.db.one<{ kind: number }>(sql`
      select kind from event
      where campaign_id = ${campaignId} and kind in ${sqlList(numbers)} and event_id < ${before} and +account_id = ${accountId}
      limit 1`)
    if (!found) return
    while (!run.signal.aborted && (await pruneSome(run, old, found.kind)));
  }
}

const numbers = allKinds.map((kind) => eventKinds[kind])

/** False when there are no more of the kind. */
function pruneSome(run: JobRun, { accountId, campaignId, before }: Old, kind: number): Promise<boolean> {
  return run.db.transaction(async (tx) => {
    const rows = await tx.tuples<[eventId: number, contactId: number]>(sql`
      select event_id, contact_id from event
      where campaign_id = ${campaignId} and kind = ${kind} and event_id < ${before} and +account_id = ${accountId}
      order by event_id, contact_id ${sqlLimit(perStep)}`)
    const last = rows.at(-1)
    if (!last) return false
    const own = sql`kind = ${kind} and event_id <= ${last[0]} and campaign_id = ${campaignId} and +account_id = ${accountId}`
    const some = sql`${own} and (event_id, contact_id) <= (${last[0]}, ${last[1]})`
    const contacts = sqlList([...new Set(rows.map(([, contactId]) => contactId))])
    const verdicts = new Map<string, string>()
    if (isJudged(kindFromNumber(kind))) {
      const judged = await tx.tuples<[eventId: number, contactId: number, verdict: string]>(sql`
        delete from verdict where contact_id in ${contacts} and ${some} returning event_id, contact_id, verdict`)
      for (const [eventId, contactId, verdict] of judged) verdicts.set(`${eventId} ${contactId}`, verdict)
      // Hits that waited long may be there yet, and would be judged again.
      await tx.run(sql`
        update hit set event_kind = null, event_id = null
        where contact_id in ${contacts} and event_kind = ${kind} and event_id <= ${last[0]} and campaign_id = ${campaignId}
          and +account_id = ${accountId}`)
    }
    // Whoever else is deleting the same rows has counted those that are not returned.
    const deleted = await tx.tuples<[eventId: number, contactId: number, linkNo: number | null]>(
      sql`delete from event where ${some} returning event_id, contact_id, link_no`,
    )
    const gone = deleted.map(([eventId, contactId, linkNo]) => {
      return { campaignId, kind, eventId, linkNo, verdict: verdicts.get(`${eventId} ${contactId}`) }
    })
    await addErasedCounts(tx, accountId, gone)
    await tx.run(
      sql`delete from event_key where contact_id in ${contacts} and kind = ${kind} and event_id <= ${last[0]}`,
    )
    if (kind === eventKinds.send)
      await tx.run(sql`
        delete from send
        where contact_id in ${contacts} and campaign_id = ${campaignId} and sent_at < ${eventIdTime(before)} and +account_id = ${accountId}`)
    await run.save(tx, null)
    return rows.length === perStep
  })
}
