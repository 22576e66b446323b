// `contrail contact erase`: takes a contact and all it did out of the store, for good.

import { createInterface } from 'node:readline'
import type { Command } from 'commander'
import type { App } from '../../app.ts'
import { parseEmail } from '../../core/contacts/email.ts'
import { eraseContact, resumeErasure } from '../../core/erasure/erase-contact.ts'
import { findErased } from '../../core/suppressions/erased-addresses.ts'
import { InvalidInputError, NotFoundError } from '../../errors.ts'
import { print } from './context.ts'
import type { CliContext } from './context.ts'
import { getContactNamed } from './find-contact.ts'
import { printable } from './format.ts'
import { withAccount } from './options.ts'
import type { AccountOptions } from './options.ts'
import { withAccountApp } from './with-app.ts'

interface EraseOptions extends AccountOptions {
  yes?: boolean
}

export function addErase(contact: Command, context: CliContext): void {
  withAccount(contact.command('erase <email-or-id>').summary('erase a contact and all it did; totals stay'))
    .option('--yes', 'do not ask')
    .addHelpText(
      'after',
      '\nTotals of campaigns stay exact, and the address is kept from being added again; see docs/privacy.md.\n\nExamples:\n  contrail contact erase jflowers@mail.com\n  contrail contact erase 32 --yes',
    )
    .action((name: string, _: EraseOptions, command: Command) => run(context, name, command.optsWithGlobals()))
}

async function run(context: CliContext, name: string, options: EraseOptions): Promise<void> {
  await withAccountApp(context, options, async (app, { accountId }) => {
    const tell = (sentence: string, isNew: boolean): Promise<void> =>
      print(context, options.json ? JSON.stringify({ contact: name, isErased: true, isNew }) : sentence)
    const contact = await getContactNamed(app.db, accountId, name).catch((error: unknown) => {
      if (error instanceof NotFoundError) return undefined
      throw error
    })
    if (!contact) {
      await finish(app, accountId, name)
      return tell(`${printable(name)} is erased already.`, false)
    }
    const { contactId, email } = contact
    if (!options.yes && !(await confirm(context, `Erase contact ${contactId}, ${printable(email)}, for good? [y/N] `)))
      throw new InvalidInputError('nothing was erased')
    await eraseContact(app.db, accountId, contact, app.now())
    await tell(`Contact ${contactId}, ${printable(email)}, is erased.`, true)
  })
}

/** Throws NotFoundError if nobody of that name was ever erased. What is left of one by its address is the server's job. */
async function finish(app: App, accountId: number, name: string): Promise<void> {
  if (/^\d+$/.test(name)) return resumeErasure(app.db, accountId, Number(name))
  const email = parseEmail(name)
  if (!(await findErased(app.db, accountId, [email])).has(email))
    throw new NotFoundError(`no contact has the address ${email}`)
}

async function confirm(context: CliContext, question: string): Promise<boolean> {
  if (!context.stdin.isTTY) throw new InvalidInputError('--yes is needed where nobody can be asked', 'yes')
  context.stderr.write(question)
  for await (const answer of createInterface({ input: context.stdin })) return /^y(es)?$/i.test(answer.trim())
  return false
}
