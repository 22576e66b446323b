// Reads what providers send: bytes to JSON within limits, and the fields of an object whose shape is not to be trusted.
// Used by the adapters.

import { InvalidInputError } from '../../errors.ts'
import { scanJson } from './scan-json.ts'

export type Fields = Readonly<Record<string, unknown>>

/** Arrays and objects within each other; deeper ones are nobody's events. */
export const maxDepth = 32
/** Events in one body. */
export const maxItems = 10_000

/** The JSON of a body; integers that a number can't hold come as text. Throws InvalidInputError. */
export function parseJson(body: Uint8Array | string): unknown {
  const text = typeof body === 'string' ? body : decodeUtf8(body)
  if (text.trim() === '') throw new InvalidInputError('the body is empty')
  const shape = scanJson(typeof body === 'string' ? Buffer.from(body) : body)
  if (shape.depth > maxDepth) throw new InvalidInputError(`the body is nested deeper than ${maxDepth}`)
  try {
    return (/\d{16}/.test(text) ? JSON.parse(text, keepLongIntegers) : JSON.parse(text)) as unknown
  } catch (error) {
    throw new InvalidInputError(`the body is no JSON: ${(error as Error).message}`)
  }
}

export function decodeUtf8(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    throw new InvalidInputError('the body is no UTF-8 text')
  }
}

// Mailjet numbers its messages beyond 2^53.
function keepLongIntegers(_key: string, value: unknown, context?: { source?: string }): unknown {
  const source = context?.source
  return typeof value === 'number' && source !== undefined && !Number.isSafeInteger(value) && /^-?\d+$/.test(source)
    ? source
    : value
}

/** The items of a body that is one event or a list of them. Throws InvalidInputError. */
export function itemsOf(value: unknown): readonly unknown[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value]
  if (items.length > maxItems) throw new InvalidInputError(`a body holds at most ${maxItems} events`)
  return items
}

/** Throws InvalidInputError for what is no object. */
export function asFields(value: unknown, what = 'an event'): Fields {
  if (isFields(value)) return value
  throw new InvalidInputError(`${what} is a JSON object, not ${describe(value)}`)
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The object of that name, or an empty one. */
export function object(fields: Fields, name: string): Fields {
  const value = fields[name]
  return isFields(value) ? value : {}
}

/** The list of that name, or an empty one; a single value is a list of one. */
export function list(fields: Fields, name: string): readonly unknown[] {
  const value = fields[name]
  if (Array.isArray(value)) return value
  return value === undefined || value === null || value === '' ? [] : [value]
}

/** The first of the names that has a text (or number) in it which is not blank. */
export function text(fields: Fields, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const found = asText(fields[name])
    if (found !== undefined) return found
  }
  return undefined
}

export function asText(value: unknown): string | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  if (typeof value !== 'string') return undefined
  return value.trim() || undefined
}

/** The first text among the items. */
export function firstText(values: readonly unknown[]): string | undefined {
  for (const value of values) {
    const found = asText(value)
    if (found !== undefined) return found
  }
  return undefined
}

/** True or false in any of the ways they are written. */
export function flag(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value
  if (value === 1 || value === '1' || value === 'true') return true
  return value === 0 || value === '0' || value === 'false' ? false : undefined
}

/**
 * A time of any of the shapes they have: RFC 3339 with any number of digits, seconds or milliseconds since 1970, as a
 * number or as text. Undefined for anything else.
 */
export function time(value: unknown): number | undefined {
  const written = asText(value)
  if (written === undefined) return undefined
  const at = /^\d+(\.\d+)?$/.test(written) ? sinceEpoch(Number(written)) : fromDate(written)
  return at > 0 && at <= latestTime ? at : undefined
}

const latestTime = 8.64e15
/** In seconds this would be the year 5138, in milliseconds it is 1973. */
const millisecondsFrom = 1e11

// What is smaller than a millisecond is cut, as in a date; the summand is for what multiplying loses.
function sinceEpoch(value: number): number {
  return Math.floor((value >= millisecondsFrom ? value : value * 1000) + 0.001)
}

// A date and time without a zone is UTC.
function fromDate(written: string): number {
  const isZoned = /(z|[+-]\d\d:?\d\d)$/i.test(written)
  return Date.parse(
    /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(written) && !isZoned ? `${written.replace(' ', 'T')}Z` : written,
  )
}

/** The first of the names that has a time in it. */
export function timeIn(fields: Fields, ...names: readonly string[]): number | undefined {
  for (const name of names) {
    const found = time(fields[name])
    if (found !== undefined) return found
  }
  return undefined
}

/** A Message-ID without its angle brackets. */
export function bareId(id: string | undefined): string | undefined {
  return id?.replace(/^<|>$/g, '').trim() || undefined
}

/** The value of a header in a list of `{name, value}`. */
export function headerIn(headers: readonly unknown[], wanted: string): string | undefined {
  for (const header of headers) {
    if (isFields(header) && asText(header['name'])?.toLowerCase() === wanted) return asText(header['value'])
  }
  return undefined
}

/** The addresses of a field that holds one, a list of them, or objects that name them. */
export function addresses(value: unknown): string[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value]
  return values.flatMap((item) => {
    const written = isFields(item) ? text(item, 'emailAddress', 'email', 'address') : asText(item)
    return written === undefined ? [] : splitAddresses(written)
  })
}

// `"Doe, Jane" <jane@example.com>, mary@example.com`
function splitAddresses(written: string): string[] {
  const inBrackets = [...written.matchAll(/<([^<>\s]+@[^<>\s]+)>/g)].map((match) => match[1]!)
  if (inBrackets.length > 0) return inBrackets
  return written
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)
}

/** What the sender put into the message's metadata for us, by any of the names it may have there. */
export function sendIdIn(metadata: Fields): string | undefined {
  return text(metadata, 'send', 'send_id', 'sendId', 'send-id', 'X-Send-Id', 'x-send-id')
}
