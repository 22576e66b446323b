// `contrail suppressions list|add|remove|holds|release`: the addresses that get no mail.

import { Option } from 'commander'
import type { Command } from 'commander'
import { findContacts } from '../../core/contacts/contact.ts'
import { parseEmail } from '../../core/contacts/email.ts'
import { listHolds, releaseHold } from '../../core/suppressions/hold.ts'
import type { Hold } from '../../core/suppressions/hold.ts'
import { addSuppression, listSuppressions, removeSuppression } from '../../core/suppressions/suppression.ts'
import { suppressionReasons } from '../../core/suppressions/suppression.ts'
import type { Suppression, SuppressionReason } from '../../core/suppressions/suppression.ts'
import { NotFoundError } from '../../errors.ts'
import { print } from './context.ts'
import type { CliContext } from './context.ts'
import { getContactNamed } from './find-contact.ts'
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
  withAccount(
    suppressions.command('holds').summary('list the contacts whose mail is suspended because it came back'),
  ).action((options: AccountOptions) => listHeld(context, options))
  withAccount(suppressions.command('release <email-or-id>').summary('try a contact again whose mail came back')).action(
    (name: string, options: AccountOptions) => release(context, name, options),
  )
}

async function listHeld(context: CliContext, options: AccountOptions): Promise<void> {
  await withAccountApp(context, options, async (app, { accountId }) => {
    for (let after: number | undefined; ;) {
      const page = await listHolds(app.db, accountId, { after, limit: perPage }, app.now())
      const contacts = await findContacts(
        app.db,
        accountId,
        page.map(({ contactId }) => contactId),
      )
      const rows = page.map((hold) => ({ ...hold, email: contacts.get(hold.contactId)?.email ?? '' }))
      const lines = options.json ? rows.map(holdJson) : holdTable(context, rows)
      for (const line of after === undefined || options.json ? lines : lines.slice(1)) await print(context, line)
      if (page.length < perPage) return
      after = page.at(-1)!.contactId
    }
  })
}

type HeldRow = Hold & { email: string }

function holdTable(context: CliContext, rows: readonly HeldRow[]): string[] {
  const cells = rows.map(({ since, until, code, email, message }) => [
    formatTime(since),
    until === null ? 'for good' : formatTime(until),
    code,
    email,
    message,
  ])
  return renderTable(['SINCE (UTC)', 'UNTIL (UTC)', 'CODE', 'E-MAIL', 'BECAUSE'], cells, context.stdout.columns)
}

function holdJson({ contactId, email, code, message, strikes, since, until }: HeldRow): string {
  const time = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString())
  return JSON.stringify({ contact: contactId, email, code, message, strikes, since: time(since), until: time(until) })
}

async function release(context: CliContext, name: string, options: AccountOptions): Promise<void> {
  const { email } = await withAccountApp(context, options, async (app, { accountId }) => {
    const contact = await getContactNamed(app.db, accountId, name)
    if (!(await app.db.transaction((tx) => releaseHold(tx, accountId, contact.contactId))))
      throw new NotFoundError(`mail to ${contact.email} is not suspended`)
    return contact
  })
  await print(context, options.json ? JSON.stringify({ email }) : `${email} is tried again from now on.`)
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
