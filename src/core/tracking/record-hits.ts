// Hits on their way into the store: those that come together share a commit, and what the store does not take in time
// goes to the spool. A hit is durable in one of the two before it is answered. Used by faces/track.

import { randomInt, randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { UnavailableError } from '../../errors.ts'
import type { Log } from '../../log.ts'
import { drainSome } from './drain-spool.ts'
import type { Hit } from './hit.ts'
import type { HitStore } from './hit-store.ts'
import type { Spool } from './spool.ts'

/** Hits in a transaction. */
const perBatch = 500
/** Transactions under way at a time: while one syncs to disk, the next is put together. */
const maxFlights = 2
/** How long the store may take before the spool is used instead, in ms. */
const patience = 1000
/** After a failure the spool is used at once for so long, in ms, so that nobody waits for a store that is away. */
const restTime = 1000

/** What became of hits since the program started. */
export interface HitCounts {
  stored: number
  spooled: number
  drained: number
  /** Taken from the spool by no store, and kept apart there. */
  setAside: number
  /** Answered, but kept nowhere: neither the store nor the spool took them. */
  lost: number
}

interface Waiting {
  hit: Hit
  done: () => void
}

export class HitRecorder implements AsyncDisposable {
  readonly counts: HitCounts = { stored: 0, spooled: 0, drained: 0, setAside: 0, lost: 0 }
  readonly #store: HitStore
  readonly #spool: Spool
  readonly #log: Log
  readonly #now: () => number
  readonly #holder = randomUUID()
  #waiting: Waiting[] = []
  readonly #flights = new Set<Promise<void>>()
  #isGathering = false
  #restsUntil = 0
  readonly #first = randomInt(2 ** 26) * 2 ** 26
  #last = 0
  #mayBeSpooled = true
  #draining: Promise<void> | undefined
  readonly #stop = new AbortController()

  constructor(store: HitStore, spool: Spool, log: Log, now: () => number) {
    this.#store = store
    this.#spool = spool
    this.#log = log
    this.#now = now
  }

  /** Of a new hit: random for each process, counted within it, so that no two of one contact are the same. */
  nextId(): number {
    this.#last = (this.#last + 1) % 2 ** 26
    return this.#first + this.#last
  }

  /** Resolves once the hit is durable, or counted as lost; never rejects. */
  record(hit: Hit): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ hit, done: resolve })
      if (!this.#isGathering && this.#flights.size < maxFlights) this.#gather()
    })
  }

  /** Moves what waits in the spool into the store, in order, until it is empty; goes on in the background from then on. */
  startDraining(): void {
    this.#draining ??= this.#drainForEver()
  }

  /** Waits for the hits under way. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    // Those that are being gathered fly first.
    await new Promise((resolve) => setImmediate(resolve))
    await Promise.all(this.#flights)
    await this.#draining
    await this.#store[Symbol.asyncDispose]()
  }

  // One turn of the event loop: the hits that came in it share the commit.
  #gather(): void {
    this.#isGathering = true
    setImmediate(() => {
      this.#isGathering = false
      const flight = this.#fly()
      this.#flights.add(flight)
      void flight.then(() => this.#flights.delete(flight))
    })
  }

  /** Those who came while others were under way go together. */
  async #fly(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, perBatch)
      await this.#keep(batch.map(({ hit }) => hit))
      for (const { done } of batch) done()
    }
  }

  async #keep(hits: readonly Hit[]): Promise<void> {
    if (performance.now() >= this.#restsUntil && (await this.#storeInTime(hits))) {
      this.counts.stored += hits.length
      return
    }
    try {
      await this.#spool.append(hits)
      this.#mayBeSpooled = true
      this.counts.spooled += hits.length
    } catch (error) {
      this.counts.lost += hits.length
      this.#log.error({ err: error, hits: hits.length, lost: this.counts.lost }, 'hits lost: no store and no spool')
    }
  }

  // A store that answers later than this stores them all the same; what is then stored twice is there once.
  async #storeInTime(hits: readonly Hit[]): Promise<boolean> {
    let isRefused = false
    const stored = this.#store.store(hits).then(
      () => true,
      (error: unknown) => {
        isRefused = !(error instanceof UnavailableError)
        this.#log.warn({ err: error, hits: hits.length }, 'hits go to the spool')
        return false
      },
    )
    const late = new AbortController()
    const timer = setTimeout(patience, false, { signal: late.signal }).catch(() => false)
    const isStored = await Promise.race([stored, timer])
    late.abort()
    // A store that is there and refuses these is there for the next.
    if (!isStored && !isRefused) this.#restsUntil = performance.now() + restTime
    return isStored
  }

  async #drainForEver(): Promise<void> {
    await this.#spool.takeBack().catch((error: unknown) => this.#log.warn({ err: error }, 'the spool can not be read'))
    while (!this.#stop.signal.aborted) {
      const isMore = this.#mayBeSpooled ? await this.#drainSome() : false
      if (!isMore)
        await setTimeout(restTime, undefined, { signal: this.#stop.signal, ref: false }).catch(() => undefined)
    }
    if (this.#mayBeSpooled) await this.#spool.release(this.#holder).catch(() => undefined)
  }

  /** True when there may be more to drain at once. */
  async #drainSome(): Promise<boolean> {
    try {
      this.#mayBeSpooled = false
      const drained = await drainSome(this.#spool, this.#store, this.#holder, this.#now, this.counts, this.#log)
      if (drained !== 'nothing') this.#mayBeSpooled = true
      return drained === 'some'
    } catch (error) {
      this.#mayBeSpooled = true
      this.#log.warn({ err: error }, 'the spool waits for the store')
      return false
    }
  }
}
