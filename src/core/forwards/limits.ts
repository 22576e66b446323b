// How much one reader, one address and one campaign may forward: enough for people, too little to send anything in numbers.
// Used by forward.ts.

import type { Reader, Tx } from '../../db/db.ts'
import { sql, sqlLimit } from '../../db/sql.ts'
import { eventKinds } from '../events/event.ts'

/** Friends named at once. */
export const maxFriends = 5
/** Of one mail, by whoever has it. */
const maxOfSend = 10
/** Of one contact, of all its mails together. */
const maxOfContact = 25
/** From one IP address on one day (UTC). */
const maxOfVisitor = 20
/** Of the note that goes with it, in characters. */
export const maxNote = 280
/** Of the name it is signed with. */
export const maxName = 60

const day = 86_400_000

/** What is forwarded, by whom and from where. */
export interface ForwardOf {
  contactId: number
  campaignId: number
  sendNo: number
  /** A digest of the IP address; undefined where nobody knows it. */
  visitorHash: string | undefined
}

/** How many more friends may be named now, at most `maxFriends`. A campaign is forwarded to no more than it was sent to. */
export async function countLeft(db: Reader, accountId: number, of: ForwardOf, now: number): Promise<number> {
  const { contactId, campaignId, sendNo, visitorHash } = of
  const counts = await db.tuples<[campaignId: number, sendNo: number, count: number]>(sql`
    select campaign_id, send_no, count from forward_count
    where contact_id = ${contactId} and +account_id = ${accountId} order by campaign_id, send_no ${sqlLimit(maxOfContact)}`)
  const ofContact = counts.reduce((sum, [, , count]) => sum + count, 0)
  const ofSend = counts.find(([id, no]) => id === campaignId && no === sendNo)?.[2] ?? 0
  const lefts = [
    maxFriends,
    maxOfSend - ofSend,
    maxOfContact - ofContact,
    await leftOfCampaign(db, accountId, campaignId),
  ]
  if (visitorHash !== undefined) lefts.push(maxOfVisitor - (await countVisitor(db, accountId, visitorHash, now)))
  return Math.max(0, Math.min(...lefts))
}

/** Its contact is 0. */
async function leftOfCampaign(db: Reader, accountId: number, campaignId: number): Promise<number> {
  const row = await db.one<{ count: number }>(sql`
    select count from forward_count where contact_id = 0 and campaign_id = ${campaignId} and send_no = 0 and account_id = ${accountId}`)
  const forwarded = row?.count ?? 0
  const { send } = eventKinds
  const gone = await db.one<{ count: number }>(sql`
    select cast(coalesce(sum(count), 0) as bigint) as count from erased_count
    where account_id = ${accountId} and campaign_id = ${campaignId} and kind = ${send}`)
  // Those beyond as many as it was forwarded to; a campaign may have been sent to millions.
  const skipped = Math.max(0, forwarded - gone!.count)
  const others = await db.tuples(sql`
    select event_id, contact_id from event where campaign_id = ${campaignId} and kind = ${send} and +account_id = ${accountId}
    order by event_id, contact_id ${sqlLimit(maxFriends)} offset cast(${skipped} as integer)`)
  return others.length + Math.max(0, gone!.count - forwarded)
}

async function countVisitor(db: Reader, accountId: number, visitorHash: string, now: number): Promise<number> {
  const row = await db.one<{ count: number }>(sql`
    select count from forward_visitor
    where account_id = ${accountId} and day = ${Math.floor(now / day)} and address_hash = ${visitorHash}`)
  return row?.count ?? 0
}

/** Nobody else's friends count towards the same limits until the transaction ends. */
export function lockCounts(tx: Tx, accountId: number, of: ForwardOf, now: number): Promise<void> {
  return addCounts(tx, accountId, of, 0, now)
}

/** Notes that so many friends were named. */
export async function addCounts(tx: Tx, accountId: number, of: ForwardOf, friends: number, now: number): Promise<void> {
  const { contactId, campaignId, sendNo, visitorHash } = of
  await addCount(tx, accountId, 0, campaignId, 0, friends)
  if (visitorHash !== undefined)
    await tx.run(sql`
      insert into forward_visitor(account_id, day, address_hash, count)
      values (${accountId}, ${Math.floor(now / day)}, ${visitorHash}, ${friends})
      on conflict (account_id, day, address_hash) do update set count = forward_visitor.count + ${friends}`)
  if (friends > 0) await addCount(tx, accountId, contactId, campaignId, sendNo, friends)
}

async function addCount(
  tx: Tx,
  accountId: number,
  contactId: number,
  campaignId: number,
  sendNo: number,
  friends: number,
): Promise<void> {
  await tx.run(sql`
    insert into forward_count(contact_id, campaign_id, send_no, account_id, count)
    values (${contactId}, ${campaignId}, ${sendNo}, ${accountId}, ${friends})
    on conflict (contact_id, campaign_id, send_no) do update set count = forward_count.count + ${friends}`)
}
