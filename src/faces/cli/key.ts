// `contrail key create|list|revoke`.

import type { Command } from 'commander'
import { allScopes, createApiKey, listApiKeys, parseScopes, revokeApiKey } from '../../core/accounts/api-key.ts'
import { print } from './context.ts'
import type { CliContext } from './context.ts'
import { formatTime, renderTable } from './format.ts'
import { parseNumericId, withAccount } from './options.ts'
import type { AccountOptions } from './options.ts'
import { withAccountApp } from './with-app.ts'

export function addKey(program: Command, context: CliContext): void {
  const key = program.command('key').summary('create, list and revoke API keys')
  withAccount(key.command('create').summary('create an API key; it is shown once'))
    .option('--name <text>', 'what the key is for', 'unnamed')
    .option('--scope <scopes>', `any of ${allScopes.join(', ')}; all when left out`)
    .option('--key <text>', 'use this key, the one an old client has built in, instead of a new one')
    .addHelpText(
      'after',
      '\nExamples:\n  contrail key create --name "CRM sync" --scope read\n  contrail key create --account joesflowers --key 0e4d1c9a-1111-2222-3333-444455556666',
    )
    .action((options: CreateOptions) => create(context, options))
  withAccount(key.command('list').summary('list API keys, revoked ones too')).action((options: AccountOptions) =>
    list(context, options),
  )
  withAccount(key.command('revoke <id>').summary('make a key stop working at once')).action(
    (id: string, options: AccountOptions) => revoke(context, parseNumericId(id), options),
  )
}

interface CreateOptions extends AccountOptions {
  name: string
  scope?: string
  key?: string
}

async function create(context: CliContext, options: CreateOptions): Promise<void> {
  const { name, key, scope } = options
  await withAccountApp(context, options, async (app, account) => {
    const created = await createApiKey(
      app.db,
      account.accountId,
      { name, ...(key !== undefined && { key }), ...(scope !== undefined && { scopes: parseScopes(scope) }) },
      app.now(),
    )
    if (options.json)
      return print(context, JSON.stringify({ id: created.apiKeyId, name, scopes: created.scopes, key: created.key }))
    await print(context, `Key ${created.apiKeyId} of ${account.username}, shown this once:\n\n  ${created.key}`)
    if (!created.worksAlone)
      await print(context, '\nIt was chosen, not made up: it works with user name and password beside it only.')
  })
}

async function list(context: CliContext, options: AccountOptions): Promise<void> {
  const keys = await withAccountApp(context, options, (app, account) => listApiKeys(app.db, account.accountId))
  const time = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString())
  const lines = options.json
    ? keys.map((key) =>
        JSON.stringify({
          id: key.apiKeyId,
          name: key.name,
          scopes: key.scopes,
          worksAlone: key.worksAlone,
          createdAt: time(key.createdAt),
          revokedAt: time(key.revokedAt),
        }),
      )
    : renderTable(
        ['ID', 'SCOPES', 'WORKS', 'CREATED (UTC)', 'REVOKED (UTC)', 'NAME'],
        keys.map((key) => [
          String(key.apiKeyId),
          key.scopes.join(' '),
          key.worksAlone ? 'alone' : 'with password',
          formatTime(key.createdAt),
          key.revokedAt === null ? '' : formatTime(key.revokedAt),
          key.name,
        ]),
        context.stdout.columns,
      )
  for (const line of lines) await print(context, line)
}

async function revoke(context: CliContext, apiKeyId: number, options: AccountOptions): Promise<void> {
  await withAccountApp(context, options, (app, account) => revokeApiKey(app.db, account.accountId, apiKeyId, app.now()))
  await print(
    context,
    options.json ? JSON.stringify({ id: apiKeyId, revoked: true }) : `Key ${apiKeyId} no longer works.`,
  )
}
