// What a request can say, a flag each: parameters of the query, and fields of the body with those of its parts. Made of
// openapi.json by operations.ts, turned into options by field-option.ts.

import { resolve } from './api-document.ts'
import type { ApiDocument, Parameter, Schema } from './api-document.ts'

export interface Field {
  /** `first-name` */
  flag: string
  /** Where it goes: a field of a part of the body has two steps. */
  path: readonly string[]
  type: 'text' | 'integer' | 'number' | 'boolean' | 'time' | 'json'
  /** Several, separated by commas. */
  isList: boolean
  /** All that it can be; undefined when it can be anything of its type. */
  words: readonly string[] | undefined
  description: string
  isRequired: boolean
}

/** Flags that every operation may have, and that mean the same in all: no field is given one of them. */
export const reservedFlags: ReadonlySet<string> = new Set(
  ['profile', 'server', 'json', 'data', 'field', 'all', 'cursor', 'idempotency-key', 'if-match', 'etag', 'help'], // oxfmt-ignore
)

export function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

export function queryFields(api: ApiDocument, parameters: readonly Parameter[]): Field[] {
  return parameters.map(({ name, description, schema }) =>
    toField(api, [name], { ...schema, ...(description !== undefined && { description }) }, false),
  )
}

/** Fields of the body first, then those of its parts, of which the first with a name has it. */
export function bodyFields(api: ApiDocument, body: Schema): Field[] {
  const { properties = {}, required = [] } = resolve(api, body)
  const own: Field[] = []
  const inParts: Field[] = []
  for (const [name, given] of Object.entries(properties)) {
    const part = resolve(api, given).properties
    if (!part) own.push(toField(api, [name], given, required.includes(name)))
    else for (const [inner, schema] of Object.entries(part)) inParts.push(toField(api, [name, inner], schema, false))
  }
  const byFlag = new Map<string, Field>()
  for (const field of [...own, ...inParts])
    if (!reservedFlags.has(field.flag) && !byFlag.has(field.flag)) byFlag.set(field.flag, field)
  return [...byFlag.values()]
}

function toField(api: ApiDocument, path: readonly string[], given: Schema, isRequired: boolean): Field {
  const schema = withoutNull(api, given)
  const isList = schema.type === 'array'
  const one = isList ? withoutNull(api, schema.items ?? {}) : schema
  return {
    flag: kebab(path.at(-1)!),
    path,
    type: typeOf(one),
    isList: isList && typeOf(one) !== 'json',
    words: one.enum?.map(String),
    description: firstSentence(given.description ?? schema.description ?? ''),
    isRequired,
  }
}

function withoutNull(api: ApiDocument, schema: Schema): Schema {
  const found = resolve(api, schema)
  if (found.anyOf) {
    const [only, ...others] = found.anyOf.filter(({ type }) => type !== 'null')
    return only && others.length === 0 ? resolve(api, only) : found
  }
  if (!Array.isArray(found.type)) return found
  const [only, ...others] = found.type.filter((type) => type !== 'null')
  return only !== undefined && others.length === 0 ? { ...found, type: only } : found
}

function typeOf({ type, format }: Schema): Field['type'] {
  if (type === 'string') return format === 'date-time' ? 'time' : 'text'
  return type === 'integer' || type === 'number' || type === 'boolean' ? type : 'json'
}

/** As plain text. */
export function firstSentence(markdown: string): string {
  const [first = ''] = markdown
    .replaceAll(/\s+/g, ' ')
    .replaceAll('`', '')
    .split(/(?<=[^.]{3}\.) (?=[A-Z])/)
  return first.replace(/\.$/, '')
}
