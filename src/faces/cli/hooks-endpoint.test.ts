// `contrail hooks endpoint` and `contrail hooks inbox`, from making an address to reading what came there again.

import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { startCli } from '../../../test/cli.ts'
import type { Cli } from '../../../test/cli.ts'
import { signedHeaders } from '../../../test/hooks.ts'
import { testNow } from '../../../test/server.ts'
import { openApp } from '../../app.ts'
import { readConfig } from '../../config.ts'
import { openLog } from '../../log.ts'
import { createFetch } from '../../server.ts'

async function startWithAccount(): Promise<Cli> {
  const cli = await startCli()
  const created = await cli.runWith({ stdin: 'secret\n' }, 'account', 'create', 'joesflowers', '--password-stdin')
  assert.equal(created.code, 0, created.err)
  return cli
}

const create = (cli: Cli, ...args: string[]): ReturnType<Cli['run']> => cli.run('hooks', 'endpoint', 'create', ...args)

test('an address is made for a provider, with a secret that is shown once', async () => {
  await using cli = await startWithAccount()
  const made = await create(
    cli,
    '--provider',
    'generic',
    '--name',
    'my mailer',
    '--public-url',
    'https://mail.example.com',
  )
  assert.equal(made.code, 0, made.err)
  assert.match(made.out, /https:\/\/mail\.example\.com\/hooks\/generic\/[\w-]{24}\n[^]*whsec_[\w+/]{43}=\n$/)
  const secret = /whsec_\S+/.exec(made.out)![0]
  const listed = await cli.run('hooks', 'endpoint', 'list', '--json')
  assert.ok(!listed.out.includes(secret.slice(6)))
  const { id, url, ...endpoint } = JSON.parse(listed.out) as Record<string, unknown>
  assert.equal(url, `http://127.0.0.1:8425/hooks/generic/${String(id)}`)
  assert.deepEqual([endpoint['provider'], endpoint['name'], endpoint['secrets'], endpoint['creates']], ['generic', 'my mailer', 1, false]) // oxfmt-ignore
  const rotated = await cli.run('hooks', 'endpoint', 'rotate', String(id), '--json')
  assert.match((JSON.parse(rotated.out) as { secret: string }).secret, /^whsec_/)
  assert.equal((JSON.parse(rotated.out) as { secrets: number }).secrets, 2)
  const finished = await cli.run('hooks', 'endpoint', 'rotate', String(id), '--finish', '--json')
  assert.deepEqual(JSON.parse(finished.out), { id, secrets: 1 })
  assert.equal((await cli.run('hooks', 'endpoint', 'remove', String(id))).code, 0)
  assert.equal((await cli.run('hooks', 'endpoint', 'remove', String(id))).code, 1)
  assert.equal((await cli.run('hooks', 'endpoint', 'list', '--json')).out, '')
})

test('each provider is asked for what it is told by, and for nothing else', async () => {
  await using cli = await startWithAccount()
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const key = publicKey.export({ type: 'spki', format: 'der' }).toString('base64')
  const topic = 'arn:aws:sns:us-east-1:123456789012:mail'
  for (const [code, ...args] of [
    [0, 'sendgrid', '--secret', key, '--create'],
    [2, 'sendgrid', '--secret', 'no key'],
    [2, 'sendgrid'],
    [0, 'mailgun', '--secret', 'signing key'],
    [2, 'mailgun', '--secret', 'short'],
    [2, 'mailgun', '--secret', 'signing key', '--basic-auth', 'me:password'],
    [0, 'resend', '--secret', 'whsec_ESwTAuuIe3yfH4DgdgI+ENsiNzPAGdp+'],
    [2, 'resend', '--secret', 'whsec_'],
    [0, 'postmark', '--basic-auth', 'me:password'],
    [2, 'postmark', '--basic-auth', 'me'],
    [0, 'brevo'],
    [0, 'ses', '--topic', topic, '--topic', `${topic}2`],
    [2, 'ses'],
    [2, 'ses', '--topic', topic, '--secret', 'long enough'],
    [2, 'brevo', '--topic', topic],
  ] as const) {
    const [provider, ...options] = args
    const made = await create(cli, '--provider', provider, ...options)
    assert.equal(made.code, code, `${args.join(' ')}: ${made.err}`)
  }
  const { out } = await cli.run('hooks', 'endpoint', 'list')
  assert.equal(out.trimEnd().split('\n').length, 7)
  assert.ok(!out.includes('password') && !out.includes('signing'))
})

test('what came in is listed, shown as it came, and read again', async () => {
  await using cli = await startWithAccount()
  const made = await create(cli, '--provider', 'generic', '--secret', `whsec_${Buffer.alloc(32, 7).toString('base64')}`, '--json') // oxfmt-ignore
  const { url } = JSON.parse(made.out) as { url: string }
  const body = '[{"type":"open","email":"nobody@example.com"}]'
  {
    const config = readConfig({ dataDir: join(cli.folder, 'data') }, {})
    await using app = await openApp(config, { log: openLog('silent'), now: () => testNow })
    const request = new Request(url, { method: 'POST', body, headers: signedHeaders(body, testNow) })
    assert.equal((await createFetch(app)(request)).status, 200)
  }
  const listed = JSON.parse((await cli.run('hooks', 'inbox', 'list', '--json')).out) as Record<string, unknown>
  assert.deepEqual([listed['number'], listed['provider'], listed['state'], listed['receivedAt']], [1, 'generic', 'new', new Date(testNow).toISOString()]) // oxfmt-ignore
  assert.match((await cli.run('hooks', 'inbox', 'list')).out, /NUMBER.*\n1 +2009-11-19 14:49:21 +generic +new/)
  assert.equal((await cli.run('hooks', 'inbox', 'show', '1')).out, body)
  assert.equal((await cli.run('hooks', 'inbox', 'replay', '1')).code, 0)
  assert.equal((await cli.run('hooks', 'inbox', 'replay', '2')).code, 1)
  assert.equal((await cli.run('hooks', 'inbox', 'replay')).code, 2)
  const replayed = await cli.run('hooks', 'inbox', 'replay', '--state', 'new,partly', '--json')
  assert.deepEqual(JSON.parse(replayed.out), { replayed: 1 })
  assert.equal((await cli.run('hooks', 'inbox', 'list', '--state', 'lost')).code, 2)
  assert.equal((await cli.run('hooks', 'inbox', 'list', '--state', 'failed', '--json')).out, '')
})

test('the examples of the help are commands that there are', async () => {
  await using cli = await startCli()
  for (const command of [['endpoint', 'create'], ['inbox', 'replay'], ['parse']])
    assert.match((await cli.run('hooks', ...command, '--help')).out, /Examples:\n {2}contrail hooks /)
  assert.match(await readFile(join(import.meta.dirname, '../../../docs/webhooks-in.md'), 'utf8'), /contrail hooks endpoint create/) // oxfmt-ignore
})
