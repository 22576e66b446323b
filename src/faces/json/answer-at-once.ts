// Answers from memory, before any router: most questions of most clients are those they asked a moment ago. Called by
// server.ts for each request on the socket.

import type { Packed } from './answer.ts'
import { chooseEncoding } from './answer.ts'
import { questionOf } from './answer-memory.ts'
import { requestIdOf } from './answer-route.ts'
import type { Face } from './answer-route.ts'

/** One request, as a socket has it. */
export interface SocketRequest {
  method: string
  /** Path and query, as sent. */
  url: string
  header(name: string): string | undefined
}

/** Undefined for whatever is not in memory, or asks for something unusual: that goes the whole way. Never throws. */
export function answerAtOnce(face: Face, request: SocketRequest): Packed | undefined {
  try {
    return find(face, request)
  } catch {
    // A store that can't be asked for its version: the whole way says so in words.
    return undefined
  }
}

function find({ app, door, memory }: Face, request: SocketRequest): Packed | undefined {
  const { method, url } = request
  if (method !== 'GET' || !url.startsWith('/api/v1/')) return undefined
  if (request.header('if-none-match') !== undefined || request.header('origin') !== undefined) return undefined
  const accept = request.header('accept')
  if (accept !== undefined && accept !== '*/*' && accept !== 'application/json') return undefined
  const principal = door.recognize(request.header('authorization'))
  if (!principal || !principal.scopes.includes('read')) return undefined
  const encoding = chooseEncoding(request.header('accept-encoding'))
  const kept = memory.find(questionOf(principal.account.accountId, url, encoding), app.db.version())
  const limits = kept && door.tryCount(principal)
  if (!limits) return undefined
  app.counts.fromMemory++
  const requestId = requestIdOf(request.header('x-request-id'))
  return { bytes: kept.bytes, headers: { ...kept.headers, ...limits, 'x-request-id': requestId } }
}
