// Where applications get, renew and end tokens (RFC 6749 3.2, 4 to 6; RFC 7636; RFC 7009), and every way not to.

import assert from 'node:assert/strict'
import { testOnEach } from '../../../test/databases.ts'
import { addClient, asking, bearer, credentials, decide, errorOf, exchange, obtainCode, obtainTokens, pkce, post, redirectUri, refresh,
  sentBack, visit } from '../../../test/oauth.ts' // oxfmt-ignore
import type { Client, TokenAnswer } from '../../../test/oauth.ts'
import { addAccount, base, host, startTestServer } from '../../../test/server.ts'
import type { TestServer } from '../../../test/server.ts'
import { sql } from '../../db/sql.ts'

const challenge = { code_challenge: pkce.challenge, code_challenge_method: 'S256' }

async function statusOf(server: TestServer, token: string): Promise<number> {
  return (await server.get(`${base}/contacts`, bearer(token))).status
}

testOnEach('a code becomes a token that works, with the parameters in the query as old clients send them', async () => {
  await using server = await startTestServer()
  const client = await addClient(server)
  const code = await obtainCode(server, client)
  const query = new URLSearchParams({ grant_type: 'authorization_code', ...credentials(client), code, redirect_uri: redirectUri }) // oxfmt-ignore
  const answer = await server.fetch(
    new Request(`http://${host}/oauth2/oauth/token?${query.toString()}`, { method: 'POST', body: '' }),
  )
  assert.equal(answer.status, 200)
  assert.equal(answer.headers.get('content-type'), 'application/json')
  assert.equal(answer.headers.get('cache-control'), 'no-store')
  const { access_token: token, refresh_token: renewing, ...rest } = (await answer.json()) as TokenAnswer
  assert.deepEqual(rest, { token_type: 'Bearer', expires_in: 3600, scope: 'read write' })
  assert.notEqual(token, renewing)
  assert.equal(await statusOf(server, token), 200)
})

testOnEach(
  'an application shows its secret in the body, the query, or as Basic credentials, one way at a time',
  async () => {
    await using server = await startTestServer()
    const client = await addClient(server, { secret: 'p%:s +w' })
    const encoded = (text: string): string => new URLSearchParams({ '': text }).toString().slice(1)
    const authorization = `Basic ${Buffer.from(`${client.clientId}:${encoded(client.secret)}`).toString('base64')}`
    const grant = { grant_type: 'client_credentials' }
    assert.equal((await post(server, '/oauth2/token', { ...grant, ...credentials(client) })).status, 200)
    assert.equal((await post(server, '/oauth2/token', grant, { authorization })).status, 200)
    const both = await post(server, '/oauth2/token', { ...grant, ...credentials(client) }, { authorization })
    assert.equal(await errorOf(both), '400 invalid_request')
    const other = await post(server, '/oauth2/token', { ...grant, client_id: 'x' }, { authorization })
    assert.equal(await errorOf(other), '400 invalid_request')
  },
)

testOnEach('a wrong, missing or foreign secret, or one for a client that has none, is 401', async () => {
  await using server = await startTestServer()
  const [client, other] = [await addClient(server), await addClient(server)]
  const desk = await addClient(server, { isPublic: true })
  const cases: Record<string, string>[] = [
    {},
    { client_id: client.clientId },
    { client_id: client.clientId, client_secret: 'wrong' },
    { client_id: client.clientId, client_secret: other.secret },
    { client_id: 'nobody', client_secret: client.secret },
    { client_id: 'nobody' },
    { client_id: desk.clientId, client_secret: 'any' },
  ]
  for (const shown of cases) {
    const answer = await post(server, '/oauth2/token', { grant_type: 'client_credentials', ...shown })
    assert.match(answer.headers.get('www-authenticate')!, /^Basic /)
    assert.equal(await errorOf(answer), '401 invalid_client', JSON.stringify(shown))
  }
})

testOnEach('a public client exchanges its code by the verifier, and by no other', async () => {
  await using server = await startTestServer()
  const desk = await addClient(server, { isPublic: true })
  const code = await obtainCode(server, desk, challenge)
  const wrong = ['', pkce.challenge, 'short', `${pkce.verifier}x`, pkce.verifier.toLowerCase(), 'x'.repeat(500)]
  for (const verifier of wrong)
    assert.equal(await errorOf(await exchange(server, desk, code, { code_verifier: verifier })), '400 invalid_grant')
  assert.equal((await exchange(server, desk, code, { code_verifier: pkce.verifier })).status, 200)
})

testOnEach('with a secret PKCE may be left out, but not half of it', async () => {
  await using server = await startTestServer()
  const client = await addClient(server)
  const withChallenge = await obtainCode(server, client, challenge)
  assert.equal(await errorOf(await exchange(server, client, withChallenge)), '400 invalid_grant')
  const without = await obtainCode(server, client)
  const stripped = await exchange(server, client, without, { code_verifier: pkce.verifier })
  assert.equal(await errorOf(stripped), '400 invalid_grant')
  assert.equal((await exchange(server, client, withChallenge, { code_verifier: pkce.verifier })).status, 200)
})

testOnEach('a code is good for the client and the address it was made for alone, and for five minutes', async () => {
  await using server = await startTestServer()
  const uris = [redirectUri, 'https://crm.example/other']
  const [client, other] = [await addClient(server, { redirectUris: uris }), await addClient(server)]
  const code = await obtainCode(server, client)
  const refused = [
    exchange(server, other, code),
    exchange(server, client, code, { redirect_uri: uris[1]! }),
    exchange(server, client, code, { redirect_uri: '' }),
    exchange(server, client, `2${code}`),
    exchange(server, client, code.slice(0, -1)),
    exchange(server, client, 'nonsense'),
  ]
  for (const answer of await Promise.all(refused)) assert.equal(await errorOf(answer), '400 invalid_grant')
  const late = await obtainCode(server, client)
  server.clock.now += 299_000
  assert.equal((await exchange(server, client, code)).status, 200)
  server.clock.now += 1000
  assert.equal(await errorOf(await exchange(server, client, late)), '400 invalid_grant')
})

testOnEach('a code made without naming the address is exchanged without it', async () => {
  await using server = await startTestServer()
  const client = await addClient(server)
  const { redirect_uri: _, ...unnamed } = asking(client)
  const code = sentBack(await decide(server, await visit(server, unnamed))).code!
  assert.equal(await errorOf(await exchange(server, client, code)), '400 invalid_grant')
  assert.equal((await exchange(server, client, code, { redirect_uri: '' })).status, 200)
})

testOnEach(
  'a code shown twice ends what came of it, whatever has been renewed since; shown by another client it ends nothing',
  async () => {
    await using server = await startTestServer()
    const [client, thief] = [await addClient(server), await addClient(server)]
    const code = await obtainCode(server, client)
    const first = (await (await exchange(server, client, code)).json()) as TokenAnswer
    server.clock.now += 1_000_000
    // Another consent sweeps out what has expired.
    await obtainCode(server, client)
    const renewed = (await (await refresh(server, client, first.refresh_token)).json()) as TokenAnswer
    assert.equal(await errorOf(await exchange(server, thief, code)), '400 invalid_grant')
    for (const { access_token: token } of [first, renewed]) assert.equal(await statusOf(server, token), 200)
    assert.equal(await errorOf(await exchange(server, client, code)), '400 invalid_grant')
    for (const { access_token: token } of [first, renewed]) assert.equal(await statusOf(server, token), 401)
    assert.equal(await errorOf(await refresh(server, client, renewed.refresh_token)), '400 invalid_grant')
  },
)

testOnEach(
  'of many exchanges of one code at once, one succeeds at most and none leaves a token that works',
  async () => {
    await using server = await startTestServer()
    const client = await addClient(server)
    const code = await obtainCode(server, client)
    const answers = await Promise.all(Array.from({ length: 8 }, () => exchange(server, client, code)))
    const given = answers.filter(({ status }) => status === 200)
    assert.equal(given.length, 1)
    const { access_token: token } = (await given[0]!.json()) as TokenAnswer
    assert.equal(await statusOf(server, token), 401)
  },
)

testOnEach('a refresh token works once, gives another, and shown again ends them all', async () => {
  await using server = await startTestServer()
  const [client, other] = [await addClient(server), await addClient(server)]
  const first = await obtainTokens(server, client)
  assert.equal(await errorOf(await refresh(server, other, first.refresh_token)), '400 invalid_grant')
  assert.equal(await errorOf(await refresh(server, client, first.access_token)), '400 invalid_grant')
  const second = (await (await refresh(server, client, first.refresh_token)).json()) as TokenAnswer
  assert.notEqual(second.refresh_token, first.refresh_token)
  assert.equal(await statusOf(server, second.access_token), 200)
  assert.equal(await errorOf(await refresh(server, client, first.refresh_token)), '400 invalid_grant')
  assert.equal(await statusOf(server, second.access_token), 401)
  assert.equal(await errorOf(await refresh(server, client, second.refresh_token)), '400 invalid_grant')
})

testOnEach('a refresh token rests for 180 days at most, and gives no more than the owner agreed to', async () => {
  await using server = await startTestServer()
  const client = await addClient(server)
  const first = await obtainTokens(server, client, { scope: 'read' })
  const more = await refresh(server, client, first.refresh_token, { scope: 'read write' })
  assert.equal(await errorOf(more), '400 invalid_scope')
  server.clock.now += 180 * 86_400_000 - 1
  const second = (await (await refresh(server, client, first.refresh_token)).json()) as TokenAnswer
  assert.equal(second.scope, 'read')
  server.clock.now += 180 * 86_400_000
  assert.equal(await errorOf(await refresh(server, client, second.refresh_token)), '400 invalid_grant')
})

testOnEach('a narrower renewal narrows that token alone', async () => {
  await using server = await startTestServer()
  const client = await addClient(server)
  const first = await obtainTokens(server, client)
  const narrow = (await (await refresh(server, client, first.refresh_token, { scope: 'read' })).json()) as TokenAnswer
  assert.equal(narrow.scope, 'read')
  const wide = (await (await refresh(server, client, narrow.refresh_token)).json()) as TokenAnswer
  assert.equal(wide.scope, 'read write')
})

testOnEach(
  'a script gets a token by itself, for the account that registered it, without a way to renew it',
  async () => {
    await using server = await startTestServer()
    await addAccount(server.app, { key: 'other-key', username: 'othershop', password: 'other' })
    const client = await addClient(server, { redirectUris: [], scopes: ['read'] })
    const grant = { grant_type: 'client_credentials', ...credentials(client) }
    const answer = (await (await post(server, '/oauth2/token', grant)).json()) as TokenAnswer
    assert.deepEqual([answer.scope, answer.refresh_token], ['read', undefined])
    assert.equal(await statusOf(server, answer.access_token), 200)
    assert.equal((await server.get('/ws/customers/othershop/contacts', bearer(answer.access_token))).status, 401)
    assert.equal(await errorOf(await post(server, '/oauth2/token', { ...grant, scope: 'write' })), '400 invalid_scope')
    const desk = await addClient(server, { isPublic: true })
    const alone = await post(server, '/oauth2/token', { grant_type: 'client_credentials', client_id: desk.clientId })
    assert.equal(await errorOf(alone), '400 unauthorized_client')
  },
)

testOnEach('requests that make no sense say which part', async () => {
  await using server = await startTestServer()
  const client = await addClient(server)
  const ask = (form: Record<string, string>, path = '/oauth2/token'): Promise<Response> =>
    post(server, path, { ...credentials(client), ...form })
  const cases: [answer: Promise<Response>, error: string][] = [
    [ask({}), '400 invalid_request'],
    [ask({ grant_type: 'password', username: 'joesflowers', password: 'secret' }), '400 unsupported_grant_type'],
    [ask({ grant_type: 'constructor' }), '400 unsupported_grant_type'],
    [ask({ grant_type: 'authorization_code' }), '400 invalid_request'],
    [ask({ grant_type: 'refresh_token' }), '400 invalid_request'],
    [ask({ grant_type: 'client_credentials' }, '/oauth2/token?grant_type=refresh_token'), '400 invalid_request'],
    [ask({}, '/oauth2/revoke'), '400 invalid_request'],
    [server.fetch(new Request(`http://${host}/oauth2/token`)), '405 invalid_request'],
  ]
  for (const [answer, error] of cases) assert.equal(await errorOf(await answer), error)
})

testOnEach(
  'a client ends its tokens: the access token alone, or all by the refresh token; never those of another',
  async () => {
    await using server = await startTestServer()
    const [client, other] = [await addClient(server), await addClient(server)]
    const end = (who: Client, token: string): Promise<Response> => post(server, '/oauth2/revoke', { ...credentials(who), token }) // oxfmt-ignore
    const one = await obtainTokens(server, client)
    assert.equal(await errorOf(await end(other, one.access_token)), '400 invalid_grant')
    assert.equal(await errorOf(await end({ ...client, secret: 'wrong' }, one.access_token)), '401 invalid_client')
    assert.equal(await statusOf(server, one.access_token), 200)
    assert.equal((await end(client, one.access_token)).status, 200)
    assert.equal(await statusOf(server, one.access_token), 401)
    const two = (await (await refresh(server, client, one.refresh_token)).json()) as TokenAnswer
    assert.equal((await end(client, two.refresh_token)).status, 200)
    assert.equal(await statusOf(server, two.access_token), 401)
    assert.equal(await errorOf(await refresh(server, client, two.refresh_token)), '400 invalid_grant')
    for (const token of [two.refresh_token, 'nonsense', '1.x']) assert.equal((await end(client, token)).status, 200)
  },
)

testOnEach('what has expired is swept out, and no token or code can be read in the store', async () => {
  await using server = await startTestServer()
  const client = await addClient(server)
  const rows = (): Promise<Record<string, unknown>[]> => server.app.db.all(sql`select * from token`)
  const code = await obtainCode(server, client)
  const tokens = (await (await exchange(server, client, code)).json()) as TokenAnswer
  const stored = JSON.stringify(await rows()) + JSON.stringify(await server.app.db.all(sql`select * from application`))
  for (const text of [code, tokens.access_token, tokens.refresh_token, client.secret])
    assert.ok(!stored.includes(text.split('.').at(-1)!))
  assert.equal((await rows()).length, 3)
  server.clock.now += 181 * 86_400_000
  await obtainCode(server, client)
  assert.equal((await rows()).length, 1)
})
