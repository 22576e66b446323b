// The page where an owner lets an application in (RFC 6749 3.1, 4.1; wire-2008 1.3), and what does not get past it.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { testOnEach } from '../../../test/databases.ts'
import { addClient, asking, decide, pkce, post, redirectUri, sentBack, visit } from '../../../test/oauth.ts'
import { addAccount, host, startTestServer } from '../../../test/server.ts'
import { revokeApplication } from '../../core/oauth/application.ts'
import { createFetch } from '../../server.ts'

testOnEach(
  'the owner sees who asks for what, agrees, and goes back with a code, the user name and the state',
  async () => {
    await using server = await startTestServer()
    const client = await addClient(server)
    for (const path of ['/oauth2/oauth/siteowner/authorize', '/oauth2/authorize', '/oauth2/authorize/']) {
      const page = await visit(server, asking(client, { scope: 'read', state: 'a b&c' }), path)
      assert.equal(page.status, 200)
      const text = await page.clone().text()
      assert.match(text, /Let “Flower CRM” in\?/)
      assert.match(text, /read your contacts/)
      assert.doesNotMatch(text, /change your contacts/)
      assert.match(text, /crm\.example/)
      const back = await decide(server, page)
      assert.ok(back.headers.get('location')!.startsWith(`${redirectUri}&`))
      const { code, ...rest } = sentBack(back)
      assert.match(code!, /^\d+\.[\w-]{43}$/)
      assert.deepEqual(rest, { from: 'contrail', username: 'joesflowers', state: 'a b&c' })
    }
  },
)

testOnEach(
  'the page runs no script, stands in no frame, is not kept, and sends its form to us and the application alone',
  async () => {
    await using server = await startTestServer()
    const client = await addClient(server, { name: '<script>alert(1)</script>' })
    const page = await visit(server, asking(client, { state: '"><script>' }))
    assert.equal(page.headers.get('cache-control'), 'no-store')
    const policy = page.headers.get('content-security-policy')!
    const text = await page.text()
    // A browser hashes what stands between the tags, to the letter.
    const style = /<style>([^]*?)<\/style>/.exec(text)![1]!
    const hash = createHash('sha256').update(style).digest('base64')
    assert.ok(policy.startsWith(`default-src 'none'; style-src 'sha256-${hash}'; `), policy)
    assert.match(policy, /form-action 'self' https:\/\/crm\.example; frame-ancestors 'none'; base-uri 'none'$/)
    assert.equal(page.headers.get('referrer-policy'), 'no-referrer')
    assert.doesNotMatch(text, /<script|javascript:| on\w+=| style=/i)
    assert.match(text, /&lt;script&gt;alert\(1\)/)
  },
)

testOnEach(
  'who is not the application, or may be sent anywhere, is told on the page and never redirected',
  async () => {
    await using server = await startTestServer()
    const client = await addClient(server)
    const two = await addClient(server, { redirectUris: [redirectUri, 'https://crm.example/other'] })
    const { redirect_uri: _, ...unnamed } = asking(two)
    const revoked = await addClient(server)
    await revokeApplication(server.app.db, server.accountId, revoked.id, 1)
    const elsewhere = ['https://evil.example/back', `${redirectUri}&x=1`, `${redirectUri}#x`, 'https://crm.example/back', 'https://crm.example/BACK?from=contrail',
    'https://crm.example:444/back?from=contrail', 'https://crm.example@evil.example/back?from=contrail', 'javascript:alert(1)', '//evil.example', ' '] // oxfmt-ignore
    const requests = [
      ...elsewhere.map((uri) => asking(client, { redirect_uri: uri })),
      { ...asking(client), client_id: 'nobody' },
      { response_type: 'code' },
      asking(revoked),
      unnamed,
    ]
    for (const parameters of requests) {
      const answer = await visit(server, parameters)
      assert.equal(answer.status, 400, JSON.stringify(parameters))
      assert.equal(answer.headers.get('location'), null)
      assert.match(answer.headers.get('content-security-policy')!, /form-action 'none'; frame-ancestors 'none'/)
    }
    const twice = `${new URLSearchParams(asking(client)).toString()}&redirect_uri=https://evil.example`
    assert.equal((await server.fetch(new Request(`http://${host}/oauth2/authorize?${twice}`))).status, 400)
  },
)

testOnEach('an application that registered one address need not name it', async () => {
  await using server = await startTestServer()
  const { redirect_uri: _, ...unnamed } = asking(await addClient(server))
  assert.ok(sentBack(await decide(server, await visit(server, unnamed))).code)
})

testOnEach('what an application asks wrongly goes back to it, with its state', async () => {
  await using server = await startTestServer()
  const client = await addClient(server, { scopes: ['read'] })
  const desk = await addClient(server, { isPublic: true })
  const cases: [parameters: Record<string, string>, error: string][] = [
    [asking(client, { response_type: 'token' }), 'unsupported_response_type'],
    [asking(client, { response_type: '' }), 'invalid_request'],
    [asking(client, { scope: 'read write' }), 'invalid_scope'],
    [asking(client, { scope: 'admin' }), 'invalid_scope'],
    [asking(client, { scope: 'everything' }), 'invalid_scope'],
    [asking(client, { code_challenge: pkce.challenge }), 'invalid_request'],
    [asking(client, { code_challenge: pkce.challenge, code_challenge_method: 'plain' }), 'invalid_request'],
    [asking(client, { code_challenge: 'short', code_challenge_method: 'S256' }), 'invalid_request'],
    [asking(client, { code_challenge_method: 'S256' }), 'invalid_request'],
    [asking(desk), 'invalid_request'],
  ]
  for (const [parameters, error] of cases) {
    const back = sentBack(await visit(server, { ...parameters, state: 'xyz' }))
    assert.deepEqual([back.error, back.state, back.from], [error, 'xyz', 'contrail'], JSON.stringify(parameters))
  }
})

testOnEach('the owner may say no', async () => {
  await using server = await startTestServer()
  const page = await visit(server, asking(await addClient(server), { state: 'xyz' }))
  const back = sentBack(await decide(server, page, { decision: 'deny', username: '', password: '' }))
  assert.deepEqual([back.error, back.state, back.code], ['access_denied', 'xyz', undefined])
})

testOnEach(
  'a wrong password, an unknown user and a key in place of the password get the form again and no code',
  async () => {
    await using server = await startTestServer()
    const client = await addClient(server)
    const texts = new Set<string>()
    for (const wrong of [
      { password: 'guess' },
      { username: 'nobody<b>' },
      { password: 'test-key' },
      { password: '' },
      { username: '' },
      { password: 'x'.repeat(1000) },
    ]) {
      // oxfmt-ignore
      const again = await decide(server, await visit(server, asking(client)), wrong)
      assert.equal(again.status, 403)
      const text = await again.clone().text()
      assert.match(text, /role="alert">User name and password do not belong together/)
      assert.doesNotMatch(text, /guess|test-key|xxxx|<b>/)
      texts.add(text.replace(/value="[^"]*"/g, ''))
      assert.ok(sentBack(await decide(server, again)).code)
    }
    assert.equal(texts.size, 1)
  },
)

testOnEach('a form that was altered, made elsewhere, or left open for ten minutes decides nothing', async () => {
  await using server = await startTestServer()
  const client = await addClient(server)
  const form = async (): Promise<string> =>
    /name="request" value="([^"]+)"/.exec(await (await visit(server, asking(client))).text())![1]!
  const signed = await form()
  const [content, mac] = signed.split('.') as [string, string]
  const [until, query] = JSON.parse(Buffer.from(content, 'base64url').toString()) as [number, string]
  const altered = Buffer.from(JSON.stringify([until, `${query}&scope=write`])).toString('base64url')
  const fields = { username: 'joesflowers', password: 'secret', decision: 'allow' }
  for (const request of ['', 'x', `${altered}.${mac}`, `${content}.`, `${content}.${'A'.repeat(43)}`, query]) {
    assert.equal((await post(server, '/oauth2/authorize', { ...fields, request })).status, 400, request)
  }
  assert.equal((await post(server, '/oauth2/authorize', { ...asking(client), ...fields })).status, 400)
  assert.equal(
    (await post(server, '/oauth2/authorize', { ...fields, request: signed, decision: 'perhaps' })).status,
    400,
  )
  const typed = { 'content-type': 'text/plain' }
  assert.equal((await post(server, '/oauth2/authorize', { ...fields, request: signed }, typed)).status, 400)
  server.clock.now += 600_000
  assert.equal((await post(server, '/oauth2/authorize', { ...fields, request: signed })).status, 400)
})

testOnEach('an application revoked while its page was open gets no code', async () => {
  await using server = await startTestServer()
  const client = await addClient(server)
  const page = await visit(server, asking(client))
  await revokeApplication(server.app.db, server.accountId, client.id, 1)
  assert.equal((await decide(server, page)).status, 400)
})

testOnEach(
  'an application on its user’s machine is found at any port of the loopback address it registered',
  async () => {
    await using server = await startTestServer()
    const desk = await addClient(server, { isPublic: true, redirectUris: ['http://127.0.0.1/back', 'http://[::1]:8000/back'] }) // oxfmt-ignore
    const challenge = { code_challenge: pkce.challenge, code_challenge_method: 'S256' }
    const at = (uri: string): Promise<Response> => visit(server, asking(desk, { ...challenge, redirect_uri: uri }))
    for (const uri of ['http://127.0.0.1/back', 'http://127.0.0.1:51004/back', 'http://[::1]:51004/back']) {
      assert.ok((await decide(server, await at(uri))).headers.get('location')!.startsWith(`${uri}?code=`), uri)
    }
    for (const uri of [
      'http://127.0.0.1:51004/other',
      'http://127.0.0.2/back',
      'http://localhost/back',
      'https://127.0.0.1/back',
      'http://127.0.0.1:1@evil.example/back',
      'http://127.0.0.1.evil.example/back',
      'http://127.0.0.1:99999/back',
      'http://127.0.0.1:/back',
    ])
      // oxfmt-ignore
      assert.equal((await at(uri)).status, 400, uri)
  },
)

testOnEach('another account’s owner may let the same application in', async () => {
  await using server = await startTestServer()
  await addAccount(server.app, { key: 'other-key', username: 'othershop', password: 'other' })
  const page = await visit(server, asking(await addClient(server)))
  const back = await decide(server, page, { username: 'OtherShop', password: 'other' })
  assert.equal(sentBack(back).username, 'othershop')
})

testOnEach('a flood of guesses at a log-in page has to wait, from one address and for one user', async () => {
  await using server = await startTestServer()
  const fetch = createFetch(server.app)
  const client = await addClient(server)
  const from = (address: string) => ({
    ...server,
    fetch: async (request: Request): Promise<Response> => fetch(request, { address }),
  })
  const guess = async (address: string, password: string): Promise<number> =>
    (await decide(from(address), await visit(server, asking(client)), { password })).status
  for (let i = 0; i < 30; i++) assert.equal(await guess('192.0.2.1', `guess ${i}`), 403)
  assert.equal(await guess('192.0.2.1', 'secret'), 503)
  assert.equal(await guess('192.0.2.2', 'secret'), 303)
  server.clock.now += 2000
  assert.equal(await guess('192.0.2.1', 'secret'), 303)
})

testOnEach('a body without end is cut off, other methods are named', async () => {
  await using server = await startTestServer()
  assert.equal((await post(server, '/oauth2/authorize', { request: 'x'.repeat(70_000) })).status, 413)
  for (const [path, allow] of [
    ['/oauth2/authorize', 'GET, POST'],
    ['/oauth2/token', 'POST'],
    ['/oauth2/revoke', 'POST'],
  ] as const) {
    // oxfmt-ignore
    const answer = await server.fetch(new Request(`http://${host}${path}`, { method: 'PUT' }))
    assert.deepEqual([answer.status, answer.headers.get('allow')], [405, allow])
  }
})
