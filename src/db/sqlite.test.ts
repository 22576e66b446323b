import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { UnavailableError } from '../errors.ts'
import { sql, sqlJoin, sqlList } from './sql.ts'
import { openSqlite } from './sqlite.ts'
import type { SqliteDb, SqliteOptions } from './sqlite.ts'

async function openScratch(options: SqliteOptions = {}): Promise<{ db: SqliteDb; path: string } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'contrail-sqlite-'))
  const path = join(folder, 'x.db')
  const db = openSqlite(path, options)
  db.exec('create table t(n integer primary key) strict')
  return {
    db,
    path,
    [Symbol.asyncDispose]: async () => {
      await db[Symbol.asyncDispose]()
      await rm(folder, { recursive: true })
    },
  }
}

const numbers = async (db: SqliteDb): Promise<number[]> =>
  (await db.all<{ n: number }>(sql`select n from t order by n`)).map(({ n }) => n)

test('a transaction that fails leaves nothing, and those that share its commit are untouched', async () => {
  await using scratch = await openScratch()
  const { db } = scratch
  const insert = (n: number) => db.transaction((tx) => tx.run(sql`insert into t values (${n})`))
  const results = await Promise.allSettled([
    insert(1),
    db.transaction(async (tx) => {
      await tx.run(sql`insert into t values (2)`)
      throw new Error('changed my mind')
    }),
    insert(1),
    insert(3),
  ])
  assert.deepEqual(
    results.map((result) => result.status),
    ['fulfilled', 'rejected', 'rejected', 'fulfilled'],
  )
  assert.deepEqual(await numbers(db), [1, 3])
})

test('a reader sees nothing of a transaction before it is committed', async () => {
  await using scratch = await openScratch()
  const { db } = scratch
  await db.transaction(async (tx) => {
    await tx.run(sql`insert into t values (1)`)
    assert.deepEqual(await numbers(db), [])
    assert.equal((await tx.all(sql`select n from t`)).length, 1)
  })
  assert.deepEqual(await numbers(db), [1])
})

test('a thousand transactions at once need few commits', async () => {
  await using scratch = await openScratch()
  const { db } = scratch
  const watcher = new DatabaseSync(scratch.path)
  const before = watcher.prepare('pragma data_version').get() as { data_version: number }
  let seen = before.data_version
  let commits = 0
  await Promise.all(
    Array.from({ length: 1000 }, (_, n) =>
      db
        .transaction((tx) => tx.run(sql`insert into t values (${n})`))
        .then(() => {
          const { data_version: version } = watcher.prepare('pragma data_version').get() as { data_version: number }
          if (version !== seen) commits++
          seen = version
        }),
    ),
  )
  watcher.close()
  assert.equal((await numbers(db)).length, 1000)
  assert.ok(commits >= 1 && commits <= 5, `${commits} commits`)
})

test('a write waits for another process and goes on when it is done, while reads go on all the time', async () => {
  await using scratch = await openScratch()
  const { db } = scratch
  const other = new DatabaseSync(scratch.path)
  other.exec('begin immediate; insert into t values (1)')
  const write = db.transaction((tx) => tx.run(sql`insert into t values (2)`))
  await new Promise((resolve) => setTimeout(resolve, 30))
  assert.deepEqual(await numbers(db), [])
  other.exec('commit')
  await write
  other.close()
  assert.deepEqual(await numbers(db), [1, 2])
})

test('a write that waits too long for another process fails and says the store is busy', async () => {
  await using scratch = await openScratch({ busyTimeout: 20 })
  const other = new DatabaseSync(scratch.path)
  other.exec('begin immediate')
  await assert.rejects(
    scratch.db.transaction((tx) => tx.run(sql`insert into t values (2)`)),
    UnavailableError,
  )
  other.close()
})

test('writes beyond a number that may wait are refused at once, and those that wait are done', async () => {
  await using scratch = await openScratch()
  const { db } = scratch
  const other = new DatabaseSync(scratch.path)
  other.exec('begin immediate')
  const writes = Array.from({ length: 10_100 }, (_, n) =>
    db.transaction((tx) => tx.run(sql`insert into t values (${n})`)),
  )
  const refused = writes.splice(10_000).map((write) => assert.rejects(write, { message: /too many writes wait/ }))
  await Promise.all(refused)
  other.close()
  await Promise.all(writes)
  assert.equal((await numbers(db)).length, 10_000)
})

test('closing waits for what was handed in, and refuses what comes later', async () => {
  await using scratch = await openScratch()
  const write = scratch.db.transaction((tx) => tx.run(sql`insert into t values (1)`))
  await scratch.db[Symbol.asyncDispose]()
  assert.equal(await write, 1)
  await assert.rejects(
    scratch.db.transaction(async () => {}),
    UnavailableError,
  )
})

test('the reading connection can not write', async () => {
  await using scratch = await openScratch()
  await assert.rejects(scratch.db.all(sql`insert into t values (1) returning n`))
})

test('a full disk fails the transactions it hits and nothing else', async () => {
  await using scratch = await openScratch()
  const { db } = scratch
  await db.transaction((tx) => tx.run(sql`insert into t values (1)`))
  db.exec('create table big(x text) strict; pragma max_page_count = 10')
  const big = 'x'.repeat(200_000)
  await assert.rejects(
    db.transaction((tx) => tx.run(sql`insert into big values (${big})`)),
    { name: 'UnavailableError', message: /full/ },
  )
  await db.transaction((tx) => tx.run(sql`insert into t values (2)`))
  assert.deepEqual(await numbers(db), [1, 2])
})

test('fragments and lists become parameters in order', async () => {
  await using scratch = await openScratch()
  const { db } = scratch
  await db.transaction(async (tx) => {
    for (let n = 1; n <= 9; n++) await tx.run(sql`insert into t values (${n})`)
  })
  const few = sql`n in ${sqlList([2, 3, 5])}`
  assert.deepEqual(await db.all(sql`select n from t where n > ${2} and ${few} and n < ${5}`), [
    { __proto__: null, n: 3 },
  ])
  const union = sqlJoin(
    [1, 2, 3].map((n) => sql`select ${n} as n`),
    ' union all ',
  )
  assert.equal((await db.all(sql`select * from (${union}) where n >= ${2}`)).length, 2)
  assert.deepEqual(await db.all(sql`select n from t where n in ${sqlList([])}`), [])
})

test('what was written is read at once, and what another process wrote in the next turn of the event loop', async () => {
  await using scratch = await openScratch()
  const { db } = scratch
  assert.deepEqual(await numbers(db), [])
  await db.transaction((tx) => tx.run(sql`insert into t values (1)`))
  assert.deepEqual(await numbers(db), [1])
  const other = new DatabaseSync(scratch.path)
  other.exec('insert into t values (2)')
  other.close()
  await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(await numbers(db), [1, 2])
})

test('a read that fails inside the engine fails alone', async () => {
  await using scratch = await openScratch()
  await assert.rejects(scratch.db.all(sql`select hex(zeroblob(900000000))`))
  await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(await numbers(scratch.db), [])
})
