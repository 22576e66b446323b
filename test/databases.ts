// The engines the tests run on: each named in DATABASES, by default all. One PostgreSQL server serves a whole test run,
// started when first asked for: CONTRAIL_TEST_POSTGRES_URL, else the embedded one of the development dependencies, else
// that of the machine (CONTRAIL_TEST_POSTGRES=debian asks for it at once).

import { AsyncLocalStorage } from 'node:async_hooks'
import { randomBytes } from 'node:crypto'
import { after, test } from 'node:test'
import { Client } from 'pg'
import { listMigrations, migrate } from '../src/db/migrate.ts'
import { openPostgres } from '../src/db/postgres.ts'
import { startDebianPostgres } from './debian-postgres.ts'
import { startEmbeddedPostgres } from './postgres-server.ts'
import type { PostgresServer } from './postgres-server.ts'

export type Engine = 'sqlite' | 'postgres'

const known: readonly Engine[] = ['sqlite', 'postgres']

export const engines: readonly Engine[] = (process.env['DATABASES'] ?? known.join())
  .split(',')
  .map((name) => known.find((engine) => engine === name.trim()) ?? fail(name))

function fail(name: string): never {
  throw new Error(`DATABASES: "${name}" is no engine; there are ${known.join(', ')}`)
}

const current = new AsyncLocalStorage<Engine>()

/** The same behaviour on every engine: one test for each, in which test apps are on that engine. */
export function testOnEach(name: string, work: (engine: Engine) => Promise<void>): void {
  for (const engine of engines) test(`${name} (${engine})`, () => current.run(engine, () => work(engine)))
}

/** What only the server engine promises. */
export function testOnPostgres(name: string, work: () => Promise<void>): void {
  if (engines.includes('postgres')) test(`${name} (postgres)`, () => current.run('postgres', work))
}

/** The engine of the running test; the embedded one where the test is no matter of engines. */
export function currentEngine(): Engine {
  return current.getStore() ?? 'sqlite'
}

let server: Promise<PostgresServer> | undefined
let template: Promise<string> | undefined

after(async () => {
  for (const name of idle) await drop(name)
  if (template) await drop(await template)
  if (server) await (await server).stop()
})

/** The server of this test run, for tests that need more of it than a database. */
export function postgresServer(): Promise<PostgresServer> {
  return (server ??= startServer())
}

export interface TestDatabase extends AsyncDisposable {
  url: string
}

/** Databases with the program's tables that a test is done with; emptied, which is much faster than making one. */
const idle: string[] = []

/** A database of its own: with the program's tables, or empty. */
export async function createPostgresDatabase(kind: 'migrated' | 'empty' = 'migrated'): Promise<TestDatabase> {
  const { url } = await postgresServer()
  if (kind === 'migrated') {
    const name = idle.pop() ?? (await createClone(await (template ??= createTemplate())))
    return { url: url(name), [Symbol.asyncDispose]: () => recycle(name) }
  }
  const name = `contrail_${randomBytes(6).toString('hex')}`
  await administer(`create database ${name}`)
  return { url: url(name), [Symbol.asyncDispose]: () => drop(name) }
}

async function createClone(source: string): Promise<string> {
  const name = `contrail_${randomBytes(6).toString('hex')}`
  await administer(`create database ${name} template ${source}`)
  return name
}

function drop(name: string): Promise<void> {
  return administer(`drop database if exists ${name} with (force)`)
}

// Whoever is still connected was cut off in mid-work, and is not to write into the next test.
async function recycle(name: string): Promise<void> {
  await administer(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`)
  const client = new Client({ connectionString: (await postgresServer()).url(name) })
  await client.connect()
  try {
    const { rows } = await client.query<{ name: string }>(
      `select quote_ident(tablename) as name from pg_tables where schemaname = 'public' and tablename <> 'migration'`,
    )
    const deletions = rows.map((row) => `delete from ${row.name}`)
    await client.query(['set session_replication_role = replica', ...deletions].join('; '))
    idle.push(name)
  } catch {
    // A test that changed its tables gets nothing back.
    await client.end().catch(() => undefined)
    return drop(name)
  }
  await client.end()
}

async function createTemplate(): Promise<string> {
  const { url } = await postgresServer()
  const name = `contrail_template_${randomBytes(6).toString('hex')}`
  await administer(`create database ${name}`)
  const db = await openPostgres(url(name), { poolSize: 1 })
  await migrate(db, listMigrations('postgres'), 1)
  await db[Symbol.asyncDispose]()
  return name
}

/** Runs a statement on the server itself. */
export async function administer(statement: string): Promise<void> {
  const client = new Client({ connectionString: (await postgresServer()).url('postgres') })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

/** A throw-away server: nothing on it has to outlive a power cut. */
const flags = [
  'fsync=off',
  'full_page_writes=off',
  'max_connections=200',
  'shared_buffers=64MB',
  'autovacuum=off',
  'deadlock_timeout=50ms',
]

async function startOwn(): Promise<PostgresServer> {
  if (process.env['CONTRAIL_TEST_POSTGRES'] === 'debian') return startDebianPostgres(flags)
  return startEmbeddedPostgres(flags).catch((error: unknown) =>
    startDebianPostgres(flags).catch((other: unknown) => {
      throw new AggregateError(
        [error, other],
        'no PostgreSQL for the tests: set CONTRAIL_TEST_POSTGRES_URL to a server of yours, or DATABASES=sqlite',
      )
    }),
  )
}

async function startServer(): Promise<PostgresServer> {
  const given = process.env['CONTRAIL_TEST_POSTGRES_URL']
  if (!given) return startOwn()
  return {
    url: (database) => {
      const url = new URL(given)
      url.pathname = `/${database}`
      return url.href
    },
    stop: async () => {},
  }
}
