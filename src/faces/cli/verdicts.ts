// `contrail verdicts replay`: judges the hits that are kept by the rules of this program.

import type { Command } from 'commander'
import { kindFromNumber } from '../../core/events/event.ts'
import { replayVerdicts } from '../../core/verdicts/replay.ts'
import { defaultVerdictSettings, rulesVersion } from '../../core/verdicts/settings.ts'
import { print } from './context.ts'
import type { CliContext } from './context.ts'
import { formatCount, renderTable } from './format.ts'
import { withAccount } from './options.ts'
import type { AccountOptions } from './options.ts'
import { withAccountApp } from './with-app.ts'

interface ReplayOptions extends AccountOptions {
  commit?: boolean
}

export function addVerdicts(program: Command, context: CliContext): void {
  const verdicts = program.command('verdicts').summary('tell people from machines again')
  withAccount(
    verdicts
      .command('replay')
      .summary('judge the hits that are kept by the rules of this program, and show what changes'),
  )
    .option('--commit', 'store the new verdicts; without it nothing is changed')
    .addHelpText('after', '\nExamples:\n  contrail verdicts replay\n  contrail verdicts replay --commit')
    .action((options: ReplayOptions) => replay(context, options))
}

async function replay(context: CliContext, options: ReplayOptions): Promise<void> {
  await withAccountApp(context, options, async (app, { accountId }) => {
    const isStored = options.commit === true
    const counts = new Map<string, number>()
    const settings = defaultVerdictSettings
    const sends = await replayVerdicts(
      app.db,
      accountId,
      { settings, now: app.now(), isStored },
      ({ campaignId, kind, from, to }) => {
        const name = JSON.stringify([campaignId, kindFromNumber(kind), from, to])
        counts.set(name, (counts.get(name) ?? 0) + 1)
      },
    )
    const changes = [...counts].map(([name, count]) => {
      const [campaign, kind, from, to] = JSON.parse(name) as [number, string, string, string]
      return { campaign, kind, from, to, count }
    })
    changes.sort((a, b) => b.campaign - a.campaign || b.count - a.count)
    const rules = rulesVersion(settings)
    if (options.json) return print(context, JSON.stringify({ rules, sends, isStored, changes }))
    await print(context, `Rules ${rules}: ${formatCount(sends)} sends were judged.`)
    if (changes.length === 0) return print(context, 'No verdict changes.')
    const rows = changes.map(({ campaign, kind, from, to, count }) => [
      String(campaign),
      kind,
      `${from} to ${to}`,
      formatCount(count),
    ])
    for (const line of renderTable(['CAMPAIGN', 'EVENT', 'VERDICT', 'COUNT'], rows, context.stdout.columns))
      await print(context, line)
    await print(context, isStored ? 'They are stored.' : 'Nothing is stored yet: --commit stores them.')
  })
}
