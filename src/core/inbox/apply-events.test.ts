// From the endpoint to the timeline: what is told by webhook is there once, with what follows from it.

import assert from 'node:assert/strict'
import { testOnEach } from '../../../test/databases.ts'
import { addEndpoint, historyOf, inboxOf, postEvents, readInbox } from '../../../test/hooks.ts'
import { importLines } from '../../../test/import-lines.ts'
import { startTestServer, testNow } from '../../../test/server.ts'
import type { TestServer } from '../../../test/server.ts'
import { sql } from '../../db/sql.ts'
import { findContactByEmail } from '../contacts/contact.ts'
import { eraseContact } from '../erasure/erase-contact.ts'
import { eventKinds } from '../events/event.ts'
import { record } from '../events/record.ts'
import { deliveryKey } from '../sending/delivery-key.ts'
import { findSuppression } from '../suppressions/suppression.ts'
import { findVerdicts } from '../verdicts/hidden.ts'
import { sealToken } from '../tracking/token.ts'
import { applyEvents } from './apply-events.ts'
import type { HookSeams, NotedBounce, TimedEvent } from './apply-events.ts'
import { replayInbox } from './inbox.ts'
import { unpackBody } from './pack-body.ts'

const day = 86_400_000
const at = (ms: number): string => new Date(testNow + ms).toISOString()

/** Two campaigns went to one contact: a day ago and six days ago. */
async function fill(server: TestServer): Promise<void> {
  await importLines(server, [
    { type: 'campaign', id: 1100, name: 'New' },
    { type: 'campaign', id: 1200, name: 'Old' },
    { type: 'contact', id: 32, email: 'joe@example.com' },
    { type: 'event', kind: 'send', contact: 32, campaign: 1100, at: at(-day), messageId: '<new@mail.example>' },
    { type: 'event', kind: 'send', contact: 32, campaign: 1200, at: at(-6 * day), messageId: '<old@mail.example>' },
  ])
}

const kindsOf = async (server: TestServer, contactId = 32): Promise<string[]> =>
  (await historyOf(server, contactId)).map(({ kind, campaignId }) => `${kind} ${campaignId}`)

testOnEach('events find their message by its id, else the newest that could be meant', async () => {
  await using server = await startTestServer()
  await fill(server)
  const endpoint = await addEndpoint(server)
  const email = 'Joe@Example.com'
  await postEvents(server, endpoint, [
    { type: 'delivered', email, at: at(-day + 1000), messageId: 'new@mail.example', reply: '250 2.0.0 OK' },
    { type: 'open', email, at: at(-5000), messageId: '<old@mail.example>' },
    { type: 'click', email, at: at(-4000), url: 'http://x.example/?a=1' },
    {
      type: 'bounce',
      email,
      at: at(-3000),
      letter: 'F',
      reply: '552 5.2.2 full\r\nreally',
      messageId: 'new@mail.example',
    },
    { type: 'sent', email, at: at(-2000), messageId: 'new@mail.example' },
    { type: 'sent', email, at: at(-1000), messageId: 'unheard@mail.example' },
    { type: 'deferred', email, at: at(-500) },
  ])
  await readInbox(server)
  const history = await historyOf(server, 32)
  assert.deepEqual(
    history.map(({ kind, campaignId, at: when, url, code, status, message }) => [kind, campaignId, when - testNow, url ?? code, status, message]), // oxfmt-ignore
    [
      ['send', 1200, -6 * day, undefined, undefined, undefined],
      ['send', 1100, -day, undefined, undefined, undefined],
      ['delivery', 1100, -day + 1000, undefined, '2.0.0', '250 2.0.0 OK'],
      ['open', 1200, -5000, undefined, undefined, undefined],
      ['click', 1100, -4000, 'http://x.example/?a=1', undefined, undefined],
      ['bounce', 1100, -3000, 'F', '5.2.2', '552 5.2.2 full really'],
    ],
  )
  const [entry] = await inboxOf(server)
  assert.equal(entry!.state, 'partly')
  const { recorded, known, ignored, unmapped, problems } = entry!.outcome!
  assert.deepEqual([recorded, known, ignored, unmapped], [4, 1, 1, 1])
  assert.deepEqual(problems, [{ item: 5, message: 'no message to this address is known that it could be about' }])
})

testOnEach('what nobody can be found for waits in the inbox, and is mapped when it is read again', async () => {
  await using server = await startTestServer()
  const endpoint = await addEndpoint(server)
  await postEvents(server, endpoint, [
    { type: 'open', email: 'joe@example.com', at: at(-1000) },
    { type: 'open', email: 'nobody', at: at(-1000) },
    { type: 'open', at: at(-1000) },
  ])
  await readInbox(server)
  const problems = (await inboxOf(server))[0]!.outcome!.problems.map(({ message }) => message)
  assert.deepEqual(problems.toSorted(), ['it does not say whom it is about', 'no contact has this address', 'the e-mail address has no @']) // oxfmt-ignore
  await fill(server)
  for (let times = 0; times < 2; times++) {
    assert.equal(await replayInbox(server.app.db, server.accountId, ['partly'], server.app.now()), 1)
    await readInbox(server)
    assert.deepEqual(await kindsOf(server), ['send 1200', 'send 1100', 'open 1100'])
  }
  const { recorded, known, unmapped } = (await inboxOf(server))[0]!.outcome!
  assert.deepEqual([recorded, known, unmapped], [0, 1, 2])
})

testOnEach('an endpoint that creates makes contacts, and a campaign for each tag', async () => {
  await using server = await startTestServer()
  const endpoint = await addEndpoint(server, { creates: true })
  const email = 'ann@example.com'
  await postEvents(server, endpoint, [
    // Out of order, as they come.
    { type: 'open', email, at: at(-1000), tag: 'News', messageId: 'm1@mail.example' },
    { type: 'processed', email, at: at(-9000), tag: 'News', messageId: 'm1@mail.example' },
    { type: 'sent', email, at: at(-8000), tag: 'News', messageId: 'm1@mail.example' },
    { type: 'delivered', email, at: at(-7000), messageId: 'm1@mail.example' },
    { type: 'sent', email: 'bob@example.com', at: at(-6000), messageId: 'm2@mail.example' },
  ])
  await readInbox(server)
  const ann = (await findContactByEmail(server.app.db, server.accountId, email))!
  assert.equal(ann.status, 'active')
  const events = await historyOf(server, ann.contactId)
  assert.deepEqual(events.map(({ kind, campaignName }) => `${kind} ${campaignName}`), ['send News', 'delivery News', 'open News']) // oxfmt-ignore
  const bob = (await findContactByEmail(server.app.db, server.accountId, 'bob@example.com'))!
  assert.deepEqual((await historyOf(server, bob.contactId)).map(({ kind, campaignName }) => `${kind} ${campaignName}`), ['send generic']) // oxfmt-ignore
  const kinds = await server.app.db.all<{ kind: string }>(sql`select kind from campaign where account_id = ${server.accountId}`) // oxfmt-ignore
  assert.deepEqual(kinds.map(({ kind }) => kind), ['transactional', 'transactional']) // oxfmt-ignore
  assert.equal((await inboxOf(server))[0]!.state, 'done')
  // Who was erased is not made again.
  await eraseContact(server.app.db, server.accountId, ann, server.app.now())
  await postEvents(server, endpoint, [{ type: 'open', email, at: at(-500), tag: 'News' }])
  await readInbox(server)
  assert.equal(await findContactByEmail(server.app.db, server.accountId, email), undefined)
  assert.deepEqual((await inboxOf(server))[0]!.outcome!.problems.map(({ message }) => message), ['the contact of this address was erased']) // oxfmt-ignore
})

testOnEach('of an erased contact not even the address is left in the inbox, however it was written there', async () => {
  await using server = await startTestServer()
  await fill(server)
  const endpoint = await addEndpoint(server)
  const open = { type: 'open', at: at(-1000) }
  await postEvents(server, endpoint, [{ ...open, email: 'JOE@example.com' }])
  await postEvents(server, endpoint, [
    { ...open, email: 'joe@example.com' },
    { ...open, email: 'ann@example.com' },
  ])
  await postEvents(server, endpoint, [
    { ...open, email: 'bob@example.com', reason: 'joe%40example.com joe\\u0040example.com' },
  ])
  await readInbox(server)
  await eraseContact(server.app.db, server.accountId, { contactId: 32, email: 'joe@example.com' }, server.app.now())
  const rows = await server.app.db.all<{ body: Uint8Array }>(sql`select body from inbox where account_id = ${server.accountId} order by inbox_id`) // oxfmt-ignore
  const bodies = rows.map(({ body }) => Buffer.from(unpackBody(body)).toString())
  assert.equal(bodies[0], '[]')
  assert.doesNotMatch(bodies.join(), /joe/i)
  assert.match(bodies[1]!, /erased@erased\.invalid.*ann@example\.com/)
  assert.match(bodies[2]!, /bob@example\.com/)
})

testOnEach('opt-outs and complaints take the contact off for good, once', async () => {
  await using server = await startTestServer()
  await fill(server)
  await importLines(server, [
    { type: 'contact', id: 33, email: 'ann@example.com', lists: ['General Interest'] },
    { type: 'event', kind: 'send', contact: 33, campaign: 1100, at: at(-day) },
  ])
  const endpoint = await addEndpoint(server)
  const unsubscribed = { type: 'unsubscribed', email: 'joe@example.com', at: at(-1000), messageId: 'new@mail.example' }
  const complained = { type: 'complained', email: 'ann@example.com', at: at(-1000), reason: 'abuse' }
  for (let times = 0; times < 3; times++) {
    await postEvents(server, endpoint, times === 1 ? [complained, unsubscribed] : [unsubscribed, complained])
    await readInbox(server)
  }
  assert.deepEqual((await kindsOf(server)).slice(2), ['optout 1100'])
  // Imported without a Message-ID: nothing names the message.
  assert.deepEqual(await kindsOf(server, 33), ['send 1100'])
  await importLines(server, [{ type: 'event', kind: 'send', contact: 33, campaign: 1200, at: at(-day), messageId: '<ann@mail.example>' }]) // oxfmt-ignore
  await replayInbox(server.app.db, server.accountId, ['partly'], server.app.now())
  await readInbox(server)
  assert.deepEqual((await kindsOf(server, 33)).slice(-2), ['complaint 1200', 'optout 1200'])
  const statuses = await Promise.all(['joe@example.com', 'ann@example.com'].map(async (email) => [(await findContactByEmail(server.app.db, server.accountId, email))!.status, (await findSuppression(server.app.db, server.accountId, email))!.reason])) // oxfmt-ignore
  assert.deepEqual(statuses, [['do-not-mail', 'optout'], ['do-not-mail', 'complaint']]) // oxfmt-ignore
})

testOnEach('what is not sent because of an old complaint is no new complaint, however often', async () => {
  await using server = await startTestServer()
  await fill(server)
  const { app, accountId } = server
  const dropped: TimedEvent = { provider: 'sendgrid', kind: 'dropped', recipient: 'joe@example.com', at: testNow, effect: 'complaint', severity: 'none', dedupeKey: 'a', rawType: 'dropped' } // oxfmt-ignore
  const seams: HookSeams = { findSend: () => Promise.resolve(undefined), findContact: () => Promise.resolve(undefined), noteBounce: () => Promise.resolve() } // oxfmt-ignore
  const apply = (event: TimedEvent): Promise<unknown> =>
    app.db.transaction((tx) => applyEvents(tx, accountId, [event], { creates: false, countsVisits: true, now: testNow, seams })) // oxfmt-ignore
  assert.deepEqual(await apply(dropped), ['recorded'])
  assert.deepEqual(await apply({ ...dropped, dedupeKey: 'b' }), ['known'])
  assert.deepEqual((await kindsOf(server)).slice(2), ['optout 1100'])
  assert.equal((await findSuppression(app.db, accountId, 'joe@example.com'))!.reason, 'complaint')
})

testOnEach('what the provider takes for a machine is a verdict; who may not be tracked leaves nothing', async () => {
  await using server = await startTestServer()
  await fill(server)
  const endpoint = await addEndpoint(server)
  await postEvents(server, endpoint, [
    { type: 'click', email: 'joe@example.com', at: at(-2000), url: 'http://x.example', isMachine: true },
    { type: 'open', email: 'joe@example.com', at: at(-1000), isMachine: false },
  ])
  await readInbox(server)
  const events = (await historyOf(server, 32)).slice(2)
  const verdicts = await findVerdicts(server.app.db, server.accountId, 32, events.map(({ eventId }) => eventId)) // oxfmt-ignore
  assert.deepEqual([...verdicts.values()], [{ verdict: 'machine', reasons: ['provider_machine'] }])
  await server.app.db.transaction((tx) => tx.run(sql`update contact set tracking = 'none' where contact_id = 32`))
  await postEvents(server, endpoint, [
    { type: 'open', email: 'joe@example.com', at: at(-500) },
    { type: 'delivered', email: 'joe@example.com', at: at(-400) },
  ])
  await readInbox(server)
  assert.deepEqual((await kindsOf(server)).slice(4), ['delivery 1100'])
})

testOnEach('opens and clicks of a contact that is only counted are counted once, and are on no timeline', async () => {
  await using server = await startTestServer()
  await fill(server)
  const endpoint = await addEndpoint(server)
  const { db } = server.app
  await db.transaction((tx) => tx.run(sql`update contact set tracking = 'aggregate' where contact_id = 32`))
  const email = 'joe@example.com'
  await postEvents(server, endpoint, [
    { type: 'open', email, at: at(-500) },
    { type: 'open', email, at: at(-400) },
    { type: 'click', email, at: at(-300), url: 'http://x.example' },
    { type: 'open', email, at: '1971-01-01T00:00:00Z' },
  ])
  await readInbox(server)
  await replayInbox(db, server.accountId, ['done', 'partly', 'failed'], testNow)
  await readInbox(server)
  const counts = await db.tuples(sql`select campaign_id, kind, count from aggregate_count order by kind`)
  assert.deepEqual(counts, [[1100, eventKinds.open, 2], [1100, eventKinds.click, 1]]) // oxfmt-ignore
  assert.deepEqual(await kindsOf(server), ['send 1200', 'send 1100'])
})

testOnEach('each bounce is told on once, with how sure its message is', async () => {
  await using server = await startTestServer()
  await fill(server)
  const { app, accountId } = server
  const noted: NotedBounce[] = []
  const seams: HookSeams = {
    findSend: (_, __, { sendId }) => Promise.resolve(sendId === 'ours' ? { campaignId: 1200 } : undefined),
    findContact: () => Promise.resolve(undefined),
    noteBounce: (_, __, bounce) => Promise.resolve(void noted.push(bounce)),
  }
  const bounce: TimedEvent = { provider: 'ses', kind: 'bounced', recipient: 'joe@example.com', at: testNow, effect: 'bounce', letter: 'B', severity: 'hard', dedupeKey: 'a', rawType: 'Bounce' } // oxfmt-ignore
  const events: TimedEvent[] = [bounce, { ...bounce, dedupeKey: 'b', sendId: 'ours' }, { ...bounce, dedupeKey: 'c', messageId: 'new@mail.example' }] // oxfmt-ignore
  for (let times = 0; times < 2; times++)
    await app.db.transaction((tx) =>
      applyEvents(tx, accountId, events, { creates: false, countsVisits: true, now: testNow, seams }),
    )
  const told = noted.map(({ campaignId, isCertain, letter, severity }) => [campaignId, isCertain, letter, severity].join(' ')) // oxfmt-ignore
  assert.deepEqual(told.toSorted(), ['1100 false B hard', '1100 true B hard', '1200 true B hard'])
})

testOnEach(
  'an event that does not say whom it is about is of whom the message was for, by what we put into it',
  async () => {
    await using server = await startTestServer()
    await fill(server)
    const { app, accountId } = server
    const sealed = (fields: object): string => sealToken(app.tracking.keys.newest, 'verp', { accountId, contactId: 32, campaignId: 1200, sendNo: 0, linkNo: 0, ...fields }) // oxfmt-ignore
    const endpoint = await addEndpoint(server)
    const about = (type: string, ms: number, sendId: string, more: object = {}): object => ({ type, at: at(ms), sendId, ...more }) // oxfmt-ignore
    await postEvents(server, endpoint, [
      about('open', -5000, sealed({})),
      about('complained', -4000, sealed({})),
      about('open', -3000, sealed({ accountId: accountId + 1 })),
      about('open', -2000, sealed({ contactId: 999 })),
      about('open', -1000, 'forged'),
      // Whom it says it is about goes before.
      about('click', -500, sealed({}), { email: 'ann@example.com', url: 'http://x.example' }),
    ])
    await readInbox(server)
    assert.deepEqual((await kindsOf(server)).slice(2), ['open 1200', 'complaint 1200', 'optout 1200'])
    assert.equal((await findSuppression(app.db, accountId, 'joe@example.com'))!.reason, 'complaint')
    const { recorded, unmapped, problems } = (await inboxOf(server))[0]!.outcome!
    assert.deepEqual([recorded, unmapped], [2, 4])
    assert.deepEqual(problems.map(({ message }) => message), [...Array.from({ length: 3 }, () => 'it does not say whom it is about'), 'no contact has this address']) // oxfmt-ignore
  },
)

testOnEach(
  'of several messages of one stream each delivery is there once, whoever told of it and however often',
  async () => {
    await using server = await startTestServer()
    await fill(server)
    const { app, accountId } = server
    const message = (sendId: string, sendNo: number) => ({
    contactId: 32, campaignId: 1100, at: testNow - 60_000 + sendNo, source: 'relay', kind: 'send', sendNo,
    messageId: `${sendId}@mail.example`, key: `relay ${sendId} send`,
  }) as const // oxfmt-ignore
    const [first, second, third] = ['018f-first', '018f-second', '018f-third'] as const
    // The relay took the first over, and of the second nobody knows whether it did.
    const delivery = { contactId: 32, campaignId: 1100, at: testNow - 50_000, source: 'relay', kind: 'delivery', key: deliveryKey(first) } as const // oxfmt-ignore
    const sends = [message(first, 1), message(second, 2), message(third, 3)]
    await app.db.transaction((tx) => record(tx, accountId, [...sends, delivery], testNow))
    const told = (name: string, ms: number, id: string): object => ({ type: 'delivered', email: 'joe@example.com', at: at(ms), messageId: `${name}@mail.example`, id }) // oxfmt-ignore
    const endpoint = await addEndpoint(server)
    for (let times = 0; times < 2; times++) {
      await postEvents(server, endpoint, [told(first, -49_000, '1'), told(second, -48_000, '2')])
      await postEvents(server, endpoint, [told(second, -48_000, '2'), told(third, -47_000, '3')])
      await readInbox(server)
    }
    const deliveries = (await historyOf(server, 32)).filter(({ kind }) => kind === 'delivery')
    assert.deepEqual(
      deliveries.map(({ at: when }) => when - testNow),
      [-50_000, -48_000, -47_000],
    )
  },
)

testOnEach('thousands of events, every batch three times and shuffled, are each on the timeline once', async () => {
  await using server = await startTestServer()
  const contacts = 60
  await importLines(server, [
    { type: 'campaign', id: 1100, name: 'One' },
    ...Array.from({ length: contacts }, (_, i) => ({ type: 'contact', id: 100 + i, email: `c${i}@example.com` })),
    ...Array.from({ length: contacts }, (_, i) => ({ type: 'event', kind: 'send', contact: 100 + i, campaign: 1100, at: at(-day), messageId: `<m${i}@mail.example>` })),
  ]) // oxfmt-ignore
  const endpoint = await addEndpoint(server)
  const kinds = ['delivered', 'open', 'click', 'bounce', 'open', 'click'] as const
  const events = Array.from({ length: 3000 }, (_, n) => ({
    type: kinds[n % kinds.length],
    email: `c${n % contacts}@example.com`,
    // Many of one contact in one millisecond, too.
    at: at(-(n % 700) * 1000),
    messageId: `m${n % contacts}@mail.example`,
    url: `http://x.example/${n % 9}`,
    id: `event ${n}`,
  }))
  const random = seeded(7)
  const deliveries = [1, 2, 3].flatMap(() => {
    const shuffled = shuffle(events, random)
    return Array.from({ length: 30 }, (_, i) => shuffled.slice(i * 100, i * 100 + 100))
  })
  await Promise.all(shuffle(deliveries, random).map((batch) => postEvents(server, endpoint, batch)))
  await readInbox(server)
  const rows = await server.app.db.all<{ count: number }>(sql`select count(*) as count from event where account_id = ${server.accountId} and source = 4`) // oxfmt-ignore
  assert.equal(rows[0]!.count, 3000)
  const outcomes = (await inboxOf(server)).map(({ state, outcome }) => ({ state, ...outcome! }))
  assert.equal(outcomes.length, 90)
  assert.ok(outcomes.every(({ state }) => state === 'done'))
  assert.equal(outcomes.reduce((sum, { recorded }) => sum + recorded, 0), 3000) // oxfmt-ignore
  assert.equal(outcomes.reduce((sum, { known }) => sum + known, 0), 6000) // oxfmt-ignore
})

function seeded(seed: number): () => number {
  let state = seed
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
}

function shuffle<T>(items: readonly T[], random: () => number): T[] {
  return items.map((item) => [random(), item] as const).toSorted(([a], [b]) => a - b).map(([, item]) => item) // oxfmt-ignore
}
