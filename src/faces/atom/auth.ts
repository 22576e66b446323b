// HTTP Basic as the 2008 wire has it: user name is API key, "%", account user name (wire-2008 1.2). And bearer tokens.

import type { Credentials } from '../../core/accounts/verify-credentials.ts'
import { maxSecretLength } from '../../core/accounts/secret-hash.ts'

/** The credentials of an Authorization header; undefined when it has none of this form. */
export function parseBasic(header: string | undefined): Credentials | undefined {
  const encoded = /^basic +([a-z0-9+/_-]+=*) *$/i.exec(header ?? '')?.[1]
  if (encoded === undefined) return undefined
  const text = decodeText(Buffer.from(encoded, 'base64'))
  const colon = text.indexOf(':')
  const percent = text.indexOf('%')
  if (percent < 1 || colon < percent) return undefined
  const credentials = {
    key: text.slice(0, percent),
    username: text.slice(percent + 1, colon),
    password: text.slice(colon + 1),
  }
  return Object.values(credentials).some((part) => part.length > maxSecretLength) ? undefined : credentials
}

/** The token of an Authorization header (RFC 6750 2.1); in a body or an address it is not looked for (2.2, 2.3). */
export function parseBearer(header: string | undefined): string | undefined {
  return /^bearer +(\S+) *$/i.exec(header ?? '')?.[1]
}

// RFC 7617 2.1 lets clients choose; those of 2008 sent UTF-8 or Latin-1.
function decodeText(bytes: Buffer): string {
  const text = bytes.toString('utf8')
  return text.includes('\ufffd') ? bytes.toString('latin1') : text
}
