// The headers of every page, and redirects after forms. Nothing runs that we did not write, and nobody frames us.

import { gzipSync } from 'node:zlib'
import { acceptsGzip } from './assets.ts'
import type { Visit } from './visit.ts'

interface Answer {
  status?: number
  hasFrames?: boolean
  /** Of a style within the page, in base64. */
  styleHash?: string
  /** What is shown once, or is a secret, is kept by nobody. */
  isSecret?: boolean
  type?: string
  headers?: Readonly<Record<string, string>>
}

/** Smaller pages gain nothing. */
const zipFrom = 1400

export function respond({ header }: Pick<Visit, 'header'>, text: string, answer: Answer = {}): Response {
  const { status = 200, isSecret = false, type = 'text/html; charset=UTF-8' } = answer
  const bytes = Buffer.from(text)
  const isZipped = bytes.length >= zipFrom && acceptsGzip(header('accept-encoding'))
  const body = isZipped ? gzipSync(bytes, { level: 5 }) : bytes
  return new Response(body, {
    status,
    headers: {
      'content-type': type,
      'content-length': String(body.length),
      'content-security-policy': policy(answer),
      // Pages are asked for anew, but may be gone back to.
      'cache-control': isSecret ? 'no-store' : 'private, no-cache',
      vary: 'Cookie, Accept-Encoding',
      // With "no-referrer" browsers would not say where a form comes from.
      'referrer-policy': 'same-origin',
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'x-robots-tag': 'noindex, nofollow',
      'cross-origin-opener-policy': 'same-origin',
      'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
      ...(isZipped && { 'content-encoding': 'gzip' }),
      ...(status === 503 && { 'retry-after': '1' }),
      ...answer.headers,
    },
  })
}

function policy({ hasFrames = false, styleHash }: Answer): string {
  const style = styleHash === undefined ? "'self'" : `'self' 'sha256-${styleHash}'`
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src ${style}`,
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    hasFrames ? "frame-src 'self'" : "frame-src 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ')
}

/** After a form: the next page is asked for by GET, and going back repeats nothing. */
export function seeOther(
  location: string,
  cookies: readonly string[] = [],
  headers: Record<string, string> = {},
): Response {
  const response = new Response(null, { status: 303, headers: { location, 'cache-control': 'no-store', ...headers } })
  for (const cookie of cookies) response.headers.append('set-cookie', cookie)
  return response
}
