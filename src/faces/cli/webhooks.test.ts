// `contrail webhooks`, from making one to removing it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startCli } from '../../../test/cli.ts'
import type { Cli } from '../../../test/cli.ts'
import { startReceiver } from '../../../test/webhook-receiver.ts'
import { verifyWebhook } from '../../../sdk/src/webhooks.ts'
import { testNow } from '../../../test/server.ts'

const reach = { CONTRAIL_WEBHOOK_INSECURE: 'on', CONTRAIL_WEBHOOK_ALLOW: '127.0.0.0/8' }

async function startWithAccount(): Promise<Cli> {
  const cli = await startCli()
  const created = await cli.runWith({ stdin: 'secret\n' }, 'account', 'create', 'joesflowers', '--password-stdin')
  assert.equal(created.code, 0, created.err)
  return cli
}

test('a webhook is made, tested, turned off and on, replayed and removed', async () => {
  await using receiver = await startReceiver()
  await using cli = await startWithAccount()
  const run = async (...args: string[]): Promise<string> => {
    const ran = await cli.runWith({ env: reach }, 'webhooks', ...args)
    assert.equal(ran.code, 0, ran.err)
    return ran.out
  }
  const { id, secret } = JSON.parse(await run('create', receiver.url, '--kind', 'clicks,bounce', '--name', 'crm', '--json')) as Record<'id' | 'secret', string> // oxfmt-ignore
  assert.match(await run('list'), new RegExp(`${id} +active .* click,bounce +crm +${receiver.url}/`))
  assert.match(await run('test', id), /^It answered 204 after \d+ ms\.\n$/)
  const { payload } = await verifyWebhook<{ type: string }>(receiver.received[0]!, { secret, now: testNow })
  assert.equal(payload.type, 'webhook.test')
  assert.match(await run('attempts', id), / test +1 +204 /)
  assert.match(await run('rotate', id), /shown this once:\n\n {2}whsec_\S+\n$/)
  await run('disable', id)
  assert.match(await run('show', id), /State +disabled\nReason +by hand\n/)
  await run('enable', id)
  assert.match(await run('show', id), /State +active\nKinds +click, bounce\n/)
  await run('replay', id, '--from', '2009-10-01')
  assert.match(await run('show', id), /Delivered until +2009-09-30/)
  await run('remove', id)
  assert.equal(await run('list', '--json'), '')
})

test('a test that fails says why and is a failure', async () => {
  await using receiver = await startReceiver()
  receiver.answer = () => ({ status: 403, body: 'not \u001b[31myou' })
  await using cli = await startWithAccount()
  const made = await cli.runWith({ env: reach }, 'webhooks', 'create', receiver.url, '--json')
  const { id } = JSON.parse(made.out) as { id: string }
  const { code, out } = await cli.runWith({ env: reach }, 'webhooks', 'test', id)
  assert.deepEqual([code, out], [1, 'It failed: it answered 403.\n\n  not  [31myou\n'])
  // The settings count when it is sent, not when it was made.
  const inside = await cli.run('webhooks', 'test', id)
  assert.deepEqual([inside.code, inside.out], [1, 'It failed: 127.0.0.1 is not on the public internet.\n'])
})

test('what can not be done is refused in words', async () => {
  await using cli = await startWithAccount()
  const inside = await cli.run('webhooks', 'create', 'https://10.0.0.1/')
  assert.deepEqual([inside.code, inside.err], [2, 'contrail: the URL of a webhook must be on the public internet [invalid_input]\n']) // oxfmt-ignore
  const short = await cli.run('webhooks', 'create', 'https://example.com/', '--secret', 'whsec_abc')
  assert.match(short.err, /24 to 64 bytes/)
  for (const name of ['show', 'test', 'rotate', 'enable', 'disable', 'remove', 'attempts'])
    assert.deepEqual((await cli.run('webhooks', name, 'nothere')).err, 'contrail: there is no webhook nothere [not_found]\n', name) // oxfmt-ignore
})
