// `contrail token list|revoke`: what an account's owner has let applications do.

import type { Command } from 'commander'
import { listGrants, revokeGrant } from '../../core/oauth/token.ts'
import { print } from './context.ts'
import type { CliContext } from './context.ts'
import { formatTime, renderTable } from './format.ts'
import { parseNumericId, withAccount } from './options.ts'
import type { AccountOptions } from './options.ts'
import { withAccountApp } from './with-app.ts'

export function addToken(program: Command, context: CliContext): void {
  const token = program.command('token').summary('list and revoke what applications were given')
  withAccount(token.command('list').summary('list consents that are in force'))
    .addHelpText('after', '\nExamples:\n  contrail token list --account joesflowers')
    .action((options: AccountOptions) => list(context, options))
  withAccount(token.command('revoke <id>').summary('end a consent with all its tokens at once')).action(
    (id: string, options: AccountOptions) => revoke(context, parseNumericId(id), options),
  )
}

async function list(context: CliContext, options: AccountOptions): Promise<void> {
  const grants = await withAccountApp(context, options, (app, { accountId }) =>
    listGrants(app.db, accountId, app.now()),
  )
  const lines = options.json
    ? grants.map(({ grantId, createdAt, expiresAt, ...rest }) =>
        JSON.stringify({
          id: grantId,
          ...rest,
          createdAt: new Date(createdAt).toISOString(),
          expiresAt: new Date(expiresAt).toISOString(),
        }),
      )
    : renderTable(
        ['ID', 'SCOPES', 'SINCE (UTC)', 'UNTIL (UTC)', 'APPLICATION'],
        grants.map(({ grantId, scopes, createdAt, expiresAt, application }) => [
          String(grantId),
          scopes.join(' '),
          formatTime(createdAt),
          formatTime(expiresAt),
          application,
        ]),
        context.stdout.columns,
      )
  for (const line of lines) await print(context, line)
}

async function revoke(context: CliContext, id: number, options: AccountOptions): Promise<void> {
  await withAccountApp(context, options, (app, { accountId }) => revokeGrant(app.db, accountId, id))
  await print(context, options.json ? JSON.stringify({ id, revoked: true }) : `Tokens ${id} no longer work.`)
}
