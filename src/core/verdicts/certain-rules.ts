// The rules that decide alone: P1-P2 (probes), O1-O3 (image proxies), M1-M3 (machines). Called by classify.

import type { Reason, Verdict } from './hit.ts'
import { isInSet } from './address.ts'
import type { VerdictSettings } from './settings.ts'
import { around, isPrefetch, isProbeMethod, isSameNetwork } from './visits.ts'
import type { Visit } from './visits.ts'

export interface Certain {
  verdict: Verdict
  reason: Reason
}

export function judgeCertain(visits: readonly Visit[], index: number, settings: VerdictSettings): Certain | undefined {
  const visit = visits[index]!
  if (isProbeMethod(visit.hit)) return { verdict: 'probe', reason: 'method' }
  if (isPrefetch(visit.hit)) return { verdict: 'probe', reason: 'prefetch' }
  if (visit.isHidden) return { verdict: 'machine', reason: 'hidden_link' }
  return (
    judgeAgent(visit) ??
    (visit.isOpen ? judgeImageProxy(visit, settings) : judgeNearHiddenLink(visits, index, settings))
  )
}

// M2, M3. Office programs load images for a reader, but ask for a link only to see what it is.
function judgeAgent({ agent, isOpen }: Visit): Certain | undefined {
  if (agent.isNamedScanner || (agent.isOffice && !isOpen)) return { verdict: 'machine', reason: 'scanner_agent' }
  return agent.isRobot ? { verdict: 'machine', reason: 'robot_agent' } : undefined
}

// O1-O3. Apple fetches images read or not; Gmail and Yahoo when somebody reads, or at once to look for malware.
function judgeImageProxy(visit: Visit, settings: VerdictSettings): Certain | undefined {
  const { agent, address, sinceDelivery } = visit
  if (agent.isBare || (address && isInSet(address, settings.appleEgress)))
    return { verdict: 'proxy', reason: 'apple_mpp' }
  const reason = agent.isGmailProxy ? 'gmail_proxy' : agent.isYahooProxy ? 'yahoo_proxy' : undefined
  if (reason === undefined) return undefined
  const isTooSoon = sinceDelivery !== undefined && sinceDelivery < settings.proxyTooSoon
  return { verdict: isTooSoon ? 'machine' : 'human', reason }
}

// M1, for what came from the same network as a visit to the hidden link.
function judgeNearHiddenLink(visits: readonly Visit[], index: number, settings: VerdictSettings): Certain | undefined {
  const visit = visits[index]!
  const isNear = around(visits, index, settings.taintWithin).some(
    (other) => other.isHidden && !other.isProbe && isSameNetwork(other, visit),
  )
  return isNear ? { verdict: 'machine', reason: 'near_hidden_link' } : undefined
}
