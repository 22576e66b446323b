// Keyset cursors as opaque text: where a page ended, and for which question. Used by every face that pages.
// The text is lower case letters and digits only, because an old client lower-cases whole URLs (wire-2008 0.7, 0b).

import { createHmac, timingSafeEqual } from 'node:crypto'
import { InvalidInputError } from '../errors.ts'

export type CursorValue = string | number | boolean | null | readonly CursorValue[]

const macBytes = 10
/** Longer cursors are refused unread. */
const maxCursorLength = 8192

/** Seals `position` for one question; `scope` names account, collection and whatever else must not be swapped. */
export function sealCursor(key: Uint8Array, scope: string, position: CursorValue): string {
  const body = Buffer.from(JSON.stringify(position))
  return toBase32(Buffer.concat([mac(key, scope, body), body]))
}

/** Gives the position back; throws InvalidInputError when the text was altered or belongs to another question. */
export function openCursor(key: Uint8Array, scope: string, text: string): CursorValue {
  const bytes = text.length <= maxCursorLength ? fromBase32(text.toLowerCase()) : undefined
  const body = bytes?.subarray(macBytes)
  if (!bytes || !body || body.length === 0 || !timingSafeEqual(bytes.subarray(0, macBytes), mac(key, scope, body))) {
    throw new InvalidInputError('this page token is not one that this collection gave out', 'next')
  }
  return JSON.parse(body.toString()) as CursorValue
}

function mac(key: Uint8Array, scope: string, body: Uint8Array): Buffer {
  return createHmac('sha256', key).update(`cursor\0${scope}\0`).update(body).digest().subarray(0, macBytes)
}

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567'

function toBase32(bytes: Uint8Array): string {
  let text = ''
  let bits = 0
  let held = 0
  for (const byte of bytes) {
    held = (held << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += alphabet[(held >> bits) & 31]
    }
    held &= 255
  }
  return bits > 0 ? text + alphabet[(held << (5 - bits)) & 31] : text
}

function fromBase32(text: string): Buffer | undefined {
  const bytes: number[] = []
  let bits = 0
  let held = 0
  for (const letter of text) {
    const value = alphabet.indexOf(letter)
    if (value < 0) return undefined
    held = ((held << 5) | value) & 0xfff
    bits += 5
    if (bits >= 8) {
      bits -= 8
      bytes.push((held >> bits) & 255)
    }
  }
  return bytes.length > macBytes ? Buffer.from(bytes) : undefined
}
