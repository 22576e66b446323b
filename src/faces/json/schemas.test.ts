import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { timeText } from './schemas.ts'

test('a time is written as toISOString writes it, whatever was written before', () => {
  const at = fc.integer({ min: 0, max: Date.UTC(2200, 0, 1) - 1 })
  fc.assert(fc.property(at, (ms) => assert.equal(timeText(ms), new Date(ms).toISOString())))
  for (const ms of [0, 86_399_999, 86_400_000, -1, -86_400_000, Date.UTC(2100, 1, 28, 23, 59, 59, 999)])
    assert.equal(timeText(ms), new Date(ms).toISOString())
})
