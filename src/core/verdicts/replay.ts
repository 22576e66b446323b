// Judges all kept hits anew, by the rules of this program: first to see what would change, then to change it. Called by
// the command line and by replay-job.ts.

import type { Db } from '../../db/db.ts'
import { sql, sqlLimit } from '../../db/sql.ts'
import { judgeSend, storeVerdicts } from './judge-sends.ts'
import type { VerdictChange } from './judge-sends.ts'
import type { SendName } from './kept-hits.ts'
import type { VerdictSettings } from './settings.ts'

/** Contacts looked at together. */
const perPage = 100

export interface ReplayOptions {
  settings: VerdictSettings
  now: number
  /** False: nothing is stored. */
  isStored: boolean
}

/** Every change, in the order of contacts; resolves with the number of sends that were judged. */
export async function replayVerdicts(
  db: Db,
  accountId: number,
  options: ReplayOptions,
  onChange: (change: VerdictChange) => void,
): Promise<number> {
  let sends = 0
  for (let after: number | undefined = 0; after !== undefined;) {
    const step = await replayStep(db, accountId, after, options, onChange)
    sends += step.sends
    after = step.last
  }
  return sends
}

/** The same for the next contacts behind `after`; `last` is undefined when there are none. */
export async function replayStep(
  db: Db,
  accountId: number,
  after: number,
  options: ReplayOptions,
  onChange: (change: VerdictChange) => void,
): Promise<{ sends: number; last: number | undefined }> {
  let sends = 0
  const contactIds = await listContactsWithHits(db, accountId, after)
  for (const contactId of contactIds) {
    for (const send of await listSends(db, accountId, contactId)) {
      for (const change of await judgeOne(db, accountId, send, options)) onChange(change)
      sends++
    }
  }
  return { sends, last: contactIds.at(-1) }
}

class NotStored extends Error {}

// What is not stored is stored and taken back, so that both ways tell the same.
async function judgeOne(
  db: Db,
  accountId: number,
  send: SendName,
  { settings, now, isStored }: ReplayOptions,
): Promise<VerdictChange[]> {
  let changes: VerdictChange[] = []
  const notStored = new NotStored('only looked at')
  await db
    .transaction(async (tx) => {
      const verdicts = await judgeSend(tx, accountId, send, settings)
      changes = await storeVerdicts(tx, accountId, send, verdicts, now)
      if (!isStored) throw notStored
    })
    .catch((error: unknown) => {
      if (error !== notStored) throw error
    })
  return changes
}

async function listContactsWithHits(db: Db, accountId: number, after: number): Promise<number[]> {
  const rows = await db.tuples<[contactId: number]>(sql`
    select distinct contact_id from hit where contact_id > ${after} and account_id = ${accountId}
    order by contact_id ${sqlLimit(perPage)}`)
  return rows.map(([contactId]) => contactId)
}

async function listSends(db: Db, accountId: number, contactId: number): Promise<SendName[]> {
  const rows = await db.tuples<[campaignId: number, sendNo: number]>(sql`
    select distinct campaign_id, send_no from hit where contact_id = ${contactId} and +account_id = ${accountId}
    order by campaign_id, send_no`)
  return rows.map(([campaignId, sendNo]) => ({ contactId, campaignId, sendNo }))
}
