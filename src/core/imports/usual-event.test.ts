import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { allKinds, bounceCodes } from '../events/event.ts'
import { checkItem } from './line.ts'
import { readUsualEvent } from './usual-event.ts'

const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 1 }),
  fc.string({ unit: 'binary', maxLength: 10 }),
  fc.constantFrom('', '\0', '\ud800', 0, -1, 1.5, 2 ** 52, 2 ** 52 + 1, 2 ** 53, null, true, 'x'.repeat(501), 'x'.repeat(1001), 'x'.repeat(4001), 'x'.repeat(8193)), // oxfmt-ignore
)
const or = (usual: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> => fc.oneof({ weight: 8, arbitrary: usual }, { weight: 1, arbitrary: odd }) // oxfmt-ignore
const time = fc.oneof(
  fc
    .date({ min: new Date(0), max: new Date('2199-12-31T23:59:59Z'), noInvalidDate: true })
    .map((at) => at.toISOString()),
  fc.constantFrom('2009-01-01T00:00:00Z', '2009-02-30T00:00:00Z', '2009-01-01T00:00:00+01:00', '2009-01-01', '2009-01-01T24:00:00Z', '2009-01-01T00:00:60Z', '2009-01-01T00:00:00.1234Z', '1969-12-31T23:59:59Z', '2009-1-01T00:00:00Z'), // oxfmt-ignore
)
const text = fc.string({ minLength: 1, maxLength: 20 })
const usual = fc.record(
  {
    kind: or(fc.constantFrom(...allKinds)), contact: or(fc.integer({ min: 1 })), campaign: or(fc.integer({ min: 1 })), at: or(time), url: or(text),
    code: or(fc.constantFrom(...bounceCodes)), message: or(text), messageId: or(text), key: or(text), type: or(fc.constant('event')),
  },
  { requiredKeys: ['kind', 'contact', 'campaign', 'at'] },
) // oxfmt-ignore
const seldom = fc.record({ by: or(fc.constant('contact')), email: or(fc.constant('a@b.example')), status: or(text), extra: odd }, { requiredKeys: [] }) // oxfmt-ignore
const line = fc.oneof(
  usual,
  fc.tuple(usual, seldom).map(([most, more]) => ({ ...most, ...more })),
)

test('a line that is read the fast way says what the schema says of it', () => {
  let count = 0
  fc.assert(
    fc.property(fc.oneof({ weight: 20, arbitrary: line }, { weight: 1, arbitrary: odd }), (value) => {
      const read = readUsualEvent(value)
      if (!read) return
      count++
      const item = checkItem(value, '', 'event')
      assert.deepEqual(
        { ...JSON.parse(JSON.stringify(item)) },
        JSON.parse(JSON.stringify({ type: 'event', event: read })),
      )
    }),
    { numRuns: 3000 },
  )
  // Not all is left to the schema.
  const most = {
    kind: 'click',
    contact: 1,
    campaign: 2,
    at: '2009-01-01T00:00:00.000Z',
    url: 'http://x.example',
    key: 'a',
  }
  assert.ok(readUsualEvent(most) && count > 200, String(count))
})
