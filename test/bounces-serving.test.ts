// The ways in for bounces as the server starts them: by its settings, with TLS, watched, and by several processes at once.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'
import { createTransport } from 'nodemailer'
import { readConfig } from '../src/config.ts'
import { ConfigError } from '../src/errors.ts'
import { listen } from '../src/server.ts'
import { startImapServer } from './imap-server.ts'
import { run, serve, temporaryFolder } from './program.ts'
import { freePort, metricsOf } from './read-metrics.ts'
import { bounceDomain, dsn, startReturned } from './returned-mail.ts'
import type { ReturnedTest } from './returned-mail.ts'
import { connectSmtp } from './smtp-client.ts'

interface Serving extends ReturnedTest {
  port: number
  metricsUrl: string
}

async function startServing(env: Record<string, string> = {}): Promise<Serving> {
  const [port, metricsPort] = [await freePort(), await freePort()]
  const settings = readConfig(
    {},
    {
      CONTRAIL_PORT: '0',
      CONTRAIL_BOUNCE_DOMAIN: bounceDomain,
      CONTRAIL_BOUNCE_LISTEN: `127.0.0.1:${port}`,
      CONTRAIL_METRICS: `127.0.0.1:${metricsPort}`,
      ...env,
    },
  )
  const { dataDir: _folder, databaseUrl: _url, logLevel: _level, ...given } = settings
  const test = await startReturned(given)
  const server = await listen(test.app)
  return {
    ...test,
    port,
    metricsUrl: `http://127.0.0.1:${metricsPort}/metrics`,
    [Symbol.asyncDispose]: async () => {
      await server.close()
      await test[Symbol.asyncDispose]()
    },
  }
}

test('what came in is counted by what it says, the way it came and what became of it', async () => {
  await using serving = await startServing()
  {
    await using client = await connectSmtp(serving.port)
    for (const status of ['5.1.1', '5.1.1', '5.2.2'])
      assert.match((await client.mail(serving.verp(), dsn({ status })))!, /^250 /)
    assert.match((await client.mail('fbl@bounce.test', dsn()))!, /^250 /)
  }
  const read = await metricsOf(serving.metricsUrl)
  const reports = (outcome: string): number | undefined =>
    read.get(`contrail_reports_total{kind="bounce",way="smtp",outcome="${outcome}"}`)
  assert.deepEqual([reports('recorded'), reports('duplicate'), reports('review')], [2, 1, 1])
  assert.equal(read.get('contrail_bounce_reviews'), 1)
})

test('with a certificate bounces may come encrypted, with it alone', async () => {
  const pem = join(import.meta.dirname, '../testdata/tls/localhost.pem')
  await using serving = await startServing({ CONTRAIL_BOUNCE_TLS_CERT: pem, CONTRAIL_BOUNCE_TLS_KEY: pem })
  const tls = { rejectUnauthorized: false }
  const transport = createTransport({ host: '127.0.0.1', port: serving.port, requireTLS: true, tls })
  await transport.sendMail({ envelope: { from: '', to: serving.verp() }, raw: dsn() })
  assert.equal((await serving.events()).length, 1)
  // What was said in the clear behind STARTTLS is no command (RFC 3207 4.2).
  await using client = await connectSmtp(serving.port)
  client.socket.write(`STARTTLS\r\nMAIL FROM:<>\r\nRCPT TO:<${serving.verp({ contactId: 33 })}>\r\nDATA\r\n`)
  assert.match((await client.hear())!, /^220 /)
  const secure = connectTls({ socket: client.socket.removeAllListeners('data'), ...tls })
  await once(secure, 'secureConnect')
  secure.write('RCPT TO:<x@y>\r\n')
  const [reply] = (await once(secure, 'data')) as [Buffer]
  assert.match(reply.toString(), /^503 /)
  secure.destroy()
})

test('a mailbox that the settings name is read as long as the server runs', async () => {
  await using imap = await startImapServer()
  const url = `imap://bounces:secret@127.0.0.1:${imap.port}/?tls=off`
  {
    await using serving = await startServing({ CONTRAIL_BOUNCE_IMAP_URL: url })
    imap.deliver(Buffer.from(`X-Original-To: ${serving.verp()}\r\n${dsn().toString()}`))
    while ((await serving.events()).length === 0) await setTimeout(20)
    while (imap.folders.get('Contrail')!.length === 0) await setTimeout(20)
  }
  while (imap.connections() > 0) await setTimeout(20)
})

test('several processes share the port, and stop together', async () => {
  await using temporary = await temporaryFolder()
  const { folder } = temporary
  assert.equal((await run(folder, 'account', 'create', 'joesflowers')).code, 0)
  const port = await freePort()
  const settings = ['--bounce-domain', bounceDomain, '--bounce-listen', `127.0.0.1:${port}`, '--workers', '2']
  await using server = await serve(folder, ...settings)
  server.child.stderr!.resume()
  for (let i = 0; i < 6; i++) {
    await using client = await connectSmtp(port)
    assert.match((await client.mail('none@bounce.test', dsn()))!, /^250 /)
  }
  const stopped = once(server.child, 'exit')
  server.child.kill('SIGTERM')
  assert.equal((await stopped)[0], 0)
})

test('settings that can not be are refused in one sentence, without a password in it', () => {
  const refused: [Record<string, string>, RegExp][] = [
    [{ CONTRAIL_BOUNCE_LISTEN: '127.0.0.1:25' }, /CONTRAIL_BOUNCE_LISTEN: needs CONTRAIL_BOUNCE_DOMAIN/],
    [{ CONTRAIL_BOUNCE_LISTEN: '25', CONTRAIL_BOUNCE_DOMAIN: 'b.example' }, /an address and a port/],
    [{ CONTRAIL_BOUNCE_TLS_CERT: '/none.pem' }, /CONTRAIL_BOUNCE_TLS_CERT: can't read \/none\.pem \(ENOENT\)/],
    [{ CONTRAIL_BOUNCE_TLS_KEY: import.meta.filename }, /of use only together/],
    [{ CONTRAIL_BOUNCE_IMAP_URL: 'pop://u:hunter2@h' }, /must be a URL such as imaps:/],
    [{ CONTRAIL_BOUNCE_IMAP_URL: 'imaps://h/INBOX' }, /must be a URL such as imaps:/],
    [{ CONTRAIL_BOUNCE_IMAP_URL: 'imaps://u:hunter2%@h' }, /a "%" in the URL/],
    [{ CONTRAIL_BOUNCE_IMAP_URL: 'imaps://u:hunter2@h?donne=x' }, /no parameter "donne"/],
    [{ CONTRAIL_BOUNCE_IMAP_URL: 'imaps://u:hunter2@h/A?done=A' }, /another folder/],
  ]
  for (const [env, message] of refused)
    assert.throws(
      () => readConfig({}, env),
      (error) => error instanceof ConfigError && message.test(error.message) && !error.message.includes('hunter2'),
      JSON.stringify(env),
    )
  const url = 'imaps://user%40example.com:p%40ss%2F@[::1]:1993/Bounces%20in?done=Bounces/done'
  assert.deepEqual(readConfig({}, { CONTRAIL_BOUNCE_IMAP_URL: url }).bounceImap, {
    host: '::1',
    port: 1993,
    isSecure: true,
    mayBeOpen: false,
    user: 'user@example.com',
    password: 'p@ss/',
    folder: 'Bounces in',
    doneFolder: 'Bounces/done',
  })
})

test('a port for bounces that is taken is said in one sentence', async () => {
  await using serving = await startServing()
  const { bounceListen } = serving.app.config
  await using second = await startReturned({ port: 0, bounceListen })
  await assert.rejects(
    listen(second.app),
    /CONTRAIL_BOUNCE_LISTEN: can't listen on 127\.0\.0\.1 port \d+ \(EADDRINUSE\)/,
  )
})
