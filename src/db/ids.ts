// Public ids: numbers handed out from a table, in order, never twice, and texts that nobody can guess.

import { randomBytes } from 'node:crypto'
import type { Tx } from './db.ts'
import { sql } from './sql.ts'

/** Ids given by others, as when a history is imported, must be below this; ours then always stay below 2^53. */
export const maxGivenId = 2 ** 52

/** The first of `count` consecutive ids of this name, never given out before; `first` is where a new name starts. */
export async function allocateIds(tx: Tx, name: string, count: number, first: number): Promise<number> {
  const row = await tx.one<{ nextId: number }>(sql`
    insert into id_block(name, next_id) values (${name}, ${first + count})
    on conflict (name) do update set next_id = id_block.next_id + ${count} returning next_id as "nextId"`)
  return row!.nextId - count
}

/** Makes sure that `id`, which somebody else chose, is never given out; `first` is where a new name starts. */
export async function reserveId(tx: Tx, name: string, id: number, first: number): Promise<void> {
  await tx.run(sql`
    insert into id_block(name, next_id) values (${name}, ${Math.max(id + 1, first)})
    on conflict (name) do update set next_id = ${id + 1} where id_block.next_id <= ${id}`)
}

/** Of 24 letters, digits, hyphens and underscores; none in front that a command line would take for an option. */
export function newSecretId(): string {
  const id = randomBytes(18).toString('base64url')
  return id.startsWith('-') ? newSecretId() : id
}
