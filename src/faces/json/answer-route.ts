// One request from the address to the answer: who asks, what is asked, whether it may be, and what comes of it. Every
// refusal on the way is a problem. Used by routes.ts.

import { createHash, randomUUID } from 'node:crypto'
import type { Context } from 'hono'
import type { App } from '../../app.ts'
import type { Principal } from '../../core/accounts/verify-credentials.ts'
import { answerOnce } from '../../core/requests/kept-answers.ts'
import type { KeptAnswer } from '../../core/requests/kept-answers.ts'
import type { HookProviders } from '../../core/inbox/hook-provider.ts'
import type { Tx } from '../../db/db.ts'
import { UnavailableError } from '../../errors.ts'
import { chooseEncoding, namesTag, pack, tagOf, toResponse } from './answer.ts'
import type { Answer } from './answer.ts'
import { questionOf } from './answer-memory.ts'
import type { AnswerMemory } from './answer-memory.ts'
import { requireScope } from './door.ts'
import type { Door } from './door.ts'
import { Refusal, toProblem } from './problem.ts'
import { readBody, readParams, readQuery, readText, requireType } from './read-request.ts'
import type { Asked, Reply, Route } from './route.ts'

/** What all routes share. */
export interface Face {
  app: App
  door: Door
  memory: AnswerMemory
  stopping: AbortSignal
  hookProviders: HookProviders
}

const defaultMaxBody = 2 ** 20
const commonHeaders = {
  'cache-control': 'private, no-cache',
  'x-content-type-options': 'nosniff',
  vary: 'Accept, Accept-Encoding, Authorization',
}

export async function answerRoute(face: Face, route: Route, c: Context): Promise<Response> {
  const requestId = requestIdOf(c.req.header('x-request-id'))
  const common: Record<string, string> = { ...commonHeaders, 'x-request-id': requestId }
  try {
    const { address } = (c.env ?? {}) as { address?: string }
    const principal = await face.door.enter(c.req.header('authorization') ?? null, address)
    Object.assign(common, face.door.count(principal))
    requireScope(principal, route.scope)
    requireAcceptable(route, c.req.header('accept'))
    const version = face.app.db.version()
    const answer = await work(face, route, c, principal)
    face.app.log.debug(
      { requestId, holder: principal.holder, method: c.req.method, path: c.req.path },
      'request answered',
    )
    if (answer instanceof Response) return withHeaders(answer, common)
    if (route.isTimeless) return await remembered(face, c.req.raw, principal, answer, { version, common })
    return await toResponse(c.req.raw, { ...answer, headers: { ...common, ...answer.headers } })
  } catch (error) {
    return problemResponse(face.app, error, c.req.raw, common)
  }
}

/** A failure as it is answered; the unforeseen is logged. */
export function problemResponse(
  app: App,
  error: unknown,
  request: Request,
  common: Record<string, string>,
): Promise<Response> {
  const requestId = common['x-request-id'] ?? requestIdOf(request.headers.get('x-request-id') ?? undefined)
  if (error instanceof UnavailableError) app.noteOutage(error)
  const { status, headers, body } = toProblem(error, requestId)
  if (status === 500) app.log.error({ err: error, requestId, method: request.method, path: new URL(request.url).pathname }, 'request failed') // oxfmt-ignore
  const all = {
    ...commonHeaders,
    'x-request-id': requestId,
    ...common,
    ...headers,
    'content-type': 'application/problem+json',
  }
  return toResponse(request, { status, headers: all, body: JSON.stringify(body) })
}

function withHeaders(answer: Response, common: Record<string, string>): Response {
  for (const [name, value] of Object.entries(common)) if (!answer.headers.has(name)) answer.headers.set(name, value)
  return answer
}

// Kept for whoever asks the same while the store is unchanged; `version` is from before the question was answered.
async function remembered(
  { app, memory }: Face,
  request: Request,
  { account }: Principal,
  { headers, body }: Answer,
  { version, common }: { version: number | undefined; common: Record<string, string> },
): Promise<Response> {
  app.counts.fromStore++
  const tag = headers['etag']
  if (version === undefined || (tag !== undefined && request.headers.has('if-none-match')))
    return toResponse(request, { status: 200, headers: { ...common, ...headers }, body })
  const encoding = chooseEncoding(request.headers.get('accept-encoding') ?? undefined)
  const packed = await pack({ headers: { ...commonHeaders, ...headers }, body: body! }, encoding)
  const { url } = request
  memory.keep(
    questionOf(account.accountId, url.slice(url.indexOf('/', url.indexOf('://') + 3)), encoding),
    version,
    packed,
  )
  return new Response(packed.bytes, { headers: { ...common, ...packed.headers } })
}

async function work(face: Face, route: Route, c: Context, principal: Principal): Promise<Answer | Response> {
  const { app, stopping, hookProviders } = face
  const request = c.req.raw
  const { search } = new URL(request.url)
  const params = readParams(route.params, c.req.param() as Record<string, string>)
  const query = readQuery(route.query, search.slice(1))
  let text = ''
  if (route.body) {
    requireType(request, ['application/json', 'application/merge-patch+json'])
    text = await readText(request, route.maxBody ?? defaultMaxBody)
  }
  const { account, holder } = principal
  const given = route.body && readBody(route.body, text)
  const key = readKey(route, request)
  const body = route.prepare ? await route.prepare(given, app) : given
  const asked: Asked = {
    app, account, accountId: account.accountId, holder, now: app.now(), params, query, body, key, request, route, stopping, hookProviders,
  } // oxfmt-ignore
  if (route.handle) return toAnswer(route, await route.handle(asked))
  return app.db.transaction((tx) => writeOnce(asked, tx, text))
}

async function writeOnce(asked: Asked, tx: Tx, text: string): Promise<Answer | Response> {
  const { route, accountId, holder, request, now, key } = asked
  const write = (): Promise<Reply<unknown> | Response> => route.write!(asked, tx)
  if (key === undefined) return toAnswer(route, await write())
  const fingerprint = createHash('sha256')
    .update(JSON.stringify([request.method, new URL(request.url).pathname, text]))
    .digest('base64url')
  const { answer, isKept } = await answerOnce(tx, { accountId, holder, key, fingerprint }, now, async () => {
    const reply = (await write()) as Reply<unknown>
    return { ...(toAnswer(route, reply) as KeptAnswer), contactId: reply.contactId }
  })
  return isKept ? { ...answer, headers: { ...answer.headers, 'idempotency-replayed': 'true' } } : answer
}

function toAnswer(route: Route, reply: Reply<unknown> | Response): Answer | Response {
  if (reply instanceof Response) return reply
  const status = reply.status ?? route.status ?? 200
  if (status === 204) return { status, headers: {}, body: null }
  const body = JSON.stringify(reply.body)
  return {
    status,
    headers: {
      ...(reply.location !== undefined && { location: `/api/v1${reply.location}` }),
      ...(reply.hasTag && { etag: tagOf(body) }),
    },
    body,
  }
}

/**
 * Refuses a change of something that the client knows in another state. `show` gives what its tag was made of. To be
 * called in the transaction of the change. Throws Refusal.
 */
export async function requireMatch(asked: Asked, show: () => Promise<unknown>): Promise<void> {
  const wanted = asked.request.headers.get('if-match')
  if (wanted === null) return
  if (!namesTag(wanted, tagOf(JSON.stringify(await show()))))
    throw new Refusal('precondition_failed', 'it was changed since it had this ETag')
}

function readKey(route: Route, request: Request): string | undefined {
  const key = request.headers.get('idempotency-key')
  if (key === null) return undefined
  const name = 'Idempotency-Key'
  if (!takesKey(route))
    throw new Refusal('invalid_input', `${name}: this operation takes none`, { faults: [{ parameter: name, detail: 'this operation takes none' }] }) // oxfmt-ignore
  // A quoted text (RFC 8941), or the bare one that most clients send.
  const bare = /^"(.*)"$/.exec(key)?.[1] ?? key
  if (/^[\x21-\x7e]{1,255}$/.test(bare)) return bare
  throw new Refusal('invalid_input', `${name} has 1 to 255 printable ASCII characters without spaces`, {
    faults: [{ parameter: name, detail: 'has 1 to 255 printable ASCII characters without spaces' }],
  })
}

/** Whether a route answers a request that comes twice as it answered the first. */
export function takesKey({ method, write }: Route): boolean {
  return method === 'POST' && write !== undefined
}

function requireAcceptable(route: Route, accept: string | undefined): void {
  if (accept === undefined) return
  const types = ['application/json', 'application/problem+json', ...Object.keys(route.streams ?? {})]
  const isTaken = accept.split(',').some((part) => {
    const range = part.split(';', 1)[0]!.trim().toLowerCase()
    const [kind, rest] = range.split('/')
    return (
      range === '*/*' || types.includes(range) || (rest === '*' && types.some((type) => type.startsWith(`${kind}/`)))
    )
  })
  if (!isTaken) throw new Refusal('not_acceptable', `the answer can be ${types.join(' or ')}`)
}

/** The client's own id where it is one that can be logged, else a new one. */
export function requestIdOf(given: string | undefined): string {
  return given !== undefined && /^[\w.:+/=@-]{1,128}$/.test(given) ? given : randomUUID()
}
