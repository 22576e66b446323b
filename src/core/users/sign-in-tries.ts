// Guessing slows down: who has failed often waits. Counted in the store, so that all processes count together. Called by
// faces/web.

import type { Db } from '../../db/db.ts'
import { sql, sqlList } from '../../db/sql.ts'
import { digest } from './secret-text.ts'

/** So many may fail in a row, and one more each time this has passed. */
const triesInARow = 30
const perTry = 2000
/** What is forgotten is removed after a while, an attempt at a time. */
const removedAfter = 3_600_000

/**
 * Takes an attempt from each of the names, such as an address and the name tried; to be given back when it succeeds. The
 * seconds to wait where one of them has none left: then nothing is taken.
 */
export async function takeTry(db: Db, names: readonly string[], now: number): Promise<number> {
  const limit = now + triesInARow * perTry
  return db.transaction(async (tx) => {
    let wait = 0
    const taken = digestsOf(names)
    for (const who of taken) {
      const [row] = await tx.tuples<[freeAt: number]>(sql`
        insert into sign_in_try(who, free_at) values (${who}, ${now + perTry})
        on conflict(who) do update set free_at =
          case when sign_in_try.free_at > ${now} then sign_in_try.free_at else ${now} end + ${perTry}
        returning free_at`)
      wait = Math.max(wait, row![0] - limit)
    }
    if (wait > 0) await tx.run(sql`update sign_in_try set free_at = free_at - ${perTry} where who in ${sqlList(taken)}`)
    else await tx.run(sql`delete from sign_in_try where free_at < ${now - removedAfter}`)
    return Math.ceil(wait / 1000)
  })
}

/** For an attempt that succeeded. */
export async function giveTryBack(db: Db, names: readonly string[]): Promise<void> {
  await db.transaction((tx) =>
    tx.run(sql`update sign_in_try set free_at = free_at - ${perTry} where who in ${sqlList(digestsOf(names))}`),
  )
}

// Always in the same order, so that two processes never wait for each other.
function digestsOf(names: readonly string[]): string[] {
  return names.map(digest).toSorted()
}
