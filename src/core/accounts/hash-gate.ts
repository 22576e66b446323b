// The slow hash is work that strangers can order: so many at once and no more. Used by whatever compares secrets.

import { UnavailableError } from '../../errors.ts'

/** How many checks may wait for the slow hash at once; beyond that the answer is "try again", not a longer queue. */
const maxWaiting = 200
/** The same for one name, so that guesses at one account keep nobody out of the others. */
const maxWaitingPerName = 20

export class HashGate {
  #waiting = 0
  readonly #waitingFor = new Map<string, number>()

  /** Does the work, or throws UnavailableError when too much of it is under way. */
  async run<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#waitingFor.get(name) ?? 0
    if (this.#waiting >= maxWaiting || before >= maxWaitingPerName)
      throw new UnavailableError('too many log-ins at once')
    this.#waiting++
    this.#waitingFor.set(name, before + 1)
    try {
      return await work()
    } finally {
      this.#waiting--
      const after = this.#waitingFor.get(name)! - 1
      if (after > 0) this.#waitingFor.set(name, after)
      else this.#waitingFor.delete(name)
    }
  }
}
