// A store that is away for a while does not end an import. Used by import-file.ts.

import { setTimeout } from 'node:timers/promises'
import type { Db } from '../../db/db.ts'
import { UnavailableError } from '../../errors.ts'

/** How long to wait for the store to come back before the import gives up, in ms. It then goes on where it stopped. */
const patience = 120_000
const firstPause = 250
const longestPause = 5000

/**
 * The same store, on which whatever fails because the store is away is done again until it is back. That may do twice
 * what was stored although the answer was lost, so it is for what may be repeated.
 */
export function patient(db: Db, onWait: (reason: string) => void): Db {
  const again = async <T>(work: () => Promise<T>): Promise<T> => {
    const giveUpAt = performance.now() + patience
    for (let pause = firstPause; ; pause = Math.min(2 * pause, longestPause)) {
      try {
        return await work()
      } catch (error) {
        if (!(error instanceof UnavailableError) || performance.now() > giveUpAt) throw error
        if (pause === firstPause) onWait(error.message)
        await setTimeout(pause)
      }
    }
  }
  return {
    all: (query) => again(() => db.all(query)),
    one: (query) => again(() => db.one(query)),
    tuples: (query) => again(() => db.tuples(query)),
    transaction: (work) => again(() => db.transaction(work)),
    version: () => db.version(),
    oldestBegunAt: () => db.oldestBegunAt(),
    examine: (isFull) => db.examine(isFull),
    [Symbol.asyncDispose]: () => db[Symbol.asyncDispose](),
  }
}
