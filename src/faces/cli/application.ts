// `contrail app create|list|revoke`: the applications that ask account owners for access (OAuth 2.0).

import type { Command } from 'commander'
import { parseScopes } from '../../core/accounts/api-key.ts'
import { createApplication, listApplications, revokeApplication, tokenScopes } from '../../core/oauth/application.ts'
import { print } from './context.ts'
import type { CliContext } from './context.ts'
import { formatTime, renderTable } from './format.ts'
import { parseCount, parseNumericId, withAccount } from './options.ts'
import type { AccountOptions } from './options.ts'
import { withAccountApp } from './with-app.ts'

export function addApplication(program: Command, context: CliContext): void {
  const app = program.command('app').summary('register, list and revoke applications that use OAuth 2.0')
  withAccount(app.command('create').summary('register an application; its secret is shown once'))
    .requiredOption('--name <text>', 'what account owners know it by')
    .option('--redirect-uri <uri>', 'where owners are sent back to; may be repeated', collect)
    .option('--public', 'it runs on its users’ machines and can keep no secret: PKCE instead')
    .option('--scope <scopes>', `any of ${tokenScopes.join(', ')}; both when left out`)
    .option(
      '--token-days <number>',
      'how long a token works, an hour when left out: for old clients that never renew',
      parseCount,
    ) // oxfmt-ignore
    .option('--client-id <text>', 'use this id, the one an old client has built in as its API key')
    .option('--client-secret <text>', 'use this secret, the one an old client has built in')
    .addHelpText(
      'after',
      '\nExamples:\n  contrail app create --name "Flower CRM" --redirect-uri https://crm.example/back\n  contrail app create --name "Desk" --public --redirect-uri http://127.0.0.1/back\n  contrail app create --name "Nightly export" --scope read',
    )
    .action((options: CreateOptions) => create(context, options))
  withAccount(app.command('list').summary('list applications, revoked ones too')).action((options: AccountOptions) =>
    list(context, options),
  )
  withAccount(app.command('revoke <id>').summary('end an application and all its tokens at once')).action(
    (id: string, options: AccountOptions) => revoke(context, parseNumericId(id), options),
  )
}

interface CreateOptions extends AccountOptions {
  name: string
  redirectUri?: string[]
  public?: boolean
  scope?: string
  tokenDays?: number
  clientId?: string
  clientSecret?: string
}

function collect(uri: string, before: string[] = []): string[] {
  return [...before, uri]
}

async function create(context: CliContext, options: CreateOptions): Promise<void> {
  const { name, redirectUri = [], scope, tokenDays, clientId, clientSecret } = options
  const given = {
    name,
    redirectUris: redirectUri,
    isPublic: options.public === true,
    ...(scope !== undefined && { scopes: parseScopes(scope) }),
    ...(tokenDays !== undefined && { tokenSeconds: tokenDays * 86_400 }),
    ...(clientId !== undefined && { clientId }),
    ...(clientSecret !== undefined && { secret: clientSecret }),
  }
  const created = await withAccountApp(context, options, (app, { accountId }) =>
    createApplication(app.db, accountId, given, app.now()),
  )
  const { applicationId: id, clientId: client, secret } = created
  if (options.json)
    return print(context, JSON.stringify({ id, name: created.name, clientId: client, clientSecret: secret }))
  await print(context, `Application ${id}, ${created.name}, is registered.\n\n  client id      ${client}`)
  if (secret !== undefined) await print(context, `  client secret  ${secret}  (shown this once)`)
}

async function list(context: CliContext, options: AccountOptions): Promise<void> {
  const found = await withAccountApp(context, options, (app, { accountId }) => listApplications(app.db, accountId))
  const time = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString())
  const lines = options.json
    ? found.map(
        ({ applicationId, clientId, name, isPublic, scopes, redirectUris, tokenSeconds, createdAt, revokedAt }) =>
          JSON.stringify({
            id: applicationId,
            clientId,
            name,
            isPublic,
            scopes,
            redirectUris,
            tokenSeconds,
            createdAt: time(createdAt),
            revokedAt: time(revokedAt),
          }),
      )
    : renderTable(
        ['ID', 'CLIENT ID', 'KIND', 'SCOPES', 'REVOKED (UTC)', 'NAME'],
        found.map((application) => [
          String(application.applicationId),
          application.clientId,
          application.isPublic ? 'public' : 'secret',
          application.scopes.join(' '),
          application.revokedAt === null ? '' : formatTime(application.revokedAt),
          application.name,
        ]),
        context.stdout.columns,
      )
  for (const line of lines) await print(context, line)
}

async function revoke(context: CliContext, id: number, options: AccountOptions): Promise<void> {
  await withAccountApp(context, options, (app, { accountId }) => revokeApplication(app.db, accountId, id, app.now()))
  await print(
    context,
    options.json ? JSON.stringify({ id, revoked: true }) : `Application ${id} and its tokens no longer work.`,
  )
}
