// What a database is to the rest of the program. sqlite.ts is the embedded engine behind it, postgres.ts the server.

import type { Sql, SqlValue } from './sql.ts'

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
  /** When the transaction began, epoch ms by the program's clock. Where there is one writer, in the order of commits. */
  readonly begunAt: number
  /** True where every statement is a round trip, so that many rows must share one. */
  readonly isRemote: boolean
  /**
   * Ends a select of the one row that the work goes on to change, named by its key: nobody else changes it meanwhile.
   * Empty where there is only one writer anyway.
   */
  readonly forUpdate: Sql
  /** Behind `forUpdate`: passes over rows that others are changing, instead of waiting for them. */
  readonly skipLocked: Sql
}

export interface Db extends VersionedReader, AsyncDisposable {
  /**
   * Runs `work` atomically and resolves once it is durable. Where there is one writer, works that arrive together share
   * one commit, each of them all or nothing by itself. `work` must wait for nothing but its own `tx`, and may be run
   * again from its start when it lost a race or the connection: it changes nothing outside that a second run would not
   * put right. An error of the store ends the transaction, so `work` lets it through.
   */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /**
   * When the oldest transaction that is still under way began, epoch ms by the store's clock. Undefined when none is, and
   * where there is one writer: there nothing commits before what began earlier.
   */
  oldestBegunAt(): Promise<number | undefined>
  /** What the store says about its own health, in words; with `isFull` it looks at everything it has. */
  examine(isFull: boolean): Promise<{ isSound: boolean; detail: string }>
}

/** A store whose schema can be brought up to date (migrate.ts). */
export interface Migratable extends Db {
  readonly engine: 'sqlite' | 'postgres'
  /** Creates the table of applied migrations where it is missing; keeps other migrating processes out until the end. */
  beginMigration(tx: Tx): Promise<{ isDistributed: boolean }>
  /** Runs the statements of a migration's file. */
  runScript(tx: Tx, text: string): Promise<void>
}

/** The store as it was at one moment, however long the reading takes. */
export interface Snapshot {
  /** The rows in parts of `size`, each as its values in the order of the columns. One stream at a time. */
  stream(query: Sql, size: number): AsyncIterable<SqlValue[][]>
}

/** Connections to a server, and how many wait for one. */
export interface Connections {
  busy: number
  idle: number
  waiting: number
}

/** A store that can be copied as a whole (core/copy/). */
export interface Store extends Migratable {
  /** True where rows lie as they came, and the feed of events leans on their having come in the order of receipt. */
  readonly keepsArrivalOrder: boolean
  /** False where texts can't hold NUL: it is stored as U+FFFD. */
  readonly holdsNul: boolean
  /** Undefined where there is no server. */
  connections(): Connections | undefined
  /** Runs `work` once on what is committed now. */
  snapshot<T>(work: (snapshot: Snapshot) => Promise<T>): Promise<T>
}
