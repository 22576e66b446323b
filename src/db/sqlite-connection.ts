// One connection to an SQLite file, with its prepared statements. Used by sqlite.ts.

import { DatabaseSync } from 'node:sqlite'
import type { StatementSync } from 'node:sqlite'
import type { Tx } from './db.ts'
import { sql } from './sql.ts'
import type { Sql } from './sql.ts'

export class Connection {
  readonly #db: DatabaseSync
  readonly #statements: StatementCache
  readonly #tupleStatements: StatementCache
  readonly tx: Omit<Tx, 'begunAt'>

  constructor(path: string, options: { busyTimeout: number; cacheBytes: number }) {
    this.#db = new DatabaseSync(path, { timeout: options.busyTimeout })
    this.#db.exec(`pragma cache_size = -${Math.round(options.cacheBytes / 1024)}; pragma temp_store = memory`)
    this.#statements = new StatementCache((text) => this.#db.prepare(text))
    this.#tupleStatements = new StatementCache((text) => {
      const statement = this.#db.prepare(text)
      statement.setReturnArrays(true)
      return statement
    })
    this.tx = {
      all: <Row>(query: Sql) => settle(() => this.all(query) as Row[]),
      one: <Row>(query: Sql) => settle(() => this.one(query) as Row | undefined),
      tuples: <Row extends readonly unknown[]>(query: Sql) => settle(() => this.tuples(query) as unknown[] as Row[]),
      run: (query) => settle(() => Number(this.#statements.get(query).run(...query.values).changes)),
      isRemote: false,
      forUpdate: sql``,
      skipLocked: sql``,
    }
  }

  get isInTransaction(): boolean {
    return this.#db.isTransaction
  }

  all(query: Sql): unknown[] {
    return this.#statements.get(query).all(...query.values)
  }

  tuples(query: Sql): unknown[] {
    return this.#tupleStatements.get(query).all(...query.values)
  }

  iterate(query: Sql): Iterable<unknown> {
    return this.#tupleStatements.get(query).iterate(...query.values)
  }

  one(query: Sql): unknown {
    return this.#statements.get(query).get(...query.values)
  }

  exec(text: string): void {
    this.#db.exec(text)
  }

  close(): void {
    this.#db.close()
  }
}

class StatementCache {
  // By the identity of the literal pieces; composed ones, which are new each time, by their text.
  readonly #byPieces = new WeakMap<readonly string[], StatementSync>()
  readonly #byText = new Map<string, StatementSync>()
  readonly #prepare: (text: string) => StatementSync

  constructor(prepare: (text: string) => StatementSync) {
    this.#prepare = prepare
  }

  get(query: Sql): StatementSync {
    const known = this.#byPieces.get(query.strings)
    if (known) return known
    const text = query.strings.join('?')
    let statement = this.#byText.get(text)
    if (!statement) {
      statement = this.#prepare(text)
      this.#byText.set(text, statement)
    }
    this.#byPieces.set(query.strings, statement)
    return statement
  }
}

/** What the work gives or throws, as a promise; not `async`, because a microtask per row of a large batch would show. */
export function settle<T>(work: () => T): Promise<T> {
  try {
    return Promise.resolve(work())
  } catch (error) {
    return Promise.reject(error)
  }
}
