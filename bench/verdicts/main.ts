// `npm run bench:verdicts`: our rules and three that others use, on the same simulated traffic. Flags: --seed (the
// first of eight), --sends (for each), --rules (what each rule contributes). Deterministic; writes nothing.

import { parseArgs } from 'node:util'
import { defaultVerdictSettings } from '../../src/core/verdicts/settings.ts'
import { renderText } from '../report.ts'
import { agentList, ours, timer } from './judges.ts'
import type { Judge } from './judges.ts'
import { score } from './score.ts'
import type { Score } from './score.ts'
import { simulate } from './simulate.ts'
import { addScores, classSection, scenarioSection, summaryRow, summarySection } from './tables.ts'
import { weakened } from './weakened.ts'

const worlds = 8

const { values } = parseArgs({
  options: {
    // The settings were tuned on the seeds 1 to 6, 101 to 106 and 1001 to 1004; these are others.
    seed: { type: 'string', default: '4001' },
    sends: { type: 'string', default: '10000' },
    rules: { type: 'boolean', default: false },
  },
})
const firstSeed = number('seed', values.seed)
const sends = number('sends', values.sends)
const traffic = Array.from({ length: worlds }, (_, i) => simulate({ seed: firstSeed + i, sends }))
const hits = traffic.flat().reduce((sum, send) => sum + send.hits.length, 0)
console.log(`Seeds ${firstSeed} to ${firstSeed + worlds - 1}, ${sends} sends each, ${hits} hits.`)

const byWorld = traffic.map((world) => score(world, ours()))
const judges: readonly (readonly [name: string, judge: Judge])[] = [
  ['2 s timer', timer(2)],
  ['7 s timer', timer(7)],
  ['user-agent list', agentList],
]
const all = addScores(byWorld)
const others = judges.map(([name, judge]) => [name, judgeAllWorlds(judge)] as const)
const worldRows = byWorld.map((result, i) => summaryRow(`our rules, seed ${firstSeed + i}`, result))
console.log(renderText(summarySection([['our rules', all], ...others], worldRows)))
console.log(renderText(classSection([['our rules', all], ...others])))
console.log(renderText(scenarioSection(all)))
if (values.rules) {
  const rows = weakened(defaultVerdictSettings).map(([name, settings]) =>
    summaryRow(name, judgeAllWorlds(ours(settings))),
  )
  console.log(renderText({ ...summarySection([['our rules', all]], rows), title: 'Without one rule' }))
}

function judgeAllWorlds(judge: Judge): Score {
  return addScores(traffic.map((world) => score(world, judge)))
}

function number(flag: string, text: string): number {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value > 0) return value
  console.error(`--${flag} takes a whole number above 0, not "${text}"`)
  process.exit(2)
}
