// The hits of one send made ready for the rules: in order, with agents and addresses read. Used by the rules.

import { parseAgent } from './agent.ts'
import type { Agent } from './agent.ts'
import { parseHitAddress } from './address.ts'
import type { HitAddress } from './address.ts'
import type { Hit } from './hit.ts'
import type { VerdictSettings } from './settings.ts'

export interface Visit {
  hit: Hit
  at: number
  isOpen: boolean
  /** Not P1 or P2: a real request for the thing. */
  isProbe: boolean
  /** What was asked for: `click 3`, `view`. */
  target: string
  isHidden: boolean
  agent: Agent
  address: HitAddress | undefined
  network: string | undefined
  /** Images were loaded from its network before, whenever that was. Readers' mostly are, where no proxy does it. */
  isOpener: boolean
  /** Ms since delivery; undefined when unknown or not believed. */
  sinceDelivery: number | undefined
}

// The rules look at no more hits than this on either side, so that a flood on one send costs no more than its length.
const maxLook = 300

export function prepareVisits(hits: readonly Hit[], settings: VerdictSettings): Visit[] {
  const agents = new Map<string | undefined, Agent>()
  const visits = hits.map((hit) => {
    let agent = agents.get(hit.userAgent)
    if (!agent) agents.set(hit.userAgent, (agent = parseAgent(hit.userAgent)))
    return prepare(hit, agent, settings)
  })
  visits.sort((a, b) => a.at - b.at || (a.hit.hitId < b.hit.hitId ? -1 : a.hit.hitId > b.hit.hitId ? 1 : 0))
  markOpeners(visits)
  return visits
}

function markOpeners(visits: readonly Visit[]): void {
  const firstOpens = new Map<string, number>()
  for (const visit of visits) {
    if (visit.network === undefined) continue
    const firstOpen = firstOpens.get(visit.network)
    visit.isOpener = firstOpen !== undefined && firstOpen < visit.at
    if (visit.isOpen && !visit.isProbe && firstOpen === undefined) firstOpens.set(visit.network, visit.at)
  }
}

function prepare(hit: Hit, agent: Agent, settings: VerdictSettings): Visit {
  const at = Number.isFinite(hit.at) ? hit.at : 0
  const address = parseHitAddress(hit.ip)
  const since = hit.deliveredAt === undefined ? Number.NaN : at - hit.deliveredAt
  return {
    hit,
    at,
    isOpen: hit.kind === 'open',
    isProbe: isProbeMethod(hit) || isPrefetch(hit),
    target: targetOf(hit),
    isHidden: hit.kind === 'click' && hit.linkNo === 0,
    agent,
    address,
    network: address?.network,
    isOpener: false,
    sinceDelivery: since >= -settings.deliveryDoubt ? since : undefined,
  }
}

export function targetOf({ kind, linkNo }: Pick<Hit, 'kind' | 'linkNo'>): string {
  return kind === 'click' ? `click ${linkNo ?? '?'}` : kind
}

/** P1. A POST is somebody's doing: of one-click unsubscribing, or of a form on our page. */
export function isProbeMethod(hit: Hit): boolean {
  return hit.method !== 'GET' && !(hit.method === 'POST' && hit.kind === 'unsubscribe-page')
}

/** P2. */
export function isPrefetch({ headers }: Hit): boolean {
  const purposes = [headers.purpose, headers['sec-purpose'], headers['x-purpose'], headers['x-moz']]
  return purposes.some((purpose) => purpose !== undefined && /prefetch|prerender|preview/i.test(purpose))
}

/** The visits within so many ms of one, itself among them, in order. */
export function around(visits: readonly Visit[], index: number, within: number): Visit[] {
  const { at } = visits[index]!
  let first = index
  while (first > 0 && index - first < maxLook && at - visits[first - 1]!.at <= within) first--
  let last = index
  while (last < visits.length - 1 && last - index < maxLook && visits[last + 1]!.at - at <= within) last++
  return visits.slice(first, last + 1)
}

export function isSameNetwork(a: Visit, b: Visit): boolean {
  return a.network !== undefined && a.network === b.network
}

export function isSameAgent(a: Visit, b: Visit): boolean {
  return a.agent.text !== '' && a.agent.text === b.agent.text
}

/** As good as surely one program: the same agent from the same network. */
export function isSameClient(a: Visit, b: Visit): boolean {
  return isSameAgent(a, b) && (isSameNetwork(a, b) || (a.network === undefined && b.network === undefined))
}

/** May well be one: scanners change addresses, or agents, seldom both. */
export function isAlike(a: Visit, b: Visit): boolean {
  return isSameNetwork(a, b) || isSameAgent(a, b)
}
