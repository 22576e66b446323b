import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { addressSet, networkKey } from './address.ts'
import { classify } from './classify.ts'
import type { Hit, Judgement, NeighbourClick } from './hit.ts'
import { keptHeaders, reasons } from './hit.ts'
import { defaultVerdictSettings as settings, verdictReach } from './settings.ts'

interface Trace {
  about: string
  linkCount: number
  hits: Hit[]
  neighbours?: NeighbourClick[]
  expected: Record<string, Omit<Judgement, 'rulesVersion'>>
}

const folder = new URL('../../../testdata/verdicts/', import.meta.url)
const traces = readdirSync(folder).map(
  (name) => [name, JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Trace] as const,
)

function byNetwork(clicks: readonly NeighbourClick[]): Map<string, NeighbourClick[]> {
  return Map.groupBy(clicks, ({ ip }) => networkKey(ip)!)
}

function judge(
  hits: readonly Hit[],
  linkCount = 5,
  neighbours: readonly NeighbourClick[] = [],
): Map<string, Judgement> {
  return classify(hits, { linkCount, neighbours: byNetwork(neighbours), settings })
}

for (const [name, { about, linkCount, hits, neighbours, expected }] of traces)
  test(`${name.replace('.json', '')}: ${about}`, () => {
    const found = judge(hits, linkCount, neighbours)
    const plain = [...found].map(([id, { verdict, reasons: why }]) => [id, { verdict, reasons: why }])
    assert.deepEqual(Object.fromEntries(plain), expected)
  })

const trace = (name: string): Trace => traces.find(([file]) => file === `${name}.json`)![1]

test('operators may list networks of machines and of Apple', () => {
  const click = { ...trace('human-reader').hits[1]!, headers: { accept: '*/*' }, isSecure: false }
  const open = { ...trace('human-reader').hits[0]!, ip: '2001:db8:7:1::9' }
  const listed = { machineNetworks: addressSet(['198.51.100.0/24']), appleEgress: addressSet(['2001:db8::/32']) }
  const found = classify([click, open], {
    linkCount: 5,
    neighbours: new Map(),
    settings: { ...settings, ...listed, version: 2 },
  })
  assert.deepEqual(found.get('a'), {
    verdict: 'machine',
    reasons: ['listed_network', 'few_headers'],
    rulesVersion: '1/2',
  })
  assert.deepEqual(found.get('o'), { verdict: 'proxy', reasons: ['apple_mpp'], rulesVersion: '1/2' })
})

test('a later hit changes an earlier verdict: the first link of a burst is human until the rest comes', () => {
  const { hits } = trace('defender-sandbox')
  assert.equal(judge(hits.slice(1, 2)).get('1')!.verdict, 'human')
  assert.equal(judge(hits.slice(1, 6)).get('1')!.verdict, 'machine')
})

test('one-click unsubscribing is a POST and no probe', () => {
  const hit = { ...trace('human-reader').hits[1]!, kind: 'unsubscribe-page' as const, method: 'POST' }
  assert.equal(judge([hit]).get('a')!.verdict, 'human')
  assert.equal(judge([{ ...hit, kind: 'click' }]).get('a')!.verdict, 'probe')
})

test('a delivery time that is hours behind the hit it caused is not believed', () => {
  const [, hit] = trace('human-reader').hits
  assert.deepEqual(judge([{ ...hit!, deliveredAt: hit!.at + 3 * 3_600_000 }]).get('a')!.reasons, [])
})

test('fifty thousand hits on one send are all judged', () => {
  const [hit] = trace('defender-sandbox').hits.slice(1)
  const flood = Array.from({ length: 50_000 }, (_, i) => ({ ...hit!, hitId: `f${i}`, at: hit!.at + i, linkNo: i % 7 }))
  const found = judge(flood)
  assert.equal(found.size, flood.length)
  assert.ok([...found.values()].every(({ verdict }) => verdict === 'machine'))
})

const agents = traces.flatMap(([, { hits }]) => hits.map(({ userAgent }) => userAgent))
const start = trace('human-reader').hits[0]!.deliveredAt!
const someHit = fc.record({
  kind: fc.constantFrom('open', 'click', 'unsubscribe-page', 'view'),
  linkNo: fc.integer({ min: 0, max: 6 }),
  at: fc
    .oneof(fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 0, max: 3_600_000 }))
    .map((after) => start + after),
  method: fc.constantFrom('GET', 'GET', 'GET', 'HEAD', 'POST'),
  ip: fc.constantFrom('198.51.100.7', '198.51.100.8', '203.0.113.0/24', '2001:db8:1:2::3', '40.94.20.9', undefined),
  userAgent: fc.constantFrom(...agents, undefined),
  headers: fc.constantFrom(...traces.flatMap(([, { hits }]) => hits.map(({ headers }) => headers))),
  isSecure: fc.constantFrom(true, false, undefined),
  deliveredAt: fc.constantFrom(start, undefined),
})
const toHits = (parts: readonly object[], prefix = 'h'): Hit[] =>
  parts.map((part, i) => ({ hitId: `${prefix}${i}`, contactId: 32, campaignId: 1, sendNo: 0, ...part }) as Hit)
const someHits = fc.array(someHit, { maxLength: 12 }).map((parts) => toHits(parts))
const asNeighbours = (hits: readonly Hit[]): NeighbourClick[] =>
  hits.filter(({ ip }) => networkKey(ip) !== undefined).map((hit, i) => ({ ...hit, contactId: 100 + (i % 7) }))

test('the order of the input does not matter', () => {
  fc.assert(
    fc.property(
      someHits.chain((hits) => fc.tuple(fc.constant(hits), fc.shuffledSubarray(hits, { minLength: hits.length }))),
      ([hits, shuffled]) => {
        const found = judge(shuffled)
        for (const [id, judgement] of judge(hits)) assert.deepEqual(found.get(id), judgement)
      },
    ),
  )
})

test('hits of other sends change nothing but S4 and what follows from its points', () => {
  const ofS4 = new Set(['shared_address', 'network_of_walkers'])
  const silent = { ...settings, neighbours: { ...settings.neighbours, points: 0, surePoints: 0 } }
  const own = (all: Map<string, Judgement>): unknown[] =>
    [...all].map(([id, { verdict, reasons: why }]) => [id, verdict, why.filter((reason) => !ofS4.has(reason))])
  fc.assert(
    fc.property(someHits, fc.array(someHit, { maxLength: 40 }), (hits, others) => {
      const neighbours = byNetwork(asNeighbours(toHits(others)))
      const context = { linkCount: 5, settings: silent }
      const beside = classify(hits, { ...context, neighbours })
      assert.deepEqual(own(beside), own(classify(hits, { ...context, neighbours: new Map() })))
    }),
  )
})

test('clicks of the contact itself are no neighbours', () => {
  fc.assert(
    fc.property(someHits, (hits) => {
      const self = asNeighbours(hits).map((click) => ({ ...click, contactId: 32 }))
      assert.deepEqual(judge(hits, 5, self), judge(hits))
    }),
  )
})

test('a hit beyond the reach of the rules changes no earlier verdict', () => {
  fc.assert(
    fc.property(someHits, someHit, (hits, part) => {
      const last = Math.max(start, ...hits.map(({ at }) => at))
      const later = toHits([{ ...part, at: last + verdictReach(settings) + 1 }], 'later')
      const found = judge([...hits, ...later])
      for (const [id, judgement] of judge(hits)) assert.deepEqual(found.get(id), judgement)
    }),
  )
})

test('a later hit only makes earlier ones machines, but for pairs, where it may clear one', () => {
  fc.assert(
    fc.property(someHits, someHit, (hits, part) => {
      const last = Math.max(start, ...hits.map(({ at }) => at))
      const found = judge([...hits, ...toHits([{ ...part, at: last + (part.at % 600_000) + 1 }], 'later')])
      for (const [id, { verdict, reasons: why }] of judge(hits)) {
        if (verdict === 'human' || why.includes('beside_another_visit') || why.includes('with_machine')) continue
        assert.equal(found.get(id)!.verdict, verdict)
      }
    }),
  )
})

test('whatever stands in the fields, every hit gets a verdict with known reasons', () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constant(undefined), fc.constant('999.1.1.1/77'))
  const odd = fc.record({
    kind: fc.constantFrom('open', 'click', 'unsubscribe-page', 'view'),
    linkNo: fc.oneof(fc.double(), fc.constant(undefined)),
    at: fc.oneof(fc.double(), fc.maxSafeInteger()),
    method: fc.string(),
    ip: fc.oneof(
      text,
      fc.ipV4(),
      fc.ipV6(),
      fc.ipV6().map((ip) => `${ip}/48`),
    ),
    userAgent: text,
    headers: fc.dictionary(fc.constantFrom(...keptHeaders), fc.string()),
    deliveredAt: fc.oneof(fc.double(), fc.constant(undefined)),
  })
  const known = new Set<string>(reasons)
  fc.assert(
    fc.property(fc.array(odd, { maxLength: 8 }), fc.double(), (parts, linkCount) => {
      const found = judge(toHits(parts), linkCount)
      assert.equal(found.size, parts.length)
      for (const { verdict, reasons: why } of found.values()) {
        assert.ok(['human', 'proxy', 'machine', 'probe'].includes(verdict))
        assert.ok(why.every((reason) => known.has(reason)))
      }
    }),
  )
})
