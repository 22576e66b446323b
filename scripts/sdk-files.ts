// The parts of the SDK that are made from openapi.json: its types, and a method for every operation. Used by
// generated-files.ts.

import type { JsonSchema, OpenApi, Operation } from '../src/faces/json/openapi.ts'

/** Where each operation is found in the client; a new one needs a place here. */
const places: Readonly<Record<string, string>> = {
  listContacts: 'contacts.list',
  createContact: 'contacts.create',
  getContact: 'contacts.get',
  updateContact: 'contacts.update',
  eraseContact: 'contacts.erase',
  optOutContact: 'contacts.optOut',
  ingestContacts: 'contacts.ingest',
  getContactSummary: 'contacts.summary',
  listContactEvents: 'contacts.events',
  listConsents: 'contacts.consents',
  recordConsent: 'contacts.recordConsent',
  exportContact: 'contacts.export',
  listEvents: 'events.list',
  getEvent: 'events.get',
  ingestEvents: 'events.ingest',
  readFeed: 'feed.read',
  listWebhooks: 'webhooks.list',
  createWebhook: 'webhooks.create',
  getWebhook: 'webhooks.get',
  updateWebhook: 'webhooks.update',
  deleteWebhook: 'webhooks.delete',
  testWebhook: 'webhooks.test',
  rotateWebhookSecret: 'webhooks.rotate',
  replayWebhook: 'webhooks.replay',
  listWebhookAttempts: 'webhooks.attempts',
  listProviderEndpoints: 'providerEndpoints.list',
  createProviderEndpoint: 'providerEndpoints.create',
  getProviderEndpoint: 'providerEndpoints.get',
  updateProviderEndpoint: 'providerEndpoints.update',
  rotateProviderSecret: 'providerEndpoints.rotate',
  connectProviderEndpoint: 'providerEndpoints.connect',
  deleteProviderEndpoint: 'providerEndpoints.delete',
  listInbox: 'inbox.list',
  getInboxEntry: 'inbox.get',
  replayInbox: 'inbox.replayAll',
  replayInboxEntry: 'inbox.replay',
  listLists: 'lists.list',
  createList: 'lists.create',
  getList: 'lists.get',
  updateList: 'lists.update',
  deleteList: 'lists.delete',
  listMembers: 'lists.members',
  addMember: 'lists.addMember',
  removeMember: 'lists.removeMember',
  listCampaigns: 'campaigns.list',
  createCampaign: 'campaigns.create',
  getCampaign: 'campaigns.get',
  updateCampaign: 'campaigns.update',
  deleteCampaign: 'campaigns.delete',
  listCampaignEvents: 'campaigns.events',
  getCampaignReport: 'campaigns.report',
  listRecipients: 'campaigns.recipients',
  listLinks: 'campaigns.links',
  checkCampaign: 'campaigns.check',
  testCampaign: 'campaigns.test',
  startCampaign: 'campaigns.start',
  scheduleCampaign: 'campaigns.schedule',
  unscheduleCampaign: 'campaigns.unschedule',
  pauseCampaign: 'campaigns.pause',
  resumeCampaign: 'campaigns.resume',
  cancelCampaign: 'campaigns.cancel',
  requeueCampaign: 'campaigns.requeue',
  getCampaignProgress: 'campaigns.progress',
  listMessages: 'campaigns.messages',
  sendMessage: 'messages.send',
  getMessage: 'messages.get',
  listHolds: 'holds.list',
  releaseContact: 'contacts.release',
  listMailBlocks: 'contacts.mailBlocks',
  listBounceReviews: 'bounceReviews.list',
  getBounceReview: 'bounceReviews.get',
  assignBounceReview: 'bounceReviews.assign',
  deleteBounceReview: 'bounceReviews.delete',
  listDkimKeys: 'dkimKeys.list',
  createDkimKey: 'dkimKeys.create',
  retireDkimKey: 'dkimKeys.retire',
  listSuppressions: 'suppressions.list',
  createSuppression: 'suppressions.create',
  getSuppression: 'suppressions.get',
  deleteSuppression: 'suppressions.delete',
  getErasure: 'erasures.get',
  listKeys: 'keys.list',
  createKey: 'keys.create',
  revokeKey: 'keys.revoke',
  listSenders: 'senders.list',
  createSender: 'senders.create',
  getSender: 'senders.get',
  listJobs: 'jobs.list',
  getJob: 'jobs.get',
  replayVerdicts: 'verdicts.replay',
}

const note = '// Made from openapi.json by `npm run generate`: not to be edited.\n'

/** Path and content of each file. */
export function sdkFiles(api: OpenApi): Map<string, string> {
  return new Map([
    ['sdk/src/generated/types.ts', renderTypes(api)],
    ['sdk/src/generated/operations.ts', renderOperations(api)],
  ])
}

function renderTypes({ components }: OpenApi): string {
  const types = Object.entries(components.schemas).map(([name, schema]) => {
    const said = comment(schema.description, '')
    return Object.keys(schema.properties ?? {}).length > 0
      ? `${said}export interface ${name} ${typeOf(schema, '')}\n`
      : `${said}export type ${name} = ${typeOf(schema, '')}\n`
  })
  return `${note}\n${types.join('\n')}`
}

/** A schema in the words of TypeScript. */
function typeOf(schema: JsonSchema, indent: string): string {
  const { $ref, type, enum: words, items, properties, required = [] } = schema
  const { anyOf, const: only, additionalProperties: others } = schema as { anyOf?: JsonSchema[]; const?: unknown; additionalProperties?: unknown } // oxfmt-ignore
  if ($ref) return $ref.split('/').at(-1)!
  if (only !== undefined) return quote(only)
  if (words) return words.map(quote).join(' | ')
  if (anyOf) return anyOf.map((part) => typeOf(part, indent)).join(' | ')
  if (Array.isArray(type)) return type.map((one) => typeOf({ ...schema, type: one }, indent)).join(' | ')
  if (items) return `${listed(typeOf(items, indent))}[]`
  if (properties && Object.keys(properties).length > 0) {
    const inner = `${indent}  `
    const fields = Object.entries(properties).map(
      ([name, field]) =>
        `${comment(field.description, inner)}${inner}${/^\w+$/.test(name) ? name : quote(name)}${required.includes(name) ? '' : '?'}: ${typeOf(field, inner)}\n`,
    )
    return `{\n${fields.join('')}${indent}}`
  }
  if (type === 'object')
    return typeof others === 'object' && others !== null && Object.keys(others).length > 0
      ? `Record<string, ${typeOf(others as JsonSchema, indent)}>`
      : 'Record<string, unknown>'
  if (type === 'integer' || type === 'number') return 'number'
  return type ?? 'unknown'
}

function listed(text: string): string {
  return text.includes(' ') && !text.startsWith('{') ? `(${text})` : text
}

function quote(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : JSON.stringify(value)
}

function comment(text: string | undefined, indent: string): string {
  return text ? `${indent}/** ${text.replaceAll(/\s+/g, ' ').replaceAll('*/', '* /')} */\n` : ''
}

interface Method {
  group: string
  name: string
  signature: string
  body: string
  said: string
}

function renderOperations(api: OpenApi): string {
  const methods = Object.entries(api.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => toMethod(api, path, method.toUpperCase(), operation)),
  )
  const groups = Map.groupBy(methods, ({ group }) => group)
  const types = [...groups].map(([group, own]) => {
    const lines = own.map(({ name, signature, said }) => `${said}    ${name}${signature}\n`)
    return `  ${group}: {\n${lines.join('')}  }\n`
  })
  const values = [...groups].map(([group, own]) => {
    const lines = own.map(({ name, body }) => `      ${name}: ${body},\n`)
    return `    ${group}: {\n${lines.join('')}    },\n`
  })
  const names = Object.keys(api.components.schemas).filter((name) => new RegExp(`\\b${name}\\b`).test(types.join('')))
  return `${note}
import type { Pages } from '../pages.ts'
import type { CallOptions, Input, Operation } from '../request.ts'
import type {
${names.map((name) => `  ${name},\n`).join('')}} from './types.ts'

/** How methods reach the server. */
export interface Caller {
  call<T>(operation: Operation, input: Input, options?: CallOptions): Promise<T>
  pages<Item>(operation: Operation, input: Input, options?: CallOptions): Pages<Item>
}

/** Every operation of the API. */
export interface Methods {
${types.join('')}}

export function createMethods(caller: Caller): Methods {
  return {
${values.join('')}  }
}

/** Where each operation of openapi.json is. */
export const operationPlaces: Readonly<Record<string, string>> = {
${methods.map(({ group, name }, i) => `  ${operationIds(api)[i]}: '${group}.${name}',\n`).join('')}}
`
}

function operationIds(api: OpenApi): string[] {
  return Object.values(api.paths).flatMap((operations) =>
    Object.values(operations).map(({ operationId }) => operationId),
  )
}

function toMethod(api: OpenApi, path: string, method: string, operation: Operation): Method {
  const { operationId, summary, parameters = [], requestBody, responses } = operation
  const place = places[operationId]
  if (place === undefined) throw new Error(`scripts/sdk-files.ts has no place for ${operationId}`)
  const [group, name] = place.split('.') as [string, string]
  const inPath = parameters.filter((parameter) => parameter.in === 'path')
  const query = parameters.filter((parameter) => parameter.in === 'query' && parameter.name !== 'cursor')
  const isKeyed = parameters.some((parameter) => parameter.name === 'Idempotency-Key')
  const isPaged = parameters.some((parameter) => parameter.name === 'cursor')
  const body = requestBody?.content['application/json']?.schema
  const answer = Object.values(responses)[0]!.content?.['application/json']?.schema
  const item = isPaged ? itemOf(api, answer!) : undefined
  const given = [
    ...inPath.map((parameter) => `${parameter.name}: ${typeOf(parameter.schema, '    ')}`),
    ...(body ? [`body: ${typeOf(body, '    ')}`] : []),
    ...(query.length > 0 ? [`query?: ${queryType(query)}`] : []),
  ]
  const names = [...inPath.map((parameter) => parameter.name), ...(body ? ['body'] : []), ...(query.length > 0 ? ['query'] : [])] // oxfmt-ignore
  const result = item ? `Pages<${item}>` : `Promise<${answer ? typeOf(answer, '    ') : 'void'}>`
  const isRepeatable = 'application/x-ndjson' in (requestBody?.content ?? {})
  const about = `{ method: '${method}', path: '${path}'${isKeyed ? ', isKeyed: true' : ''}${isRepeatable ? ', isRepeatable: true' : ''} }`
  const input = `{ ${[inPath.length > 0 ? `path: [${inPath.map((parameter) => parameter.name).join(', ')}]` : '', query.length > 0 ? 'query' : '', body ? 'body' : ''].filter(Boolean).join(', ')} }`.replace('{  }', '{}') // oxfmt-ignore
  return {
    group,
    name,
    signature: `(${[...given, 'options?: CallOptions'].join(', ')}): ${result}`,
    body: `(${[...names, 'options'].join(', ')}) => caller.${item ? 'pages' : 'call'}(${about}, ${input}, options)`,
    said: comment(`${summary}. ${method} ${path}`, '    '),
  }
}

function queryType(query: readonly { name: string; schema: JsonSchema; description?: string }[]): string {
  const fields = query.map(({ name, schema, description }) => {
    const type = typeOf(schema, '      ')
    const isTime = (schema as { format?: string }).format === 'date-time'
    return `${comment(description, '      ')}      ${name}?: ${isTime ? 'string | Date' : type} | undefined\n`
  })
  return `{\n${fields.join('')}    }`
}

function itemOf({ components }: OpenApi, page: JsonSchema): string {
  const schema = page.$ref ? components.schemas[page.$ref.split('/').at(-1)!]! : page
  return typeOf(schema.properties!['items']!.items!, '')
}
