// Whether scripts of other sites may use the API (the Fetch standard's CORS): nobody's, unless CONTRAIL_API_ORIGINS says so.
// Used by routes.ts.

import type { Context, Next } from 'hono'
import type { Config } from '../../config.ts'

const exposed = 'ETag, Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id, Idempotency-Replayed'

/** Adds what browsers ask for, and answers their questions before a request. */
export async function allowOrigin({ apiOrigins }: Config, c: Context, next: Next): Promise<Response | undefined> {
  const origin = c.req.header('origin')
  const isAllowed = origin !== undefined && (apiOrigins.includes('*') || apiOrigins.includes(origin.toLowerCase()))
  if (!isAllowed) {
    await next()
    return undefined
  }
  const headers = { 'access-control-allow-origin': origin, vary: 'Origin' }
  if (c.req.method === 'OPTIONS' && c.req.header('access-control-request-method') !== undefined)
    return new Response(null, {
      status: 204,
      headers: {
        ...headers,
        'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
        'access-control-allow-headers': 'Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Last-Event-ID, X-Request-Id', // oxfmt-ignore
        'access-control-max-age': '7200',
      },
    })
  await next()
  c.res.headers.set('access-control-allow-origin', origin)
  c.res.headers.set('access-control-expose-headers', exposed)
  c.res.headers.append('vary', 'Origin')
  return undefined
}
