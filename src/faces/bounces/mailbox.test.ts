// Bounces from a mailbox over real sockets: each is taken once, none is deleted before it is stored, and no end of a
// connection loses any.

import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import { test } from 'node:test'
import { testOnEach } from '../../../test/databases.ts'
import { startImapServer } from '../../../test/imap-server.ts'
import type { ImapServer } from '../../../test/imap-server.ts'
import { dsn, letter, startReturned } from '../../../test/returned-mail.ts'
import type { ReturnedTest } from '../../../test/returned-mail.ts'
import { openSecondApp } from '../../../test/server.ts'
import { withStoreAway } from '../../../test/store-away.ts'
import type { App } from '../../app.ts'
import { readConfig } from '../../config.ts'
import type { MailboxTimes } from './mailbox.ts'
import { startMailbox } from './mailbox.ts'

/** Looks by itself are too seldom to help in these tests, unless one says otherwise. */
const times: MailboxTimes = { poll: 600_000, stand: 30, firstPause: 20, longestPause: 100, refusedPause: 100 }

function read(
  app: App,
  { port }: ImapServer,
  changes: Partial<MailboxTimes> = {},
  password = 'secret',
): AsyncDisposable {
  const url = `imap://bounces:${password}@127.0.0.1:${port}/INBOX?done=Processed&tls=off`
  const { bounceImap } = readConfig({}, { CONTRAIL_BOUNCE_IMAP_URL: url })
  return startMailbox(app, bounceImap!, { ...times, ...changes })
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await isSo()); tries++) {
    assert.ok(tries < 400, 'it never came to be')
    await setTimeout(25)
  }
}

/** A bounce of the contact's message, in whose header the mailbox's server has noted whom it was for. */
function bounceOf(test: ReturnedTest, contactId: number): Buffer {
  return Buffer.from(`Delivered-To: ${test.verp({ contactId })}\r\n${dsn().toString()}`)
}

const counts = ({ folders }: ImapServer): number[] =>
  ['INBOX', 'Processed'].map((name) => folders.get(name)?.length ?? 0)

testOnEach('what lies in the mailbox and what comes while it is watched is stored, and then moved away', async () => {
  await using test = await startReturned()
  await using imap = await startImapServer()
  imap.deliver(bounceOf(test, 32))
  {
    await using _reading = read(test.app, imap)
    await until(() => counts(imap)[1] === 1)
    assert.deepEqual((await test.events()).map(({ code }) => code), ['B']) // oxfmt-ignore
    assert.equal((await test.events())[0]!.at, Date.parse('2009-11-19T14:00:00Z'))
    await until(() => imap.heard.at(-1) === 'IDLE')
    imap.deliver(bounceOf(test, 33))
    imap.deliver(letter)
    await until(async () => (await test.events(33)).length === 1 && counts(imap)[1] === 2)
  }
  // A letter is for people, and stays where they look for it.
  assert.deepEqual(counts(imap), [1, 2])
  await until(() => imap.connections() === 0)
})

test('a server that can neither tell of mail nor move it does as well', async () => {
  await using test = await startReturned()
  await using imap = await startImapServer({ hasIdle: false, hasMove: false })
  await using _reading = read(test.app, imap, { poll: 50 })
  await until(() => imap.folders.has('Processed'))
  imap.deliver(bounceOf(test, 32))
  await until(() => counts(imap).join() === '0,1')
  assert.equal((await test.events()).length, 1)
})

testOnEach('a mail that could not be moved is taken once, whatever is tried again', async () => {
  await using test = await startReturned()
  await using imap = await startImapServer()
  let refused = 0
  imap.refuse = (command) => (command.startsWith('UID MOVE') && refused++ < 2 ? 'NO not now' : undefined)
  imap.deliver(bounceOf(test, 32))
  await using _reading = read(test.app, imap)
  await until(() => counts(imap).join() === '0,1')
  assert.ok(refused >= 2)
  assert.equal((await test.events()).length, 1)
})

test('while the store is away nothing is moved, and afterwards nothing is missing', async () => {
  await using test = await startReturned()
  await using imap = await startImapServer()
  let isAway = false
  const app = withStoreAway(test.app, () => isAway)
  await using _reading = read(app, imap)
  await until(() => imap.heard.at(-1) === 'IDLE')
  isAway = true
  imap.deliver(bounceOf(test, 32))
  await until(() => imap.connections() === 0)
  await setTimeout(100)
  assert.deepEqual(counts(imap), [1, 0])
  isAway = false
  await until(() => counts(imap).join() === '0,1')
  assert.equal((await test.events()).length, 1)
})

test('connections that end and log-ins that are refused are tried again', async () => {
  await using test = await startReturned()
  await using imap = await startImapServer()
  let logins = 0
  imap.refuse = (command) => (command.startsWith('LOGIN') && ++logins < 3 ? 'NO [AUTHENTICATIONFAILED] no' : undefined)
  await using _reading = read(test.app, imap)
  await until(() => imap.heard.at(-1) === 'IDLE')
  assert.equal(logins, 3)
  imap.drop()
  await until(() => logins === 4 && imap.heard.at(-1) === 'IDLE')
  imap.deliver(bounceOf(test, 32))
  await until(() => counts(imap).join() === '0,1')
})

test('mails that were looked at are not fetched again, unless the mailbox was made anew', async () => {
  await using test = await startReturned()
  await using imap = await startImapServer()
  for (let i = 0; i < 25; i++) imap.deliver(letter)
  const fetched = (): number => imap.heard.filter((command) => command.startsWith('UID FETCH')).length
  const readAll = async (): Promise<void> => {
    await using _reading = read(test.app, imap)
    imap.heard.length = 0
    await until(() => imap.heard.at(-1) === 'IDLE')
  }
  await readAll()
  assert.equal(fetched(), 3)
  await readAll()
  assert.equal(fetched(), 0)
  imap.uidValidity = 8
  await readAll()
  assert.equal(fetched(), 3)
})

testOnEach('of several processes one reads, and another goes on when it is gone', async () => {
  await using test = await startReturned()
  await using imap = await startImapServer()
  await using second = await openSecondApp(test)
  const first = read(test.app, imap)
  await until(() => imap.heard.at(-1) === 'IDLE')
  await using _other = read(second, imap)
  await setTimeout(150)
  assert.equal(imap.connections(), 1)
  await first[Symbol.asyncDispose]()
  await until(() => imap.connections() === 1 && imap.heard.at(-1) === 'IDLE')
  imap.deliver(bounceOf(test, 32))
  await until(() => counts(imap).join() === '0,1')
})

test('a mail that is too large stays where it is, and those behind it are read', async () => {
  await using test = await startReturned()
  await using imap = await startImapServer()
  imap.deliver(Buffer.concat([bounceOf(test, 32), Buffer.alloc(1024 * 1024, 'x')]))
  imap.deliver(bounceOf(test, 33))
  await using _reading = read(test.app, imap)
  await until(() => counts(imap).join() === '1,1')
  assert.deepEqual([(await test.events(32)).length, (await test.events(33)).length], [0, 1])
})
