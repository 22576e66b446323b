// Bearer tokens on the 2008 wire, beside Basic (RFC 6750; wire-2008 1.3).

import assert from 'node:assert/strict'
import { testOnEach } from '../../../test/databases.ts'
import { addClient, bearer, obtainTokens } from '../../../test/oauth.ts'
import { addAccount, base, host, startTestServer } from '../../../test/server.ts'
import { setPassword } from '../../core/accounts/account.ts'
import { revokeApplication } from '../../core/oauth/application.ts'
import { listGrants, revokeGrant } from '../../core/oauth/token.ts'

const entry = `<entry xmlns="http://www.w3.org/2005/Atom"><title/><updated>2008-04-16</updated><author/><id>data:,none</id><content
  type="application/vnd.ctct+xml"><ContactList xmlns="http://ws.constantcontact.com/ns/1.0/"><OptInDefault>false</OptInDefault><Name>New</Name></ContactList></content></entry>`

testOnEach('a token reads and writes on the same paths, whatever the case of its scheme', async () => {
  await using server = await startTestServer()
  const { access_token: token } = await obtainTokens(server, await addClient(server))
  for (const scheme of ['Bearer', 'bearer', 'BEARER'])
    assert.equal((await server.get(`${base}/contacts`, { headers: { authorization: `${scheme} ${token}` } })).status, 200) // oxfmt-ignore
  assert.equal((await server.get('/ws/customers/JoesFlowers/contacts', bearer(token))).status, 200)
  const headers = { ...bearer(token).headers, 'content-type': 'application/atom+xml' }
  assert.equal((await server.get(`${base}/lists`, { method: 'POST', headers, body: entry })).status, 201)
})

testOnEach(
  'a token that is none is challenged as such, behind the Basic challenge; others see Basic alone',
  async () => {
    await using server = await startTestServer()
    await addAccount(server.app, { key: 'other-key', username: 'othershop', password: 'other' })
    const tokens = await obtainTokens(server, await addClient(server))
    const { access_token: token, refresh_token: renewing } = tokens
    const cases: [path: string, token: string][] = [
      ['/ws/customers/othershop/contacts', token],
      ['/ws/customers/othershop/contacts', token.replace(/^1\./, '2.')],
      [`${base}/contacts`, renewing],
      [`${base}/contacts`, `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`],
      [`${base}/contacts`, `01${token.slice(1)}`],
      [`${base}/contacts`, 'test-key'],
      [`${base}/contacts`, `${token} x`],
    ]
    for (const [path, shown] of cases) {
      const answer = await server.get(path, bearer(shown))
      assert.equal(answer.status, 401, `${path} ${shown}`)
      if (!shown.includes(' '))
      assert.match(answer.headers.get('www-authenticate')!, /^Basic realm="Contrail".*, Bearer realm="Contrail", error="invalid_token"$/) // oxfmt-ignore
    }
    const none = await server.fetch(new Request(`http://${host}${base}/contacts`, { headers: { host } }))
    assert.doesNotMatch(none.headers.get('www-authenticate')!, /Bearer/)
  },
)

testOnEach('a token in the address or in a body is not looked at', async () => {
  await using server = await startTestServer()
  const { access_token: token } = await obtainTokens(server, await addClient(server))
  const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
    server.fetch(new Request(`http://${host}${base}${path}`, { headers: { host }, ...init }))
  assert.equal((await ask(`/contacts?access_token=${token}`)).status, 401)
  const body = new URLSearchParams({ access_token: token })
  assert.equal((await ask('/contacts', { method: 'POST', body, headers: { host } })).status, 401)
})

testOnEach('a token to read may not write', async () => {
  await using server = await startTestServer()
  const { access_token: token } = await obtainTokens(server, await addClient(server), { scope: 'read' })
  assert.equal((await server.get(`${base}/lists`, bearer(token))).status, 200)
  const headers = { ...bearer(token).headers, 'content-type': 'application/atom+xml' }
  const answer = await server.get(`${base}/lists`, { method: 'POST', headers, body: entry })
  assert.equal(answer.status, 403)
  assert.match(answer.headers.get('www-authenticate')!, /^Bearer .*error="insufficient_scope", scope="write"$/)
  assert.match(await answer.text(), /^Error 403: /)
})

testOnEach('a token to write may not read', async () => {
  await using server = await startTestServer()
  const { access_token: token } = await obtainTokens(server, await addClient(server), { scope: 'write' })
  assert.equal((await server.get(`${base}/lists`, bearer(token))).status, 403)
})

testOnEach('a token works until its time is over, though it was just let in and nothing has changed', async () => {
  await using server = await startTestServer()
  const client = await addClient(server, { tokenSeconds: 86_400 })
  const { access_token: token, expires_in: seconds } = await obtainTokens(server, client)
  assert.equal(seconds, 86_400)
  server.clock.now += 86_399_999
  assert.equal((await server.get(`${base}/contacts`, bearer(token))).status, 200)
  server.clock.now += 1
  assert.equal((await server.get(`${base}/contacts`, bearer(token))).status, 401)
})

testOnEach('a token stops at once with its consent, its application, or the password that agreed to it', async () => {
  await using server = await startTestServer()
  const { app, accountId } = server
  const works = async (token: string): Promise<boolean> =>
    (await server.get(`${base}/contacts`, bearer(token))).status === 200
  const [client, other] = [await addClient(server), await addClient(server)]
  const [one, two] = [await obtainTokens(server, client), await obtainTokens(server, client)]
  const three = await obtainTokens(server, other)
  const all = [one, two, three].map(({ access_token: token }) => token)
  assert.deepEqual(await Promise.all(all.map(works)), [true, true, true])
  const grants = await listGrants(app.db, accountId, app.now())
  assert.deepEqual(grants.map(({ grantId, application, scopes }) => [grantId, application, scopes.join()]), [1, 2, 3].map((id) => [id, 'Flower CRM', 'read,write'])) // oxfmt-ignore
  await revokeGrant(app.db, accountId, 1)
  assert.deepEqual(await Promise.all(all.map(works)), [false, true, true])
  await revokeApplication(app.db, accountId, client.id, 1)
  assert.deepEqual(await Promise.all(all.map(works)), [false, false, true])
  await setPassword(app.db, accountId, 'new secret')
  assert.deepEqual(await Promise.all(all.map(works)), [false, false, false])
  assert.deepEqual(await listGrants(app.db, accountId, app.now()), [])
})

testOnEach('an account can end neither the consents nor the applications of another', async () => {
  await using server = await startTestServer()
  const otherId = await addAccount(server.app, { key: 'other-key', username: 'othershop', password: 'other' })
  const client = await addClient(server)
  const { access_token: token } = await obtainTokens(server, client)
  await assert.rejects(revokeGrant(server.app.db, otherId, 1), { code: 'not_found' })
  await assert.rejects(revokeApplication(server.app.db, otherId, client.id, 1), { code: 'not_found' })
  assert.equal((await server.get(`${base}/contacts`, bearer(token))).status, 200)
})
