// `contrail account forwards|retention`: what an account has chosen for its readers.

import { Argument, InvalidArgumentError } from 'commander'
import type { Command } from 'commander'
import { chooseAccount } from '../../core/accounts/account.ts'
import { getAccountSettings, setForwards, setRetention } from '../../core/accounts/settings.ts'
import type { AccountSettings } from '../../core/accounts/settings.ts'
import { print } from './context.ts'
import type { CliContext } from './context.ts'
import { parseCount, withSettings } from './options.ts'
import { withApp } from './with-app.ts'

export function addAccountSettings(account: Command, context: CliContext): void {
  withSettings(
    account.command('forwards <username>').summary('show or say whether readers may forward mails by a form'),
    ['dataDir'],
  )
    .addArgument(new Argument('[switch]', 'off until it is switched on').choices(['on', 'off']))
    .option('--json', 'JSON on standard output')
    .action((username: string, choice: string | undefined, options: Options) =>
      forwards(context, username, choice, options),
    )
  withSettings(account.command('retention <username>').summary('show or set how long what readers did is kept'), [
    'dataDir',
  ])
    .option('--hits <days>', 'raw requests of mail programs', parseCount)
    .option('--events <days>', 'what stands in the history, in days or "forever"; totals of campaigns stay', parseDays)
    .option('--json', 'JSON on standard output')
    .addHelpText('after', '\nExample:\n  contrail account retention joesflowers --hits 14 --events 730')
    .action((username: string, options: RetentionOptions) => retention(context, username, options))
}

interface Options extends Record<string, unknown> {
  json?: boolean
}

interface RetentionOptions extends Options {
  hits?: number
  events?: number | 'forever'
}

function parseDays(text: string): number | 'forever' {
  if (text === 'forever') return text
  if (!/^\d/.test(text)) throw new InvalidArgumentError('A number of days or "forever" is needed.')
  return parseCount(text)
}

async function forwards(
  context: CliContext,
  username: string,
  choice: string | undefined,
  options: Options,
): Promise<void> {
  await withApp(context, options, async ({ db }) => {
    const { accountId } = await chooseAccount(db, username)
    if (choice !== undefined) await setForwards(db, accountId, choice === 'on')
    const { hasForwards } = await getAccountSettings(db, accountId)
    await print(context, options.json ? JSON.stringify({ forwards: hasForwards }) : hasForwards ? 'on' : 'off')
  })
}

async function retention(context: CliContext, username: string, options: RetentionOptions): Promise<void> {
  await withApp(context, options, async ({ db }) => {
    const { accountId } = await chooseAccount(db, username)
    const held = await getAccountSettings(db, accountId)
    const { hits = held.hitDays, events = held.eventDays } = options
    if (options.hits !== undefined || options.events !== undefined)
      await setRetention(db, accountId, { hitDays: hits, eventDays: events === 'forever' ? undefined : events })
    const settings = await getAccountSettings(db, accountId)
    await print(context, options.json ? toJson(settings) : render(settings))
  })
}

function toJson({ hitDays, eventDays }: AccountSettings): string {
  return JSON.stringify({ hitDays, eventDays: eventDays ?? null })
}

function render({ hitDays, eventDays }: AccountSettings): string {
  return `hits    ${hitDays} days\nevents  ${eventDays === undefined ? 'for ever' : `${eventDays} days`}`
}
