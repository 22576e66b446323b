// `contrail webhooks create|list|show|test|rotate|enable|disable|remove|attempts|replay`: where events are delivered to.

import type { Command } from 'commander'
import type { App } from '../../app.ts'
import type { EventKind } from '../../core/events/event.ts'
import type { ReachRules } from '../../core/webhooks/address.ts'
import { testWebhook } from '../../core/webhooks/test-webhook.ts'
import {
  countPending,
  createWebhook,
  disableWebhook,
  enableWebhook,
  getWebhook,
  listWebhooks,
  removeWebhook,
  replayWebhook,
  rotateWebhook,
} from '../../core/webhooks/webhook.ts'
import type { Webhook } from '../../core/webhooks/webhook.ts'
import type { Tx } from '../../db/db.ts'
import { print } from './context.ts'
import type { CliContext } from './context.ts'
import { formatCount, formatTime, printable, renderTable } from './format.ts'
import { parseKinds, parseWhen, withAccount, withSettings } from './options.ts'
import type { AccountOptions } from './options.ts'
import { addWebhookAttempts } from './webhook-attempts.ts'
import { withAccountApp } from './with-app.ts'

export function addWebhooks(program: Command, context: CliContext): void {
  const webhooks = program.command('webhooks').summary('deliver the events to an address of yours, signed')
  withReach(withAccount(webhooks.command('create <url>').summary('have events delivered')))
    .option('--name <text>', 'what it is for', '')
    .option('--kind <kinds>', 'only these, such as click,bounce', parseKinds)
    .option('--include-email', "payloads hold the contact's address")
    .option('--secret <whsec>', 'what to sign with; made up when left out')
    .option('--from <time>', 'also what was recorded from then on', parseWhen)
    .action((url: string, options: CreateOptions) => create(context, url, options))
  withAccount(webhooks.command('list').summary('list them')).action((options: AccountOptions) => list(context, options))
  withAccount(webhooks.command('show <id>').summary('how one is doing')).action((id: string, options: AccountOptions) =>
    show(context, id, options),
  )
  withReach(withAccount(webhooks.command('test <id>').summary('send a test and say what became of it'))).action(
    (id: string, options: AccountOptions) => test(context, id, options),
  )
  withAccount(webhooks.command('rotate <id>').summary('sign with a new secret; the old one signs beside it for a day'))
    .option('--secret <whsec>', 'the new one; made up when left out')
    .action((id: string, options: CreateOptions) => rotate(context, id, options))
  for (const { name, summary, deed, sentence } of deeds)
    withAccount(webhooks.command(`${name} <id>`).summary(summary)).action((id: string, options: AccountOptions) =>
      change(context, id, options, deed, sentence),
    )
  withAccount(webhooks.command('replay <id>').summary('deliver again what was recorded from a time on'))
    .requiredOption('--from <time>', 'such as 2008-10-03 or 2008-10-03T18:39:02Z', parseWhen)
    .action((id: string, options: ReplayOptions) => replay(context, id, options))
  addWebhookAttempts(webhooks, context)
}

function withReach(command: Command): Command {
  return withSettings(command, ['webhookInsecure', 'webhookAllow'])
}

interface CreateOptions extends AccountOptions {
  name: string
  kind?: EventKind[]
  includeEmail?: boolean
  secret?: string
  from?: number
}

interface ReplayOptions extends AccountOptions {
  from: number
}

function rulesOf({ config }: App): ReachRules {
  return { isInsecureAllowed: config.webhookInsecure, allowed: config.webhookAllow }
}

async function create(context: CliContext, url: string, options: CreateOptions): Promise<void> {
  const { name, kind: kinds = [], includeEmail: includesEmail = false, secret, from } = options
  await withAccountApp(context, options, async (app, { accountId }) => {
    const given = { url, name, kinds, includesEmail, secret, from }
    const made = await createWebhook(app.db, accountId, given, rulesOf(app), app.now())
    if (options.json) return print(context, JSON.stringify({ ...toJson(made), secret: made.secrets[0]!.key }))
    await print(context, `Webhook ${made.endpointId} gets the events from now on.`)
    await tellSecret(context, made, secret)
  })
}

async function tellSecret(context: CliContext, { secrets }: Webhook, given: string | undefined): Promise<void> {
  if (given === undefined)
    await print(context, `\nVerify them with this secret, shown this once:\n\n  ${secrets[0]!.key}`)
}

function toJson(webhook: Webhook): object {
  const { endpointId, url, name, kinds, includesEmail, state, reason, position, failingSince, lastProblem, createdAt } = webhook // oxfmt-ignore
  const isoOrNull = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString())
  return {
    id: endpointId,
    url,
    name,
    kinds,
    includeEmail: includesEmail,
    state,
    reason,
    deliveredUntil: isoOrNull(position.recordedAt),
    failingSince: isoOrNull(failingSince),
    lastProblem,
    createdAt: isoOrNull(createdAt),
  }
}

async function list(context: CliContext, options: AccountOptions): Promise<void> {
  await withAccountApp(context, options, async (app, { accountId }) => {
    const found = await listWebhooks(app.db, accountId)
    const lines = options.json
      ? found.map((webhook) => JSON.stringify(toJson(webhook)))
      : renderTable(
          ['ID', 'STATE', 'DELIVERED UNTIL (UTC)', 'KINDS', 'NAME', 'URL'],
          found.map((webhook) => [
            webhook.endpointId,
            stateOf(webhook),
            formatTime(webhook.position.recordedAt),
            webhook.kinds.join(',') || 'all',
            printable(webhook.name),
            webhook.url,
          ]),
        )
    for (const line of lines) await print(context, line)
  })
}

function stateOf({ state, failingSince }: Webhook): string {
  return state === 'active' && failingSince !== null ? 'failing' : state
}

async function show(context: CliContext, id: string, options: AccountOptions): Promise<void> {
  await withAccountApp(context, options, async (app, { accountId }) => {
    const webhook = await getWebhook(app.db, accountId, id)
    const waiting = await countPending(app.db, accountId, id)
    if (options.json) return print(context, JSON.stringify({ ...toJson(webhook), waiting }))
    const { url, name, kinds, includesEmail, reason, position, failingSince, acceptedAt, lastProblem } = webhook
    const rows: [string, string | null][] = [
      ['URL', url],
      ['Name', printable(name) || null],
      ['State', stateOf(webhook)],
      ['Reason', reason],
      ['Kinds', kinds.join(', ') || 'all'],
      ['Addresses', includesEmail ? 'in the payloads' : null],
      ['Delivered until', formatTime(position.recordedAt)],
      ['Waiting', waiting > 0 ? `${formatCount(waiting)} that failed are tried again` : null],
      ['Accepted last', acceptedAt === null ? null : formatTime(acceptedAt)],
      ['Failing since', failingSince === null ? null : formatTime(failingSince)],
      ['Last problem', lastProblem === null ? null : printable(lastProblem)],
    ]
    for (const [label, value] of rows) if (value !== null) await print(context, `${label.padEnd(16)} ${value}`)
  })
}

async function test(context: CliContext, id: string, options: AccountOptions): Promise<void> {
  await withAccountApp(context, options, async (app, { accountId }) => {
    const host = { db: app.db, now: app.now, post: app.postWebhook }
    const { status, problem, duration, response } = await testWebhook(host, accountId, id, new AbortController().signal)
    if (problem !== null) context.exitCode = 1
    if (options.json) return print(context, JSON.stringify({ status, problem, milliseconds: duration, response }))
    await print(context, problem === null ? `It answered ${status} after ${duration} ms.` : `It failed: ${printable(problem)}.`) // oxfmt-ignore
    if (response) await print(context, `\n  ${printable(response)}`)
  })
}

async function rotate(context: CliContext, id: string, options: CreateOptions): Promise<void> {
  await withAccountApp(context, options, async (app, { accountId }) => {
    const changed = await app.db.transaction((tx) => rotateWebhook(tx, accountId, id, options.secret, app.now()))
    if (options.json) return print(context, JSON.stringify({ id, secret: changed.secrets[0]!.key }))
    await print(context, 'For 24 hours the old secret signs beside the new one.')
    await tellSecret(context, changed, options.secret)
  })
}

type Deed = (tx: Tx, accountId: number, id: string, now: number) => Promise<void>

interface Change {
  name: string
  summary: string
  deed: Deed
  sentence: string
}

const deeds: readonly Change[] = [
  {
    name: 'enable',
    summary: 'go on from where it was',
    deed: enableWebhook,
    sentence: 'It goes on from where it was, with what waits first.',
  },
  {
    name: 'disable',
    summary: 'send nothing, and lose nothing',
    deed: (tx, accountId, id) => disableWebhook(tx, accountId, id, 'by hand'),
    sentence: 'Nothing is sent until it is enabled; it then gets what it missed.',
  },
  {
    name: 'remove',
    summary: 'forget it, with what waits',
    deed: removeWebhook,
    sentence: 'It is gone.',
  },
]

async function change(
  context: CliContext,
  id: string,
  options: AccountOptions,
  deed: Deed,
  sentence: string,
): Promise<void> {
  // oxfmt-ignore
  await withAccountApp(context, options, (app, { accountId }) =>
    app.db.transaction((tx) => deed(tx, accountId, id, app.now())),
  )
  await print(context, options.json ? JSON.stringify({ id }) : sentence)
}

async function replay(context: CliContext, id: string, options: ReplayOptions): Promise<void> {
  await withAccountApp(context, options, (app, { accountId }) =>
    app.db.transaction((tx) => replayWebhook(tx, accountId, id, options.from, app.now())),
  )
  const words = `What was recorded from ${formatTime(options.from)} UTC on is delivered again.`
  await print(context, options.json ? JSON.stringify({ id, from: new Date(options.from).toISOString() }) : words)
}
