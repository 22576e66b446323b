// The tracking face as fetch() has it: what readers' mail programs ask for.

import { Hono } from 'hono'
import type { App } from '../../app.ts'
import { answerHit } from './answer-hit.ts'
import type { TrackAnswer } from './answers.ts'
import { unknownAnswer } from './answers.ts'

/** Whom a request came from, as server.ts hands it on. */
interface From {
  Bindings: { address?: string | undefined }
}

export function trackRoutes(app: App): Hono<From> {
  const routes = new Hono<From>()
  routes.on(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'], ['/c/*', '/o/*'], async (c) => {
    const { method, url } = c.req.raw
    const answer = await answerHit(app, {
      method,
      url: url.slice(url.indexOf('/', url.indexOf('://') + 3)),
      header: (name) => c.req.header(name),
      address: c.env?.address,
    })
    return toResponse(answer ?? unknownAnswer(), method)
  })
  routes.get('/robots.txt', (c) => c.text('User-agent: *\nDisallow: /\n'))
  return routes
}

function toResponse({ status, headers, body }: TrackAnswer, method: string): Response {
  const sent = method === 'HEAD' || body === '' ? null : body
  return new Response(sent as string | null, { status, headers })
}
