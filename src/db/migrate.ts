// Brings a database to the program's schema. Called by openApp before anything else touches the store.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ConfigError, ContrailError } from '../errors.ts'
import type { Migratable, Tx } from './db.ts'
import { sql } from './sql.ts'

export interface Migration {
  number: number
  name: string
  text: string
  /** What follows where the tables are distributed over several servers. */
  citus?: string | undefined
}

/**
 * The migrations of the program itself, in order. Files are named `0001_what.sql` and never change after release; what
 * Citus needs beside one is in `0001_what.citus.sql`.
 */
export function listMigrations(engine: Migratable['engine']): Migration[] {
  const folder = fileURLToPath(new URL(`../../migrations/${engine}/`, import.meta.url))
  return readdirSync(folder)
    .filter((file) => /^\d{4}_[a-z0-9_]+\.sql$/.test(file))
    .toSorted()
    .map((file) => {
      const citus = folder + file.replace(/\.sql$/, '.citus.sql')
      return {
        number: Number(file.slice(0, 4)),
        name: file,
        text: readFileSync(folder + file, 'utf8'),
        citus: existsSync(citus) ? readFileSync(citus, 'utf8') : undefined,
      }
    })
}

/**
 * Applies what is missing, all of it or nothing, and returns the names applied. Two processes may call it at once:
 * the second waits and finds nothing to do. Throws when the database was written by a newer program, and when it is
 * empty but `mayCreate` is false.
 */
export async function migrate(
  db: Migratable,
  migrations: readonly Migration[],
  now: number,
  mayCreate = true,
): Promise<string[]> {
  return db.transaction(async (tx) => {
    const { isDistributed } = await db.beginMigration(tx)
    const { version } = (await tx.one<{ version: number }>(
      sql`select coalesce(max(number), 0) as version from migration`,
    ))!
    refuseNewer(version, migrations)
    if (version === 0 && !mayCreate)
      throw new ConfigError(
        'CONTRAIL_DATABASE_URL: this database is empty yet: "contrail account create NAME" or "contrail migrate" makes the tables',
      )
    const missing = migrations.filter((migration) => migration.number > version)
    for (const migration of missing) await apply(db, tx, migration, isDistributed, now)
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

async function apply(db: Migratable, tx: Tx, migration: Migration, isDistributed: boolean, now: number): Promise<void> {
  await db.runScript(tx, migration.text)
  if (isDistributed && migration.citus !== undefined) await db.runScript(tx, migration.citus)
  await tx.run(
    sql`insert into migration(number, name, applied_at) values (${migration.number}, ${migration.name}, ${now})`,
  )
}
