import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { wireTime } from './wire-time.ts'

test('every time is written as ISO 8601 in UTC with milliseconds', () => {
  const times = fc.integer({ min: Date.UTC(1000, 0, 1), max: Date.UTC(9999, 11, 31) })
  fc.assert(
    fc.property(times, (at) => assert.equal(wireTime(at), new Date(at).toISOString())),
    { numRuns: 5000 },
  )
  for (const text of [
    '2000-02-29T00:00:00.000Z',
    '1999-12-31T23:59:59.999Z',
    '2100-03-01T00:00:00.001Z',
    '1970-01-01T00:00:00.000Z',
  ]) {
    assert.equal(wireTime(Date.parse(text)), text)
  }
})
