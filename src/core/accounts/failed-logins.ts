// Guessing slows down: who has failed often waits. Held by the faces that take passwords, in memory.

import { RateLimiter } from './rate-limiter.ts'

const failuresPerMinute = 30

export class FailedLogins {
  readonly #failures = new RateLimiter(failuresPerMinute)

  /** The seconds to wait before the next attempt, 0 mostly; nobody in particular never waits. */
  wait(address: string | undefined, now: number): number {
    return address === undefined ? 0 : this.#failures.look(address, now)
  }

  count(address: string | undefined, now: number): void {
    if (address !== undefined) this.#failures.take(address, now)
  }
}
