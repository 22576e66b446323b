// Creates, changes and deletes lists (wire-2008 6.3, 6.4), and takes those of an imported history in.

import type { Db, Tx } from '../../db/db.ts'
import { allocateIds, reserveId } from '../../db/ids.ts'
import { sql } from '../../db/sql.ts'
import { ConflictError } from '../../errors.ts'
import { takeOffLists } from './take-off-lists.ts'
import { findListByName, getListToChange } from './list.ts'
import type { List } from './list.ts'

export type ListFields = Omit<List, 'listId'>

/** Throws ConflictError when the account has a list of this name. */
export function createList(db: Db, accountId: number, fields: ListFields, now: number): Promise<List> {
  return db.transaction((tx) => createListIn(tx, accountId, fields, now))
}

/** The same inside the caller's transaction; without a sort order the list comes behind those made before. */
export async function createListIn(
  tx: Tx,
  accountId: number,
  fields: Omit<ListFields, 'sortOrder'> & { sortOrder?: number | undefined },
  now: number,
): Promise<List> {
  if ((await findListByName(tx, accountId, fields.name)) !== undefined) throw nameTaken(fields.name)
  const listId = await allocateIds(tx, idsOf(accountId), 1, 1)
  const list = { ...fields, listId, sortOrder: fields.sortOrder ?? listId }
  await insertList(tx, accountId, list, now)
  return list
}

/** Replaces what is given. Throws NotFoundError, ConflictError. */
export function changeList(db: Db, accountId: number, listId: number, fields: Partial<ListFields>): Promise<void> {
  return db.transaction((tx) => changeListIn(tx, accountId, listId, fields))
}

/** The same inside the caller's transaction. */
export async function changeListIn(
  tx: Tx,
  accountId: number,
  listId: number,
  fields: Partial<ListFields>,
): Promise<void> {
  const list = { ...(await getListToChange(tx, accountId, listId)), ...fields }
  const namesake = await findListByName(tx, accountId, list.name)
  if (namesake !== undefined && namesake !== listId) throw nameTaken(list.name)
  await tx.run(sql`
    update list set name = ${list.name}, opt_in_default = ${Number(list.isOptInDefault)}, sort_order = ${list.sortOrder}
    where account_id = ${accountId} and list_id = ${listId}`)
}

/** Its members lose it; who is on no list then is Removed (a guess, 6.4). Throws NotFoundError. */
export function deleteList(db: Db, accountId: number, listId: number, now: number): Promise<void> {
  return db.transaction((tx) => deleteListIn(tx, accountId, listId, now))
}

/** The same inside the caller's transaction. */
export async function deleteListIn(tx: Tx, accountId: number, listId: number, now: number): Promise<void> {
  await getListToChange(tx, accountId, listId)
  const members = await tx.tuples<[contactId: number]>(
    sql`select contact_id from membership where account_id = ${accountId} and list_id = ${listId} order by contact_id`,
  )
  const contactIds = members.map(([contactId]) => contactId)
  await takeOffLists(tx, accountId, contactIds, [listId], now)
  await tx.run(sql`delete from campaign_list where account_id = ${accountId} and list_id = ${listId}`)
  await tx.run(sql`delete from list where account_id = ${accountId} and list_id = ${listId}`)
}

/** The id of the list of this name, created if new. */
export async function findOrCreateList(tx: Tx, accountId: number, name: string, now: number): Promise<number> {
  const found = await findListByName(tx, accountId, name)
  if (found !== undefined) return found
  const listId = await allocateIds(tx, idsOf(accountId), 1, 1)
  await insertList(tx, accountId, { listId, name, isOptInDefault: false, sortOrder: listId }, now)
  return listId
}

/** Creates a list under an id somebody else chose. True when new, false when it exists just so; throws ConflictError. */
export async function importList(
  tx: Tx,
  accountId: number,
  { listId, name }: { listId: number; name: string },
  now: number,
): Promise<boolean> {
  const named = await findListByName(tx, accountId, name)
  if (named === listId) return false
  if (named !== undefined) throw new ConflictError(`list ${named} has this name already`)
  const taken = await tx.one(sql`select 1 from list where account_id = ${accountId} and list_id = ${listId}`)
  if (taken) throw new ConflictError(`list ${listId} exists under another name`)
  await reserveId(tx, idsOf(accountId), listId, 1)
  await insertList(tx, accountId, { listId, name, isOptInDefault: false, sortOrder: listId }, now)
  return true
}

async function insertList(tx: Tx, accountId: number, list: List, now: number): Promise<void> {
  await tx.run(sql`insert into list(account_id, list_id, name, opt_in_default, sort_order, created_at)
    values (${accountId}, ${list.listId}, ${list.name}, ${Number(list.isOptInDefault)}, ${list.sortOrder}, ${now})`)
}

function idsOf(accountId: number): string {
  return `list of ${accountId}`
}

function nameTaken(name: string): ConflictError {
  return new ConflictError(`the account has a list named "${name}"`)
}
