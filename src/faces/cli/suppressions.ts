// `contrail suppressions list|add|remove`: the addresses that get no mail.

import { Option } from 'commander'
import type { Command } from 'commander'
import { parseEmail } from '../../core/contacts/email.ts'
import { addSuppression, listSuppressions, removeSuppression } from '../../core/suppressions/suppression.ts'
import { suppressionReasons } from '../../core/suppressions/suppression.ts'
import type { Suppression, SuppressionReason } from '../../core/suppressions/suppression.ts'
import { NotFoundError } from '../../errors.ts'
import { print } from './context.ts'
import type { CliContext } from './context.ts'
import { formatTime, renderTable } from './format.ts'
import { withAccount } from './options.ts'
import type { AccountOptions } from './options.ts'
import { withAccountApp } from './with-app.ts'

interface AddOptions extends AccountOptions {
  reason: SuppressionReason
}

/** Read from the store and printed at a time. */
const perPage = 1000

export function addSuppressions(program: Command, context: CliContext): void {
  const suppressions = program.command('suppressions').summary('addresses that get no mail')
  withAccount(suppressions.command('list').summary('list them')).action((options: AccountOptions) =>
    list(context, options),
  )
  withAccount(suppressions.command('add <email>').summary('send no mail to this address'))
    .addOption(
      new Option('--reason <reason>', 'why; a weightier reason stays').choices(suppressionReasons).default('manual'),
    )
    .addHelpText('after', '\nExamples:\n  contrail suppressions add jflowers@mail.com --reason complaint')
    .action((email: string, options: AddOptions) => add(context, email, options))
  withAccount(
    suppressions.command('remove <email>').summary('allow mail to this address again, whatever the reason was'),
  ).action((email: string, options: AccountOptions) => remove(context, email, options))
}

async function list(context: CliContext, options: AccountOptions): Promise<void> {
  await withAccountApp(context, options, async (app, { accountId }) => {
    for (let after: string | undefined; ;) {
      const page = await listSuppressions(app.db, accountId, { after, limit: perPage })
      const lines = options.json ? page.map(toJson) : toTable(context, page)
      // The header stands once.
      for (const line of after === undefined || options.json ? lines : lines.slice(1)) await print(context, line)
      if (page.length < perPage) return
      after = page.at(-1)!.addressHash
    }
  })
}

function toTable(context: CliContext, page: readonly Suppression[]): string[] {
  const rows = page.map(({ at, reason, source, email }) => [
    formatTime(at),
    reason.padEnd(9),
    source.padEnd(11),
    email ?? '(erased)',
  ])
  return renderTable(['SINCE (UTC)', 'REASON', 'SOURCE', 'E-MAIL'], rows, context.stdout.columns)
}

function toJson({ at, reason, source, email }: Suppression): string {
  return JSON.stringify({ email, reason, source, at: new Date(at).toISOString() })
}

async function add(context: CliContext, text: string, options: AddOptions): Promise<void> {
  const email = parseEmail(text)
  const { reason } = options
  const isNew = await withAccountApp(context, options, (app, { accountId }) =>
    app.db.transaction((tx) => addSuppression(tx, accountId, { email, reason, source: 'operator' }, app.now())),
  )
  const sentence = isNew
    ? `${email} gets no mail.`
    : `${email} gets no mail already, for this reason or a weightier one.`
  await print(context, options.json ? JSON.stringify({ email, reason, isNew }) : sentence)
}

async function remove(context: CliContext, text: string, options: AccountOptions): Promise<void> {
  const email = parseEmail(text)
  const isRemoved = await withAccountApp(context, options, (app, { accountId }) =>
    app.db.transaction((tx) => removeSuppression(tx, accountId, email)),
  )
  if (!isRemoved) throw new NotFoundError(`${email} is not suppressed`)
  await print(
    context,
    options.json ? JSON.stringify({ email }) : `${email} may get mail again, unless its contact opted out.`,
  )
}
