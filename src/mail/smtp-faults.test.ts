// What each kind of failure at the relay is taken for: above all, which of them may be tried again.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { startScriptedServer } from '../../test/smtp-script.ts'
import type { Act, SmtpScript } from '../../test/smtp-script.ts'
import type { Envelope } from './message.ts'
import { parseRelayUrl } from './relay-url.ts'
import { openRelay } from './smtp.ts'
import type { Relay } from './smtp.ts'
import type { NotSent, SmtpOutcome } from './smtp-outcome.ts'
import type { RelayTimeouts } from './smtp-session.ts'

const envelope: Envelope = { from: 'b.1@bounce.example.com', to: 'ann@example.org', needsSmtpUtf8: false }
const raw = Buffer.from('Subject: hello\r\n\r\nhello\r\n')
const drop: Act = { act: 'drop' }
const silence: Act = { act: 'silence' }
const pipelining = '250-script.example\r\n250-PIPELINING\r\n250 ENHANCEDSTATUSCODES'

function relayOf(port: number, more = '', timeouts: Partial<RelayTimeouts> = {}): Relay {
  const settings = parseRelayUrl(`smtp://127.0.0.1:${port}?pool=2${more}`)
  return openRelay(settings, { now: () => 1_700_000_000_000, timeouts: { socket: 200, connect: 1000, ...timeouts } })
}

async function send(relay: Relay, message = raw, to = envelope): Promise<SmtpOutcome> {
  const got = await relay.connect()
  if (got.kind === 'notSent') return got
  const outcome = await got.connection.send(to, message)
  got.connection.release()
  return outcome
}

/** One message to a server that follows the script. */
async function trySend(script: SmtpScript, message = raw): Promise<SmtpOutcome> {
  await using server = await startScriptedServer(script)
  const relay = relayOf(server.port)
  const outcome = await send(relay, message)
  await relay.close()
  return outcome
}

function inShort(outcome: SmtpOutcome): string {
  const { kind } = outcome
  if (kind === 'accepted') return `accepted ${outcome.code}`
  if (kind === 'notSent') return `notSent ${outcome.reason}${outcome.isRateLimit ? ' slow down' : ''}`
  if (kind === 'unknown') return 'unknown'
  const slow = kind === 'deferred' && outcome.isRateLimit ? ' slow down' : ''
  return `${kind} at ${outcome.stage} ${outcome.code} ${outcome.status ?? ''}${slow}`.trim()
}

const rows: [what: string, script: SmtpScript, outcome: string][] = [
  ['no greeting', { connect: silence }, 'notSent timeout'],
  ['hangs up before the greeting', { connect: drop }, 'notSent dropped'],
  ['421 for a greeting', { connect: '421 4.7.0 too many connections' }, 'notSent greeting slow down'],
  ['554 for a greeting', { connect: '554 5.7.1 not from you' }, 'notSent greeting'],
  ['something else than SMTP', { connect: 'HTTP/1.1 400 Bad Request' }, 'notSent greeting'],
  ['hangs up at EHLO', { EHLO: drop }, 'notSent dropped'],
  ['no answer to EHLO', { EHLO: silence }, 'notSent timeout'],
  ['421 to EHLO', { EHLO: '421 4.3.2 shutting down' }, 'notSent greeting'],
  ['EHLO and HELO refused', { EHLO: '550 no', HELO: '550 no' }, 'notSent greeting'],
  ['only HELO', { EHLO: '502 what?' }, 'accepted 250'],
  ['421 to MAIL', { MAIL: '421 4.7.0 slow down' }, 'notSent dropped slow down'],
  ['451 to MAIL', { MAIL: '451 4.3.0 later' }, 'deferred at mail 451 4.3.0'],
  ['550 to MAIL', { MAIL: '550 5.1.8 bad sender' }, 'refused at mail 550 5.1.8'],
  ['530 to MAIL', { MAIL: '530 5.7.0 Authentication required' }, 'notSent auth'],
  ['hangs up at MAIL', { MAIL: drop }, 'notSent dropped'],
  ['no answer to MAIL', { MAIL: silence }, 'notSent timeout'],
  ['450 to RCPT', { RCPT: '450 4.2.1 busy' }, 'deferred at rcpt 450 4.2.1'],
  ['451 4.7.1 to RCPT', { RCPT: '451 4.7.1 too many messages' }, 'deferred at rcpt 451 4.7.1 slow down'],
  ['greylisted', { RCPT: '451 4.7.1 Greylisting in action' }, 'deferred at rcpt 451 4.7.1'],
  ['550 to RCPT', { RCPT: '550 5.1.1 no such user' }, 'refused at rcpt 550 5.1.1'],
  ['550 to RCPT without a status', { RCPT: '550 no such user' }, 'refused at rcpt 550'],
  ['503 to RCPT', { RCPT: '503 5.5.1 need MAIL first' }, 'deferred at rcpt 503 5.5.1'],
  ['421 to RCPT', { RCPT: '421 4.4.5 too busy' }, 'notSent dropped slow down'],
  ['hangs up at RCPT', { RCPT: drop }, 'notSent dropped'],
  ['no answer to RCPT', { RCPT: silence }, 'notSent timeout'],
  ['452 to DATA', { DATA: '452 4.3.1 disk full' }, 'deferred at data 452 4.3.1'],
  ['554 to DATA', { DATA: '554 5.5.1 no valid recipients' }, 'refused at data 554 5.5.1'],
  ['421 to DATA', { DATA: '421 4.3.2 maintenance' }, 'notSent dropped slow down'],
  ['hangs up at DATA', { DATA: drop }, 'notSent dropped'],
  ['no answer to DATA', { DATA: silence }, 'notSent timeout'],
  ['451 after the dot', { DOT: '451 4.3.0 try later' }, 'deferred at message 451 4.3.0'],
  ['421 after the dot', { DOT: '421 4.7.28 rate limited' }, 'deferred at message 421 4.7.28 slow down'],
  ['554 after the dot', { DOT: '554 5.7.1 spam' }, 'refused at message 554 5.7.1'],
  ['an answer of several lines', { DOT: '554-5.7.1 it is\r\n554 5.7.1 spam' }, 'refused at message 554 5.7.1'],
  ['hangs up within the message', { CONTENT: drop }, 'unknown'],
  ['hangs up after the dot', { DOT: drop }, 'unknown'],
  ['no answer after the dot', { DOT: silence }, 'unknown'],
  ['half an answer after the dot', { DOT: { act: 'drop', partial: '25' } }, 'unknown'],
  ['a 250 that never ends its line', { DOT: { act: 'drop', partial: '250 2.0.0 Ok' } }, 'unknown'],
  [
    'a 554 that never ends its line',
    { DOT: { act: 'drop', partial: '554 5.7.1 spam' } },
    'refused at message 554 5.7.1',
  ],
  ['nonsense after the dot', { DOT: 'well, hello' }, 'unknown'],
]

for (const [what, script, expected] of rows)
  test(`the relay: ${what}: ${expected}`, async () => {
    assert.equal(inShort(await trySend(script)), expected)
  })

for (const [what, script, expected] of rows.filter(([, { EHLO, connect }]) => !EHLO && !connect))
  test(`the relay with pipelining: ${what}: ${expected}`, async () => {
    assert.equal(inShort(await trySend({ EHLO: pipelining, ...script })), expected)
  })

test('nobody listens, and no such host: nothing was sent', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  const refused = await send(relayOf(port))
  assert.equal(inShort(refused), 'notSent connect')
  assert.match((refused as NotSent).detail, /ECONNREFUSED/)
  const nowhere = openRelay(parseRelayUrl('smtp://relay.invalid?tls=none'), { timeouts: { connect: 5000 } })
  assert.equal(inShort(await send(nowhere)), 'notSent dns')
})

test('a large message cut off within: its end never left, so it can be tried again', async () => {
  const large = Buffer.from(`Subject: large\r\n\r\n${'x'.repeat(70)}\r\n`.repeat(400_000))
  assert.equal(inShort(await trySend({ CONTENT: drop }, large)), 'notSent dropped')
})

test('an idle connection that the relay ended is not used again', async () => {
  await using server = await startScriptedServer()
  const relay = relayOf(server.port)
  assert.equal(inShort(await send(relay)), 'accepted 250')
  server.interrupt('421 4.4.2 idle for too long')
  while (relay.counts().idle > 0) await new Promise((resolve) => setTimeout(resolve, 5))
  assert.equal(inShort(await send(relay)), 'accepted 250')
  assert.equal(server.commands.filter((line) => line.startsWith('EHLO')).length, 2)
  await relay.close()
})

test('a used connection that breaks at MAIL is stale: a new one will do at once', async () => {
  await using server = await startScriptedServer()
  const relay = relayOf(server.port)
  assert.equal(inShort(await send(relay)), 'accepted 250')
  server.script = { MAIL: drop }
  assert.equal(inShort(await send(relay)), 'notSent stale')
  server.script = {}
  assert.equal(inShort(await send(relay)), 'accepted 250')
  await relay.close()
})

test('after a refusal the same connection is reset and used again', async () => {
  await using server = await startScriptedServer({ RCPT: '550 5.1.1 no such user' })
  const relay = relayOf(server.port)
  assert.equal(inShort(await send(relay)), 'refused at rcpt 550 5.1.1')
  server.script = {}
  assert.equal(inShort(await send(relay)), 'accepted 250')
  assert.equal(server.commands.filter((line) => line.startsWith('EHLO')).length, 1)
  assert.ok(server.commands.includes('RSET'))
  server.script = { RCPT: '550 5.1.1 no such user' }
  await send(relay)
  server.script = { RSET: drop }
  assert.equal(inShort(await send(relay)), 'notSent stale')
  await relay.close()
})

test('the relay hangs up at the login, refuses it, or has none', async () => {
  const auth = '250-script.example\r\n250 AUTH PLAIN LOGIN'
  const cases: [SmtpScript, string][] = [
    [{ EHLO: auth, AUTH: drop }, 'notSent dropped'],
    [{ EHLO: auth, AUTH: silence }, 'notSent timeout'],
    [{ EHLO: auth, AUTH: '535 5.7.8 wrong password' }, 'notSent auth'],
    [{ EHLO: auth, AUTH: '454 4.7.0 too many logins' }, 'notSent auth slow down'],
    [{}, 'notSent auth'],
    [{ EHLO: auth }, 'accepted 250'],
  ]
  for (const [script, expected] of cases) {
    await using server = await startScriptedServer(script)
    const settings = parseRelayUrl(`smtp://ann:s3cret%21@127.0.0.1:${server.port}`)
    const relay = openRelay(settings, { timeouts: { connect: 1000, socket: 200 } })
    const outcome = await send(relay)
    assert.equal(inShort(outcome), expected)
    assert.doesNotMatch(JSON.stringify(outcome), /s3cret/)
    await relay.close()
  }
})

test('a relay that must have TLS and has none, or an answer without end', async () => {
  await using server = await startScriptedServer({ EHLO: '250 script.example' })
  const outcome = await send(relayOf(server.port, '&tls=required'))
  assert.equal(inShort(outcome), 'notSent tls')
  assert.ok(!server.commands.some((line) => line.startsWith('MAIL')))
  server.script = { EHLO: `${'250-x\r\n'.repeat(20_000)}250 x` }
  assert.equal(inShort(await send(relayOf(server.port))), 'notSent greeting')
})
