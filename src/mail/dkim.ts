// DKIM: signing (RFC 6376). Keys and their DNS records are dkim-key.ts.
//
// Written here because the libraries, nodemailer and mailauth, can't name a field once more than it is there: under their
// signatures others may put a second subject or another way off the list (decision 018). Tests hold it against mailauth.

import { createHash, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { domainToASCII } from 'node:url'
import { promisify } from 'node:util'
import { InvalidInputError } from '../errors.ts'
import { readPrivateKey } from './dkim-key.ts'
import type { DkimKey } from './dkim-key.ts'

/** Made once, used for every message. */
export interface Signer {
  /** The same message with a signature for each key before it. */
  sign(raw: Buffer): Promise<Buffer>
}

/**
 * RFC 6376 5.4.1, and what RFC 8058 4 (both List-Unsubscribe fields), RFC 9477 3 and Gmail (Feedback-ID) ask for. All
 * that are in the message are signed, as often as they are.
 */
const signedFields: ReadonlySet<string> = new Set(
  [
    'from reply-to to cc subject date message-id in-reply-to references mime-version content-type',
    'content-transfer-encoding list-id list-unsubscribe list-unsubscribe-post feedback-id cfbl-address cfbl-feedback-id',
    'x-send-id auto-submitted',
  ]
    .join(' ')
    .split(' '),
)
/** Signed once more than they are there, so that nobody can add another (RFC 6376 8.15). */
const oversigned = ['from', 'to', 'subject', 'date', 'message-id', 'reply-to']
/** The same, where there is one. */
const oversignedIfThere = ['list-unsubscribe', 'list-unsubscribe-post', 'list-id', 'feedback-id']

const signAsync = promisify((data: Buffer, key: KeyObject, done: (error: Error | null, signature: Buffer) => void) =>
  sign('sha256', data, key, done),
)

interface Signature {
  key: KeyObject
  /** Up to the body hash. */
  start: string
}

/**
 * Throws InvalidInputError for a key that is none, is too short or of another kind, a wrong domain or selector.
 * `unsigned` are fields that the relay replaces (providers.ts), which a signature would not survive.
 */
export function makeSigner(keys: readonly DkimKey[], unsigned: readonly string[] = []): Signer {
  const signatures = keys.map(prepare)
  const skipped = new Set(unsigned.map((name) => name.toLowerCase()))
  return {
    async sign(raw) {
      if (signatures.length === 0) return raw
      const split = raw.indexOf('\r\n\r\n')
      if (split < 0) throw new InvalidInputError('a message without a body can not be signed', 'raw')
      const fields = listFields(raw.toString('latin1', 0, split)).filter(({ name }) => !skipped.has(name))
      const bodyHash = createHash('sha256')
        .update(relaxBody(raw, split + 4))
        .digest('base64')
      const names = listNames(fields).filter((name) => !skipped.has(name))
      const made = await Promise.all(signatures.map((signature) => makeField(signature, fields, names, bodyHash)))
      return Buffer.concat([Buffer.from(made.join(''), 'latin1'), raw])
    },
  }
}

function prepare({ domain, selector, privateKey }: DkimKey): Signature {
  const key = readPrivateKey(privateKey)
  const ascii = domainToASCII(domain)
  if (!/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(ascii))
    throw new InvalidInputError(`${domain} is no domain to sign for`, 'domain')
  if (!/^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/i.test(selector))
    throw new InvalidInputError(`${JSON.stringify(selector)} is no DKIM selector`, 'selector')
  return { key, start: `v=1; a=rsa-sha256; c=relaxed/relaxed; d=${ascii}; s=${selector};` }
}

interface Field {
  name: string
  /** As RFC 6376 3.4.2 wants it, without a line break at the end. */
  relaxed: string
}

function listFields(head: string): Field[] {
  // Of several of a name the last is taken first (RFC 6376 5.4.2).
  const lines = head.split(/\r\n(?![ \t])/).toReversed()
  return lines.flatMap((line) => {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).trim().toLowerCase()
    return signedFields.has(name) ? [{ name, relaxed: `${name}:${relaxValue(line.slice(colon + 1))}` }] : []
  })
}

function relaxValue(value: string): string {
  return value
    .replace(/\r\n/g, '')
    .replace(/[ \t]+/g, ' ')
    .replace(/^ | $/g, '')
}

function listNames(fields: readonly Field[]): string[] {
  const there = fields.map(({ name }) => name)
  return [...there, ...oversigned, ...oversignedIfThere.filter((name) => there.includes(name))]
}

async function makeField(
  { key, start }: Signature,
  fields: readonly Field[],
  names: readonly string[],
  bodyHash: string,
): Promise<string> {
  const list = names.join(':').replace(/(.{50,70}:)(?=.)/g, '$1\r\n  ')
  const field = `DKIM-Signature: ${start}\r\n h=${list};\r\n bh=${bodyHash};\r\n b=`
  const own = `dkim-signature:${relaxValue(field.slice('DKIM-Signature:'.length))}`
  const data = Buffer.from([...fields.map(({ relaxed }) => relaxed), own].join('\r\n'), 'latin1')
  const signature = await signAsync(data, key)
  return `${field}${signature.toString('base64').replace(/.{70}(?=.)/g, '$&\r\n  ')}\r\n`
}

/** RFC 6376 3.4.4. Most bodies are that already, but for empty lines at the end. */
function relaxBody(raw: Buffer, from: number): Buffer {
  let end = raw.length
  const body = raw.toString('latin1', from)
  if (/[ \t]\r\n|[ \t]{2}|\t|[ \t]$/.test(body)) {
    const relaxed = body.replace(/[ \t]+/g, ' ').replace(/ (?=\r\n|$)/g, '')
    return Buffer.from(endOnce(relaxed), 'latin1')
  }
  while (end >= from + 4 && raw.toString('latin1', end - 4, end) === '\r\n\r\n') end -= 2
  if (end === from + 2 && body.startsWith('\r\n')) end = from
  const trimmed = raw.subarray(from, end)
  return trimmed.length === 0 || raw.toString('latin1', end - 2, end) === '\r\n'
    ? trimmed
    : Buffer.concat([trimmed, Buffer.from('\r\n')])
}

function endOnce(body: string): string {
  let end = body.length
  while (body.slice(end - 2, end) === '\r\n') end -= 2
  return end === 0 ? '' : `${body.slice(0, end)}\r\n`
}
