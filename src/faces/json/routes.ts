// The API under /api/v1: every address of the table, what a wrong method or address is answered with, and who may ask from
// another site's pages. Mounted by server.ts.

import { Hono } from 'hono'
import type { Context } from 'hono'
import type { App } from '../../app.ts'
import type { HookProviders } from '../../core/inbox/hook-provider.ts'
import { NotFoundError } from '../../errors.ts'
import { AnswerMemory } from './answer-memory.ts'
import { answerRoute, problemResponse } from './answer-route.ts'
import type { Face } from './answer-route.ts'
import { allowOrigin } from './cors.ts'
import { createDoor } from './door.ts'
import { openApiAnswer, referencePage } from './reference.ts'
import { Refusal } from './problem.ts'
import { table } from './table.ts'

/** What all requests of a server share. Answers that go on for long end when `stopping` is aborted. */
export function createFace(
  app: App,
  hookProviders: HookProviders,
  stopping: AbortSignal = new AbortController().signal,
): Face {
  return { app, door: createDoor(app), memory: new AnswerMemory(), stopping, hookProviders }
}

/** The whole face as one Hono app, to be mounted at the root. */
export function jsonRoutes(face: Face): Hono {
  const { app } = face
  const routes = new Hono({ strict: false })
  routes.use('/api/v1/*', (c, next) => allowOrigin(app.config, c, next))
  routes.get('/api/v1', (c) => c.redirect('/api/v1/docs'))
  routes.get('/api/v1/openapi.json', (c) => openApiAnswer(c.req.raw))
  routes.get('/api/v1/docs', (c) => referencePage(c.req.raw))
  const methods = new Map<string, string[]>()
  for (const route of table) {
    const path = `/api/v1${route.path.replaceAll(/\{(\w+)\}/g, ':$1')}`
    routes.on(route.method, path, (c) => answerRoute(face, route, c))
    methods.set(path, [...(methods.get(path) ?? []), route.method])
  }
  for (const [path, own] of methods) routes.all(path, (c) => refuse(c, notAllowed(own)))
  routes.all('/api/*', (c) => refuse(c, new NotFoundError('there is nothing at this address')))
  routes.onError((error, c) => refuse(c, error))
  return routes

  function refuse(c: Context, error: unknown): Promise<Response> {
    return problemResponse(app, error, c.req.raw, {})
  }
}

function notAllowed(methods: readonly string[]): Refusal {
  const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : [])].join(', ')
  return new Refusal('method_not_allowed', `there is ${allow} at this address`, { headers: { allow } })
}

const streamed = new Set(table.filter(({ reads }) => reads).map(({ path }) => `/api/v1${path}`))

/** Whether the address takes bodies that come for as long as they like; it looks after them itself. */
export function isStreamed(url: string): boolean {
  return streamed.has(url.split('?', 1)[0]!)
}
