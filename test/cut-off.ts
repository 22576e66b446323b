// Work that is cut off in the middle, for tests of what is left then.

import type { Db, Tx } from '../src/db/db.ts'

export class CutOff extends Error {}

/** A store whose process dies before, or during, its transaction of this number. */
export function dyingAt(db: Db, transactions: number, isMidway: boolean): Db {
  let count = 0
  const transaction: Db['transaction'] = async <T>(work: (tx: Tx) => Promise<T>): Promise<T> => {
    if (++count < transactions) return db.transaction(work)
    if (!isMidway) throw new CutOff()
    return db.transaction(async (tx) => {
      await work(tx)
      throw new CutOff()
    })
  }
  return {
    transaction,
    all: (query) => db.all(query),
    one: (query) => db.one(query),
    tuples: (query) => db.tuples(query),
    version: () => db.version(),
    oldestBegunAt: () => db.oldestBegunAt(),
    examine: (isFull) => db.examine(isFull),
    [Symbol.asyncDispose]: () => db[Symbol.asyncDispose](),
  }
}
