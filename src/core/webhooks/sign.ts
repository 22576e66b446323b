// Signatures of Standard Webhooks 1.0: `v1`, HMAC-SHA256 over `id.timestamp.body`. Used by send-webhook.ts.

import { createHmac, randomBytes } from 'node:crypto'
import { InvalidInputError } from '../../errors.ts'

const prefix = 'whsec_'
const shortestKey = 24
const longestKey = 64

export function newWebhookSecret(): string {
  return prefix + randomBytes(32).toString('base64')
}

/** As it was given; throws InvalidInputError unless it is `whsec_` and 24 to 64 bytes in base64. */
export function checkWebhookSecret(text: string): string {
  const bytes = keyBytes(text)
  const isWhole = text.startsWith(prefix) && bytes.toString('base64') === text.slice(prefix.length)
  if (!isWhole || bytes.length < shortestKey || bytes.length > longestKey)
    throw new InvalidInputError(`a secret is ${prefix} and ${shortestKey} to ${longestKey} bytes in base64`, 'secret')
  return text
}

/** The value of `webhook-signature`: one signature for each secret. */
export function signWebhook(secrets: readonly string[], id: string, seconds: number, body: string): string {
  return secrets
    .map((secret) => `v1,${createHmac('sha256', keyBytes(secret)).update(`${id}.${seconds}.${body}`).digest('base64')}`)
    .join(' ')
}

function keyBytes(secret: string): Buffer {
  return Buffer.from(secret.slice(prefix.length), 'base64')
}
