// `contrail completion` in the shells themselves: what each offers at the end of a line.

import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { program } from '../../../../test/program.ts'
import { startCli } from '../../../../test/cli.ts'
import type { Cli } from '../../../../test/cli.ts'

const run = promisify(execFile)
const zshDriver = fileURLToPath(new URL('../../../../testdata/complete.zsh', import.meta.url))
const bashDriver = fileURLToPath(new URL('../../../../testdata/complete.bash', import.meta.url))

/** What a shell offers at the end of each line, in no order. */
const offers: Readonly<
  Record<string, (script: string, lines: readonly string[], env: NodeJS.ProcessEnv) => Promise<string[]>>
> = {
  // oxfmt-ignore
  bash: async (script, lines, env) => {
    const { stdout } = await run('bash', ['--norc', bashDriver, script, ...lines], { env })
    return stdout.split('\n').slice(0, -1)
  },
  zsh: async (script, lines, env) => {
    const { stdout } = await run('zsh', ['-f', zshDriver, script, ...lines], { env })
    return stdout.trimEnd().split('\n').map((line) => line.replace(/ ?END$/, '')) // oxfmt-ignore
  },
  fish: async (script, lines, env) => {
    const ask = 'source $argv[1]; for line in $argv[2..-1]; complete -C $line; echo END; end'
    const { stdout } = await run('fish', ['--no-config', '-c', ask, script, ...lines], { env })
    return stdout.split('END\n').slice(0, -1).map((block) => block.trimEnd().split('\n').map((row) => row.split('\t')[0]!).join(' ')) // oxfmt-ignore
  },
}

/** With a profile, and a `contrail` on the path. */
async function prepare(cli: Cli): Promise<NodeJS.ProcessEnv> {
  const bin = join(cli.folder, 'bin')
  await mkdir(bin)
  await writeFile(join(bin, 'contrail'), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`, { mode: 0o755 })
  for (const file of ['history.ndjson', 'hit list.ndjson']) await writeFile(join(cli.folder, file), '')
  await cli.runWith({ stdin: 'k' }, 'profile', 'add', 'shop', '--url', 'http://127.0.0.1:1', '--no-check')
  return { PATH: `${bin}:${process.env['PATH']}`, HOME: cli.folder, TERM: 'dumb' }
}

for (const [shell, offer] of Object.entries(offers)) {
  const isMissing = spawnSync(shell, ['--version']).error !== undefined
  const skip = isMissing && `${shell} is not on this machine: apt-get install -y ${shell}`
  test(`${shell} completes commands, flags, words, lists of words, files and profiles`, { skip }, async () => {
    await using cli = await startCli()
    const env = await prepare(cli)
    const script = join(cli.folder, `script.${shell}`)
    await writeFile(script, (await cli.run('completion', shell)).out)
    const expected: Record<string, string> = {
      'contrail camp': 'campaign',
      'contrail api con': 'contacts',
      'contrail api webhooks ': 'attempts create delete get help list replay rotate test update',
      'contrail api contacts list --stat': '--status',
      'contrail api contacts list --status ': 'active do-not-mail removed unconfirmed',
      'contrail api contacts list --limit 5 --status=act': 'active',
      'contrail api contacts list --email a@b.example --status re': 'removed',
      'contrail events 32 --kind send,op': 'send,open send,optout',
      'contrail api campaigns list --profile ': 'shop',
      'contrail contact e': 'erase export',
      'contrail completion ': 'bash fish zsh',
      [`contrail import ${cli.folder}/hist`]: 'history.ndjson',
      [`contrail import one ${cli.folder}/hist`]: 'history.ndjson',
      [`contrail api events ingest ${cli.folder}/hist`]: 'history.ndjson',
      'contrail api jobs get 3 --': '--help --json --profile --server',
      'contrail list create --name x': '',
    }
    const found = await offer(script, Object.keys(expected), env)
    for (const [i, [line, words]] of Object.entries(expected).entries()) {
      const offered = found[i]!.split(' ').map((word) => word.replace(/^.*\//, '').replace(/^--status=/, '')).toSorted().join(' ') // oxfmt-ignore
      assert.equal(offered, words, line)
    }
  })
}

test('every command and every flag is in every script', async () => {
  await using cli = await startCli()
  for (const shell of Object.keys(offers)) {
    const { out } = await cli.run('completion', shell)
    for (const place of ['api contacts list', 'api feed tail', 'profile add', 'campaign send', 'hooks endpoint'])
      assert.ok(out.includes(`'${place}'`), `${shell} ${place}`)
    assert.ok(out.includes('--idempotency-key=n'))
  }
  assert.equal((await cli.run('completion', 'tcsh')).code, 2)
})
