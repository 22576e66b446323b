// A store that can be away. Used by the tests of what readers get then.

import type { App } from '../src/app.ts'
import { UnavailableError } from '../src/errors.ts'

/** The same app with a store that is away for as long as `isAway` says. */
export function withStoreAway(app: App, isAway: () => boolean): App {
  const refuse = <T>(work: () => Promise<T>): Promise<T> =>
    isAway() ? Promise.reject(new UnavailableError('away')) : work()
  const db: App['db'] = {
    all: (query) => refuse(() => app.db.all(query)),
    one: (query) => refuse(() => app.db.one(query)),
    tuples: (query) => refuse(() => app.db.tuples(query)),
    version: () => app.db.version(),
    transaction: (work) => refuse(() => app.db.transaction(work)),
    oldestBegunAt: () => app.db.oldestBegunAt(),
    examine: (isFull) => app.db.examine(isFull),
    [Symbol.asyncDispose]: () => app.db[Symbol.asyncDispose](),
  }
  return { ...app, db }
}
