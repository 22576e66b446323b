// Lists, as they are read. Ids are small numbers of the account, because old clients have them built in.

import type { Reader, Tx } from '../../db/db.ts'
import { sql, sqlLimit } from '../../db/sql.ts'
import type { Sql } from '../../db/sql.ts'
import { NotFoundError } from '../../errors.ts'

export interface List {
  listId: number
  name: string
  isOptInDefault: boolean
  sortOrder: number
}

export interface ListPosition {
  sortOrder: number
  listId: number
}

/** By sort order, then id; `after` is the last one already shown. */
export async function listLists(
  db: Reader,
  accountId: number,
  page: { after?: ListPosition | undefined; limit: number },
): Promise<List[]> {
  const after = page.after ?? { sortOrder: Number.MIN_SAFE_INTEGER, listId: 0 }
  const rows = await db.all<ListRow>(sql`
    select ${columns} from list
    where account_id = ${accountId} and (sort_order, list_id) > (${after.sortOrder}, ${after.listId})
    order by sort_order, list_id ${sqlLimit(page.limit)}`)
  return rows.map(toList)
}

/** By id; throws NotFoundError. */
export async function getList(db: Reader, accountId: number, listId: number): Promise<List> {
  const list = await findList(db, accountId, listId, sql``)
  if (!list) throw new NotFoundError(`there is no list ${listId}`)
  return list
}

/** By id, for a change in the same transaction: nobody else changes the list meanwhile. Throws NotFoundError. */
export async function getListToChange(tx: Tx, accountId: number, listId: number): Promise<List> {
  const list = await findList(tx, accountId, listId, tx.forUpdate)
  if (!list) throw new NotFoundError(`there is no list ${listId}`)
  return list
}

async function findList(db: Reader, accountId: number, listId: number, lock: Sql): Promise<List | undefined> {
  const row = await db.one<ListRow>(
    sql`select ${columns} from list where account_id = ${accountId} and list_id = ${listId} ${lock}`,
  )
  return row && toList(row)
}

/** Whether the account has the list. */
export async function hasList(db: Reader, accountId: number, listId: number): Promise<boolean> {
  const row = await db.one(sql`select 1 from list where account_id = ${accountId} and list_id = ${listId}`)
  return row !== undefined
}

/** The id of the list of exactly this name; undefined when there is none. */
export async function findListByName(db: Reader, accountId: number, name: string): Promise<number | undefined> {
  const row = await db.one<{ listId: number }>(
    sql`select list_id as "listId" from list where account_id = ${accountId} and name = ${name}`,
  )
  return row?.listId
}

/** How many contacts are on it. */
export async function countMembers(db: Reader, accountId: number, listId: number): Promise<number> {
  const row = await db.one<{ count: number }>(
    sql`select count(*) as count from membership where account_id = ${accountId} and list_id = ${listId}`,
  )
  return row!.count
}

const columns = sql`list_id as "listId", name, opt_in_default as "isOptInDefault", sort_order as "sortOrder"`
type ListRow = Omit<List, 'isOptInDefault'> & { isOptInDefault: number }

function toList(row: ListRow): List {
  return { ...row, isOptInDefault: row.isOptInDefault === 1 }
}
