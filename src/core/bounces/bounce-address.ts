// The addresses at the bounce domain that mail of ours gives out (core/sending/make-message.ts), read back. Used by whoever
// takes mail in, and by the attribution.

import { domainToASCII } from 'node:url'

/**
 * - `send`: a message's envelope sender. `unsubscribe`: where a reader's program asks to be taken off.
 * - `feedback`: where providers report complaints. `nobody`: of mail whose bounces concern no contact.
 */
export type BounceAddress =
  | { kind: 'send'; token: string }
  | { kind: 'unsubscribe'; token: string }
  | { kind: 'feedback' | 'nobody' }

const tokenAddress = /^(?<kind>b|unsub)\.(?<token>[0-9a-f]{22,102})$/
const plainAddresses: Readonly<Record<string, 'feedback' | 'nobody'>> = { fbl: 'feedback', none: 'nobody' }

/** In any case; the token is still to be verified. With `domain` undefined, at any domain. Undefined: none of ours. */
export function parseBounceAddress(address: string, domain?: string): BounceAddress | undefined {
  const folded = address.trim().toLowerCase()
  const at = folded.lastIndexOf('@')
  if (at < 1 || (domain !== undefined && domainToASCII(folded.slice(at + 1)) !== domain)) return undefined
  const local = folded.slice(0, at)
  if (Object.hasOwn(plainAddresses, local)) return { kind: plainAddresses[local]! }
  const { kind, token } = tokenAddress.exec(local)?.groups ?? {}
  if (token === undefined) return undefined
  return { kind: kind === 'b' ? 'send' : 'unsubscribe', token }
}
