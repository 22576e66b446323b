// `contrail hooks inbox list|show|replay`: what came in by webhook, and what became of it.

import { InvalidArgumentError, Option } from 'commander'
import type { Command } from 'commander'
import { getInboxBody, inboxStates, listInbox, replayInbox, replayInboxEntry } from '../../core/inbox/inbox.ts'
import type { InboxEntry, InboxState } from '../../core/inbox/inbox.ts'
import { InvalidInputError } from '../../errors.ts'
import { print } from './context.ts'
import type { CliContext } from './context.ts'
import { formatCount, formatTime, renderTable } from './format.ts'
import { parseCount, parseNumericId, withAccount } from './options.ts'
import type { AccountOptions } from './options.ts'
import { withAccountApp } from './with-app.ts'

interface InboxOptions extends AccountOptions {
  state?: InboxState[]
  limit?: number
}

export function addHooksInbox(hooks: Command, context: CliContext): void {
  const inbox = hooks.command('inbox').summary('what came in, kept for 30 days')
  withAccount(inbox.command('list').summary('list it, the latest first'))
    .addOption(stateOption('only these'))
    .option('--limit <count>', 'how many (default 50)', parseCount)
    .action((options: InboxOptions) => list(context, options))
  withAccount(inbox.command('show <number>').summary('the body as it came')).action(
    (number: string, options: AccountOptions) => show(context, parseNumericId(number), options),
  )
  withAccount(inbox.command('replay [number...]').summary('have it read again: what is on timelines stays once'))
    .addOption(stateOption('all of these'))
    .addHelpText(
      'after',
      '\nExamples:\n  contrail hooks inbox replay --state partly,failed\n  contrail hooks inbox replay 17',
    )
    .action((numbers: string[], options: InboxOptions) => replay(context, numbers.map(parseNumericId), options))
}

function stateOption(meaning: string): Option {
  return new Option('--state <states>', `${meaning}: ${inboxStates.join(', ')}`).argParser(parseStates)
}

function parseStates(text: string): InboxState[] {
  return text.split(',').map((word) => {
    const state = inboxStates.find((one) => one === word.trim().toLowerCase())
    if (!state) throw new InvalidArgumentError(`A state is one of ${inboxStates.join(', ')}.`)
    return state
  })
}

async function list(context: CliContext, options: InboxOptions): Promise<void> {
  const { state = inboxStates, limit = 50 } = options
  await withAccountApp(context, options, async (app, { accountId }) => {
    const entries = await listInbox(app.db, accountId, { states: state, limit })
    const lines = options.json
      ? entries.map(toJson)
      : renderTable(
          ['NUMBER', 'RECEIVED (UTC)', 'PROVIDER', 'STATE', 'NEW', 'KNOWN', 'OTHER', 'WHY NOT'],
          entries.map(toRow),
          context.stdout.columns,
        )
    for (const line of lines) await print(context, line)
  })
}

function toRow({ inboxId, receivedAt, provider, state, outcome }: InboxEntry): string[] {
  const { recorded = 0, known = 0, ignored = 0, unmapped = 0, problems = [] } = outcome ?? {}
  const counts = outcome ? [recorded, known, ignored + unmapped].map(formatCount) : ['', '', '']
  return [String(inboxId), formatTime(receivedAt), provider, state, ...counts, problems[0]?.message ?? '']
}

function toJson({ inboxId, endpointId, receivedAt, readAt, ...entry }: InboxEntry): string {
  const time = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString())
  return JSON.stringify({ number: inboxId, endpoint: endpointId, receivedAt: time(receivedAt), readAt: time(readAt), ...entry }) // oxfmt-ignore
}

async function show(context: CliContext, inboxId: number, options: AccountOptions): Promise<void> {
  const body = await withAccountApp(context, options, (app, { accountId }) => getInboxBody(app.db, accountId, inboxId))
  context.stdout.write(body)
}

async function replay(context: CliContext, numbers: readonly number[], options: InboxOptions): Promise<void> {
  const { state } = options
  if (numbers.length > 0 === (state !== undefined))
    throw new InvalidInputError('either numbers or --state says what is to be read again')
  const count = await withAccountApp(context, options, async (app, { accountId }) => {
    for (const number of numbers) await replayInboxEntry(app.db, accountId, number, app.now())
    return state ? replayInbox(app.db, accountId, state, app.now()) : numbers.length
  })
  const sentence = `${formatCount(count)} will be read again by the server, within seconds where it runs.`
  await print(context, options.json ? JSON.stringify({ replayed: count }) : sentence)
}
