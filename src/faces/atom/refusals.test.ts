// What the 2008 wire says to requests it can't answer (wire-2008 9.1, 9.2), and to hostile ones.

import assert from 'node:assert/strict'
import { test as testEmbedded } from 'node:test'
import { testOnEach as test } from '../../../test/databases.ts'
import { importLines } from '../../../test/import-lines.ts'
import { addAccount, base, basic, host, startTestServer, testCredentials } from '../../../test/server.ts'
import { revokeApiKey } from '../../core/accounts/api-key.ts'
import { setPassword } from '../../core/accounts/account.ts'

test('unknown addresses, contacts, campaigns and collections are 404', async () => {
  await using server = await startTestServer()
  await importLines(server, [{ type: 'contact', id: 32, email: 'a@example.com' }])
  const paths = ['/contacts/33', '/contacts/33/events/', '/contacts/33/events/clicks', '/contacts/32/events/nothing', '/contacts/32/events/constructor',
    '/contacts/32/events/summary/1', '/contacts/abc', '/contacts/-1', '/contacts/1e3', '/contacts/99999999999999999999', '/contacts/9007199254740993',
    '/campaigns/1', '/nothing', '/contacts/32/nothing', '/events'] // oxfmt-ignore
  for (const path of paths) {
    const response = await server.get(base + path)
    assert.equal(response.status, 404, path)
    assert.match(await response.text(), /^Error 404: .+/)
  }
})

test('a method that a resource lacks is 415', async () => {
  await using server = await startTestServer()
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
    const response = await server.get(`${base}/contacts/32/events/clicks`, { method })
    assert.equal(response.status, 415, method)
    assert.match(await response.text(), /^Error 415: /)
  }
})

test('HEAD answers as GET, without a body', async () => {
  await using server = await startTestServer()
  const response = await server.get(`${base}/contacts`, { method: 'HEAD' })
  assert.equal(response.status, 200)
  assert.equal(await response.text(), '')
})

test("wrong key, user or password, malformed credentials and another user's path are one and the same 401", async () => {
  await using server = await startTestServer()
  await addAccount(server.app, { key: 'other-key', username: 'othershop', password: 'other' })
  const good = testCredentials
  const wrong = [
    basic({ ...good, key: 'wrong' }),
    basic({ ...good, username: 'nobody' }),
    basic({ ...good, password: 'wrong' }),
    basic({ ...good, key: 'other-key' }),
    basic({ ...good, password: 'x'.repeat(10_000) }),
    'Basic',
    'Basic !!!',
    'Basic ' + Buffer.from('no percent sign:secret').toString('base64'),
    'Basic ' + Buffer.from('test-key%joesflowers').toString('base64'),
    'Digest username="joesflowers"',
  ]
  const answers = new Set<string>()
  for (const authorization of wrong) {
    const response = await server.get(`${base}/contacts`, { headers: { authorization } })
    assert.equal(response.status, 401, authorization.slice(0, 40))
    answers.add((await response.text()) + response.headers.get('www-authenticate'))
  }
  const trespass = await server.get('/ws/customers/othershop/contacts')
  assert.equal(trespass.status, 401)
  answers.add((await trespass.text()) + trespass.headers.get('www-authenticate'))
  assert.equal(answers.size, 1)
})

test('a revoked key and a changed password stop working at once, also for who was just let in', async () => {
  await using server = await startTestServer()
  const { app, accountId } = server
  assert.equal((await server.get(`${base}/contacts`)).status, 200)
  await setPassword(app.db, accountId, 'new secret')
  assert.equal((await server.get(`${base}/contacts`)).status, 401)
  const renewed = { headers: { authorization: basic({ ...testCredentials, password: 'new secret' }) } }
  assert.equal((await server.get(`${base}/contacts`, renewed)).status, 200)
  await revokeApiKey(app.db, accountId, 1, 1)
  assert.equal((await server.get(`${base}/contacts`, renewed)).status, 401)
})

test('an unknown user costs as much checking as a wrong password', async () => {
  await using server = await startTestServer()
  await setPassword(server.app.db, server.accountId, 'strong hash now')
  const median = async (authorization: string): Promise<number> => {
    const times: number[] = []
    for (let i = 0; i < 5; i++) {
      const before = process.cpuUsage()
      await server.get(`${base}/contacts`, { headers: { authorization } })
      const { user, system } = process.cpuUsage(before)
      times.push(user + system)
    }
    return times.toSorted((a, b) => a - b)[2]!
  }
  // CPU work, not time: both run the slow hash, so neither is a small fraction of the other.
  const unknown = await median(basic({ ...testCredentials, username: 'nobody' }))
  const wrong = await median(basic({ ...testCredentials, password: 'wrong' }))
  assert.ok(unknown > wrong / 4, `${unknown} and ${wrong} microseconds of work`)
})

test('a page token that was altered, or given out by another collection or account, is 400', async () => {
  await using server = await startTestServer()
  await importLines(server, [
    { type: 'campaign', id: 1100, name: 'One' },
    { type: 'contact', id: 32, email: 'a@example.com' },
    { type: 'contact', id: 33, email: 'b@example.com' },
    ...[32, 33].flatMap((contact) =>
      ['open', 'click'].flatMap((kind) =>
        [1, 2].map((day) => ({ type: 'event', kind, contact, campaign: 1100, at: `2009-01-0${day}T00:00:00Z` })),
      ),
    ),
  ])
  const page = await (await server.get(`${base}/contacts/32/events/opens?pageSize=1`)).text()
  const token = /\?next=([a-z0-9]+)"/.exec(page)![1]!
  const other = { key: 'other-key', username: 'othershop', password: 'other' }
  await addAccount(server.app, other)
  const refused = [
    server.get(`${base}/contacts/32/events/opens?next=${token.slice(0, -4)}aaaa`),
    server.get(`${base}/contacts/32/events/clicks?next=${token}`),
    server.get(`${base}/contacts/33/events/opens?next=${token}`),
    server.get(`${base}/contacts?next=${token}`),
    server.get(`${base}/campaigns?next=${token}`),
    server.get(`${base}/contacts?next=`),
    server.get('/ws/customers/othershop/contacts?next=' + token, { headers: { authorization: basic(other) } }),
  ]
  for (const response of await Promise.all(refused)) assert.equal(response.status, 400)
  assert.equal((await server.get(`${base}/contacts/32/events/opens?next=${token}`)).status, 200)
})

test('malformed percent-encoding, hosts and parameters are 400', async () => {
  await using server = await startTestServer()
  assert.equal((await server.get(`${base}/contacts?email=%zz`)).status, 400)
  assert.equal((await server.get(`${base}/contacts?email=%ff`)).status, 400)
  assert.equal((await server.get(`${base}/campaigns?status=nonsense`)).status, 400)
  for (const bad of ['evil"><x', 'a b', 'user@host', '']) {
    const response = await server.get(`${base}/contacts`, { headers: { host: bad } })
    assert.equal(response.status, 400, bad)
    assert.match(await response.text(), /^Error 400: .*Host/)
  }
})

test('text that XML can not hold never breaks a feed', async () => {
  await using server = await startTestServer()
  const hostile = 'a\u0000b\u0008c\ufffed\ud800e<script>&"\']]>\r\n'
  await importLines(server, [
    { type: 'campaign', id: 1100, name: hostile },
    { type: 'contact', id: 32, email: 'a@example.com', firstName: hostile, note: hostile },
    { type: 'event', kind: 'bounce', contact: 32, campaign: 1100, at: '2009-01-01T00:00:00Z', message: hostile },
    {
      type: 'event',
      kind: 'click',
      contact: 32,
      campaign: 1100,
      at: '2009-01-01T00:00:00Z',
      url: `http://x/?a=1&b=${hostile}`,
    },
  ])
  const { DOMParser } = await import('@xmldom/xmldom')
  for (const path of [
    '/contacts',
    '/contacts/32',
    '/campaigns',
    '/campaigns/1100',
    '/contacts/32/events/bounces',
    '/contacts/32/events/clicks',
    '/contacts/32/events/summary',
  ]) {
    const text = await (await server.get(base + path)).text()
    const document = new DOMParser({
      onError: (level, message) => assert.equal(level, 'warning', `${path}: ${message}`),
    }).parseFromString(text, 'application/xml')
    assert.ok(
      document.documentElement!.textContent!.includes(
        path === '/contacts/32/events/clicks' ? '?a=1&b=' : '<script>&"\']]>',
      ),
      path,
    )
  }
})

test('a query with quotes and markup in it comes back escaped', async () => {
  await using server = await startTestServer()
  const text = await (await server.get(`${base}/contacts?email="><x>&b='`)).text()
  assert.match(text, /rel="current"/)
  assert.doesNotMatch(text, /<x>/)
})

test('a failure inside is a 500 that tells nothing of it', async () => {
  await using server = await startTestServer()
  assert.equal((await server.get(`${base}/contacts`)).status, 200)
  const { app } = server
  const broken = {
    ...app,
    db: {
      ...app.db,
      one: () => Promise.reject(new Error('secret detail')),
      all: app.db.all.bind(app.db),
    } as unknown as typeof app.db,
  }
  const { createFetch } = await import('../../server.ts')
  const response = await createFetch(broken)(
    new Request(`http://${host}${base}/contacts/32`, { headers: { host, authorization: basic() } }),
  )
  assert.equal(response.status, 500)
  const text = await response.text()
  assert.match(text, /^Error 500: /)
  assert.doesNotMatch(text, /secret detail|at /)
})

// How many are let through at once depends on how fast the store is; here it is the embedded one.
testEmbedded('a flood of guesses at one account is told to wait, and keeps nobody out of another', async () => {
  await using server = await startTestServer()
  await setPassword(server.app.db, server.accountId, 'strong hash now')
  const other = { key: 'other-key', username: 'othershop', password: 'other' }
  await addAccount(server.app, other)
  const guess = (i: number): Promise<Response> =>
    server.get(`${base}/contacts`, {
      headers: { authorization: basic({ ...testCredentials, password: `guess ${i}` }) },
    })
  const guesses = Array.from({ length: 40 }, (_, i) => guess(i))
  const login = server.get('/ws/customers/othershop/contacts', { headers: { authorization: basic(other) } })
  const statuses = (await Promise.all(guesses)).map((response) => response.status)
  assert.deepEqual(
    [statuses.filter((status) => status === 401).length, statuses.filter((status) => status === 503).length],
    [20, 20],
  )
  assert.equal((await login).status, 200)
})
