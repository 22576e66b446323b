// `contrail tracking rotate-key`: a new key for the addresses in mails to come.

import type { Command } from 'commander'
import { rotateTrackingKey } from '../../core/tracking/keys.ts'
import { print } from './context.ts'
import type { CliContext } from './context.ts'
import { withSettings } from './options.ts'
import { withApp } from './with-app.ts'

export function addTracking(program: Command, context: CliContext): void {
  const tracking = program.command('tracking').summary('the keys that sign the addresses in mails')
  withSettings(
    tracking
      .command('rotate-key')
      .summary('make a new key; what older ones signed goes on working, and servers use it when they start anew'),
    ['dataDir'],
  )
    .option('--json', 'JSON on standard output')
    .action(async (options: Record<string, unknown>) => {
      const keyNo = await withApp(context, options, (app) => rotateTrackingKey(app.db))
      await print(
        context,
        options['json'] === true
          ? JSON.stringify({ key: keyNo })
          : `Key ${keyNo} signs from now on, in servers that start anew. Older mails go on working.`,
      )
    })
}
