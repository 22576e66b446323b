// The body of a request: what --data gives, with what flags and --field say put over it. Used by run-command.ts.

import { readFile } from 'node:fs/promises'
import { text as readAll } from 'node:stream/consumers'
import { InvalidArgumentError } from 'commander'
import { InvalidInputError } from '../../../errors.ts'
import type { CliContext } from '../context.ts'
import { attributeOf } from './field-option.ts'
import type { Field } from './fields.ts'

export interface BodyOptions extends Record<string, unknown> {
  data?: string
  field?: [string[], unknown][]
}

type Part = Record<string, unknown>

/** Throws InvalidInputError for files that can't be read, and for what is no JSON object. */
export async function readBody(context: CliContext, fields: readonly Field[], options: BodyOptions): Promise<Part> {
  const body = options.data === undefined ? {} : await readData(context, options.data)
  for (const field of fields) {
    const value = options[attributeOf(field)]
    if (value !== undefined) put(body, field.path, await readValue(context, field, value))
  }
  for (const [path, value] of options.field ?? []) put(body, path, value)
  return body
}

/** `profile.city=Boston`: what can be read as JSON is, the rest is text. */
export function parseFieldArgument(text: string, before: [string[], unknown][] = []): [string[], unknown][] {
  const equals = text.indexOf('=')
  if (equals < 1) throw new InvalidArgumentError('It is written name=value, or part.name=value.')
  const given = text.slice(equals + 1)
  return [...before, [text.slice(0, equals).split('.'), jsonOr(given)]]
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

async function readData(context: CliContext, data: string): Promise<Part> {
  const text = data === '-' ? await readStdin(context) : data.startsWith('@') ? await readSource(context, data) : data
  const value = jsonOr(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new InvalidInputError('--data takes a JSON object, @FILE that has one, or "-" for standard input', 'data')
  return value as Part
}

// `@FILE` as the text of a file, as --data has it; `@@` begins a text with "@".
async function readValue(context: CliContext, { type, words, isList }: Field, value: unknown): Promise<unknown> {
  if (type !== 'text' || words || isList || typeof value !== 'string' || !value.startsWith('@')) return value
  return value.startsWith('@@') ? value.slice(1) : readSource(context, value)
}

async function readSource(context: CliContext, source: string): Promise<string> {
  const path = source.slice(1)
  if (path === '-') return readStdin(context)
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new InvalidInputError(`${path} can't be read (${(error as NodeJS.ErrnoException).code})`)
  }
}

function readStdin({ stdin }: CliContext): Promise<string> {
  return readAll(stdin)
}

function put(body: Part, path: readonly string[], value: unknown): void {
  let part = body
  for (const name of path.slice(0, -1)) {
    const inner = Object.hasOwn(part, name) ? part[name] : undefined
    const next: Part = typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? (inner as Part) : {}
    Object.defineProperty(part, name, { value: next, enumerable: true, configurable: true, writable: true })
    part = next
  }
  Object.defineProperty(part, path.at(-1)!, { value, enumerable: true, configurable: true, writable: true })
}
