// Opt-outs on their way into the store. Who asks for no more mail asks once, so what the store does not take in time waits
// in the spool until it does. Used by the pages of faces/track.

import { setTimeout } from 'node:timers/promises'
import type { Db } from '../../db/db.ts'
import { NotFoundError, UnavailableError } from '../../errors.ts'
import type { Log } from '../../log.ts'
import { optOutIn } from '../contacts/opt-out.ts'
import type { OptOut } from '../contacts/opt-out.ts'
import type { Spool } from './spool.ts'

/** By the contact itself. */
export interface OptOutRequest extends Omit<OptOut, 'by'> {
  accountId: number
  contactId: number
}

/** How long the store may take before the spool is used instead, in ms. */
const patience = 2000
/** Between looks into the spool, in ms: while the store may be back any moment, and after one that it does not take. */
const restTime = 1000
const longRestTime = 60_000
/** Read from the spool at a time. */
const perRead = 100

export class OptOutTaker implements AsyncDisposable {
  readonly #db: Db
  readonly #spool: Spool
  readonly #log: Log
  readonly #now: () => number
  #mayBeSpooled = true
  #draining: Promise<void> | undefined
  readonly #stop = new AbortController()

  constructor(db: Db, spool: Spool, log: Log, now: () => number) {
    this.#db = db
    this.#spool = spool
    this.#log = log
    this.#now = now
  }

  /** `waiting` when it is durable, but acts only once the store is back. Throws UnavailableError when nothing took it. */
  async take(request: OptOutRequest): Promise<'done' | 'waiting'> {
    const stored = this.#store(request).then(
      () => 'done' as const,
      (error: unknown) => {
        this.#log.warn({ err: error }, 'an opt-out goes to the spool')
        return 'failed' as const
      },
    )
    const late = new AbortController()
    const timer = setTimeout(patience, 'late' as const, { signal: late.signal }).catch(() => 'late' as const)
    const outcome = await Promise.race([stored, timer])
    late.abort()
    if (outcome === 'done') return outcome
    try {
      await this.#spool.appendOptOut(request)
      this.#mayBeSpooled = true
      return 'waiting'
    } catch (error) {
      // What is under way may still arrive.
      if ((await stored) === 'done') return 'done'
      throw new UnavailableError('neither the store nor the spool takes an opt-out', { cause: error })
    }
  }

  /** Carries out what waits in the spool, in order, as soon as the store takes it; goes on in the background from then on. */
  startDraining(): void {
    this.#draining ??= this.#drainForEver()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    await this.#draining
  }

  // A contact that is gone gets no mail either way.
  async #store({ accountId, contactId, ...optOut }: OptOutRequest): Promise<void> {
    try {
      await this.#db.transaction((tx) => optOutIn(tx, accountId, contactId, { ...optOut, by: 'contact' }, this.#now()))
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error
    }
  }

  async #drainForEver(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const left = this.#mayBeSpooled ? await this.#drain() : 'nothing'
      const rest = left === 'unfit' ? longRestTime : restTime
      await setTimeout(rest, undefined, { signal: this.#stop.signal, ref: false }).catch(() => undefined)
    }
  }

  /** Says what is left. One that can't be carried out holds up no other, unless no store is there at all. */
  async #drain(): Promise<'nothing' | 'all' | 'unfit'> {
    this.#mayBeSpooled = false
    let left: 'nothing' | 'unfit' = 'nothing'
    try {
      for (let after = 0; ;) {
        const waiting = await this.#spool.readOptOuts(after, perRead)
        if (waiting.length === 0) break
        for (const { spoolNo, request } of waiting) {
          after = spoolNo
          if (!(await this.#carryOut(spoolNo, request))) left = 'unfit'
        }
      }
      if (left === 'unfit') this.#mayBeSpooled = true
      return left
    } catch (error) {
      this.#mayBeSpooled = true
      this.#log.warn({ err: error }, 'opt-outs in the spool wait for the store')
      return 'all'
    }
  }

  async #carryOut(spoolNo: number, request: OptOutRequest): Promise<boolean> {
    try {
      await this.#store(request)
    } catch (error) {
      if (error instanceof UnavailableError) throw error
      this.#log.error({ err: error, spoolNo }, 'an opt-out in the spool can not be carried out')
      return false
    }
    await this.#spool.removeOptOut(spoolNo)
    return true
  }
}
