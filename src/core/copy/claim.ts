// Which store is being copied into which, and how far that is: a row among the target's secrets, which changes with the
// rows themselves, so that a copy that was cut off goes on where it was. Used by copy-store.ts and by app.ts.

import { randomBytes } from 'node:crypto'
import type { Reader, Store, Tx } from '../../db/db.ts'
import { Sql, sql } from '../../db/sql.ts'
import type { SqlValue } from '../../db/sql.ts'
import { ConflictError } from '../../errors.ts'
import { copySecret, storeSecret, tables } from './tables.ts'

export interface CopyState {
  /** The source's own name, made at random. */
  source: string
  /** The table that is being copied; those before it are done. Null when all are. */
  table: string | null
  /** The last row that is there, by the columns of the table's order; null before the first. */
  after: readonly SqlValue[] | null
}

/** Makes the target the source's own, or finds how far it is; throws when it holds anything else. */
export async function claimTarget(source: Store, target: Store): Promise<CopyState> {
  if ((await findCopy(source))?.table) throw new ConflictError('the source is itself a copy that is not finished')
  const sourceId = await source.transaction(findOrMakeName)
  return target.transaction(async (tx) => {
    if ((await findSecret(tx, storeSecret)) === sourceId)
      throw new ConflictError('source and target are the same store, or one was restored from the other')
    const begun = await findCopy(tx)
    if (begun && begun.source !== sourceId)
      throw new ConflictError('the target is a copy of another store: copying needs an empty one')
    if (begun) return begun
    await refuseRows(tx)
    const state: CopyState = { source: sourceId, table: tables[0]!.name, after: null }
    // What merely opening a store puts there, such as a key of its own.
    await tx.run(sql`delete from secret where name <> ${storeSecret}`)
    await tx.run(sql`insert into secret(name, value) values (${copySecret}, ${JSON.stringify(state)})`)
    return state
  })
}

/** Takes the target from one state to the next; throws when somebody else has. */
export async function advance(tx: Tx, from: CopyState, to: CopyState): Promise<void> {
  const changed = await tx.run(
    sql`update secret set value = ${JSON.stringify(to)} where name = ${copySecret} and value = ${JSON.stringify(from)}`,
  )
  if (changed !== 1) throw new ConflictError('another copy into the same store is under way')
}

/** Throws when the store holds only a part of what is being copied into it. */
export async function refuseUnfinishedCopy(db: Reader): Promise<void> {
  if ((await findCopy(db))?.table)
    throw new ConflictError(
      'this store is a copy that is not finished: run "contrail copy" again, which goes on with it',
    )
}

async function findCopy(db: Reader): Promise<CopyState | undefined> {
  const text = await findSecret(db, copySecret)
  return text === undefined ? undefined : (JSON.parse(text) as CopyState)
}

async function findSecret(db: Reader, name: string): Promise<string | undefined> {
  return (await db.one<{ value: string }>(sql`select value from secret where name = ${name}`))?.value
}

async function findOrMakeName(tx: Tx): Promise<string> {
  const made = randomBytes(16).toString('hex')
  await tx.run(sql`insert into secret(name, value) values (${storeSecret}, ${made}) on conflict do nothing`)
  return (await findSecret(tx, storeSecret))!
}

async function refuseRows(tx: Tx): Promise<void> {
  for (const { name } of tables) {
    if (name === 'secret' || !(await tx.one(new Sql([`select 1 as found from ${name} limit 1`], [])))) continue
    throw new ConflictError(`the target holds data already (in its table "${name}"): copying needs an empty one`)
  }
}
