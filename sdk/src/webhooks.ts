// Whether a webhook is from who it says: Standard Webhooks 1.0, `v1` signatures (HMAC-SHA256).

import { WebhookError } from './errors.ts'

export interface WebhookRequest {
  /** As it came, unparsed: text or bytes. */
  body: string | Uint8Array
  headers: Headers | Readonly<Record<string, string | string[] | undefined>>
}

export interface VerifyOptions {
  /** `whsec_...`, or several while one replaces another. */
  secret: string | readonly string[]
  /** How far the clocks may be apart, in seconds; 300 when absent. */
  tolerance?: number
  /** Epoch ms; the clock's when absent. */
  now?: number
}

export interface Verified<Payload> {
  /** The same however often it is delivered: deal with each once. */
  id: string
  sentAt: Date
  payload: Payload
}

/** The payload of a webhook that is genuine and fresh; throws WebhookError for any other. */
export async function verifyWebhook<Payload = unknown>(
  { body, headers }: WebhookRequest,
  { secret, tolerance = 300, now = Date.now() }: VerifyOptions,
): Promise<Verified<Payload>> {
  const id = headerOf(headers, 'webhook-id')
  const time = headerOf(headers, 'webhook-timestamp')
  const signatures = headerOf(headers, 'webhook-signature').split(' ')
  const seconds = Number(time)
  if (!/^\d{1,12}$/.test(time)) throw new WebhookError('the timestamp is none')
  if (Math.abs(now / 1000 - seconds) > tolerance) throw new WebhookError('the timestamp is too far from now')
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body
  const signed = join(new TextEncoder().encode(`${id}.${time}.`), bytes)
  for (const one of typeof secret === 'string' ? [secret] : secret) {
    if (!(await isSigned(one, signed, signatures))) continue
    const payload = JSON.parse(new TextDecoder().decode(bytes)) as Payload
    return { id, sentAt: new Date(seconds * 1000), payload }
  }
  throw new WebhookError('no signature fits')
}

async function isSigned(
  secret: string,
  signed: Uint8Array<ArrayBuffer>,
  signatures: readonly string[],
): Promise<boolean> {
  const key = await crypto.subtle.importKey('raw', bytesOf(secret.replace(/^whsec_/, '')), { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']) // oxfmt-ignore
  for (const signature of signatures) {
    const [version, text] = signature.split(',')
    if (version !== 'v1' || text === undefined) continue
    const given = tryBytesOf(text)
    // Compares in constant time.
    if (given && (await crypto.subtle.verify('HMAC', key, given, signed))) return true
  }
  return false
}

function headerOf(headers: WebhookRequest['headers'], name: string): string {
  const value = headers instanceof Headers ? headers.get(name) : valueOf(headers, name)
  if (typeof value !== 'string' || value === '') throw new WebhookError(`there is no ${name}`)
  return value
}

function valueOf(headers: Readonly<Record<string, string | string[] | undefined>>, name: string): string | undefined {
  const found = Object.entries(headers).find(([known]) => known.toLowerCase() === name)?.[1]
  return Array.isArray(found) ? found.join(' ') : found
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const bytes = tryBytesOf(base64)
  if (!bytes) throw new WebhookError('the secret is no base64')
  return bytes
}

function tryBytesOf(base64: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
  } catch {
    return undefined
  }
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(a.length + b.length)
  all.set(a)
  all.set(b, a.length)
  return all
}
