// Reads what came with a request by the schemas of its route: path, query and body. Refuses whatever does not fit, each part
// at fault by name. Used by answer-route.ts.

import { z } from 'zod'
import { NotFoundError } from '../../errors.ts'
import { Refusal } from './problem.ts'
import type { Fault } from './problem.ts'
import type { Shape } from './schemas.ts'

const maxFaults = 20

/** Parameters of the path; what is no id names nothing, so it is not found. */
export function readParams(shape: Shape, given: Readonly<Record<string, string>>): unknown {
  const values = Object.fromEntries(Object.keys(shape).map((name) => [name, plain(shape[name]!, given[name] ?? '')]))
  const parsed = objectOf(shape).safeParse(values)
  if (!parsed.success) throw new NotFoundError('there is nothing at this address')
  return parsed.data
}

/** The query; `search` as it stands behind the question mark. A list is written with commas, or as several parameters. */
export function readQuery(shape: Shape, search: string): unknown {
  const values: Record<string, unknown> = {}
  for (const [name, given] of new URLSearchParams(search)) {
    // No address holds a space, so one stood for a plus.
    const value = name === 'email' ? given.replaceAll(' ', '+') : given
    const schema = Object.hasOwn(shape, name) ? shape[name] : undefined
    if (!schema) throw unknownParameter(shape, name)
    if (value.includes('\0')) throw invalid([{ parameter: name, detail: 'a NUL character has no place here' }])
    const item = itemOf(schema)
    if (item)
      values[name] = [...((values[name] as unknown[] | undefined) ?? []), ...value.split(',').map((part) => plain(item, part))] // oxfmt-ignore
    else if (name in values) throw invalid([{ parameter: name, detail: 'is there more than once' }])
    else values[name] = plain(schema, value)
  }
  const parsed = objectOf(shape).safeParse(values)
  if (parsed.success) return parsed.data
  throw invalid(parsed.error.issues.map((issue) => ({ parameter: String(issue.path[0]), detail: issue.message })))
}

function unknownParameter(shape: Shape, name: string): Refusal {
  const names = Object.keys(shape)
  const known = names.length > 0 ? `there are ${names.join(', ')}` : 'there are none'
  const shown = JSON.stringify(name.slice(0, 100).toWellFormed())
  return new Refusal('unknown_parameter', `${shown} is no parameter of this operation: ${known}`)
}

/** What a JSON body says. */
export function readBody(schema: z.ZodType, text: string): unknown {
  const parsed = schema.safeParse(parseJson(text))
  if (parsed.success) return parsed.data
  throw invalid(parsed.error.issues.flatMap(toFaults))
}

/** Throws Refusal for a body of any other type, or one that is encoded. */
export function requireType(request: Request, types: readonly string[]): string {
  const type = (request.headers.get('content-type') ?? '').split(';', 1)[0]!.trim().toLowerCase()
  const encoding = request.headers.get('content-encoding')
  if (encoding !== null && encoding !== 'identity')
    throw new Refusal('unsupported_media_type', 'bodies are taken without Content-Encoding')
  if (types.includes(type)) return type
  throw new Refusal('unsupported_media_type', `the body must be ${types.join(' or ')}`, { headers: { 'accept-post': types.join(', ') } }) // oxfmt-ignore
}

/** The whole body; no more than `maxBytes` of it is kept. */
export async function readText(request: Request, maxBytes: number): Promise<string> {
  const bytes = await readBytes(request, maxBytes)
  const text = bytes.toString('utf8')
  return text.startsWith('\ufeff') ? text.slice(1) : text
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const message = (error as Error).message.replace(/,? ?"?\.\.\..*is not valid JSON$/s, '').slice(0, 200)
    throw new Refusal('malformed_json', `the body is not JSON: ${message.toWellFormed()}`)
  }
}

async function readBytes(request: Request, maxBytes: number): Promise<Buffer> {
  const tooLarge = new Refusal('too_large', `the body may have ${maxBytes} bytes`)
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge
  const chunks: Uint8Array[] = []
  let size = 0
  if (request.body)
    for await (const chunk of request.body) {
      size += chunk.length
      if (size > maxBytes) throw tooLarge
      chunks.push(chunk)
    }
  return Buffer.concat(chunks)
}

function toFaults(issue: z.core.$ZodIssue): Fault[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ pointer: pointerOf([...issue.path, key]), detail: 'there is no such field' }))
  return [{ pointer: pointerOf(issue.path), detail: issue.message }]
}

function pointerOf(path: readonly PropertyKey[]): string {
  return path
    .map((part) => `/${String(part).slice(0, 100).toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('')
}

function invalid(faults: readonly Fault[]): Refusal {
  const [first] = faults
  const where = first!.parameter ?? first!.pointer
  const message = where ? `"${where}": ${first!.detail}` : first!.detail
  return new Refusal('invalid_input', message, { faults: faults.slice(0, maxFaults) })
}

// Made once for each route.
const objects = new WeakMap<Shape, z.ZodType>()

function objectOf(shape: Shape): z.ZodType {
  let schema = objects.get(shape)
  if (!schema) objects.set(shape, (schema = z.strictObject(shape)))
  return schema
}

type Def = { type: string; innerType?: z.ZodType; element?: z.ZodType }
const defOf = (schema: z.ZodType): Def => schema.def as unknown as Def

/** What the schema is about, without its wrappings. */
function core(schema: z.ZodType): z.ZodType {
  const { innerType } = defOf(schema)
  return innerType ? core(innerType) : schema
}

function itemOf(schema: z.ZodType): z.ZodType | undefined {
  const inner = defOf(core(schema))
  return inner.type === 'array' ? inner.element : undefined
}

/** A text of the query in the type that the schema asks for; as it is where it has no such form. */
function plain(schema: z.ZodType, text: string): unknown {
  const { type } = defOf(core(schema))
  if (type === 'number' && /^-?\d{1,16}$/.test(text)) return Number(text)
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  return text
}
