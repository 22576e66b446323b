// Secrets that are random and long: cookies, links, recovery codes. A fast digest of them is kept, and nothing else. Used by
// the rest of core/users.

import { createHash, randomBytes } from 'node:crypto'

export interface SecretText {
  /** `7.` and 43 letters: the account's number tells where to look. */
  text: string
  hash: string
}

export function createSecretText(accountId: number): SecretText {
  const text = `${accountId}.${randomBytes(32).toString('base64url')}`
  return { text, hash: digest(text) }
}

/** What a text of the right form is found by; undefined for any other. */
export function parseSecretText(text: string): { accountId: number; hash: string } | undefined {
  const [, accountId] = /^(\d{1,15})\.[\w-]{43}$/.exec(text) ?? []
  return accountId === undefined ? undefined : { accountId: Number(accountId), hash: digest(text) }
}

export function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}
