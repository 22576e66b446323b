// How often one may ask on the 2008 wire, and how often guess (wire-2008 9.3).

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addClient, bearer, obtainTokens } from '../../../test/oauth.ts'
import { addAccount, base, basic, host, startTestServer, testCredentials } from '../../../test/server.ts'
import type { TestServer } from '../../../test/server.ts'
import { createApiKey } from '../../core/accounts/api-key.ts'
import { createFetch } from '../../server.ts'

type Ask = (authorization?: string, path?: string, address?: string) => Promise<Response>

/** One running server, which remembers who asked. */
function oneServer({ app }: TestServer): Ask {
  const fetch = createFetch(app)
  return async (authorization = basic(), path = `${base}/lists`, address) =>
    fetch(new Request(`http://${host}${path}`, { headers: { host, authorization } }), { address })
}

test('who has used up its minute is told when to come back, and may then', async () => {
  await using server = await startTestServer({ rateLimit: 120 })
  const ask = oneServer(server)
  for (let i = 0; i < 120; i++) assert.equal((await ask()).status, 200)
  const over = await ask()
  assert.deepEqual([over.status, over.headers.get('retry-after')], [503, '1'])
  assert.match(await over.text(), /^Error 503: This key may make 120 requests a minute\. Try again in 1 s\.\n$/)
  server.clock.now += 499
  assert.equal((await ask()).status, 503)
  server.clock.now += 1
  assert.deepEqual([(await ask()).status, (await ask()).status], [200, 503])
  server.clock.now += 3_600_000
  for (let i = 0; i < 120; i++) assert.equal((await ask()).status, 200)
  assert.equal((await ask()).status, 503)
})

test('the limit is each key’s and each application’s own', async () => {
  await using server = await startTestServer({ rateLimit: 2 })
  const other = { key: 'test-key', username: 'othershop', password: 'other' }
  await addAccount(server.app, other)
  const { key } = await createApiKey(server.app.db, server.accountId, { name: 'second', key: 'second' }, 1)
  const tokens = await obtainTokens(server, await addClient(server))
  const ask = oneServer(server)
  const askers: [authorization: string, path?: string][] = [
    [basic()],
    [basic({ ...testCredentials, key })],
    [basic(other), '/ws/customers/othershop/lists'],
    [bearer(tokens.access_token).headers.authorization!],
  ]
  for (const asker of askers) {
    const statuses = [await ask(...asker), await ask(...asker), await ask(...asker)].map(({ status }) => status)
    assert.deepEqual(statuses, [200, 200, 503])
  }
})

test('over the limit is 403 where the settings say so, and nothing where they set none', async () => {
  await using strict = await startTestServer({ rateLimit: 1, rateLimitStatus: '403' })
  const ask = oneServer(strict)
  assert.equal((await ask()).status, 200)
  const over = await ask()
  assert.deepEqual([over.status, over.headers.get('retry-after')], [403, '60'])
  await using open = await startTestServer({ rateLimit: 0 })
  const askOpen = oneServer(open)
  for (let i = 0; i < 20; i++) assert.equal((await askOpen()).status, 200)
})

test('nobody uses up the limit of others by a wrong password or their path', async () => {
  await using server = await startTestServer({ rateLimit: 1 })
  await addAccount(server.app, { key: 'other-key', username: 'othershop', password: 'other' })
  const ask = oneServer(server)
  for (let i = 0; i < 5; i++) {
    assert.equal((await ask(basic({ ...testCredentials, password: 'guess' }))).status, 401)
    assert.equal((await ask(basic(), '/ws/customers/othershop/lists')).status, 401)
  }
  assert.equal((await ask()).status, 200)
})

test('the demo’s key has no limit on a loopback address', async () => {
  await using server = await startTestServer({ rateLimit: 1 })
  await createApiKey(server.app.db, server.accountId, { name: 'demo', key: 'demo-key' }, 1)
  const demo = basic({ ...testCredentials, key: 'demo-key' })
  const ask = oneServer(server)
  for (let i = 0; i < 5; i++) assert.equal((await ask(demo)).status, 200)
  const { app } = server
  const openAsk = oneServer({ ...server, app: { ...app, config: { ...app.config, host: '0.0.0.0' } } })
  assert.deepEqual([(await openAsk(demo)).status, (await openAsk(demo)).status], [200, 503])
})

test('an address that guesses has to wait, but nobody there who was let in before', async () => {
  await using server = await startTestServer()
  const other = { key: 'other-key', username: 'othershop', password: 'other' }
  await addAccount(server.app, other)
  const ask = oneServer(server)
  const office = '192.0.2.1'
  assert.equal((await ask(basic(), undefined, office)).status, 200)
  const guess = (i: number): Promise<Response> => ask(basic({ ...testCredentials, password: `guess ${i}` }), undefined, office) // oxfmt-ignore
  for (let i = 0; i < 30; i++) assert.equal((await guess(i)).status, 401)
  const held = await guess(30)
  assert.deepEqual([held.status, held.headers.get('retry-after')], [503, '2'])
  assert.equal((await ask(basic(), undefined, office)).status, 200)
  const login = (address?: string): Promise<Response> => ask(basic(other), '/ws/customers/othershop/lists', address)
  assert.equal((await login(office)).status, 503)
  assert.equal((await login('192.0.2.2')).status, 200)
  assert.equal((await login(office)).status, 200)
  server.clock.now += 2000
  assert.equal((await guess(31)).status, 401)
})
