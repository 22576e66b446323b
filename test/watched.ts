// A store that notes every statement run on it, by its text. Used by the tests of plans and of what Citus takes.

import type { Db, Tx } from '../src/db/db.ts'
import type { Sql } from '../src/db/sql.ts'

/** The store itself, each statement noted in `seen` before it runs. Does not tell versions, so that nothing is answered from memory. */
export function watched(db: Db, seen: Map<string, Sql>): Db {
  const note = (query: Sql): Sql => {
    seen.set(query.strings.join('?'), query)
    return query
  }
  return {
    all: (query) => db.all(note(query)),
    one: (query) => db.one(note(query)),
    tuples: (query) => db.tuples(note(query)),
    version: () => undefined,
    transaction: (work) =>
      db.transaction((tx) => {
        const noting: Tx = {
          ...tx,
          all: (query) => tx.all(note(query)),
          one: (query) => tx.one(note(query)),
          tuples: (query) => tx.tuples(note(query)),
          run: (query) => tx.run(note(query)),
        }
        return work(noting)
      }),
    oldestBegunAt: () => db.oldestBegunAt(),
    examine: (isFull) => db.examine(isFull),
    [Symbol.asyncDispose]: () => db[Symbol.asyncDispose](),
  }
}
