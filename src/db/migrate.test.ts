import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { listMigrations, migrate } from './migrate.ts'
import { sql } from './sql.ts'
import { openSqlite } from './sqlite.ts'

test('two that start at once on a new file both end up on the schema, applied once', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'contrail-migrate-'))
  const path = join(folder, 'x.db')
  const all = listMigrations('sqlite')
  const [first, second] = [openSqlite(path), openSqlite(path)]
  const applied = await Promise.all([migrate(first, all, 1), migrate(second, all, 2)])
  assert.deepEqual(
    applied.flat(),
    all.map((migration) => migration.name),
  )
  assert.deepEqual(await migrate(first, all, 3), [])
  await Promise.all([first[Symbol.asyncDispose](), second[Symbol.asyncDispose]()])
  await rm(folder, { recursive: true })
})

test('a database of a newer program is refused, and left as it is', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'contrail-migrate-'))
  const db = openSqlite(join(folder, 'x.db'))
  const newer = { number: 9999, name: '9999_future.sql', text: 'create table future(x integer) strict' }
  await migrate(db, [...listMigrations('sqlite'), newer], 1)
  await assert.rejects(migrate(db, listMigrations('sqlite'), 2), {
    code: 'database_too_new',
    message: /schema 9999 .* start the newer program/,
  })
  assert.equal((await db.all(sql`select * from future`)).length, 0)
  await db[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

test('a migration that fails half-way leaves the schema as it was', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'contrail-migrate-'))
  const db = openSqlite(join(folder, 'x.db'))
  const broken = {
    number: 2,
    name: '0002_broken.sql',
    text: 'create table half(x integer) strict; create table half(x integer) strict',
  }
  await assert.rejects(
    migrate(db, [{ number: 1, name: '0001_a.sql', text: 'create table a(x integer) strict' }, broken], 1),
  )
  await assert.rejects(db.all(sql`select * from a`), /no such table/)
  await db[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})
