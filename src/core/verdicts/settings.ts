// The thresholds of the rules, as data with a version. The defaults were tuned with `npm run bench:verdicts`;
// docs/decisions/009-verdicts.md says on what.

import type { AddressSet } from './address.ts'

/** Raise it with any change to what a rule does; settings have a version of their own. */
const rulesNumber = 1

/** Times in ms, scores in points. */
export interface VerdictSettings {
  version: number
  /** This many points make a machine. */
  machineAt: number
  /** S1, the shortest first. */
  afterDelivery: readonly { under: number; points: number }[]
  /** A delivery time further behind the hit than this is not believed. */
  deliveryDoubt: number
  /** O3: an image proxy this soon after delivery acts for no reader. */
  proxyTooSoon: number
  /** S2: `few` distinct links (or both of two) within `within`; faster than any hand where one of `atOnce` holds. */
  burst: {
    within: number
    few: number
    points: number
    atOnce: readonly { links: number; within: number }[]
    surePoints: number
  }
  /** S3: one link twice; strangers differ in network and in agent, kin in one of the two. */
  pair: { kinWithin: number; kinPoints: number; strangersWithin: number; strangerPoints: number; earlierWithin: number }
  /**
   * S4: `contacts` others within `within`; surer when `soonShare` of their clicks came within `soonWithin` of delivery.
   * Or `walkers` others within `walkWithin` that visited `walkLinks` links each, and are `walkerShare` of all others.
   */
  neighbours: {
    within: number
    contacts: number
    points: number
    soonWithin: number
    soonShare: number
    walkWithin: number
    walkLinks: number
    walkers: number
    walkerShare: number
    surePoints: number
  }
  /** S2, S13: less of their softer points for whoever loaded images from the same network before. */
  openerRelief: number
  listedNetworkPoints: number
  noAgentPoints: number
  staleAgentPoints: number
  fewHeadersPoints: number
  unsubscribePoints: number
  noBrowserPoints: number
  /** S11: `withLanguage` where Accept-Language came through: a proxy on the way takes less than a program leaves out. */
  unlikeBrowser: { points: number; withLanguage: number }
  oldBrowser: { behind: number; points: number }
  /** S13: a visit to `share` of the campaign's links within `within`; the more links, the less like a reader. */
  walk: { within: number; share: number; steps: readonly { links: number; points: number }[] }
  /** S14: clicks of one agent from this many networks. */
  networks: { within: number; count: number; points: number }
  /** M1, M4: how far a machine's hit taints others of the same client. */
  taintWithin: number
  nearHiddenLinkPoints: number
  appleEgress: AddressSet
  machineNetworks: AddressSet
}

const second = 1000
const minute = 60 * second

export const defaultVerdictSettings: VerdictSettings = {
  version: 1,
  machineAt: 3,
  afterDelivery: [
    { under: 2 * second, points: 3 },
    { under: 10 * second, points: 2 },
    { under: 30 * second, points: 1.5 },
  ],
  deliveryDoubt: 15 * minute,
  proxyTooSoon: 3 * second,
  burst: {
    within: 10 * second,
    few: 3,
    points: 1.5,
    atOnce: [
      { links: 2, within: 0.4 * second },
      { links: 3, within: 1.5 * second },
      { links: 5, within: 3 * second },
    ],
    surePoints: 3,
  },
  pair: {
    kinWithin: 5 * second,
    kinPoints: 2,
    strangersWithin: 30 * second,
    strangerPoints: 3,
    earlierWithin: 2 * second,
  },
  neighbours: {
    within: minute,
    contacts: 5,
    points: 0.5,
    soonWithin: minute,
    soonShare: 0.8,
    walkWithin: 5 * minute,
    walkLinks: 3,
    walkers: 3,
    walkerShare: 0.6,
    surePoints: 3,
  },
  openerRelief: 0.5,
  listedNetworkPoints: 2,
  noAgentPoints: 2,
  staleAgentPoints: 3,
  fewHeadersPoints: 1.5,
  unsubscribePoints: 0.5,
  noBrowserPoints: 2,
  unlikeBrowser: { points: 2, withLanguage: 0.5 },
  oldBrowser: { behind: 12, points: 1 },
  walk: {
    within: 15 * minute,
    share: 0.8,
    steps: [
      { links: 15, points: 3 },
      { links: 8, points: 2.5 },
      { links: 4, points: 2 },
    ],
  },
  networks: { within: 10 * minute, count: 3, points: 1 },
  taintWithin: 10 * minute,
  nearHiddenLinkPoints: 1,
  appleEgress: [],
  machineNetworks: [],
}

export function rulesVersion(settings: VerdictSettings): string {
  return `${rulesNumber}/${settings.version}`
}

/** A hit this much later than another can't change its verdict any more, nor one this much earlier. */
export function verdictReach(settings: VerdictSettings): number {
  const { burst, pair, walk, networks } = settings
  const widest = Math.max(burst.within, pair.strangersWithin, pair.kinWithin, walk.within, networks.within)
  // A pair is judged by the points of both its hits, and a taint by the verdict of another hit.
  return 2 * widest + pair.strangersWithin + settings.taintWithin
}
