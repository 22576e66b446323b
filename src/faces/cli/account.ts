// `contrail account create|list`.

import { randomBytes } from 'node:crypto'
import { text } from 'node:stream/consumers'
import type { Command } from 'commander'
import { createAccount, listAccounts } from '../../core/accounts/account.ts'
import { createApiKey } from '../../core/accounts/api-key.ts'
import { print } from './context.ts'
import type { CliContext } from './context.ts'
import { formatTime, renderTable } from './format.ts'
import { withSettings } from './options.ts'
import { withApp } from './with-app.ts'

interface Options extends Record<string, unknown> {
  json?: boolean
  password?: boolean
  passwordStdin?: boolean
}

export function addAccount(program: Command, context: CliContext): void {
  const account = program.command('account').summary('create and list accounts')
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
}

async function create(context: CliContext, username: string, options: Options): Promise<void> {
  const password = options.passwordStdin
    ? (await text(context.stdin)).replace(/\r?\n$/, '')
    : randomBytes(12).toString('base64url')
  await withApp(context, options, async (app) => {
    const account = await createAccount(app.db, { username, password }, app.now())
    const { key } = await createApiKey(app.db, account.accountId, { name: 'first' }, app.now())
    const shown = options.passwordStdin ? {} : { password }
    if (options.json) return print(context, JSON.stringify({ username: account.username, key, ...shown }))
    await print(
      context,
      `Account ${account.username} is created. Its API key is shown this once:\n\n  key       ${key}`,
    )
    if (!options.passwordStdin) await print(context, `  password  ${password}`)
    await print(context, `\nClients of the 2008 wire log in as  ${key}%${account.username}`)
  })
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
