// DKIM keys: making one, reading one, and the DNS record that publishes it. Used by dkim.ts and the setting up of senders.

import { createPrivateKey, createPublicKey, generateKeyPair } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { domainToASCII } from 'node:url'
import { promisify } from 'node:util'
import { InvalidInputError } from '../errors.ts'

export interface DkimKey {
  domain: string
  selector: string
  /** PEM: RSA of 1,024 bits or more (RFC 8301). */
  privateKey: string
}

export interface TxtRecord {
  /** `{selector}._domainkey.{domain}` */
  name: string
  /** What the record says as one text. */
  value: string
  /** The same as a zone file wants it: strings of at most 255 bytes, quoted. */
  zone: string
}

const minBits = 1024
const generate = promisify(generateKeyPair)

/** RSA of 2,048 bits, which all verify. */
export async function generateDkimKey(domain: string, selector: string): Promise<DkimKey> {
  const { privateKey } = await generate('rsa', { modulusLength: 2048 })
  return { domain, selector, privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() }
}

/** The public half, ready for the DNS (RFC 6376 3.6.1). */
export function renderDkimRecord({ domain, selector, privateKey }: DkimKey): TxtRecord {
  const key = createPublicKey(readPrivateKey(privateKey))
  const value = `v=DKIM1; k=rsa; p=${key.export({ type: 'spki', format: 'der' }).toString('base64')}`
  const strings = value.match(/.{1,255}/g) ?? []
  return {
    name: `${selector}._domainkey.${domainToASCII(domain) || domain}`,
    value,
    zone: strings.map((text) => `"${text}"`).join(' '),
  }
}

/** Throws InvalidInputError, which shows nothing of it. */
export function readPrivateKey(pem: string): KeyObject {
  const key = parse(pem)
  if (key?.asymmetricKeyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= minBits) return key
  throw new InvalidInputError(`a DKIM key is an RSA key of ${minBits} bits or more, as PEM`, 'privateKey')
}

function parse(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem)
  } catch {
    return undefined
  }
}
