// Bounces by SMTP over real sockets: what is stored, what is refused, and what hostile clients get.

import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import { test } from 'node:test'
import { testOnEach } from '../../../test/databases.ts'
import { bounceDomain, dsn, feedback, letter, startReturned } from '../../../test/returned-mail.ts'
import type { ReturnedTest } from '../../../test/returned-mail.ts'
import { connectSmtp } from '../../../test/smtp-client.ts'
import { withStoreAway } from '../../../test/store-away.ts'
import type { App } from '../../app.ts'
import { listenForBounces } from './smtp-listener.ts'
import type { SmtpLimits } from './smtp-listener.ts'

const listenOn = { bounceListen: { host: '127.0.0.1', port: 0 } }
const small: SmtpLimits = { connections: 4, perAddress: 3, idleTime: 300, longestStay: 1200, refusals: 3 }

interface Listening extends ReturnedTest {
  port: number
}

async function startListening(limits?: SmtpLimits, change = (app: App): App => app): Promise<Listening> {
  const test = await startReturned(listenOn)
  const listener = await listenForBounces(change(test.app), limits)
  return {
    ...test,
    port: listener.port,
    [Symbol.asyncDispose]: async () => {
      await listener[Symbol.asyncDispose]()
      await test[Symbol.asyncDispose]()
    },
  }
}

testOnEach('a bounce that was answered with 250 is on the timeline', async () => {
  await using test = await startListening()
  await using client = await connectSmtp(test.port)
  assert.match((await client.mail(test.verp().toUpperCase(), dsn()))!, /^250 /)
  assert.deepEqual((await test.events()).map(({ kind, code }) => [kind, code]), [['bounce', 'B']]) // oxfmt-ignore
  assert.ok(await test.hold())
  // The same connection goes on.
  assert.match((await client.mail('FBL@bounce.test', feedback('abuse', [`X-Send-Id: ${test.sendId()}`])))!, /^250 /)
  assert.match((await client.mail(test.unsub({ contactId: 33 }), letter))!, /^250 /)
  assert.match((await client.mail('none@bounce.test', dsn()))!, /^250 /)
  assert.equal(await test.suppression(), 'complaint')
  assert.equal(await test.suppression('other@mail.com'), 'optout')
  assert.deepEqual(await test.reviews(), [])
  assert.match((await client.say('QUIT'))!, /^221 /)
})

test('addresses that were never given out are refused, at our domain and at any other', async () => {
  await using test = await startListening()
  await using client = await connectSmtp(test.port)
  await client.say('MAIL FROM:<>')
  const verp = test.verp()
  const wrong = [
    'postmaster@bounce.test',
    'jflowers@mail.com',
    verp.replace('@', '0@'),
    verp.replace(bounceDomain, 'elsewhere.example'),
    verp.replace('b.', 'unsub.'),
    `${'a'.repeat(300)}@bounce.test`,
    `jflowers%mail.com@bounce.test`,
  ]
  for (const address of wrong) assert.match((await client.say(`RCPT TO:<${address}>`))!, /^550 5\.1\.1 /, address)
  assert.match((await client.say(`RCPT TO:<"${verp}"@mail.com>`))!, /^501 /)
  assert.match((await client.say('DATA'))!, /^503 /)
  // Having been refused does not keep it from the right one.
  assert.match((await client.say(`RCPT TO:<${verp}>`))!, /^250 /)
})

test('nobody logs in, looks addresses up or changes to TLS where there is no certificate', async () => {
  await using test = await startListening()
  await using client = await connectSmtp(test.port)
  const hello = await client.say('EHLO mx.example')
  assert.match(hello!, /SIZE 1048576/)
  assert.doesNotMatch(hello!, /AUTH|STARTTLS/)
  for (const line of ['AUTH PLAIN AGEAYg==', 'VRFY b', 'EXPN b', 'STARTTLS', 'XCLIENT ADDR=1.2.3.4', 'WIZ x'])
    assert.match((await client.say(line))!, /^50[02] /, line)
})

test('mail that is too large is refused, said beforehand or not, and leaves nothing', async () => {
  await using test = await startListening()
  await using client = await connectSmtp(test.port)
  assert.match((await client.say('MAIL FROM:<> SIZE=1048577'))!, /^552 /)
  const large = Buffer.concat([dsn(), Buffer.alloc(1024 * 1024, 'x'), Buffer.from('\r\n')])
  assert.match((await client.mail(test.verp(), large))!, /^552 /)
  assert.deepEqual(await test.events(), [])
  assert.match((await client.mail(test.verp(), dsn()))!, /^250 /)
})

test('while the store is away the sender is told to try again, and then it is stored once', async () => {
  let isAway = false
  await using test = await startListening(undefined, (app) => withStoreAway(app, () => isAway))
  await using client = await connectSmtp(test.port)
  isAway = true
  assert.match((await client.mail(test.verp(), dsn()))!, /^451 4\.3\.0 /)
  isAway = false
  assert.match((await client.mail(test.verp(), dsn()))!, /^250 /)
  assert.equal((await test.events()).length, 1)
})

test('of half a mail nothing is taken, and half a mail is no second command', async () => {
  await using test = await startListening()
  {
    await using client = await connectSmtp(test.port)
    for (const line of ['MAIL FROM:<>', `RCPT TO:<${test.verp()}>`, 'DATA']) await client.say(line)
    client.socket.write(dsn())
  }
  // A line end that is none ends no mail (smuggling).
  await using client = await connectSmtp(test.port)
  for (const line of ['MAIL FROM:<>', `RCPT TO:<${test.verp({ contactId: 33 })}>`, 'DATA']) await client.say(line)
  client.socket.write(
    `${letter.toString()}\n.\nMAIL FROM:<>\r\nRCPT TO:<${test.verp()}>\r\nDATA\r\n${dsn().toString()}`,
  )
  assert.match((await client.say('.'))!, /^250 /)
  assert.deepEqual(await test.events(), [])
  assert.equal(await test.hold(), undefined)
})

test('who floods, dawdles or tries addresses is sent away, and others get in', async () => {
  await using test = await startListening(small)
  await using guesser = await connectSmtp(test.port)
  await guesser.say('MAIL FROM:<>')
  const replies = [1, 2, 3].map((n) => guesser.say(`RCPT TO:<b.${String(n).repeat(40)}@bounce.test>`))
  assert.match((await Promise.all(replies)).at(-1)!, /^421 /)
  assert.equal(await guesser.hear(), undefined)
  // A line without an end.
  await using endless = await connectSmtp(test.port)
  endless.socket.write('X'.repeat(100_000))
  assert.match((await endless.hear())!, /^421 /)
  // One who says nothing, and one who never stops saying nothing of use.
  await using silent = await connectSmtp(test.port)
  assert.match((await silent.hear())!, /^421 /)
  await using chatty = await connectSmtp(test.port)
  let said = 0
  while ((await chatty.say('NOOP')) !== undefined) said++
  assert.ok(said > 0)
  await using client = await connectSmtp(test.port)
  assert.match((await client.mail(test.verp(), dsn()))!, /^250 /)
})

test('one address has no more than its share of connections, and gives them back', async () => {
  await using test = await startListening({ ...small, idleTime: 10_000, longestStay: 60_000 })
  const clients = await Promise.all([1, 2, 3].map(() => connectSmtp(test.port)))
  {
    await using fourth = await connectSmtp(test.port)
    assert.equal(await fourth.say('NOOP'), undefined)
    await using elsewhere = await connectSmtp(test.port, '127.0.0.2')
    assert.match((await elsewhere.mail(test.verp(), dsn()))!, /^250 /)
  }
  await clients[0]![Symbol.asyncDispose]()
  await setTimeout(50)
  await using again = await connectSmtp(test.port)
  assert.match((await again.say('NOOP'))!, /^250 /)
  for (const client of clients) await client[Symbol.asyncDispose]()
})

test('commands by the thousand in one packet are answered in order', async () => {
  await using test = await startListening()
  await using client = await connectSmtp(test.port)
  client.socket.write('RSET\r\n'.repeat(5000))
  for (let i = 0; i < 5000; i++) assert.match((await client.hear())!, /^250 /)
  assert.match((await client.mail(test.verp(), dsn()))!, /^250 /)
})
