// Joins the faces into one fetch(), and one listening socket around it.

import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { App } from './app.ts'
import { inboxJobKinds } from './core/inbox/inbox-jobs.ts'
import { jobKinds } from './core/jobs/job-kinds.ts'
import { startJobs } from './core/jobs/run-jobs.ts'
import type { JobKinds } from './core/jobs/run-jobs.ts'
import { makeHookSeams } from './core/sending/hook-seams.ts'
import { startSender } from './core/sending/sender.ts'
import { startCourier } from './core/webhooks/courier.ts'
import { urlHost } from './config.ts'
import { atomRoutes } from './faces/atom/routes.ts'
import { bounceRoutes } from './faces/bounces/routes.ts'
import { startBounces } from './faces/bounces/start-bounces.ts'
import { openOutside } from './faces/hooks/outside.ts'
import { hookProviders } from './faces/hooks/providers.ts'
import { hookRoutes } from './faces/hooks/routes.ts'
import { imageRoutes } from './faces/images/routes.ts'
import { answerAtOnce } from './faces/json/answer-at-once.ts'
import { createFace, isStreamed, jsonRoutes } from './faces/json/routes.ts'
import { clientAddress } from './client-address.ts'
import type { Face } from './faces/json/answer-route.ts'
import { createMetrics, renderReadings } from './metrics.ts'
import type { Readings } from './metrics.ts'
import { listenForMetrics } from './metrics-listener.ts'
import { oauthRoutes } from './faces/oauth/routes.ts'
import { answerHit } from './faces/track/answer-hit.ts'
import type { HitRequest } from './faces/track/answer-hit.ts'
import { trackRoutes } from './faces/track/routes.ts'
import { webRoutes } from './faces/web/routes.ts'
import { OldHeadersResponse } from './old-headers.ts'
import { faceOf, RequestCounts } from './request-counts.ts'
import { SlowBodies } from './slow-bodies.ts'

export { hookProviders }

/** All jobs, with what those of the inbox need of a face. */
export function allJobKinds({ tracking, now }: Pick<App, 'tracking' | 'now'>): JobKinds {
  return { ...jobKinds, ...inboxJobKinds(hookProviders, makeHookSeams(tracking.keys, now)) }
}

/** Whom failed log-ins are counted for; nobody when undefined. */
interface From {
  address: string | undefined
}

type AddressOf = (incoming: IncomingMessage) => string | undefined

type Fetch = (request: Request, from?: From) => Response | Promise<Response>

/** The whole server as a function; needs no port. Answers that go on for ever end when `stopping` is aborted. */
export function createFetch(app: App, stopping?: AbortSignal, json = createFace(app, hookProviders, stopping)): Fetch {
  const routes = new Hono({ strict: false })
  routes.route('/', atomRoutes(app))
  routes.route('/', imageRoutes(app))
  routes.route('/', jsonRoutes(json))
  routes.route('/', oauthRoutes(app))
  routes.route('/', trackRoutes(app))
  routes.route('/', bounceRoutes(app))
  routes.route('/', hookRoutes(app, openOutside(app.now)))
  routes.route('/', webRoutes(app, hookProviders))
  routes.notFound(() => new Response('There is nothing at this address.\n', { status: 404 }))
  return routes.fetch as Fetch
}

/** Longer requests lines and headers are refused with 431 before anything reads them. */
const maxHeaderBytes = 16 * 1024

export interface Listening {
  /** `http://127.0.0.1:8425` */
  url: string
  /** Takes no more connections, finishes the requests and the jobs' steps under way, resolves when all are done. */
  close(): Promise<void>
  /** The metrics of this process. */
  read(): Promise<Readings>
}

const serverOptions = {
  ServerResponse: OldHeadersResponse,
  maxHeaderSize: maxHeaderBytes,
  // Bodies have a limit of their own (slow-bodies.ts).
  requestTimeout: 0,
  headersTimeout: 20_000,
  keepAliveTimeout: 65_000,
}

/**
 * Listens on the address and port of the settings, and does the jobs; throws when they can't be had. Of several processes
 * none answers for its own metrics (workers.ts).
 */
export async function listen(app: App, { isWorker = false } = {}): Promise<Listening> {
  const stopping = new AbortController()
  const json = createFace(app, hookProviders, stopping.signal)
  const fetch = createFetch(app, stopping.signal, json)
  const { trustedProxies } = app.config
  const addressOf: AddressOf = (incoming) => clientAddress(incoming, trustedProxies)
  const route = getRequestListener(
    (request, { incoming }) => fetch(request, { address: addressOf(incoming as IncomingMessage) }),
    // Stands for the host where a request names none.
    { hostname: urlHost(app.config.host) },
  )
  const requests = new RequestCounts()
  const slow = new SlowBodies(({ socket }) => refuseUnread({ code: 'ERR_HTTP_REQUEST_TIMEOUT' }, socket))
  const server = createServer(serverOptions, (incoming, outgoing) => {
    const begunAt = performance.now()
    outgoing.once('close', () => {
      const status = outgoing.headersSent ? outgoing.statusCode : 0
      requests.count(faceOf(incoming.url!), incoming.method!, status, performance.now() - begunAt)
    })
    if (!isStreamed(incoming.url!)) slow.watch(incoming)
    if (answerOnSocket(app, incoming, outgoing, addressOf)) return
    if (!answerFromMemory(json, incoming, outgoing)) void route(incoming, outgoing)
  })
  server.on('clientError', refuseUnread)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(app.config.port, app.config.host, resolve)
  })
  const { address, port, family } = server.address() as AddressInfo
  const metrics = app.config.metrics && createMetrics(app, requests)
  const read = async (): Promise<Readings> => (await metrics?.getMetricsAsJSON()) ?? []
  const openly = isWorker ? undefined : app.config.metrics
  const readText = async (): Promise<string> => renderReadings([await read()])
  const watched =
    openly &&
    (await listenForMetrics(openly, readText, app.log).catch((error: unknown) => {
      server.close()
      throw error
    }))
  const bounces = await startBounces(app).catch(async (error: unknown) => {
    server.close()
    await watched?.[Symbol.asyncDispose]()
    throw error
  })
  const behind = startBehind(app)
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    read,
    close: async () => {
      stopping.abort()
      slow[Symbol.dispose]()
      const all = [...behind, bounces, watched]
      await Promise.all([close(server), ...all.map((part) => part?.[Symbol.asyncDispose]())])
    },
  }
}

// What goes on behind the answers.
function startBehind(app: App): (AsyncDisposable | undefined)[] {
  app.tracking.hits.startDraining()
  app.tracking.optOuts.startDraining()
  const courier = startCourier({
    db: app.db,
    log: app.log,
    now: app.now,
    post: app.postWebhook,
    counts: app.counts.deliveries,
  })
  return [startJobs(app, allJobKinds(app)), courier, app.config.relay && startSender(app.senderHost())]
}

// A class, and no literal with a getter: each of those has a shape of its own in V8, which holds on to the request.
class SocketRequest implements HitRequest {
  readonly method: string
  readonly url: string
  readonly #incoming: IncomingMessage
  readonly #addressOf: AddressOf

  constructor(incoming: IncomingMessage, addressOf: AddressOf) {
    this.method = incoming.method!
    this.url = incoming.url!
    this.#incoming = incoming
    this.#addressOf = addressOf
  }

  get address(): string | undefined {
    return this.#addressOf(this.#incoming) ?? this.#incoming.socket.remoteAddress
  }

  header(name: string): string | undefined {
    return this.#incoming.headers[name] as string | undefined
  }
}

// Clicks and opens are most of all requests, and need nothing that a router has: straight from the socket and back.
function answerOnSocket(app: App, incoming: IncomingMessage, outgoing: ServerResponse, addressOf: AddressOf): boolean {
  const request = new SocketRequest(incoming, addressOf)
  const answer = answerHit(app, request)
  if (!answer) return false
  void Promise.resolve(answer).then(({ status, headers, body }) => {
    outgoing.writeHead(status, headers)
    outgoing.end(incoming.method === 'HEAD' ? undefined : body)
  })
  return true
}

// What was asked a moment ago needs no router either.
function answerFromMemory(json: Face, incoming: IncomingMessage, outgoing: ServerResponse): boolean {
  const header = (name: string): string | undefined => incoming.headers[name] as string | undefined
  const answer = answerAtOnce(json, { method: incoming.method!, url: incoming.url!, header })
  if (!answer) return false
  outgoing.writeHead(200, answer.headers)
  outgoing.end(answer.bytes)
  return true
}

const unreadable: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
}

// What was no request of ours to read still gets an answer in words.
function refuseUnread(error: { code?: string | undefined }, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const status = unreadable[error.code ?? ''] ?? '400 Bad Request'
  const body = `Error ${status.slice(0, 3)}: The request could not be read (${status.slice(4)}).\n`
  socket.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  )
}

/** How long a stop waits for requests under way before it cuts them off. */
const closeTimeout = 10_000

async function close(server: Server): Promise<void> {
  const cut = setTimeout(() => server.closeAllConnections(), closeTimeout)
  // Connections that are busy now fall idle one by one, and would be kept alive.
  const sweep = setInterval(() => server.closeIdleConnections(), 20)
  await new Promise<void>((resolve) => server.close(() => resolve()))
  clearInterval(sweep)
  clearTimeout(cut)
}
