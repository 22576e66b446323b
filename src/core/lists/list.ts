// Lists and who is on them. Ids are small numbers of the account, because old clients have them built in.

import type { Reader, Tx } from '../../db/db.ts'
import { allocateIds, reserveId } from '../../db/ids.ts'
import { sql } from '../../db/sql.ts'
import { ConflictError } from '../../errors.ts'
import type { ActionBy } from '../contacts/contact.ts'

export interface Membership {
  listId: number
  listName: string
  optInAt: number
  optInSource: ActionBy
}

/** The lists a contact is on, in the order of their ids. */
export function listMemberships(db: Reader, accountId: number, contactId: number): Promise<Membership[]> {
  return db.all<Membership>(sql`
    select m.list_id as "listId", l.name as "listName", m.opt_in_at as "optInAt", m.opt_in_source as "optInSource"
    from membership m join list l on l.account_id = m.account_id and l.list_id = m.list_id
    where m.contact_id = ${contactId} and m.account_id = ${accountId} order by m.list_id`)
}

/** The id of the list of this name, created if new. */
export async function findOrCreateList(tx: Tx, accountId: number, name: string, now: number): Promise<number> {
  const found = await findListByName(tx, accountId, name)
  if (found !== undefined) return found
  const listId = await allocateIds(tx, `list of ${accountId}`, 1, 1)
  await insertList(tx, accountId, { listId, name }, now)
  return listId
}

/** Creates a list under an id somebody else chose. True when new, false when it exists just so; throws ConflictError. */
export async function importList(
  tx: Tx,
  accountId: number,
  list: { listId: number; name: string },
  now: number,
): Promise<boolean> {
  const named = await findListByName(tx, accountId, list.name)
  if (named === list.listId) return false
  if (named !== undefined) throw new ConflictError(`list ${named} has this name already`)
  const taken = await tx.one(sql`select 1 from list where account_id = ${accountId} and list_id = ${list.listId}`)
  if (taken) throw new ConflictError(`list ${list.listId} exists under another name`)
  await reserveId(tx, `list of ${accountId}`, list.listId)
  await insertList(tx, accountId, list, now)
  return true
}

/** Puts a contact on a list; false when it was there already, which leaves its opt-in as it was. */
export async function addMembership(
  tx: Tx,
  accountId: number,
  contactId: number,
  membership: Omit<Membership, 'listName'>,
): Promise<boolean> {
  const added = await tx.run(sql`
    insert into membership(contact_id, list_id, account_id, opt_in_at, opt_in_source)
    values (${contactId}, ${membership.listId}, ${accountId}, ${membership.optInAt}, ${membership.optInSource}) on conflict do nothing`)
  return added > 0
}

async function findListByName(tx: Tx, accountId: number, name: string): Promise<number | undefined> {
  const row = await tx.one<{ listId: number }>(
    sql`select list_id as "listId" from list where account_id = ${accountId} and name = ${name}`,
  )
  return row?.listId
}

async function insertList(
  tx: Tx,
  accountId: number,
  list: { listId: number; name: string },
  now: number,
): Promise<void> {
  await tx.run(sql`insert into list(account_id, list_id, name, opt_in_default, sort_order, created_at)
    values (${accountId}, ${list.listId}, ${list.name}, 0, ${list.listId}, ${now})`)
}
