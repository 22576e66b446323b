// The way out for webhooks: one POST to an address that was looked at before and after connecting; nothing is followed,
// no proxy is taken from the environment. Opened by app.ts.

import { lookup } from 'node:dns/promises'
import type { LookupAddress } from 'node:dns'
import { Agent as HttpAgent, request as httpRequest } from 'node:http'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { isIP } from 'node:net'
import type { LookupFunction, Socket } from 'node:net'
import { hostOf, mayReach } from './core/webhooks/address.ts'
import type { ReachRules } from './core/webhooks/address.ts'
import type { Post, PostRequest, PostResponse } from './core/webhooks/post-webhook.ts'

export interface PostOptions extends Pick<ReachRules, 'allowed'> {
  /** For tests. */
  resolve?: (name: string) => Promise<LookupAddress[]>
  /** For all of it, in ms. */
  timeout?: number
}

/** Looking up, connecting and answering take so long at most, in ms. */
const usualTimeout = 20_000
/** So much of an answer is read, and so much of that is kept. In bytes. */
const maxRead = 64 * 1024
const maxKept = 1024
/** Connections that nobody uses are closed, in ms. */
const idleTime = 4000

/** Closing it ends connections that are kept for the next request. */
export function openPost(options: PostOptions): Disposable & { post: Post } {
  const keep = { keepAlive: true, maxFreeSockets: 64, timeout: idleTime }
  const agents = { http: new HttpAgent(keep), https: new HttpsAgent(keep) }
  return {
    post: async (asked) => post(asked, options, agents),
    [Symbol.dispose]: () => {
      agents.http.destroy()
      agents.https.destroy()
    },
  }
}

interface Agents {
  http: HttpAgent
  https: HttpsAgent
}

async function post(asked: PostRequest, options: PostOptions, agents: Agents): Promise<PostResponse> {
  const { timeout = usualTimeout } = options
  const timer = AbortSignal.timeout(timeout)
  const signal = AbortSignal.any([asked.signal, timer])
  try {
    const url = new URL(asked.url)
    const addresses = await resolveChecked(url, options, signal)
    return await send({ ...asked, signal }, url, addresses, options, agents)
  } catch (error) {
    if (timer.aborted) throw new Error(`there was no answer within ${timeout / 1000} seconds`)
    throw new Error(reasonOf(error), { cause: error })
  }
}

/** Every address of the host; one that may not be reached spoils all. */
async function resolveChecked(url: URL, options: PostOptions, signal: AbortSignal): Promise<LookupAddress[]> {
  const { resolve = (name) => lookup(name, { all: true }) } = options
  const host = hostOf(url)
  const family = isIP(host)
  const addresses = family === 0 ? await orAborted(resolve(host), signal) : [{ address: host, family }]
  if (addresses.length === 0) throw new Error(`${host} has no address`)
  const bad = addresses.find(({ address }) => !mayReach(address, options))
  if (bad) throw new Error(notPublic(host, bad.address))
  return addresses
}

function notPublic(host: string, address: string): string {
  return host === address ? `${address} is not on the public internet` : `${host} is ${address}, which is not on the public internet` // oxfmt-ignore
}

function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(new Error('given up'))
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}

function send(
  asked: PostRequest,
  url: URL,
  addresses: readonly LookupAddress[],
  options: PostOptions,
  agents: Agents,
): Promise<PostResponse> {
  const { headers, body, signal } = asked
  const isSecure = url.protocol === 'https:'
  const sent = {
    method: 'POST',
    agent: isSecure ? agents.https : agents.http,
    headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    lookup: answerWith(addresses),
    signal,
  }
  return new Promise((resolve, reject) => {
    const request = isSecure ? httpsRequest(url, sent) : httpRequest(url, sent)
    request.on('socket', (socket) => watchSocket(request, socket, hostOf(url), options))
    request.on('error', (error: NodeJS.ErrnoException) => {
      // The server closed a kept connection just now: it has not seen the request.
      const isStale = request.reusedSocket && error.code === 'ECONNRESET' && !signal.aborted
      if (isStale) send(asked, url, addresses, options, agents).then(resolve, reject)
      else reject(error)
    })
    request.on('response', (response) => {
      readStart(response).then((text) => resolve(toResponse(response, text)), reject)
    })
    request.end(body)
  })
}

// What was looked up is not looked up again: the second answer could be another.
function answerWith(addresses: readonly LookupAddress[]): LookupFunction {
  return (_host, { all }, callback) => {
    if (all) callback(null, [...addresses])
    else callback(null, addresses[0]!.address, addresses[0]!.family)
  }
}

function watchSocket(request: ClientRequest, socket: Socket, host: string, options: PostOptions): void {
  const check = (): void => {
    const { remoteAddress = '' } = socket
    if (!mayReach(remoteAddress, options)) request.destroy(new Error(notPublic(host, remoteAddress)))
  }
  if (socket.connecting) socket.once('connect', check)
  else check()
}

async function readStart(response: IncomingMessage): Promise<string> {
  const kept: Buffer[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    if (size < maxKept) kept.push(chunk.subarray(0, maxKept - size))
    size += chunk.length
    if (size >= maxRead) break
  }
  const text = Buffer.concat(kept).toString('utf8').replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' ') // oxfmt-ignore
  return text.replace(/\ufffd$/, '').trim()
}

function toResponse({ statusCode, headers }: IncomingMessage, text: string): PostResponse {
  return { status: statusCode!, retryAfter: headers['retry-after'], text }
}

/** In words, for whoever looks through the attempts. */
const reasons: Readonly<Record<string, string>> = {
  ENOTFOUND: 'the host is not known',
  EAI_AGAIN: 'the host could not be looked up',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was cut',
  EHOSTUNREACH: 'the host can not be reached',
  ENETUNREACH: 'the network can not be reached',
  ETIMEDOUT: 'connecting took too long',
}

function reasonOf(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException
  return reasons[code] ?? (message || code || 'it failed')
}
