// Brings a database to the program's schema. Called by openApp before anything else touches the store.

import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ContrailError } from '../errors.ts'
import type { Tx } from './db.ts'
import { sql } from './sql.ts'
import type { SqliteDb } from './sqlite.ts'

export interface Migration {
  number: number
  name: string
  text: string
}

/** The migrations of the program itself, in order. Files are named `0001_what.sql` and never change after release. */
export function listMigrations(engine: 'sqlite'): Migration[] {
  const folder = fileURLToPath(new URL(`../../migrations/${engine}/`, import.meta.url))
  return readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .toSorted()
    .map((file) => ({ number: Number(file.slice(0, 4)), name: file, text: readFileSync(folder + file, 'utf8') }))
}

/**
 * Applies what is missing, all of it or nothing, and returns the names applied. Two processes may call it at once:
 * the second waits and finds nothing to do. Throws when the database was written by a newer program.
 */
export async function migrate(db: SqliteDb, migrations: readonly Migration[], now: number): Promise<string[]> {
  return db.transaction(async (tx) => {
    await tx.run(
      sql`create table if not exists migration(number integer primary key, name text not null, applied_at integer not null) strict`,
    )
    const { version } = (await tx.one<{ version: number }>(
      sql`select coalesce(max(number), 0) as version from migration`,
    ))!
    refuseNewer(version, migrations)
    const missing = migrations.filter((migration) => migration.number > version)
    for (const migration of missing) await apply(db, tx, migration, now)
    return missing.map((migration) => migration.name)
  })
}

function refuseNewer(version: number, migrations: readonly Migration[]): void {
  const known = migrations.at(-1)?.number ?? 0
  if (version <= known) return
  throw new ContrailError(
    'database_too_new',
    `this database has schema ${version} and this program knows schemas up to ${known}: start the newer program that wrote it`,
  )
}

async function apply(db: SqliteDb, tx: Tx, migration: Migration, now: number): Promise<void> {
  db.exec(migration.text)
  await tx.run(
    sql`insert into migration(number, name, applied_at) values (${migration.number}, ${migration.name}, ${now})`,
  )
}
