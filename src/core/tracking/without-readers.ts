// A mail as nobody in particular gets it: addresses in it that are some reader's own are made to lead nowhere, or straight
// to their target. Used for what is shown to everybody or sent to friends.

import type { TokenFields, TokenPurpose } from './token.ts'

/** Whose address it is; undefined for one that is no reader's. */
type Open = (purpose: TokenPurpose, token: string) => TokenFields | undefined

/** Where a link leads; undefined where that is not known. */
type FindTarget = (fields: TokenFields) => Promise<string | undefined>

const purposes: Readonly<Record<string, TokenPurpose>> = {
  c: 'click', o: 'open', u: 'unsubscribe', s: 'preferences', v: 'view', f: 'forward',
} // oxfmt-ignore
/** Of any host: with as much of the address before the path as there is. */
const addresses = /(https?:\/\/[^\s"'<>()/]+)?\/([cousvf])\/([\w-]{20,102})(?![\w-])/g
/** Opens with no key, and is no token of the length that is looked for. */
const nobody = 'x'

/** Changes nothing but such addresses, wherever they stand; `write` makes a target what it has to be there. */
export async function withoutReaders(
  text: string,
  open: Open,
  find: FindTarget,
  write: (url: string) => string = escapeHtml,
): Promise<string> {
  const pieces: string[] = []
  let from = 0
  for (const match of text.matchAll(addresses)) {
    const [address, host = '', letter = '', token = ''] = match
    const fields = open(purposes[letter]!, token)
    if (!fields) continue
    const target = letter === 'c' && host !== '' ? await find(fields) : undefined
    pieces.push(text.slice(from, match.index), target === undefined ? `${host}/${letter}/${nobody}` : write(target))
    from = match.index + address.length
  }
  pieces.push(text.slice(from))
  return pieces.join('')
}

function escapeHtml(url: string): string {
  return url.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll("'", '&#39;').replaceAll('<', '&lt;').replaceAll('>', '&gt;') // oxfmt-ignore
}
