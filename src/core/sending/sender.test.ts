// Campaigns by a real SMTP server: every outcome on the timeline, nothing lost, nobody mailed twice.

import assert from 'node:assert/strict'
import PostalMime from 'postal-mime'
import { testOnEach } from '../../../test/databases.ts'
import { isSent, startSending } from '../../../test/sending.ts'
import { findContactByEmail } from '../contacts/contact.ts'
import { optOutContact } from '../contacts/opt-out.ts'
import { listHistory } from '../events/history.ts'
import type { HistoryEvent } from '../events/history.ts'
import type { SendingTest } from '../../../test/sending.ts'
import { startCampaign } from './start-campaign.ts'

async function historyOf({ app, accountId }: SendingTest, email: string): Promise<HistoryEvent[]> {
  const { contactId } = (await findContactByEmail(app.db, accountId, email))!
  return (await listHistory(app.db, accountId, { contactId, order: 'oldest-first', limit: 50 })).events
}

testOnEach('a campaign goes to each member once, and what the relay said stands on the timeline', async () => {
  await using test = await startSending()
  const { app, accountId, sink, clock } = test
  const { campaignId } = await test.draft([
    { email: 'ada@mail.example', firstName: 'Ada' },
    { email: 'ben@mail.example', firstName: 'Ben' },
  ])
  await test.whileSending(async () => {
    await startCampaign(app.db, accountId, campaignId, clock.now)
    await test.until(campaignId, isSent)
  })
  assert.deepEqual(sink.messages.map(({ to }) => to).toSorted(), ['ada@mail.example', 'ben@mail.example'])
  const mail = await PostalMime.parse(sink.messages.find(({ to }) => to.startsWith('ada'))!.raw)
  assert.equal(mail.subject, 'Hello Ada')
  assert.match(mail.html!, /Dear Ada/)
  assert.match(mail.html!, /href="https:\/\/track\.test\/c\//)
  assert.match(mail.html!, /Joe's Flowers, 1 Main Street, Waltham 02451, US|Joe&#39;s Flowers, 1 Main Street/)
  const events = await historyOf(test, 'ada@mail.example')
  assert.deepEqual(events.map(({ kind }) => kind).toSorted(), ['delivery', 'send'])
  const delivery = events.find(({ kind }) => kind === 'delivery')!
  assert.match(delivery.message!, /^250 /)
  assert.match(delivery.server!, /127\.0\.0\.1/)
  assert.equal(events.find(({ kind }) => kind === 'send')!.messageId, mail.messageId!.replaceAll(/[<>]/g, ''))
})

testOnEach('a refusal is a bounce at once, a deferral is tried again and ends well', async () => {
  let isBusy = true
  await using test = await startSending({
    rcpt: (to) => {
      if (to.startsWith('gone')) return '550 5.1.1 no such user'
      return to.startsWith('busy') && isBusy ? '450 4.2.0 greylisted' : undefined
    },
  })
  const { app, accountId, clock } = test
  const { campaignId } = await test.draft(['gone@mail.example', 'busy@mail.example'])
  await test.whileSending(async () => {
    await startCampaign(app.db, accountId, campaignId, clock.now)
    const { counts } = await test.until(campaignId, isSent)
    assert.deepEqual([counts.failed, counts.deferred], [1, 1])
    isBusy = false
    clock.now += 6 * 60_000
    await test.until(campaignId, ({ run }) => run?.state === 'done')
  })
  const [send, bounce] = await historyOf(test, 'gone@mail.example')
  assert.deepEqual([send!.kind, bounce!.kind, bounce!.code, bounce!.status], ['send', 'bounce', 'B', '5.1.1'])
  assert.deepEqual(
    (await historyOf(test, 'busy@mail.example')).map(({ kind }) => kind),
    ['send', 'delivery'],
  )
})

testOnEach('who has opted out gets nothing, also when it was after the recipients were written down', async () => {
  await using test = await startSending()
  const { app, accountId, sink, clock } = test
  const { campaignId } = await test.draft(['ada@mail.example', 'out@mail.example', 'late@mail.example'])
  const optOut = async (email: string): Promise<void> => {
    const { contactId } = (await findContactByEmail(app.db, accountId, email))!
    await optOutContact(app.db, accountId, contactId, { by: 'contact', source: 'test', at: clock.now })
  }
  await optOut('out@mail.example')
  sink.answers.rcpt = () => '450 4.2.1 not now'
  await test.whileSending(async () => {
    await startCampaign(app.db, accountId, campaignId, clock.now)
    await test.until(campaignId, ({ counts }) => counts.deferred === 2)
    await optOut('late@mail.example')
    sink.answers = {}
    clock.now += 3_600_000
    await test.until(campaignId, ({ run }) => run?.state === 'done')
  })
  assert.deepEqual(
    sink.messages.map(({ to }) => to),
    ['ada@mail.example'],
  )
})

testOnEach('what a contact calls itself is neither a template nor markup nor a header', async () => {
  await using test = await startSending()
  const { app, accountId, clock, sink } = test
  const firstName = '{{ contact.email }} <b>x</b> {% assign a = 1 %}'
  const { campaignId } = await test.draft([{ email: 'ada@mail.example', firstName, lastName: 'Bcc: eve@mail.example' }])
  await test.whileSending(async () => {
    await startCampaign(app.db, accountId, campaignId, clock.now)
    await test.until(campaignId, isSent)
  })
  const mail = await PostalMime.parse(sink.messages[0]!.raw)
  assert.equal(mail.subject, `Hello ${firstName}`)
  assert.match(mail.html!, /Dear \{\{ contact\.email }} &lt;b&gt;x&lt;\/b&gt; \{% assign a = 1 %}/)
  assert.deepEqual([mail.bcc, mail.to?.length], [undefined, 1])
})
