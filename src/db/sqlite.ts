// The embedded engine: one SQLite file, one writing and one reading connection per process, group commit.
// Opened by app.ts and by the tests.

import { setImmediate as nextTurn, setTimeout } from 'node:timers/promises'
import { UnavailableError } from '../errors.ts'
import type { Snapshot, Store, Tx } from './db.ts'
import { Connection, settle } from './sqlite-connection.ts'
import { asUnavailable, isBusy } from './sqlite-errors.ts'
import { sql } from './sql.ts'
import type { Sql, SqlValue } from './sql.ts'

export interface SqliteOptions {
  /** How long a write waits for another process's transaction before it fails, in ms. */
  busyTimeout?: number
  /** Size in 8 KB pages at which the log is folded into the file: small answers evenly, large writes faster. */
  checkpointPages?: number
  /** Bytes of page cache per connection. */
  cacheBytes?: number
  /** The program's clock, epoch ms. */
  now?: () => number
}

const defaults = { busyTimeout: 30_000, checkpointPages: 1000, cacheBytes: 64 * 2 ** 20, now: Date.now }
const groupLimit = 1000
/** So many transactions may wait for the writer; beyond that they are refused at once. */
const maxWaiting = 10_000
const versionOfFile = sql`pragma data_version`
const begin = sql`begin`
const commit = sql`commit`

/** Opens or creates the file and sets the durability that an answer promises (WAL, synchronous=FULL). */
export function openSqlite(path: string, options: SqliteOptions = {}): SqliteDb {
  return new SqliteDb(path, { ...defaults, ...options })
}

export class SqliteDb implements Store {
  readonly engine = 'sqlite'
  readonly keepsArrivalOrder = false
  readonly holdsNul = true
  readonly #writer: Connection
  readonly #reader: Connection
  readonly #openAnother: () => Connection
  readonly #busyTimeout: number
  readonly #now: () => number
  #queue: Job[] = []
  #draining: Promise<void> | undefined
  #isClosed = false
  #isSnapshotOpen = false
  #snapshotVersion: number | undefined

  constructor(path: string, options: Required<SqliteOptions>) {
    // Opening may meet another process that is creating the file: there, waiting inside SQLite is right.
    this.#writer = new Connection(path, options)
    this.#writer.exec('pragma page_size = 8192; pragma journal_mode = wal')
    this.#writer.exec(`pragma synchronous = full; pragma wal_autocheckpoint = ${options.checkpointPages}`)
    // Later waits are ours (see #begin): a wait inside SQLite would stop the whole event loop.
    this.#writer.exec('pragma busy_timeout = 0')
    this.#openAnother = () => {
      const reader = new Connection(path, options)
      reader.exec('pragma query_only = on')
      return reader
    }
    this.#reader = this.#openAnother()
    this.#busyTimeout = options.busyTimeout
    this.#now = options.now
  }

  // Not `async`: statements are synchronous, and a microtask per row of a large batch would show.
  all<Row>(query: Sql): Promise<Row[]> {
    return read(() => this.#snapshot().all(query) as Row[])
  }

  one<Row>(query: Sql): Promise<Row | undefined> {
    return read(() => this.#snapshot().one(query) as Row | undefined)
  }

  tuples<Row extends readonly unknown[]>(query: Sql): Promise<Row[]> {
    return read(() => this.#snapshot().tuples(query) as unknown[] as Row[])
  }

  version(): number {
    const reader = this.#snapshot()
    this.#snapshotVersion ??= (reader.tuples(versionOfFile) as [number][])[0]![0]
    return this.#snapshotVersion
  }

  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    if (this.#isClosed) return Promise.reject(new UnavailableError('the database is closed'))
    if (this.#queue.length >= maxWaiting)
      return Promise.reject(new UnavailableError('too many writes wait for the disk'))
    return new Promise<T>((resolve, reject) => {
      this.#queue.push({ work, resolve: resolve as (value: unknown) => void, reject, since: performance.now() })
      this.#draining ??= this.#drain()
    })
  }

  /** Runs a statement that is not part of any transaction, such as a pragma or a migration's DDL. */
  exec(text: string): void {
    this.#writer.exec(text)
  }

  async beginMigration(tx: Tx): Promise<{ isDistributed: boolean }> {
    await tx.run(
      sql`create table if not exists migration(number integer primary key, name text not null, applied_at integer not null) strict`,
    )
    return { isDistributed: false }
  }

  runScript(_tx: Tx, text: string): Promise<void> {
    return settle(() => this.exec(text))
  }

  /** On a connection of its own, which keeps what it sees until the end; others go on reading and writing. */
  async snapshot<T>(work: (snapshot: Snapshot) => Promise<T>): Promise<T> {
    const connection = this.#openAnother()
    try {
      connection.exec('begin')
      // The moment is that of the first read.
      connection.all(sql`select 1 from sqlite_schema limit 1`)
      return await work({ stream: (query, size) => streamParts(connection, query, size) })
    } finally {
      connection.close()
    }
  }

  connections(): undefined {
    return undefined
  }

  oldestBegunAt(): Promise<undefined> {
    return Promise.resolve(undefined)
  }

  async examine(isFull: boolean): Promise<{ isSound: boolean; detail: string }> {
    const rows = isFull
      ? await this.all<{ result: string }>(sql`select integrity_check as result from pragma_integrity_check`)
      : await this.all<{ result: string }>(sql`select quick_check as result from pragma_quick_check`)
    const broken = await this.all(sql`select * from pragma_foreign_key_check limit 10`)
    const size = await this.one<{ bytes: number }>(
      sql`select page_count * page_size as bytes from pragma_page_count, pragma_page_size`,
    )
    const isSound = rows.length === 1 && rows[0]!.result === 'ok' && broken.length === 0
    const detail = isSound
      ? `${(size!.bytes / 2 ** 20).toFixed(1)} MB, ${isFull ? 'every page is' : 'structure is'} sound`
      : [...rows.map((row) => row.result), ...broken.map((row) => JSON.stringify(row))].join('; ')
    return { isSound, detail }
  }

  /** Waits for the transactions already handed in, then closes both connections. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await this.#draining
    this.#endSnapshot()
    this.#reader.close()
    this.#writer.close()
  }

  // Opening and closing a read costs ten times what a look-up does (file locks), so the reads of one turn of the event
  // loop share a snapshot. It ends with the turn, and with every commit of ours: what was written is seen at once.
  #snapshot(): Connection {
    if (!this.#isSnapshotOpen) {
      this.#reader.all(begin)
      this.#isSnapshotOpen = true
      setImmediate(() => this.#endSnapshot())
    }
    return this.#reader
  }

  #endSnapshot(): void {
    if (!this.#isSnapshotOpen) return
    this.#isSnapshotOpen = false
    this.#snapshotVersion = undefined
    // An I/O error has ended it already.
    if (this.#reader.isInTransaction) this.#reader.all(commit)
  }

  async #drain(): Promise<void> {
    // One turn of the event loop: all requests that arrived in it share the commit, and those that arrive
    // while it syncs to disk share the next one.
    await nextTurn()
    while (this.#queue.length > 0) {
      await this.#commitGroup(this.#queue.splice(0, groupLimit))
      await nextTurn()
    }
    this.#draining = undefined
  }

  async #commitGroup(jobs: Job[]): Promise<void> {
    const done: (() => void)[] = []
    try {
      await this.#begin(jobs[0]!.since + this.#busyTimeout)
      if (jobs.length === 1) done.push(await this.#runAlone(jobs[0]!))
      else {
        for (const job of jobs) done.push(await this.#runJob(job))
        this.#writer.exec('commit')
      }
    } catch (error) {
      const reason = asUnavailable(error)
      for (const job of jobs) job.reject(reason)
      if (this.#writer.isInTransaction) this.#writer.exec('rollback')
      return
    }
    this.#endSnapshot()
    for (const answer of done) answer()
  }

  // Those who came while others waited have waited as well: nobody waits longer than the timeout.
  async #begin(giveUpAt: number): Promise<void> {
    for (;;) {
      try {
        return this.#writer.exec('begin immediate')
      } catch (error) {
        if (!isBusy(error) || performance.now() > giveUpAt) throw error
        await setTimeout(1 + Math.random() * 4)
      }
    }
  }

  // A savepoint keeps what each page was, in memory: much, for a work that touches many.
  async #runAlone(job: Job): Promise<() => void> {
    let value: unknown
    try {
      value = await job.work({ ...this.#writer.tx, begunAt: this.#now() })
    } catch (error) {
      if (!this.#writer.isInTransaction) throw error
      this.#writer.exec('rollback')
      return () => job.reject(asUnavailable(error))
    }
    this.#writer.exec('commit')
    return () => job.resolve(value)
  }

  async #runJob(job: Job): Promise<() => void> {
    this.#writer.exec('savepoint job')
    try {
      const value = await job.work({ ...this.#writer.tx, begunAt: this.#now() })
      this.#writer.exec('release job')
      return () => job.resolve(value)
    } catch (error) {
      // A full disk or an I/O error has already rolled everything back: then no job of the group may succeed.
      if (!this.#writer.isInTransaction) throw error
      this.#writer.exec('rollback to job; release job')
      return () => job.reject(asUnavailable(error))
    }
  }
}

interface Job {
  work: (tx: Tx) => Promise<unknown>
  resolve: (value: unknown) => void
  reject: (error: unknown) => void
  /** When it was handed in, by the clock of performance.now(). */
  since: number
}

// Lets others have their turn between two parts.
async function* streamParts(connection: Connection, query: Sql, size: number): AsyncGenerator<SqlValue[][]> {
  let part: SqlValue[][] = []
  for (const row of connection.iterate(query)) {
    if (part.push(row as SqlValue[]) < size) continue
    yield part
    part = []
    await nextTurn()
  }
  if (part.length > 0) yield part
}

// A read that the disk or another process stands in the way of may go through later.
function read<T>(work: () => T): Promise<T> {
  return settle(() => {
    try {
      return work()
    } catch (error) {
      throw asUnavailable(error)
    }
  })
}
