import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defaultVerdictSettings as settings } from './settings.ts'
import { neighbourRanges, settlesAt } from './settle.ts'

const minute = 60_000
const hits = (...minutes: number[]): { at: number }[] => minutes.map((at) => ({ at: at * minute }))

test('a send settles two minutes after its last hit, in whatever order they come', () => {
  assert.equal(settlesAt([]), undefined)
  assert.equal(settlesAt(hits(10)), 12 * minute)
  assert.equal(settlesAt(hits(11, 10)), 13 * minute)
})

test('a send that never falls quiet settles fifteen minutes after its first hit, and then anew', () => {
  const busy = Array.from({ length: 15 }, (_, i) => i)
  assert.equal(settlesAt(hits(...busy)), 15 * minute)
  assert.equal(settlesAt(hits(...busy, 16)), 18 * minute)
})

test('a hit after it settled opens a new window', () => {
  assert.equal(settlesAt(hits(0, 100)), 102 * minute)
})

test('neighbours are asked for once for hits close together, by network, and not for opens', () => {
  const hit = (at: number, ip: string | undefined, kind: 'click' | 'open' = 'click') => ({
    hitId: `${at}`, contactId: 1, campaignId: 1, sendNo: 0, kind, at: at * minute, method: 'GET', ip, headers: {},
  }) // oxfmt-ignore
  const { walkWithin } = settings.neighbours
  const all = [
    hit(4, '192.0.2.9'),
    hit(0, '192.0.2.7'),
    hit(100, '192.0.2.0/24'),
    hit(0, undefined),
    hit(0, '::1', 'open'),
  ]
  const ranges = neighbourRanges(all, settings)
  assert.deepEqual(
    ranges.map(({ from, until }) => [from, until]),
    [
      [-walkWithin, 4 * minute + walkWithin],
      [100 * minute - walkWithin, 100 * minute + walkWithin],
    ],
  )
  assert.equal(new Set(ranges.map(({ network }) => network)).size, 1)
})
