// The rules that only raise suspicion, each with points: S1, S4-S8, S10-S12 look at one hit and its sender's
// headers. Called by classify; those on several hits of a send are in company-rules.ts.

import type { NeighbourClick, Reason } from './hit.ts'
import { isInSet } from './address.ts'
import { versionsBehind } from './agent.ts'
import type { VerdictSettings } from './settings.ts'
import { targetOf } from './visits.ts'
import type { Visit } from './visits.ts'

export interface Suspicion {
  reason: Reason
  points: number
}

/** With its address read. */
export type Neighbour = NeighbourClick & { site: string | undefined }

export type Suspicions = (Suspicion | undefined | false)[]

/** Opens only get what is said of both kinds. */
export function suspectAlone(visit: Visit, neighbours: readonly Neighbour[], settings: VerdictSettings): Suspicions {
  const { agent, address, isOpen } = visit
  const isListed = address !== undefined && isInSet(address, settings.machineNetworks)
  return [
    suspectSpeed(visit, settings),
    !isOpen && suspectNeighbours(visit, neighbours, settings),
    isListed && { reason: 'listed_network', points: settings.listedNetworkPoints },
    agent.text === '' && { reason: 'no_agent', points: settings.noAgentPoints },
    agent.isStale && { reason: 'stale_agent', points: settings.staleAgentPoints },
    ...(isOpen ? [] : suspectHeaders(visit, settings)),
  ]
}

// S1. An image is fetched early by readers too, so an open must be quicker than any reader.
function suspectSpeed({ sinceDelivery, isOpen }: Visit, settings: VerdictSettings): Suspicion | undefined {
  if (sinceDelivery === undefined) return undefined
  const steps = isOpen ? settings.afterDelivery.slice(0, 1) : settings.afterDelivery
  const step = steps.find(({ under }) => sinceDelivery < under)
  return step && { reason: 'soon_after_delivery', points: step.points }
}

// S4. Scanners visit for many contacts from one network; so do offices, but there few readers visit many links, or
// click within moments of delivery, and they load images before.
function suspectNeighbours(
  { hit, at, address, isOpener }: Visit,
  neighbours: readonly Neighbour[],
  settings: VerdictSettings,
): Suspicion | undefined {
  const { within, contacts, points, soonWithin, soonShare, walkWithin, surePoints } = settings.neighbours
  const others = neighbours.filter(({ contactId }) => contactId !== hit.contactId)
  if (
    isOfWalkers(
      others.filter((other) => Math.abs(other.at - at) <= walkWithin),
      settings,
    )
  )
    return { reason: 'network_of_walkers', points: surePoints }
  // A whole network is shared by strangers; an address by a household, an office or a scanner.
  const near = others.filter(
    (other) => Math.abs(other.at - at) <= within && address?.site !== undefined && other.site === address.site,
  )
  if (new Set(near.map(({ contactId }) => contactId)).size < contacts) return undefined
  const soon = near.filter(({ at: when, deliveredAt }) => deliveredAt !== undefined && when - deliveredAt < soonWithin)
  if (soon.length >= near.length * soonShare) return { reason: 'shared_address', points: surePoints }
  return isOpener ? undefined : { reason: 'shared_address', points }
}

function isOfWalkers(clicks: readonly Neighbour[], { neighbours }: VerdictSettings): boolean {
  const links = new Map<string, Set<string>>()
  for (const click of clicks) {
    const send = `${click.contactId} ${click.campaignId}`
    const targets = links.get(send)
    if (targets) targets.add(targetOf(click))
    else links.set(send, new Set([targetOf(click)]))
  }
  const walkers = [...links.values()].filter(({ size }) => size >= neighbours.walkLinks).length
  return walkers >= neighbours.walkers && walkers >= links.size * neighbours.walkerShare
}

// S8, S10-S12: what the headers claim, and whether they fit together. A company's proxy may take some away, but then
// the images came through it too.
function suspectHeaders(visit: Visit, settings: VerdictSettings): Suspicions {
  const { agent, hit } = visit
  const { behind, points } = settings.oldBrowser
  const isOld = agent.desktopChromium !== undefined && versionsBehind(agent.desktopChromium, visit.at) >= behind
  return [
    hasFewHeaders(visit) && { reason: 'few_headers', points: settings.fewHeadersPoints },
    agent.text !== '' && !agent.hasEngine && { reason: 'no_browser', points: settings.noBrowserPoints },
    hit.isSecure === true &&
      !visit.isOpener &&
      isUnlikeItsBrowser(visit) && {
        reason: 'unlike_its_browser',
        points: hasLanguage(visit) ? settings.unlikeBrowser.withLanguage : settings.unlikeBrowser.points,
      },
    isOld && { reason: 'old_browser', points },
  ]
}

function hasFewHeaders(visit: Visit): boolean {
  return !hasLanguage(visit) || (visit.agent.hasEngine && visit.hit.headers.accept?.trim() === '*/*')
}

function hasLanguage({ hit: { headers } }: Visit): boolean {
  return !!headers['accept-language']?.trim()
}

// Fetch Metadata Request Headers 2; User-Agent Client Hints 3.1 (the brand list names the real program).
function isUnlikeItsBrowser({ hit: { headers }, agent }: Visit): boolean {
  const hint = headers['sec-ch-ua']
  if (hint?.includes('Headless')) return true
  return agent.sendsSecFetch && !headers['sec-fetch-mode']
}
