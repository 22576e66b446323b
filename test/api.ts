// The JSON API for tests: asks as a client does, and holds every answer to what its route promises.

import assert from 'node:assert/strict'
import { createApiKey } from '../src/core/accounts/api-key.ts'
import type { Scope } from '../src/core/accounts/api-key.ts'
import type { Config } from '../src/config.ts'
import { problemKinds } from '../src/faces/json/problem.ts'
import type { Route } from '../src/faces/json/route.ts'
import { table } from '../src/faces/json/table.ts'
import { z } from 'zod'
import { createFetch } from '../src/server.ts'
import { addAccount, host, startTestServer, testCredentials, testNow } from './server.ts'
import type { TestServer } from './server.ts'

// oxlint-disable-next-line typescript/no-explicit-any
export type Json = any

export interface Answered {
  status: number
  headers: Headers
  body: Json
}

export interface Api extends TestServer {
  key: string
  /** Sends JSON where a body is given, and reads JSON back. */
  ask(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answered>
  /** The same, which must be answered with this status. */
  must(status: number, method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Json>
}

export async function startApi(settings: Partial<Config> = {}): Promise<Api> {
  const server = await startTestServer(settings)
  // One that stays, with what it remembers of earlier requests.
  const fetch = createFetch(server.app)
  return withKey({ ...server, fetch: async (request) => fetch(request) }, await makeKey(server))
}

/** Another account on the same server, with a key that may do everything. */
export async function otherAccount(api: Api, username = 'stranger'): Promise<Api> {
  const accountId = await addAccount(api.app, { ...testCredentials, username })
  const server = { ...api, accountId }
  return withKey(server, await makeKey(server))
}

export async function makeKey(server: TestServer, scopes?: Scope[]): Promise<string> {
  const given = { name: 'api', ...(scopes && { scopes }) }
  return (await createApiKey(server.app.db, server.accountId, given, testNow)).key
}

export function withKey(server: TestServer, key: string): Api {
  const ask: Api['ask'] = async (method, path, body, headers = {}) => {
    const isText = typeof body === 'string'
    const response = await server.fetch(
      new Request(`http://${host}/api/v1${path}`, {
        method,
        headers: { host, authorization: `Bearer ${key}`, ...(body !== undefined && { 'content-type': 'application/json' }), ...headers }, // oxfmt-ignore
        ...(body !== undefined && { body: isText ? body : JSON.stringify(body) }),
      }),
    )
    return checked(method, path, response)
  }
  const must: Api['must'] = async (status, method, path, body, headers) => {
    const answered = await ask(method, path, body, headers)
    assert.equal(answered.status, status, `${method} ${path}: ${JSON.stringify(answered.body)}`)
    return answered.body
  }
  return { ...server, key, ask, must }
}

const problem = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string().min(1).max(600),
  code: z.enum(Object.keys(problemKinds)),
  errors: z.array(z.strictObject({ parameter: z.string().optional(), pointer: z.string().optional(), detail: z.string() })).optional(), // oxfmt-ignore
  requestId: z.string(),
})

async function checked(method: string, path: string, response: Response): Promise<Answered> {
  const { status, headers } = response
  const text = await response.text()
  const type = headers.get('content-type')
  assert.ok(headers.get('x-request-id'), `${method} ${path} has no request id`)
  if (status >= 400) {
    assert.equal(type, 'application/problem+json', `${method} ${path} ${status} ${text.slice(0, 300)}`)
    const body = problem.parse(JSON.parse(text))
    assert.equal(body.status, status)
    return { status, headers, body }
  }
  if (type !== 'application/json') return { status, headers, body: text }
  const body: unknown = JSON.parse(text)
  const route = findRoute(method, path)
  if (route?.answer) {
    const parsed = route.answer.safeParse(body)
    if (!parsed.success) assert.fail(`${method} ${path}: ${z.prettifyError(parsed.error)}\n${text.slice(0, 1000)}`)
  }
  return { status, headers, body }
}

/** The route of an address; undefined when there is none. */
export function findRoute(method: string, path: string): Route | undefined {
  const wanted = path.split('?', 1)[0]!
  return table.find(
    (route) => route.method === method && new RegExp(`^${route.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(wanted),
  )
}
