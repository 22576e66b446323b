import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { administer, createPostgresDatabase, postgresServer, testOnPostgres } from '../../test/databases.ts'
import { ConfigError, UnavailableError } from '../errors.ts'
import { openPostgres } from './postgres.ts'
import type { PostgresDb } from './postgres.ts'
import type { PostgresOptions } from './postgres-pool.ts'
import { splitScript } from './postgres-text.ts'
import { sql, sqlAny, sqlLimit, sqlList, sqlRows } from './sql.ts'

interface Scratch extends AsyncDisposable {
  db: PostgresDb
  url: string
}

async function openScratch(options: PostgresOptions = {}): Promise<Scratch> {
  const database = await createPostgresDatabase('empty')
  const db = await openPostgres(database.url, { poolSize: 4, ...options })
  await db.transaction((tx) => tx.run(sql`create table t(n bigint primary key, x text, i integer)`))
  return {
    db,
    url: database.url,
    [Symbol.asyncDispose]: async () => {
      await db[Symbol.asyncDispose]()
      await database[Symbol.asyncDispose]()
    },
  }
}

const numbers = async (db: PostgresDb): Promise<number[]> =>
  (await db.all<{ n: number }>(sql`select n from t order by n`)).map(({ n }) => n)
const insert = (db: PostgresDb, n: number): Promise<number> =>
  db.transaction((tx) => tx.run(sql`insert into t(n) values (${n})`))
/** Ends every other connection to the database, as a restart of the server does. */
const cutAll = ({ url }: Scratch): Promise<void> =>
  administer(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${new URL(url).pathname.slice(1)}'`,
  )
const gate = (): { opened: Promise<void>; open: () => void } => {
  let open = (): void => {}
  const opened = new Promise<void>((resolve) => (open = resolve))
  return { opened, open }
}

testOnPostgres('a transaction that fails leaves nothing, and others are untouched', async () => {
  await using scratch = await openScratch()
  const { db } = scratch
  const results = await Promise.allSettled([
    insert(db, 1),
    db.transaction(async (tx) => {
      await tx.run(sql`insert into t(n) values (2)`)
      throw new Error('changed my mind')
    }),
    insert(db, 3),
  ])
  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  )
  assert.deepEqual(await numbers(db), [1, 3])
})

testOnPostgres('a reader sees nothing of a transaction before it is committed, and can not write', async () => {
  await using scratch = await openScratch()
  const { db } = scratch
  await db.transaction(async (tx) => {
    await tx.run(sql`insert into t(n) values (1)`)
    assert.deepEqual(await numbers(db), [])
    assert.equal((await tx.all(sql`select n from t`)).length, 1)
  })
  assert.deepEqual(await numbers(db), [1])
  await assert.rejects(db.all(sql`insert into t(n) values (2) returning n`), /read-only/)
})

testOnPostgres('numbers, texts, bytes and lists go out and come back as they are', async () => {
  await using scratch = await openScratch()
  const { db } = scratch
  await db.transaction(
    (tx) =>
    tx.run(sql`insert into t(n, x) values ${sqlRows([[Number.MAX_SAFE_INTEGER, 'ä'], [-5, null], [7, 'a\0b']])} on conflict do nothing`), // oxfmt-ignore
  )
  assert.deepEqual(await db.all(sql`select n, x from t order by n`), [
    { n: -5, x: null },
    { n: 7, x: 'a\ufffdb' },
    { n: Number.MAX_SAFE_INTEGER, x: 'ä' },
  ])
  assert.deepEqual(await db.tuples(sql`select count(*), sum(n) from t where n < ${10}`), [[2, 2]])
  assert.deepEqual(await db.tuples(sql`select n from t where n in ${sqlList([7, -5, 3])} order by n desc ${sqlLimit(1)}`), [[7]]) // oxfmt-ignore
  assert.deepEqual(await db.tuples(sql`select n from t where ${sqlAny([sql`n = ${7}`, sql`n = ${8}`, sql`x = ${'ä'}`])} order by n`), [[7], [Number.MAX_SAFE_INTEGER]]) // oxfmt-ignore
  assert.deepEqual(await db.one(sql`select ${1.5} as half, ${Buffer.from([0, 255])} as bytes, ${'1'} as text`), {
    half: 1.5,
    bytes: Buffer.from([0, 255]),
    text: '1',
  })
  // Beyond the column's width is not found, rather than an error.
  assert.equal(await db.one(sql`select n from t where i = ${2 ** 40}`), undefined)
  await assert.rejects(db.all(sql`select 9007199254740993::bigint as n`), /beyond 2\^53/)
})

testOnPostgres('one that loses a race for a key is run again, and finds what the other has stored', async () => {
  await using scratch = await openScratch()
  const { db } = scratch
  const add = (): Promise<'new' | 'there'> =>
    db.transaction(async (tx) => {
      if (await tx.one(sql`select n from t where n = ${1}`)) return 'there'
      await tx.run(sql`insert into t(n) values (1)`)
      return 'new'
    })
  const answers = await Promise.all(Array.from({ length: 8 }, add))
  assert.deepEqual(answers.toSorted(), ['new', ...Array.from({ length: 7 }, () => 'there')])
})

testOnPostgres('two that wait for each other are both done in the end', async () => {
  await using scratch = await openScratch()
  const { db } = scratch
  await Promise.all([insert(db, 1), insert(db, 2)])
  let tries = 0
  const both = (first: number, second: number, mine: () => void, other: Promise<void>): Promise<void> =>
    db.transaction(async (tx) => {
      tries++
      await tx.run(sql`update t set x = 'a' where n = ${first}`)
      mine()
      await other
      await tx.run(sql`update t set x = 'a' where n = ${second}`)
    })
  const [a, b] = [gate(), gate()]
  await Promise.all([both(1, 2, a.open, b.opened), both(2, 1, b.open, a.opened)])
  assert.equal(tries, 3)
})

testOnPostgres('what reads a row to change it waits for who changes it, and sees the change', async () => {
  await using scratch = await openScratch()
  const { db } = scratch
  await db.transaction((tx) => tx.run(sql`insert into t(n, i) values (1, 0)`))
  const increment = (): Promise<unknown> =>
    db.transaction(async (tx) => {
      const row = await tx.one<{ i: number }>(sql`select i from t where n = 1 ${tx.forUpdate}`)
      await tx.run(sql`update t set i = ${row!.i + 1} where n = 1`)
    })
  await Promise.all(Array.from({ length: 20 }, increment))
  assert.deepEqual(await db.tuples(sql`select i from t`), [[20]])
})

testOnPostgres('connections cut while idle are replaced, and one cut in a transaction begins again', async () => {
  await using scratch = await openScratch()
  const { db } = scratch
  await Promise.all(Array.from({ length: 4 }, (_, n) => insert(db, n)))
  await cutAll(scratch)
  assert.deepEqual(await numbers(db), [0, 1, 2, 3])
  let tries = 0
  await db.transaction(async (tx) => {
    await tx.run(sql`insert into t(n) values (10)`)
    if (++tries === 1) await cutAll(scratch)
    await tx.run(sql`insert into t(n) values (11)`)
  })
  assert.equal(tries, 2)
  assert.deepEqual(await numbers(db), [0, 1, 2, 3, 10, 11])
})

testOnPostgres('a commit whose answer is lost is an error, not a success', async () => {
  await using scratch = await openScratch()
  const { db } = scratch
  // The server ends the connection in the middle of the commit.
  await db.transaction(async (tx) => {
    await tx.run(
      sql`create function cut() returns trigger language plpgsql as 'begin perform pg_terminate_backend(pg_backend_pid()); return null; end'`,
    )
    await tx.run(
      sql`create constraint trigger cut after insert on t deferrable initially deferred for each row when (new.n = 5) execute function cut()`,
    )
  })
  await assert.rejects(insert(db, 5), {
    name: 'UnavailableError',
    message: /while the database was committing.*not known/,
  })
  await insert(db, 6)
  assert.deepEqual(await numbers(db), [6])
})

testOnPostgres('work that goes on after one of its statements failed is not taken for stored', async () => {
  await using scratch = await openScratch()
  const { db } = scratch
  const work = db.transaction(async (tx) => {
    await tx.run(sql`insert into t(n) values (1)`)
    await tx.run(sql`select 1 / 0`).catch(() => {})
  })
  await assert.rejects(work, /had failed/)
  assert.deepEqual(await numbers(db), [])
})

testOnPostgres('a statement that takes too long fails and says so, with prepared statements and without', async () => {
  for (const hasPreparedStatements of [true, false]) {
    await using scratch = await openScratch({ statementTimeout: 100, hasPreparedStatements })
    const { db } = scratch
    await assert.rejects(
      db.transaction((tx) => tx.all(sql`select pg_sleep(20)`)),
      UnavailableError,
    )
    await insert(db, 1)
    assert.deepEqual(await numbers(db), [1])
  }
})

testOnPostgres('a transaction that falls silent is ended by the server, and run again', async () => {
  for (const hasPreparedStatements of [true, false]) {
    await using scratch = await openScratch({ statementTimeout: 100, hasPreparedStatements })
    const { db } = scratch
    let tries = 0
    await db.transaction(async (tx) => {
      await tx.run(sql`insert into t(n) values (1)`)
      if (++tries === 1) await setTimeout(300)
      await tx.run(sql`insert into t(n) values (2)`)
    })
    assert.equal(tries, 2)
    assert.deepEqual(await numbers(db), [1, 2])
  }
})

testOnPostgres('statements are prepared once by their text, or not at all', async () => {
  for (const hasPreparedStatements of [true, false]) {
    await using scratch = await openScratch({ poolSize: 1, hasPreparedStatements })
    const { db } = scratch
    for (let n = 0; n < 5; n++) await insert(db, n)
    const prepared = await db.all<{ statement: string }>(sql`select statement from pg_prepared_statements`)
    const inserts = prepared.filter(({ statement }) => statement.startsWith('insert'))
    assert.equal(inserts.length, hasPreparedStatements ? 1 : 0)
  }
})

testOnPostgres('closing waits for what was handed in, and refuses what comes later', async () => {
  await using scratch = await openScratch()
  const write = insert(scratch.db, 1)
  await scratch.db[Symbol.asyncDispose]()
  assert.equal(await write, 1)
  await assert.rejects(insert(scratch.db, 2), UnavailableError)
  await assert.rejects(numbers(scratch.db), UnavailableError)
})

testOnPostgres('a server that is not there is an error that names no password', async () => {
  const opened = openPostgres('postgresql://joe:geheim@127.0.0.1:1/x')
  await assert.rejects(opened, (error: Error) => {
    assert.ok(error instanceof UnavailableError)
    assert.match(error.message, /does not answer.*ECONNREFUSED/)
    assert.doesNotMatch(`${error.stack} ${JSON.stringify(error)}`, /geheim/)
    return true
  })
})

testOnPostgres('a database that does not hold Unicode is refused', async () => {
  const { url } = await postgresServer()
  await administer(`create database ascii encoding 'SQL_ASCII' template template0`)
  await assert.rejects(openPostgres(url('ascii')), ConfigError)
  await administer('drop database ascii')
})

testOnPostgres('a commit is durable also where the server was told not to wait for its disk', async () => {
  await using database = await createPostgresDatabase('empty')
  await administer(`alter database ${new URL(database.url).pathname.slice(1)} set synchronous_commit = off`)
  await using db = await openPostgres(database.url)
  const row = await db.transaction((tx) =>
    tx.one<{ s: string }>(sql`select current_setting('synchronous_commit') as s`),
  )
  assert.equal(row!.s, 'on')
})

test('a script is cut into statements at semicolons that are not within quotes or comments', () => {
  const script = `-- first; still a comment\ncreate table a(x text default 'a;b''c;');\n\ncreate index "i;j" on a(x); -- done;\nselect 1 - 2`
  assert.deepEqual(splitScript(script), [
    `create table a(x text default 'a;b''c;')`,
    'create index "i;j" on a(x)',
    'select 1 - 2',
  ])
})
