// Token buckets: so many a minute for each name, saved up to a minute's worth. Held by the faces, in memory.

const maxNames = 10_000

interface Bucket {
  left: number
  at: number
}

export class RateLimiter {
  readonly #perMinute: number
  // The name heard of longest ago comes first: its bucket is the fullest, and the first to be forgotten.
  readonly #buckets = new Map<string, Bucket>()

  /** 0 is without limit. */
  constructor(perMinute: number) {
    this.#perMinute = perMinute
  }

  /** Takes one and returns 0, or the seconds to wait until there is one. */
  take(name: string, now: number): number {
    if (this.#perMinute === 0) return 0
    const left = this.#left(name, now)
    this.#buckets.delete(name)
    if (this.#buckets.size >= maxNames) this.#buckets.delete(this.#buckets.keys().next().value!)
    this.#buckets.set(name, { left: left < 1 ? left : left - 1, at: now })
    return this.#wait(left)
  }

  /** The seconds that `take` would ask to wait. */
  look(name: string, now: number): number {
    return this.#perMinute === 0 ? 0 : this.#wait(this.#left(name, now))
  }

  /** How many could be taken now. */
  left(name: string, now: number): number {
    return this.#left(name, now)
  }

  #left(name: string, now: number): number {
    const bucket = this.#buckets.get(name)
    if (!bucket) return this.#perMinute
    const gained = (Math.max(0, now - bucket.at) * this.#perMinute) / 60_000
    return Math.min(this.#perMinute, bucket.left + gained)
  }

  #wait(left: number): number {
    return left < 1 ? Math.ceil(((1 - left) * 60) / this.#perMinute) : 0
  }
}
