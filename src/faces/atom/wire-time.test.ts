import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseWireTime, wireTime } from './wire-time.ts'

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

test('times that clients send are read in their usual forms, in UTC where they name no zone', () => {
  const same = ['2009-12-01T10:00:00.123Z', '2009-12-01t10:00:00.123z', '2009-12-01T10:00:00:123Z', '2009-12-01 10:00:00.123',
    '2009-12-01T05:00:00.123-05:00', '2009-12-01T05:00:00.123-0500', '2009-12-01T11:00:00.123+01:00', '2009-12-01T11:00:00.123 01:00',
    ' 2009-12-01T10:00:00.123456Z '] // oxfmt-ignore
  for (const text of same) assert.equal(parseWireTime(text), Date.parse('2009-12-01T10:00:00.123Z'), text)
  assert.equal(parseWireTime('2009-12-01'), Date.parse('2009-12-01T00:00:00Z'))
  assert.equal(parseWireTime('2009-12-01T10:00'), Date.parse('2009-12-01T10:00:00Z'))
  const none = ['', '1', 'foo 1', '1259625600000', '2009-13-01', '2009-12-01T25:00:00Z', '2009-12-01T10:00:00+99:99', '2009-12-01T10:00:00 UTC',
    '9999-12-31T23:59:59-05:00', '0000-12-31T00:00:00Z'] // oxfmt-ignore
  for (const text of none) assert.equal(parseWireTime(text), undefined, text)
})
