// `contrail bounces parse` as its user sees it.

import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdir, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startCli } from '../../../test/cli.ts'

const samples = fileURLToPath(new URL('../../../testdata/bounces/sisimai/', import.meta.url))

test('each recipient is a line of JSON, in the order of the mail, without an account or a store', async () => {
  await using cli = await startCli()
  const file = join(samples, 'lhost-zoho-02.eml')
  const { code, out, err } = await cli.run('bounces', 'parse', file, '--json')
  assert.deepEqual([code, err], [0, ''])
  const lines = out.trimEnd().split('\n')
  assert.equal(lines.length, 2)
  assert.ok(
    lines[1]!.startsWith(
      `{"file":${JSON.stringify(file)},"recipient":"sabineko@example.co.jp","kind":"bounce","letter":"F","severity":"soft","status":"5.2.2",`,
    ),
    lines[1]!,
  )
  assert.equal(existsSync(join(cli.folder, 'data')), false)
})

test('a mail that is no report, an empty one too, is one line of the kind none; standard input is "-"', async () => {
  await using cli = await startCli()
  for (const stdin of ['', 'Subject: Lunch?\n\nToday?', '\0\0\0']) {
    const { code, out } = await cli.runWith({ stdin }, 'bounces', 'parse', '-', '--json')
    assert.equal(code, 0)
    assert.match(
      out,
      /^\{"file":"-","recipient":null,"kind":"none","letter":null,"severity":null,"status":null,.*\}\n$/,
    )
  }
})

test('all mails of an mbox are read, and counted', async () => {
  await using cli = await startCli()
  const { out } = await cli.run('bounces', 'parse', join(samples, 'rfc3464-28.eml'), '--json')
  const lines = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { recipient: string; kind: string; mail: number })
  assert.deepEqual(
    lines.map(({ recipient, kind, mail }) => [recipient, kind, mail]),
    [
      ['kijitora@neko.example.jp', 'delivered', 1],
      ['info@neko.example.jp', 'delivered', 2],
    ],
  )
})

test('files that cannot be read are named on standard error, and the others are read', async () => {
  await using cli = await startCli()
  const [folder, big] = [join(cli.folder, 'folder'), join(cli.folder, 'big')]
  await mkdir(folder)
  await writeFile(big, '')
  await truncate(big, 65 * 1024 * 1024)
  const files = [join(cli.folder, 'missing'), folder, big, join(samples, 'lhost-exim-58.eml')]
  const asJson = await cli.run('bounces', 'parse', ...files, '--json')
  assert.equal(asJson.code, 1)
  assert.match(asJson.out, /"recipient":"kijitora@example.us"/)
  const messages = asJson.err
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { error: { message: string } }).error.message)
  assert.deepEqual(
    messages.map((message, i) => message.startsWith(`${files[i]} was not read: `)),
    [true, true, true],
  )
  assert.match(messages[2]!, /larger than 64 MiB/)
  const asTable = await cli.run('bounces', 'parse', ...files)
  assert.equal(asTable.code, 1)
  assert.match(asTable.err, /missing was not read: ENOENT/)
  assert.match(
    asTable.out,
    /^FILE +RECIPIENT +KIND +LETTER +SEVERITY +STATUS +WHAT THE SERVER SAID\n.*kijitora@example.us +bounce +Z +soft +- +.*Line limit exceeded\n$/,
  )
})

test('what a mail says cannot steer the terminal, and standard input is read once', async () => {
  await using cli = await startCli()
  const stdin =
    'Return-Path: <>\nFrom: MAILER-DAEMON@mx\nSubject: failure notice\n\n<ann@dest.example>:\n550 no such user \u001b[2J\u202e\n'
  const { out } = await cli.runWith({ stdin }, 'bounces', 'parse', '-')
  assert.match(out, /ann@dest\.example +bounce +B +hard/)
  assert.doesNotMatch(out, /[\u001b\u202e]/)
  assert.equal((await cli.run('bounces', 'parse', '-', '-')).code, 2)
  assert.equal((await cli.run('bounces', 'parse')).code, 2)
})
