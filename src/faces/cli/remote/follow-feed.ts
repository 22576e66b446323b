// The feed of a server elsewhere on standard output, until it is stopped. Used by tail.ts and api.ts.

import type { Contrail, Event } from '../../../../sdk/src/index.ts'
import type { EventKind } from '../../../core/events/event.ts'
import { isHeard, print } from '../context.ts'
import type { CliContext } from '../context.ts'

export interface Told {
  event: Event
  /** Where to go on so that nothing is missed; undefined: from the start. */
  place: string | undefined
}

export interface FollowOptions {
  kind?: EventKind[]
  after?: string
  fromStart?: boolean
  follow: boolean
  limit?: number
}

const pageSize = 500

/** A line for each event. */
export async function followFeed(
  context: CliContext,
  client: Contrail,
  options: FollowOptions,
  render: (told: Told) => string,
): Promise<void> {
  const stop = new AbortController()
  if (options.follow) {
    void context.stopRequested().then(() => stop.abort())
    // Nobody reads any more, as behind `| head`.
    context.stdout.once('close', () => stop.abort())
  }
  let left = options.limit ?? Infinity
  for await (const told of options.follow ? tail(client, options, stop.signal) : readToEnd(client, options)) {
    await print(context, render(told))
    if (--left <= 0 || !isHeard(context)) return
  }
}

async function* tail(
  client: Contrail,
  { kind, after, fromStart }: FollowOptions,
  signal: AbortSignal,
): AsyncGenerator<Told, undefined> {
  const from = fromStart ? 'start' : 'now'
  // The tail goes on trying for ever; what can't work at all is told now.
  const place = { ...(after === undefined ? { from: from as 'start' | 'now' } : { after }), ...(kind && { kind }) }
  await client.feed.read({ ...place, limit: 1 }, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
  yield* client.tail({ ...place, signal })
  return undefined
}

async function* readToEnd(
  client: Contrail,
  { kind, after, limit = Infinity }: FollowOptions,
): AsyncGenerator<Told, undefined> {
  let place = after
  let left = limit
  for (;;) {
    const from = place === undefined ? { from: 'start' as const } : { after: place }
    const page = await client.feed.read({ ...from, kind, limit: Math.min(pageSize, left) })
    for (const [i, event] of page.items.entries()) {
      // There is a place behind each page alone. From one before it events come again; from one beyond they would be lost.
      const isLast = i === page.items.length - 1
      yield { event, place: isLast ? page.next : place }
    }
    left -= page.items.length
    if (page.caughtUp) return undefined
    place = page.next
  }
}
