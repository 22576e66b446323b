// The endpoint itself: who is let in, what is answered, and that nothing is answered before it is kept.

import assert from 'node:assert/strict'
import { createHmac, createSign, generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { testOnEach } from '../../../test/databases.ts'
import {
  addEndpoint,
  hookRequest,
  hookSecret,
  inboxOf,
  postEvents,
  readInbox,
  signedHeaders,
} from '../../../test/hooks.ts'
import { startTestServer, testNow } from '../../../test/server.ts'
import { withStoreAway } from '../../../test/store-away.ts'
import { changeSecrets, findEndpoint, removeEndpoint } from '../../core/inbox/endpoint.ts'
import type { HookProviderName } from '../../core/inbox/hook-event.ts'
import { UnavailableError } from '../../errors.ts'
import { createFetch } from '../../server.ts'
import { hookRoutes } from './routes.ts'

const events = JSON.stringify([{ type: 'open', email: 'joe@example.com' }])

testOnEach('a signed webhook is kept, and the same again is kept once', async () => {
  await using server = await startTestServer()
  const endpoint = await addEndpoint(server)
  const headers = signedHeaders(events, testNow)
  for (let times = 0; times < 3; times++)
    assert.equal((await server.fetch(hookRequest(endpoint, events, headers))).status, 200)
  const [entry, ...others] = await inboxOf(server)
  assert.equal(others.length, 0)
  assert.deepEqual([entry!.state, entry!.receivedAt, entry!.bytes], ['new', testNow, events.length])
})

testOnEach('who is not who he says, or posts where nothing is, is refused and leaves nothing', async () => {
  await using server = await startTestServer()
  const endpoint = await addEndpoint(server)
  const headers = signedHeaders(events, testNow)
  const status = async (request: Request): Promise<number> => (await server.fetch(request)).status
  assert.equal(await status(hookRequest(endpoint, events)), 401)
  assert.equal(await status(hookRequest(endpoint, `${events} `, headers)), 401)
  assert.equal(await status(hookRequest({ ...endpoint, provider: 'resend' }, events, headers)), 404)
  assert.equal(await status(hookRequest({ ...endpoint, endpointId: 'x' }, events, headers)), 404)
  assert.equal(await status(hookRequest({ ...endpoint, provider: 'pigeon' as HookProviderName }, events, headers)), 404)
  const url = hookRequest(endpoint, events).url
  const got = await server.fetch(new Request(url))
  assert.deepEqual([got.status, got.headers.get('allow')], [405, 'POST, HEAD'])
  assert.equal(await status(new Request(url, { method: 'HEAD' })), 200)
  assert.equal(await status(new Request(url.slice(0, -3), { method: 'HEAD' })), 404)
  assert.deepEqual(await inboxOf(server), [])
})

test('a body that is too long, too deep or too much is refused before it is looked into', async () => {
  await using server = await startTestServer()
  const endpoint = await addEndpoint(server)
  const status = async (body: string): Promise<number> =>
    (await server.fetch(hookRequest(endpoint, body, signedHeaders(body, testNow)))).status
  assert.equal(await status(`["${'x'.repeat(5 * 2 ** 20)}"]`), 413)
  assert.equal(await status(`${'['.repeat(33)}${']'.repeat(33)}`), 413)
  assert.equal(await status(JSON.stringify(Array.from({ length: 10_001 }, () => ({ type: 'open' })))), 413)
  assert.equal(await status(JSON.stringify(Array.from({ length: 10_000 }, () => ({ type: 'open' })))), 200)
  assert.equal(await status(`["${'x'.repeat(4 * 2 ** 20)}"]`), 200)
})

testOnEach('of two secrets both are right while one replaces the other', async () => {
  await using server = await startTestServer()
  const { app, accountId } = server
  const endpoint = await addEndpoint(server, { secrets: { keys: ['whsec_AAAAAAAAAAAAAAAAAAAAAAAA', hookSecret] } })
  const status = async (id: string): Promise<number> =>
    (await server.fetch(hookRequest(endpoint, events, signedHeaders(events, testNow, id)))).status
  assert.equal(await status('1'), 200)
  await changeSecrets(app.db, accountId, endpoint.endpointId, ({ keys }) => ({ keys: keys.slice(0, 1) }), testNow)
  assert.equal(await status('2'), 401)
  await assert.rejects(
    changeSecrets(app.db, accountId + 1, endpoint.endpointId, (held) => held, testNow),
    /no endpoint/,
  )
})

testOnEach('where an endpoint was removed, each provider is told to stop in its own way', async () => {
  await using server = await startTestServer()
  for (const [provider, expected] of [
    ['mailgun', 406],
    ['postmark', 403],
    ['sendgrid', 410],
  ] as const) {
    // oxfmt-ignore
    const endpoint = await addEndpoint(server, { provider })
    await removeEndpoint(server.app.db, server.accountId, endpoint.endpointId, testNow)
    assert.equal((await server.fetch(hookRequest(endpoint, '[]'))).status, expected, provider)
    assert.deepEqual((await findEndpoint(server.app.db, endpoint.endpointId))!.secrets, { keys: [] })
    await assert.rejects(removeEndpoint(server.app.db, server.accountId, endpoint.endpointId, testNow), /no endpoint/)
  }
})

test('while the store is away providers are told to come again, Brevo in the only way it knows', async () => {
  await using server = await startTestServer()
  let isAway = false
  const fetch = createFetch(withStoreAway(server.app, () => isAway))
  for (const [provider, expected] of [
    ['brevo', 429],
    ['postmark', 503],
  ] as const) {
    // oxfmt-ignore
    const endpoint = await addEndpoint(server, { provider, secrets: { keys: [] } })
    isAway = true
    assert.equal((await fetch(hookRequest(endpoint, '{}'))).status, expected)
    isAway = false
    assert.equal((await fetch(hookRequest(endpoint, '{}'))).status, 200)
  }
  assert.equal((await inboxOf(server)).length, 2)
})

test("a token of Mailgun's comes with one body only", async () => {
  await using server = await startTestServer()
  const endpoint = await addEndpoint(server, { provider: 'mailgun', secrets: { keys: ['signing key'] } })
  const timestamp = String(Math.floor(testNow / 1000))
  const signature = createHmac('sha256', 'signing key').update(`${timestamp}token`).digest('hex')
  const body = (recipient: string): string =>
    JSON.stringify({
      signature: { timestamp, token: 'token', signature },
      'event-data': { event: 'opened', recipient },
    })
  const status = async (recipient: string): Promise<number> =>
    (await server.fetch(hookRequest(endpoint, body(recipient)))).status
  assert.equal(await status('a@example.com'), 200)
  assert.equal(await status('b@example.com'), 401)
  assert.equal(await status('a@example.com'), 200)
  assert.equal((await inboxOf(server)).length, 1)
})

test('two batches that a provider gives one name are both kept, each once', async () => {
  await using server = await startTestServer()
  const endpoint = await addEndpoint(server, { provider: 'sparkpost', secrets: { keys: [] } })
  for (const body of ['[]', '[{}]', '[]', '[{}]'])
    assert.equal((await server.fetch(hookRequest(endpoint, body, { 'x-messagesystems-batch-id': 'one' }))).status, 200)
  assert.equal((await inboxOf(server)).length, 2)
})

test('a subscription of SNS is confirmed where the operator has just connected it, and nowhere else', async () => {
  await using server = await startTestServer()
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const certificate = publicKey.export({ type: 'spki', format: 'pem' }).toString()
  const topic = 'arn:aws:sns:us-east-1:123456789012:mail'
  const endpoint = await addEndpoint(server, { provider: 'ses', secrets: { keys: [], topics: [topic], certificate } })
  const fetched: string[] = []
  let isReachable = true
  const outside = {
    fetchText: (url: string) => (isReachable ? Promise.resolve(String(fetched.push(url))) : Promise.reject(new UnavailableError('away'))), // oxfmt-ignore
  }
  const routes = hookRoutes(server.app, outside)
  const confirm = async (id: string): Promise<number> => {
    const fields: Record<string, string> = { Message: 'You have chosen', MessageId: id, SubscribeURL: 'https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription', Timestamp: new Date(server.app.now()).toISOString(), Token: 't', TopicArn: topic, Type: 'SubscriptionConfirmation' } // oxfmt-ignore
    const signed = Object.entries(fields).map(([name, value]) => `${name}\n${value}\n`).join('') // oxfmt-ignore
    const Signature = createSign('RSA-SHA256').update(signed).sign(privateKey, 'base64')
    const body = JSON.stringify({ ...fields, Signature, SignatureVersion: '2', SigningCertURL: 'https://sns.us-east-1.amazonaws.com/x.pem' }) // oxfmt-ignore
    return (await routes.fetch(hookRequest(endpoint, body, { 'content-type': 'text/plain' }))).status
  }
  isReachable = false
  assert.equal(await confirm('1'), 503)
  isReachable = true
  assert.equal(await confirm('1'), 200)
  assert.equal(fetched.length, 1)
  server.clock.now += 2 * 86_400_000
  assert.equal(await confirm('2'), 200)
  assert.equal(fetched.length, 1)
  await changeSecrets(server.app.db, server.accountId, endpoint.endpointId, (held) => held, server.app.now())
  assert.equal(await confirm('3'), 200)
  assert.equal(fetched.length, 2)
  assert.equal((await inboxOf(server)).length, 3)
})

testOnEach(
  'a body that makes no sense is kept, said to, and holds up no other; all is forgotten after 30 days',
  async () => {
    await using server = await startTestServer()
    const endpoint = await addEndpoint(server)
    for (const body of ['no json', '[1, {"type":"unheard of"}]', '[]'])
      assert.equal((await server.fetch(hookRequest(endpoint, body, signedHeaders(body, testNow)))).status, 200)
    await postEvents(server, endpoint, [{ type: 'deferred', email: 'a@example.com' }])
    await readInbox(server)
    const entries = (await inboxOf(server)).toReversed()
    assert.deepEqual(entries.map(({ state }) => state), ['failed', 'partly', 'done', 'done']) // oxfmt-ignore
    assert.match(entries[0]!.outcome!.problems[0]!.message, /^the body is no JSON/)
    server.clock.now += 31 * 86_400_000
    await readInbox(server)
    assert.deepEqual(await inboxOf(server), [])
  },
)
