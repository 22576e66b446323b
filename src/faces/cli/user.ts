// `contrail user create|list|reset`: people who use the web pages.

import { Option } from 'commander'
import type { Command } from 'commander'
import type { App } from '../../app.ts'
import { urlHost } from '../../config.ts'
import { noteDeed } from '../../core/audit/audit.ts'
import { normalizeEmail, parseEmail } from '../../core/contacts/email.ts'
import { turnTotpOff } from '../../core/users/second-factor.ts'
import { findUser, listUsers, roles } from '../../core/users/user.ts'
import type { Role, User } from '../../core/users/user.ts'
import { createUser, renewLink } from '../../core/users/write-user.ts'
import { NotFoundError } from '../../errors.ts'
import { print } from './context.ts'
import type { CliContext } from './context.ts'
import { formatTime, renderTable } from './format.ts'
import { withAccount, withSettings } from './options.ts'
import type { AccountOptions } from './options.ts'
import { withAccountApp } from './with-app.ts'

interface CreateOptions extends AccountOptions {
  name?: string
  role: Role
}

interface ResetOptions extends AccountOptions {
  codes: boolean
}

export function addUser(program: Command, context: CliContext): void {
  const user = program.command('user').summary('people who use the web pages')
  withAccount(
    withSettings(user.command('create <email>').summary('add one, and print the link to choose a password with'), [
      'publicHost',
      'port',
    ]),
  )
    .option('--name <text>', 'as it is shown; the address without it')
    .addOption(
      new Option('--role <role>', 'owner: everything; editor: all but users, keys and erasing; viewer: looks')
        .choices(roles)
        .default('owner'),
    )
    .addHelpText(
      'after',
      '\nExamples:\n  contrail user create joe@joesflowers.example\n  contrail user create erin@joesflowers.example --name "Erin" --role editor',
    )
    .action((email: string, options: CreateOptions) => create(context, email, options))
  withAccount(user.command('list').summary('list them')).action((options: AccountOptions) => list(context, options))
  withAccount(
    withSettings(user.command('reset <email>').summary('print a new link to choose a password with'), [
      'publicHost',
      'port',
    ]),
  )
    .option('--no-codes', 'signing in takes no code of an authenticator any more')
    .action((email: string, options: ResetOptions) => reset(context, email, options))
}

async function create(context: CliContext, text: string, options: CreateOptions): Promise<void> {
  const email = parseEmail(text)
  await withAccountApp(context, options, async (app, { accountId, username }) => {
    const given = { email, name: options.name ?? email.split('@')[0]!, role: options.role }
    const { user, link } = await createUser(app.db, accountId, given, app.now())
    await note(app, user, 'user.create')
    const address = linkAddress(app, link)
    if (options.json) return print(context, JSON.stringify({ email, role: user.role, link: address }))
    await print(context, `${email} is added to ${username} as ${user.role}.\n\n${linkText(address)}`)
  })
}

async function reset(context: CliContext, text: string, options: ResetOptions): Promise<void> {
  await withAccountApp(context, options, async (app, { accountId }) => {
    const user = await findUser(app.db, normalizeEmail(text))
    if (!user || user.accountId !== accountId) throw new NotFoundError(`there is no user ${text} in this account`)
    const link = await renewLink(app.db, accountId, user.userId, app.now())
    if (!options.codes) await turnTotpOff(app.db, user)
    await note(app, user, 'user.link')
    const address = linkAddress(app, link)
    if (options.json) return print(context, JSON.stringify({ email: user.email, link: address }))
    await print(context, linkText(address))
  })
}

function note(app: App, { accountId, userId, name }: User, action: 'user.create' | 'user.link'): Promise<void> {
  const by = { userId: null, name: 'contrail' }
  return noteDeed(app.db, accountId, { by, action, subject: `user ${userId}`, detail: { name } }, app.now())
}

function linkAddress({ config }: App, link: string): string {
  const { publicHost, publicScheme, host, port } = config
  return `${publicScheme}://${publicHost ?? `${urlHost(host)}:${port}`}/welcome?link=${link}`
}

function linkText(address: string): string {
  return `Whoever opens this chooses the password; it works once, for seven days:\n\n  ${address}`
}

async function list(context: CliContext, options: AccountOptions): Promise<void> {
  const users = await withAccountApp(context, options, (app, { accountId }) => listUsers(app.db, accountId))
  const lines = options.json
    ? users.map(
        ({ userId, email, name, role, hasTotp, createdAt, signedInAt }) =>
        JSON.stringify({ id: userId, email, name, role, codes: hasTotp, createdAt: time(createdAt), signedInAt: time(signedInAt) }), // oxfmt-ignore
      )
    : renderTable(
        ['ROLE', 'CODES', 'SIGNED IN (UTC)', 'E-MAIL', 'NAME'],
        users.map(({ email, name, role, hasTotp, hasPassword, signedInAt }) => [
          role,
          hasTotp ? 'on' : 'off',
          signedInAt === null ? (hasPassword ? 'never' : 'invited') : formatTime(signedInAt),
          email,
          name,
        ]),
        context.stdout.columns,
      )
  for (const line of lines) await print(context, line)
}

function time(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString()
}
