// The feed as it goes on: every event once, in order, without gaps, over cuts and restarts on either side.

import { ConnectionError, ContrailError } from './errors.ts'
import type { Event, EventKind } from './generated/types.ts'
import { pause, send } from './request.ts'
import type { Settings } from './request.ts'

export interface TailOptions {
  /** Where to go on: the `place` of the last event that was dealt with. */
  after?: string | undefined
  /** Without `after`: from the first event on, or only what is recorded from now on, which is usual. */
  from?: 'start' | 'now'
  kind?: EventKind[]
  signal?: AbortSignal
}

export interface Followed {
  event: Event
  /** Keep it when the event is dealt with, and give it back as `after`. */
  place: string
}

/** Longer than the server is silent. In ms. */
const patience = 60_000
const longestPause = 10_000

/** Ends when `signal` is aborted, and goes on over everything else but a refusal. Throws ContrailError. */
export async function* tail(settings: Settings, options: TailOptions = {}): AsyncGenerator<Followed, undefined> {
  const { signal, kind } = options
  let { after } = options
  let failures = 0
  // Where "now" is, in case the first connection is cut before an event came.
  if (after === undefined && options.from !== 'start') after = await placeOfNow(settings, signal)
  while (!signal?.aborted) {
    try {
      for await (const followed of readStream(settings, { after, kind }, signal)) {
        yield followed
        after = followed.place
        failures = 0
      }
    } catch (error) {
      if (signal?.aborted) return undefined
      if (error instanceof ContrailError && error.status < 500 && error.status !== 429) throw error
    }
    const wait = Math.random() * Math.min(longestPause, 500 * 2 ** failures++)
    await pause(wait, signal).catch(() => undefined)
  }
  return undefined
}

async function placeOfNow(settings: Settings, signal: AbortSignal | undefined): Promise<string> {
  const response = await send(settings, operation, { query: { from: 'now' } }, { signal })
  return ((await response.json()) as { next: string }).next
}

const operation = { method: 'GET', path: '/feed' } as const

async function* readStream(
  settings: Settings,
  query: { after: string | undefined; kind: EventKind[] | undefined },
  signal: AbortSignal | undefined,
): AsyncGenerator<Followed, undefined> {
  const leave = new AbortController()
  const stop = signal ? AbortSignal.any([signal, leave.signal]) : leave.signal
  // The time limit of a request would cut the stream; silence is what ends it.
  const lasting = { ...settings, timeout: 2 ** 31 - 1 }
  const response = await send(lasting, operation, { query }, { signal: stop, headers: { accept: 'text/event-stream' } })
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  try {
    for (;;) {
      const { value, done } = await within(reader.read(), patience)
      if (done) return undefined
      text += value
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const followed = parseBlock(text.slice(0, end))
        text = text.slice(end + 2)
        if (followed) yield followed
      }
    }
  } finally {
    leave.abort()
  }
}

function parseBlock(block: string): Followed | undefined {
  const place = /^id: (.*)$/m.exec(block)?.[1]
  const data = /^data: (.*)$/m.exec(block)?.[1]
  return place === undefined || data === undefined ? undefined : { event: JSON.parse(data) as Event, place }
}

async function within<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new ConnectionError('the server has been silent for too long')), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
