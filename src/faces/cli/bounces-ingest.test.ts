// Bounces through a pipe, with the exit codes that mail servers know, and the reports that wait for a decision.

import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { startCli } from '../../../test/cli.ts'
import type { Cli, Ran } from '../../../test/cli.ts'
import { dsn, letter } from '../../../test/returned-mail.ts'
import { testNow } from '../../../test/server.ts'
import { openApp } from '../../app.ts'
import { readConfig } from '../../config.ts'
import { chooseAccount } from '../../core/accounts/account.ts'
import { sealAddressToken } from '../../core/tracking/token.ts'
import { openLog } from '../../log.ts'

interface Prepared extends Cli {
  verp: string
  ingest(raw: Uint8Array, ...args: string[]): Promise<Ran>
}

/** A contact that had a message an hour ago. */
async function prepare(): Promise<Prepared> {
  const cli = await startCli()
  const history = join(cli.folder, 'history.ndjson')
  const lines = [
    { type: 'campaign', id: 1100, name: 'October' },
    { type: 'contact', id: 32, email: 'jflowers@mail.com' },
    {
      type: 'event',
      kind: 'send',
      contact: 32,
      campaign: 1100,
      at: new Date(testNow - 3_600_000),
      messageId: 'one@x.example',
    },
  ]
  await writeFile(history, lines.map((line) => JSON.stringify(line)).join('\n'))
  for (const args of [
    ['account', 'create', 'joesflowers'],
    ['import', history],
  ])
    assert.equal((await cli.run(...args)).code, 0)
  const config = readConfig({ dataDir: join(cli.folder, 'data') }, {})
  await using app = await openApp(config, { log: openLog('silent'), now: () => testNow })
  const { accountId } = await chooseAccount(app.db, undefined)
  const fields = { accountId, contactId: 32, campaignId: 1100, sendNo: 0, linkNo: 0 }
  return {
    ...cli,
    verp: `b.${sealAddressToken(app.tracking.keys.newest, 'verp', fields)}@bounce.test`,
    ingest: (raw, ...args) => cli.runWith({ stdin: Buffer.from(raw).toString('latin1') }, 'bounces', 'ingest', ...args),
  }
}

test('a bounce through a pipe is stored before the mail server hears 0', async () => {
  await using cli = await prepare()
  const { code, out } = await cli.ingest(dsn(), '--recipient', cli.verp, '--sender', '')
  assert.deepEqual([code, out], [0, 'A report of the kind "bounce" about contact 32 and campaign 1100: recorded.\n'])
  const file = join(cli.folder, 'bounce.eml')
  await writeFile(file, dsn())
  const again = await cli.run('bounces', 'ingest', file, '--recipient', cli.verp, '--json')
  assert.deepEqual([again.code, (JSON.parse(again.out) as { outcome: string }).outcome], [0, 'duplicate'])
  assert.match((await cli.run('events', 'jflowers@mail.com', '--kind', 'bounce')).out, /B .*no such user|Non-existent/)
})

test('the mail server keeps the mail whenever it may be taken later, and gives it up only for what it says itself', async () => {
  await using cli = await prepare()
  assert.equal((await cli.ingest(dsn(), '--recipient', `b.${'0'.repeat(44)}@bounce.test`)).code, 67)
  assert.equal((await cli.ingest(Buffer.alloc(1024 * 1024 + 1, 'x'), '--recipient', cli.verp)).code, 65)
  // No store, a store that is a mistake, a file that is not there.
  const away = ['--database', 'postgresql://nobody@127.0.0.1:1/none']
  assert.equal((await cli.ingest(dsn(), '--recipient', cli.verp, ...away)).code, 75)
  assert.equal((await cli.ingest(dsn(), '--data', join(cli.folder, 'nowhere'))).code, 75)
  assert.equal((await cli.ingest(dsn(), '--database', 'nonsense')).code, 75)
  assert.equal((await cli.run('bounces', 'ingest', join(cli.folder, 'none.eml'))).code, 75)
  // Ordinary mail is taken, and nothing follows.
  assert.match((await cli.ingest(letter)).out, /nothing is kept/)
})

test('a report without a token waits, is shown, and takes effect when an operator says so', async () => {
  await using cli = await prepare()
  const queued = await cli.ingest(dsn({ returned: ['Message-ID: <one@x.example>'] }), '--json')
  const { reviewId, reason } = JSON.parse(queued.out) as { reviewId: string; reason: string }
  assert.equal(reason, 'low-confidence')
  const review = (...args: string[]): Promise<Ran> => cli.run('bounces', 'review', ...args)
  assert.match((await review('list')).out, new RegExp(`${reviewId} +2009-11-19 14:49:21 +low-confidence +bounce +5\\.1\\.1 +jflowers@mail\\.com`)) // oxfmt-ignore
  const shown = (await review('show', reviewId)).out
  assert.match(shown, /code: +B \(Non-existent address\)\n[\s\S]*seems to be: +about contact 32 and campaign 1100/)
  assert.equal(
    (await review('show', reviewId, '--raw')).out,
    dsn({ returned: ['Message-ID: <one@x.example>'] }).toString(),
  )
  assert.deepEqual(await review('assign', reviewId), { code: 0, out: 'Contact 32: recorded.\n', err: '' })
  assert.match((await review('assign', reviewId)).err, /there is no report/)
  assert.match((await cli.run('events', 'jflowers@mail.com', '--kind', 'bounce')).out, /5\.1\.1|no such user/)
  assert.equal((await review('list', '--json')).out, '')
})

test('what nothing is proposed for needs a contact and a campaign, or is dropped', async () => {
  await using cli = await prepare()
  const review = (...args: string[]): Promise<Ran> => cli.run('bounces', 'review', ...args)
  const queue = async (raw: Buffer): Promise<string> =>
    (JSON.parse((await cli.ingest(raw, '--json')).out) as { reviewId: string }).reviewId
  const [one, two] = [await queue(dsn({ recipient: 'a@b.example' })), await queue(dsn({ recipient: 'c@d.example' }))]
  assert.deepEqual(
    (await review('list', '--json')).out.trim().split('\n').map((line) => (JSON.parse(line) as { isNobodys: boolean }).isNobodys), // oxfmt-ignore
    [true, true],
  )
  assert.match((await review('assign', one)).err, /name the contact and the campaign/)
  const whom = ['--contact', 'jflowers@mail.com', '--campaign', 'October']
  assert.equal((await review('assign', one, ...whom)).out, 'Contact 32: recorded.\n')
  assert.equal((await review('drop', two)).code, 0)
  assert.equal((await review('drop', two)).code, 1)
  assert.equal((await review('list', '--json')).out, '')
})
