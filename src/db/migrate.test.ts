import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { administer, createPostgresDatabase, currentEngine, testOnEach, testOnPostgres } from '../../test/databases.ts'
import type { Migratable } from './db.ts'
import { listMigrations, migrate } from './migrate.ts'
import { openPostgres } from './postgres.ts'
import { Sql, sql } from './sql.ts'
import { openSqlite } from './sqlite.ts'

interface Scratch extends AsyncDisposable {
  first: Migratable
  second: Migratable
}

/** An empty database, opened twice. */
async function openScratch(): Promise<Scratch> {
  const folder = await mkdtemp(join(tmpdir(), 'contrail-migrate-'))
  const database = currentEngine() === 'postgres' ? await createPostgresDatabase('empty') : undefined
  const open = async (): Promise<Migratable> =>
    database ? openPostgres(database.url) : openSqlite(join(folder, 'x.db'))
  const [first, second] = [await open(), await open()]
  return {
    first,
    second,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([first[Symbol.asyncDispose](), second[Symbol.asyncDispose]()])
      await database?.[Symbol.asyncDispose]()
      await rm(folder, { recursive: true })
    },
  }
}

testOnEach('two that start at once on a new database both end up on the schema, applied once', async () => {
  await using scratch = await openScratch()
  const { first, second } = scratch
  const all = listMigrations(first.engine)
  const applied = await Promise.all([migrate(first, all, 1), migrate(second, all, 2)])
  assert.deepEqual(
    applied.flat(),
    all.map((migration) => migration.name),
  )
  assert.deepEqual(await migrate(first, all, 3), [])
})

testOnEach('a database of a newer program is refused, and left as it is', async () => {
  await using scratch = await openScratch()
  const db = scratch.first
  const newer = { number: 9999, name: '9999_future.sql', text: 'create table future(x integer)' }
  await migrate(db, [...listMigrations(db.engine), newer], 1)
  await assert.rejects(migrate(db, listMigrations(db.engine), 2), {
    code: 'database_too_new',
    message: /schema 9999 .* start the newer program/,
  })
  assert.equal((await db.all(sql`select * from future`)).length, 0)
})

testOnEach('a migration that fails half-way leaves the schema as it was', async () => {
  await using scratch = await openScratch()
  const db = scratch.first
  const broken = {
    number: 2,
    name: '0002_broken.sql',
    text: 'create table half(x integer); create table half(x integer)',
  }
  await assert.rejects(migrate(db, [{ number: 1, name: '0001_a.sql', text: 'create table a(x integer)' }, broken], 1))
  await assert.rejects(db.all(sql`select * from a`), /no such table|does not exist/)
})

testOnEach('an empty database is left empty where none may be made', async () => {
  await using scratch = await openScratch()
  const db = scratch.first
  await assert.rejects(migrate(db, listMigrations(db.engine), 1, false), {
    code: 'bad_config',
    message: /is empty yet/,
  })
  await assert.rejects(db.all(sql`select * from account`), /no such table|does not exist/)
})

test('every engine has the same migrations, by number and name', () => {
  const names = (engine: Migratable['engine']): string[] => listMigrations(engine).map(({ name }) => name)
  assert.deepEqual(names('postgres'), names('sqlite'))
})

testOnPostgres(
  'a user that may only read and write rows can start the program on tables that are up to date',
  async () => {
    await using database = await createPostgresDatabase()
    const url = new URL(database.url)
    const name = url.pathname.slice(1)
    const owner = await openPostgres(database.url, { poolSize: 1 })
    const role = `clerk_${name}`
    await administer(`create role ${role} login password 'clerk'`)
    try {
      await owner.transaction(async (tx) => {
        for (const statement of [
          'revoke create on schema public from public',
          `grant select, insert, update, delete on all tables in schema public to ${role}`,
        ])
          await tx.run(new Sql([statement], []))
      })
      url.username = role
      url.password = 'clerk'
      await using db = await openPostgres(url.href, { poolSize: 1 })
      assert.deepEqual(await migrate(db, listMigrations('postgres'), 1), [])
      await db.transaction((tx) => tx.run(sql`insert into secret(name, value) values ('clerk', 'was here')`))
    } finally {
      await owner.transaction((tx) => tx.run(new Sql([`drop owned by ${role}`], [])))
      await owner[Symbol.asyncDispose]()
      await administer(`drop role ${role}`)
    }
  },
)
