// The server engine: PostgreSQL 15 or newer, alone or with Citus, through a pool of connections.
// Opened by app.ts and by the tests. See docs/decisions/005-postgres.md.

import { setTimeout } from 'node:timers/promises'
import { DatabaseError, Pool } from 'pg'
import type { PoolClient, QueryConfig, QueryResult } from 'pg'
import { ConfigError, UnavailableError } from '../errors.ts'
import type { Connections, Snapshot, Store, Tx } from './db.ts'
import { commit, isAnswered, rolledBack } from './postgres-commit.ts'
import { asUnavailable, failureOf, isPoolers } from './postgres-errors.ts'
import { poolConfig, timeLimits } from './postgres-pool.ts'
import type { PostgresOptions } from './postgres-pool.ts'
import { splitScript, StatementTexts } from './postgres-text.ts'
import { sql, sqlJoin } from './sql.ts'
import type { Sql, SqlValue } from './sql.ts'

const defaults = {
  poolSize: 10,
  hasPreparedStatements: true,
  statementTimeout: 30_000,
  connectTimeout: 10_000,
  maxWaiting: 1000,
  now: Date.now,
}
const oldestVersion = 150_000
/** How often a transaction or a read is begun before the failure is handed on. */
const maxAttempts = 6
const firstPause = 20
/** The lock under which processes migrate, any number that nobody else uses. */
const migrationLock = 7_032_008_425

/** Connects once, and refuses a server that is too old or does not store Unicode. */
export async function openPostgres(url: string, options: PostgresOptions = {}): Promise<PostgresDb> {
  const db = new PostgresDb(url, { ...defaults, ...options })
  try {
    await db.checkServer()
    return db
  } catch (error) {
    await db[Symbol.asyncDispose]()
    throw explained(error)
  }
}

// At the start these are the operator's to mend; later they are an outage like others.
function explained(error: unknown): unknown {
  const cause = error instanceof UnavailableError ? error.cause : undefined
  if (!(cause instanceof DatabaseError)) return error
  if (isPoolers(cause))
    return new ConfigError(
      'CONTRAIL_DATABASE_PREPARED must be off behind a pooler such as PgBouncer, as this server is',
    )
  if (/^(28|3D000)/.test(cause.code ?? '')) return new ConfigError(`CONTRAIL_DATABASE_URL: ${cause.message}`)
  return error
}

export class PostgresDb implements Store {
  readonly engine = 'postgres'
  readonly keepsArrivalOrder = true
  readonly holdsNul = false
  readonly #pool: Pool
  readonly #texts: StatementTexts
  readonly #now: () => number
  readonly #patience: number
  readonly #maxWaiting: number
  readonly #clients = new Set<PoolClient>()
  readonly #underWay = new Set<Promise<unknown>>()
  #begin: string
  #isClosed = false

  constructor(url: string, options: Required<PostgresOptions>) {
    this.#texts = new StatementTexts(options.hasPreparedStatements)
    this.#now = options.now
    this.#patience = options.connectTimeout
    this.#maxWaiting = options.maxWaiting
    // Not "read write": where the operator has set the server to read-only, it is.
    this.#begin = 'begin isolation level read committed'
    if (!options.hasPreparedStatements)
      for (const [name, value] of Object.entries(timeLimits(options))) this.#begin += `; set local ${name} = ${value}`
    this.#pool = new Pool(poolConfig(url, options))
    // A broken idle connection is replaced when it is next needed; one in use fails the query that uses it.
    this.#pool.on('error', () => {})
    this.#pool.on('connect', (client) => {
      client.on('error', () => {})
      this.#clients.add(client)
      client.once('end', () => this.#clients.delete(client))
    })
  }

  async all<Row>(query: Sql): Promise<Row[]> {
    return (await this.#read(this.#texts.render(query))).rows as Row[]
  }

  async one<Row>(query: Sql): Promise<Row | undefined> {
    return (await this.#read(this.#texts.render(query))).rows[0] as Row | undefined
  }

  async tuples<Row extends readonly unknown[]>(query: Sql): Promise<Row[]> {
    return (await this.#read(this.#texts.render(query, 'array'))).rows as unknown[] as Row[]
  }

  /** Other processes commit unseen: there is no cheap way to know that nothing has changed. */
  version(): undefined {
    return undefined
  }

  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    if (this.#isClosed) return Promise.reject(new UnavailableError('the database is closed'))
    return this.#track(this.#repeat(() => this.#attempt(work)))
  }

  async snapshot<T>(work: (snapshot: Snapshot) => Promise<T>): Promise<T> {
    if (this.#isClosed) throw new UnavailableError('the database is closed')
    const client = await this.#repeat(() => this.#pool.connect())
    let isBroken = true
    try {
      // A sort of everything there is may take its time.
      await client.query('begin isolation level repeatable read read only; set local statement_timeout = 0')
      const value = await work({ stream: (query, size) => this.#stream(client, query, size) })
      isBroken = !(await rolledBack(client))
      return value
    } catch (error) {
      throw asUnavailable(error)
    } finally {
      client.release(isBroken)
    }
  }

  // The server puts the next part together while the last one is worked on.
  async *#stream(client: PoolClient, query: Sql, size: number): AsyncGenerator<SqlValue[][]> {
    const { text, values } = this.#texts.render(sqlJoin([declareCursor, query], ''))
    const patient = { query_timeout: patience }
    await client.query({ text, values, ...patient } as QueryConfig)
    const fetch = async (): Promise<SqlValue[][]> =>
      (await client.query({ text: `fetch ${size} from snapshot`, rowMode: 'array', ...patient }))
        .rows as unknown as SqlValue[][]
    let next = fetch()
    try {
      for (let rows = await next; rows.length > 0; rows = await next) {
        next = fetch()
        yield rows
      }
    } finally {
      await next.catch(() => undefined)
      await client.query('close snapshot').catch(() => undefined)
    }
  }

  async beginMigration(tx: Tx): Promise<{ isDistributed: boolean }> {
    // An index on what is there already may take its time, and whoever comes second waits for it.
    await tx.run(sql`set local statement_timeout = 0`)
    await patiently(tx, `select pg_advisory_xact_lock(${migrationLock})`)
    // Asked first: a user that may only read and write rows may not say "create ... if not exists" either.
    if (!(await tx.one(sql`select 1 from pg_tables where schemaname = current_schema() and tablename = 'migration'`)))
      await tx.run(
        sql`create table migration(number integer primary key, name text not null, applied_at bigint not null)`,
      )
    const isDistributed = (await tx.one(sql`select 1 from pg_extension where extname = 'citus'`)) !== undefined
    // Reference and distributed tables in one transaction need their shards made one after the other.
    if (isDistributed) await tx.run(sql`set local citus.multi_shard_modify_mode = 'sequential'`)
    return { isDistributed }
  }

  async runScript(tx: Tx, text: string): Promise<void> {
    for (const statement of splitScript(text)) await patiently(tx, statement)
  }

  connections(): Connections {
    const { totalCount, idleCount, waitingCount } = this.#pool
    return { busy: totalCount - idleCount, idle: idleCount, waiting: waitingCount }
  }

  // Of this program's processes, which have the name and the user in common.
  async oldestBegunAt(): Promise<number | undefined> {
    const row = await this.one<{ oldest: number | null }>(sql`
      select (extract(epoch from min(xact_start)) * 1000)::bigint - 1 as oldest from pg_stat_activity
      where datname = current_database() and usename = current_user and pid <> pg_backend_pid()
        and application_name = current_setting('application_name')`)
    return row?.oldest ?? undefined
  }

  async examine(): Promise<{ isSound: boolean; detail: string }> {
    const row = await this.one<{ version: string; bytes: number; isStandby: number }>(sql`
      select current_setting('server_version') as version, pg_database_size(current_database()) as bytes,
        pg_is_in_recovery()::int as "isStandby"`)
    const { version, bytes, isStandby } = row!
    const size = `PostgreSQL ${version}, ${(bytes / 2 ** 20).toFixed(1)} MB`
    return isStandby
      ? { isSound: false, detail: `${size}, but a standby: it takes no writes` }
      : { isSound: true, detail: size }
  }

  /** Throws ConfigError when this is no server we can use. */
  async checkServer(): Promise<void> {
    const row = await this.one<{ number: string; version: string; encoding: string; sync: string }>(sql`
      select current_setting('server_version_num') as number, current_setting('server_version') as version,
        current_setting('server_encoding') as encoding, current_setting('synchronous_commit') as sync`)
    const { number, version, encoding, sync } = row!
    if (Number(number) < oldestVersion)
      throw new ConfigError(`CONTRAIL_DATABASE_URL: this is PostgreSQL ${version}; Contrail needs 15 or newer`)
    if (encoding !== 'UTF8')
      throw new ConfigError(`CONTRAIL_DATABASE_URL: the database's encoding is ${encoding}; it must be UTF8`)
    // What was answered is stored, whatever the server does for others.
    if (sync === 'off') this.#begin += '; set local synchronous_commit = on'
  }

  /** Waits for the transactions already handed in, then closes all connections. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await Promise.allSettled(this.#underWay)
    await this.#pool.end()
    // One whose network swallows everything would never end, and keep the process.
    for (const client of this.#clients) (client as PoolClient & { unref(): void }).unref()
  }

  #track<T>(promise: Promise<T>): Promise<T> {
    const settled = promise.finally(() => this.#underWay.delete(settled))
    this.#underWay.add(settled)
    return settled
  }

  #read(query: QueryConfig): Promise<QueryResult> {
    if (this.#isClosed) return Promise.reject(new UnavailableError('the database is closed'))
    if (!isReading.test(query.text))
      return Promise.reject(new TypeError(`a read-only query can't do this: ${query.text}`))
    return this.#repeat(() => {
      this.#refuseCrowd()
      return this.#pool.query(query)
    })
  }

  #refuseCrowd(): void {
    if (this.#pool.waitingCount >= this.#maxWaiting)
      throw new UnavailableError('all connections to the database are busy, and too many requests wait for one')
  }

  // Until the commit is sent nothing is stored, so everything before it may be done again.
  async #repeat<T>(work: () => Promise<T>): Promise<T> {
    const giveUpAt = performance.now() + this.#patience
    for (let attempt = 1; ; attempt++) {
      try {
        return await work()
      } catch (error) {
        const failure = failureOf(error)
        const mayRepeat = failure === 'race' || failure === 'connection'
        const isOver = attempt === maxAttempts || this.#isClosed || performance.now() > giveUpAt
        if (!mayRepeat || isOver) throw asUnavailable(error)
        await setTimeout(firstPause * 2 ** (attempt - 1) * (0.5 + Math.random()))
      }
    }
  }

  async #attempt<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    this.#refuseCrowd()
    const client = await this.#pool.connect()
    let isBroken = true
    try {
      await client.query(this.#begin)
      const value = await work(this.#txOf(client))
      isBroken = !(await commit(client))
      return value
    } catch (error) {
      if (isAnswered(error)) isBroken = !(await rolledBack(client))
      throw error
    } finally {
      client.release(isBroken)
    }
  }

  #txOf(client: PoolClient): PostgresTx {
    const texts = this.#texts
    return {
      client,
      all: async <Row>(query: Sql) => (await client.query(texts.render(query))).rows as Row[],
      one: async <Row>(query: Sql) => (await client.query(texts.render(query))).rows[0] as Row | undefined,
      tuples: async <Row extends readonly unknown[]>(query: Sql) =>
        (await client.query(texts.render(query, 'array'))).rows as unknown[] as Row[],
      run: async (query) => (await client.query(texts.render(query))).rowCount ?? 0,
      begunAt: this.#now(),
      isRemote: true,
      forUpdate,
      skipLocked,
    }
  }
}

const declareCursor = sql`declare snapshot no scroll cursor for `
/** As good as for ever, ms: what the client library takes for a timer. */
const patience = 2 ** 31 - 1

interface PostgresTx extends Tx {
  client: PoolClient
}

// A pooler refuses a connection that is set to read-only, and the operator's own setting must come through.
const isReading = /^\s*(select|with|explain(?!\s*\(?\s*analyze))\b/

/** Without the limit that other statements have. */
async function patiently(tx: Tx, text: string): Promise<void> {
  const query: QueryConfig & { query_timeout: number } = { text, query_timeout: patience }
  await (tx as PostgresTx).client.query(query)
}

// The weaker lock lets others refer to the row meanwhile.
const forUpdate = sql`for no key update`
const skipLocked = sql`skip locked`
