// Every operation of the API as a command: noun, verb, arguments, flags. Made of openapi.json and of where the SDK has each
// operation, so that the document, the SDK and the command line have one list. Used by api.ts.

import { operationPlaces } from '../../../../sdk/src/generated/operations.ts'
import { readApiDocument, resolve, schemaName } from './api-document.ts'
import type { ApiDocument, Operation, Schema } from './api-document.ts'
import { bodyFields, firstSentence, kebab, queryFields } from './fields.ts'
import type { Field } from './fields.ts'

interface Argument {
  name: string
  isInteger: boolean
  description: string
}

export interface ApiCommand {
  operationId: string
  /** `bounce-reviews` */
  noun: string
  /** `assign` */
  verb: string
  /** Where the SDK has it. */
  place: { group: string; method: string }
  summary: string
  description: string
  arguments: readonly Argument[]
  query: readonly Field[]
  /** Undefined: it takes no body. */
  body: readonly Field[] | undefined
  /** It takes any number of items, from a file or a stream. */
  isBulk: boolean
  /** The longest page; undefined: it has no pages. */
  pageLimit: number | undefined
  takesIdempotencyKey: boolean
  takesIfMatch: boolean
  /** Its answer has an ETag that another operation takes. */
  hasTag: boolean
  /** Name of the schema of an item, where the answer is a list. */
  item: string | undefined
}

export interface Noun {
  name: string
  commands: ApiCommand[]
}

export function listNouns(api: ApiDocument = readApiDocument()): Noun[] {
  const commands = Object.values(api.paths).flatMap((methods) =>
    Object.entries(methods).map(([method, operation]) =>
      toCommand(api, operation, method === 'get' && Object.values(methods).some(takesIfMatch)),
    ),
  )
  return [...Map.groupBy(commands, ({ noun }) => noun)].map(([name, own]) => ({ name, commands: own }))
}

function toCommand(api: ApiDocument, operation: Operation, hasTag: boolean): ApiCommand {
  const { operationId, summary, description = '', parameters = [], requestBody } = operation
  const place = operationPlaces[operationId]
  if (place === undefined) throw new Error(`the SDK has no place for ${operationId}`)
  const [group, method] = place.split('.') as [string, string]
  const content = requestBody?.content ?? {}
  const isBulk = 'application/x-ndjson' in content
  const query = parameters.filter((parameter) => parameter.in === 'query')
  const isPaged = query.some(({ name }) => name === 'cursor')
  const isOwn = ({ name }: { name: string }): boolean => isPaged && (name === 'cursor' || name === 'limit')
  const body = content['application/json']?.schema
  return {
    operationId,
    noun: kebab(group),
    verb: kebab(method),
    place: { group, method },
    summary: lowerFirst(summary),
    description: description.replaceAll('`', ''),
    arguments: parameters
      .filter((parameter) => parameter.in === 'path')
      .map((parameter) => ({
        name: parameter.name,
        isInteger: resolve(api, parameter.schema).type === 'integer',
        description: firstSentence(parameter.description ?? ''),
      })),
    query: queryFields(api, query.filter((parameter) => !isOwn(parameter))),
    body: body && !isBulk ? bodyFields(api, body) : undefined,
    isBulk,
    pageLimit: isPaged ? (query.find(({ name }) => name === 'limit')?.schema.maximum ?? 200) : undefined,
    takesIdempotencyKey: parameters.some(({ name }) => name === 'Idempotency-Key'),
    takesIfMatch: takesIfMatch(operation),
    hasTag,
    item: itemOf(api, operation),
  } // oxfmt-ignore
}

function takesIfMatch({ parameters = [] }: Operation): boolean {
  return parameters.some(({ name }) => name === 'If-Match')
}

function itemOf(api: ApiDocument, { responses }: Operation): string | undefined {
  const answer: Schema | undefined = Object.values(responses)[0]?.content?.['application/json']?.schema
  const item = answer && resolve(api, answer).properties?.['items']?.items?.$ref
  return item === undefined ? undefined : schemaName(item)
}

/** But for what is written large everywhere, as API. */
function lowerFirst(text: string): string {
  return /^[A-Z](?![A-Z])/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text
}
