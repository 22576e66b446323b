// The forms that bulk activities come as (wire-2008 7.1). A text of many megabytes is taken apart without keeping
// others waiting.

import { setImmediate } from 'node:timers/promises'
import { InvalidInputError } from '../../errors.ts'
import { readMultipart } from './read-multipart.ts'

/** The values of each field, in order, as they were sent. Names are in small letters. */
export type Form = ReadonlyMap<string, readonly Uint8Array[]>

/** A thousand lists, and what goes with them. */
const maxFields = 1100

/** Throws InvalidInputError when a multipart body is none, and when there are too many fields. */
export async function readForm(body: Uint8Array, contentType: string): Promise<Form> {
  // One PHP client labels its multipart as a plain form, but with a boundary (0b).
  const pairs = /;\s*boundary=/i.test(contentType)
    ? readMultipart(body, contentType).map(({ name, bytes }) => [name ?? '', bytes] as const)
    : await readUrlencoded(body)
  const form = new Map<string, Uint8Array[]>()
  for (const [name, value] of pairs) {
    const key = name.toLowerCase()
    const values = form.get(key)
    if (values) values.push(value)
    else form.set(key, [value])
  }
  return form
}

const ampersand = 0x26
const equals = 0x3d
const percent = 0x25
const plus = 0x2b
const space = 0x20
/** Bytes to decode at a stretch. */
const stretch = 512 * 1024

async function readUrlencoded(body: Uint8Array): Promise<[string, Uint8Array][]> {
  const pairs: [string, Uint8Array][] = []
  for (let start = 0; start < body.length;) {
    if (pairs.length === maxFields) throw new InvalidInputError(`the form has more than ${maxFields} fields`)
    const found = body.indexOf(ampersand, start)
    const end = found < 0 ? body.length : found
    const pair = body.subarray(start, end)
    const middle = pair.indexOf(equals)
    const name = await decode(middle < 0 ? pair : pair.subarray(0, middle))
    const value = middle < 0 ? new Uint8Array() : await decode(pair.subarray(middle + 1))
    if (name.length > 0) pairs.push([Buffer.from(name).toString('utf8').trim(), value])
    start = end + 1
  }
  return pairs
}

// A percent sign that begins no encoding stands for itself: some clients send their text as it is.
async function decode(bytes: Uint8Array): Promise<Uint8Array> {
  const decoded = new Uint8Array(bytes.length)
  let length = 0
  for (let i = 0; i < bytes.length;) {
    const pause = Math.min(bytes.length, i + stretch)
    for (; i < pause; i++) {
      const byte = bytes[i]!
      const value = byte === percent ? hexAt(bytes, i + 1) : -1
      if (value >= 0) i += 2
      decoded[length++] = value >= 0 ? value : byte === plus ? space : byte
    }
    if (i < bytes.length) await setImmediate()
  }
  return decoded.subarray(0, length)
}

function hexAt(bytes: Uint8Array, i: number): number {
  const high = digit(bytes[i])
  const low = digit(bytes[i + 1])
  return high < 0 || low < 0 ? -1 : high * 16 + low
}

function digit(byte = 0): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}
