// `contrail events`: what a contact did, newest first.

import type { Command } from 'commander'
import type { EventKind } from '../../core/events/event.ts'
import { listHistory } from '../../core/events/history.ts'
import type { HistoryEvent, HistoryPosition, HistoryQuery } from '../../core/events/history.ts'
import { print } from './context.ts'
import type { CliContext } from './context.ts'
import { getContactNamed } from './find-contact.ts'
import { formatTime, renderTable, styled } from './format.ts'
import { parseCount, parseKinds, parseNumericId, parseWhen, withAccount } from './options.ts'
import type { AccountOptions } from './options.ts'
import { withAccountApp } from './with-app.ts'

interface EventsOptions extends AccountOptions {
  kind?: EventKind[]
  campaign?: number
  since?: number
  until?: number
  limit: number
  all?: boolean
  oldestFirst?: boolean
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
    .option('--all', 'every one, however many')
    .option('--oldest-first', 'in the other order')
    .addHelpText(
      'after',
      '\nExamples:\n  contrail events jflowers@mail.com\n  contrail events 32 --kind click,open --since 2008-10-01\n  contrail events 32 --all --json | jq .url',
    )
    .action((name: string, options: EventsOptions) => list(context, name, options))
}

const pageSize = 500

async function list(context: CliContext, name: string, options: EventsOptions): Promise<void> {
  await withAccountApp(context, options, async (app, { accountId }) => {
    const contact = await getContactNamed(app.db, accountId, name)
    const query: Omit<HistoryQuery, 'limit' | 'after'> = {
      contactId: contact.contactId,
      kinds: options.kind,
      campaignId: options.campaign,
      from: options.since,
      until: options.until,
      order: options.oldestFirst ? 'oldest-first' : 'newest-first',
    }
    let left = options.all ? Infinity : options.limit
    let next: HistoryPosition | undefined
    let shown = 0
    do {
      const page = await listHistory(app.db, accountId, { ...query, after: next, limit: Math.min(pageSize, left) })
      for (const line of renderPage(context, page.events, options, shown === 0)) await print(context, line)
      shown += page.events.length
      left -= page.events.length
      next = page.next
    } while (next && left > 0)
    if (!options.json) noteRest(context, shown, next !== undefined)
  })
}

function renderPage(
  context: CliContext,
  events: readonly HistoryEvent[],
  options: EventsOptions,
  isFirst: boolean,
): string[] {
  if (options.json) return events.map((event) => JSON.stringify(eventJson(event)))
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

function describe(event: HistoryEvent): string {
  return [event.url, event.code, event.by && `by ${event.by}`, event.message].filter(Boolean).join(' ')
}

/** An event by itself, as `--json` and exports show it. */
export function eventJson(event: HistoryEvent): object {
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
