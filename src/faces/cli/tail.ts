// `contrail tail`: events as they are recorded, until it is stopped.

import { setTimeout } from 'node:timers/promises'
import type { Command } from 'commander'
import type { EventKind } from '../../core/events/event.ts'
import { followFeed } from '../../core/events/feed.ts'
import type { FeedPosition } from '../../core/events/feed.ts'
import type { HistoryEvent } from '../../core/events/history.ts'
import { openCursor, sealCursor } from '../../db/page.ts'
import { isHeard, print } from './context.ts'
import type { CliContext } from './context.ts'
import { eventJson } from './events.ts'
import { formatTime, printable, renderJson } from './format.ts'
import { parseCount, parseKinds, refuseStoreOptions, withAccount } from './options.ts'
import type { AccountOptions } from './options.ts'
import { elsewhereOption, withServer } from './remote/client.ts'
import { toHistoryEvent } from './remote/events.ts'
import { followFeed as followRemoteFeed } from './remote/follow-feed.ts'
import { withAccountApp } from './with-app.ts'

interface TailOptions extends AccountOptions {
  kind?: EventKind[]
  profile?: string
  fromStart?: boolean
  after?: string
  follow: boolean
  limit?: number
}

/** How often it looks for events, in ms. */
const pollTime = 500
const pageSize = 200

export function addTail(program: Command, context: CliContext): void {
  withAccount(program.command('tail').summary('print events as they are recorded, until stopped'))
    .option('--kind <kinds>', 'only these kinds, separated by commas', parseKinds)
    .option('--from-start', 'everything that was ever recorded first')
    .option('--after <cursor>', 'go on from where an earlier run was: "next" of its last line with --json')
    .option('--no-follow', 'end when there is nothing more for now')
    .option('--limit <count>', 'end after so many', parseCount)
    .addOption(elsewhereOption())
    .addHelpText(
      'after',
      '\nAn event is told some seconds after it was recorded, when nothing can come before it any more.\n\nExamples:\n  contrail tail\n  contrail tail --kind bounce,complaint --json\n  contrail tail --from-start --no-follow --json > everything.ndjson',
    )
    .action((options: TailOptions) => tail(context, options))
}

async function tail(context: CliContext, options: TailOptions): Promise<void> {
  if (options.profile === undefined) return tailStore(context, options)
  refuseStoreOptions(options)
  await withServer(context, { profile: options.profile }, (client) =>
    followRemoteFeed(context, client, options, ({ event: told, place }) => {
      const event = toHistoryEvent(told)
      return options.json ? renderJson({ ...eventJson(event), next: place }) : describeFollowed(event)
    }),
  )
}

async function tailStore(context: CliContext, options: TailOptions): Promise<void> {
  await withAccountApp(context, options, async (app, { accountId }) => {
    const scope = `v1 ${accountId} feed`
    const stop = new AbortController()
    const stopped = options.follow ? context.stopRequested().then(() => stop.abort()) : undefined
    let after = options.after === undefined ? undefined : open(app.cursorKey, scope, options.after)
    let isFromNow = !options.fromStart && options.follow && !after
    let left = options.limit ?? Infinity
    while (!stop.signal.aborted && left > 0 && isHeard(context)) {
      const query = { after, isFromNow, kinds: options.kind, limit: Math.min(pageSize, left), now: app.now() }
      const page = await followFeed(app.db, accountId, query)
      for (const event of page.events) {
        const { recordedAt, contactId, eventId, kind } = event
        const next = sealCursor(app.cursorKey, scope, [recordedAt, contactId, eventId, kind])
        await print(context, options.json ? renderJson({ ...eventJson(event), next }) : describeFollowed(event))
      }
      left -= page.events.length
      after = page.next
      isFromNow = false
      if (page.isCaughtUp && !options.follow) break
      if (page.isCaughtUp) await Promise.race([setTimeout(pollTime, undefined, { signal: stop.signal }).catch(() => undefined), stopped]) // oxfmt-ignore
    }
  })
}

function open(key: Uint8Array, scope: string, text: string): FeedPosition {
  const [recordedAt, contactId, eventId, kind] = openCursor(key, scope, text) as [number, number, number, EventKind]
  return { recordedAt, contactId, eventId, kind }
}

/** One event in one line. */
export function describeFollowed(event: HistoryEvent): string {
  const detail = [event.url, event.code, event.message].filter((part) => part !== undefined).join(' ')
  const { at, kind, contactId, campaignId, campaignName } = event
  return printable(
    `${formatTime(at)}  ${kind.padEnd(9)}  contact ${contactId}  ${campaignId} ${campaignName}  ${detail}`.trimEnd(),
  )
}
