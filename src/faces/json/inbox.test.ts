// Addresses of providers and what came in there, through the API: from making one to reading a request again.

import assert from 'node:assert/strict'
import { startApi } from '../../../test/api.ts'
import type { Json } from '../../../test/api.ts'
import { testOnEach as test } from '../../../test/databases.ts'
import { hookRequest, hookSecret, postEvents, readInbox, signedHeaders } from '../../../test/hooks.ts'
import { getEndpoint } from '../../core/inbox/endpoint.ts'

const path = '/provider-endpoints'
const topic = 'arn:aws:sns:us-east-1:123456789012:mail'

test('an address is made for a provider, and its secret is told once, where it is ours', async () => {
  await using api = await startApi({ publicHost: 'mail.example.com' })
  const made = await api.must(201, 'POST', path, { provider: 'generic', name: 'My mailer' })
  assert.match(made.url, /^http:\/\/mail\.example\.com\/hooks\/generic\/[\w-]{24}$/)
  assert.match(made.secret, /^whsec_/)
  const { secret, ...shown } = made
  assert.deepEqual(await api.must(200, 'GET', `${path}/${made.id}`), shown)
  assert.deepEqual((await api.must(200, 'GET', path)).items, [shown])
  const own = await api.must(201, 'POST', path, { provider: 'generic', secret: hookSecret })
  assert.equal(own.secret, undefined)
  const ses = await api.must(201, 'POST', path, { provider: 'ses', topics: [topic] })
  assert.deepEqual([ses.topics, ses.secrets], [[topic], 1])
  const all = JSON.stringify(await api.must(200, 'GET', path))
  assert.ok(!all.includes(secret.slice(6)) && !all.includes(hookSecret.slice(6)))
  assert.equal((await api.ask('POST', path, { provider: 'generic' }, { 'idempotency-key': 'a' })).status, 400)
})

test('each provider is asked for what it is told by, and what is no such thing is refused by name', async () => {
  await using api = await startApi()
  const refused: [body: object, place: string][] = [
    [{ provider: 'pigeon' }, '/provider'],
    [{ provider: 'sendgrid' }, '/secret'],
    [{ provider: 'sendgrid', secret: 'no key' }, '/secret'],
    [{ provider: 'mailgun', secret: 'a signing key', basicAuth: 'me:password' }, '/basicAuth'],
    [{ provider: 'postmark', basicAuth: 'me' }, '/basicAuth'],
    [{ provider: 'ses' }, '/topics'],
    [{ provider: 'ses', topics: [topic], certificate: 'none' }, '/certificate'],
    [{ provider: 'brevo', topics: [topic] }, '/topics'],
    [{ provider: 'brevo', name: 'x'.repeat(101) }, '/name'],
  ]
  for (const [body, place] of refused) {
    const { code, errors } = await api.must(400, 'POST', path, body)
    assert.deepEqual([code, errors?.[0]?.pointer], ['invalid_input', place], JSON.stringify(body))
  }
  assert.deepEqual((await api.must(200, 'GET', path)).items, [])
})

test('a secret is replaced while the old one still counts, and an address that is removed tells the provider to stop', async () => {
  await using api = await startApi()
  const { id } = await api.must(201, 'POST', path, { provider: 'generic', secret: hookSecret })
  const post = async (): Promise<number> => {
    const body = JSON.stringify([{ type: 'open', email: 'a@mail.com', at: api.clock.now++ }])
    return (await api.fetch(hookRequest({ provider: 'generic', endpointId: id }, body, signedHeaders(body, api.clock.now)))).status // oxfmt-ignore
  }
  const rotated = await api.must(200, 'POST', `${path}/${id}/rotate`, {})
  assert.deepEqual([rotated.secret.startsWith('whsec_'), rotated.secrets, await post()], [true, 2, 200])
  const finished = await api.must(200, 'POST', `${path}/${id}/rotate`, { onlyNewest: true })
  assert.deepEqual([finished.secret, finished.secrets, await post()], [undefined, 1, 401])
  assert.equal((await api.must(200, 'PATCH', `${path}/${id}`, { name: ' Other ', createMissing: true })).name, 'Other')
  assert.equal((await getEndpoint(api.app.db, api.accountId, id)).creates, true)
  await api.must(204, 'DELETE', `${path}/${id}`)
  await api.must(404, 'GET', `${path}/${id}`)
  await api.must(404, 'POST', `${path}/${id}/rotate`, {})
  await api.must(404, 'DELETE', `${path}/${id}`)
  assert.equal(await post(), 410)
})

test('SNS may confirm for a day, and for another when it is asked to', async () => {
  await using api = await startApi()
  const { id, confirmUntil } = await api.must(201, 'POST', path, { provider: 'ses', topics: [topic] })
  assert.equal(Date.parse(confirmUntil), api.clock.now + 86_400_000)
  api.clock.now += 10 * 86_400_000
  const connected = await api.must(200, 'POST', `${path}/${id}/connect`)
  assert.equal(Date.parse(connected.confirmUntil), api.clock.now + 86_400_000)
})

test('what came in is listed with what became of it, shown as it came, and read again', async () => {
  await using api = await startApi()
  const { id } = await api.must(201, 'POST', path, { provider: 'generic', name: 'My mailer', secret: hookSecret, createMissing: false }) // oxfmt-ignore
  const endpoint = await getEndpoint(api.app.db, api.accountId, id)
  const opened = { type: 'open', email: 'late@mail.com', at: api.clock.now, campaign: 'x' }
  await postEvents(api, endpoint, [opened])
  await postEvents(api, endpoint, [])
  await readInbox(api)
  const first = await api.must(200, 'GET', '/inbox?limit=1')
  const second = await api.must(200, 'GET', `/inbox?limit=1&cursor=${first.next}`)
  assert.equal(second.next, undefined)
  const [entry] = second.items
  assert.deepEqual([entry.provider, entry.endpointName, entry.state, entry.outcome.unmapped], ['generic', 'My mailer', 'partly', 1]) // oxfmt-ignore
  assert.ok(!JSON.stringify(second).includes(id))
  assert.deepEqual((await api.must(200, 'GET', '/inbox?state=partly')).items.map((one: Json) => one.id), [entry.id]) // oxfmt-ignore
  assert.deepEqual((await api.must(200, 'GET', '/inbox?state=failed')).items, [])
  const { body } = await api.must(200, 'GET', `/inbox/${entry.id}`)
  assert.deepEqual(JSON.parse(Buffer.from(body, 'base64').toString()), [opened])
  assert.equal((await api.must(202, 'POST', `/inbox/${entry.id}/replay`)).state, 'new')
  assert.deepEqual(await api.must(202, 'POST', '/inbox/replay', { states: ['new', 'done'] }), { replayed: 2 })
  for (const other of ['/inbox/999', '/inbox/x']) await api.must(404, 'GET', other)
  await api.must(404, 'POST', '/inbox/999/replay')
  await api.must(204, 'DELETE', `${path}/${id}`)
  assert.equal((await api.must(200, 'GET', `/inbox/${entry.id}`)).endpointName, null)
})
