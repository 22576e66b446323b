// What a database is to the rest of the program. sqlite.ts is the embedded engine behind it.

import type { Sql } from './sql.ts'

export interface Reader {
  /** All rows, in the statement's own order. */
  all<Row>(query: Sql): Promise<Row[]>
  /** The same, each row as its values in the order of the columns: three times as fast, for the hottest pages. */
  tuples<Row extends readonly unknown[]>(query: Sql): Promise<Row[]>
  /** The first row, or undefined when there is none. */
  one<Row>(query: Sql): Promise<Row | undefined>
}

export interface VersionedReader extends Reader {
  /**
   * A number that is another one whenever anybody has committed anything since; equal numbers mean that every query
   * would answer as before. Undefined where the engine can't tell.
   */
  version(): number | undefined
}

export interface Tx extends Reader {
  /** Runs a write and returns how many rows it changed. */
  run(query: Sql): Promise<number>
}

export interface Db extends VersionedReader, AsyncDisposable {
  /**
   * Runs `work` atomically and resolves once it is durable. Works that arrive together share one commit, each of
   * them all or nothing by itself. `work` must wait for nothing but its own `tx`: it holds the only writer.
   */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>
}
