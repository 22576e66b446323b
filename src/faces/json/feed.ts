// The feed: every event of the account in the order it was recorded, once and without gaps, as pages or as a stream that
// goes on (Server-Sent Events). Whoever goes on from where it was misses nothing.

import { setTimeout } from 'node:timers/promises'
import { z } from 'zod'
import type { App } from '../../app.ts'
import type { EventKind } from '../../core/events/event.ts'
import { followFeed } from '../../core/events/feed.ts'
import type { FeedPosition, FollowPage } from '../../core/events/feed.ts'
import { UnavailableError } from '../../errors.ts'
import { eventDocument, kind, showEvents } from './event-json.ts'
import type { EventJson } from './event-json.ts'
import { openPosition, sealPosition } from './paging.ts'
import { Refusal } from './problem.ts'
import { route } from './route.ts'
import type { Asked, Route } from './route.ts'
import { cursor, limit } from './schemas.ts'

/** How often a reader that waits looks for events, in ms. */
const pollTime = 500
/** How long nothing is sent on a stream at most: a proxy would close it. In ms. */
const heartbeatTime = 15_000
/** Readers that wait, in one process. */
const maxReaders = 1000

interface FeedQuery {
  after?: string | undefined
  from?: 'start' | 'now' | undefined
  kind?: EventKind[] | undefined
  wait: number
  limit: number
}
type AskedFeed = Asked<unknown, FeedQuery>

const query = {
  after: cursor
    .optional()
    .meta({ description: 'Where to go on: `next` of the page before, or the `id` of an event of the stream.' }),
  from: z.enum(['start', 'now']).optional().meta({
    description: 'Without `after`: from the first event on, or only what is recorded from now on; `start` unless said.',
  }),
  kind: z.array(kind).max(8).optional().meta({ description: 'Only these kinds.' }),
  wait: z.int().min(0).max(30).default(0).meta({
    description: 'How many seconds to wait for an event where there is none yet.',
  }),
  limit: limit(500, 100),
}

const feedPage = z
  .strictObject({
    items: z.array(eventDocument),
    next: z.string().meta({ description: 'The `after` to go on with, now or whenever.' }),
    caughtUp: z.boolean().meta({ description: 'True when there is nothing more for now.' }),
  })
  .meta({ id: 'FeedPage' })

const feed = route({
  method: 'GET',
  path: '/feed',
  operationId: 'readFeed',
  tag: 'Feed',
  summary: 'Follow what happens',
  description:
    'Every event in the order it was recorded, once and without gaps, whatever else is written meanwhile: keep `next`, and go on from there. An event is fed some seconds after it was recorded, when nothing can come before it any more.\n\nWith `Accept: text/event-stream` the answer goes on: each event has its kind as `event`, its JSON as `data` and its place as `id`, which browsers send back as `Last-Event-ID` when they connect again.',
  scope: 'read',
  query,
  answer: feedPage,
  streams: { 'text/event-stream': eventDocument },
  handle: async (asked) => {
    const { request, query: given } = asked
    if (given.after !== undefined && given.from !== undefined)
      throw new Refusal('invalid_input', '"after" and "from" can not be asked for together')
    const last = request.headers.get('last-event-id') ?? given.after
    const start = { after: last === undefined ? undefined : open(asked, last), isFromNow: given.from === 'now' }
    const isStream = (request.headers.get('accept') ?? '').includes('text/event-stream')
    // Nobody would read, or end, the stream of a HEAD.
    if (isStream && request.method === 'GET') return streamOf(asked, start)
    const page = await nextPage(asked, start, given.wait * 1000)
    const items = await showEvents(asked.app.db, asked.accountId, page.events)
    return { body: { items, next: seal(asked, page.next), caughtUp: page.isCaughtUp } }
  },
})

interface Start {
  after: FeedPosition | undefined
  isFromNow?: boolean
}

async function readPage(
  { app, accountId, query: { limit: most, kind: kinds } }: AskedFeed,
  start: Start,
): Promise<FollowPage> {
  return followFeed(app.db, accountId, { ...start, kinds, limit: most, now: app.now() })
}

/** The next page, which is empty only when nothing came for so long. In ms. */
async function nextPage(asked: AskedFeed, start: Start, patience: number): Promise<FollowPage> {
  const giveUpAt = performance.now() + patience
  const ended = AbortSignal.any([asked.request.signal, asked.stopping])
  let page = await readPage(asked, start)
  if (page.events.length > 0 || patience === 0) return page
  using _reader = admit(asked.app)
  while (page.events.length === 0 && performance.now() < giveUpAt && !ended.aborted) {
    const left = giveUpAt - performance.now()
    // Where much was looked at and nothing fits, there is more to look at.
    if (page.isCaughtUp) await setTimeout(Math.min(pollTime, left), undefined, { signal: ended }).catch(() => undefined)
    page = await readPage(asked, { after: page.next })
  }
  return page
}

function streamOf(asked: AskedFeed, start: Start): Response {
  const reader = admit(asked.app)
  const chunks = renderStream(asked, start)
  const body = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const { value, done } = await chunks.next().catch((error: unknown) => {
        reader[Symbol.dispose]()
        throw error
      })
      if (!done) return controller.enqueue(encoder.encode(value))
      reader[Symbol.dispose]()
      controller.close()
    },
    cancel: async () => {
      reader[Symbol.dispose]()
      await chunks.return(undefined)
    },
  })
  // Proxies that collect answers are told not to.
  return new Response(body, { headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' } }) // oxfmt-ignore
}

const encoder = new TextEncoder()

async function* renderStream(asked: AskedFeed, start: Start): AsyncGenerator<string, undefined> {
  const { app, accountId } = asked
  const ended = AbortSignal.any([asked.request.signal, asked.stopping])
  yield 'retry: 2000\n\n'
  let next = start
  let sentAt = performance.now()
  while (!ended.aborted) {
    const page = await readPage(asked, next).catch((error: unknown) => {
      // The reader connects again, and goes on from where it was.
      if (error instanceof UnavailableError) return undefined
      throw error
    })
    if (!page) return undefined
    const events = await showEvents(app.db, accountId, page.events)
    const text = events.map((event, i) => renderEvent(event, seal(asked, placeOf(page, i)))).join('')
    next = { after: page.next }
    if (text !== '' || performance.now() - sentAt > heartbeatTime) {
      sentAt = performance.now()
      yield text || ': nothing new\n\n'
    }
    if (page.isCaughtUp) await setTimeout(pollTime, undefined, { signal: ended }).catch(() => undefined)
  }
  return undefined
}

function placeOf({ events }: FollowPage, i: number): FeedPosition {
  const { recordedAt, contactId, eventId, kind: word } = events[i]!
  return { recordedAt, contactId, eventId, kind: word }
}

function renderEvent(event: EventJson, place: string): string {
  return `id: ${place}\nevent: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`
}

const readers = new WeakMap<App, number>()

// Those that wait hold a connection each.
function admit(app: App): Disposable {
  const count = readers.get(app) ?? 0
  if (count >= maxReaders) throw new UnavailableError('too many readers of the feed wait')
  readers.set(app, count + 1)
  let isDone = false
  return {
    [Symbol.dispose]: () => {
      if (!isDone) readers.set(app, readers.get(app)! - 1)
      isDone = true
    },
  }
}

function seal(asked: AskedFeed, { recordedAt, contactId, eventId, kind: word }: FeedPosition): string {
  return sealPosition(asked, 'feed', [recordedAt, contactId, eventId, word])
}

function open(asked: AskedFeed, text: string): FeedPosition {
  const [recordedAt, contactId, eventId, word] = openPosition<[number, number, number, EventKind]>(asked, 'feed', text)
  return { recordedAt, contactId, eventId, kind: word }
}

export const feedRoutes: readonly Route[] = [feed]
