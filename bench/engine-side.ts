// One engine under measurement: the program's store, and the same server or file by the bare driver. Used by engines.ts.

import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Client } from 'pg'
import { openApp } from '../src/app.ts'
import type { App } from '../src/app.ts'
import { databasePath } from '../src/config.ts'
import type { Sql } from '../src/db/sql.ts'
import { openLog } from '../src/log.ts'
import type { PostgresServer } from '../test/postgres-server.ts'
import { BareStore } from './bare.ts'
import type { BareRow } from './bare.ts'
import type { Shape } from './generate.ts'
import { bulk, configOf, fillApp } from './store.ts'

export interface EngineSide extends AsyncDisposable {
  name: string
  app: App
  /** The same statement by the driver alone; gives the number of its rows. */
  ask(query: Sql): Promise<number> | number
  /** The bare insert of these rows of the ledger, in one transaction. */
  insert(rows: readonly BareRow[]): Promise<void> | void
  /** What the whole store takes on disk. */
  size(): Promise<number>
}

export async function openSqliteSide(folder: string, shape: Shape): Promise<EngineSide> {
  const dataDir = join(folder, `engines-${shape.events}`)
  await mkdir(dataDir)
  const config = configOf(dataDir)
  const app = await openApp(config, { log: openLog('silent'), sqlite: bulk })
  await fillApp(app, shape)
  const path = databasePath(config)
  const reader = new DatabaseSync(path, { readOnly: true })
  reader.exec(`pragma cache_size = -${bulk.cacheBytes / 1024}`)
  const writer = new BareStore(path)
  const statements = new Map<string, ReturnType<DatabaseSync['prepare']>>()
  return {
    name: 'SQLite',
    app,
    ask: ({ strings, values }) => {
      const text = strings.join('?')
      let statement = statements.get(text)
      if (!statement) statements.set(text, (statement = reader.prepare(text)))
      return statement.all(...values).length
    },
    insert: (rows) => writer.insertAll(rows, rows.length),
    size: async () => {
      writer.exec('pragma wal_checkpoint(truncate)')
      return (await stat(path)).size
    },
    [Symbol.asyncDispose]: async () => {
      reader.close()
      writer[Symbol.dispose]()
      await app[Symbol.asyncDispose]()
    },
  }
}

export async function openPostgresSide(folder: string, server: PostgresServer, shape: Shape): Promise<EngineSide> {
  const name = `bench_${shape.events}`
  const admin = new Client({ connectionString: server.url('postgres') })
  await admin.connect()
  await admin.query(`drop database if exists ${name}`)
  await admin.query(`create database ${name}`)
  await admin.end()
  const databaseUrl = server.url(name)
  const app = await openApp({ ...configOf(join(folder, name)), databaseUrl }, { log: openLog('silent') })
  await fillApp(app, shape)
  const client = new Client({ connectionString: databaseUrl, types: { getTypeParser: () => (text: string) => text } })
  await client.connect()
  const names = new Map<string, string>()
  const render = (query: Sql): { name: string; text: string } => {
    const text = query.strings.reduce((before, piece, i) => `${before}$${i}${piece}`)
    const name = names.get(text) ?? `s${names.size}`
    names.set(text, name)
    return { name, text }
  }
  return {
    name: 'PostgreSQL',
    app,
    ask: async (query) => {
      const { rows } = await client.query({
        ...render(query),
        values: [...query.values],
        rowMode: 'array',
      })
      return rows.length
    },
    insert: async (rows) => {
      await client.query('begin')
      for (let i = 0; i < rows.length; i += perStatement) {
        const part = rows.slice(i, i + perStatement)
        const text = insertText(part.length)
        await client.query({ name: `insert${part.length}`, text, values: part.flat() })
      }
      await client.query('commit')
    },
    size: async () => {
      await client.query('vacuum analyze')
      const { rows } = await client.query<{ size: string }>('select pg_database_size(current_database()) as size')
      return Number(rows[0]!.size)
    },
    [Symbol.asyncDispose]: async () => {
      await client.end()
      await app[Symbol.asyncDispose]()
    },
  }
}

/** Rows of one statement: what the program itself sends. */
const perStatement = 512

function insertText(count: number): string {
  const rows = Array.from(
    { length: count },
    (_, i) => `(${Array.from({ length: 9 }, (_, n) => `$${i * 9 + n + 1}`).join(',')})`,
  )
  return `insert into event(contact_id, kind, event_id, campaign_id, recorded_at, account_id, source, link_no, details)
    values ${rows.join(',')} on conflict do nothing`
}
