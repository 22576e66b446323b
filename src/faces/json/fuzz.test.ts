// Requests made of the API's own document, and then spoilt: wrong types, too much, odd text, missing and unknown fields.
// Whatever comes, it is answered as the document says, and never with a failure of ours.

import assert from 'node:assert/strict'
import fc from 'fast-check'
import { startApi } from '../../../test/api.ts'
import type { Api } from '../../../test/api.ts'
import { fillAccount, sampleOf } from '../../../test/api-samples.ts'
import type { Filled } from '../../../test/api-samples.ts'
import { testOnEach as test } from '../../../test/databases.ts'
import { createOpenApi } from './openapi.ts'
import type { JsonSchema, Operation, Parameter } from './openapi.ts'
import { table } from './table.ts'

const document = createOpenApi()

const odd = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('', ' ', '\0', 'a\0b', '\ud800', 'null', '-1', '1.5', '1e999', '0x10', '٣', '9'.repeat(400), '../..', "' or 1=1 --", '%00', '[]', '__proto__', 'ＡＢ@mail.com', 'a@b', '2009-02-31T00:00:00Z', '0000-01-01T00:00:00Z', '+275760-09-13T00:00:00Z'), // oxfmt-ignore
  fc.constantFrom('x'.repeat(9000), '\u{1f339}'.repeat(3000)),
)
const oddJson: fc.Arbitrary<unknown> = fc.oneof(
  odd,
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(
    null,
    [],
    {},
    -1,
    0,
    1.5,
    1e308,
    2 ** 53,
    2 ** 63,
    true,
    [[[]]],
    Array.from({ length: 300 }, () => 1),
  ),
)

function resolved(schema: JsonSchema): JsonSchema & { format?: string; const?: unknown; anyOf?: JsonSchema[] } {
  const name = schema.$ref?.split('/').at(-1)
  return name === undefined ? schema : document.components.schemas[name]!
}

/** Mostly what the schema asks for. */
function valueOf(given: JsonSchema): fc.Arbitrary<unknown> {
  const schema = resolved(given)
  const fitting = fittingValue(schema)
  return fc.oneof({ weight: 6, arbitrary: fitting }, { weight: 1, arbitrary: oddJson })
}

function fittingValue(schema: ReturnType<typeof resolved>): fc.Arbitrary<unknown> {
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type
  if (schema.const !== undefined) return fc.constant(schema.const)
  if (schema.enum) return fc.constantFrom(...schema.enum)
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map(valueOf))
  if (type === 'array') return fc.array(valueOf(schema.items!), { maxLength: 4 })
  if (type === 'boolean') return fc.boolean()
  if (type === 'integer') return fc.oneof(fc.constantFrom(1, 7, 32, 1100), fc.integer(), fc.maxSafeInteger())
  if (type === 'object') {
    const fields = Object.entries(schema.properties ?? {}).map(([name, field]) => [name, valueOf(field)] as const)
    const whole = fc.record(Object.fromEntries(fields), { requiredKeys: schema.required ?? [] })
    return fc.oneof({ weight: 8, arbitrary: whole }, { weight: 1, arbitrary: fc.record(Object.fromEntries(fields), { requiredKeys: [] }) }, { weight: 1, arbitrary: whole.map((value) => ({ ...value, unknown: 1 })) }) // oxfmt-ignore
  }
  if (schema.format === 'date-time') return fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('2200-01-01') }).map((at) => at.toISOString()) // oxfmt-ignore
  return fc.oneof(
    fc.constantFrom('onlyjoes@mail.com', 'jo', 'http://x.example', '<b>x</b>'),
    fc.string({ maxLength: 30 }),
  )
}

interface Attempt {
  path: string
  query: readonly (readonly [string, unknown])[]
  headers: Record<string, string>
  body: unknown
}

function attemptOf(
  samplePath: string,
  path: string,
  { parameters = [], requestBody }: Operation,
): fc.Arbitrary<Attempt> {
  const of = (place: Parameter['in']): Parameter[] => parameters.filter((parameter) => parameter.in === place)
  const spoilt = of('path').reduce(
    (made, { name }) =>
      made.chain((text) => odd.map((value) => text.replace(`{${name}}`, encodeURIComponent(value.toWellFormed())))),
    fc.constant(path),
  )
  const fields = Object.fromEntries(of('query').filter(({ name }) => name !== 'wait').map(({ name, schema }) => [name, valueOf(schema)])) // oxfmt-ignore
  const headers = Object.fromEntries(of('header').map(({ name }) => [name, fc.constantFrom('"a"', 'b', '*', 'x'.repeat(300), 'W/"x", "y"')])) // oxfmt-ignore
  const json = requestBody?.content['application/json']
  return fc.record({
    path: fc.oneof({ weight: 5, arbitrary: fc.constant(samplePath) }, { weight: 1, arbitrary: spoilt }),
    query: fc.oneof(
      fc.constant([] as [string, unknown][]),
      fc.record(fields, { requiredKeys: [] }).map((some) => Object.entries(some)),
      fc.record({ ...fields, nothing: odd }, { requiredKeys: [] }).map((some) => Object.entries(some)),
    ),
    headers: fc.record(headers, { requiredKeys: [] }) as fc.Arbitrary<Record<string, string>>,
    body: json
      ? fc.oneof({ weight: 6, arbitrary: valueOf(json.schema) }, { weight: 1, arbitrary: oddJson })
      : fc.constant(undefined),
  })
}

const plain = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))

async function send(api: Api, method: string, attempt: Attempt): Promise<number> {
  const query = attempt.query.map(([name, value]) => {
    const text = Array.isArray(value) ? value.map(plain).join(',') : plain(value)
    return `${encodeURIComponent(name)}=${encodeURIComponent(text.toWellFormed())}`
  })
  const path = `${attempt.path}${query.length > 0 ? `?${query.join('&')}` : ''}`
  const body = attempt.body === undefined ? undefined : JSON.stringify(attempt.body)
  return (await api.ask(method, path, body, attempt.headers)).status
}

async function attack(api: Api, filled: Filled, counts: Map<number, number>): Promise<void> {
  for (const route of table) {
    const operation = document.paths[route.path]![route.method.toLowerCase()]!
    const numRuns = route.operationId === 'createKey' ? 6 : route.body || Object.keys(route.query).length > 1 ? 25 : 6
    await fc.assert(
      fc.asyncProperty(attemptOf(sampleOf(route, filled).path, route.path, operation), async (attempt) => {
        const status = await send(api, route.method, attempt)
        counts.set(status, (counts.get(status) ?? 0) + 1)
        assert.ok(status < 500, `${route.method} ${attempt.path} was answered with ${status}`)
      }),
      { numRuns },
    )
  }
}

test('requests made of the document and spoilt are answered as it says, and never with a failure', async () => {
  await using api = await startApi({ rateLimit: 0 })
  const filled = await fillAccount(api)
  const counts = new Map<number, number>()
  await attack(api, filled, counts)
  const many = (from: number): number => [...counts].reduce((sum, [status, count]) => sum + (Math.floor(status / 100) === from ? count : 0), 0) // oxfmt-ignore
  // Neither all spoilt nor all well.
  assert.ok(many(2) > 100 && many(4) > 100, JSON.stringify([...counts]))
})

test('bodies that are no JSON, no UTF-8, too deep or too large are refused, and lines that are none rejected', async () => {
  await using api = await startApi()
  await fillAccount(api)
  const deep = '['.repeat(100_000)
  const bodies: [status: number, body: string][] = [
    [400, ''], [400, '{'], [400, deep], [400, '\u0000'], [400, '{"name":"a"}{'], [400, 'null'], [400, '[]'], [400, '"x"'],
    [413, JSON.stringify({ name: 'x'.repeat(2 ** 20) })], [400, '{"__proto__":{"a":1},"name":"x"}'],
  ] // oxfmt-ignore
  for (const [status, body] of bodies)
    assert.equal((await api.ask('POST', '/lists', body)).status, status, body.slice(0, 40))
  const lines = ['', '{', deep, 'null', '\0', '{"kind":"open"}', `{"kind":"open","email":"${'x'.repeat(5000)}","campaign":1,"at":"2009-01-01T00:00:00Z"}`] // oxfmt-ignore
  const text = await api.must(200, 'POST', '/events', lines.join('\n'), { 'content-type': 'application/x-ndjson' })
  assert.match(text, /"end":\{"lines":6,"new":0,"updated":0,"same":0,"rejected":6\}/)
})
