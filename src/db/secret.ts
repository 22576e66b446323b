// Keys that all processes on one store share, made by the first that needs one. Used by app.ts and core/suppressions.

import { randomBytes } from 'node:crypto'
import type { Reader, Tx } from './db.ts'
import { sql } from './sql.ts'

/** 32 random bytes, the same ever after. */
export async function findOrCreateSecret(tx: Tx, name: string): Promise<Uint8Array> {
  await tx.run(
    sql`insert into secret(name, value) values (${name}, ${randomBytes(32).toString('hex')}) on conflict do nothing`,
  )
  return (await findSecret(tx, name))!
}

/** Undefined as long as nobody needed one of this name. */
export async function findSecret(db: Reader, name: string): Promise<Uint8Array | undefined> {
  const row = await db.one<{ value: string }>(sql`select value from secret where name = ${name}`)
  return row && Buffer.from(row.value, 'hex')
}
