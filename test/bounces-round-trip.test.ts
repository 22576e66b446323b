// A campaign goes out by one SMTP server and comes back by another: what the timeline, the hold and the old wire say then.

import assert from 'node:assert/strict'
import { createTransport } from 'nodemailer'
import { findContactByEmail } from '../src/core/contacts/contact.ts'
import { getMessage } from '../src/core/sending/outgoing-message.ts'
import { startCampaign } from '../src/core/sending/start-campaign.ts'
import { sql } from '../src/db/sql.ts'
import { listenForBounces } from '../src/faces/bounces/smtp-listener.ts'
import { createFetch } from '../src/server.ts'
import { testOnEach } from './databases.ts'
import { dsn, feedback, returned } from './returned-mail.ts'
import type { ReturnedTest } from './returned-mail.ts'
import { base, basic, host } from './server.ts'
import { isSent, startSending } from './sending.ts'
import type { SendingTest } from './sending.ts'

async function returnedOf(test: SendingTest, email: string): Promise<ReturnedTest> {
  const { contactId } = (await findContactByEmail(test.app.db, test.accountId, email))!
  const unused = (): Promise<never> => Promise.reject(new Error('nobody asks'))
  return returned({ ...test, get: unused, fetch: unused }, { contactId })
}

/** Letters and kinds of the events, the contact's status, its hold and its suppression. */
async function stateOf(test: SendingTest, email: string): Promise<unknown[]> {
  const of = await returnedOf(test, email)
  const { status } = (await findContactByEmail(test.app.db, test.accountId, email))!
  const kinds = (await of.events()).map(({ kind, code }) => code ?? kind).toSorted()
  return [kinds, status, (await of.hold())?.code, await of.suppression(email)]
}

/** What the server got for this recipient: whom bounces go to, and the header. */
function sentTo({ sink }: SendingTest, email: string): { from: string; header: string[] } {
  const { from, raw } = sink.messages.find(({ to }) => to === email)!
  return { from, header: raw.slice(0, raw.indexOf('\r\n\r\n')).split('\r\n') }
}

testOnEach(
  'a campaign whose mail comes back: each contact has what became of it, and who is gone gets no more',
  async () => {
    await using test = await startSending()
    const { app, accountId, sink, clock } = test
    app.config.bounceListen = { host: '127.0.0.1', port: 0 }
    const people = [
      'gone@mail.example',
      'full@mail.example',
      'angry@mail.example',
      'fine@mail.example',
      'on@mail.example',
    ]
    const { campaignId } = await test.draft(people)
    await test.whileSending(async () => {
      await startCampaign(app.db, accountId, campaignId, clock.now)
      await test.until(campaignId, isSent)
    })
    await using listener = await listenForBounces(app)
    const transport = createTransport({ host: '127.0.0.1', port: listener.port, ignoreTLS: true })
    const sendBack = (to: string, raw: Buffer): Promise<{ response: string }> =>
      transport.sendMail({ envelope: { from: '', to }, raw })
    clock.now += 60_000
    const gone = sentTo(test, 'gone@mail.example')
    const bounce = dsn({ recipient: 'gone@mail.example', returned: gone.header })
    assert.match((await sendBack(gone.from, bounce)).response, /^250 /)
    const full = dsn({ recipient: 'full@mail.example', status: '5.2.2', diagnostic: 'smtp; 552 5.2.2 over quota' })
    await sendBack(sentTo(test, 'full@mail.example').from, full)
    await sendBack('fbl@bounce.test', feedback('abuse', sentTo(test, 'angry@mail.example').header))
    await assert.rejects(sendBack('fine@bounce.test', bounce), /550 5\.1\.1/)
    assert.deepEqual(await stateOf(test, 'gone@mail.example'), [['B', 'delivery'], 'active', 'B', undefined])
    assert.deepEqual(await stateOf(test, 'full@mail.example'), [['F', 'delivery'], 'active', undefined, undefined])
    assert.deepEqual(await stateOf(test, 'angry@mail.example'), [['complaint', 'delivery', 'optout'], 'do-not-mail', undefined, 'complaint']) // oxfmt-ignore
    assert.deepEqual(await stateOf(test, 'fine@mail.example'), [['delivery'], 'active', undefined, undefined])
    const url = `http://${host}${base}/campaigns/${campaignId}/events/bounces`
    const wire = await createFetch(app)(new Request(url, { headers: { host, authorization: basic() } }))
    assert.equal((await wire.text()).match(/<BounceEvent/g)?.length, 2)
    // The next campaign leaves out who is on hold, and says so.
    const next = await test.draft(people)
    sink.messages.length = 0
    await test.whileSending(async () => {
      await startCampaign(app.db, accountId, next.campaignId, clock.now)
      await test.until(next.campaignId, isSent)
    })
    assert.deepEqual(sink.messages.map(({ to }) => to).toSorted(), ['fine@mail.example', 'full@mail.example', 'on@mail.example']) // oxfmt-ignore
    assert.deepEqual((await stateOf(test, 'gone@mail.example'))[0], ['B', 'S', 'delivery'])
  },
)

testOnEach('a message of which nobody knew whether it was taken is known by what comes back', async () => {
  await using test = await startSending({ data: () => 'drop' })
  const { app, accountId, clock } = test
  const { campaignId } = await test.draft(['back@mail.example', 'late@mail.example'])
  await test.whileSending(async () => {
    await startCampaign(app.db, accountId, campaignId, clock.now)
    await test.until(campaignId, ({ counts }) => counts.unknown === 2)
  })
  const take = async (email: string, parts: Parameters<typeof dsn>[0]): Promise<unknown[]> => {
    const of = await returnedOf(test, email)
    await of.ingest(dsn({ recipient: email, ...parts }), { envelopeTo: sentTo(test, email).from })
    const { contactId } = (await findContactByEmail(app.db, accountId, email))!
    const { state, reply } = await getMessage(app.db, accountId, { campaignId, contactId, sendNo: 0 })
    return [state, reply, (await of.events()).map(({ kind }) => kind)]
  }
  const [state, reply, kinds] = await take('back@mail.example', {})
  assert.deepEqual([state, kinds], ['failed', ['bounce']])
  assert.match(String(reply), /no such user/)
  const [late, words] = await take('late@mail.example', { action: 'delayed', status: '4.4.1' })
  assert.equal(late, 'accepted')
  assert.match(String(words), /^delayed: /)
  // It was sent, after all, under the name that it had.
  const sends = await app.db.tuples(sql`select message_id from send where account_id = ${accountId}`)
  assert.equal(sends.length, 1)
  assert.match(String(sends[0]![0]), /^[0-9a-f-]{36}@joesflowers\.example$/)
})
