// `contrail account create|list|password`; its settings are in account-settings.ts.

import { randomBytes } from 'node:crypto'
import { text } from 'node:stream/consumers'
import type { Command } from 'commander'
import { chooseAccount, createAccount, listAccounts, setPassword } from '../../core/accounts/account.ts'
import { createApiKey } from '../../core/accounts/api-key.ts'
import { addAccountSettings } from './account-settings.ts'
import { print } from './context.ts'
import type { CliContext } from './context.ts'
import { formatTime, renderTable } from './format.ts'
import { withSettings } from './options.ts'
import { withApp } from './with-app.ts'

interface Options extends Record<string, unknown> {
  json?: boolean
  passwordStdin?: boolean
}

export function addAccount(program: Command, context: CliContext): void {
  const account = program.command('account').summary('create and list accounts, and what they have chosen')
  withSettings(account.command('create <username>').summary('create an account and its first API key'), ['dataDir'])
    .option('--password-stdin', 'read the password from standard input; without it one is made up')
    .option('--json', 'JSON on standard output')
    .addHelpText(
      'after',
      '\nExamples:\n  contrail account create joesflowers\n  printf %s "$PASSWORD" | contrail account create joesflowers --password-stdin',
    )
    .action((username: string, options: Options) => create(context, username, options))
  withSettings(account.command('list').summary('list accounts'), ['dataDir'])
    .option('--json', 'one JSON object a line')
    .action((options: Options) => list(context, options))
  withSettings(account.command('password <username>').summary('give an account a new password'), ['dataDir'])
    .option('--password-stdin', 'read the password from standard input; without it one is made up')
    .option('--json', 'JSON on standard output')
    .action((username: string, options: Options) => changePassword(context, username, options))
  addAccountSettings(account, context)
}

async function changePassword(context: CliContext, username: string, options: Options): Promise<void> {
  const password = await readPassword(context, options)
  await withApp(context, options, async (app) => {
    const account = await chooseAccount(app.db, username)
    await setPassword(app.db, account.accountId, password)
    const shown = shownPassword(options, password)
    if (options.json) return print(context, JSON.stringify({ username: account.username, ...shown }))
    await print(context, `The password of ${account.username} is changed.`)
    if (!options.passwordStdin) await print(context, `\n  password  ${password}`)
  })
}

async function readPassword(context: CliContext, options: Options): Promise<string> {
  if (!options.passwordStdin) return randomBytes(12).toString('base64url')
  return (await text(context.stdin)).replace(/\r?\n$/, '')
}

function shownPassword(options: Options, password: string): { password?: string } {
  return options.passwordStdin ? {} : { password }
}

async function create(context: CliContext, username: string, options: Options): Promise<void> {
  const password = await readPassword(context, options)
  await withApp(
    context,
    options,
    async (app) => {
      const account = await createAccount(app.db, { username, password }, app.now())
      const { key } = await createApiKey(app.db, account.accountId, { name: 'first' }, app.now())
      if (options.json)
        return print(context, JSON.stringify({ username: account.username, key, ...shownPassword(options, password) }))
      await print(
        context,
        `Account ${account.username} is created. Its API key is shown this once:\n\n  key       ${key}`,
      )
      if (!options.passwordStdin) await print(context, `  password  ${password}`)
      await print(context, `\nClients of the 2008 wire log in as  ${key}%${account.username}`)
    },
    'create',
  )
}

async function list(context: CliContext, options: Options): Promise<void> {
  const accounts = await withApp(context, options, (app) => listAccounts(app.db))
  const lines = options.json
    ? accounts.map(({ username, createdAt }) =>
        JSON.stringify({ username, createdAt: new Date(createdAt).toISOString() }),
      )
    : renderTable(
        ['USERNAME', 'CREATED (UTC)'],
        accounts.map(({ username, createdAt }) => [username, formatTime(createdAt)]),
        context.stdout.columns,
      )
  for (const line of lines) await print(context, line)
}
