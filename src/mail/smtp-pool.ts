// How many connections there are at once, and which are waiting to be used again. Used by smtp.ts.

import type { Session } from './smtp-session.ts'

/** A place is what a connection needs; it is taken before one is opened and kept while it is in use. */
export interface Pool {
  /** A session that is open, `free` for the place to open one, in the order asked. */
  take(signal?: AbortSignal): Promise<Place>
  /** The place, with the session if there is one. */
  putBack(session?: Session): void
  counts(): { busy: number; idle: number; waiting: number }
  /** Who waits is sent away; returns when all places were put back. */
  close(): Promise<void>
}

type Place = Session | 'free' | 'cancelled'

interface PoolLimits {
  places: number
  maxMessages: number
  idleMs: number
}

export function makePool({ places, maxMessages, idleMs }: PoolLimits): Pool {
  const idle = makeShelf(idleMs)
  const waiting = new Set<(place: Place) => void>()
  let busy = 0
  let isClosed = false
  let whenQuiet: (() => void) | undefined
  return {
    async take(signal) {
      if (isClosed || signal?.aborted) return 'cancelled'
      if (busy >= places) return waitForPlace(waiting, signal)
      busy++
      return idle.take() ?? 'free'
    },
    putBack(session) {
      const isUsable = session?.isOpen === true && session.sent < maxMessages && !isClosed
      if (session && !isUsable) void session.close()
      const next = waiting.values().next().value
      if (next) return next(isUsable ? session : 'free')
      busy--
      if (isUsable) idle.keep(session)
      if (busy === 0) whenQuiet?.()
    },
    counts: () => ({ busy, idle: idle.count(), waiting: waiting.size }),
    async close() {
      isClosed = true
      for (const give of waiting) give('cancelled')
      await idle.close()
      if (busy > 0) await new Promise<void>((resolve) => (whenQuiet = resolve))
    },
  }
}

function waitForPlace(waiting: Set<(place: Place) => void>, signal?: AbortSignal): Promise<Place> {
  return new Promise((resolve) => {
    const give = (place: Place): void => {
      waiting.delete(give)
      signal?.removeEventListener('abort', onAbort)
      resolve(place)
    }
    const onAbort = (): void => give('cancelled')
    signal?.addEventListener('abort', onAbort, { once: true })
    waiting.add(give)
  })
}

interface Shelf {
  take(): Session | undefined
  keep(session: Session): void
  count(): number
  close(): Promise<void>
}

/** The last put there is the first taken, so that those nobody needs grow old and are closed. */
function makeShelf(idleMs: number): Shelf {
  const entries: { session: Session; timer: NodeJS.Timeout }[] = []
  return {
    take() {
      for (let entry = entries.pop(); entry; entry = entries.pop()) {
        clearTimeout(entry.timer)
        if (entry.session.isOpen) return entry.session
      }
      return undefined
    },
    keep(session) {
      const timer = setTimeout(() => {
        const at = entries.findIndex((entry) => entry.session === session)
        if (at >= 0) entries.splice(at, 1)
        void session.close()
      }, idleMs)
      entries.push({ session, timer: timer.unref() })
    },
    count: () => entries.filter(({ session }) => session.isOpen).length,
    async close() {
      const all = entries.splice(0)
      for (const { timer } of all) clearTimeout(timer)
      await Promise.all(all.map(({ session }) => session.close()))
    },
  }
}
