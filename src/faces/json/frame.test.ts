// What holds for every request: who may ask, what is refused and how, tags, encodings, other sites.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { makeKey, startApi, withKey } from '../../../test/api.ts'
import { testOnEach } from '../../../test/databases.ts'
import { importLines } from '../../../test/import-lines.ts'
import { createFetch } from '../../server.ts'
import { addClient, obtainTokens } from '../../../test/oauth.ts'
import { basic, host } from '../../../test/server.ts'
import { createApiKey, revokeApiKey } from '../../core/accounts/api-key.ts'

testOnEach('a key that was made up works alone and is gone at once when it is revoked', async () => {
  await using api = await startApi()
  const { apiKeyId, key } = await createApiKey(api.app.db, api.accountId, { name: 'second' }, 1)
  const second = withKey(api, key)
  for (let i = 0; i < 2; i++) await second.must(200, 'GET', '/contacts')
  await revokeApiKey(api.app.db, api.accountId, apiKeyId, 1)
  assert.equal((await second.must(401, 'GET', '/contacts')).code, 'unauthenticated')
})

testOnEach('a key that somebody chose needs user name and password beside it, as on the 2008 wire', async () => {
  await using api = await startApi()
  await api.must(401, 'GET', '/contacts', undefined, { authorization: 'Bearer test-key' })
  await api.must(200, 'GET', '/contacts', undefined, { authorization: basic() })
  await api.must(401, 'GET', '/contacts', undefined, { authorization: basic({ key: 'test-key', username: 'joesflowers', password: 'wrong' }) }) // oxfmt-ignore
})

testOnEach('an access token may do what its scopes say', async () => {
  await using api = await startApi()
  const client = await addClient(api)
  const { access_token: token } = await obtainTokens(api, client)
  const authorization = `Bearer ${token}`
  await api.must(200, 'GET', '/contacts', undefined, { authorization })
  assert.equal((await api.must(403, 'GET', '/keys', undefined, { authorization })).code, 'insufficient_scope')
})

test('more requests than are allowed are refused until there are some again, and every answer says how many are left', async () => {
  await using api = await startApi({ rateLimit: 3 })
  const answers = [1, 2, 3, 4].map(() => api.ask('GET', '/contacts'))
  const [first, , third, fourth] = await Promise.all(answers)
  assert.equal(first!.headers.get('ratelimit-policy'), '"minute";q=3;w=60')
  assert.deepEqual([first, third].map((answered) => answered!.headers.get('ratelimit')), ['"minute";r=2', '"minute";r=0']) // oxfmt-ignore
  assert.equal(fourth!.status, 429)
  assert.equal(fourth!.headers.get('retry-after'), '20')
  const other = withKey(api, await makeKey(api))
  await other.must(200, 'GET', '/contacts')
  api.clock.now += 20_000
  await api.must(200, 'GET', '/contacts')
})

test('a request id is taken over when it can be logged, else made up', async () => {
  await using api = await startApi()
  const idOf = async (given: string): Promise<string> =>
    (await api.ask('GET', '/contacts/1', undefined, { 'x-request-id': given })).body.requestId
  assert.equal(await idOf('order-7:a/b=1'), 'order-7:a/b=1')
  for (const odd of ['a b', 'x'.repeat(200), 'é', '<script>']) assert.match(await idOf(odd), /^[0-9a-f-]{36}$/)
})

test('a wrong method is 405 with those there are, a wrong address 404, both as problems', async () => {
  await using api = await startApi()
  const answered = await api.ask('PUT', '/contacts/1', {})
  assert.deepEqual([answered.status, answered.headers.get('allow')], [405, 'GET, PATCH, DELETE, HEAD'])
  for (const path of [
    '/nothing',
    '/contacts/1/nothing',
    '/contacts/x',
    '/contacts/0',
    '/contacts/-1',
    '/contacts/9007199254740993',
    '/contacts/1e3',
  ])
    assert.equal((await api.must(404, 'GET', path)).code, 'not_found')
  assert.equal((await api.fetch(new Request(`http://${host}/api/v2/contacts`))).status, 404)
})

test('HEAD says what GET would, without the body', async () => {
  await using api = await startApi()
  const response = await api.fetch(
    new Request(`http://${host}/api/v1/lists`, { method: 'HEAD', headers: { authorization: `Bearer ${api.key}` } }),
  )
  assert.deepEqual([response.status, await response.text(), response.headers.get('content-length')], [200, '', '12'])
})

test('parameters that are unknown, wrong or doubled are refused by name', async () => {
  await using api = await startApi()
  const refusals: [path: string, code: string, parameter: string | undefined][] = [
    ['/contacts?emial=x', 'unknown_parameter', undefined],
    ['/contacts?__proto__=x', 'unknown_parameter', undefined],
    ['/contacts/1?x=1', 'unknown_parameter', undefined],
    ['/contacts?limit=201', 'invalid_input', 'limit'],
    ['/contacts?limit=ten', 'invalid_input', 'limit'],
    ['/contacts?limit=5&limit=6', 'invalid_input', 'limit'],
    ['/contacts?did=click,nothing', 'invalid_input', 'did'],
    ['/contacts?did=click&since=yesterday', 'invalid_input', 'since'],
    ['/contacts?did=click&since=3000-01-01T00:00:00Z', 'invalid_input', 'since'],
    ['/contacts?search=a%00b', 'invalid_input', 'search'],
    ['/contacts?suppressed=yes', 'invalid_input', 'suppressed'],
    ['/contacts?cursor=abc', 'invalid_cursor', undefined],
    ['/contacts?email=a@b.example&search=a', 'invalid_input', undefined],
  ]
  for (const [path, code, parameter] of refusals) {
    const body = await api.must(400, 'GET', path)
    assert.deepEqual([body.code, body.errors?.[0].parameter], [code, parameter], path)
  }
})

test('fields that are unknown, wrong or missing are refused by pointer', async () => {
  await using api = await startApi()
  const { errors } = await api.must(400, 'POST', '/contacts', {
    emailType: 'rtf',
    profile: { shoeSize: 1 },
    lists: [1, 'x'],
  })
  const pointers = errors.map(({ pointer }: { pointer: string }) => pointer)
  assert.deepEqual(pointers.toSorted(), ['/email', '/emailType', '/lists/1', '/profile/shoeSize'])
  assert.equal((await api.must(400, 'POST', '/contacts', { email: 'nobody' })).errors[0].pointer, '/email')
  assert.equal(
    (await api.must(400, 'POST', '/contacts', { email: 'a@b.example', lists: [9] })).errors[0].pointer,
    '/lists',
  )
})

test('bodies of another type or encoding are refused, and so are answers that there are not', async () => {
  await using api = await startApi()
  for (const headers of [{ 'content-type': 'text/plain' }, { 'content-type': '' }, { 'content-encoding': 'gzip' }])
    assert.equal((await api.must(415, 'POST', '/lists', { name: 'A' }, headers)).code, 'unsupported_media_type')
  await api.must(406, 'GET', '/lists', undefined, { accept: 'text/csv' })
  for (const accept of ['*/*', 'application/*', 'text/html, application/json;q=0.5', 'application/problem+json'])
    await api.must(200, 'GET', '/lists', undefined, { accept })
})

test('longer answers are compressed for those who can read it, and keep their tag', async () => {
  await using api = await startApi()
  const html = `<p>${'Roses are red. '.repeat(500)}</p>`
  const { id } = await api.must(201, 'POST', '/campaigns', { name: 'Long', content: { html } })
  const get = (headers: Record<string, string>): Promise<Response> =>
    api.fetch(new Request(`http://${host}/api/v1/campaigns/${id}`, { headers: { authorization: `Bearer ${api.key}`, ...headers } })) // oxfmt-ignore
  const plain = await get({})
  const text = await plain.text()
  for (const [accepted, name, unpack] of [
    ['gzip, deflate', 'gzip', gunzipSync],
    ['gzip;q=0.5, br', 'br', brotliDecompressSync],
  ] as const) {
    const packed = await get({ 'accept-encoding': accepted })
    assert.equal(packed.headers.get('content-encoding'), name)
    const bytes = Buffer.from(await packed.arrayBuffer())
    assert.ok(bytes.length < text.length / 5)
    assert.equal(unpack(bytes).toString(), text)
    const tag = packed.headers.get('etag')!
    assert.equal((await get({ 'if-none-match': tag })).status, 304)
    assert.equal((await api.ask('PATCH', `/campaigns/${id}`, { tracking: 'none' }, { 'if-match': tag })).status, 200) // oxfmt-ignore
    await api.must(200, 'PATCH', `/campaigns/${id}`, { tracking: 'full' })
  }
  assert.equal((await get({ 'accept-encoding': 'br;q=0, gzip;q=0' })).headers.get('content-encoding'), null)
})

testOnEach('a change that was made up for an older state is refused, and one without a tag is made', async () => {
  await using api = await startApi()
  const made = await api.ask('POST', '/lists', { name: 'A' })
  const tag = made.headers.get('etag')!
  assert.equal((await api.ask('GET', `/lists/${made.body.id}`)).headers.get('etag'), tag)
  await api.must(200, 'PATCH', `/lists/${made.body.id}`, { name: 'B' }, { 'if-match': tag })
  for (const stale of [tag, '"x", "y"', ''])
    await api.must(412, 'PATCH', `/lists/${made.body.id}`, { name: 'C' }, { 'if-match': stale })
  assert.equal((await api.must(412, 'DELETE', `/lists/${made.body.id}`, undefined, { 'if-match': tag })).code, 'precondition_failed') // oxfmt-ignore
  assert.equal((await api.must(200, 'PATCH', `/lists/${made.body.id}`, {}, { 'if-match': '*' })).name, 'B')
  await api.must(204, 'DELETE', `/lists/${made.body.id}`)
})

test('pages of other sites may use the API only where the settings name them', async () => {
  const origin = 'https://crm.example'
  await using closed = await startApi()
  const refused = await closed.ask('GET', '/lists', undefined, { origin })
  assert.equal(refused.headers.get('access-control-allow-origin'), null)
  await using api = await startApi({ apiOrigins: [origin] })
  const allowed = await api.ask('GET', '/lists', undefined, { origin })
  assert.equal(allowed.headers.get('access-control-allow-origin'), origin)
  assert.match(allowed.headers.get('access-control-expose-headers')!, /ETag/)
  assert.match(allowed.headers.get('vary')!, /Origin/)
  assert.equal((await api.ask('GET', '/lists', undefined, { origin: 'https://evil.example' })).headers.get('access-control-allow-origin'), null) // oxfmt-ignore
  const asked = await api.fetch(
    new Request(`http://${host}/api/v1/contacts`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST' },
    }),
  )
  assert.equal(asked.status, 204)
  assert.match(asked.headers.get('access-control-allow-headers')!, /Idempotency-Key/)
})

test('a failure of ours is told under its request id and with nothing else', async () => {
  await using api = await startApi()
  await importLines(api, [{ type: 'contact', id: 32, email: 'a@b.example' }])
  const broken = { ...api.app, db: { ...api.app.db, one: () => Promise.reject(new TypeError('secret of the store')) } }
  const answered = await withKey({ ...api, fetch: async (request) => createFetch(broken as never)(request) }, api.key).ask('GET', '/contacts/32') // oxfmt-ignore
  assert.equal(answered.status, 500)
  assert.ok(!JSON.stringify(answered.body).includes('secret'))
})
