// Webhooks through the API.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeKey, otherAccount, startApi, withKey } from '../../../test/api.ts'
import { rules, startReceiver } from '../../../test/webhook-receiver.ts'
import { createFetch } from '../../server.ts'
import { verifyWebhook } from '../../../sdk/src/webhooks.ts'

const open = { webhookInsecure: true, webhookAllow: rules.allowed }

test('a webhook is made with a secret that is shown once, changed, disabled, enabled and removed', async () => {
  await using api = await startApi()
  const { secret, ...made } = await api.must(201, 'POST', '/webhooks', { url: 'https://a.example/', kinds: ['click', 'click', 'open'] }) // oxfmt-ignore
  assert.match(secret, /^whsec_/)
  assert.deepEqual(made.kinds, ['open', 'click'])
  const path = `/webhooks/${made.id}`
  assert.deepEqual(await api.must(200, 'GET', path), { ...made, waiting: 0 })
  assert.deepEqual((await api.must(200, 'GET', '/webhooks')).items, [made])
  const changed = await api.must(200, 'PATCH', path, { includeEmail: true, state: 'disabled' })
  assert.deepEqual(changed, { ...made, includeEmail: true, state: 'disabled', reason: 'by hand' })
  assert.equal((await api.must(200, 'PATCH', path, { state: 'active' })).reason, null)
  const rotated = await api.must(200, 'POST', `${path}/rotate`, {})
  assert.notEqual(rotated.secret, secret)
  assert.equal(Date.parse(rotated.oldSecretUntil) - api.clock.now, 86_400_000)
  await api.must(409, 'POST', `${path}/rotate`, { secret: rotated.secret })
  const replayed = await api.must(202, 'POST', `${path}/replay`, { from: '2009-02-01T00:00:00Z' })
  assert.equal(replayed.deliveredUntil, '2009-01-31T23:59:59.999Z')
  await api.must(400, 'POST', `${path}/replay`, { from: '2010-02-01T00:00:00Z' })
  await api.must(204, 'DELETE', path)
  await api.must(404, 'GET', path)
})

test('a test is sent and logged, page by page', async () => {
  await using receiver = await startReceiver()
  await using api = await startApi(open)
  const { id, secret } = await api.must(201, 'POST', '/webhooks', { url: receiver.url })
  const { status, problem } = await api.must(200, 'POST', `/webhooks/${id}/test`, {})
  assert.deepEqual([status, problem], [204, null])
  await verifyWebhook(receiver.received[0]!, { secret, now: api.clock.now })
  receiver.answer = () => ({ status: 500, body: 'no' })
  const failed = await api.must(200, 'POST', `/webhooks/${id}/test`, {})
  assert.deepEqual([failed.status, failed.problem, failed.response], [500, 'it answered 500', 'no'])
  const first = await api.must(200, 'GET', `/webhooks/${id}/attempts?limit=1`)
  assert.deepEqual(first.items.map((one: { status: number }) => one.status), [500]) // oxfmt-ignore
  const second = await api.must(200, 'GET', `/webhooks/${id}/attempts?limit=1&cursor=${first.next}`)
  assert.deepEqual([second.items[0].status, second.next], [204, undefined])
})

test('one whose address is not allowed any more can still be turned off', async () => {
  await using api = await startApi(open)
  const { id } = await api.must(201, 'POST', '/webhooks', { url: 'http://127.0.0.1:1/' })
  const strict = withKey({ ...api, fetch: async (request) => createFetch({ ...api.app, config: { ...api.app.config, webhookInsecure: false, webhookAllow: [] } })(request) }, api.key) // oxfmt-ignore
  assert.equal((await strict.must(200, 'PATCH', `/webhooks/${id}`, { state: 'disabled' })).state, 'disabled')
  await strict.must(400, 'PATCH', `/webhooks/${id}`, { url: 'http://127.0.0.1:1/' })
})

test('what must not be is refused: other addresses, other secrets, other accounts, keys that may less, too many', async () => {
  await using api = await startApi()
  for (const url of ['http://a.example/', 'https://127.0.0.1/', 'https://[::ffff:10.0.0.1]/', 'https://u:p@a.example/', 'https://a.example:25/', 'x'])
    await api.must(400, 'POST', '/webhooks', { url })
  const url = 'https://a.example/'
  await api.must(400, 'POST', '/webhooks', { url, secret: 'whsec_abc' })
  await api.must(400, 'POST', '/webhooks', { url }, { 'idempotency-key': 'one' })
  const { id } = await api.must(201, 'POST', '/webhooks', { url })
  await api.must(400, 'PATCH', `/webhooks/${id}`, { url: 'https://0x7f.1/' })
  const stranger = await otherAccount(api)
  for (const [method, path, body] of [['GET', '', undefined], ['PATCH', '', {}], ['DELETE', '', undefined], ['GET', '/attempts', undefined], ['POST', '/test', {}], ['POST', '/rotate', {}], ['POST', '/replay', { from: '2009-01-01T00:00:00Z' }]] as const)
    await stranger.must(404, method, `/webhooks/${id}${path}`, body)
  const writer = withKey(api, await makeKey(api, ['read', 'write']))
  await writer.must(403, 'GET', '/webhooks')
  for (let i = 1; i < 20; i++) await api.must(201, 'POST', '/webhooks', { url })
  await api.must(400, 'POST', '/webhooks', { url })
}) // oxfmt-ignore
