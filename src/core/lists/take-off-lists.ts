// Takes many contacts off lists at once. Called by bulk activities.

import type { Tx } from '../../db/db.ts'
import { sql, sqlList } from '../../db/sql.ts'

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
  if (contactIds.length === 0 || listIds.length === 0) return 0
  const onLists = await tx.all<{ contactId: number }>(sql`
    select distinct contact_id as "contactId" from membership
    where contact_id in ${sqlList(contactIds)} and list_id in ${sqlList(listIds)} and account_id = ${accountId}`)
  const affected = onLists.map(({ contactId }) => contactId)
  if (affected.length === 0) return 0
  await tx.run(sql`
    delete from membership
    where contact_id in ${sqlList(affected)} and list_id in ${sqlList(listIds)} and account_id = ${accountId}`)
  // The plus keeps SQLite from looking through all memberships of the account for each contact.
  await tx.run(sql`
    update contact set updated_at = ${now}, status = case
      when status in ('active', 'unconfirmed') and not exists
        (select 1 from membership m where m.contact_id = contact.contact_id and +m.account_id = ${accountId})
      then 'removed' else status end
    where contact_id in ${sqlList(affected)} and account_id = ${accountId}`)
  return affected.length
}
