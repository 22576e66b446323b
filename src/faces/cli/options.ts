// Options that many commands share, and the readers of their values.

import { InvalidArgumentError, Option } from 'commander'
import type { Command } from 'commander'
import { optionTable } from '../../config.ts'
import type { OptionName } from '../../config.ts'
import { allKinds } from '../../core/events/event.ts'
import type { EventKind } from '../../core/events/event.ts'
import { InvalidInputError } from '../../errors.ts'
import type { Flags } from './context.ts'

/** What says where the data is: whoever takes the folder takes the database too. */
const storeSettings: readonly OptionName[] = ['databaseUrl', 'databasePoolSize', 'databasePrepared', 'databaseTimeout']

/** Every setting there is, but for those that come with the folder. */
export const allSettings = (Object.keys(optionTable) as OptionName[]).filter((name) => !storeSettings.includes(name))

/** Adds the settings of the table as flags. */
export function withSettings(command: Command, names: readonly OptionName[]): Command {
  for (const name of names.flatMap((given) => (given === 'dataDir' ? [given, ...storeSettings] : [given]))) {
    const { flag, value, meaning, env } = optionTable[name]
    command.addOption(
      new Option(`${flag} <${value}>`, `${meaning.split('. ')[0]!.replace(/\.$/, '').replaceAll('`', '')} (${env})`),
    )
  }
  return command
}

/** The settings among a command's parsed options. */
export function settingsOf(options: Readonly<Record<string, unknown>>): Flags {
  const flags: Flags = {}
  for (const [name, { flag }] of Object.entries(optionTable)) {
    const value = options[new Option(`${flag} <x>`).attributeName()]
    if (typeof value === 'string') flags[name as OptionName] = value
  }
  return flags
}

/** Adds --data, --account and --json. */
export function withAccount(command: Command): Command {
  return withSettings(command, ['dataDir'])
    .option('--account <name>', 'user name of the account; not needed when there is only one')
    .option('--json', 'JSON on standard output, errors as JSON on standard error')
}

export interface AccountOptions extends Record<string, unknown> {
  account?: string
  json?: boolean
}

/** For a command that asks a server elsewhere: what names a store of this machine contradicts that. Throws InvalidInputError. */
export function refuseStoreOptions(options: AccountOptions): void {
  const [first] = Object.keys(settingsOf(options)) as OptionName[]
  const flag = options.account === undefined ? first && optionTable[first].flag : '--account'
  if (flag) throw new InvalidInputError(`${flag} is of this machine's store, and --profile asks a server elsewhere`)
}

/** `click`, `clicks`, several separated by commas. */
export function parseKinds(text: string, before: EventKind[] | undefined): EventKind[] {
  const kinds = text.split(',').map((word) => {
    const kind = allKinds.find((known) => known === word.trim().toLowerCase().replace(/ies$/, 'y').replace(/s$/, ''))
    if (!kind) throw new InvalidArgumentError(`A kind is one of ${allKinds.join(', ')}.`)
    return kind
  })
  return [...(before ?? []), ...kinds]
}

/** `2008-10-03`, `2008-10-03T18:39` or with zone; without a zone it is UTC. */
export function parseWhen(text: string): number {
  const [, date, clock = '00:00', seconds = ':00', zone = 'Z'] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d(?:\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/i.exec(text) ?? []
  const at = Date.parse(`${date}T${clock}${seconds}${zone.toUpperCase()}`)
  // 31 February is no day, though Date would take it for 3 March.
  const isDay = !Number.isNaN(at) && new Date(`${date}T00:00Z`).toISOString().startsWith(date!)
  if (!isDay) throw new InvalidArgumentError('A time is written 2008-10-03 or 2008-10-03T18:39:02Z.')
  return at
}

export function parseCount(text: string): number {
  if (!/^\d{1,7}$/.test(text) || Number(text) < 1) throw new InvalidArgumentError('A number from 1 on is needed.')
  return Number(text)
}

export function parseNumericId(text: string): number {
  const id = Number(text)
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(id)) throw new InvalidArgumentError('An id is a whole number.')
  return id
}
