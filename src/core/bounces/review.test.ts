// Reports that wait for a decision: what is kept of them, for how long, and what about people who are gone.

import assert from 'node:assert/strict'
import { testOnEach } from '../../../test/databases.ts'
import { dsn, letter, startReturned } from '../../../test/returned-mail.ts'
import { runDueJobs } from '../../../test/run-jobs.ts'
import { sql } from '../../db/sql.ts'
import { InvalidInputError, NotFoundError } from '../../errors.ts'
import { getContact } from '../contacts/contact.ts'
import { eraseContact } from '../erasure/erase-contact.ts'
import { insertJob } from '../jobs/job.ts'
import { assignReport } from './assign-report.ts'
import { getReview, maxKeptBytes } from './review.ts'

testOnEach('the same mail waits once, and as much of it is kept as the limit says', async () => {
  await using test = await startReturned()
  const first = await test.ingest(dsn())
  assert.equal((await test.ingest(dsn())).reviewId, first.reviewId)
  const long = await test.ingest(Buffer.concat([dsn(), Buffer.alloc(2 * maxKeptBytes)]))
  assert.equal((await test.reviews()).length, 2)
  assert.equal((await getReview(test.app.db, 0, long.reviewId!)).raw.length, maxKeptBytes)
  assert.deepEqual(Buffer.from((await getReview(test.app.db, 0, first.reviewId!)).raw), dsn())
})

testOnEach('after thirty days it is forgotten', async () => {
  await using test = await startReturned()
  await test.ingest(dsn())
  const prune = async (): Promise<number> => {
    const job = { accountId: null, kind: 'prune-bounce-reviews', subject: 'recurring', dueAt: 0 }
    await test.app.db.transaction((tx) => insertJob(tx, job, test.clock.now))
    await runDueJobs(test.app)
    return (await test.reviews()).length
  }
  test.clock.now += 29 * 86_400_000
  assert.equal(await prune(), 1)
  test.clock.now += 2 * 86_400_000
  assert.equal(await prune(), 0)
})

testOnEach('whoever is erased is in no report, and nothing is recorded of it again', async () => {
  await using test = await startReturned()
  const { db } = test.app
  await test.ingest(dsn({ returned: ['Message-ID: <one@joesflowers.example>'] }))
  await test.ingest(dsn())
  await test.ingest(letter, { envelopeTo: test.verp() })
  await test.ingest(dsn({ recipient: 'somebody@else.example' }))
  assert.equal((await test.reviews()).length, 4)
  await eraseContact(db, test.accountId, await getContact(db, test.accountId, 32), test.clock.now)
  assert.deepEqual((await test.reviews()).map(({ recipient }) => recipient), ['somebody@else.example']) // oxfmt-ignore
  for (const envelopeTo of [test.verp(), test.unsub()])
    assert.equal((await test.ingest(dsn(), { envelopeTo })).outcome, 'gone')
  assert.deepEqual([await test.events(), (await test.reviews()).length], [[], 1])
})

testOnEach('of a campaign that was deleted, and an account that never was, nothing is kept', async () => {
  await using test = await startReturned()
  const { db } = test.app
  for (const changes of [{ accountId: 999 }, { campaignId: 999 }, { contactId: 999 }])
    assert.equal((await test.ingest(dsn(), { envelopeTo: test.verp(changes) })).outcome, 'gone')
  await db.transaction((tx) => tx.run(sql`update campaign set status = 'deleted' where campaign_id = 1100`))
  assert.equal((await test.ingest(dsn(), { envelopeTo: test.verp() })).outcome, 'gone')
  assert.deepEqual([await test.hold(), await test.reviews()], [undefined, []])
})

testOnEach('what an operator assigns takes effect once; what is no report stays where it is', async () => {
  await using test = await startReturned()
  const { app, accountId } = test
  const assign = (owner: number, reviewId: string, contactId: number): Promise<string> =>
    assignReport(
      app.db,
      { accountId: owner, reviewId },
      { accountId, contactId, campaignId: 1100, sendNo: 0 },
      app.now(),
    )
  const { reviewId } = await test.ingest(dsn())
  await assert.rejects(assign(0, reviewId!, 999), NotFoundError)
  assert.equal((await test.reviews()).length, 1)
  const both = await Promise.allSettled([assign(0, reviewId!, 32), assign(0, reviewId!, 32)])
  assert.deepEqual(both.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected'])
  assert.equal((await test.hold())!.strikes, 1)
  const odd = await test.ingest(letter, { envelopeTo: test.verp() })
  assert.deepEqual([odd.outcome, odd.reason], ['review', 'unparsed'])
  await assert.rejects(assign(accountId, odd.reviewId!, 32), InvalidInputError)
  assert.equal((await test.reviews()).length, 1)
})

testOnEach('automatic replies are no part of a row of soft bounces', async () => {
  await using test = await startReturned()
  const day = 86_400_000
  const soft = dsn({ status: '5.2.2', diagnostic: 'smtp; 552 5.2.2 mailbox full' })
  const vacation = Buffer.from(
    'From: <jflowers@mail.com>\r\nAuto-Submitted: auto-replied\r\nSubject: away\r\n\r\nAway.\r\n',
  )
  const send = async (campaignId: number): Promise<void> => {
    await test.app.db.transaction(async (tx) => {
      await tx.run(sql`insert into campaign(campaign_id, account_id, name, kind, status, dated_at)
        values (${campaignId}, ${test.accountId}, 'x', 'regular', 'sent', 1)`)
      await tx.run(sql`insert into send(contact_id, campaign_id, send_no, account_id, message_id, sent_at)
        values (32, ${campaignId}, 0, ${test.accountId}, 'x', ${test.clock.now})`)
    })
  }
  // Five bounces by letter over sixteen days, of which one is a vacation.
  for (let n = 1; n <= 5; n++) {
    await send(2000 + n)
    const raw = n === 1 ? vacation : soft
    assert.equal((await test.ingest(raw, { envelopeTo: test.verp({ campaignId: 2000 + n }) })).outcome, 'recorded')
    test.clock.now += 4 * day
  }
  assert.equal(await test.hold(), undefined)
  await send(2006)
  await test.ingest(soft, { envelopeTo: test.verp({ campaignId: 2006 }) })
  assert.equal((await test.hold())!.code, 'F')
})
