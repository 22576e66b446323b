// Where hits go: the store itself, in this thread or in one of its own. Used by record-hits.ts; the other thread is
// hit-thread.ts, started by app.ts.

import type { Db } from '../../db/db.ts'
import { UnavailableError } from '../../errors.ts'
import type { Hit } from './hit.ts'
import { storeHits } from './store-hits.ts'

export interface HitStore extends AsyncDisposable {
  /** Stores them all or none, and resolves once they are durable. Throws UnavailableError when it can't be done now. */
  store(hits: readonly Hit[]): Promise<void>
}

export function storeHere(db: Db, now: () => number): HitStore {
  return {
    store: (hits) => db.transaction((tx) => storeHits(tx, hits, now())),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

/** What the threads say to each other. */
export interface HitBatch {
  batchNo: number
  /** As JSON, which goes between threads faster than what it stands for. */
  hits: string
  now: number
}

export interface HitBatchDone {
  batchNo: number
  /** Why not; absent when they are stored. */
  failure?: string
  /** It will fail again, however often it is tried. */
  isRefused?: boolean
}

/** The part of a Worker that is used. */
export interface HitThread {
  postMessage(batch: HitBatch): void
  on(event: 'message', listen: (done: HitBatchDone) => void): unknown
  on(event: 'error', listen: (error: Error) => void): unknown
  on(event: 'exit', listen: (code: number) => void): unknown
  unref(): void
  terminate(): Promise<unknown>
}

/** Begun anew when it has ended: then what was under way is refused, and is the spool's. */
export function storeInThread(start: () => HitThread, now: () => number): HitStore {
  const waiting = new Map<number, { resolve: () => void; reject: (error: Error) => void }>()
  let lastBatch = 0
  let thread: HitThread | undefined
  const end = (reason: string): void => {
    thread = undefined
    for (const { reject } of waiting.values()) reject(new UnavailableError(reason))
    waiting.clear()
  }
  const begin = (): HitThread => {
    const begun = start()
    begun.on('message', ({ batchNo, failure, isRefused }) => {
      const batch = waiting.get(batchNo)
      waiting.delete(batchNo)
      if (failure === undefined) batch?.resolve()
      else batch?.reject(isRefused ? new Error(failure) : new UnavailableError(failure))
    })
    begun.on('error', (error) => end(`the thread that stores hits failed: ${error.message}`))
    begun.on('exit', () => end('the thread that stores hits ended'))
    begun.unref()
    return begun
  }
  return {
    store: (hits) =>
      new Promise((resolve, reject) => {
        thread ??= begin()
        const batchNo = ++lastBatch
        waiting.set(batchNo, { resolve, reject })
        thread.postMessage({ batchNo, hits: JSON.stringify(hits), now: now() })
      }),
    [Symbol.asyncDispose]: async () => {
      await thread?.terminate()
    },
  }
}
