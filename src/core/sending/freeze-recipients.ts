// Writes down who gets a campaign, once, when it starts: the members of its lists, each once, with those who may not have
// it and why. A job in steps; what is written down stays, and a crash repeats nothing. A campaign that is sent again goes to
// those who did not have it.

import { sql, sqlLimit, sqlList, sqlRows } from '../../db/sql.ts'
import type { Tx } from '../../db/db.ts'
import { listCampaignLists } from '../campaigns/campaign.ts'
import type { ContactStatus } from '../contacts/contact.ts'
import { record } from '../events/record.ts'
import type { JobKind, JobRun } from '../jobs/run-jobs.ts'
import { findRunToChange, saveRun } from './campaign-run.ts'
import type { CampaignRun } from './campaign-run.ts'
import { findRefusals } from './may-send.ts'
import type { Refusal } from './may-send.ts'
import { changeMessages, nameOf, stateChange } from './outgoing.ts'
import { setStatus } from './settle-run.ts'
import { uuidV7 } from './uuid-v7.ts'

/** Members in a step: few enough that those who wait for the writer don't notice. */
const perStep = 500
/** After so many steps there is a pause, in ms, in which other processes get at the writer too. */
const stepsBetweenPauses = 10
const pause = 2

interface Progress {
  /** The list being gone through, and the last member of it that is done. */
  listId: number
  after: number
}

interface Member {
  contactId: number
  email: string
  status: ContactStatus
}

export const freezeRecipientsJobKind: JobKind = {
  work: async (run) => {
    const { db, job, signal } = run
    const accountId = job.accountId!
    const campaignId = Number(job.subject.split(' ')[0])
    const listIds = await listCampaignLists(db, accountId, campaignId)
    let { listId, after } = (job.progress as Progress | null) ?? { listId: listIds[0] ?? 0, after: 0 }
    for (let steps = 1; ; steps++) {
      const next = await freezeSome(run, { accountId, campaignId, listIds, listId, after })
      if (!next || signal.aborted) return
      ;({ listId, after } = next)
      if (steps % stepsBetweenPauses === 0) await new Promise((resolve) => setTimeout(resolve, pause))
    }
  },
  end: async (tx, { job }, error) => {
    const campaignId = Number(job.subject.split(' ')[0])
    const run = await findRunToChange(tx, job.accountId!, campaignId)
    if (!error || run?.state !== 'freezing') return
    await saveRun(tx, { ...run, state: 'paused', problem: error.message })
    await setStatus(tx, run, 'running', 'paused')
  },
}

interface Place extends Progress {
  accountId: number
  campaignId: number
  listIds: readonly number[]
}

// Undefined when all are written down, or the campaign was paused or cancelled meanwhile.
function freezeSome(run: JobRun, place: Place): Promise<Progress | undefined> {
  const { accountId, campaignId, listIds, listId, after } = place
  return run.db.transaction(async (tx) => {
    const held = await findRunToChange(tx, accountId, campaignId)
    if (held?.state !== 'freezing') return undefined
    const ids = await tx.tuples<[contactId: number]>(sql`
      select contact_id from membership
      where account_id = ${accountId} and list_id = ${listId} and contact_id > ${after} order by contact_id ${sqlLimit(perStep)}`)
    if (ids.length > 0)
      await insertRecipients(
        tx,
        held,
        ids.map(([id]) => id),
        run.now(),
      )
    const next =
      ids.length === perStep
        ? { listId, after: ids.at(-1)![0] }
        : { listId: listIds.find((id) => id > listId)!, after: 0 }
    if (next.listId !== undefined) {
      await run.save(tx, next)
      return next
    }
    // With the last of them, so that no other job can say so for this one.
    await run.save(tx, null)
    await saveRun(tx, { ...held, state: 'running', frozenAt: run.now() })
    return undefined
  })
}

async function insertRecipients(
  tx: Tx,
  { accountId, campaignId, runNo }: CampaignRun,
  contactIds: readonly number[],
  now: number,
): Promise<void> {
  const members = await tx.all<Member>(sql`
    select contact_id as "contactId", email, status from contact
    where contact_id in ${sqlList(contactIds)} and +account_id = ${accountId}`)
  if (members.length === 0) return
  const refusals = await findRefusals(tx, accountId, members, now)
  const rows = members.map(({ contactId }) => {
    const refusal = refusals.get(contactId)
    const state = refusal?.why ?? 'pending'
    return [
      campaignId,
      contactId,
      0,
      accountId,
      state,
      refusal ? null : now,
      0,
      refusal ? now : null,
      uuidV7(now),
      refusal?.reply ?? null,
    ]
  })
  const inserted = await tx.tuples<[contactId: number]>(sql`
    insert into outgoing(campaign_id, contact_id, send_no, account_id, state, due_at, attempts, ended_at, send_id, reply)
    values ${sqlRows(rows)} on conflict do nothing returning contact_id`)
  const isNew = new Set(inserted.map(([id]) => id))
  const known = members.filter(({ contactId }) => !isNew.has(contactId)).map(({ contactId }) => contactId)
  const again = known.length === 0 ? [] : await reviveSome(tx, { accountId, campaignId }, known, refusals, now)
  await recordHeld(tx, accountId, { campaignId, runNo }, [...isNew, ...again], refusals, now)
}

// Those who were left out the last time may have it now, or are left out for another reason; nobody else is touched.
async function reviveSome(
  tx: Tx,
  { accountId, campaignId }: Pick<Place, 'accountId' | 'campaignId'>,
  contactIds: readonly number[],
  refusals: ReadonlyMap<number, Refusal>,
  now: number,
): Promise<number[]> {
  const revived: number[] = []
  for (const [reply, ids] of Map.groupBy(contactIds, (id) => refusals.get(id)?.reply)) {
    const refusal = reply === undefined ? undefined : refusals.get(ids[0]!)
    const change = refusal
      ? stateChange(refusal.why, { reply: refusal.reply }, now)
      : sql`state = 'pending', due_at = ${now}, ended_at = null, reply = null`
    const keys = ids.map((contactId) => ({ campaignId, contactId, sendNo: 0 }))
    const changed = await changeMessages(
      tx,
      accountId,
      keys,
      change,
      sql`and state in ('skipped', 'held', 'cancelled')`,
    )
    if (refusal?.why === 'held')
      revived.push(...keys.filter((key) => changed.has(nameOf(key))).map((key) => key.contactId))
  }
  return revived
}

/** A contact that is suspended has a bounce of its own for each campaign that it does not get (S, as the old service had). */
export async function recordHeld(
  tx: Tx,
  accountId: number,
  { campaignId, runNo }: Pick<CampaignRun, 'campaignId' | 'runNo'>,
  contactIds: readonly number[],
  refusals: ReadonlyMap<number, Refusal>,
  now: number,
): Promise<void> {
  const held = contactIds.filter((contactId) => refusals.get(contactId)?.why === 'held')
  if (held.length === 0) return
  const events = held.map((contactId) => ({
    contactId,
    campaignId,
    kind: 'bounce' as const,
    at: now,
    code: 'S' as const,
    message: refusals.get(contactId)!.reply.slice(0, 500),
    source: 'relay' as const,
    // Of one run it is one event, on however many of its lists the contact is.
    key: `held ${campaignId} ${runNo}`,
  }))
  await record(tx, accountId, events, now)
}
