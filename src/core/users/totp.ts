// Codes of authenticators (RFC 6238 on RFC 4226, with what all apps know: SHA-1, six digits, thirty seconds). Pure.

import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

const stepMs = 30_000
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** 160 random bits in base32, as RFC 4226 4 (R6) recommends. */
export function createTotpSecret(): string {
  return Array.from(randomBytes(32), (byte) => letters[byte & 31]).join('')
}

export function totpStep(at: number): number {
  return Math.floor(at / stepMs)
}

/** The code of a step (RFC 4226 5.3). */
export function totpCode(secret: string, step: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const mac = createHmac('sha1', fromBase32(secret)).update(counter).digest()
  const offset = mac.at(-1)! & 15
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

/**
 * The step whose code it is, of this one and its neighbours: clocks differ (RFC 6238 5.2). Undefined for none of them, and
 * for one that is not behind `after`: each code works once.
 */
export function matchTotp(secret: string, code: string, now: number, after: number): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined
  const shown = Buffer.from(code)
  return [0, -1, 1]
    .map((away) => totpStep(now) + away)
    .find((step) => step > after && timingSafeEqual(shown, Buffer.from(totpCode(secret, step))))
}

/** What an authenticator reads from a picture. */
export function totpUri(secret: string, email: string): string {
  return `otpauth://totp/Contrail:${encodeURIComponent(email)}?secret=${secret}&issuer=Contrail`
}

function fromBase32(text: string): Buffer {
  const bytes: number[] = []
  let held = 0
  let bits = 0
  for (const letter of text) {
    held = ((held << 5) | letters.indexOf(letter)) & 0xfff
    bits += 5
    if (bits >= 8) bytes.push((held >> (bits -= 8)) & 255)
  }
  return Buffer.from(bytes)
}
