// openapi.json is a sound document: every reference leads somewhere, every name is used and none twice, every parameter of
// a path is there, everything is described.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startTestServer, host } from '../../../test/server.ts'
import { createOpenApi } from './openapi.ts'
import type { JsonSchema } from './openapi.ts'
import { table } from './table.ts'

const api = createOpenApi()
const operations = Object.entries(api.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, path, method, operation })),
)

/** Every object inside, with where it is. */
function* walk(value: unknown, where = '#'): Generator<[where: string, value: Record<string, unknown>]> {
  if (typeof value !== 'object' || value === null) return
  if (!Array.isArray(value)) yield [where, value as Record<string, unknown>]
  for (const [name, part] of Object.entries(value)) yield* walk(part, `${where}/${name}`)
}

test('every reference leads to a schema, and every schema is referred to', () => {
  const used = new Set<string>()
  for (const [where, { $ref }] of walk(api)) {
    if (typeof $ref !== 'string') continue
    used.add($ref)
    const [, , place, name] = $ref.split('/') as [string, string, 'schemas' | 'responses', string]
    assert.ok(api.components[place][name], `${where} refers to ${$ref}`)
  }
  for (const name of Object.keys(api.components.schemas)) assert.ok(used.has(`#/components/schemas/${name}`), name)
})

test('operations have names of their own, and every parameter of a path is there once', () => {
  assert.equal(new Set(operations.map(({ operation }) => operation.operationId)).size, table.length)
  for (const { name, path, operation } of operations) {
    assert.match(operation.operationId, /^[a-z][A-Za-z]+$/)
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter)
    const { parameters = [] } = operation
    const given = parameters.filter((parameter) => parameter.in === 'path')
    assert.deepEqual(given.map((parameter) => parameter.name), names, name) // oxfmt-ignore
    assert.ok(
      given.every(({ required }) => required),
      name,
    )
    assert.equal(new Set(parameters.map((parameter) => parameter.in + parameter.name)).size, parameters.length, name)
  }
})

test('everything that is sent or answered is described', () => {
  const known = new Set(api.tags.map((tag) => tag.name))
  for (const { name, path, method, operation } of operations) {
    const { tags, summary, description, responses, requestBody } = operation
    assert.ok(summary.length > 3 && description && tags.length === 1 && known.has(tags[0]!), name)
    assert.ok(Object.keys(responses).some((status) => /^2\d\d$/.test(status)) && 'default' in responses, name)
    const isDeed = /\/(start|pause|resume|cancel|requeue|retire|connect|inbox\/\{id\}\/replay)$/.test(path)
    assert.equal(requestBody !== undefined, (method === 'post' || method === 'patch') && !isDeed, name)
    for (const [status, response] of Object.entries(responses)) {
      const isEmpty = status === '204' || response.$ref
      assert.equal(Boolean(response.content), !isEmpty, `${name} ${status}`)
    }
  }
})

test('schemas say what they are, need only what they have, and are written as OpenAPI 3.1 has them', () => {
  for (const [where, given] of walk(api)) {
    const schema = given as JsonSchema & { nullable?: unknown; example?: unknown }
    if (schema.properties && Array.isArray(schema.required))
      for (const name of schema.required) assert.ok(name in schema.properties, `${where} needs ${name}`)
    if (!where.endsWith('/properties')) assert.ok(!('nullable' in schema || 'example' in schema || '$schema' in schema || '$defs' in schema), where) // oxfmt-ignore
    if (where.endsWith('/schema'))
      assert.ok('type' in schema || '$ref' in schema || 'enum' in schema || 'anyOf' in schema, where)
  }
})

test('the server gives the same document, and asks for no credentials', async () => {
  await using server = await startTestServer()
  const response = await server.fetch(new Request(`http://${host}/api/v1/openapi.json`))
  assert.deepEqual([response.status, response.headers.get('content-type')], [200, 'application/json'])
  assert.deepEqual(await response.json(), JSON.parse(JSON.stringify(api)))
  const again = await server.fetch(
    new Request(`http://${host}/api/v1/openapi.json`, { headers: { 'if-none-match': response.headers.get('etag')! } }),
  )
  assert.equal(again.status, 304)
})

test('the reference page holds every operation, schema and problem, and links that lead somewhere', async () => {
  await using server = await startTestServer()
  const response = await server.fetch(new Request(`http://${host}/api/v1/docs`))
  const page = await response.text()
  assert.match(response.headers.get('content-security-policy')!, /^default-src 'none'; style-src 'sha256-/)
  assert.ok(!/<script|<link|style=|src=|@import/.test(page))
  const ids = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id!))
  for (const [, target] of page.matchAll(/href="#([^"]+)"/g)) assert.ok(ids.has(target!), target!)
  for (const { operation } of operations) assert.ok(ids.has(operation.operationId))
})
