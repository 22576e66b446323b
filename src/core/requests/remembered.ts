// Results that take long are kept for a while: the longer they took, the longer. Who asks for the same meanwhile waits for
// the same. Held by the app, for what is told of campaigns.

interface Kept {
  result: Promise<unknown>
  done?: unknown
  until: number
  at: number
}

const maxKept = 200
const shortest = 2000
const longest = 600_000
/** A result is kept for so many times as long as it took. */
const factor = 50

export class Remembered {
  readonly #kept = new Map<string, Kept>()

  /** What is there already; undefined while it is being made. */
  peek<T>(name: string): T | undefined {
    return this.#kept.get(name)?.done as T | undefined
  }

  /** `at`: when it was made, by the clock that `now` reads. */
  async get<T>(name: string, now: () => number, make: () => Promise<T>): Promise<{ result: T; at: number }> {
    const known = this.#kept.get(name)
    if (known && known.until > now()) return { result: (await known.result) as T, at: known.at }
    if (this.#kept.size >= maxKept) this.#kept.delete(this.#kept.keys().next().value!)
    const begun = performance.now()
    const kept: Kept = { result: make(), until: Infinity, at: now() }
    this.#kept.delete(name)
    this.#kept.set(name, kept)
    try {
      const result = (await kept.result) as T
      kept.done = result
      kept.until = now() + Math.min(longest, Math.max(shortest, factor * (performance.now() - begun)))
      return { result, at: kept.at }
    } catch (error) {
      this.#kept.delete(name)
      throw error
    }
  }
}
