// The scores of judges as tables. Used by `npm run bench:verdicts`.

import { judge } from '../report.ts'
import type { Section } from '../report.ts'
import { confusion, falseAlarms, precision, recall, share, sum } from './score.ts'
import type { Confusion, Score } from './score.ts'
import type { Truth } from './world.ts'

const truths: readonly Truth[] = ['human', 'proxy', 'machine', 'probe']
const percent = (value: number): string => (Number.isNaN(value) ? '-' : `${(100 * value).toFixed(2)} %`)

export function addScores(scores: readonly Score[]): Score {
  const scenarios = new Map<string, Confusion>()
  for (const one of scores)
    for (const [name, of] of one.scenarios) scenarios.set(name, add([scenarios.get(name) ?? confusion(), of]))
  const total = (count: (one: Score) => number): number => scores.reduce((all, one) => all + count(one), 0)
  return {
    clicks: add(scores.map(({ clicks }) => clicks)),
    opens: add(scores.map(({ opens }) => opens)),
    scenarios,
    machineOnly: { sends: total((one) => one.machineOnly.sends), counted: total((one) => one.machineOnly.counted) },
    readers: { sends: total((one) => one.readers.sends), lost: total((one) => one.readers.lost) },
  }
}

function add(all: readonly Confusion[]): Confusion {
  const result = confusion()
  for (const one of all)
    for (const truth of truths) for (const verdict of truths) result[truth][verdict] += one[truth][verdict]
  return result
}

export function summaryRow(name: string, { clicks, machineOnly, readers }: Score): string[] {
  return [
    name,
    percent(recall(clicks, 'machine')),
    percent(falseAlarms(clicks)),
    percent(share(machineOnly.counted, machineOnly.sends)),
    percent(share(readers.lost, readers.sends)),
  ]
}

export function summarySection(judges: readonly (readonly [string, Score])[], more: readonly string[][]): Section {
  const { clicks, machineOnly, readers } = judges[0]![1]
  return {
    title: 'Clicks (with visits to the unsubscribe and view pages)',
    notes: [
      `${sum(clicks.machine)} of machines, ${sum(clicks.human)} of people, ${sum(clicks.probe)} probes.`,
      `"counted": of ${machineOnly.sends} sends that only machines clicked, those counted as clicked.`,
      `"lost": of ${readers.sends} sends that people clicked, those without a click left.`,
    ],
    head: ['judge', 'machines found', "people's taken", 'counted', 'lost'],
    rows: [...judges.map(([name, result]) => summaryRow(name, result)), ...more],
    verdicts: [
      judge("the share of machines' clicks found", recall(clicks, 'machine'), { atLeast: 0.97 }),
      judge("the percentage of people's clicks taken for others", 100 * falseAlarms(clicks), { atMost: 0.5 }),
    ],
  }
}

export function classSection(judges: readonly (readonly [string, Score])[]): Section {
  const rows = judges.flatMap(([name, { clicks, opens }]) =>
    [['clicks', clicks] as const, ['opens', opens] as const].flatMap(([what, from]) =>
      truths
        .filter((truth) => sum(from[truth]) > 0)
        .map((truth) => [
          `${name}, ${what}: ${truth}`,
          String(sum(from[truth])),
          percent(precision(from, truth)),
          percent(recall(from, truth)),
        ]),
    ),
  )
  return { title: 'Classes', notes: [], head: ['judge and class', 'hits', 'precision', 'recall'], rows, verdicts: [] }
}

export function scenarioSection({ scenarios }: Score): Section {
  const rows = [...scenarios]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, of]) =>
      truths
        .filter((truth) => sum(of[truth]) > 0)
        .map((truth) => [
          `${name} (${truth})`,
          ...truths.map((verdict) => String(of[truth][verdict])),
          percent(share(sum(of[truth]) - of[truth][truth], sum(of[truth]))),
        ]),
    )
  const head = ['scenario (truth)', ...truths, 'wrong']
  return { title: 'Our verdicts by scenario', notes: [], head, rows, verdicts: [] }
}
