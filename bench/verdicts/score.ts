// Compares verdicts with the truth. Used by the benchmark of verdicts and by its test.

import type { Verdict } from '../../src/core/verdicts/hit.ts'
import type { Judge } from './judges.ts'
import type { SimulatedSend, Truth } from './world.ts'

/** How often each truth got each verdict. */
export type Confusion = Record<Truth, Record<Verdict, number>>

export interface Score {
  clicks: Confusion
  opens: Confusion
  scenarios: Map<string, Confusion>
  /** Sends with a machine's click and no reader's: how many there are, how many are counted as clicked all the same. */
  machineOnly: { sends: number; counted: number }
  /** Sends with a reader's click: how many there are, how many lost all of them. */
  readers: { sends: number; lost: number }
}

const row = (): Record<Verdict, number> => ({ human: 0, proxy: 0, machine: 0, probe: 0 })
export const confusion = (): Confusion => ({ human: row(), proxy: row(), machine: row(), probe: row() })

export function score(sends: readonly SimulatedSend[], judge: Judge): Score {
  const result: Score = {
    clicks: confusion(),
    opens: confusion(),
    scenarios: new Map(),
    machineOnly: { sends: 0, counted: 0 },
    readers: { sends: 0, lost: 0 },
  }
  const verdictOf = judge(sends)
  for (const send of sends) {
    const judged = send.hits.map((trueHit) => ({ ...trueHit, verdict: verdictOf(send, trueHit.hit) }))
    for (const { hit, truth, scenario, verdict } of judged) {
      const isOpen = hit.kind === 'open'
      ;(isOpen ? result.opens : result.clicks)[truth][verdict]++
      const name = `${isOpen ? 'open' : 'click'}: ${scenario}`
      const ofScenario = result.scenarios.get(name) ?? confusion()
      ofScenario[truth][verdict]++
      result.scenarios.set(name, ofScenario)
    }
    countSend(
      result,
      judged.filter(({ hit }) => hit.kind !== 'open'),
    )
  }
  return result
}

function countSend(result: Score, clicks: readonly { truth: Truth; verdict: Verdict }[]): void {
  const isCounted = clicks.some(({ verdict }) => verdict === 'human')
  const read = clicks.filter(({ truth }) => truth === 'human')
  if (read.length > 0) {
    result.readers.sends++
    if (read.every(({ verdict }) => verdict !== 'human')) result.readers.lost++
  } else if (clicks.some(({ truth }) => truth === 'machine')) {
    result.machineOnly.sends++
    if (isCounted) result.machineOnly.counted++
  }
}

/** Of all that are so, the share found to be so. */
export function recall(from: Confusion, truth: Truth): number {
  return share(from[truth][truth], sum(from[truth]))
}

/** Of all that were found to be so, the share that is. */
export function precision(from: Confusion, verdict: Verdict): number {
  return share(
    from[verdict][verdict],
    Object.values(from).reduce((all, of) => all + of[verdict], 0),
  )
}

/** The share of people's hits that were taken for something else. */
export function falseAlarms(from: Confusion): number {
  return share(sum(from.human) - from.human.human, sum(from.human))
}

export function sum(of: Record<Verdict, number>): number {
  return of.human + of.proxy + of.machine + of.probe
}

export function share(part: number, whole: number): number {
  return whole === 0 ? Number.NaN : part / whole
}
