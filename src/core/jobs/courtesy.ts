// Lets requests go first: work that is done in this very thread, a little at a time. Used by jobs that compute.

import { performance } from 'node:perf_hooks'
import { setImmediate, setTimeout } from 'node:timers/promises'

/** So much work is done in one go, in ms: what somebody waits for it at most, but for a last piece. */
const slice = 5
/** A thread that is busy with other things for so much of its time is left to them ... */
const busyShare = 0.3
/** ... for so many times as long as the work took. */
const restFactor = 4

export class Courtesy {
  #own = 0
  #mark = performance.eventLoopUtilization()

  /** One piece of the work, and then the others' turn. */
  async work<T>(piece: () => Promise<T>): Promise<T> {
    const startedAt = performance.now()
    const result = await piece()
    this.#own += performance.now() - startedAt
    if (this.#own < slice) return result
    const { active, idle } = performance.eventLoopUtilization(this.#mark)
    const isBusy = active - this.#own > busyShare * (active + idle)
    await (isBusy ? setTimeout(this.#own * restFactor) : setImmediate())
    this.#mark = performance.eventLoopUtilization()
    this.#own = 0
    return result
  }
}
