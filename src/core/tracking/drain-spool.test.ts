// The spool: drained by one of several processes at a time, and never held up by a hit that no store takes.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { testOnEach } from '../../../test/databases.ts'
import { importLines } from '../../../test/import-lines.ts'
import { startTestServer } from '../../../test/server.ts'
import type { TestServer } from '../../../test/server.ts'
import { openSqlite } from '../../db/sqlite.ts'
import { sql } from '../../db/sql.ts'
import { temporaryFolder } from '../../../test/program.ts'
import type { Hit } from './hit.ts'
import { Spool } from './spool.ts'
import { assembleTracking } from './tracking.ts'
import type { Tracking } from './tracking.ts'

async function start(): Promise<TestServer & { hit: (no: number) => Hit }> {
  const server = await startTestServer()
  await importLines(server, [
    { type: 'campaign', id: 1100, name: 'October' },
    { type: 'contact', id: 32, email: 'jflowers@mail.com' },
  ])
  const { accountId, clock } = server
  const fields = { accountId, contactId: 32, campaignId: 1100, sendNo: 0, linkNo: 0 }
  const asked = { kind: 'open', method: 'GET', ip: null, userAgent: 'Thunderbird', headers: {} } as const
  return { ...server, hit: (no) => ({ ...fields, ...asked, hitId: no, at: clock.now - no * 1000 }) }
}

/** What another process has on the same store and spool. */
function anotherTracking({ app, dataDir }: TestServer): Tracking {
  const { db, log, now, tracking } = app
  return assembleTracking(db, tracking.keys, { folder: dataDir, openSpool: openSqlite, log, now })
}

async function untilEmpty(spool: Spool): Promise<void> {
  while ((await spool.examine()).hits > 0) await setTimeout(5)
}

const storedHits = async ({ app, accountId }: TestServer): Promise<number[]> =>
  (await app.db.tuples<[number]>(sql`select hit_id from hit where account_id = ${accountId} order by hit_id`)).map(
    ([hitId]) => hitId,
  )

testOnEach('a hit that the store refuses is set aside with the reason, and the others are stored', async () => {
  await using server = await start()
  const { spool, hits } = server.app.tracking
  const good = Array.from({ length: 20 }, (_, i) => i + 1)
  const broken = { ...server.hit(90), contactId: { no: 'id' } } as unknown as Hit
  await spool.append(good.slice(0, 7).map(server.hit))
  await spool.append([broken, ...good.slice(7).map(server.hit)])
  hits.startDraining()
  await untilEmpty(spool)
  assert.deepEqual(await storedHits(server), good)
  assert.deepEqual([hits.counts.drained, hits.counts.setAside], [20, 1])
  const { setAside, error } = await spool.examine()
  assert.equal(setAside, 1)
  assert.ok(error)
})

testOnEach('what was set aside is tried again by the next start', async () => {
  await using server = await start()
  const { spool } = server.app.tracking
  await spool.append([server.hit(1), server.hit(2)])
  const [first] = await spool.read(1)
  await spool.setAside(first!, 'column "headers" does not exist', server.clock.now)
  assert.deepEqual((await spool.examine()).setAside, 1)
  await using another = anotherTracking(server)
  another.hits.startDraining()
  await untilEmpty(spool)
  assert.deepEqual(await storedHits(server), [1, 2])
  assert.equal((await spool.examine()).setAside, 0)
})

testOnEach('several processes append and drain at once, and every hit is counted exactly once', async () => {
  await using server = await start()
  // Counting shows what is stored twice, where a hit of its own would be recognised.
  await server.app.db.transaction((tx) => tx.run(sql`update contact set tracking = 'aggregate' where contact_id = 32`))
  await using stack = new AsyncDisposableStack()
  const processes = [1, 2, 3].map(() => stack.use(anotherTracking(server)))
  const batches = Array.from({ length: 30 }, (_, i) => Array.from({ length: 40 }, (_, n) => server.hit(i * 40 + n)))
  await Promise.all(
    batches.map(async (batch, i) => {
      await processes[i % 3]!.spool.append(batch)
      if (i === 3) for (const { hits } of processes) hits.startDraining()
    }),
  )
  await untilEmpty(processes[0]!.spool)
  const drained = processes.reduce((sum, { hits }) => sum + hits.counts.drained, 0)
  const rows = await server.app.db.tuples<[number]>(sql`select count from aggregate_count`)
  assert.deepEqual([drained, rows.reduce((sum, [count]) => sum + count, 0)], [1200, 1200])
})

test('who is late to forget what it has stored does not forget what came since', async () => {
  await using temporary = await temporaryFolder()
  await using one = new Spool(temporary.folder, openSqlite)
  await using other = new Spool(temporary.folder, openSqlite)
  const hit = { hitId: 1, at: 1 } as Hit
  await Promise.all([one.append([hit]), other.append([hit])])
  const read = await one.read(10)
  assert.equal(read.length, 2)
  await other.remove(await other.read(10))
  await other.append([{ ...hit, hitId: 2 }])
  await one.remove(read)
  assert.equal((await one.examine()).hits, 1)
})

test('one drains at a time, until it is done, silent for long, or its clock was set back', async () => {
  await using temporary = await temporaryFolder()
  await using spool = new Spool(temporary.folder, openSqlite)
  const now = 1_000_000
  assert.equal(await spool.lease('one', now), true)
  assert.equal(await spool.lease('other', now + 1000), false)
  assert.equal(await spool.lease('one', now + 4000), true)
  assert.equal(await spool.lease('other', now + 6000), false)
  assert.equal(await spool.lease('other', now + 9000), true)
  assert.equal(await spool.lease('one', now - 3_600_000), true)
  await spool.release('one')
  assert.equal(await spool.lease('other', now), true)
})
