// `contrail hooks parse`: payloads as lines of JSON or as a table, with no store at all.

import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { startCli } from '../../../test/cli.ts'

const samples = join(import.meta.dirname, '../../../testdata/hooks')

test('each event of a payload is a line of JSON with every key, and nothing is stored', async () => {
  await using cli = await startCli()
  const file = join(samples, 'ses-sns/anymail/bounce_event.json')
  const { code, out, err } = await cli.run('hooks', 'parse', '--provider', 'ses-sns', '--json', file)
  assert.deepEqual([code, err], [0, ''])
  const lines = out.trimEnd().split('\n')
  assert.equal(lines.length, 1)
  assert.ok(lines[0]!.startsWith('{"provider":"ses","kind":"bounced","recipient":"jane@example.com","at":"2016-01-27T14:59:44.101Z",')) // oxfmt-ignore
  const { dedupeKey, file: named, ...event } = JSON.parse(lines[0]!) as Record<string, unknown>
  assert.match(String(dedupeKey), /^[\w-]{32}$/)
  assert.equal(named, file)
  assert.deepEqual([event['letter'], event['severity'], event['status'], event['url']], ['B', 'hard', '5.1.1', null])
  assert.equal(existsSync(join(cli.folder, 'data')), false)
})

test('without --json it is a table, and terminals obey nothing in it', async () => {
  await using cli = await startCli()
  const stdin = JSON.stringify([
    { event: 'bounce', email: 'a@b.example', reason: 'no\u001b[2Jsuch user', timestamp: 1 },
  ])
  const { code, out } = await cli.runWith({ stdin }, 'hooks', 'parse', '--provider', 'sendgrid', '-')
  assert.equal(code, 0)
  assert.match(out, /^AT \(UTC\) +KIND +WHY +RECIPIENT +DETAIL\n1970-01-01 00:00:01 +bounced +B hard +a@b\.example +no.\[2Jsuch user\n$/) // oxfmt-ignore
  assert.ok(!out.includes('\u001b'))
})

test('what makes no sense is said on standard error beside the rest, and the exit code tells', async () => {
  await using cli = await startCli()
  const stdin = JSON.stringify([{ event: 'open', email: 'a@b.example' }, 7])
  const partly = await cli.runWith({ stdin }, 'hooks', 'parse', '--provider', 'sendgrid', '--json', '-')
  assert.equal(partly.code, 1)
  assert.equal(partly.out.trimEnd().split('\n').length, 1)
  assert.match(partly.err, /^\{"error":\{"code":"invalid_input","message":"-: event 2: .* not a number"\}\}\n$/)
  const bad = join(cli.folder, 'bad.json')
  await writeFile(bad, '{"event":')
  const good = join(samples, 'postmark/symfony/open.json')
  const none = await cli.run('hooks', 'parse', '--provider', 'postmark', '--json', bad, good)
  assert.equal(none.code, 1)
  assert.match(none.err, /bad\.json: the body is no JSON/)
  assert.match(none.out, /^\{"provider":"postmark","kind":"opened"/)
  assert.equal((await cli.run('hooks', 'parse', '--provider', 'pigeon', bad)).code, 2)
  assert.equal((await cli.run('hooks', 'parse', bad)).code, 2)
  assert.equal((await cli.run('hooks', 'parse', '--provider', 'brevo', join(cli.folder, 'none.json'))).code, 1)
})
