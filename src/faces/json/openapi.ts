// The OpenAPI 3.1 document, made of the table of routes and nothing else: openapi.json at the root of the repository, and
// what the server answers with. Used by reference.ts and scripts/generated-files.ts.

import { z } from 'zod'
import { takesKey } from './answer-route.ts'
import { problemKinds } from './problem.ts'
import type { Route } from './route.ts'
import { table } from './table.ts'
import { tags } from './tags.ts'

export interface JsonSchema {
  [name: string]: unknown
  $ref?: string
  type?: string | string[]
  description?: string
  properties?: Record<string, JsonSchema>
  required?: string[]
  items?: JsonSchema
  enum?: unknown[]
}
export interface Parameter {
  name: string
  in: 'path' | 'query' | 'header'
  required?: boolean
  description?: string
  schema: JsonSchema
  style?: string
  explode?: boolean
}
interface Media {
  schema: JsonSchema
}
export interface Operation {
  operationId: string
  tags: string[]
  summary: string
  description?: string
  parameters?: Parameter[]
  requestBody?: { required: true; content: Record<string, Media> }
  responses: Record<string, { description?: string; $ref?: string; headers?: object; content?: Record<string, Media> }>
  security: Record<string, string[]>[]
}
export interface OpenApi {
  openapi: string
  info: { title: string; version: string; description: string; license: { name: string; identifier: string } }
  servers: { url: string }[]
  tags: { name: string; description: string }[]
  paths: Record<string, Record<string, Operation>>
  components: {
    schemas: Record<string, JsonSchema>
    responses: Record<string, object>
    securitySchemes: Record<string, object>
  }
}

export function createOpenApi(): OpenApi {
  const schemas: Record<string, JsonSchema> = {}
  const paths: OpenApi['paths'] = {}
  for (const route of table) (paths[route.path] ??= {})[route.method.toLowerCase()] = operationOf(route, schemas)
  schemas['Problem'] = problemSchema
  const sorted = Object.entries(schemas).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return {
    openapi: '3.1.0',
    info: {
      title: 'Contrail',
      version: '1',
      description: about,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/api/v1' }],
    tags,
    paths,
    components: {
      schemas: Object.fromEntries(sorted),
      responses: {
        Problem: {
          description: 'Why it was refused.',
          headers: { 'X-Request-Id': { schema: { type: 'string' }, description: 'To find it in the log by.' } },
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'An API key that works alone, or an OAuth 2.0 access token.',
        },
        basic: { type: 'http', scheme: 'basic', description: 'As on the 2008 wire: the user is `KEY%USERNAME`.' },
      },
    },
  }
}

const about =
  'What every contact did with every mail. Times are RFC 3339 in UTC with milliseconds; names are camelCase; parameters and fields that are not known are refused. Pages are followed by `next`, given back as `cursor`. Problems are RFC 9457 with a `code` that never changes.'

const problemSchema: JsonSchema = {
  type: 'object',
  description: 'RFC 9457.',
  properties: {
    type: { type: 'string', description: 'Where the code is explained.' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'A sentence for people.' },
    code: { type: 'string', enum: Object.keys(problemKinds), description: 'For programs: never changes.' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          parameter: { type: 'string' },
          pointer: { type: 'string', description: 'Into the body (RFC 6901).' },
          detail: { type: 'string' },
        },
        required: ['detail'],
      },
    },
    requestId: { type: 'string' },
  },
  required: ['type', 'title', 'status', 'detail', 'code', 'requestId'],
}

function operationOf(route: Route, schemas: Record<string, JsonSchema>): Operation {
  const { operationId, tag, summary, description, scope } = route
  const parameters = [...inPath(route, schemas), ...inQuery(route, schemas), ...headersOf(route)]
  const content = bodiesOf(route, schemas)
  const scopeNote = `Needs the scope \`${scope}\`.`
  return {
    operationId,
    tags: [tag],
    summary,
    description: description ? `${description}\n\n${scopeNote}` : scopeNote,
    ...(parameters.length > 0 && { parameters }),
    ...(Object.keys(content).length > 0 && { requestBody: { required: true as const, content } }),
    responses: responsesOf(route, schemas),
    security: [{ bearer: [] }, { basic: [] }],
  }
}

function inPath({ params }: Route, schemas: Record<string, JsonSchema>): Parameter[] {
  return Object.entries(params).map(([name, schema]) =>
    parameterOf(name, 'path', toSchema(schema, 'input', schemas), true),
  )
}

function inQuery({ query }: Route, schemas: Record<string, JsonSchema>): Parameter[] {
  return Object.entries(query).map(([name, schema]) => {
    const isList = toSchema(schema, 'input', schemas).type === 'array'
    const parameter = parameterOf(name, 'query', toSchema(schema, 'input', schemas), false)
    return isList ? { ...parameter, style: 'form', explode: false } : parameter
  })
}

function parameterOf(name: string, place: 'path' | 'query', whole: JsonSchema, required: boolean): Parameter {
  const { description, ...schema } = whole
  return { name, in: place, ...(required && { required }), ...(description && { description }), schema }
}

function headersOf(route: Route): Parameter[] {
  const headers: Parameter[] = []
  if (takesKey(route))
    headers.push({
      name: 'Idempotency-Key',
      in: 'header',
      description:
        'Sent again with the same key within 24 hours, the same request is answered as before and does nothing.',
      schema: { type: 'string', maxLength: 255 },
    })
  if (route.problems?.includes(412))
    headers.push({
      name: 'If-Match',
      in: 'header',
      description: 'Only if this is still its `ETag`.',
      schema: { type: 'string' },
    })
  return headers
}

function bodiesOf({ body, reads }: Route, schemas: Record<string, JsonSchema>): Record<string, Media> {
  const given = body ? { 'application/json': body } : (reads ?? {})
  return Object.fromEntries(
    Object.entries(given).map(([type, schema]) => [type, { schema: toSchema(schema, 'input', schemas) }]),
  )
}

function responsesOf(route: Route, schemas: Record<string, JsonSchema>): Operation['responses'] {
  const { status = 200, answer, streams = {}, params, body, reads, problems = [] } = route
  const content = { ...(answer && { 'application/json': answer }), ...streams }
  const media = Object.entries(content).map(([type, schema]) => [type, { schema: toSchema(schema, 'output', schemas) }])
  const refusals = [
    ...(Object.keys(params).length > 0 ? [404] : []),
    ...(body || reads ? [400, 413, 415] : []),
    ...problems,
  ]
  return {
    [status]: {
      description: describe[status]!,
      ...(media.length > 0 && { content: Object.fromEntries(media) as Record<string, Media> }),
    },
    ...Object.fromEntries([...new Set(refusals)].toSorted((a, b) => a - b).map((code) => [code, problemResponse])),
    default: problemResponse,
  }
}

const problemResponse = { $ref: '#/components/responses/Problem' }

const describe: Readonly<Record<number, string>> = {
  200: 'Done.',
  201: 'Made; `Location` says where it is.',
  202: 'Begun; `Location` says where to look.',
  204: 'Done; there is nothing to say.',
}

/** As JSON Schema; what has a name is put among `schemas` and referred to. */
function toSchema(schema: z.ZodType, io: 'input' | 'output', schemas: Record<string, JsonSchema>): JsonSchema {
  const { $defs = {}, $schema: _dialect, ...own } = z.toJSONSchema(schema, { io, override: ({ jsonSchema }) => tidy(jsonSchema as JsonSchema, io) }) as JsonSchema & { $defs?: Record<string, JsonSchema> } // oxfmt-ignore
  for (const [name, definition] of Object.entries($defs)) schemas[name] = refer(definition)
  return refer(own)
}

function tidy(schema: JsonSchema, io: 'input' | 'output'): void {
  delete schema['id']
  // The format says it; the pattern says it in three hundred characters.
  if (schema['format'] === 'date-time') delete schema['pattern']
  // Answers may have more fields some day.
  if (io === 'output' && schema['additionalProperties'] === false) delete schema['additionalProperties']
}

function refer<T>(value: T): T {
  if (Array.isArray(value)) return value.map(refer) as T
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([name, part]) =>
    name === '$ref' && typeof part === 'string'
      ? [name, part.replace('#/$defs/', '#/components/schemas/')]
      : [name, refer(part)],
  )
  return Object.fromEntries(entries) as T
}
