// From memory comes what the store would say, and nothing that it would not say to this key now.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeKey, otherAccount, withKey } from '../../../test/api.ts'
import { importLines } from '../../../test/import-lines.ts'
import { host, startTestServer } from '../../../test/server.ts'
import type { TestServer } from '../../../test/server.ts'
import { createFetch } from '../../server.ts'
import { revokeApiKey } from '../../core/accounts/api-key.ts'
import { answerAtOnce } from './answer-at-once.ts'
import { hookProviders } from '../../server.ts'
import { createFace } from './routes.ts'

interface Both extends TestServer {
  key: string
  /** The whole way. */
  ask(path: string, headers?: Record<string, string>): Promise<Response>
  /** From memory; undefined when it is not there. */
  recall(path: string, headers?: Record<string, string>, method?: string): ReturnType<typeof answerAtOnce>
}

async function startBoth(settings: object = {}): Promise<Both> {
  const server = await startTestServer(settings)
  await importLines(server, [
    { type: 'campaign', id: 1100, name: 'One' },
    { type: 'contact', id: 32, email: 'joe@mail.com' },
    ...Array.from({ length: 40 }, (_, i) => ({ type: 'event', kind: 'click', contact: 32, campaign: 1100, at: `2009-01-01T00:00:${10 + i}Z`, url: 'http://x.example' })), // oxfmt-ignore
  ])
  const key = await makeKey(server)
  const face = createFace(server.app, hookProviders)
  const fetch = createFetch(server.app, undefined, face)
  const authorization = `Bearer ${key}`
  return {
    ...server,
    key,
    ask: async (path, headers = {}) => fetch(new Request(`http://${host}/api/v1${path}`, { headers: { authorization, ...headers } })), // oxfmt-ignore
    recall: (path, headers = {}, method = 'GET') => {
      const all: Record<string, string> = { authorization, ...headers }
      return answerAtOnce(face, { method, url: `/api/v1${path}`, header: (name) => all[name] })
    },
  }
}

test('the same question is answered from memory, in the same words, until something is written', async () => {
  await using both = await startBoth()
  const path = '/contacts/32/events?limit=30'
  assert.equal(both.recall(path), undefined)
  const whole = await both.ask(path)
  const text = await whole.text()
  const kept = both.recall(path)!
  assert.equal(kept.bytes.toString(), text)
  const headers = new Headers(kept.headers)
  for (const [name, value] of whole.headers)
    if (!/^(x-request-id|ratelimit)$/.test(name)) assert.equal(headers.get(name), value, name)
  assert.match(headers.get('x-request-id')!, /^[0-9a-f-]{36}$/)
  assert.equal(headers.get('ratelimit'), '"minute";r=119998')
  assert.equal(both.recall(path, { 'x-request-id': 'mine' })!.headers['x-request-id'], 'mine')
  await importLines(both, [{ type: 'event', kind: 'open', contact: 32, campaign: 1100, at: '2009-02-01T00:00:00Z' }])
  assert.equal(both.recall(path), undefined)
  assert.match(await (await both.ask(path)).text(), /"kind":"open"/)
})

test('each encoding has its own answer, and what is unusual goes the whole way', async () => {
  await using both = await startBoth()
  const path = '/contacts/32/events'
  await both.ask(path)
  assert.equal(both.recall(path, { 'accept-encoding': 'gzip' }), undefined)
  const packed = await both.ask(path, { 'accept-encoding': 'gzip' })
  const kept = both.recall(path, { 'accept-encoding': 'gzip, deflate' })!
  assert.equal(kept.headers['content-encoding'], 'gzip')
  assert.deepEqual(Buffer.from(await packed.arrayBuffer()), kept.bytes)
  const odd = [{ 'if-none-match': '"x"' }, { origin: 'https://crm.example' }, { accept: 'text/event-stream' }, { authorization: 'Basic eA==' }] // oxfmt-ignore
  for (const headers of odd) assert.equal(both.recall(path, headers as unknown as Record<string, string>), undefined)
  assert.equal(both.recall(path, {}, 'POST'), undefined)
  assert.ok(both.recall(path, { accept: '*/*' }))
})

test('a key that is revoked, may not read, or belongs to another account gets nothing of it', async () => {
  await using both = await startBoth()
  const path = '/contacts/32/events'
  const writer = await makeKey(both, ['write'])
  const stranger = await otherAccount(withKey(both, both.key))
  const asked = async (key: string): Promise<number> =>
    (await both.ask(path, { authorization: `Bearer ${key}` })).status
  assert.deepEqual([await asked(both.key), await asked(writer), await asked(stranger.key)], [200, 403, 404])
  assert.ok(both.recall(path))
  for (const key of [writer, stranger.key, 'wrong', '']) assert.equal(both.recall(path, { authorization: `Bearer ${key}` }), undefined) // oxfmt-ignore
  await revokeApiKey(both.app.db, both.accountId, 2, 1)
  assert.equal(both.recall(path), undefined)
  assert.equal(await asked(both.key), 401)
})

test('answers from memory are counted against the limit like others', async () => {
  await using both = await startBoth({ rateLimit: 3 })
  const path = '/contacts/32'
  await both.ask(path)
  assert.ok(both.recall(path) && both.recall(path))
  assert.equal(both.recall(path), undefined)
  assert.equal((await both.ask(path)).status, 429)
})
