// Every route of the table, asked by those who may not: another account, nobody, a key that may not do this.

import assert from 'node:assert/strict'
import { makeKey, otherAccount, startApi, withKey } from '../../../test/api.ts'
import { fillAccount, mark, readAll, sampleOf } from '../../../test/api-samples.ts'
import { testOnEach as test } from '../../../test/databases.ts'
import { allScopes } from '../../core/accounts/api-key.ts'
import { addSender } from '../../core/senders/sender.ts'
import { table } from './table.ts'

test('with a key of another account every route finds nothing of the first, tells nothing and changes nothing', async () => {
  await using api = await startApi()
  const filled = await fillAccount(api)
  const before = await readAll(api, filled)
  assert.ok(before.split(mark).length > 10)
  const stranger = await otherAccount(api)
  // Its own sender of the same name, so that nothing but the ids are another's.
  await addSender(stranger.app.db, stranger.accountId, 'shop@mail.com', stranger.app.now())
  for (const route of table) {
    const { path, body } = sampleOf(route, filled)
    const answered = await stranger.ask(route.method, path, body)
    const name = `${route.method} ${path}`
    if (route.path.includes('{')) assert.equal(answered.status, 404, name)
    else assert.ok(answered.status < 300, name)
    assert.ok(!JSON.stringify(answered.body).includes(mark), name)
  }
  assert.equal(await readAll(api, filled), before)
})

test('cursors of one account are worth nothing in another', async () => {
  await using api = await startApi()
  await fillAccount(api)
  const { next } = await api.must(200, 'GET', '/feed?limit=1')
  const page = await api.must(200, 'GET', '/contacts/32/events?limit=1')
  const stranger = await otherAccount(api)
  assert.equal((await stranger.must(400, 'GET', `/feed?after=${next}`)).code, 'invalid_cursor')
  assert.equal((await stranger.must(400, 'GET', `/contacts/32/events?cursor=${page.next}`)).code, 'invalid_cursor')
})

test('without credentials every route is 401 with a challenge, whether the thing exists or not', async () => {
  await using api = await startApi()
  const filled = await fillAccount(api)
  for (const route of table) {
    const { path, body } = sampleOf(route, filled)
    for (const authorization of ['', 'Bearer', 'Bearer wrong', 'Basic eA==', `Basic ${api.key}`, 'Digest x']) {
      const answered = await api.ask(route.method, path, body, { authorization })
      assert.equal(answered.status, 401, `${route.method} ${path}`)
      assert.match(answered.headers.get('www-authenticate')!, /^Bearer realm="Contrail"/)
    }
  }
})

test('a key needs the scope of the route, and no scope stands for another', async () => {
  await using api = await startApi()
  const filled = await fillAccount(api)
  for (const scope of allScopes) {
    const limited = withKey(api, await makeKey(api, [scope]))
    for (const route of table.filter((other) => other.scope !== scope)) {
      const { path, body } = sampleOf(route, filled)
      const answered = await limited.ask(route.method, path, body)
      assert.equal(answered.status, 403, `${route.method} ${path} with ${scope}`)
      assert.equal(answered.body.code, 'insufficient_scope')
    }
  }
})
