// Deliveries to real servers: signed, in full, tried again, and given up only when everybody knows why.

import assert from 'node:assert/strict'
import { testOnEach } from '../../../test/databases.ts'
import { openSecondApp } from '../../../test/server.ts'
import { settled, startDeliveries, startReceiver } from '../../../test/webhook-receiver.ts'
import type { Deliveries, Received } from '../../../test/webhook-receiver.ts'
import { verifyWebhook } from '../../../sdk/src/webhooks.ts'
import { eraseContact } from '../erasure/erase-contact.ts'
import { sql } from '../../db/sql.ts'
import { listAttempts } from './attempts.ts'
import { deliverDue } from './courier.ts'
import { countPending, disableWebhook, enableWebhook, getWebhook, replayWebhook, rotateWebhook } from './webhook.ts'

const day = 86_400_000

interface Told {
  type: string
  timestamp: string
  data: Record<string, unknown>
}

const idOf = (one: Received): unknown => (JSON.parse(one.body) as Told).data['id']
const idsOf = (received: readonly Received[]): unknown[] => received.map(idOf)
const unique = (received: readonly Received[]): number => new Set(idsOf(received)).size

function stateOf({ app, accountId }: Deliveries, endpointId: string): ReturnType<typeof getWebhook> {
  return getWebhook(app.db, accountId, endpointId)
}

testOnEach('an event is delivered with a signature that its receiver can verify, thin and without the address', async () => {
  await using receiver = await startReceiver()
  await using test = await startDeliveries(`${receiver.url}/hooks?a=b`)
  const { secrets } = await test.webhook()
  await test.click(1)
  await test.after(settled)
  const [one] = receiver.received
  const { id, payload } = await verifyWebhook<Told>(one!, { secret: secrets[0]!.key, now: test.clock.now })
  assert.match(id, /^msg_/)
  assert.equal(one!.path, '/hooks?a=b')
  assert.equal(receiver.received.length, 1)
  assert.deepEqual(payload, {
    type: 'email.clicked',
    timestamp: '2009-01-01T00:00:00.000Z',
    data: {
      id: `32-click-${String(payload.data['id']).split('-')[2]}`,
      kind: 'click',
      at: '2009-01-01T00:00:00.000Z',
      recordedAt: new Date(test.clock.now - settled).toISOString(),
      contactId: 32,
      campaign: { id: 1100, name: 'One' },
      url: 'http://x.example',
      ...(payload.data['verdict'] !== undefined && { verdict: payload.data['verdict'] }),
    },
  })
}) // oxfmt-ignore

testOnEach('an endpoint gets the kinds it asked for, with the address where it asked for that', async () => {
  await using receiver = await startReceiver()
  await using test = await startDeliveries(receiver.url)
  await test.webhook({ kinds: ['open'] })
  await test.webhook({ kinds: ['click', 'open'], includesEmail: true })
  await test.click(2)
  await test.after(settled)
  assert.deepEqual(
    receiver.received.map(({ body }) => (JSON.parse(body) as Told).data['email']),
    ['jflowers@mail.com', 'jflowers@mail.com'],
  )
})

testOnEach('nothing is lost while an endpoint answers 500: all is tried again under the same webhook-id, and later ones go on', async () => {
  await using receiver = await startReceiver()
  await using test = await startDeliveries(receiver.url)
  const { endpointId } = await test.webhook()
  receiver.answer = () => ({ status: 500, body: 'no\0t today' })
  await test.click(7)
  await test.after(settled)
  assert.equal(await countPending(test.app.db, test.accountId, endpointId), 7)
  await test.click(3)
  await test.after(settled)
  assert.ok(unique(receiver.received) === 10 && receiver.received.length > 10, 'old ones again, and new ones')
  const failed = receiver.received.splice(0)
  receiver.answer = () => ({ status: 200 })
  for (let i = 0; i < 5; i++) await test.after(200_000)
  assert.equal(unique(receiver.received), 10)
  assert.equal(receiver.received.length, 10)
  const names = new Map(failed.map((one) => [idOf(one), one.headers['webhook-id']]))
  for (const one of receiver.received) assert.equal(one.headers['webhook-id'], names.get(idOf(one)))
  assert.equal(new Set(names.values()).size, 10)
  assert.equal(await countPending(test.app.db, test.accountId, endpointId), 0)
  assert.equal((await stateOf(test, endpointId)).failingSince, null)
  const log = await listAttempts(test.app.db, test.accountId, endpointId, { limit: 100 })
  const first = log.at(-1)!
  assert.deepEqual([first.status, first.problem, first.response, first.attemptNo], [500, 'it answered 500', 'no t today', 1])
}) // oxfmt-ignore

testOnEach('when very many wait, the position stops until they are through', async () => {
  await using receiver = await startReceiver()
  await using test = await startDeliveries(receiver.url)
  const { endpointId } = await test.webhook()
  receiver.answer = () => ({ status: 500 })
  await test.click(30)
  await test.after(settled, { maxPending: 10 })
  await test.after(1000, { maxPending: 10 })
  assert.equal(unique(receiver.received), 10)
  assert.equal(await countPending(test.app.db, test.accountId, endpointId), 10)
  receiver.answer = () => ({ status: 200 })
  receiver.received.length = 0
  for (let i = 0; i < 5; i++) await test.after(day / 24, { maxPending: 10 })
  assert.deepEqual([receiver.received.length, unique(receiver.received)], [30, 30])
})

testOnEach('while the position stops, an endpoint that is back is found before a long pause is over', async () => {
  await using receiver = await startReceiver()
  await using test = await startDeliveries(receiver.url)
  await test.webhook()
  receiver.answer = () => ({ status: 500 })
  await test.click(10)
  await test.after(settled, { maxPending: 5 })
  for (const minutes of [1, 6, 40, 140, 400, 700]) await test.after(minutes * 60_000, { maxPending: 5 })
  receiver.answer = () => ({ status: 200 })
  receiver.received.length = 0
  for (let i = 0; i < 4; i++) await test.after(16 * 60_000, { maxPending: 5 })
  assert.deepEqual([receiver.received.length, unique(receiver.received)], [10, 10])
})

testOnEach('nothing is lost while nobody listens', async () => {
  const gone = await startReceiver()
  const { url } = gone
  await gone[Symbol.asyncDispose]()
  await using test = await startDeliveries(url)
  const { endpointId } = await test.webhook()
  await test.click(3)
  await test.after(settled)
  const [last] = await listAttempts(test.app.db, test.accountId, endpointId, { limit: 1 })
  assert.deepEqual([last!.status, last!.problem], [null, 'the connection was refused'])
  await using receiver = await startReceiver(Number(new URL(url).port))
  await test.after(day / 24)
  assert.deepEqual([receiver.received.length, unique(receiver.received)], [3, 3])
})

testOnEach('a stop in the middle leaves the rest for the next start', async () => {
  await using receiver = await startReceiver()
  await using test = await startDeliveries(receiver.url)
  const { endpointId } = await test.webhook()
  await test.click(20)
  const stop = new AbortController()
  receiver.answer = () => {
    if (receiver.received.length < 6) return { status: 200 }
    stop.abort()
    return undefined
  }
  await test.after(settled, {}, stop.signal)
  const { failingSince } = await stateOf(test, endpointId)
  assert.equal(failingSince, null)
  receiver.answer = () => ({ status: 200 })
  await test.after(1000)
  assert.equal(unique(receiver.received), 20)
  assert.equal(await countPending(test.app.db, test.accountId, endpointId), 0)
})

testOnEach('410 disables an endpoint, and enabled again it gets what it missed', async () => {
  await using receiver = await startReceiver()
  await using test = await startDeliveries(receiver.url)
  const { endpointId } = await test.webhook()
  receiver.answer = () => ({ status: 410 })
  await test.click(20)
  await test.after(settled)
  const { state, reason } = await stateOf(test, endpointId)
  assert.deepEqual([state, reason], ['disabled', 'it answered 410: gone'])
  const before = receiver.received.length
  assert.ok(before <= 4)
  await test.after(day)
  assert.equal(receiver.received.length, before)
  receiver.answer = () => ({ status: 202 })
  receiver.received.length = 0
  await test.app.db.transaction((tx) => enableWebhook(tx, test.accountId, endpointId, test.clock.now))
  await test.after(1000)
  assert.equal(receiver.received.length, 20)
  assert.equal(unique(receiver.received), 20)
})

testOnEach('a redirect is a failure, and is not followed', async () => {
  await using other = await startReceiver()
  await using receiver = await startReceiver()
  await using test = await startDeliveries(receiver.url)
  const { endpointId } = await test.webhook()
  receiver.answer = () => ({ status: 307, headers: { location: other.url } })
  await test.click(1)
  await test.after(settled)
  assert.equal(other.received.length, 0)
  assert.equal(await countPending(test.app.db, test.accountId, endpointId), 1)
  assert.equal((await stateOf(test, endpointId)).lastProblem, 'it answered 307, and redirects are not followed')
})

testOnEach('who answers 429 is left alone for as long as it asks', async () => {
  await using receiver = await startReceiver()
  await using test = await startDeliveries(receiver.url)
  await test.webhook()
  receiver.answer = () => ({ status: 429, headers: { 'retry-after': '900' } })
  await test.click(20)
  await test.after(settled)
  const before = receiver.received.length
  assert.ok(before <= 4)
  receiver.answer = () => ({ status: 200 })
  await test.after(890_000)
  assert.equal(receiver.received.length, before)
  await test.after(11_000)
  assert.equal(unique(receiver.received), 20)
})

testOnEach('an endpoint that accepts nothing for five days is disabled and says why; one that accepts some is not', async () => {
  await using receiver = await startReceiver()
  await using test = await startDeliveries(receiver.url)
  const all = await test.webhook({ url: `${receiver.url}/all` })
  const some = await test.webhook({ url: `${receiver.url}/some` })
  let isOdd = false
  receiver.answer = ({ path }) => ({ status: path === '/some' && (isOdd = !isOdd) ? 200 : 500 })
  await test.click(1)
  for (let hours = 0; hours < 6 * 24; hours += 12) {
    await test.click(2)
    await test.after(day / 2)
  }
  const { state, reason } = await stateOf(test, all.endpointId)
  assert.deepEqual([state, reason], ['disabled', 'it accepted nothing for five days; at last: it answered 500'])
  assert.equal((await stateOf(test, some.endpointId)).state, 'active')
}) // oxfmt-ignore

testOnEach('an event that alone is refused to the end of the schedule is given up', async () => {
  await using receiver = await startReceiver()
  await using test = await startDeliveries(receiver.url)
  const { endpointId } = await test.webhook()
  await test.click(1)
  let bad: unknown
  receiver.answer = (one) => {
    bad ??= idOf(one)
    return { status: idOf(one) === bad ? 400 : 200 }
  }
  await test.after(settled)
  for (let i = 0; i < 12; i++) {
    await test.click(1)
    await test.after(1.2 * day)
  }
  assert.equal(receiver.received.filter((one) => idOf(one) === bad).length, 10)
  assert.equal(await countPending(test.app.db, test.accountId, endpointId), 0)
})

testOnEach('for a day after a rotation both secrets sign', async () => {
  await using receiver = await startReceiver()
  await using test = await startDeliveries(receiver.url)
  const { endpointId, secrets } = await test.webhook()
  const { secrets: both } = await test.app.db.transaction((tx) =>
    rotateWebhook(tx, test.accountId, endpointId, undefined, test.clock.now),
  )
  const [old, fresh] = [secrets[0]!.key, both[0]!.key]
  await test.click(1)
  await test.after(settled)
  for (const secret of [old, fresh]) await verifyWebhook(receiver.received[0]!, { secret, now: test.clock.now })
  await test.click(1)
  await test.after(day)
  const later = receiver.received[1]!
  await verifyWebhook(later, { secret: fresh, now: test.clock.now })
  await assert.rejects(verifyWebhook(later, { secret: old, now: test.clock.now }), /no signature fits/)
})

testOnEach('a replay delivers everything from a time on again, under the ids it had', async () => {
  await using receiver = await startReceiver()
  await using test = await startDeliveries(receiver.url)
  const { endpointId } = await test.webhook()
  await test.click(2)
  await test.after(settled)
  const from = test.clock.now
  await test.click(3)
  await test.after(settled)
  const before = receiver.received.splice(0)
  assert.equal(before.length, 5)
  await test.app.db.transaction((tx) => replayWebhook(tx, test.accountId, endpointId, from, test.clock.now))
  await test.after(0)
  const namesOf = (received: readonly Received[]): Set<unknown> => new Set(received.map(({ headers }) => headers['webhook-id'])) // oxfmt-ignore
  assert.equal(receiver.received.length, 3)
  assert.deepEqual(namesOf(receiver.received).difference(namesOf(before)), new Set())
  assert.deepEqual(new Set(idsOf(receiver.received)), new Set(idsOf(before.slice(2))))
})

testOnEach('a replay while a delivery is under way is not undone by it', async () => {
  await using receiver = await startReceiver()
  await using test = await startDeliveries(receiver.url)
  const { endpointId } = await test.webhook()
  await test.click(1)
  const { accountId, app } = test
  await test.after(settled, {
    post: async (asked) => {
      const answer = await app.postWebhook(asked)
      await app.db.transaction((tx) => replayWebhook(tx, accountId, endpointId, 0, test.clock.now))
      return answer
    },
  })
  await test.after(1000)
  assert.equal(receiver.received.length, 2)
})

testOnEach('what waits of a contact that is erased is not sent any more', async () => {
  await using receiver = await startReceiver()
  await using test = await startDeliveries(receiver.url)
  const { endpointId } = await test.webhook()
  receiver.answer = () => ({ status: 500 })
  await test.click(2)
  await test.after(settled)
  assert.equal(receiver.received.length, 2)
  await eraseContact(test.app.db, test.accountId, { contactId: 32, email: 'jflowers@mail.com' }, test.clock.now)
  await test.after(day)
  assert.equal(receiver.received.length, 2)
  assert.equal(await countPending(test.app.db, test.accountId, endpointId), 0)
})

testOnEach('one that is disabled by hand gets nothing', async () => {
  await using receiver = await startReceiver()
  await using test = await startDeliveries(receiver.url)
  const { endpointId } = await test.webhook()
  await test.app.db.transaction((tx) => disableWebhook(tx, test.accountId, endpointId, 'by hand'))
  await test.click(1)
  await test.after(settled)
  assert.equal(receiver.received.length, 0)
})

testOnEach('several processes deliver each event once', async () => {
  await using receiver = await startReceiver()
  await using test = await startDeliveries(receiver.url)
  await using second = await openSecondApp(test)
  await test.webhook()
  await test.click(20)
  test.clock.now += settled
  const turns = [test.app, second].map(({ db, log, now, postWebhook: post }) => deliverDue({ db, log, now, post }))
  await Promise.all(turns)
  assert.deepEqual([receiver.received.length, unique(receiver.received)], [20, 20])
})

testOnEach('who has died with an endpoint in hand is followed by another', async () => {
  await using receiver = await startReceiver()
  await using test = await startDeliveries(receiver.url)
  await test.webhook()
  await test.click(1)
  await test.app.db.transaction((tx) => tx.run(sql`update webhook_endpoint set holder = 'dead', due_at = ${test.clock.now + 20_000} where account_id = ${test.accountId}`)) // oxfmt-ignore
  await test.after(settled)
  assert.equal(receiver.received.length, 0)
  await test.after(20_000)
  assert.equal(receiver.received.length, 1)
})
