// The connection to PostgreSQL cut, stalled and swallowed at chosen moments, and servers that can't take it now.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { UnavailableError } from '../../src/errors.ts'
import { migrate } from '../../src/db/migrate.ts'
import { openPostgres } from '../../src/db/postgres.ts'
import type { PostgresDb } from '../../src/db/postgres.ts'
import type { PostgresOptions } from '../../src/db/postgres-pool.ts'
import { sql } from '../../src/db/sql.ts'
import { administer, createPostgresDatabase, testOnPostgres } from '../databases.ts'
import { demo, serve, temporaryFolder } from '../program.ts'
import { base, create, noAnswers, rounds } from './load.ts'
import { startProxy } from './proxy.ts'
import type { Proxy } from './proxy.ts'

interface Scratch extends AsyncDisposable {
  /** Through the proxy. */
  db: PostgresDb
  proxy: Proxy
  /** Straight to the server. */
  direct: PostgresDb
  name: string
}

async function openScratch(options: PostgresOptions = {}): Promise<Scratch> {
  const database = await createPostgresDatabase('empty')
  const proxy = await startProxy(database.url)
  const direct = await openPostgres(database.url, { poolSize: 2 })
  await direct.transaction((tx) => tx.run(sql`create table t(n bigint primary key, x bigint)`))
  const db = await openPostgres(proxy.url, { poolSize: 2, ...options })
  return {
    db,
    proxy,
    direct,
    name: new URL(database.url).pathname.slice(1),
    [Symbol.asyncDispose]: async () => {
      proxy.mode = 'pass'
      proxy.cut()
      await Promise.all([db[Symbol.asyncDispose](), direct[Symbol.asyncDispose]()])
      await proxy[Symbol.asyncDispose]()
      await database[Symbol.asyncDispose]()
    },
  }
}

const insert = (db: PostgresDb, n: number): Promise<number> =>
  db.transaction((tx) => tx.run(sql`insert into t(n) values (${n})`))
const numbers = async (db: PostgresDb): Promise<number[]> =>
  (await db.all<{ n: number }>(sql`select n from t order by n`)).map(({ n }) => n)
/** As it is sent; `begin` names an isolation level that has the word in it. */
const committing = 'commit\0'
const isUnknown = { name: 'UnavailableError', message: /not known/ }

testOnPostgres('a connection that is cut before the commit is sent is begun again, unnoticed', async () => {
  await using scratch = await openScratch()
  const { db, proxy, direct } = scratch
  for (const [n, moment] of ['begin', 'insert'].entries()) {
    proxy.onSent(moment, () => proxy.cut())
    await insert(db, n)
  }
  assert.deepEqual(await numbers(direct), [0, 1])
})

testOnPostgres(
  'a commit that was done but whose answer is cut off is an error; so is one that never arrived',
  async () => {
    await using scratch = await openScratch()
    const { db, proxy, direct } = scratch
    proxy.onAnswerTo(committing, () => proxy.cut())
    await assert.rejects(insert(db, 1), isUnknown)
    proxy.onSent(committing, () => proxy.cut())
    await assert.rejects(insert(db, 2), isUnknown)
    assert.deepEqual(await numbers(direct), [1])
    await insert(db, 3)
    assert.deepEqual(await numbers(db), [1, 3])
  },
)

testOnPostgres(
  'connections cut at any moment lose nothing that was said to be stored, and store nothing twice',
  async () => {
    await using scratch = await openScratch({ poolSize: 4 })
    const { db, proxy, direct } = scratch
    const done: number[] = []
    const unknown: number[] = []
    let isOver = false
    const write = async (worker: number): Promise<void> => {
      for (let i = 0; i < 10 * rounds; i++) {
        const n = i * 10 + worker
        // Two statements that must both be there or neither.
        const work = db.transaction(async (tx) => {
          await tx.run(sql`insert into t(n) values (${n})`)
          await tx.run(sql`insert into t(n) values (${-1 - n})`)
        })
        await work.then(
          () => done.push(n),
          (error: unknown) => {
            assert.ok(error instanceof UnavailableError, String(error))
            unknown.push(n)
          },
        )
      }
    }
    const cutting = (async () => {
      while (!isOver) {
        await setTimeout(Math.random() * 25)
        proxy.cut()
      }
    })()
    await Promise.all([0, 1, 2, 3].map(write)).finally(() => (isOver = true))
    await cutting
    const there = new Set(await numbers(direct))
    for (const n of done) assert.ok(there.has(n) && there.has(-1 - n), `${n} was done and is not there`)
    for (const n of unknown) assert.equal(there.has(n), there.has(-1 - n))
    assert.equal(done.length + unknown.length, 40 * rounds)
  },
)

testOnPostgres('a network that swallows everything is an error in the time that statements have', async () => {
  await using scratch = await openScratch({ statementTimeout: 150, connectTimeout: 150 })
  const { db, proxy, direct } = scratch
  await insert(db, 0)
  proxy.onSent(committing, () => (proxy.mode = 'swallow'))
  await assert.rejects(insert(db, 1), isUnknown)
  await assert.rejects(numbers(db), UnavailableError)
  await assert.rejects(insert(db, 2), { name: 'UnavailableError', message: /does not answer/ })
  proxy.mode = 'pass'
  proxy.cut()
  await insert(db, 3)
  assert.deepEqual(await numbers(direct), [0, 3])
})

testOnPostgres(
  'the locks of a process behind a dead network are released before those who wait for them give up',
  async () => {
    await using scratch = await openScratch({ statementTimeout: 200 })
    const { db, proxy, direct } = scratch
    await insert(direct, 1)
    proxy.onSent('select', () => (proxy.mode = 'swallow'))
    const lost = db.transaction(async (tx) => {
      await tx.run(sql`update t set x = 1 where n = 1`)
      await tx.one(sql`select n from t`)
    })
    await Promise.all([
      assert.rejects(lost, UnavailableError),
      setTimeout(20).then(() => direct.transaction((tx) => tx.run(sql`update t set x = 2 where n = 1`))),
    ])
    assert.deepEqual(await direct.tuples(sql`select x from t`), [[2]])
  },
)

testOnPostgres('closing does not wait for connections that a dead network swallows', async () => {
  await using scratch = await openScratch({ statementTimeout: 100, connectTimeout: 100 })
  const { db, proxy } = scratch
  await numbers(db)
  proxy.mode = 'swallow'
  await db[Symbol.asyncDispose]()
  await assert.rejects(numbers(db), UnavailableError)
})

testOnPostgres(
  'while all connections are busy others wait for so long and no longer, and so many and no more',
  async () => {
    await using scratch = await openScratch({ connectTimeout: 100, maxWaiting: 3 })
    const { db, direct } = scratch
    const [held, free] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    let taken = 0
    const holders = [1, 2].map((n) =>
      db.transaction(async (tx) => {
        await tx.run(sql`insert into t(n) values (${n})`)
        if (++taken === 2) held.resolve()
        await free.promise
      }),
    )
    await held.promise
    const waiting = [insert(db, 3), numbers(db), numbers(db)].map((work) =>
      assert.rejects(work, { name: 'UnavailableError', message: /timeout exceeded/ }),
    )
    await assert.rejects(insert(db, 4), { name: 'UnavailableError', message: /too many requests wait/ })
    await assert.rejects(numbers(db), { name: 'UnavailableError', message: /too many requests wait/ })
    await Promise.all(waiting)
    free.resolve()
    await Promise.all(holders)
    await insert(db, 5)
    assert.deepEqual(await numbers(direct), [1, 2, 5])
  },
)

testOnPostgres(
  'a server that its operator has set to read-only takes no writes, says so, and takes them again after',
  async () => {
    await using scratch = await openScratch()
    const { db, proxy, name } = scratch
    await administer(`alter database ${name} set default_transaction_read_only = on`)
    proxy.cut()
    await assert.rejects(insert(db, 1), { name: 'UnavailableError', message: /read-only/ })
    assert.deepEqual(await numbers(db), [])
    await administer(`alter database ${name} set default_transaction_read_only = off`)
    proxy.cut()
    await insert(db, 2)
    assert.deepEqual(await numbers(db), [2])
  },
)

testOnPostgres('a migration may take longer than a statement may', async () => {
  await using scratch = await openScratch({ statementTimeout: 50 })
  const slow = { number: 1, name: '0001_slow.sql', text: 'create table slow(n int); select pg_sleep(0.3)' }
  const [first, second] = await Promise.all([migrate(scratch.db, [slow], 1), migrate(scratch.direct, [slow], 1)])
  assert.deepEqual([...first, ...second], ['0001_slow.sql'])
})

testOnPostgres(
  'on the wire an outage is 503 with a time to wait, a repeated request stores nothing twice, and a stop is not held up',
  async () => {
    await using temporary = await temporaryFolder()
    await using database = await createPostgresDatabase()
    await using proxy = await startProxy(database.url)
    await using server = await serve(temporary.folder, '--demo', '--database', proxy.url, '--database-timeout', '1')
    let log = ''
    server.child.stderr!.on('data', (chunk: Buffer) => (log += chunk.toString()))
    const answers = noAnswers()
    await create(server, answers, 'before@example.com')
    // Stored, and not answered: the next attempt finds it.
    proxy.onAnswerTo(committing, () => proxy.cut(), 'unknown@example.com')
    await create(server, answers, 'unknown@example.com')
    assert.deepEqual([...answers.found], ['unknown@example.com'])
    assert.equal(answers.statuses.get(503), 1)
    proxy.mode = 'swallow'
    const paths = [`${base}/contacts/32/events/clicks`, `/library/1/${'0'.repeat(32)}/a.gif`, '/oauth2/authorize?client_id=1-abc&response_type=code'] // oxfmt-ignore
    for (const answer of await Promise.all(paths.map((path) => fetch(server.url + path, { headers: demo })))) {
      assert.equal(answer.status, 503, answer.url)
      assert.equal(answer.headers.get('retry-after'), '1')
      await answer.arrayBuffer()
    }
    assert.match(log, /requests are turned away/)
    assert.doesNotMatch(log, /"level":50/)
    server.child.kill('SIGTERM')
    assert.deepEqual(await once(server.child, 'exit'), [0, null])
  },
)
