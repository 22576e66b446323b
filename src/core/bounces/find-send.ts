// Which message of ours a report is about: told by a token that only we can have sealed, never by what anybody could have
// written (docs/bounces.md). Called by ingest-report.ts.

import type { SendClues } from '../../mail/bounces/report.ts'
import type { TokenFields } from '../tracking/token.ts'
import { parseBounceAddress } from './bounce-address.ts'
import { openMailToken } from './open-token.ts'
import type { Keys } from './open-token.ts'

export interface FoundSend {
  fields: TokenFields
  /** It was sent to an address for unsubscribing, so whatever it says, that is what it asks. */
  isUnsubscribe: boolean
}

/** `forged`: there were tokens, and we sealed none of them. */
export type Attribution = FoundSend | 'forged' | undefined

export interface ReceivedMail {
  raw: Uint8Array
  /** Whom the mail was for, by the envelope where that is known. */
  envelopeTo?: string | undefined
}

/** Tokens looked at in one mail, so that one full of forged ones costs no more than this. */
const maxTokens = 20

/** By the envelope's recipient, else by a token in what came back, if all that are ours name one message. */
export async function findSend(keys: Keys, mail: ReceivedMail, clues: SendClues): Promise<Attribution> {
  const addressed = await findAddressed(keys, mail, clues)
  if (addressed && addressed !== 'forged') return addressed
  const quoted = await findQuoted(keys, mail.raw, clues)
  return quoted ?? addressed
}

async function findAddressed(
  keys: Keys,
  { envelopeTo }: ReceivedMail,
  clues: SendClues,
): Promise<FoundSend | 'forged' | undefined> {
  let isForged = false
  const addresses = [...(envelopeTo === undefined ? [] : [envelopeTo]), ...clues.deliveredTo]
  for (const address of addresses.slice(0, maxTokens)) {
    // With its MAC right, the domain proves nothing more.
    const parsed = parseBounceAddress(address)
    if (!parsed || !('token' in parsed)) continue
    const isUnsubscribe = parsed.kind === 'unsubscribe'
    const fields = await openMailToken(keys, isUnsubscribe ? 'unsubscribe' : 'verp', parsed.token, 'hex')
    if (fields) return { fields, isUnsubscribe }
    isForged = true
  }
  return isForged ? 'forged' : undefined
}

const quotedToken = /(?:x-send-id|cfbl-feedback-id)[ \t]{0,8}:\s{0,8}([\w-]{22,110})/gi
const quotedAddress = /\bb\.([0-9a-f]{22,102})@/gi

/** In the headers of the message that came back, wherever they stand, also such as no parser finds. */
async function findQuoted(keys: Keys, raw: Uint8Array, { sendId }: SendClues): Promise<Attribution> {
  const text = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString('latin1')
  const tokens = new Set([...(sendId === null ? [] : [sendId]), ...matches(text, quotedToken)])
  const addresses = new Set(matches(text, quotedAddress).map((token) => token.toLowerCase()))
  const found = new Map<string, TokenFields>()
  const open = async (all: ReadonlySet<string>, encoding: 'hex' | 'base64url'): Promise<void> => {
    for (const token of [...all].slice(0, maxTokens)) {
      const fields = await openMailToken(keys, 'verp', token, encoding)
      if (fields) found.set(JSON.stringify(fields), fields)
    }
  }
  await open(tokens, 'base64url')
  await open(addresses, 'hex')
  const [fields, other] = found.values()
  // A digest of several messages, say: nobody can tell which of them it is about.
  if (other) return undefined
  if (fields) return { fields, isUnsubscribe: false }
  return tokens.size + addresses.size > 0 ? 'forged' : undefined
}

function matches(text: string, pattern: RegExp): string[] {
  const found: string[] = []
  for (const match of text.matchAll(pattern)) {
    found.push(match[1]!)
    if (found.length === maxTokens) break
  }
  return found
}
