// `contrail events`: what a contact did, newest first.

import type { Command } from 'commander'
import type { App } from '../../app.ts'
import type { EventKind } from '../../core/events/event.ts'
import { listHistory } from '../../core/events/history.ts'
import type { HistoryPosition, HistoryQuery } from '../../core/events/history.ts'
import { findVerdicts } from '../../core/verdicts/hidden.ts'
import { isHeard, print } from './context.ts'
import type { CliContext } from './context.ts'
import { getContactNamed } from './find-contact.ts'
import { formatTime, renderJson, renderTable, styled } from './format.ts'
import { parseCount, parseKinds, parseNumericId, parseWhen, refuseStoreOptions, withAccount } from './options.ts'
import type { AccountOptions } from './options.ts'
import { elsewhereOption, withServer } from './remote/client.ts'
import { findContactId } from './remote/contacts.ts'
import { readHistory } from './remote/events.ts'
import type { HistoryPart, HistoryRequest, JudgedEvent } from './remote/events.ts'
import { withAccountApp } from './with-app.ts'

interface EventsOptions extends AccountOptions, HistoryRequest {
  profile?: string
}

export function addEvents(program: Command, context: CliContext): void {
  withAccount(program.command('events <email-or-id>').summary('list what a contact did, newest first'))
    .option(
      '--kind <kinds>',
      'only these kinds, separated by commas: send delivery open click bounce complaint forward optout',
      parseKinds,
    )
    .option('--campaign <id>', 'only of this campaign', parseNumericId)
    .option('--since <time>', 'from this time on (UTC unless it names a zone)', parseWhen)
    .option('--until <time>', 'before this time', parseWhen)
    .option('--limit <count>', 'how many at most', parseCount, 50)
    .option('--people', 'without the opens and clicks of machines and privacy proxies')
    .option('--all', 'every one, however many')
    .option('--oldest-first', 'in the other order')
    .addOption(elsewhereOption())
    .addHelpText(
      'after',
      '\nExamples:\n  contrail events jflowers@mail.com\n  contrail events 32 --kind click,open --since 2008-10-01\n  contrail events 32 --all --json | jq .url',
    )
    .action((name: string, options: EventsOptions) => list(context, name, options))
}

const pageSize = 500

async function list(context: CliContext, name: string, options: EventsOptions): Promise<void> {
  if (options.profile === undefined)
    return withAccountApp(context, options, (app, { accountId }) =>
      printHistory(context, options, readStored(app, accountId, name, options)),
    )
  refuseStoreOptions(options)
  await withServer(context, { profile: options.profile }, async (client) =>
    printHistory(context, options, readHistory(client, await findContactId(client, name), options)),
  )
}

async function* readStored(
  app: App,
  accountId: number,
  name: string,
  options: EventsOptions,
): AsyncGenerator<HistoryPart, undefined> {
  const { contactId } = await getContactNamed(app.db, accountId, name)
  const query: Omit<HistoryQuery, 'limit' | 'after'> = {
    contactId,
    kinds: options.kind,
    campaignId: options.campaign,
    from: options.since,
    until: options.until,
    hidden: options.people ? ['machine', 'proxy'] : [],
    order: options.oldestFirst ? 'oldest-first' : 'newest-first',
  }
  let left = options.all ? Infinity : options.limit
  let next: HistoryPosition | undefined
  do {
    const page = await listHistory(app.db, accountId, { ...query, after: next, limit: Math.min(pageSize, left) })
    const ids = page.events.map(({ eventId }) => eventId)
    const verdicts = await findVerdicts(app.db, accountId, contactId, ids)
    const events = page.events.map((event) => ({ ...event, ...verdicts.get(`${event.kind} ${event.eventId}`) }))
    next = page.next
    left -= events.length
    yield { events, isLast: next === undefined }
  } while (next && left > 0)
  return undefined
}

async function printHistory(
  context: CliContext,
  options: EventsOptions,
  parts: AsyncIterable<HistoryPart>,
): Promise<void> {
  let shown = 0
  let isMore = false
  for await (const { events, isLast } of parts) {
    for (const line of renderPage(context, events, options, shown === 0)) await print(context, line)
    shown += events.length
    isMore = !isLast
    // Whoever reads, as `head` does, may have had enough.
    if (!isHeard(context)) return
  }
  if (!options.json) noteRest(context, shown, isMore)
}

function renderPage(
  context: CliContext,
  events: readonly JudgedEvent[],
  options: EventsOptions,
  isFirst: boolean,
): string[] {
  if (options.json) return events.map((event) => renderJson(eventJson(event)))
  const rows = events.map((event) => [
    formatTime(event.at),
    event.kind,
    `${event.campaignId} ${event.campaignName}`,
    describe(event),
  ])
  const lines = renderTable(['TIME (UTC)', 'EVENT', 'CAMPAIGN', 'DETAIL'], rows, context.stdout.columns)
  return isFirst ? lines : lines.slice(1)
}

function noteRest(context: CliContext, shown: number, isMore: boolean): void {
  const note =
    shown === 0
      ? 'Nothing was recorded that fits.'
      : isMore
        ? `The first ${shown} are shown; --all shows every one.`
        : ''
  if (note !== '') context.stderr.write(styled(context.stderr, 'dim', note) + '\n')
}

function describe(event: JudgedEvent): string {
  const verdict = event.verdict && event.verdict !== 'human' ? `[${event.verdict}: ${event.reasons?.join(', ')}]` : ''
  const server = event.server && `(${[event.server, event.tls ?? 'in the clear'].join(', ')})`
  return [event.url, event.code, event.by && `by ${event.by}`, event.message, server, verdict].filter(Boolean).join(' ')
}

/** An event by itself, as `--json` and exports show it. */
export function eventJson(event: JudgedEvent): object {
  const { eventId: number, contactId, campaignId, campaignName, kind, at, recordedAt, ...rest } = event
  return {
    id: eventId(contactId, kind, number),
    kind,
    at: new Date(at).toISOString(),
    contact: contactId,
    campaign: { id: campaignId, name: campaignName },
    ...rest,
    recordedAt: new Date(recordedAt).toISOString(),
  }
}

/** Unique in the store, as eventJson names it. */
export function eventId(contactId: number, kind: EventKind, number: number): string {
  return `${contactId}-${kind}-${number}`
}
