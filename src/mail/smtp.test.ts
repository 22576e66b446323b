// The relay with a real mail server: what arrives, TLS, login, extensions, and connections that are used again.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { test } from 'node:test'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { SMTPServer } from 'smtp-server'
import type { SMTPServerOptions, SMTPServerSession } from 'smtp-server'
import type { Envelope } from './message.ts'
import { parseRelayUrl } from './relay-url.ts'
import { openRelay } from './smtp.ts'
import type { Connected, Relay, RelayConnection } from './smtp.ts'
import type { Accepted } from './smtp-outcome.ts'

interface Received {
  session: SMTPServerSession
  raw: string
}

interface Sink extends AsyncDisposable {
  port: number
  received: Received[]
  sessions: Set<string>
}

const envelope: Envelope = { from: 'b.1@bounce.example.com', to: 'ann@example.org', needsSmtpUtf8: false }
const raw = Buffer.from('Subject: hello\r\n\r\nhello\r\n')

async function startSink(options: SMTPServerOptions = {}): Promise<Sink> {
  const received: Received[] = []
  const sessions = new Set<string>()
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS', 'AUTH'],
    hideDSN: false,
    closeTimeout: 100,
    onConnect(session, done) {
      sessions.add(session.id)
      done()
    },
    onClose: (session) => void sessions.delete(session.id),
    onData(stream, session, done) {
      void buffer(stream).then((bytes) => {
        received.push({ session: structuredClone({ ...session, user: undefined }), raw: bytes.toString('latin1') })
        done(null, '2.0.0 Ok: queued as 4FQ2XZ')
      })
    },
    ...options,
  })
  server.on('error', () => undefined)
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  const { port } = server.server.address() as AddressInfo
  return {
    port,
    received,
    sessions,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

async function take(relay: Relay): Promise<RelayConnection> {
  const got = await relay.connect()
  assert.equal(got.kind, 'connected', JSON.stringify(got))
  return (got as Connected).connection
}

function relayOf(port: number, more = ''): Relay {
  return openRelay(parseRelayUrl(`smtp://127.0.0.1:${port}?${more}`), { now: () => 1_700_000_000_000 })
}

test('a message arrives byte for byte, dots and all, and its acceptance is evidence', async () => {
  await using sink = await startSink()
  const relay = relayOf(sink.port)
  const connection = await take(relay)
  const body = Buffer.from('Subject: dots\r\n\r\n.one\r\n..two\r\n.\r\n\r\nlast\r\n')
  const outcome = await connection.send({ ...envelope, envelopeId: 'send=1+x' }, body)
  connection.release()
  assert.deepEqual(outcome, {
    kind: 'accepted',
    code: 250,
    status: '2.0.0',
    reply: '250 2.0.0 Ok: queued as 4FQ2XZ',
    queueId: '4FQ2XZ',
    peer: { name: connection.peer.name, address: '127.0.0.1', port: sink.port },
    at: 1_700_000_000_000,
  } satisfies Accepted)
  const [{ session, raw: arrived }] = sink.received as [Received]
  assert.equal(arrived, body.toString('latin1'))
  assert.equal(session.envelope.mailFrom && session.envelope.mailFrom.address, envelope.from)
  assert.deepEqual(session.envelope.dsn, { ret: 'HDRS', envid: 'send=1+x' })
  assert.deepEqual(session.envelope.rcptTo[0]?.dsn, { notify: ['FAILURE', 'DELAY'], orcpt: 'rfc822;ann@example.org' })
  await relay.close()
})

test('the null sender, and a message larger than a chunk', async () => {
  await using sink = await startSink()
  const relay = relayOf(sink.port)
  const connection = await take(relay)
  const large = Buffer.from(`Subject: large\r\n\r\n${'line\r\n'.repeat(100_000)}`)
  assert.equal((await connection.send({ ...envelope, from: '' }, large)).kind, 'accepted')
  connection.release()
  const [{ session, raw: arrived }] = sink.received as [Received]
  assert.equal(arrived, large.toString('latin1'))
  assert.equal(session.envelope.mailFrom && session.envelope.mailFrom.address, '')
  await relay.close()
})

test('STARTTLS with a certificate nobody vouches for: refused, unless TLS is taken as it comes', async () => {
  await using sink = await startSink({ disabledCommands: ['AUTH'] })
  const strict = relayOf(sink.port, 'tls=required')
  const refused = await strict.connect()
  assert.equal(refused.kind === 'notSent' && refused.reason, 'tls')
  await strict.close()
  const lenient = relayOf(sink.port, 'tls=opportunistic')
  const connection = await take(lenient)
  assert.match(connection.peer.tls?.version ?? '', /^TLSv1\.[23]$/)
  assert.match(connection.peer.tls?.cipher ?? '', /^TLS_/)
  const outcome = await connection.send(envelope, raw)
  assert.equal(outcome.kind, 'accepted')
  connection.release()
  assert.equal(sink.received[0]?.session.secure, true)
  await lenient.close()
  const none = relayOf(sink.port, 'tls=none')
  assert.equal((await take(none)).peer.tls, undefined)
})

test('TLS with a certificate of an authority this machine knows', async (t) => {
  const pem = await readFile(join(import.meta.dirname, '../../testdata/tls/localhost.pem'), 'utf8')
  const [key, cert] = [pem, pem.slice(pem.indexOf('-----BEGIN CERTIFICATE-----'))]
  await using sink = await startSink({ disabledCommands: ['AUTH'], key, cert })
  const known = getCACertificates('default')
  t.after(() => setDefaultCACertificates(known))
  setDefaultCACertificates([...known, cert])
  const relay = openRelay(parseRelayUrl(`smtp://localhost:${sink.port}?tls=required`))
  const connection = await take(relay)
  assert.ok(connection.peer.tls)
  assert.equal((await connection.send(envelope, raw)).kind, 'accepted')
  connection.release()
  await relay.close()
  const other = await openRelay(parseRelayUrl(`smtp://127.0.0.1:${sink.port}?tls=required`)).verify()
  assert.equal(other.kind === 'notSent' && other.reason, 'tls')
})

test('TLS from the first byte', async () => {
  await using sink = await startSink({ secure: true })
  const relay = openRelay(parseRelayUrl(`smtps://127.0.0.1:${sink.port}?tls=opportunistic`))
  const connection = await take(relay)
  assert.ok(connection.peer.tls)
  assert.equal((await connection.send(envelope, raw)).kind, 'accepted')
  connection.release()
  await relay.close()
  const strict = openRelay(parseRelayUrl(`smtps://127.0.0.1:${sink.port}?tls=required`))
  const refused = await strict.connect()
  assert.equal(refused.kind === 'notSent' && refused.reason, 'tls')
})

test('a login that is right, and one that is wrong', async () => {
  await using sink = await startSink({
    disabledCommands: [],
    onAuth({ username, password }, _session, done) {
      if (username === 'ann' && password === 'p@ss:word/') return done(null, { user: 'ann' })
      done(new Error('wrong'))
    },
  })
  const url = (password: string): string =>
    `smtp://ann:${encodeURIComponent(password)}@127.0.0.1:${sink.port}?tls=opportunistic`
  const right = openRelay(parseRelayUrl(url('p@ss:word/')))
  const report = await right.verify()
  assert.ok(report.kind === 'report' && report.hasLoggedIn && report.peer.tls)
  assert.ok(report.capabilities.smtpUtf8 && report.capabilities.dsn && report.capabilities.auth.includes('PLAIN'))
  const connection = await take(right)
  assert.equal((await connection.send(envelope, raw)).kind, 'accepted')
  connection.release()
  await right.close()
  const wrong = await openRelay(parseRelayUrl(url('guess'))).verify()
  assert.ok(wrong.kind === 'notSent' && wrong.reason === 'auth' && wrong.code === 535)
  await using demanding = await startSink({ disabledCommands: ['STARTTLS'], authOptional: false })
  const anonymous = relayOf(demanding.port)
  const outcome = await (await take(anonymous)).send(envelope, raw)
  assert.ok(outcome.kind === 'notSent' && outcome.reason === 'auth' && outcome.code === 530)
})

test('an address outside ASCII needs a relay that knows SMTPUTF8', async () => {
  const foreign: Envelope = { ...envelope, to: 'jörg@example.org', needsSmtpUtf8: true }
  const message = Buffer.from('To: jörg@example.org\r\nSubject: hello\r\n\r\nhello\r\n')
  await using modern = await startSink()
  const relay = relayOf(modern.port)
  const connection = await take(relay)
  assert.equal((await connection.send(foreign, message)).kind, 'accepted')
  connection.release()
  assert.equal(modern.received[0]?.session.envelope.rcptTo[0]?.address, 'jörg@example.org')
  assert.equal(modern.received[0]?.session.envelope.smtpUtf8, true)
  await relay.close()
  await using old = await startSink({ hideSMTPUTF8: true })
  const other = relayOf(old.port)
  const outcome = await (await take(other)).send(foreign, message)
  assert.ok(outcome.kind === 'refused' && outcome.isLocal && outcome.status === '5.6.7')
  assert.equal(old.received.length, 0)
})

test('a message larger than the relay takes is not tried; the connection stays good', async () => {
  await using sink = await startSink({ size: 1000 })
  const relay = relayOf(sink.port)
  const connection = await take(relay)
  const outcome = await connection.send(envelope, Buffer.alloc(1001, 'x'))
  assert.ok(outcome.kind === 'refused' && outcome.isLocal && outcome.code === 552 && outcome.status === '5.3.4')
  assert.equal((await connection.send(envelope, raw)).kind, 'accepted')
  connection.release()
  await relay.close()
})

test('as many connections as the pool has, in the order asked, each used again', async () => {
  await using sink = await startSink()
  const relay = relayOf(sink.port, 'pool=2&messages=3')
  const [first, second] = [await take(relay), await take(relay)]
  const order: number[] = []
  const waiting = [1, 2].map(async (n) => {
    const connection = await take(relay)
    order.push(n)
    assert.equal((await connection.send(envelope, raw)).kind, 'accepted')
    connection.release()
  })
  assert.deepEqual(relay.counts(), { busy: 2, idle: 0, waiting: 2 })
  assert.equal(sink.sessions.size, 2)
  first.release()
  first.release()
  second.release()
  await Promise.all(waiting)
  assert.deepEqual(order, [1, 2])
  assert.deepEqual(relay.counts(), { busy: 0, idle: 2, waiting: 0 })
  assert.equal(new Set(sink.received.map(({ session }) => session.id)).size, 2)
  await relay.close()
})

test('a connection is closed after as many messages as it may carry', async () => {
  await using sink = await startSink()
  const relay = relayOf(sink.port, 'pool=1&messages=3')
  for (let i = 0; i < 7; i++) {
    const connection = await take(relay)
    assert.equal((await connection.send(envelope, raw)).kind, 'accepted')
    connection.release()
  }
  const bySession = Map.groupBy(sink.received, ({ session }) => session.id)
  assert.deepEqual(
    [...bySession.values()].map(({ length }) => length),
    [3, 3, 1],
  )
  await relay.close()
})

test('waiting can be cancelled, and so can connecting; closing sends away who waits', async () => {
  await using sink = await startSink()
  const relay = relayOf(sink.port, 'pool=1')
  const held = await take(relay)
  const stop = new AbortController()
  const waiting = relay.connect(stop.signal)
  stop.abort()
  assert.equal(((await waiting) as { reason?: string }).reason, 'cancelled')
  assert.equal(((await relay.connect(AbortSignal.abort())) as { reason?: string }).reason, 'cancelled')
  const sentAway = relay.connect()
  const closed = relay.close()
  assert.equal(((await sentAway) as { reason?: string }).reason, 'cancelled')
  assert.equal((await held.send(envelope, raw)).kind, 'accepted')
  held.release()
  await closed
  assert.equal(((await relay.connect()) as { reason?: string }).reason, 'cancelled')
})

test('idle connections are closed after a while', async () => {
  await using sink = await startSink()
  const settings = parseRelayUrl(`smtp://127.0.0.1:${sink.port}`)
  const relay = openRelay(settings, { timeouts: { idle: 20 } })
  const connection = await take(relay)
  assert.equal((await connection.send(envelope, raw)).kind, 'accepted')
  connection.release()
  while (sink.sessions.size > 0) await new Promise((resolve) => setTimeout(resolve, 5))
  assert.deepEqual(relay.counts(), { busy: 0, idle: 0, waiting: 0 })
  await relay.close()
})
