// How fast a process hands over mail: a rate for all of it, and one for each provider that adapts to what the provider
// says. Held by the sender, in memory: a process that starts anew begins with the settings.

/** Providers that take mail for many domains; every other domain is its own. */
const families: Readonly<Record<string, RegExp>> = {
  gmail: /^(?:gmail|googlemail)\.com$/,
  microsoft: /^(?:outlook|hotmail|live|msn|passport)\.(?:[a-z]{2,3})(?:\.[a-z]{2})?$/,
  yahoo: /^(?:yahoo|ymail|rocketmail|aol|aim|myyahoo)\.(?:[a-z]{2,3})(?:\.[a-z]{2})?$/,
  apple: /^(?:icloud|me|mac)\.com$/,
}

/** Who decides about mail to this address: a family of domains, or the domain itself in lower case. */
export function providerOf(email: string): string {
  const domain = email.slice(email.lastIndexOf('@') + 1).toLowerCase()
  return Object.keys(families).find((family) => families[family]!.test(domain)) ?? domain
}

export interface RateSettings {
  /** Messages a second in all; 0 is without limit. */
  perSecond: number
  /** Messages a minute to each provider; 0 is without limit until a provider asks for less. */
  perProviderMinute: number
}

/** One that has not been asked to slow down for so long forgets that it was. In ms. */
const memory = 3_600_000
const minute = 60_000
const maxProviders = 10_000
/** A message whose turn comes later than this makes place for those to others; it comes back within `longestRest`. In ms. */
const patience = { bulk: 2000, single: 20_000 }
const longestRest = 600_000

interface Provider {
  /** Messages a minute; Infinity is without limit. */
  limit: number
  /** When the next one may go. */
  nextAt: number
  slowedAt: number
  raisedAt: number
  /** When the last of those that made place comes back. */
  restsUntil: number
  /** Messages since `countedAt`, to know how fast it went when the provider complained. */
  count: number
  countedAt: number
}

export class SendRates {
  readonly #settings: RateSettings
  readonly #providers = new Map<string, Provider>()
  #nextAt = 0

  constructor(settings: RateSettings) {
    this.#settings = settings
  }

  /** Takes a turn and returns 0, or the ms until there is one to take. */
  take(provider: string, now: number): number {
    const state = this.#of(provider, now)
    const wait = Math.max(this.#nextAt, state.nextAt) - now
    if (wait > 0) return Math.ceil(wait)
    const { perSecond } = this.#settings
    // Turns not taken in the last second are still there: what comes in bursts is as fast as what comes evenly.
    if (perSecond > 0) this.#nextAt = Math.max(this.#nextAt, now - 1000) + 1000 / perSecond
    if (state.limit < Infinity) state.nextAt = Math.max(state.nextAt, now - 1000) + minute / state.limit
    state.count++
    return 0
  }

  /**
   * When a message should come back that is for a provider with so many waiting here already; undefined when it can wait
   * with them. Those that come back are spread over the turns that the provider has.
   */
  restUntil(provider: string, waiting: number, now: number, isBulk: boolean): number | undefined {
    const state = this.#of(provider, now)
    const pause = state.limit < Infinity ? minute / state.limit : 0
    const wait = Math.max(0, state.nextAt - now) + waiting * pause
    if (wait <= (isBulk ? patience.bulk : patience.single)) return undefined
    state.restsUntil = Math.min(Math.max(state.restsUntil + pause, now + wait), now + longestRest)
    return Math.ceil(state.restsUntil)
  }

  /** The provider asks for less (421, or 4.7.x): half of how fast it went, at least one message a minute. */
  slowDown(provider: string, now: number): void {
    const state = this.#of(provider, now)
    // All messages under way get the same answer; it is one request.
    if (now - state.slowedAt < 10_000) return
    const elapsed = Math.max(1000, now - state.countedAt)
    const speed = Math.min(state.limit, (state.count * minute) / elapsed)
    Object.assign(state, { limit: Math.max(1, speed / 2), slowedAt: now, raisedAt: now, nextAt: now + 1000 })
  }

  /** Messages a minute that the provider gets now; Infinity is without limit. */
  limitOf(provider: string, now: number): number {
    return this.#of(provider, now).limit
  }

  #of(name: string, now: number): Provider {
    const configured = this.#settings.perProviderMinute || Infinity
    let state = this.#providers.get(name)
    if (!state) {
      if (this.#providers.size >= maxProviders) this.#providers.delete(this.#providers.keys().next().value!)
      state = {
        limit: configured,
        nextAt: 0,
        slowedAt: -Infinity,
        raisedAt: 0,
        restsUntil: 0,
        count: 0,
        countedAt: now,
      }
      this.#providers.set(name, state)
    }
    if (now - state.countedAt > minute) Object.assign(state, { count: 0, countedAt: now })
    if (state.limit >= configured) return state
    if (now - state.slowedAt > memory) state.limit = configured
    // A tenth more for each minute without complaint.
    const minutes = Math.floor((now - state.raisedAt) / minute)
    if (minutes > 0) {
      state.limit = Math.min(configured, state.limit * 1.1 ** minutes)
      state.raisedAt += minutes * minute
    }
    return state
  }
}
