// `contrail campaign check|test|send|pause|resume|cancel|requeue|status`: a campaign on its way out.

import { createInterface } from 'node:readline/promises'
import type { Command } from 'commander'
import type { App } from '../../app.ts'
import { scheduleCampaign, unscheduleCampaign } from '../../core/campaigns/schedule.ts'
import type { Campaign } from '../../core/campaigns/campaign.ts'
import { getProgress } from '../../core/sending/campaign-progress.ts'
import type { CampaignProgress } from '../../core/sending/campaign-progress.ts'
import {
  assertSendable,
  cancelCampaign,
  pauseCampaign,
  resumeCampaign,
  startCampaign,
} from '../../core/sending/start-campaign.ts'
import { requeueUnknown } from '../../core/sending/unknown-messages.ts'
import { check, test } from './campaign-check.ts'
import { print } from './context.ts'
import type { CliContext } from './context.ts'
import { getCampaignNamed } from './find-campaign.ts'
import { formatCount, formatTime, printable } from './format.ts'
import { parseCount, parseWhen, withAccount, withSettings } from './options.ts'
import type { AccountOptions } from './options.ts'
import { ProgressLine } from './progress-line.ts'
import { sendHereIfNobodyDoes, warnIfNobodySends } from './send-here.ts'
import type { Sending } from './send-here.ts'
import { withAccountApp } from './with-app.ts'

interface SendOptions extends AccountOptions {
  at?: number
  yes?: boolean
  wait: boolean
}

/** What became of the campaign, where that is not what usually does. */
type Change = (app: App, accountId: number, campaign: Campaign) => Promise<string | void>

export function addCampaignSending(campaign: Command, context: CliContext): void {
  withAccount(campaign.command('check <campaign>').summary('what its templates lack of whom, its links, its size'))
    .option('--limit <count>', 'contacts to look at', parseCount, 1000)
    .action((name: string, options: AccountOptions & { limit: number }) => check(context, name, options))
  withMail(withAccount(campaign.command('test <campaign>').summary('send it to yourself; no event is kept of it')))
    .requiredOption('--to <email>', 'who gets it')
    .option('--contact <email-or-id>', 'whose merge data it shows; else nobody’s')
    .action((name: string, options: AccountOptions & { to: string; contact?: string }) => test(context, name, options))
  withMail(withAccount(campaign.command('send <campaign>').summary('send it now, or at a time')))
    .option('--at <time>', 'when: 2026-12-01 or 2026-12-01T09:00Z', parseWhen)
    .option('--yes', 'without asking')
    .option('--no-wait', 'return at once; servers that run go on')
    .action((name: string, options: SendOptions) => send(context, name, options))
  const change = (verb: string, summary: string, done: string, apply: Change): void => {
    withAccount(campaign.command(`${verb} <campaign>`).summary(summary)).action(
      (name: string, options: AccountOptions) => changeState(context, name, options, { done, apply }),
    )
  }
  change('pause', 'hand over no more of it until it is resumed', 'is paused', ({ db }, accountId, { campaignId }) =>
    pauseCampaign(db, accountId, campaignId),
  )
  change('resume', 'go on where it was paused', 'goes on', ({ db }, accountId, { campaignId }) =>
    resumeCampaign(db, accountId, campaignId),
  )
  change(
    'cancel',
    'never hand over what is left; of a scheduled one, take its time away',
    'is cancelled',
    ({ db, now }, accountId, { campaignId, status: before }) =>
      before === 'scheduled'
        ? unscheduleCampaign(db, accountId, campaignId).then(() => 'is not scheduled any more')
        : cancelCampaign(db, accountId, campaignId, now()),
  )
  change(
    'requeue',
    'send again what may have arrived already: the messages whose fate is unknown',
    'sends again what is unknown',
    ({ db, now }, accountId, { campaignId }) =>
      requeueUnknown(db, accountId, campaignId, now()).then(
        (count) => `sends ${formatCount(count)} messages again whose fate was unknown`,
      ),
  )
  withMail(withAccount(campaign.command('status <campaign>').summary('how far it is')))
    .option('--watch', 'until it is sent')
    .action((name: string, options: AccountOptions & { watch?: boolean }) => status(context, name, options))
}

function withMail(command: Command): Command {
  return withSettings(command, ['relay', 'publicHost', 'bounceDomain'])
}

async function send(context: CliContext, name: string, options: SendOptions): Promise<void> {
  await withAccountApp(
    context,
    options,
    async (app, { accountId }) => {
      const { campaignId, name: title } = await getCampaignNamed(app.db, accountId, name)
      if (!options.yes && !(await isSure(context, `Send "${printable(title)}"?`))) return
      if (options.at !== undefined && options.at > app.now()) {
        await assertSendable(app.db, accountId, campaignId)
        await scheduleCampaign(app.db, accountId, campaignId, options.at)
        const at = formatTime(options.at)
        return print(
          context,
          options.json
            ? JSON.stringify({ id: campaignId, status: 'scheduled', at })
            : `Campaign ${campaignId} goes out at ${at} UTC.`,
        )
      }
      await using sending = options.wait ? await sendHereIfNobodyDoes(context, app) : undefined
      await startCampaign(app.db, accountId, campaignId, app.now())
      if (sending) return await watch(context, app, sending, accountId, campaignId, options)
      await warnIfNobodySends(context, app)
      await print(
        context,
        options.json ? JSON.stringify({ id: campaignId, status: 'running' }) : `Campaign ${campaignId} goes out.`,
      )
    },
    'bulk',
  )
}

// Whoever is not at a terminal has made up their mind.
async function isSure(context: CliContext, question: string): Promise<boolean> {
  if (context.stdin.isTTY !== true) return true
  using lines = createInterface({ input: context.stdin, output: context.stderr })
  return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim())
}

/** Until all its recipients were tried. */
async function watch(
  context: CliContext,
  app: App,
  sending: Sending,
  accountId: number,
  campaignId: number,
  options: AccountOptions,
): Promise<void> {
  const line = new ProgressLine(context.stderr, 'send', 'messages', options.json === true)
  for (;;) {
    const progress = await getProgress(app.db, accountId, campaignId)
    const { run, recipients, ended, counts } = progress
    const tried = ended + counts.deferred
    if (run !== undefined && run.frozenAt !== null) line.show({ count: tried, done: tried, size: recipients })
    if (!run || !['freezing', 'running'].includes(run.state)) {
      line.end()
      await tell(context, progress, options)
      return
    }
    await sending.pause(300)
  }
}

async function changeState(
  context: CliContext,
  name: string,
  options: AccountOptions,
  { done, apply }: { done: string; apply: Change },
): Promise<void> {
  await withAccountApp(context, options, async (app, { accountId }) => {
    const campaign = await getCampaignNamed(app.db, accountId, name)
    const became = await apply(app, accountId, campaign)
    const { campaign: changed } = await getProgress(app.db, accountId, campaign.campaignId)
    await print(
      context,
      options.json
        ? JSON.stringify({ id: campaign.campaignId, status: changed.status })
        : `Campaign ${campaign.campaignId} ${became ?? done}.`,
    )
  })
}

async function status(context: CliContext, name: string, options: AccountOptions & { watch?: boolean }): Promise<void> {
  await withAccountApp(context, options, async (app, { accountId }) => {
    const { campaignId } = await getCampaignNamed(app.db, accountId, name)
    if (options.watch) {
      await using sending = await sendHereIfNobodyDoes(context, app)
      return await watch(context, app, sending, accountId, campaignId, options)
    }
    await tell(context, await getProgress(app.db, accountId, campaignId), options)
  })
}

const words: readonly [keyof CampaignProgress['counts'], string][] = [
  ['accepted', 'accepted by the relay'],
  ['failed', 'refused for good'],
  ['deferred', 'refused for now, to be tried again'],
  ['unknown', 'perhaps accepted: the connection broke (see "contrail campaign requeue")'],
  ['held', 'not tried: mail to them came back'],
  ['skipped', 'not tried: they may not have it, or it could not be made'],
  ['cancelled', 'cancelled'],
  ['in-flight', 'being handed over'],
  ['claimed', 'about to be handed over'],
  ['pending', 'waiting'],
]

async function tell(context: CliContext, progress: CampaignProgress, options: AccountOptions): Promise<void> {
  const { campaign, run, recipients, counts, nextTryAt } = progress
  if (options.json) return print(context, JSON.stringify(toJson(progress)))
  await print(context, `${campaign.campaignId}  ${printable(campaign.name)}: ${campaign.status}`)
  if (run?.problem) await print(context, `  ${printable(run.problem)}`)
  if (!run) return print(context, '  never sent from here')
  if (run.state === 'freezing') return print(context, '  its recipients are being written down')
  const lines: [number, string][] = [
    [recipients, 'recipients'],
    ...words.filter(([state]) => counts[state] > 0).map(([state, word]): [number, string] => [counts[state], word]),
  ]
  const width = Math.max(...lines.map(([count]) => formatCount(count).length))
  for (const [count, word] of lines) await print(context, `  ${formatCount(count).padStart(width)} ${word}`)
  if (nextTryAt !== undefined) await print(context, `  next try at ${formatTime(nextTryAt)} UTC`)
}

function toJson({ campaign, run, recipients, ended, counts, nextTryAt }: CampaignProgress): object {
  const time = (at: number | null | undefined): string | null =>
    at === null || at === undefined ? null : new Date(at).toISOString()
  return {
    id: campaign.campaignId,
    name: campaign.name,
    status: campaign.status,
    state: run?.state ?? null,
    problem: run?.problem ?? null,
    startedAt: time(run?.startedAt),
    endedAt: time(run?.endedAt),
    recipients,
    ended,
    counts,
    nextTryAt: time(nextTryAt),
  }
}
