// Sending from the command line, by a real SMTP server: what is asked for happens or is refused, never both.

import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { test } from 'node:test'
import { startCli } from '../../../test/cli.ts'
import type { Cli, Ran } from '../../../test/cli.ts'
import { startSending } from '../../../test/sending.ts'
import { startSmtpSink } from '../../../test/smtp-sink.ts'
import { startCampaign } from '../../core/sending/start-campaign.ts'
import { sql } from '../../db/sql.ts'
import type { CliContext } from './context.ts'
import { sendHereIfNobodyDoes } from './send-here.ts'

const mail = ['--public-url', 'https://track.example']
const from = ['--from', 'joe@joesflowers.example', '--subject', 'Hello']

/** An account with a sender, a list of two contacts and a draft to them. */
async function prepare(cli: Cli): Promise<void> {
  const people = ['ada', 'ben'].map((name) =>
    JSON.stringify({ type: 'contact', email: `${name}@mail.example`, lists: ['All'] }),
  )
  const [history, html] = [join(cli.folder, 'people.ndjson'), join(cli.folder, 'mail.html')]
  await writeFile(history, `${people.join('\n')}\n`)
  await writeFile(html, '<p>Hello</p>')
  for (const args of [
    ['account', 'create', 'joesflowers'],
    ['import', history],
    ['sender', 'add', 'joe@joesflowers.example'],
    ['campaign', 'create', 'News', ...from, '--html', html, '--list', 'All', '--address', '1 Main St'],
  ])
    await succeed(cli, ...args)
}

async function succeed(cli: Cli, ...args: string[]): Promise<string> {
  const { code, out, err } = await cli.run(...args)
  assert.equal(code, 0, err)
  return out
}

function refused({ code, err }: Ran, words: RegExp): void {
  assert.ok(code > 0)
  assert.match(err, words)
}

test('a campaign goes out from the command line where no server sends', async () => {
  await using cli = await startCli()
  await using sink = await startSmtpSink()
  await prepare(cli)
  const out = await succeed(cli, 'campaign', 'send', 'News', '--yes', '--smtp', sink.url, ...mail)
  assert.match(out, /2 accepted by the relay/)
  assert.equal(sink.messages.length, 2)
})

test('without a relay nothing is queued and no campaign is started', async () => {
  await using cli = await startCli()
  await prepare(cli)
  const text = join(cli.folder, 'mail.html')
  refused(await cli.run('campaign', 'send', 'News', '--yes'), /there is no relay/)
  refused(await cli.run('campaign', 'test', 'News', '--to', 'me@joesflowers.example'), /there is no relay/)
  refused(await cli.run('send', 'ada@mail.example', ...from, '--text', text), /there is no relay/)
  assert.match(await succeed(cli, 'campaign', 'status', 'News'), /draft\n {2}never sent from here/)
  await using sink = await startSmtpSink()
  await succeed(cli, 'send', 'ben@mail.example', ...from, '--text', text, '--smtp', sink.url, ...mail)
  assert.deepEqual(
    sink.messages.map(({ to }) => to),
    ['ben@mail.example'],
  )
})

test('who does not wait is told when nobody sends', async () => {
  await using cli = await startCli()
  await prepare(cli)
  const { code, err } = await cli.run('campaign', 'send', 'News', '--yes', '--no-wait')
  assert.deepEqual([code, /No server is sending/.test(err)], [0, true])
})

test('a schedule is refused where the campaign lacks something, and taken away by cancelling', async () => {
  await using cli = await startCli()
  await prepare(cli)
  await succeed(cli, 'campaign', 'update', 'News', '--address', '')
  refused(await cli.run('campaign', 'send', 'News', '--at', '2030-01-01'), /no OrganizationAddress1/)
  await succeed(cli, 'campaign', 'update', 'News', '--address', '1 Main St')
  await succeed(cli, 'campaign', 'send', 'News', '--at', '2030-01-01')
  assert.match(await succeed(cli, 'campaign', 'cancel', 'News'), /is not scheduled any more/)
  assert.match(await succeed(cli, 'campaign', 'status', 'News'), /draft/)
})

test('a test is refused while its campaign is paused, and is none of the recipients', async () => {
  await using cli = await startCli()
  await using sink = await startSmtpSink()
  await prepare(cli)
  const testing = ['campaign', 'test', 'News', '--to', 'me@joesflowers.example', '--smtp', sink.url, ...mail]
  await succeed(cli, ...testing)
  assert.match(await succeed(cli, 'campaign', 'status', 'News'), / 0 recipients/)
  await succeed(cli, 'campaign', 'send', 'News', '--yes', '--no-wait')
  await succeed(cli, 'campaign', 'pause', 'News')
  refused(await cli.run(...testing), /the campaign is paused/)
})

test('messages whose fate is unknown are counted when they are sent again', async () => {
  await using cli = await startCli()
  await using sink = await startSmtpSink({ data: ({ to }) => (to.startsWith('ada') ? 'drop' : undefined) })
  await prepare(cli)
  await succeed(cli, 'campaign', 'send', 'News', '--yes', '--smtp', sink.url, ...mail)
  assert.match(await succeed(cli, 'campaign', 'requeue', 'News'), /sends 1 messages again/)
  assert.match(await succeed(cli, 'campaign', 'requeue', 'News'), /sends 0 messages again/)
})

test('keys and streams of single messages have limits, and the same key sends once', async () => {
  await using cli = await startCli()
  await using sink = await startSmtpSink()
  await prepare(cli)
  const text = join(cli.folder, 'mail.html')
  const send = (...more: string[]): Promise<Ran> =>
    cli.run('send', 'ada@mail.example', ...from, '--text', text, '--smtp', sink.url, ...mail, ...more)
  refused(await send('--idempotency-key', ''), /a key has 1 to 255/)
  refused(await send('--idempotency-key', 'k'.repeat(256)), /a key has 1 to 255/)
  refused(await send('--stream', ''), /the name of a stream/)
  refused(await send('--stream', 's'.repeat(81)), /the name of a stream/)
  for (let times = 0; times < 2; times++) assert.equal((await send('--idempotency-key', 'order-7')).code, 0)
  assert.equal(sink.messages.length, 1)
})

test('a DKIM record is printed with its name, and names that can not be in the DNS are refused', async () => {
  await using cli = await startCli()
  await prepare(cli)
  assert.match(
    await succeed(cli, 'dkim', 'create', 'joesflowers.example', '--selector', 's1'),
    /^s1\._domainkey\.joesflowers\.example\. IN TXT \( "v=DKIM1;/m,
  )
  for (const domain of ['http://joesflowers.example/', 'joes flowers.example', 'localhost', ''])
    refused(await cli.run('dkim', 'create', domain), /is no domain/)
  refused(await cli.run('dkim', 'create', 'joesflowers.example', '--selector', 'a b'), /is no selector/)
})

test('a command that waits for a server sends by itself when that server is gone', async () => {
  await using sending = await startSending()
  const { app, clock } = sending
  let told = ''
  const stderr = new Writable({ write: (chunk, _encoding, done) => ((told += String(chunk)), done()) })
  const context = { stderr, stopRequested: () => new Promise(() => undefined) } as unknown as CliContext
  await app.db.transaction((tx) =>
    tx.run(sql`insert into sending_process(holder, alive_until) values ('killed', ${clock.now + 20_000})`),
  )
  await using waiting = await sendHereIfNobodyDoes(context, app)
  await waiting.pause(1)
  assert.equal(told, '')
  clock.now += 30_000
  await waiting.pause(1)
  assert.match(told, /this command does it/)
})

test('a command that sends stops when it is asked to, and leaves the rest for others', async () => {
  await using sending = await startSending({
    data: () => new Promise((resolve) => setTimeout(() => resolve(undefined), 50)),
  })
  const { app, accountId } = sending
  const { campaignId } = await sending.draft(Array.from({ length: 100 }, (_, i) => `reader${i}@mail.example`))
  await startCampaign(app.db, accountId, campaignId, app.now())
  const stop = Promise.withResolvers<string>()
  const stderr = new Writable({ write: (_chunk, _encoding, done) => done() })
  const context = { stderr, stopRequested: () => stop.promise } as unknown as CliContext
  const command = async (): Promise<void> => {
    await using waiting = await sendHereIfNobodyDoes(context, app)
    for (;;) {
      await waiting.pause(20)
      if (sending.sink.messages.length > 8) stop.resolve('SIGINT')
    }
  }
  await assert.rejects(command(), /stopped: what is left/)
  const { counts } = await sending.until(campaignId, () => true)
  assert.deepEqual([counts.claimed, counts['in-flight'], counts.unknown], [0, 0, 0])
  assert.ok(counts.pending > 0 && counts.accepted > 8)
})
