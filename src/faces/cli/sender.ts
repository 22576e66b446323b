// `contrail sender add|list`: the addresses an account may send from.

import type { Command } from 'commander'
import { parseEmail } from '../../core/contacts/email.ts'
import { addSender, listSenders } from '../../core/senders/sender.ts'
import { print } from './context.ts'
import type { CliContext } from './context.ts'
import { formatTime, renderTable } from './format.ts'
import { withAccount } from './options.ts'
import type { AccountOptions } from './options.ts'
import { withAccountApp } from './with-app.ts'

export function addSenderCommand(program: Command, context: CliContext): void {
  const sender = program.command('sender').summary('addresses an account may send from')
  withAccount(sender.command('add <email>').summary('add an address that is yours'))
    .addHelpText('after', '\nExamples:\n  contrail sender add joe@joesflowers.example')
    .action((email: string, options: AccountOptions) => add(context, email, options))
  withAccount(sender.command('list').summary('list the addresses')).action((options: AccountOptions) =>
    list(context, options),
  )
}

async function add(context: CliContext, email: string, options: AccountOptions): Promise<void> {
  const sender = await withAccountApp(context, options, (app, { accountId }) =>
    addSender(app.db, accountId, parseEmail(email), app.now()),
  )
  await print(
    context,
    options.json
      ? JSON.stringify({ id: sender.senderId, email: sender.email })
      : `Sender ${sender.senderId} is ${sender.email}.`,
  )
}

async function list(context: CliContext, options: AccountOptions): Promise<void> {
  const senders = await withAccountApp(context, options, (app, { accountId }) => listSenders(app.db, accountId))
  const lines = options.json
    ? senders.map(({ senderId, email, verifiedAt }) =>
        JSON.stringify({
          id: senderId,
          email,
          verifiedAt: verifiedAt === null ? null : new Date(verifiedAt).toISOString(),
        }),
      )
    : renderTable(
        ['ID', 'VERIFIED (UTC)', 'E-MAIL'],
        senders.map(({ senderId, email, verifiedAt }) => [
          String(senderId),
          verifiedAt === null ? 'no' : formatTime(verifiedAt),
          email,
        ]),
        context.stdout.columns,
      )
  for (const line of lines) await print(context, line)
}
