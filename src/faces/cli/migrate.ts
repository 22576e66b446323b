// `contrail migrate`: makes or upgrades the tables and nothing else. Starting the server does the same; this is for an
// operator who wants it done before, or by another database user.

import type { Command } from 'commander'
import { storeName } from '../../config.ts'
import { print } from './context.ts'
import type { CliContext } from './context.ts'
import { settingsOf, withSettings } from './options.ts'

export function addMigrate(program: Command, context: CliContext): void {
  withSettings(program.command('migrate').summary("make or upgrade the database's tables"), ['dataDir'])
    .option('--json', 'JSON on standard output')
    .action((options: Record<string, unknown>) => migrate(context, options))
}

async function migrate(context: CliContext, options: Record<string, unknown>): Promise<void> {
  const config = context.readConfig(settingsOf(options))
  await using app = await context.openApp(config, 'create')
  if (options['json'] === true) return await print(context, JSON.stringify({ applied: app.applied }))
  for (const name of app.applied) await print(context, `Applied ${name}`)
  await print(context, `The tables of ${storeName(config)} are up to date.`)
}
