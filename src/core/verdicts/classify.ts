// Judges the hits of one send: who was human? Pure: the same hits, neighbours and settings give the same verdicts on
// any machine at any time. Called when a send settles (settle.ts) and when old hits are judged again.

import { parseHitAddress } from './address.ts'
import { judgeCertain } from './certain-rules.ts'
import type { Certain } from './certain-rules.ts'
import { suspectCompany } from './company-rules.ts'
import { reasons as allReasons } from './hit.ts'
import type { Hit, Judgement, NeighbourClick, Reason } from './hit.ts'
import { suspectPair } from './pairs.ts'
import { suspectAlone } from './scored-rules.ts'
import type { Neighbour, Suspicion, Suspicions } from './scored-rules.ts'
import { rulesVersion } from './settings.ts'
import type { VerdictSettings } from './settings.ts'
import { around, isSameClient, prepareVisits } from './visits.ts'
import type { Visit } from './visits.ts'

export interface VerdictContext {
  /** Tracked links of the campaign, without the hidden one. */
  linkCount: number
  /** By `networkKey`, the clicks that `neighbourRanges` asks for; a network without any may be left out. */
  neighbours: ReadonlyMap<string, readonly NeighbourClick[]>
  settings: VerdictSettings
}

interface Finding {
  certain: Certain | undefined
  suspicions: Suspicion[]
  /** Points of the rules on the hit alone. */
  alone: number
}

/** All hits of one send, in any order; a verdict for each. */
export function classify(hits: readonly Hit[], context: VerdictContext): Map<string, Judgement> {
  const { settings } = context
  const visits = prepareVisits(hits, settings)
  const neighbours = prepareNeighbours(context.neighbours)
  const findings = new Map<Visit, Finding>()
  for (const [index, visit] of visits.entries())
    findings.set(visit, find(visits, index, neighbours, context.linkCount, settings))
  const points = new Map(
    visits.map((visit) => {
      const finding = findings.get(visit)!
      return [visit, { all: pointsOf(finding, settings), alone: finding.alone }]
    }),
  )
  for (const [index, visit] of visits.entries()) {
    const finding = findings.get(visit)!
    if (visit.isOpen || finding.certain) continue
    const pair = suspectPair(visits, index, (other) => points.get(other)!, settings)
    if (pair) finding.suspicions.push(pair)
  }
  const machines = new Set(visits.filter((visit) => pointsOf(findings.get(visit)!, settings) >= settings.machineAt))
  const version = rulesVersion(settings)
  return new Map(
    visits.map((visit, index) => {
      const isTainted = around(visits, index, settings.taintWithin).some(
        (other) =>
          other !== visit &&
          !other.isOpen &&
          machines.has(other) &&
          (visit.isOpen || !visit.isOpener) &&
          isSameClient(other, visit),
      )
      return [visit.hit.hitId, conclude(findings.get(visit)!, isTainted, settings, version)]
    }),
  )
}

function prepareNeighbours(all: VerdictContext['neighbours']): Map<string, Neighbour[]> {
  return new Map(
    [...all].map(([network, clicks]) => [
      network,
      clicks.map((click) => ({ ...click, site: parseHitAddress(click.ip)?.site })),
    ]),
  )
}

function find(
  visits: readonly Visit[],
  index: number,
  neighbours: ReadonlyMap<string, readonly Neighbour[]>,
  linkCount: number,
  settings: VerdictSettings,
): Finding {
  const visit = visits[index]!
  const certain = judgeCertain(visits, index, settings)
  if (certain) return { certain, suspicions: [], alone: 0 }
  const near = (visit.network === undefined ? undefined : neighbours.get(visit.network)) ?? []
  const alone = keep(suspectAlone(visit, near, settings))
  const company = visit.isOpen ? [] : keep(suspectCompany(visits, index, linkCount, settings))
  return { certain, suspicions: [...alone, ...company], alone: sum(alone) }
}

function keep(suspicions: Suspicions): Suspicion[] {
  return suspicions.filter((suspicion) => !!suspicion)
}

function sum(suspicions: readonly Suspicion[]): number {
  return suspicions.reduce((all, { points }) => all + points, 0)
}

function pointsOf({ certain, suspicions }: Finding, settings: VerdictSettings): number {
  if (certain) return certain.verdict === 'machine' ? settings.machineAt : 0
  return sum(suspicions)
}

function conclude(finding: Finding, isTainted: boolean, settings: VerdictSettings, version: string): Judgement {
  const { certain, suspicions } = finding
  if (certain) return { verdict: certain.verdict, reasons: [certain.reason], rulesVersion: version }
  const found = new Set<Reason>(suspicions.map(({ reason }) => reason))
  const isMachine = pointsOf(finding, settings) >= settings.machineAt
  if (isTainted && !isMachine) found.add('with_machine')
  return {
    // M4: what a machine's client does is a machine's doing.
    verdict: isMachine || isTainted ? 'machine' : 'human',
    reasons: allReasons.filter((reason) => found.has(reason)),
    rulesVersion: version,
  }
}
