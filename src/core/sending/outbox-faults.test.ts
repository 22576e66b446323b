// What the outbox promises when processes sleep, commits are lost and single messages can't be dealt with.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { testOnEach } from '../../../test/databases.ts'
import { runDueJobs } from '../../../test/run-jobs.ts'
import { isSent, startSending } from '../../../test/sending.ts'
import type { SendingTest } from '../../../test/sending.ts'
import { sql } from '../../db/sql.ts'
import type { Db, Tx } from '../../db/db.ts'
import { UnavailableError } from '../../errors.ts'
import { findContactByEmail } from '../contacts/contact.ts'
import { optOutContact } from '../contacts/opt-out.ts'
import { getProgress } from './campaign-progress.ts'
import { sendSingle } from './send-single.ts'
import { recoverDead } from './sending-process.ts'
import { startCampaign } from './start-campaign.ts'
import { changeMessages, claimMessages, stateChange } from './outgoing.ts'
import { takeOff } from './take-off.ts'

const people = (count: number): string[] => Array.from({ length: count }, (_, i) => `reader${i}@mail.example`)

/** A store of which one transaction in six goes wrong: not begun, or stored with the answer lost. */
function unsteady(db: Db): Db {
  let random = 7
  const transaction = async <T>(work: (tx: Tx) => Promise<T>): Promise<T> => {
    random = (random * 48_271) % 2_147_483_647
    const fate = random % 12
    if (fate === 0) throw new UnavailableError('not begun')
    const value = await db.transaction(work)
    if (fate === 1) throw new UnavailableError('the answer was lost')
    return value
  }
  return {
    all: (query) => db.all(query),
    one: (query) => db.one(query),
    tuples: (query) => db.tuples(query),
    version: () => db.version(),
    oldestBegunAt: () => db.oldestBegunAt(),
    examine: (isFull) => db.examine(isFull),
    transaction,
    [Symbol.asyncDispose]: async () => undefined,
  }
}

async function stateOf({ app }: SendingTest, campaignId: number, contactId: number): Promise<string> {
  const row = await app.db.one<{ state: string }>(
    sql`select state from outgoing where campaign_id = ${campaignId} and contact_id = ${contactId}`,
  )
  return row!.state
}

async function untilIt(isSo: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await isSo()); tries++) {
    assert.ok(tries < 400, 'it does not come about')
    await setTimeout(25)
  }
}

testOnEach('what was taken back from a process that was only asleep is not sent twice by it', async () => {
  const held: (() => void)[] = []
  let isOpen = false
  const data = (): Promise<undefined> =>
    new Promise((resolve) => (isOpen ? resolve(undefined) : held.push(() => resolve(undefined))))
  await using sending = await startSending({ data }, undefined, { pool: 2 })
  const { app, accountId, clock, sink } = sending
  const { campaignId } = await sending.draft(people(3))
  await sending.whileSending(async () => {
    await startCampaign(app.db, accountId, campaignId, clock.now)
    await sending.until(campaignId, ({ counts }) => held.length === 2 && counts.claimed === 1)
    await app.db.transaction((tx) => tx.run(sql`update sending_process set alive_until = 0`))
    assert.equal(await recoverDead(app.db, clock.now), 3)
    // It takes again what it holds already, and lets go of it.
    await setTimeout(700)
    isOpen = true
    for (const go of held) go()
    await untilIt(async () => {
      clock.now += 6000
      return (await getProgress(app.db, accountId, campaignId)).counts.accepted === 3
    })
  })
  assert.deepEqual(sink.messages.map(({ to }) => to).toSorted(), people(3))
})

testOnEach('commits that fail or whose answers are lost lose nobody and mail nobody twice', async () => {
  await using sending = await startSending()
  const { app, accountId, clock, sink } = sending
  const { campaignId } = await sending.draft(people(120))
  await startCampaign(app.db, accountId, campaignId, clock.now)
  for (const share of [20, 60, 100])
    await sending.whileSending(
      () =>
        sending.until(campaignId, ({ counts }) => {
          clock.now += 500
          return counts.accepted >= share
        }),
      { db: unsteady(app.db) },
    )
  const { counts } = await sending.whileSending(() => sending.until(campaignId, isSent))
  // A store that is away when a process leaves can make doubt of the few messages it had under way, three times.
  assert.ok(counts.unknown <= 12 && counts.accepted + counts.unknown === 120, JSON.stringify(counts))
  assert.equal(new Set(sink.messages.map(({ to }) => to)).size, sink.messages.length)
  assert.ok(sink.messages.length >= counts.accepted, String(sink.messages.length))
})

testOnEach('a process that leaves while the store is away leaves nothing that nobody takes', async () => {
  await using sending = await startSending()
  const { app, accountId, clock, sink } = sending
  const { campaignId } = await sending.draft(people(60))
  await startCampaign(app.db, accountId, campaignId, clock.now)
  sink.answers.data = async () => {
    await setTimeout(50)
    return undefined
  }
  let isLeaving = false
  let failures = 0
  const db: Db = {
    ...unsteady(app.db),
    // One failure: enough for what is given back, and then the process leaves.
    transaction: (work) =>
      isLeaving && failures++ < 3 ? Promise.reject(new UnavailableError('away')) : app.db.transaction(work),
  }
  await sending.whileSending(
    async () => {
      await sending.until(campaignId, ({ counts }) => counts.accepted > 5)
      isLeaving = true
    },
    { db },
  )
  clock.now += 30_000
  await sending.whileSending(() => sending.until(campaignId, isSent))
  const { counts } = await getProgress(app.db, accountId, campaignId)
  assert.equal(counts.accepted + counts.unknown, 60)
  assert.equal(new Set(sink.messages.map(({ to }) => to)).size, sink.messages.length)
})

test('an outcome that the store refuses keeps no other one back', async () => {
  await using sending = await startSending()
  const { app, accountId, clock } = sending
  const { campaignId } = await sending.draft(people(40))
  const { contactId } = (await findContactByEmail(app.db, accountId, 'reader7@mail.example'))!
  const trigger = `create trigger refuse before update on outgoing when new.contact_id = ${contactId} and new.state = 'accepted' begin select raise(abort, 'refused'); end`
  await app.db.transaction((tx) => tx.run({ strings: [trigger], values: [] }))
  await sending.whileSending(async () => {
    await startCampaign(app.db, accountId, campaignId, clock.now)
    await sending.until(campaignId, ({ counts }) => counts.accepted === 39 && counts['in-flight'] === 1)
    await app.db.transaction((tx) => tx.run(sql`drop trigger refuse`))
    await sending.until(campaignId, isSent)
  })
})

testOnEach('a message that can not be made keeps no other one back', async () => {
  await using sending = await startSending()
  const { app, accountId, clock, sink } = sending
  const message = { stream: 'Orders', subject: 'Hi', text: 'Hi', from: { email: 'joe@joesflowers.example' } }
  const send = (to: string) => sendSingle(app.db, accountId, { ...message, to }, undefined, clock.now)
  const broken = await send('ada@mail.example')
  await app.db.transaction((tx) =>
    tx.run(sql`update outgoing set message = '{' where campaign_id = ${broken.campaignId}`),
  )
  for (const email of people(10)) await send(email)
  await sending.whileSending(() => sending.until(broken.campaignId, ({ counts }) => counts.accepted === 10))
  assert.deepEqual(sink.messages.map(({ to }) => to).toSorted(), people(10))
})

testOnEach('the last look changes nothing of a message that another process has', async () => {
  await using sending = await startSending()
  const { app, accountId, clock } = sending
  const { db } = app
  const { campaignId } = await sending.draft(['ada@mail.example'])
  await startCampaign(db, accountId, campaignId, clock.now)
  const { contactId } = (await findContactByEmail(db, accountId, 'ada@mail.example'))!
  await sending.whileSending(() => sending.until(campaignId, isSent))
  await db.transaction((tx) => tx.run(sql`update outgoing set state = 'pending', due_at = 0`))
  const [outgoing] = await db.transaction((tx) => claimMessages(tx, 'asleep', { accountId, campaignId }, 1, clock.now))
  await db.transaction((tx) => changeMessages(tx, accountId, [outgoing!], stateChange('accepted', {}, clock.now)))
  await db.transaction((tx) => tx.run(sql`update campaign_run set state = 'running'`))
  await optOutContact(db, accountId, contactId, { by: 'contact', source: 'test', at: clock.now })
  await takeOff(db, 'asleep', [{ outgoing: outgoing!, isWanted: false }], () => clock.now)
  assert.equal(await stateOf(sending, campaignId, contactId), 'accepted')
})

testOnEach('a process that died before the clock was set back is not believed to be alive for long', async () => {
  await using sending = await startSending()
  const { app, accountId, clock } = sending
  const { campaignId } = await sending.draft(['ada@mail.example'])
  await startCampaign(app.db, accountId, campaignId, clock.now)
  await runDueJobs(app)
  await app.db.transaction(async (tx) => {
    await claimMessages(tx, 'dead', { accountId, campaignId }, 1, clock.now)
    const aliveUntil = clock.now + 20_000
    await tx.run(sql`insert into sending_process(holder, alive_until) values ('dead', ${aliveUntil})`)
  })
  clock.now -= 3_600_000
  assert.equal(await recoverDead(app.db, clock.now), 0)
  clock.now += 21_000
  assert.equal(await recoverDead(app.db, clock.now), 1)
})
