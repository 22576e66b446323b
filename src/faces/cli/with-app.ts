// Opens the store for one command and closes it after. Used by every command that reads or writes data.

import type { App } from '../../app.ts'
import { chooseAccount } from '../../core/accounts/account.ts'
import type { Account } from '../../core/accounts/account.ts'
import { InvalidInputError } from '../../errors.ts'
import type { CliContext, Purpose } from './context.ts'
import { settingsOf } from './options.ts'
import type { AccountOptions } from './options.ts'

export async function withApp<T>(
  context: CliContext,
  options: Readonly<Record<string, unknown>>,
  work: (app: App) => Promise<T>,
  purpose: Purpose = 'look',
): Promise<T> {
  // `contact --profile NAME erase`: the flag is of the command above, and nobody wants this machine's contact erased then.
  if (options['profile'] !== undefined)
    throw new InvalidInputError(
      'this command works on the store of this machine alone, and takes no --profile',
      'profile',
    )
  await using app = await context.openApp(context.readConfig(settingsOf(options)), purpose)
  return await work(app)
}

/** The same with the account named by --account, or the only one there is. */
export function withAccountApp<T>(
  context: CliContext,
  options: AccountOptions,
  work: (app: App, account: Account) => Promise<T>,
  purpose: Purpose = 'look',
): Promise<T> {
  return withApp(context, options, async (app) => work(app, await chooseAccount(app.db, options.account)), purpose)
}
