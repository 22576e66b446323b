// `contrail profile`, and the commands that take one, against a real server on a real socket.

import assert from 'node:assert/strict'
import { chmod, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { createApiKey } from '../../core/accounts/api-key.ts'
import { listen } from '../../server.ts'
import { makeKey, startApi } from '../../../test/api.ts'
import type { Api } from '../../../test/api.ts'
import { history, startCli } from '../../../test/cli.ts'
import type { Cli, Ran } from '../../../test/cli.ts'
import { importLines } from '../../../test/import-lines.ts'
import { testNow } from '../../../test/server.ts'
import type { CliContext } from './context.ts'
import { readClientEnvironment } from './remote/environment.ts'
import { readKey } from './remote/read-key.ts'

interface Remote extends AsyncDisposable {
  api: Api
  url: string
  cli: Cli
  file: string
  /** Adds a profile with the key of the server. */
  add(name: string, ...args: string[]): Promise<Ran>
}

async function startRemote(): Promise<Remote> {
  const api = await startApi({ port: 0 })
  await importLines(api, history.trim().split('\n').map((line) => JSON.parse(line) as never)) // oxfmt-ignore
  api.clock.now += 60_000
  const listening = await listen(api.app)
  const cli = await startCli()
  return {
    api,
    url: listening.url,
    cli,
    file: join(cli.folder, '.config/contrail/profiles.json'),
    add: (name, ...args) => cli.runWith({ stdin: `${api.key}\n` }, 'profile', 'add', name, '--url', listening.url, ...args), // oxfmt-ignore
    [Symbol.asyncDispose]: async () => {
      await listening.close()
      await cli[Symbol.asyncDispose]()
      await api[Symbol.asyncDispose]()
    },
  }
}

const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777

test('a profile is checked, kept for its owner alone, chosen and forgotten, and its key is never shown', async () => {
  await using remote = await startRemote()
  const { cli, file, api, url } = remote
  assert.equal((await remote.add('shop')).out, `Profile shop is ${url}, and in use.\n`)
  assert.match((await remote.add('b')).out, /"contrail profile use b" makes it the one in use/)
  assert.deepEqual([await modeOf(file), await modeOf(dirname(file))], [0o600, 0o700])
  assert.match(await readFile(file, 'utf8'), new RegExp(api.key))
  assert.match((await cli.run('profile', 'list')).out, /^ {3}NAME {2}SERVER\n {3}b .*\n\* {2}shop {2}http/)
  assert.equal((await cli.run('profile', 'list', '--names')).out, 'b\nshop\n')
  assert.equal((await cli.run('profile', 'use', 'b')).code, 0)
  assert.equal((await cli.run('profile', 'show')).out, `b  ${url}\n`)
  assert.deepEqual(JSON.parse((await cli.run('profile', 'show', 'shop', '--json')).out), { name: 'shop', url, isCurrent: false }) // oxfmt-ignore
  assert.equal((await cli.run('api', 'lists', 'list')).code, 0)
  assert.equal((await cli.run('profile', 'remove', 'b')).code, 0)
  const gone = await cli.run('api', 'lists', 'list')
  assert.deepEqual([gone.code, /no server is chosen/.test(gone.err)], [2, true])
  assert.equal((await cli.run('profile', 'use', 'b')).code, 1)
  const all = await Promise.all(['list', 'show'].map((verb) => cli.run('profile', verb, '--json')))
  for (const { out, err } of all) assert.doesNotMatch(out + err, new RegExp(api.key))
})

test('a profile that does not work is not kept, unless asked', async () => {
  await using remote = await startRemote()
  const { cli, url, api } = remote
  const add = (stdin: string, ...args: string[]): Promise<Ran> => cli.runWith({ stdin }, 'profile', 'add', ...args)
  for (const [stdin, code, ...args] of [
    ['wrong', 1, 'x', '--url', url],
    ['k', 1, 'x', '--url', 'http://127.0.0.1:1'],
    ['', 2, 'x', '--url', url],
    ['two words', 2, 'x', '--url', url],
    [api.key, 2, '../x', '--url', url],
    [api.key, 2, 'x', '--url', 'nowhere'],
    [api.key, 2, 'x', '--url', `http://joe:secret@127.0.0.1`],
    [api.key, 2, 'x'],
  ] as const)
    assert.equal((await add(stdin, ...args)).code, code, [stdin, ...args].join(' '))
  assert.equal((await cli.run('profile', 'list', '--names')).out, '')
  assert.equal((await add('k', 'later', '--url', 'http://127.0.0.1:1/mail/', '--no-check')).code, 0)
  assert.equal((await cli.run('profile', 'show', 'later')).out, 'later  http://127.0.0.1:1/mail\n')
  const writer = await makeKey(api, ['write'])
  const narrow = await add(writer, 'writer', '--url', `${url}/api/v1/`)
  assert.deepEqual([narrow.code, narrow.err], [0, 'contrail: the key works, but may not read\n'])
  const clear = await add('k', 'far', '--url', 'http://mail.example.com', '--no-check')
  assert.match(clear.err, /the key goes to http:\/\/mail\.example\.com unencrypted/)
})

test('a key comes from the environment too, and from a terminal that shows nothing of it', async () => {
  await using remote = await startRemote()
  const { cli, url, api } = remote
  const ran = await cli.runWith({ env: { CONTRAIL_API_KEY: api.key } }, 'profile', 'add', 'env', '--url', url)
  assert.equal(ran.code, 0, ran.err)

  const type = async (text: string): Promise<{ key: string; shown: string; modes: boolean[] }> => {
    const modes: boolean[] = []
    const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: (isRaw: boolean) => modes.push(isRaw) })
    let shown = ''
    const stderr = { write: (part: string) => (shown += part) }
    stdin.write(text)
    const key = await readKey({ client: {}, stdin, stderr } as unknown as CliContext)
    return { key, modes, shown }
  }
  assert.deepEqual(await type('sesaX\u007fme\r'), { key: 'sesame', modes: [true, false], shown: 'API key (not shown): \n' }) // oxfmt-ignore
  await assert.rejects(type('half\u0003'), { code: 'invalid_input' })
})

test('what chooses the server: flags, then the environment, then the profile in use; never a key without its address', async () => {
  await using remote = await startRemote()
  await using other = await startRemote()
  const { cli, url, api } = remote
  await remote.add('here')
  await cli.runWith({ stdin: other.api.key }, 'profile', 'add', 'there', '--url', other.url)
  await other.api.must(201, 'POST', '/lists', { name: 'There' })
  const asked = async (env: Record<string, string>, ...args: string[]): Promise<string | number> => {
    const ran = await cli.runWith({ env }, 'api', 'lists', 'list', ...args)
    return ran.code === 0 ? (/There/.test(ran.out) ? 'there' : 'here') : ran.code
  }
  assert.equal(await asked({}), 'here')
  assert.equal(await asked({}, '--profile', 'there'), 'there')
  assert.equal(await asked({ CONTRAIL_PROFILE: 'there' }), 'there')
  assert.equal(await asked({ CONTRAIL_URL: other.url, CONTRAIL_API_KEY: other.api.key }), 'there')
  assert.equal(await asked({ CONTRAIL_URL: other.url, CONTRAIL_API_KEY: other.api.key }, '--profile', 'here'), 'here')
  assert.equal(await asked({ CONTRAIL_PROFILE: 'there', CONTRAIL_API_KEY: api.key }, '--server', url), 'here')
  assert.equal(await asked({ CONTRAIL_API_KEY: 'of another' }), 'here')
  assert.equal(await asked({ CONTRAIL_PROFILE: 'there', CONTRAIL_URL: url }), 2)
  assert.equal(await asked({}, '--profile', 'there', '--server', url), 2)
  assert.equal(await asked({}, '--server', url), 2)
  assert.equal(await asked({}, '--profile', 'nowhere'), 1)
})

test('a file of profiles that is spoilt or in the way is told of, and never overwritten', async () => {
  await using remote = await startRemote()
  const { cli, file, api } = remote
  await mkdir(dirname(file), { recursive: true })
  for (const text of [
    '{"profiles":',
    '[]',
    `{"profiles":{"x":{"url":"nowhere","key":"${api.key}"}}}`,
    '{"profiles":{"x":{"url":"http://x","key":"a\\nb"}}}',
    '\0\0',
  ]) {
    // oxfmt-ignore
    await writeFile(file, text)
    for (const ran of [
      await remote.add('x'),
      await cli.run('profile', 'list'),
      await cli.run('api', 'lists', 'list'),
    ]) {
      assert.equal(ran.code, 1)
      assert.match(ran.err, /profiles\.json is not as .* \[bad_config\]\n$/)
      assert.doesNotMatch(ran.err, new RegExp(api.key))
    }
    assert.equal(await readFile(file, 'utf8'), text)
  }
  const nowhere = await cli.runWith({ env: { HOME: '/dev/null' }, stdin: api.key }, 'profile', 'add', 'x', '--url', remote.url) // oxfmt-ignore
  assert.deepEqual([nowhere.code, /\[bad_config\]/.test(nowhere.err)], [1, true])
  const homeless = await cli.runWith({ env: { HOME: '' } }, 'profile', 'list')
  assert.deepEqual([homeless.code, /HOME/.test(homeless.err)], [1, true])
})

test('a link to the file stays one, and a file that others can read is told of and closed by the next change', async () => {
  await using remote = await startRemote()
  const { cli, file } = remote
  const kept = join(cli.folder, 'kept.json')
  await mkdir(dirname(file), { recursive: true })
  await writeFile(kept, '{"profiles":{}}')
  await symlink(kept, file)
  assert.equal((await remote.add('shop')).code, 0)
  assert.match(await readFile(kept, 'utf8'), /"shop"/)
  await chmod(kept, 0o644)
  assert.match(
    (await cli.run('api', 'lists', 'list')).err,
    /others can read the keys in .*profiles\.json: chmod 600 it/,
  )
  await cli.run('profile', 'use', 'shop')
  assert.equal(await modeOf(kept), 0o600)
  assert.equal((await cli.run('api', 'lists', 'list')).err, '')
})

test('profiles are where the system keeps such things', () => {
  const folder = (env: Record<string, string>, platform: NodeJS.Platform): string | undefined => readClientEnvironment(env, platform).configFolder // oxfmt-ignore
  assert.equal(folder({ HOME: '/home/joe' }, 'linux'), '/home/joe/.config/contrail')
  assert.equal(folder({ HOME: '/home/joe', XDG_CONFIG_HOME: '/etc/joe' }, 'darwin'), '/etc/joe/contrail')
  assert.equal(folder({ HOME: '/home/joe', XDG_CONFIG_HOME: 'relative' }, 'linux'), '/home/joe/.config/contrail')
  assert.equal(folder({ APPDATA: 'C:\\Users\\joe' }, 'win32'), 'C:\\Users\\joe\\contrail')
  assert.equal(folder({}, 'linux'), undefined)
})

test('contact, events and tail print the same of a server elsewhere as on the machine itself', async () => {
  await using cli = await startCli()
  await cli.run('account', 'create', 'joesflowers')
  await cli.runWith({ stdin: history }, 'import', '-')
  await using remote = await startRemote()
  await cli.runWith({ stdin: remote.api.key }, 'profile', 'add', 'far', '--url', remote.url)
  for (const command of [
    ['contact', 'jflowers@mail.com'],
    ['contact', '32'],
    ['events', 'JFlowers@mail.com'],
    ['events', '32', '--limit', '10'],
    ['events', '32', '--all', '--oldest-first'],
    ['events', '32', '--kind', 'click', '--since', '2008-10-03', '--until', '2008-10-04', '--people'],
    ['events', '32', '--campaign', '7'],
  ])
    for (const form of [[], ['--json']]) {
      const [here, far] = [await cli.run(...command, ...form), await cli.run(...command, ...form, '--profile', 'far')]
      // When each of the two learnt of it, and where its own feed goes on.
      const plain = ({ out }: Ran): string => out.replaceAll(/,"(recordedAt|next|createdAt|updatedAt|optInAt)":"[^"]*"/g, '').replaceAll(/^Added .*$/gm, '') // oxfmt-ignore
      assert.equal(plain(far), plain(here), command.join(' '))
      assert.deepEqual([far.err, far.code, far.out === ''], [here.err, 0, here.out === ''])
    }
  // The machine's own clock stands still, so that its feed has not come so far.
  const tail = await cli.run('tail', '--from-start', '--no-follow', '--limit', '2', '--json', '--profile', 'far')
  const [first, second] = tail.out.trim().split('\n').map((line) => JSON.parse(line) as { contact: number; next?: string }) // oxfmt-ignore
  assert.deepEqual([first!.contact, first!.next, typeof second!.next], [32, undefined, 'string'])
  const rest = await cli.run('tail', '--no-follow', '--after', second!.next!, '--profile', 'far')
  assert.equal(rest.out.trim().split('\n').length, 59)
  for (const name of ['nobody@mail.com', '77'])
    assert.match((await cli.run('contact', name, '--profile', 'far')).err, /\[not_found\]/)
  assert.equal((await cli.run('contact', 'what', '--profile', 'far')).code, 2)
  for (const store of [
    ['--data', 'x'],
    ['--account', 'joesflowers'],
  ])
    assert.equal((await cli.run('contact', '32', '--profile', 'far', ...store)).code, 2)
  for (const deed of [
    ['erase', '32', '--yes'],
    ['export', '32'],
    ['consent', '32'],
  ])
    for (const args of [
      [...deed, '--profile', 'far'],
      ['--profile', 'far', ...deed],
    ]) {
      const ran = await cli.run('contact', ...args)
      assert.deepEqual([ran.code, ran.out, /takes no --profile/.test(ran.err)], [2, '', true], args.join(' '))
    }
  const local = await cli.runWith({ env: { CONTRAIL_PROFILE: 'nowhere' } }, 'contact', '32')
  assert.equal(local.code, 0)
})

test('a key that is revoked is told apart from one that may not do this', async () => {
  await using remote = await startRemote()
  const { cli, api, url } = remote
  const created = await createApiKey(api.app.db, api.accountId, { name: 'x', scopes: ['read'] }, testNow)
  await cli.runWith({ stdin: created.key }, 'profile', 'add', 'reader', '--url', url)
  const narrow = await cli.run('api', 'lists', 'create', '--name', 'x')
  assert.deepEqual([narrow.code, /\[insufficient_scope\]/.test(narrow.err)], [1, true])
})
