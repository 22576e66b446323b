// `contrail profile add|list|show|use|remove`: which servers elsewhere there are, with the key for each.

import type { Command } from 'commander'
import { NotFoundError } from '../../errors.ts'
import { print } from './context.ts'
import type { CliContext } from './context.ts'
import { renderTable } from './format.ts'
import { withUrl } from './remote/client.ts'
import { parseProfileName, profilesFile, readProfiles, writeProfiles } from './remote/profiles.ts'
import type { Profiles } from './remote/profiles.ts'
import { readKey } from './remote/read-key.ts'
import { RemoteError } from './remote/remote-error.ts'
import { isInTheClear, parseServerUrl } from './remote/server-url.ts'

interface ProfileOptions {
  json?: boolean
}

interface AddOptions extends ProfileOptions {
  url: string
  check: boolean
}

const json = ['--json', 'JSON on standard output, errors as JSON on standard error'] as const

export function addProfile(program: Command, context: CliContext): void {
  const profile = program.command('profile').summary('servers elsewhere, and the key for each')
  profile
    .command('add <name>')
    .summary('keep the address and the key of a server, after a look whether they work')
    .requiredOption('--url <url>', 'where the server is')
    .option('--no-check', 'keep them without asking the server')
    .option(...json)
    .addHelpText(
      'after',
      '\nThe key is asked for, or read from standard input or CONTRAIL_API_KEY: an argument would stay in the history of the shell.\n\nExamples:\n  contrail profile add shop --url https://mail.example.com\n  contrail profile add shop --url https://mail.example.com < key.txt',
    )
    .action((name: string, options: AddOptions) => add(context, name, options))
  profile
    .command('list')
    .summary('all profiles; the one in use has a star')
    .option('--names', 'the names alone, a line each')
    .option(...json)
    .action((options: ProfileOptions & { names?: boolean }) => list(context, options))
  profile
    .command('show [profile]')
    .summary('where a profile leads to, without its key')
    .option(...json)
    .action((name: string | undefined, options: ProfileOptions) => show(context, name, options))
  profile
    .command('use <profile>')
    .summary('the profile to take when none is named')
    .option(...json)
    .action((name: string, options: ProfileOptions) => use(context, name, options))
  profile
    .command('remove <profile>')
    .summary('forget a profile with its key; the key goes on working until it is revoked')
    .option(...json)
    .action((name: string, options: ProfileOptions) => remove(context, name, options))
}

async function add(context: CliContext, text: string, options: AddOptions): Promise<void> {
  const name = parseProfileName(text)
  const url = parseServerUrl(options.url)
  const file = profilesFile(context.client)
  // Before the key is asked for: a spoilt file is not found out too late.
  await readProfiles(file)
  const key = await readKey(context)
  const note = options.check ? await check(url, key) : ''
  const { current = name, byName } = await readProfiles(file)
  byName.set(name, { url, key })
  await writeProfiles(file, { current, byName })
  if (isInTheClear(url)) context.stderr.write(`contrail: the key goes to ${url} unencrypted\n`)
  if (note !== '') context.stderr.write(`contrail: ${note}\n`)
  const isCurrent = current === name
  await print(
    context,
    options.json
      ? JSON.stringify({ name, url, isCurrent })
      : `Profile ${name} is ${url}${isCurrent ? ', and in use.' : `. "contrail profile use ${name}" makes it the one in use.`}`,
  )
}

/** Something that costs the server next to nothing. Gives a note where the key works but may not do that. */
async function check(url: string, key: string): Promise<string> {
  try {
    await withUrl(url, key, async (client) => void (await client.lists.list({ limit: 1 })))
    return ''
  } catch (error) {
    if (error instanceof RemoteError && error.code === 'insufficient_scope') return 'the key works, but may not read'
    throw error
  }
}

async function list(context: CliContext, options: ProfileOptions & { names?: boolean }): Promise<void> {
  const { current, byName } = await readProfiles(profilesFile(context.client))
  const all = [...byName].toSorted(([a], [b]) => (a < b ? -1 : 1))
  const lines = options.json
    ? all.map(([name, { url }]) => JSON.stringify({ name, url, isCurrent: name === current }))
    : options.names
      ? all.map(([name]) => name)
      : renderTable(
          ['', 'NAME', 'SERVER'],
          all.map(([name, { url }]) => [name === current ? '*' : ' ', name, url]),
          context.stdout.columns,
        )
  for (const line of lines) await print(context, line)
}

async function show(context: CliContext, named: string | undefined, options: ProfileOptions): Promise<void> {
  const profiles = await readProfiles(profilesFile(context.client))
  const name = named ?? profiles.current
  if (name === undefined) throw new NotFoundError('no profile is in use')
  const { url } = getProfile(profiles, name)
  const isCurrent = name === profiles.current
  await print(context, options.json ? JSON.stringify({ name, url, isCurrent }) : `${name}  ${url}`)
}

async function use(context: CliContext, name: string, options: ProfileOptions): Promise<void> {
  const file = profilesFile(context.client)
  const profiles = await readProfiles(file)
  const { url } = getProfile(profiles, name)
  await writeProfiles(file, { ...profiles, current: name })
  await print(context, options.json ? JSON.stringify({ name, url, isCurrent: true }) : `${name} is in use: ${url}`)
}

async function remove(context: CliContext, name: string, options: ProfileOptions): Promise<void> {
  const file = profilesFile(context.client)
  const profiles = await readProfiles(file)
  getProfile(profiles, name)
  profiles.byName.delete(name)
  await writeProfiles(file, { ...profiles, current: profiles.current === name ? undefined : profiles.current })
  await print(context, options.json ? JSON.stringify({ name, removed: true }) : `Profile ${name} is forgotten.`)
}

function getProfile({ byName }: Profiles, name: string): { url: string } {
  const profile = byName.get(name)
  if (profile) return profile
  const known = [...byName.keys()].join(', ')
  throw new NotFoundError(`there is no profile "${name}"${known && `; there is ${known}`}`)
}
