// Opens tokens that come back by mail, also those of a key that another process has made since this one looked: mail that
// is refused for a token does not come again.

import type { TrackingKeys } from '../tracking/keys.ts'
import { openToken } from '../tracking/token.ts'
import type { TokenFields, TokenPurpose } from '../tracking/token.ts'

export type Keys = Pick<TrackingKeys, 'find' | 'refresh'>

/** Undefined for what was not sealed here. Rejects while the keys have to be asked for and can't be. */
export async function openMailToken(
  keys: Keys,
  purpose: TokenPurpose,
  text: string,
  encoding: 'hex' | 'base64url',
): Promise<TokenFields | undefined> {
  const keyNo = Buffer.from(text.slice(0, 4), encoding)[0]
  if (keyNo === undefined) return undefined
  await keys.refresh(keyNo)
  return openToken(keys.find, purpose, text, encoding)
}
