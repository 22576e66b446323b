// What follows from mail that came back: by whose token it is told, and by nothing else.

import assert from 'node:assert/strict'
import { testOnEach } from '../../../test/databases.ts'
import { autoReply, dsn, feedback, letter, returned, startReturned } from '../../../test/returned-mail.ts'
import { openSecondApp } from '../../../test/server.ts'
import { rotateTrackingKey } from '../tracking/keys.ts'
import { ingestReport } from './ingest-report.ts'

const day = 86_400_000

testOnEach('a bounce stands on the timeline with its evidence, and the contact is held', async () => {
  await using test = await startReturned()
  const ingested = await test.ingest(dsn(), { envelopeTo: test.verp() })
  assert.deepEqual([ingested.outcome, ingested.kind, ingested.message?.contactId], ['recorded', 'bounce', 32])
  const [bounce] = await test.events()
  assert.deepEqual([bounce!.kind, bounce!.code, bounce!.status], ['bounce', 'B', '5.1.1'])
  assert.match(bounce!.message!, /no such user/)
  const hold = await test.hold()
  assert.deepEqual([hold!.code, hold!.strikes, hold!.until! - hold!.since], ['B', 1, 15 * day])
  assert.deepEqual(await test.reviews(), [])
  const wire = await (await test.get('/ws/customers/joesflowers/contacts/32/events/bounces')).text()
  assert.match(wire, /<Code>B<\/Code>[\s\S]*no such user/)
})

testOnEach('the same report twice, by whatever ways, is one event', async () => {
  await using test = await startReturned()
  const mail = { envelopeTo: test.verp() }
  assert.equal((await test.ingest(dsn(), mail)).outcome, 'recorded')
  test.clock.now += 60_000
  const again = await Promise.all([test.ingest(dsn(), mail), test.ingest(dsn(), { ...mail, way: 'imap' })])
  assert.deepEqual(again.map(({ outcome }) => outcome), ['duplicate', 'duplicate']) // oxfmt-ignore
  assert.equal((await test.events()).length, 1)
  assert.equal((await test.hold())!.strikes, 1)
})

testOnEach('two who bring the first report at once record it once', async () => {
  await using test = await startReturned()
  const mail = { envelopeTo: test.verp() }
  const both = await Promise.all([1, 2, 3].map(() => test.ingest(dsn(), mail)))
  assert.deepEqual(both.map(({ outcome }) => outcome).toSorted(), ['duplicate', 'duplicate', 'recorded'])
  assert.equal((await test.events()).length, 1)
})

testOnEach('an address that servers have written in capitals is the same', async () => {
  await using test = await startReturned()
  assert.equal((await test.ingest(dsn(), { envelopeTo: test.verp().toUpperCase() })).outcome, 'recorded')
})

testOnEach('a token that was not sealed here suppresses nothing, wherever it stands', async () => {
  await using test = await startReturned()
  const forge = (text: string): string => text.replace(/.(?=@)/, (last) => (last === '0' ? '1' : '0'))
  const tampered = `${test.sendId().slice(0, -1)}${test.sendId().endsWith('A') ? 'B' : 'A'}`
  const cases: [Buffer, string | undefined][] = [
    [dsn(), forge(test.verp())],
    [dsn(), forge(test.unsub())],
    [dsn({ returned: [`X-Send-Id: ${tampered}`] }), undefined],
    [feedback('abuse', [`CFBL-Feedback-ID: ${tampered}`]), 'fbl@bounce.test'],
    // A token of another purpose, and one of an address that is for something else.
    [dsn(), `b.${test.unsub().slice(6)}`],
    [dsn({ diagnostic: 'smtp; 550 5.1.1 nobody' }), `unsub.${test.verp().slice(2)}`],
  ]
  for (const [raw, envelopeTo] of cases) {
    const { outcome, reason } = await test.ingest(raw, { envelopeTo })
    assert.deepEqual([outcome, reason], ['review', 'forged'])
  }
  assert.deepEqual(await test.events(), [])
  assert.equal(await test.hold(), undefined)
  assert.equal(await test.suppression(), undefined)
  assert.equal((await test.reviews()).length, cases.length)
})

testOnEach(
  'a bounce that names a message by what anybody can know is proposed, and does nothing by itself',
  async () => {
    await using test = await startReturned()
    const lead = await test.ingest(dsn({ returned: ['Message-ID: <one@joesflowers.example>'] }))
    assert.deepEqual([lead.outcome, lead.reason], ['review', 'low-confidence'])
    const nothing = await test.ingest(dsn({ returned: ['Message-ID: <two@joesflowers.example>'] }))
    assert.deepEqual([nothing.outcome, nothing.reason], ['review', 'unattributed'])
    const [proposed, nobodys] = await test.reviews()
    assert.deepEqual(
      [proposed!.contactId, proposed!.campaignId, proposed!.accountId, proposed!.recipient, proposed!.status],
      [32, 1100, test.accountId, 'jflowers@mail.com', '5.1.1'],
    )
    assert.deepEqual([nobodys!.contactId, nobodys!.accountId], [null, 0])
    assert.equal(await test.hold(), undefined)
    assert.deepEqual(await test.events(), [])
  },
)

testOnEach('a token inside what came back tells the message, and two of different messages tell none', async () => {
  await using test = await startReturned()
  const one = `X-Send-Id: ${test.sendId()}`
  const other = `X-Send-Id: ${test.sendId({ contactId: 33 })}`
  assert.equal((await test.ingest(dsn({ returned: [one, other] }))).outcome, 'review')
  assert.equal(await test.hold(), undefined)
  assert.equal((await test.ingest(dsn({ returned: [one] }))).outcome, 'recorded')
  assert.equal((await test.ingest(dsn({ returned: [`Return-Path: <${test.verp({ contactId: 33 })}>`] }))).outcome, 'recorded') // oxfmt-ignore
  assert.ok((await test.hold(33)) && (await test.hold(32)))
})

testOnEach(
  'mail sealed with a newer or an older key is known, also to a process that has not seen the key',
  async () => {
    await using test = await startReturned()
    const old = test.verp()
    assert.equal(await rotateTrackingKey(test.app.db), 2)
    await using second = await openSecondApp(test)
    assert.equal(second.tracking.keys.newest.keyNo, 2)
    const host = { ...second, counts: test.app.counts }
    const ingested = await ingestReport(host, { raw: dsn(), envelopeTo: old, receivedAt: test.app.now(), way: 'smtp' })
    assert.equal(ingested.outcome, 'recorded')
    const fresh = returned({ ...test, app: second }).verp({ contactId: 33 })
    assert.equal((await test.ingest(dsn(), { envelopeTo: fresh })).outcome, 'recorded')
  },
)

testOnEach('a bounce of a message from more than thirty days ago waits for a decision', async () => {
  await using test = await startReturned()
  test.clock.now += 29 * day
  assert.equal((await test.ingest(dsn(), { envelopeTo: test.verp() })).outcome, 'recorded')
  test.clock.now += day
  const late = await test.ingest(dsn(), { envelopeTo: test.verp({ contactId: 33 }) })
  assert.deepEqual([late.outcome, late.reason], ['review', 'expired'])
  assert.equal(await test.hold(33), undefined)
  // What readers ask for has no such limit.
  assert.equal((await test.ingest(letter, { envelopeTo: test.unsub({ contactId: 33 }) })).outcome, 'recorded')
})

testOnEach('a complaint is an event, an opt-out and a suppression that nothing lighter replaces', async () => {
  await using test = await startReturned()
  const mail = { envelopeTo: 'fbl@bounce.test' }
  for (const outcome of ['recorded', 'duplicate'] as const)
    assert.equal((await test.ingest(feedback('abuse', [`CFBL-Feedback-ID: ${test.sendId()}`]), mail)).outcome, outcome)
  const told = (await test.events()).map(({ kind, message, by }) => [kind, message ?? by].join(' '))
  assert.deepEqual(told.toSorted(), ['complaint abuse', 'optout contact'])
  assert.equal(await test.suppression(), 'complaint')
  assert.equal(await test.hold(), undefined)
})

testOnEach(
  'not spam after all, and failed authentication, change nothing; an opt-out by the provider is one',
  async () => {
    await using test = await startReturned()
    const header = [`X-Send-Id: ${test.sendId()}`]
    for (const type of ['not-spam', 'auth-failure'])
      assert.equal((await test.ingest(feedback(type, header))).outcome, 'noted')
    assert.deepEqual([await test.events(), await test.suppression(), await test.reviews()], [[], undefined, []])
    assert.equal((await test.ingest(feedback('opt-out', header))).outcome, 'recorded')
    assert.deepEqual((await test.events()).map(({ kind }) => kind), ['optout']) // oxfmt-ignore
    assert.equal(await test.suppression(), 'optout')
  },
)

testOnEach('any mail to the address for unsubscribing is an opt-out, once', async () => {
  await using test = await startReturned()
  for (const outcome of ['recorded', 'duplicate'] as const)
    assert.equal((await test.ingest(letter, { envelopeTo: test.unsub() })).outcome, outcome)
  assert.deepEqual((await test.events()).map(({ kind, by }) => [kind, by]), [['optout', 'contact']]) // oxfmt-ignore
  assert.equal(await test.suppression(), 'optout')
  const contact = await (await test.get('/ws/customers/joesflowers/contacts/32')).text()
  assert.match(contact, /<Status>Do Not Mail<\/Status>/)
})

testOnEach('an automatic reply is a bounce by letter only: nobody is held for it', async () => {
  await using test = await startReturned()
  for (const outcome of ['recorded', 'duplicate'] as const)
    assert.equal((await test.ingest(autoReply, { envelopeTo: test.verp() })).outcome, outcome)
  assert.deepEqual((await test.events()).map(({ kind, code }) => [kind, code]), [['bounce', 'V']]) // oxfmt-ignore
  assert.equal(await test.hold(), undefined)
  // And it does not stand in the way of the bounce that comes after.
  await test.ingest(dsn(), { envelopeTo: test.verp() })
  assert.equal((await test.hold())!.strikes, 1)
})

testOnEach('of several reports about one message all are told, and the first decides', async () => {
  await using test = await startReturned()
  const envelopeTo = test.verp()
  assert.equal((await test.ingest(dsn({ action: 'delayed', status: '4.4.1' }), { envelopeTo })).outcome, 'noted')
  assert.deepEqual(await test.events(), [])
  const full = dsn({ status: '5.2.2', diagnostic: 'smtp; 552 5.2.2 mailbox full' })
  assert.equal((await test.ingest(full, { envelopeTo })).outcome, 'recorded')
  test.clock.now += 1000
  assert.equal((await test.ingest(dsn(), { envelopeTo })).outcome, 'recorded')
  assert.deepEqual((await test.events()).map(({ code }) => code), ['F', 'B']) // oxfmt-ignore
  assert.equal(await test.hold(), undefined)
})

testOnEach('a delivery that is reported is one, and another address that it was forwarded to is told', async () => {
  await using test = await startReturned()
  const envelopeTo = test.verp()
  const arrived = dsn({ action: 'delivered', status: '2.0.0', diagnostic: 'smtp; 250 2.0.0 kept' })
  for (const outcome of ['recorded', 'duplicate'] as const)
    assert.equal((await test.ingest(arrived, { envelopeTo })).outcome, outcome)
  await test.ingest(dsn({ recipient: 'jane@elsewhere.example' }), { envelopeTo })
  const [delivery, bounce] = await test.events()
  assert.deepEqual([delivery!.kind, delivery!.status, delivery!.server], ['delivery', '2.0.0', 'mx2.example'])
  assert.match(bounce!.message!, /no such user \(reported for jane@elsewhere\.example\)$/)
})

testOnEach('what a remote server says is stored without control characters, and no longer than 500', async () => {
  await using test = await startReturned()
  const diagnostic = `smtp; 550 5.1.1 \u0000\u001b[31m\ud800 ${'long '.repeat(300)}`
  await test.ingest(dsn({ diagnostic, recipient: 'jane@elsewhere.example' }), { envelopeTo: test.verp() })
  const { message } = (await test.events())[0]!
  assert.ok(message!.length <= 500)
  assert.doesNotMatch(message!, /\p{Cc}|\p{Cs}/u)
  assert.match(message!, /\(reported for jane@elsewhere\.example\)$/)
})
