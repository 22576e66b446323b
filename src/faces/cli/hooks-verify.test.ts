// `contrail hooks verify`: captured requests, with no store at all.

import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { startCli } from '../../../test/cli.ts'
import { hookSecret, signedHeaders } from '../../../test/hooks.ts'

const body = '[{"type":"open","email":"joe@example.com"}]'
const at = '2026-11-26T10:00:00Z'
const headers = Object.entries(signedHeaders(body, Date.parse(at), 'msg_1')).flatMap(([name, value]) => ['--header', `${name}: ${value}`]) // oxfmt-ignore
const verify = ['hooks', 'verify', '--provider', 'generic', '--secret', hookSecret]

test('a request that was captured is genuine, or it is said why not, and nothing is stored', async () => {
  await using cli = await startCli()
  const right = await cli.runWith({ stdin: body }, ...verify, ...headers, '--at', at, '-')
  assert.deepEqual([right.code, right.out, right.err], [0, 'It is genuine; the provider calls it msg_1.\n', ''])
  const changed = await cli.runWith({ stdin: `${body} ` }, ...verify, ...headers, '--at', at, '--json', '-')
  assert.equal(changed.code, 1)
  const { genuine, reason } = JSON.parse(changed.out) as Record<string, unknown>
  assert.deepEqual([genuine, typeof reason], [false, 'string'])
  const old = await cli.runWith({ stdin: body }, ...verify, ...headers, '--at', '2026-11-26T11:00:00Z', '-')
  assert.equal(old.code, 1)
  assert.match(old.err, /^contrail: not genuine: .*\n$/)
  assert.equal(existsSync(join(cli.folder, 'data')), false)
})

test('the secret may be in a file, and what nobody gave is asked for', async () => {
  await using cli = await startCli()
  const [file, key] = [join(cli.folder, 'body.json'), join(cli.folder, 'key.txt')]
  const signature = { timestamp: '1795687200', token: 'a'.repeat(50) }
  const signed = createHmac('sha256', 'signing key').update(signature.timestamp + signature.token).digest('hex') // oxfmt-ignore
  await writeFile(file, JSON.stringify({ signature: { ...signature, signature: signed }, 'event-data': {} }))
  await writeFile(key, 'signing key\n')
  const mailgun = ['hooks', 'verify', '--provider', 'mailgun', '--at', '2026-11-26T10:00:00Z']
  const right = await cli.run(...mailgun, '--secret-from', key, file)
  assert.deepEqual([right.code, right.err], [0, ''])
  for (const options of [
    [],
    ['--secret', 'signing key', '--secret-from', key],
    ['--topic', 'arn'],
    ['--header', 'none', '--secret', 'signing key'],
  ])
    // oxfmt-ignore
    assert.equal((await cli.run(...mailgun, ...options, file)).code, 2, options.join(' '))
  assert.equal((await cli.run('hooks', 'verify', '--provider', 'generic', file)).code, 2)
})
