// What stopping, resuming and trying again must not do: lose what was left, send what was taken back, mix up messages.

import assert from 'node:assert/strict'
import PostalMime from 'postal-mime'
import { testOnEach } from '../../../test/databases.ts'
import { runDueJobs } from '../../../test/run-jobs.ts'
import { isSent, startSending } from '../../../test/sending.ts'
import type { SendingTest } from '../../../test/sending.ts'
import { sql } from '../../db/sql.ts'
import { scheduleCampaign } from '../campaigns/schedule.ts'
import { changeDraft } from '../campaigns/write-campaign.ts'
import { findContactByEmail } from '../contacts/contact.ts'
import { importContact } from '../contacts/import-contact.ts'
import { listHistory } from '../events/history.ts'
import { insertJob } from '../jobs/job.ts'
import { findListByName } from '../lists/list.ts'
import { noteBounce } from '../suppressions/hold.ts'
import { getProgress } from './campaign-progress.ts'
import { getMessage } from './outgoing-message.ts'
import { sendSingle } from './send-single.ts'
import { cancelCampaign, pauseCampaign, resumeCampaign, startCampaign } from './start-campaign.ts'
import { queueTest } from './test-message.ts'
import { requeueUnknown } from './unknown-messages.ts'

const people = (count: number, domain = 'mail.example'): string[] =>
  Array.from({ length: count }, (_, i) => `reader${i}@${domain}`)
const recipients = ({ sink }: SendingTest): string[] => sink.messages.map(({ to }) => to)
const order = {
  stream: 'Orders',
  subject: 'Your order',
  text: 'On its way',
  from: { email: 'joe@joesflowers.example' },
}

testOnEach('what a provider of mailboxes has to wait for keeps mail to others waiting for nothing', async () => {
  await using test = await startSending()
  const { app, accountId, clock } = test
  const others = ['a@one.example', 'b@two.example', 'c@three.example']
  const { campaignId } = await test.draft([...people(60, 'gmail.com'), ...others])
  await startCampaign(app.db, accountId, campaignId, clock.now)
  const isHere = (to: string): boolean => others.includes(to)
  await test.whileSending(() => test.until(campaignId, () => recipients(test).filter(isHere).length === 3), {
    rates: { perSecond: 0, perProviderMinute: 6 },
  })
  assert.ok(recipients(test).length < 10, String(recipients(test)))
  // Those that made place come back.
  await test.whileSending(() => test.until(campaignId, ({ counts }) => ((clock.now += 4000), counts.accepted > 6)), {
    rates: { perSecond: 0, perProviderMinute: 6 },
  })
})

testOnEach('a single message whose fate is unknown goes out again as it was, and so does a test', async () => {
  await using test = await startSending({ data: () => 'drop' })
  const { app, accountId, clock, sink } = test
  const { campaignId } = await test.draft(['ada@mail.example'])
  const { contactId } = (await findContactByEmail(app.db, accountId, 'ada@mail.example'))!
  const single = await sendSingle(app.db, accountId, { ...order, to: 'ada@mail.example' }, undefined, clock.now)
  await queueTest(app.db, accountId, { campaignId, contactId, to: 'me@joesflowers.example' }, clock.now)
  const sent = async (): Promise<string[]> => {
    const mails = await Promise.all(sink.messages.map(({ raw }) => PostalMime.parse(raw)))
    return mails.map(({ subject }) => subject ?? '').toSorted()
  }
  await test.whileSending(async () => {
    for (const id of [campaignId, single.campaignId]) await test.until(id, ({ run }) => run?.state === 'done')
  })
  assert.deepEqual(await sent(), ['Your order', '[Test] Hello you'])
  sink.answers = {}
  sink.messages.length = 0
  await test.whileSending(async () => {
    for (const id of [campaignId, single.campaignId]) {
      assert.equal(await requeueUnknown(app.db, accountId, id, clock.now), 1)
      await test.until(id, ({ run }) => run?.state === 'done')
    }
  })
  assert.deepEqual(await sent(), ['Your order', '[Test] Hello you'])
  const { events } = await listHistory(app.db, accountId, { contactId, order: 'oldest-first', limit: 50 })
  assert.deepEqual([...new Set(events.map((event) => event.campaignId))], [single.campaignId])
})

testOnEach('that an earlier single message arrived says nothing of one whose fate is unknown', async () => {
  await using test = await startSending()
  const { app, accountId, clock, sink } = test
  const send = () => sendSingle(app.db, accountId, { ...order, to: 'ada@mail.example' }, undefined, clock.now)
  const first = await send()
  await test.whileSending(async () => {
    await test.until(first.campaignId, ({ counts }) => counts.accepted === 1)
    sink.answers = { data: () => 'drop' }
    await send()
    await test.until(first.campaignId, ({ counts }) => counts.unknown === 1)
  })
  const job = { accountId: null, kind: 'resolve-unknown', subject: 'recurring', dueAt: 0 }
  await app.db.transaction((tx) => insertJob(tx, job, clock.now))
  clock.now += 3_600_000
  await runDueJobs(app)
  assert.equal((await getProgress(app.db, accountId, first.campaignId)).counts.unknown, 1)
})

testOnEach('what was deferred while its campaign was cancelled never goes out, not even behind a test', async () => {
  const waiting: (() => void)[] = []
  await using test = await startSending({
    data: () => new Promise((resolve) => waiting.push(() => resolve('451 4.3.0 later'))),
  })
  const { app, accountId, clock, sink } = test
  const { campaignId } = await test.draft(['ada@mail.example'])
  await test.whileSending(async () => {
    await startCampaign(app.db, accountId, campaignId, clock.now)
    await test.until(campaignId, () => waiting.length === 1)
    await cancelCampaign(app.db, accountId, campaignId, clock.now)
    await test.until(campaignId, ({ run }) => run?.state === 'done')
    waiting[0]!()
    const { counts } = await test.until(campaignId, (progress) => progress.counts['in-flight'] === 0)
    assert.deepEqual([counts.cancelled, counts.deferred], [1, 0])
  })
  sink.answers = {}
  // However it came about: what is left in the queue of a cancelled campaign stays there.
  await app.db.transaction((tx) =>
    tx.run(sql`update outgoing set state = 'deferred', due_at = 0 where campaign_id = ${campaignId}`),
  )
  const key = await queueTest(app.db, accountId, { campaignId, contactId: 0, to: 'me@joesflowers.example' }, clock.now)
  clock.now += 3_600_000
  await test.whileSending(() => test.until(campaignId, ({ run }) => run?.state === 'done'))
  assert.equal((await getMessage(app.db, accountId, key)).state, 'accepted')
  assert.deepEqual(recipients(test), ['me@joesflowers.example'])
})

testOnEach(
  'a contact on hold has one bounce for each time a campaign is sent, on however many of its lists',
  async () => {
    await using test = await startSending()
    const { app, accountId, clock } = test
    const { campaignId } = await test.draft(['ada@mail.example', 'held@mail.example'])
    const { contactId } = (await findContactByEmail(app.db, accountId, 'held@mail.example'))!
    await app.db.transaction(async (tx) => {
      await importContact(tx, accountId, { email: 'held@mail.example', lists: ['List 1', 'Another'] }, clock.now)
      await noteBounce(
        tx,
        accountId,
        { contactId, code: 'B', severity: 'hard', message: 'no', at: clock.now },
        clock.now,
      )
    })
    const listIds = await Promise.all(['List 1', 'Another'].map((name) => findListByName(app.db, accountId, name)))
    await changeDraft(app.db, accountId, campaignId, { content: {}, listIds: listIds.map((id) => id!) }, clock.now)
    const ticking = { ...app, now: () => (clock.now += 10) }
    const bounces = async (): Promise<(string | undefined)[]> =>
      (await listHistory(app.db, accountId, { contactId, order: 'oldest-first', limit: 50 })).events.map(
        ({ code }) => code,
      )
    for (const times of [1, 2]) {
      await startCampaign(app.db, accountId, campaignId, clock.now)
      await runDueJobs(ticking)
      await test.whileSending(() => test.until(campaignId, isSent))
      assert.deepEqual(
        await bounces(),
        Array.from({ length: times }, () => 'S'),
      )
    }
  },
)

testOnEach('a schedule that can not be kept loses nothing of what is still being tried', async () => {
  await using test = await startSending({ rcpt: () => '450 4.2.0 later' })
  const { app, accountId, clock, sink } = test
  const { campaignId } = await test.draft(['ada@mail.example'])
  await startCampaign(app.db, accountId, campaignId, clock.now)
  await test.whileSending(async () => {
    await test.until(campaignId, (progress) => isSent(progress) && progress.counts.deferred === 1)
    await scheduleCampaign(app.db, accountId, campaignId, clock.now)
    await app.db.transaction((tx) => tx.run(sql`update sender set verified_at = null where account_id = ${accountId}`))
    await test.until(campaignId, ({ run }) => /no verified address/.test(run?.problem ?? ''))
    sink.answers = {}
    clock.now += 3_600_000
    await test.until(campaignId, ({ counts }) => counts.accepted === 1)
  })
})

testOnEach('a campaign can be paused while its recipients are written down, and loses none of them', async () => {
  await using test = await startSending()
  const { app, accountId, clock } = test
  const { campaignId } = await test.draft(people(700))
  await startCampaign(app.db, accountId, campaignId, clock.now)
  await pauseCampaign(app.db, accountId, campaignId)
  await runDueJobs(app)
  assert.equal((await getProgress(app.db, accountId, campaignId)).recipients, 0)
  await resumeCampaign(app.db, accountId, campaignId)
  await runDueJobs(app)
  const { run, counts } = await getProgress(app.db, accountId, campaignId)
  assert.deepEqual([run?.state, counts.pending], ['running', 700])
})

testOnEach('a draft that was only tested can be neither paused nor cancelled', async () => {
  await using test = await startSending()
  const { app, accountId, clock } = test
  const { campaignId } = await test.draft(['ada@mail.example'])
  await queueTest(app.db, accountId, { campaignId, contactId: 0, to: 'me@joesflowers.example' }, clock.now)
  await assert.rejects(pauseCampaign(app.db, accountId, campaignId), /nothing to pause/)
  await assert.rejects(cancelCampaign(app.db, accountId, campaignId, clock.now), /nothing to cancel/)
})

testOnEach('a relay that refuses one campaign pauses that one, although another goes well', async () => {
  await using test = await startSending({
    rcpt: (to) => (to.endsWith('@refused.example') ? '554 no relay' : undefined),
  })
  const { app, accountId, clock } = test
  const refused = await test.draft(people(250, 'refused.example'))
  const other = await test.draft(people(250))
  for (const { campaignId } of [refused, other]) await startCampaign(app.db, accountId, campaignId, clock.now)
  await test.whileSending(async () => {
    const { counts } = await test.until(refused.campaignId, ({ run }) => run?.state === 'paused')
    assert.ok(counts.failed < 150, String(counts.failed))
    await test.until(other.campaignId, isSent)
  })
})

testOnEach('single messages that are refused stop none of those that come after', async () => {
  let refusal: string | undefined = '550 5.7.1 sender not allowed'
  await using test = await startSending({ mail: () => refusal })
  const { app, accountId, clock } = test
  const send = (to: string) => sendSingle(app.db, accountId, { ...order, to }, undefined, clock.now)
  const { campaignId } = await send('ada@mail.example')
  for (const email of people(14)) await send(email)
  await test.whileSending(async () => {
    await test.until(campaignId, ({ counts }) => counts.failed === 15)
    refusal = undefined
    await send('last@mail.example')
    await test.until(campaignId, ({ counts }) => counts.accepted === 1)
  })
})
