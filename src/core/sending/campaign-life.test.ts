// Starting, pausing, resuming, cancelling, scheduling and sending again.

import assert from 'node:assert/strict'
import { testOnEach } from '../../../test/databases.ts'
import { isSent, startSending } from '../../../test/sending.ts'
import { findCampaign } from '../campaigns/campaign.ts'
import { scheduleCampaign } from '../campaigns/schedule.ts'
import { importContact } from '../contacts/import-contact.ts'
import { getProgress } from './campaign-progress.ts'
import { cancelCampaign, pauseCampaign, resumeCampaign, startCampaign } from './start-campaign.ts'

const people = (count: number): string[] => Array.from({ length: count }, (_, i) => `reader${i}@mail.example`)

/** Answers of a server that lets somebody decide when it goes on. */
function gate(): { answer: () => Promise<undefined>; open: () => void; waiting: () => number } {
  const waiting: (() => void)[] = []
  let isOpen = false
  return {
    answer: () =>
      new Promise((resolve) => {
        const go = (): void => resolve(undefined)
        if (isOpen) go()
        else waiting.push(go)
      }),
    open: () => {
      isOpen = true
      for (const go of waiting) go()
    },
    waiting: () => waiting.length,
  }
}

testOnEach('a paused campaign hands over nothing more until it is resumed', async () => {
  const server = gate()
  await using test = await startSending({ data: server.answer })
  const { app, accountId, clock, sink } = test
  const { campaignId } = await test.draft(people(30))
  await test.whileSending(async () => {
    await startCampaign(app.db, accountId, campaignId, clock.now)
    await test.until(campaignId, () => server.waiting() === 4)
    await pauseCampaign(app.db, accountId, campaignId)
    server.open()
    await test.until(campaignId, ({ counts }) => counts.accepted === 4 && counts['claimed'] === 0)
    assert.equal(sink.messages.length, 4)
    assert.equal((await findCampaign(app.db, accountId, campaignId))?.status, 'paused')
    await resumeCampaign(app.db, accountId, campaignId)
    await test.until(campaignId, isSent)
  })
  assert.equal(new Set(sink.messages.map(({ to }) => to)).size, 30)
  assert.equal(sink.messages.length, 30)
})

testOnEach('of a cancelled campaign only what was being handed over arrives', async () => {
  const server = gate()
  await using test = await startSending({ data: server.answer })
  const { app, accountId, clock, sink } = test
  const { campaignId } = await test.draft(people(30))
  await test.whileSending(async () => {
    await startCampaign(app.db, accountId, campaignId, clock.now)
    await test.until(campaignId, () => server.waiting() === 4)
    await cancelCampaign(app.db, accountId, campaignId, clock.now)
    server.open()
    const { counts } = await test.until(campaignId, ({ run }) => run?.state === 'done')
    assert.deepEqual([counts.accepted, counts.cancelled], [4, 26])
  })
  assert.equal(sink.messages.length, 4)
  assert.equal((await findCampaign(app.db, accountId, campaignId))?.status, 'cancelled')
})

testOnEach('a campaign that is stopped and started in another process goes on where it was', async () => {
  await using test = await startSending()
  const { app, accountId, clock, sink } = test
  const { campaignId } = await test.draft(people(300))
  await test.whileSending(async () => {
    await startCampaign(app.db, accountId, campaignId, clock.now)
    await test.until(campaignId, ({ counts }) => counts.accepted > 20)
  })
  const { counts } = await getProgress(app.db, accountId, campaignId)
  assert.deepEqual([counts.claimed, counts['in-flight'], counts.unknown], [0, 0, 0])
  await test.whileSending(() => test.until(campaignId, isSent))
  assert.equal(sink.messages.length, 300)
  assert.equal(new Set(sink.messages.map(({ to }) => to)).size, 300)
})

testOnEach('a campaign that is sent again goes to those who have not had it', async () => {
  await using test = await startSending()
  const { app, accountId, clock, sink } = test
  const { campaignId } = await test.draft(['ada@mail.example', { email: 'new@mail.example', status: 'unconfirmed' }])
  await test.whileSending(async () => {
    await startCampaign(app.db, accountId, campaignId, clock.now)
    await test.until(campaignId, isSent)
    await app.db.transaction((tx) =>
      importContact(tx, accountId, { email: 'new@mail.example', status: 'active' }, clock.now),
    )
    await startCampaign(app.db, accountId, campaignId, clock.now)
    await test.until(campaignId, (progress) => isSent(progress) && progress.run?.runNo === 2)
  })
  assert.deepEqual(
    sink.messages.map(({ to }) => to),
    ['ada@mail.example', 'new@mail.example'],
  )
})

testOnEach('a scheduled campaign goes out when its time has come', async () => {
  await using test = await startSending()
  const { app, accountId, clock, sink } = test
  const { campaignId } = await test.draft(['ada@mail.example'])
  await scheduleCampaign(app.db, accountId, campaignId, clock.now + 60_000)
  await test.whileSending(async () => {
    clock.now += 61_000
    await test.until(campaignId, isSent)
  })
  assert.equal(sink.messages.length, 1)
})

testOnEach('a scheduled campaign that can not go out is a draft again, with the reason', async () => {
  await using test = await startSending()
  const { app, accountId, clock } = test
  const { campaignId } = await test.draft(['ada@mail.example'], { organizationAddress1: '' })
  await scheduleCampaign(app.db, accountId, campaignId, clock.now)
  await test.whileSending(async () => {
    const { run } = await test.until(campaignId, ({ campaign }) => campaign.status === 'draft')
    assert.match(run?.problem ?? '', /OrganizationAddress1/)
  })
})

testOnEach(
  'a campaign without a postal address, a sender of the account or a sound template is not started',
  async () => {
    await using test = await startSending()
    const { app, accountId, clock } = test
    const start = async (content: object): Promise<void> => {
      const { campaignId } = await test.draft(['ada@mail.example'], content)
      await startCampaign(app.db, accountId, campaignId, clock.now)
    }
    await assert.rejects(start({ organizationAddress1: '' }), /no OrganizationAddress1/)
    await assert.rejects(start({ subject: '' }), /no Subject/)
    await assert.rejects(start({ subject: '{% if %}' }), /Subject/)
  },
)

testOnEach('a relay that refuses the sender pauses the campaign before it has bounced everybody', async () => {
  await using test = await startSending({ mail: () => '550 5.7.1 sender not allowed' })
  const { app, accountId, clock } = test
  const { campaignId } = await test.draft(people(200))
  await test.whileSending(async () => {
    await startCampaign(app.db, accountId, campaignId, clock.now)
    const { run, counts } = await test.until(campaignId, (progress) => progress.run?.state === 'paused')
    assert.match(run?.problem ?? '', /sender not allowed/)
    assert.ok(counts.failed < 60, String(counts.failed))
  })
})
