// Bounces by HTTP: what is taken, for whose account, and what is refused.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testOnEach } from '../../../test/databases.ts'
import { dsn, startReturned } from '../../../test/returned-mail.ts'
import type { ReturnedTest } from '../../../test/returned-mail.ts'
import { addAccount, basic, host } from '../../../test/server.ts'
import { withStoreAway } from '../../../test/store-away.ts'
import { createApiKey } from '../../core/accounts/api-key.ts'
import { listReviews } from '../../core/bounces/review.ts'
import { createFetch } from '../../server.ts'

interface Post {
  body?: Uint8Array<ArrayBuffer>
  headers?: Record<string, string>
  recipient?: string
  method?: string
}

function post(test: ReturnedTest, { body, headers, recipient, method = 'POST' }: Post = {}): Promise<Response> {
  const query = recipient === undefined ? '' : `?recipient=${encodeURIComponent(recipient)}`
  const request = new Request(`http://${host}/inbound/raw${query}`, {
    method,
    headers: { authorization: basic(), 'content-type': 'message/rfc822', ...headers },
    ...(method === 'POST' && { body: body ?? new Uint8Array(dsn()) }),
  })
  return test.fetch(request)
}

testOnEach(
  'a bounce that was answered with 200 is on the timeline, and handing it over again changes nothing',
  async () => {
    await using test = await startReturned()
    const { key } = await createApiKey(test.app.db, test.accountId, { name: 'relay', scopes: ['write'] }, 1)
    const tries = [['recorded', basic()], ['duplicate', `Bearer ${key}`]] as const // oxfmt-ignore
    for (const [outcome, authorization] of tries) {
      const answer = await post(test, { recipient: test.verp(), headers: { authorization } })
      assert.equal(answer.status, 200)
      assert.deepEqual(await answer.json(), { outcome, kind: 'bounce', contactId: 32, campaignId: 1100 })
    }
    assert.equal((await test.events()).length, 1)
  },
)

testOnEach('a key of another account changes nothing of this one, and learns nothing of it', async () => {
  await using test = await startReturned()
  const other = { key: 'other-key', username: 'another', password: 'secret' }
  const otherId = await addAccount(test.app, other)
  const headers = { authorization: basic(other) }
  const answer = await post(test, { recipient: test.verp(), headers })
  const told = (await answer.json()) as { outcome: string; reason: string; contactId?: number }
  assert.deepEqual([told.outcome, told.reason, told.contactId], ['review', 'unattributed', undefined])
  const named = await post(test, { headers, body: new Uint8Array(dsn({ returned: ['Message-ID: <one@joesflowers.example>'] })) }) // oxfmt-ignore
  assert.equal(((await named.json()) as { reason: string }).reason, 'unattributed')
  assert.deepEqual(await test.events(), [])
  assert.equal(await test.hold(), undefined)
  assert.deepEqual(await test.reviews(), [])
  assert.equal((await listReviews(test.app.db, otherId, { limit: 9 })).length, 2)
})

test('without credentials, without the scope, as another type, too large, empty: refused, and nothing is stored', async () => {
  await using test = await startReturned()
  await createApiKey(test.app.db, test.accountId, { name: 'reader', scopes: ['read'], key: 'reader-key' }, 1)
  const reader = basic({ key: 'reader-key', username: 'joesflowers', password: 'secret' })
  const recipient = test.verp()
  const cases: [Post, number][] = [
    [{ headers: { authorization: '' } }, 401],
    [{ headers: { authorization: 'Bearer nothing' } }, 401],
    [{ headers: { authorization: basic({ key: 'test-key', username: 'joesflowers', password: 'wrong' }) } }, 401],
    [{ headers: { authorization: reader } }, 403],
    [{ headers: { 'content-type': 'application/json' } }, 415],
    [{ body: new Uint8Array(1024 * 1024 + 1) }, 413],
    [{ body: new Uint8Array(0) }, 400],
    [{ recipient: 'x'.repeat(500) }, 400],
    [{ method: 'GET' }, 405],
  ]
  for (const [given, status] of cases) {
    const answer = await post(test, { recipient, ...given })
    assert.equal(answer.status, status)
    assert.equal(((await answer.json()) as { status: number }).status, status)
  }
  assert.deepEqual([await test.events(), await test.reviews()], [[], []])
})

test('while the store is away the sender is told to try again', async () => {
  await using test = await startReturned()
  assert.equal((await post(test, { body: new Uint8Array([120]) })).status, 200)
  const app = withStoreAway(test.app, () => true)
  const away = { ...test, fetch: async (request: Request) => createFetch(app)(request) }
  const answer = await post(away, { recipient: test.verp() })
  assert.equal(answer.status, 503)
  assert.ok(Number(answer.headers.get('retry-after')) > 0)
})

test('any bytes get an answer in words', async () => {
  await using test = await startReturned()
  for (let i = 0; i < 40; i++) {
    const body = new Uint8Array(i * 97).map((_, at) => (at * (i + 7) * 31) % 256)
    const answer = await post(test, {
      recipient: `b.${'\u0000é%'.repeat(i)}@x`,
      body: i === 0 ? new Uint8Array([0]) : body,
    })
    assert.equal(answer.status, 200)
  }
})
