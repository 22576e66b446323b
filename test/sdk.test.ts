// The SDK against the real server in memory, and against one that fails as networks do.

import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { createOldClient, OldError } from '../sdk/src/2008.ts'
import { operationPlaces } from '../sdk/src/generated/operations.ts'
import { ConnectionError, ContrailError, createContrail, verifyWebhook, WebhookError } from '../sdk/src/index.ts'
import type { Contrail, Followed, Settings } from '../sdk/src/index.ts'
import { record } from '../src/core/events/record.ts'
import { table } from '../src/faces/json/table.ts'
import { startApi } from './api.ts'
import type { Api } from './api.ts'
import { importLines } from './import-lines.ts'
import { host, testCredentials } from './server.ts'

const url = `http://${host}`
const asFetch = (work: (request: Request) => Promise<Response>): typeof fetch => ((input: string | URL, init?: RequestInit) => work(new Request(input, { ...init, ...(init?.body ? { duplex: 'half' } : {}) } as RequestInit))) as typeof fetch // oxfmt-ignore

async function startWithClient(): Promise<Api & { client: Contrail }> {
  const api = await startApi()
  await importLines(api, [
    { type: 'list', id: 1, name: 'General Interest' },
    { type: 'campaign', id: 1100, name: 'One & <two>' },
    ...Array.from({ length: 120 }, (_, i) => ({ type: 'contact', id: i + 1, email: `c${i + 1}@mail.com`, lists: ['General Interest'] })), // oxfmt-ignore
    ...Array.from({ length: 120 }, (_, i) => ({ type: 'event', kind: 'click', contact: 7, campaign: 1100, at: `2009-01-01T00:0${Math.floor(i / 60)}:${String(i % 60).padStart(2, '0')}Z`, url: 'http://x.example/?a=1&b=2' })), // oxfmt-ignore
  ])
  return { ...api, client: createContrail({ url, key: api.key, fetch: asFetch((request) => api.fetch(request)) }) }
}

/** A client of a server that gives these answers, one after the other; and what it was asked. */
function clientOf(
  answers: (Response | Error)[],
  settings: Partial<Settings> = {},
): { client: Contrail; asked: Request[] } {
  const asked: Request[] = []
  const ask = asFetch(async (request) => {
    asked.push(request)
    const answer = answers.length > 1 ? answers.shift()! : answers[0]!
    if (answer instanceof Error) throw answer
    return answer.clone()
  })
  return { client: createContrail({ url: 'http://x.example/', key: 'k', fetch: ask, ...settings }), asked }
}

const busy = (status = 503, wait = '0'): Response => new Response('{"code":"unavailable","detail":"Busy."}', { status, headers: { 'retry-after': wait } }) // oxfmt-ignore

test('every operation of the API has a method, which asks for just that', async () => {
  for (const route of table) {
    const { client, asked } = clientOf([Response.json({ items: [] })])
    const [group, name] = operationPlaces[route.operationId]!.split('.') as [keyof Contrail, string]
    const method = (client[group] as unknown as Record<string, (...given: unknown[]) => Promise<unknown>>)[name]!
    await method(...Object.keys(route.params).map(() => 'a/b'), {})
    const path = route.path.replaceAll(/\{\w+\}/g, 'a%2Fb')
    assert.deepEqual(
      [asked[0]!.method, asked[0]!.url],
      [route.method, `http://x.example/api/v1${path}`],
      route.operationId,
    )
    assert.equal(asked[0]!.headers.get('authorization'), 'Bearer k')
    assert.equal(
      asked[0]!.headers.has('idempotency-key'),
      route.method === 'POST' && route.write !== undefined,
      route.operationId,
    )
  }
  assert.equal(Object.keys(operationPlaces).length, table.length)
})

test('a bulk request whose answer is lost is sent again, and an answer that is no JSON is told of as such', async () => {
  const results = [{ line: 1, outcome: 'same' }]
  const { client, asked } = clientOf([new TypeError('cut off'), Response.json({ results })])
  const event = { kind: 'open' as const, contact: 1, campaign: 1, at: '2009-01-01T00:00:00Z' }
  assert.deepEqual((await client.events.ingest([event])).results, results)
  assert.equal(asked.length, 2)
  const { client: lost } = clientOf([new Response('<html>')])
  await assert.rejects(Promise.resolve(lost.lists.list()), {
    name: 'ContrailError',
    code: 'not_understood',
    status: 200,
  })
})

test('pages are gone through to the end, item by item, or taken one by one', async () => {
  await using api = await startWithClient()
  const seen: number[] = []
  for await (const { id } of api.client.contacts.list({ limit: 50 })) seen.push(id)
  assert.deepEqual(
    seen,
    Array.from({ length: 120 }, (_, i) => 120 - i),
  )
  const first = await api.client.contacts.list({ limit: 50 })
  assert.equal(first.items.length, 50)
  const sizes: number[] = []
  for await (const { items } of api.client.contacts.events(7, { kind: ['click'], from: new Date(0) }).pages())
    sizes.push(items.length)
  assert.deepEqual(sizes, [50, 50, 20])
})

test('what is made, changed and taken away comes back as it is', async () => {
  await using api = await startWithClient()
  const { client } = api
  const made = await client.contacts.create({ email: 'jane+x@mail.com', lists: [1] }, { idempotencyKey: 'a' })
  assert.equal(
    (await client.contacts.create({ email: 'jane+x@mail.com', lists: [1] }, { idempotencyKey: 'a' })).id,
    made.id,
  )
  assert.equal((await client.contacts.list({ email: ['jane+x@mail.com'] })).items[0]!.id, made.id)
  let tag = ''
  await client.contacts.get(made.id, { onResponse: ({ headers }) => (tag = headers.get('etag')!) })
  await client.contacts.update(made.id, { firstName: 'Jane' }, { ifMatch: tag })
  const refused = await client.contacts
    .update(made.id, { firstName: 'J' }, { ifMatch: tag })
    .catch((error: unknown) => error)
  assert.ok(refused instanceof ContrailError)
  assert.deepEqual([refused.code, refused.status], ['precondition_failed', 412])
  assert.equal(await client.lists.removeMember(1, made.id), undefined)
  const odd = await client.contacts.create({ email: 'x', lists: [] }).catch((error: unknown) => error)
  assert.ok(odd instanceof ContrailError && odd.faults[0]!.pointer === '/email' && odd.requestId)
})

test('any number of events is taken in, in several requests, each told by its place', async () => {
  await using api = await startWithClient()
  function* events(): Generator<{ kind: 'open'; contact: number; campaign: number; at: string }> {
    for (let i = 0; i < 6000; i++)
      yield { kind: 'open', contact: i === 5500 ? 999 : 1 + (i % 120), campaign: 1100, at: new Date(Date.UTC(2009, 1, 1) + i * 1000).toISOString() } // oxfmt-ignore
  }
  const outcomes = new Map<string, number>()
  let last = 0
  for await (const { line, outcome } of api.client.ingest(events())) {
    if (outcome === 'rejected') assert.equal(line, 5501)
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
    last = line
  }
  assert.deepEqual([...outcomes, last], [['new', 5999], ['rejected', 1], 6000])
})

test('what was turned away, or found no answer, is tried again where that does no harm', async () => {
  const good = Response.json({ id: 1 }, { status: 201 })
  const lost = new TypeError('connection reset')
  const keyed = clientOf([lost, new Response('', { status: 502 }), busy(), good])
  await keyed.client.lists.create({ name: 'A' })
  const keys = keyed.asked.map(({ headers }) => headers.get('idempotency-key'))
  assert.equal(keys.length, 4)
  assert.equal(new Set(keys).size, 1)
  // Without a key nobody knows whether it was done.
  const bare = clientOf([lost, good])
  await assert.rejects(bare.client.keys.create({ name: 'A' }), ConnectionError)
  const waiting = clientOf([busy(429), good])
  await waiting.client.keys.create({ name: 'A' })
  for (const status of [400, 404, 409, 412, 422, 500]) {
    const refused = clientOf([busy(status), good])
    await assert.rejects(refused.client.lists.get(1), ContrailError)
    assert.equal(refused.asked.length, 1, String(status))
  }
  const never = clientOf([busy()], { retries: 2 })
  await assert.rejects(never.client.lists.get(1), { code: 'unavailable', status: 503 })
  assert.equal(never.asked.length, 3)
  const later = clientOf([busy(503, '3600'), good])
  await assert.rejects(later.client.lists.get(1), { retryAfter: 3600 })
  assert.equal(later.asked.length, 1)
})

test('a call that is called off ends at once, and one that takes too long is one without an answer', async () => {
  // As an open connection would, it keeps the process running.
  const open = setInterval(() => undefined, 1000)
  const hanging = asFetch(
    (request) =>
      new Promise((_, reject) =>
        request.signal.addEventListener('abort', () => reject(request.signal.reason as Error)),
      ),
  )
  const client = createContrail({ url, key: 'k', fetch: hanging, timeout: 20, retries: 0 })
  await assert.rejects(client.lists.get(1), { name: 'ConnectionError', message: /too long/ })
  const stop = new AbortController()
  const slow = createContrail({ url, key: 'k', fetch: hanging })
  const call = slow.lists.get(1, { signal: stop.signal })
  stop.abort(new Error('enough'))
  await assert.rejects(call, { message: 'enough' })
  const { client: resting } = clientOf([busy(503, '30')])
  const called = new AbortController()
  const rest = resting.lists.get(1, { signal: called.signal })
  setTimeout(() => called.abort(new Error('enough')), 20)
  await assert.rejects(rest, { message: 'enough' })
  clearInterval(open)
})

test('who follows the feed is given every event once, over cuts of the line', async () => {
  await using api = await startWithClient()
  api.clock.now += 10_000
  let connections = 0
  // Each connection breaks in the middle of some event.
  const cutting = asFetch(async (request) => {
    const response = await api.fetch(request)
    if (!response.ok || !request.headers.get('accept')!.includes('event-stream')) return response
    let left = 4000 + 777 * connections++
    const reader = response.body!.getReader()
    const cut = new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          if (left <= 0) return controller.error(new Error('cut'))
          const { value } = await reader.read()
          controller.enqueue(value!.subarray(0, left))
          left -= value!.length
        },
      },
      { highWaterMark: 0 },
    )
    return new Response(cut, { headers: response.headers })
  })
  const client = createContrail({ url, key: api.key, fetch: cutting })
  const stop = new AbortController()
  const seen: Followed[] = []
  for await (const followed of client.tail({ from: 'start', signal: stop.signal })) {
    seen.push(followed)
    if (seen.length === 60) break
  }
  // Another process, later, from where this one was.
  for await (const followed of client.tail({ after: seen.at(-1)!.place })) if (seen.push(followed) === 120) break
  assert.ok(connections > 4, String(connections))
  assert.equal(new Set(seen.map(({ event }) => event.id)).size, 120)
  await assert.rejects(async () => { for await (const _ of client.tail({ after: 'nonsense' })); }, { code: 'invalid_cursor' }) // oxfmt-ignore
})

test('who follows from now on is told what comes, and stops when told to', async () => {
  await using api = await startWithClient()
  const stop = new AbortController()
  const following = (async () => {
    const seen: string[] = []
    for await (const { event } of api.client.tail({ kind: ['bounce'], signal: stop.signal })) {
      seen.push(event.kind)
      stop.abort()
    }
    return seen
  })()
  setTimeout(() => {
    const event = { kind: 'bounce', contactId: 1, campaignId: 1100, at: Date.UTC(2009, 1, 1), source: 'own' } as const
    void api.app.db
      .transaction((tx) => record(tx, api.accountId, [event], api.clock.now))
      .then(() => (api.clock.now += 20_000))
  }, 100)
  assert.deepEqual(await following, ['bounce'])
})

// The example of Standard Webhooks 1.0.
const example = {
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  at: 1614265330,
  body: '{"test": 2432232314}',
  signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
}

test('a webhook is taken for genuine when its signature fits, it is fresh, and not otherwise', async () => {
  const { secret, id, at, body, signature } = example
  const headers = { 'webhook-id': id, 'webhook-timestamp': String(at), 'webhook-signature': signature }
  const now = at * 1000
  const verified = await verifyWebhook({ body, headers }, { secret, now })
  assert.deepEqual(verified, { id, sentAt: new Date(now), payload: { test: 2432232314 } })
  await verifyWebhook({ body: Buffer.from(body), headers: new Headers(headers) }, { secret, now: now + 299_000 })
  await verifyWebhook({ body, headers: { ...headers, 'webhook-signature': `v1a,x v1,AAAA ${signature}` } }, { secret: ['whsec_AAAA', secret], now }) // oxfmt-ignore
  const refused: [object, { now?: number; secret?: string; body?: string }][] = [
    [{}, { now: now + 301_000 }], [{}, { now: now - 301_000 }], [{}, { body: `${body} ` }], [{}, { secret: 'whsec_AAAA' }], [{}, { secret: 'é' }],
    [{ 'webhook-id': 'other' }, {}], [{ 'webhook-signature': 'v1,%%%' }, {}], [{ 'webhook-signature': '' }, {}], [{ 'webhook-timestamp': 'now' }, {}],
  ] // oxfmt-ignore
  for (const [odd, given] of refused)
    await assert.rejects(verifyWebhook({ body: given.body ?? body, headers: { ...headers, ...odd } }, { secret: given.secret ?? secret, now: given.now ?? now }), WebhookError) // oxfmt-ignore
  const own = createHmac('sha256', Buffer.from(secret.slice(6), 'base64'))
    .update(`${id}.${at}.ü`)
    .digest('base64')
  await assert.rejects(verifyWebhook({ body: 'ü', headers: { ...headers, 'webhook-signature': `v1,${own}` } }, { secret, now }), SyntaxError) // oxfmt-ignore
})

test('the client of the 2008 wire finds a contact and goes through all it did', async () => {
  await using api = await startWithClient()
  const settings = { url, ...testCredentials, fetch: asFetch((request) => api.fetch(request)) }
  const old = createOldClient(settings)
  const contact = await old.findContact('C7@mail.com')
  assert.deepEqual([contact?.id, contact?.email, contact?.status], [7, 'c7@mail.com', 'Active'])
  assert.equal(await old.findContact('nobody@mail.com'), undefined)
  const clicks = await Array.fromAsync(old.events(contact!, 'clicks'))
  assert.equal(clicks.length, 120)
  assert.deepEqual([clicks[0]!.campaign, clicks[0]!.url, clicks[0]!.at.toISOString()], ['One & <two>', 'http://x.example/?a=1&b=2', '2009-01-01T00:01:59.000Z']) // oxfmt-ignore
  assert.equal(new Set(clicks.map(({ id }) => id)).size, 120)
  assert.deepEqual(await Array.fromAsync(old.events(7, 'bounces')), [])
  await assert.rejects(createOldClient({ ...settings, password: 'wrong' }).findContact('a'), OldError)
  await assert.rejects(Array.fromAsync(old.events(999, 'opens')), { status: 404 })
})
