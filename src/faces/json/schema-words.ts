// JSON Schemas in words and examples, for the reference page.

import type { JsonSchema, OpenApi, Operation } from './openapi.ts'

export function resolve({ components }: OpenApi, schema: JsonSchema): JsonSchema {
  const name = schema.$ref?.split('/').at(-1)
  return name === undefined ? schema : (components.schemas[name] ?? schema)
}

/** What a value is, in a few words. */
export function plainType(schema: JsonSchema): string {
  const {
    type,
    enum: words,
    items,
    anyOf,
    default: usual,
    minimum,
    maximum,
    format,
  } = schema as JsonSchema & {
    anyOf?: JsonSchema[]
    minimum?: number
    maximum?: number
    format?: string
  }
  const end = usual === undefined ? '' : `, ${JSON.stringify(usual)} unless given`
  if (words) return `${words.map((word) => JSON.stringify(word)).join(' or ')}${end}`
  if (anyOf) return anyOf.map((part) => nameOf(part) ?? plainType(part)).join(' or ')
  if (items) return `list of ${nameOf(items) ?? plainType(items)}`
  if (format === 'date-time') return `time${end}`
  const range =
    minimum !== undefined && maximum !== undefined && maximum < 1_000_000 ? `, ${minimum} to ${maximum}` : ''
  const words_ = Array.isArray(type) ? type.join(' or ') : (type ?? 'anything')
  return `${words_ === 'string' ? 'text' : words_}${range}${end}`
}

function nameOf(schema: JsonSchema): string | undefined {
  return schema.$ref?.split('/').at(-1)
}

const samples: Readonly<Record<string, unknown>> = {
  email: 'jflowers@mail.com',
  firstName: 'Joe',
  lastName: 'Flowers',
  name: 'October Specials',
  source: 'signup-form',
  wording: 'Yes, you may see which mails I read.',
  url: 'https://www.example.com/roses',
  lists: [1],
  by: 'customer',
  to: 'jflowers@mail.com',
  from: 'joe@joesflowers.example',
  subject: 'Your order',
  text: 'It is on its way.',
  domain: 'joesflowers.example',
  tracking: 'full',
  scopes: ['read'],
  campaign: 1_100_537_019_381,
  contact: 32,
  kind: 'click',
  at: '2026-01-31T09:30:00.000Z',
}
/** What an example does without: seldom given, or long. */
const left = new Set([
  'sortOrder',
  'code',
  'messageId',
  'status',
  'server',
  'tls',
  'queueId',
  'friends',
  'message',
  'by',
  'type',
  'content',
])

/** A body as somebody might send it. */
function exampleOf(api: OpenApi, schema: JsonSchema): unknown {
  const { type, properties, required = [], items, enum: words } = resolve(api, schema)
  if (items) return [exampleOf(api, items)]
  if (words) return words[0]
  if (!properties) return type === 'boolean' ? false : type === 'integer' ? 1 : 'text'
  const names = Object.keys(properties).filter(
    (name) => required.includes(name) || (name in samples && !left.has(name)),
  )
  const shown =
    names.includes('contact') && names.includes('email') ? names.filter((name) => name !== 'contact') : names
  return Object.fromEntries(shown.map((name) => [name, samples[name] ?? exampleOf(api, properties[name]!)]))
}

const places: Readonly<Record<string, string>> = {
  '/campaigns/{id}': '1100537019381',
  '/contacts/{id}': '32',
  '/suppressions/{id}': '9c1e4d',
  '/messages/{id}': '1100537019381-32-1',
  '/bounce-reviews/{id}': '3f9a1c0b7d2e4855',
  '{domain}': 'joesflowers.example',
  '{selector}': 'contrail202601',
  '{contact}': '32',
  '{event}': '32-click-17713294464012',
  '{id}': '1',
}

/** A call as somebody might make it. */
export function curlOf(api: OpenApi, method: string, path: string, { requestBody }: Operation): string {
  let address = path
  for (const [place, value] of Object.entries(places)) address = address.replace(place, place.replace(/\{\w+\}/, value))
  const body = requestBody?.content['application/json']
  return [
    `curl${method === 'GET' || (method === 'POST' && body) ? '' : ` -X ${method}`} -H 'Authorization: Bearer KEY'`,
    ...(body ? [`-H 'Content-Type: application/json' -d '${JSON.stringify(exampleOf(api, body.schema))}'`] : []),
    `'https://mail.example.com/api/v1${address}'`,
  ].join(' \\\n  ')
}
