// Takes many contacts off lists at once. Called by bulk activities, and when a list is deleted.

import type { Tx } from '../../db/db.ts'
import { inParts, sql, sqlList } from '../../db/sql.ts'

/**
 * Takes those of the contacts that are on any of the lists off them, and returns how many that were. Who is on no list
 * then is Removed (wire-2008 2.5).
 */
export async function takeOffLists(
  tx: Tx,
  accountId: number,
  contactIds: readonly number[],
  listIds: readonly number[],
  now: number,
): Promise<number> {
  if (listIds.length === 0) return 0
  let count = 0
  for (const part of inParts(contactIds, 512)) {
    const onLists = await tx.tuples<[contactId: number]>(sql`
      select distinct contact_id from membership
      where contact_id in ${sqlList(part)} and list_id in ${sqlList(listIds)} and account_id = ${accountId}`)
    const affected = onLists.map(([contactId]) => contactId)
    if (affected.length === 0) continue
    await tx.run(sql`
      delete from membership
      where contact_id in ${sqlList(affected)} and list_id in ${sqlList(listIds)} and account_id = ${accountId}`)
    await removeIfOnNone(tx, accountId, affected, now)
    count += affected.length
  }
  return count
}

// In statements of one table each: a cluster takes no sub-select in what an update sets. The plus keeps SQLite from
// looking through all memberships of the account.
async function removeIfOnNone(tx: Tx, accountId: number, contactIds: readonly number[], now: number): Promise<void> {
  const rows = await tx.tuples<[contactId: number]>(sql`
    select distinct contact_id from membership where contact_id in ${sqlList(contactIds)} and +account_id = ${accountId}`)
  const stillOn = new Set(rows.map(([contactId]) => contactId))
  const onNone = contactIds.filter((contactId) => !stillOn.has(contactId))
  await tx.run(sql`
    update contact set updated_at = ${now} where contact_id in ${sqlList(contactIds)} and account_id = ${accountId}`)
  if (onNone.length === 0) return
  await tx.run(sql`
    update contact set status = 'removed'
    where contact_id in ${sqlList(onNone)} and account_id = ${accountId} and status in ('active', 'unconfirmed')`)
}
