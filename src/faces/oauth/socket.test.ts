// OAuth over a real socket: what clients get to read, and whose failed log-ins are counted.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { addClient, asking, obtainTokens } from '../../../test/oauth.ts'
import { base, basic, startTestServer, testCredentials } from '../../../test/server.ts'
import { listen } from '../../server.ts'

test('a token is got and used over a socket, and a bad one is challenged in headers as they were written in 2008', async () => {
  await using server = await startTestServer({ port: 0 })
  const client = await addClient(server)
  const { access_token: token } = await obtainTokens(server, client)
  const listening = await listen(server.app)
  const { url } = listening
  try {
    const page = await fetch(`${url}/oauth2/authorize?${new URLSearchParams(asking(client)).toString()}`)
    assert.deepEqual([page.status, page.headers.get('cache-control')], [200, 'no-store'])
    const query = new URLSearchParams({ grant_type: 'client_credentials', client_id: client.clientId, client_secret: client.secret }) // oxfmt-ignore
    const given = await fetch(`${url}/oauth2/oauth/token?${query.toString()}`, { method: 'POST' })
    const { access_token: second } = (await given.json()) as { access_token: string }
    for (const shown of [token, second])
      assert.equal((await fetch(`${url}${base}/contacts`, { headers: { authorization: `Bearer ${shown}` } })).status, 200) // oxfmt-ignore
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    await once(socket, 'connect')
    socket.write(`GET ${base}/contacts HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer x\r\n\r\n`)
    const answer = await text(socket)
    assert.match(answer, /^HTTP\/1\.1 401 /)
    assert.match(
      answer,
      /^WWW-Authenticate: Basic realm="Contrail".*Bearer realm="Contrail", error="invalid_token"\r$/m,
    )
  } finally {
    await listening.close()
  }
})

test('behind a proxy of ours, guesses from one address hold up no other', async () => {
  await using server = await startTestServer({ port: 0, trustedProxies: 1 })
  const listening = await listen(server.app)
  const { url } = listening
  const ask = async (address: string, password: string): Promise<number> => {
    const authorization = basic({ ...testCredentials, password })
    const response = await fetch(`${url}${base}/lists`, { headers: { authorization, 'x-forwarded-for': address } })
    await response.body?.cancel()
    return response.status
  }
  try {
    for (let i = 0; i < 30; i++) assert.equal(await ask('192.0.2.1', `guess ${i}`), 401)
    assert.equal(await ask('198.51.100.7, 192.0.2.1', 'secret'), 503)
    assert.equal(await ask('192.0.2.2', 'secret'), 200)
  } finally {
    await listening.close()
  }
})
