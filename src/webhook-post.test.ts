// The way out: what is looked up is looked at, no answer is waited for longer than agreed, and no more is read than is kept.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import type { TLSSocket } from 'node:tls'
import type { PostResponse } from './core/webhooks/post-webhook.ts'
import { openPost } from './webhook-post.ts'
import type { PostOptions } from './webhook-post.ts'

const loopback = { address: '127.0.0.1', family: 4 }
const open = { allowed: ['127.0.0.0/8'] }

interface Sink extends AsyncDisposable {
  port: number
  requests: IncomingMessage[]
}

async function startSink(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<Sink> {
  const requests: IncomingMessage[] = []
  const server = createServer((request, response) => {
    requests.push(request)
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function postTo(url: string, options: PostOptions): Promise<PostResponse> {
  using way = openPost(options)
  return await way.post({ url, headers: { 'webhook-id': 'a' }, body: '{}', signal: new AbortController().signal })
}

test('a name that is an address of our own network is not connected to, also where others of its addresses are public', async () => {
  await using sink = await startSink((_request, response) => response.end())
  const public_ = { address: '93.184.215.14', family: 4 }
  for (const found of [[loopback], [public_, loopback], [{ address: '::ffff:127.0.0.1', family: 6 }], []])
    await assert.rejects(
      postTo(`http://hooks.example:${sink.port}/`, { allowed: [], resolve: async () => found }),
      /not on the public internet|has no address/,
    )
  for (const url of ['127.0.0.1', '[::1]', '0x7f.1', '[::ffff:127.0.0.1]', 'localhost'])
    await assert.rejects(postTo(`http://${url}:${sink.port}/`, { allowed: [] }), /not on the public internet/)
  assert.equal(sink.requests.length, 0)
}) // oxfmt-ignore

test('a name is looked up once, and the server sees its name', async () => {
  await using sink = await startSink((_request, response) => response.end('thanks'))
  let times = 0
  const resolve = async (): Promise<(typeof loopback)[]> => {
    times++
    return times === 1 ? [loopback] : [{ address: '10.0.0.1', family: 4 }]
  }
  const { status, text } = await postTo(`http://hooks.example:${sink.port}/a?b`, { ...open, resolve })
  assert.deepEqual([status, text, times], [200, 'thanks', 1])
  const [{ headers, method, url }] = sink.requests as [IncomingMessage]
  assert.deepEqual(
    [headers.host, headers['webhook-id'], method, url],
    [`hooks.example:${sink.port}`, 'a', 'POST', '/a?b'],
  )
})

test('https is asked for its name, and must prove it', async (t) => {
  const pem = await readFile(join(import.meta.dirname, '../testdata/tls/localhost.pem'), 'utf8')
  const cert = pem.slice(pem.indexOf('-----BEGIN CERTIFICATE-----'))
  const names: unknown[] = []
  const server = createSecureServer({ key: pem, cert }, (request, response) => {
    names.push([(request.socket as TLSSocket).servername, request.headers.host])
    response.end('safe')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  const { port } = server.address() as AddressInfo
  const options = { ...open, resolve: async () => [loopback] }
  await assert.rejects(postTo(`https://localhost:${port}/`, options), /self-signed certificate/)
  const known = getCACertificates('default')
  t.after(() => setDefaultCACertificates(known))
  setDefaultCACertificates([...known, cert])
  assert.equal((await postTo(`https://localhost:${port}/`, options)).text, 'safe')
  await assert.rejects(postTo(`https://hooks.example:${port}/`, options), /does not match certificate/)
  assert.deepEqual(names, [['localhost', `localhost:${port}`]])
})

test('an endless answer is read no further than agreed', async () => {
  let written = 0
  await using sink = await startSink((_request, response) => {
    const more = (): void => {
      while (!response.destroyed && response.write('x'.repeat(16_384))) written += 16_384
      response.once('drain', more)
    }
    more()
  })
  const { status, text } = await postTo(`http://127.0.0.1:${sink.port}/`, open)
  assert.deepEqual([status, text.length], [200, 1024])
  assert.ok(written < 50_000_000)
})

test('who does not answer, or does not end, is given up', async () => {
  await using silent = await startSink(() => undefined)
  await using slow = await startSink((_request, response) => void response.write('x'))
  for (const { port } of [silent, slow])
    await assert.rejects(postTo(`http://127.0.0.1:${port}/`, { ...open, timeout: 100 }), /no answer within 0.1 seconds/)
  const never = { ...open, timeout: 100, resolve: () => new Promise<never>(() => undefined) }
  await assert.rejects(postTo('http://hooks.example/', never), /no answer within 0.1 seconds/)
})

test('no proxy of the environment is asked', async () => {
  await using proxy = await startSink((_request, response) => response.end())
  await using sink = await startSink((_request, response) => response.end())
  process.env['HTTP_PROXY'] = process.env['http_proxy'] = `http://127.0.0.1:${proxy.port}`
  try {
    await postTo(`http://127.0.0.1:${sink.port}/`, open)
  } finally {
    delete process.env['HTTP_PROXY']
    delete process.env['http_proxy']
  }
  assert.deepEqual([proxy.requests.length, sink.requests.length], [0, 1])
})
