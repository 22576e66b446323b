// The rules on how the hits of one send stand together: S2, S9, S13, S14, and what is left of M1. Called by classify.

import type { VerdictSettings } from './settings.ts'
import type { Suspicion, Suspicions } from './scored-rules.ts'
import { around, isAlike, isSameAgent } from './visits.ts'
import type { Visit } from './visits.ts'

/** For clicks and pages, not for opens. */
export function suspectCompany(
  visits: readonly Visit[],
  index: number,
  linkCount: number,
  settings: VerdictSettings,
): Suspicions {
  const visit = visits[index]!
  const near = (within: number): Visit[] =>
    around(visits, index, within).filter((other) => !other.isOpen && !other.isProbe)
  const burst = near(settings.burst.within).filter((other) => isAlike(other, visit))
  const tainted = near(settings.taintWithin).some((other) => other.isHidden && isSameAgent(other, visit))
  return [
    tainted && { reason: 'near_hidden_link', points: settings.nearHiddenLinkPoints },
    suspectBurst(visit, burst, linkCount, settings),
    burst.some(({ hit }) => hit.kind === 'unsubscribe-page') &&
      countTargets(burst) >= 2 && { reason: 'unsubscribe_in_burst', points: settings.unsubscribePoints },
    suspectWalk(visit, near(settings.walk.within), linkCount, settings),
    suspectNetworks(visit, near(settings.networks.within), settings),
  ]
}

// S2. Whoever opens links in tabs is quick too, but not that quick, and leaves some out.
function suspectBurst(
  visit: Visit,
  burst: readonly Visit[],
  linkCount: number,
  settings: VerdictSettings,
): Suspicion | undefined {
  const { within, few, many, atOnce, points, surePoints } = settings.burst
  const most = mostTargets(visit, burst, within)
  const isAll = most >= linkCount && linkCount >= few
  if (most >= many || isAll || mostTargets(visit, burst, atOnce) >= few)
    return { reason: 'many_links_at_once', points: surePoints }
  return most >= few || (linkCount === 2 && most === 2) ? { reason: 'many_links_at_once', points } : undefined
}

/** The most distinct targets in any span of that length which holds the visit. */
function mostTargets(visit: Visit, visits: readonly Visit[], within: number): number {
  let most = 0
  let first = 0
  for (const [last, { at }] of visits.entries()) {
    while (at - visits[first]!.at > within) first++
    if (visits[first]!.at > visit.at) break
    if (at >= visit.at) most = Math.max(most, countTargets(visits.slice(first, last + 1)))
  }
  return most
}

function countTargets(visits: readonly Visit[]): number {
  return new Set(visits.map(({ target }) => target)).size
}

// S13. Readers leave links out. What a reader asks for beside a scanner's walk is asked for twice: the second visit
// to a link, by a client that made no other, is no part of the walk.
function suspectWalk(
  visit: Visit,
  near: readonly Visit[],
  linkCount: number,
  settings: VerdictSettings,
): Suspicion | undefined {
  const { within, share, links, manyLinks, points, surePoints } = settings.walk
  const walk = near.filter((other) => isAlike(other, visit))
  const most = mostTargets(visit, walk, within)
  if (most < links || most < linkCount * share) return undefined
  return { reason: 'walks_links', points: most >= manyLinks ? surePoints : points }
}

// S14. A telephone changes its address too, but a reader on it is slower than a walk.
function suspectNetworks(visit: Visit, near: readonly Visit[], settings: VerdictSettings): Suspicion | undefined {
  const { count, points } = settings.networks
  const same = near.filter((other) => isSameAgent(other, visit) && other.network !== undefined)
  const networks = new Set(same.map(({ network }) => network)).size
  return networks >= count ? { reason: 'many_networks', points } : undefined
}
