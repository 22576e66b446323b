import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ours, timer } from '../bench/verdicts/judges.ts'
import { falseAlarms, recall, score, sum } from '../bench/verdicts/score.ts'
import { simulate } from '../bench/verdicts/simulate.ts'

// Small worlds differ by luck (one company with one odd gateway weighs much); this one holds against going backwards,
// `npm run bench:verdicts` measures.
const world = simulate({ seed: 3001, sends: 2500 })

test('machines are found and people left alone on simulated traffic', () => {
  const { clicks, opens } = score(world, ours())
  assert.ok(sum(clicks.machine) > 5000 && sum(clicks.human) >= 400)
  assert.ok(recall(clicks, 'machine') >= 0.97, `found ${recall(clicks, 'machine')} of machines' clicks`)
  assert.ok(falseAlarms(clicks) <= 0.005, `took ${falseAlarms(clicks)} of people's clicks for others`)
  assert.ok(falseAlarms(opens) <= 0.005)
  assert.equal(recall(opens, 'proxy'), 1)
  assert.equal(recall(clicks, 'probe'), 1)
})

test('a timer finds few of the machines on the same traffic', () => {
  assert.ok(recall(score(world, timer(2)).clicks, 'machine') < 0.5)
})

test('the same seed is the same world', () => {
  assert.deepEqual(
    simulate({ seed: 7, sends: 300 }).map(({ hits }) => hits),
    simulate({ seed: 7, sends: 300 }).map(({ hits }) => hits),
  )
})
