// The rules on how the hits of one send stand together: S2, S9, S13, S14, and what is left of M1. Called by classify.

import type { VerdictSettings } from './settings.ts'
import type { Suspicion, Suspicions } from './scored-rules.ts'
import { around, isAlike, isSameAgent, isSameClient, isSameNetwork } from './visits.ts'
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
    suspectLinks(visit, burst, near(settings.walk.within), linkCount, settings),
    burst.some(({ hit }) => hit.kind === 'unsubscribe-page') &&
      countTargets(burst) >= 2 && { reason: 'unsubscribe_in_burst', points: settings.unsubscribePoints },
    suspectNetworks(visit, near(settings.networks.within), settings),
  ]
}

// Both say that many links were visited, so only the graver counts.
function suspectLinks(
  visit: Visit,
  burst: readonly Visit[],
  near: readonly Visit[],
  linkCount: number,
  settings: VerdictSettings,
): Suspicion | undefined {
  const atOnce = suspectBurst(visit, burst, linkCount, settings)
  const walk = suspectWalk(visit, near, linkCount, settings)
  const graver = (walk?.points ?? 0) > (atOnce?.points ?? 0) ? walk : atOnce
  if (!graver || !visit.isOpener || graver.points >= settings.machineAt) return graver
  return { ...graver, points: Math.max(0, graver.points - settings.openerRelief) }
}

// S2. Whoever opens links in tabs is quick too, but a hand needs most of a second for each.
function suspectBurst(
  visit: Visit,
  burst: readonly Visit[],
  linkCount: number,
  settings: VerdictSettings,
): Suspicion | undefined {
  const { within, few, points, atOnce, surePoints } = settings.burst
  if (atOnce.some((pace) => mostTargets(visit, burst, pace.within) >= pace.links))
    return { reason: 'many_links_at_once', points: surePoints }
  const most = mostTargets(visit, burst, within)
  return most >= few || (linkCount === 2 && most === 2) ? { reason: 'many_links_at_once', points } : undefined
}

/** The most distinct targets in any span of that length which holds the visit. */
function mostTargets(visit: Visit, visits: readonly Visit[], within: number): number {
  const counts = new Map<string, number>()
  let most = 0
  let first = 0
  for (const { at, target } of visits) {
    counts.set(target, (counts.get(target) ?? 0) + 1)
    for (; at - visits[first]!.at > within; first++) {
      const left = counts.get(visits[first]!.target)! - 1
      if (left > 0) counts.set(visits[first]!.target, left)
      else counts.delete(visits[first]!.target)
    }
    if (visits[first]!.at > visit.at) break
    if (at >= visit.at) most = Math.max(most, counts.size)
  }
  return most
}

function countTargets(visits: readonly Visit[]): number {
  return new Set(visits.map(({ target }) => target)).size
}

// S13. Readers leave links out. A walk is by one client, or shared by several on several networks.
function suspectWalk(
  visit: Visit,
  near: readonly Visit[],
  linkCount: number,
  settings: VerdictSettings,
): Suspicion | undefined {
  const { within, share, steps } = settings.walk
  const stepOf = (walk: readonly Visit[]): number => {
    const most = mostTargets(visit, walk, within)
    return (most >= linkCount * share && steps.find(({ links }) => most >= links)?.points) || 0
  }
  const own = stepOf(near.filter((other) => isSameNetwork(other, visit) || isSameClient(other, visit)))
  if (own > 0) return { reason: 'walks_links', points: own }
  // A walk that is shared goes to each link once. What a reader asks for meanwhile is asked for twice.
  const isOnlyOne = near.every((other) => other.target !== visit.target || isSameClient(other, visit))
  const shared = isOnlyOne ? stepOf(near) : 0
  return shared > 0 ? { reason: 'walks_links', points: Math.min(shared, steps.at(-1)?.points ?? 0) } : undefined
}

// S14. Carriers of telephones and Apple's relay change addresses too, and companies' ways out, but then the images
// came through one of them.
function suspectNetworks(visit: Visit, near: readonly Visit[], settings: VerdictSettings): Suspicion | undefined {
  if (visit.agent.isRoaming) return undefined
  const { count, points } = settings.networks
  const same = near.filter((other) => isSameAgent(other, visit) && other.network !== undefined)
  if (new Set(same.map(({ network }) => network)).size < count || same.some(({ isOpener }) => isOpener))
    return undefined
  return { reason: 'many_networks', points }
}
