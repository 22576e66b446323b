// Tracking tokens: whom a link, a pixel or a page in a mail belongs to, told by the token itself, so that a hit is
// attributed without asking the store. One purpose each: a token made for a click opens nothing else.

import { createHmac, timingSafeEqual } from 'node:crypto'

export const tokenPurposes = [
  'click',
  'open',
  'unsubscribe',
  'view',
  'forward',
  'preferences',
  'verp',
  'share',
] as const
export type TokenPurpose = (typeof tokenPurposes)[number]

/**
 * What a token says. `sendNo` tells apart several messages of one campaign to one contact. That of a shared campaign is
 * nobody's: its contact is 0, and `sendNo` says when it was shared.
 */
export interface TokenFields {
  accountId: number
  contactId: number
  campaignId: number
  sendNo: number
  /** Of clicks: the link's number in the campaign, 0 for the trap that no person sees; 0 for everything else. */
  linkNo: number
}

export interface TokenKey {
  /** 1 to 255: the first byte of the tokens it signs. */
  keyNo: number
  key: Uint8Array
}

/** Ten bytes: forging one takes 2^79 tries against a server that answers some thousands a second. */
const macBytes = 10
/** Five fields of at most eight bytes, the key's number and the MAC. */
const maxBytes = 1 + 5 * 8 + macBytes
const alphabets = { base64url: /^[A-Za-z0-9_-]+$/, hex: /^[0-9a-f]+$/i } as const

/** At most 68 characters; about 32 for the ids of an ordinary installation. */
export function sealToken({ keyNo, key }: TokenKey, purpose: TokenPurpose, fields: TokenFields): string {
  return seal(keyNo, key, purpose, fields).toString('base64url')
}

/** The same for an address of mail, in which capitals get lost: hex, of at most 102 characters. */
export function sealAddressToken({ keyNo, key }: TokenKey, purpose: TokenPurpose, fields: TokenFields): string {
  return seal(keyNo, key, purpose, fields).toString('hex')
}

/** What the token says; undefined when it is malformed, forged, of another purpose, or of a key that is not known. */
export function openToken(
  keyOf: (keyNo: number) => Uint8Array | undefined,
  purpose: TokenPurpose,
  text: string,
  encoding: keyof typeof alphabets = 'base64url',
): TokenFields | undefined {
  if (text.length > 2 * maxBytes || !alphabets[encoding].test(text)) return undefined
  const bytes = Buffer.from(text, encoding)
  const body = bytes.subarray(0, -macBytes)
  const key = body.length > 0 && bytes.length <= maxBytes ? keyOf(body[0]!) : undefined
  if (!key || !timingSafeEqual(bytes.subarray(-macBytes), mac(key, purpose, body))) return undefined
  // One text for each token: what is only nearly the same was not made here.
  if (bytes.toString(encoding) !== (encoding === 'hex' ? text.toLowerCase() : text)) return undefined
  return readFields(body.subarray(1))
}

function seal(keyNo: number, key: Uint8Array, purpose: TokenPurpose, fields: TokenFields): Buffer {
  const { accountId, contactId, campaignId, sendNo, linkNo } = fields
  const numbers = [accountId, contactId, campaignId, sendNo, linkNo].flatMap(toVarint)
  const body = Buffer.from([keyNo, ...numbers])
  return Buffer.concat([body, mac(key, purpose, body)])
}

function mac(key: Uint8Array, purpose: TokenPurpose, body: Uint8Array): Buffer {
  return createHmac('sha256', key).update(`${purpose}\0`).update(body).digest().subarray(0, macBytes)
}

function readFields(bytes: Uint8Array): TokenFields | undefined {
  const numbers: number[] = []
  let number = 0
  let scale = 1
  for (const byte of bytes) {
    number += (byte & 127) * scale
    scale *= 128
    if (byte < 128) {
      numbers.push(number)
      number = 0
      scale = 1
    }
  }
  const [accountId, contactId, campaignId, sendNo, linkNo] = numbers
  if (numbers.length !== 5 || scale !== 1 || !numbers.every(Number.isSafeInteger)) return undefined
  return { accountId: accountId!, contactId: contactId!, campaignId: campaignId!, sendNo: sendNo!, linkNo: linkNo! }
}

// Seven bits a byte, the lowest first; all but the last with the high bit set.
function toVarint(number: number): number[] {
  if (!Number.isSafeInteger(number) || number < 0) throw new RangeError(`${number} is no id`)
  const bytes: number[] = []
  let left = number
  while (left >= 128) {
    bytes.push((left % 128) | 128)
    left = Math.floor(left / 128)
  }
  return [...bytes, left]
}
