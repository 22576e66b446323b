import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startCli } from '../../../test/cli.ts'

test('users are made, listed and given new links, by whoever has the folder', async () => {
  await using cli = await startCli()
  await cli.run('account', 'create', 'joesflowers')
  const created = await cli.run('user', 'create', 'Joe@Flowers.example', '--public-url', 'https://mail.example.com')
  assert.equal(created.code, 0, created.err)
  assert.match(created.out, /joe@flowers\.example is added to joesflowers as owner/)
  assert.match(created.out, /https:\/\/mail\.example\.com\/welcome\?link=1\.[\w-]{43}\n/)
  const again = await cli.run('user', 'create', 'joe@flowers.example')
  assert.equal(again.code, 1)
  assert.match(again.err, /is a user already/)
  assert.equal((await cli.run('user', 'create', 'nobody')).code, 2)
  await cli.run('user', 'create', 'vic@flowers.example', '--role', 'viewer', '--name', 'Vic')
  const listed = (await cli.run('user', 'list', '--json')).out.trim().split('\n').map((line) => JSON.parse(line) as { email: string; role: string; codes: boolean }) // oxfmt-ignore
  assert.deepEqual(
    listed.map(({ email, role, codes }) => [email, role, codes]),
    [
      ['joe@flowers.example', 'owner', false],
      ['vic@flowers.example', 'viewer', false],
    ],
  )
  assert.match((await cli.run('user', 'list')).out, /viewer +off +invited +vic@flowers\.example +Vic/)
  const reset = await cli.run('user', 'reset', 'VIC@flowers.example', '--no-codes', '--json')
  assert.match(reset.out, /"link":"http:\/\/127\.0\.0\.1:8425\/welcome\?link=1\./)
  assert.match((await cli.run('user', 'reset', 'who@flowers.example')).err, /there is no user/)
})

test('as long as nobody can sign in, each start prints the way to the first owner', async () => {
  await using cli = await startCli()
  const first = await cli.run('serve')
  assert.match(first.out, /http:\/\/127\.0\.0\.1:1\/setup\?token=[\w-]{32}\n/)
  await cli.run('account', 'create', 'joesflowers')
  await cli.run('user', 'create', 'joe@flowers.example')
  assert.doesNotMatch((await cli.run('serve')).out, /setup/)
})
