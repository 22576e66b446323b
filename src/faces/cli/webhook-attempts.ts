// `contrail webhooks attempts`: what was tried at an endpoint, and what it said.

import type { Command } from 'commander'
import { listAttempts } from '../../core/webhooks/attempts.ts'
import { getWebhook } from '../../core/webhooks/webhook.ts'
import { print } from './context.ts'
import type { CliContext } from './context.ts'
import { formatTime, printable, renderTable } from './format.ts'
import { parseCount, withAccount } from './options.ts'
import type { AccountOptions } from './options.ts'
import { withAccountApp } from './with-app.ts'

interface Options extends AccountOptions {
  limit: number
}

export function addWebhookAttempts(webhooks: Command, context: CliContext): void {
  withAccount(webhooks.command('attempts <id>').summary('what was tried in the last 30 days, the latest first'))
    .option('--limit <count>', 'how many', parseCount, 50)
    .action((id: string, options: Options) => attempts(context, id, options))
}

async function attempts(context: CliContext, id: string, options: Options): Promise<void> {
  await withAccountApp(context, options, async (app, { accountId }) => {
    await getWebhook(app.db, accountId, id)
    const found = await listAttempts(app.db, accountId, id, { limit: options.limit })
    const lines = options.json
      ? found.map(
          ({ attemptId: _attemptId, at, eventRef, attemptNo, duration, ...rest }) =>
          JSON.stringify({ at: new Date(at).toISOString(), event: eventRef, attempt: attemptNo, milliseconds: duration, ...rest }), // oxfmt-ignore
        )
      : renderTable(
          ['AT (UTC)', 'EVENT', 'TRY', 'STATUS', 'MS', 'PROBLEM'],
          found.map(({ at, eventRef, attemptNo, status, duration, problem }) => [
            formatTime(at),
            eventRef ?? 'test',
            String(attemptNo),
            String(status ?? '-'),
            String(duration),
            printable(problem ?? ''),
          ]),
        )
    for (const line of lines) await print(context, line)
  })
}
