// Jobs: taken once, taken up again after a crash, given up when they never come forward.

import assert from 'node:assert/strict'
import { testOnEach } from '../../../test/databases.ts'
import { openTestApp } from '../../../test/server.ts'
import type { TestApp } from '../../../test/server.ts'
import { sql } from '../../db/sql.ts'
import { UnavailableError } from '../../errors.ts'
import { finishJob, insertJob, JobLostError, saveJob, takeJob } from './job.ts'
import { runNextJob } from './run-jobs.ts'
import type { JobKinds } from './run-jobs.ts'

const never = new AbortController().signal

async function withJob(subject = 'one'): Promise<TestApp> {
  const test = await openTestApp()
  const job = { accountId: null, kind: 'count', subject, dueAt: test.clock.now }
  assert.equal(await test.app.db.transaction((tx) => insertJob(tx, job, test.clock.now)), true)
  return test
}

const outcomeOf = (test: TestApp): Promise<{ outcome: string | null; attempts: number } | undefined> =>
  test.app.db.one(sql`select outcome, attempts from job where kind = 'count'`)

testOnEach('a job of a kind and subject exists once', async () => {
  await using held = await withJob()
  const again = { accountId: null, kind: 'count', subject: 'one', dueAt: 0 }
  assert.equal(await held.app.db.transaction((tx) => insertJob(tx, again, held.clock.now)), false)
})

testOnEach('two who look for work at once do not get the same job', async () => {
  await using held = await withJob()
  const taken = await Promise.all([1, 2, 3].map(() => takeJob(held.app.db, held.clock.now)))
  assert.equal(taken.filter(Boolean).length, 1)
})

testOnEach(
  'a job whose holder is not heard of is taken by another, from where it was saved, and the first can do no more',
  async () => {
    await using held = await withJob()
    const { db } = held.app
    const first = (await takeJob(db, held.clock.now))!
    await db.transaction((tx) => saveJob(tx, first, { line: 7 }, held.clock.now))
    assert.equal(await takeJob(db, held.clock.now + 1000), undefined)
    const second = (await takeJob(db, held.clock.now + 60_000))!
    assert.deepEqual(second.progress, { line: 7 })
    await assert.rejects(
      db.transaction(async (tx) => {
        await tx.run(sql`insert into secret(name, value) values ('step', 'done')`)
        await saveJob(tx, first, { line: 8 }, held.clock.now)
      }),
      JobLostError,
    )
    assert.equal(await db.one(sql`select 1 from secret where name = 'step'`), undefined)
    await db.transaction((tx) => finishJob(tx, second, 'done'))
    assert.deepEqual((await outcomeOf(held))?.outcome, 'done')
  },
)

testOnEach(
  'a job that fails is tried again later, and is over when it failed five times without coming forward',
  async () => {
    await using held = await withJob()
    let times = 0
    const told: (string | undefined)[] = []
    const kinds: JobKinds = {
      count: {
        work: () => Promise.reject(new Error(`time ${++times}`)),
        end: async (_tx, _run, error) => void told.push(error?.message),
      },
    }
    for (let i = 0; i < 20; i++) {
      await runNextJob(held.app, kinds, never)
      held.clock.now += 120_000
    }
    assert.equal(times, 5)
    assert.deepEqual(told, ['time 5'])
    assert.equal((await outcomeOf(held))?.outcome, 'failed')
  },
)

testOnEach('failures between steps that come forward are no reason to give up', async () => {
  await using held = await withJob()
  let steps = 0
  const kinds: JobKinds = {
    count: {
      work: async (run) => {
        if (steps === 12) return
        await run.db.transaction((tx) => run.save(tx, ++steps))
        throw new Error('cut off')
      },
    },
  }
  for (let i = 0; i < 13; i++) {
    await runNextJob(held.app, kinds, never)
    held.clock.now += 120_000
  }
  assert.deepEqual([steps, (await outcomeOf(held))?.outcome], [12, 'done'])
})

testOnEach('a stop gives the job back, and the next start goes on at once', async () => {
  await using held = await withJob()
  const stop = new AbortController()
  let begun = 0
  const kinds: JobKinds = {
    count: {
      work: async (run) => {
        begun++
        await run.db.transaction((tx) => run.save(tx, begun))
        stop.abort()
      },
    },
  }
  await runNextJob(held.app, kinds, stop.signal)
  assert.equal((await outcomeOf(held))?.outcome, null)
  await runNextJob(held.app, kinds, never)
  assert.deepEqual([begun, (await outcomeOf(held))?.outcome], [2, 'done'])
})

testOnEach('a recurring job comes again, also after it failed', async () => {
  await using held = await withJob('recurring')
  let times = 0
  const kinds: JobKinds = {
    count: {
      every: 1000,
      work: async () => {
        if (++times < 7) throw new Error('not yet')
      },
    },
  }
  for (let i = 0; i < 10; i++) {
    await runNextJob(held.app, kinds, never)
    held.clock.now += 120_000
  }
  assert.equal(times, 10)
})

testOnEach(
  'a job whose store is away again and again is not given up, and is done when the store is back',
  async () => {
    await using held = await withJob()
    let times = 0
    const kinds: JobKinds = {
      count: {
        work: async (run) => {
          if (++times <= 12) throw new UnavailableError('the disk is full')
          await run.db.transaction((tx) => run.save(tx, times))
        },
      },
    }
    for (let i = 0; i < 20; i++) {
      await runNextJob(held.app, kinds, never)
      held.clock.now += 5000
    }
    assert.equal(times, 13)
    assert.equal((await outcomeOf(held))?.outcome, 'done')
  },
)
