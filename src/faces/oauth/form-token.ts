// What the form carries back: the request it was shown for, signed, for ten minutes. So a form made elsewhere, or for
// another request, is none of ours. Used by authorize.ts.

import { createHmac, timingSafeEqual } from 'node:crypto'

const life = 600_000

export function signRequest(key: Uint8Array, query: string, now: number): string {
  const content = Buffer.from(JSON.stringify([now + life, query])).toString('base64url')
  return `${content}.${macOf(key, content)}`
}

/** The query that was signed; undefined for anything else, or when it is too old. */
export function readRequest(key: Uint8Array, token: string, now: number): string | undefined {
  const [content = '', mac = ''] = token.split('.', 2)
  const expected = Buffer.from(macOf(key, content))
  const shown = Buffer.from(mac)
  if (shown.length !== expected.length || !timingSafeEqual(shown, expected)) return undefined
  const [until, query] = JSON.parse(Buffer.from(content, 'base64url').toString()) as [number, string]
  return until > now ? query : undefined
}

// The words keep it apart from whatever else the key signs.
function macOf(key: Uint8Array, content: string): string {
  return createHmac('sha256', key).update(`contrail authorize form\0${content}`).digest('base64url')
}
