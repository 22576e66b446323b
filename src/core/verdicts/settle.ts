// When a send is quiet enough to be judged, and what must be read for it. Called by whoever keeps the hits.

import { networkKey } from './address.ts'
import type { Hit } from './hit.ts'
import type { VerdictSettings } from './settings.ts'

/** A send settles this long after its last hit ... */
export const settleQuiet = 120_000
/** ... and at the latest this long after the first since it settled before. */
const settleAtMost = 15 * 60_000

/** When the hits known so far may be judged; undefined without hits. A later hit opens a new window, which ends later. */
export function settlesAt(hits: readonly Pick<Hit, 'at'>[]): number | undefined {
  let end: number | undefined
  let limit = 0
  for (const { at } of hits.toSorted((a, b) => a.at - b.at)) {
    if (end === undefined || at > end) limit = at + settleAtMost
    end = Math.min(at + settleQuiet, limit)
  }
  return end
}

/** So many clicks of a network are enough, the earliest of the range: a busier one shows what it is in those. */
export const maxNeighbours = 500

export interface NeighbourRange {
  network: string
  from: number
  until: number
}

/** Whose clicks `classify` wants to see as neighbours: those of other contacts from this network in this time. */
export function neighbourRanges(hits: readonly Hit[], settings: VerdictSettings): NeighbourRange[] {
  const within = Math.max(settings.neighbours.within, settings.neighbours.walkWithin)
  const open = new Map<string, NeighbourRange>()
  const ranges: NeighbourRange[] = []
  for (const { at, ip, kind } of hits.toSorted((a, b) => a.at - b.at)) {
    const network = kind === 'open' ? undefined : networkKey(ip)
    if (network === undefined) continue
    const last = open.get(network)
    if (last && at - within <= last.until) {
      last.until = at + within
      continue
    }
    const range = { network, from: at - within, until: at + within }
    open.set(network, range)
    ranges.push(range)
  }
  return ranges
}
