// Clicks and opens: GET /c/{token} and /o/{token}.gif. The hot path: called by server.ts for each request on the socket
// before any router, and by routes.ts.

import type { App } from '../../app.ts'
import { maxHeaderLength } from '../../core/tracking/hit.ts'
import type { Hit, HitKind } from '../../core/tracking/hit.ts'
import { keptHeaders } from '../../core/verdicts/hit.ts'
import { openToken } from '../../core/tracking/token.ts'
import type { TokenFields } from '../../core/tracking/token.ts'
import { methodAnswer, pixelAnswer, redirectAnswer, unknownAnswer } from './answers.ts'
import type { TrackAnswer } from './answers.ts'
import { chooseLanguage } from './words/words.ts'
import type { Language } from './words/words.ts'

/** One request, as both kinds of servers have it. */
export interface HitRequest {
  method: string
  /** Path and query, as sent. */
  url: string
  header(name: string): string | undefined
  /** Whom it came from; undefined where that is not known. */
  address: string | undefined
}

/** Undefined for a path that is none of these. Answers once the hit is durable; never throws. */
export function answerHit(app: App, request: HitRequest): Promise<TrackAnswer> | TrackAnswer | undefined {
  const path = request.url.split('?', 1)[0]!
  if (path.startsWith('/c/')) return click(app, request, path.slice(3))
  if (path.startsWith('/o/') && path.endsWith('.gif')) return open(app, request, path.slice(3, -4))
  return undefined
}

async function click(app: App, request: HitRequest, token: string): Promise<TrackAnswer> {
  if (!isLook(request)) return methodAnswer(languageOf(request), 'GET, HEAD')
  const { keys, targets, hits } = app.tracking
  const fields = openToken(keys.find, 'click', token)
  if (!fields) return unknownAnswer(languageOf(request))
  const { accountId, campaignId, linkNo } = fields
  // The trap leads to where nobody is: the same page as for a token that is none.
  const target = linkNo === 0 ? undefined : await targets.find(accountId, campaignId, linkNo)
  if (target || linkNo === 0) await hits.record(toHit(app, request, 'click', fields, target?.url))
  return target ? redirectAnswer(target.location) : unknownAnswer(languageOf(request))
}

async function open(app: App, request: HitRequest, token: string): Promise<TrackAnswer> {
  if (!isLook(request)) return methodAnswer(languageOf(request), 'GET, HEAD')
  const fields = openToken(app.tracking.keys.find, 'open', token)
  if (fields) await app.tracking.hits.record(toHit(app, request, 'open', fields))
  return pixelAnswer()
}

function languageOf(request: HitRequest): Language {
  return chooseLanguage(request.header('accept-language'))
}

function isLook({ method }: HitRequest): boolean {
  return method === 'GET' || method === 'HEAD'
}

/** The request as it is kept. */
export function toHit(app: App, request: HitRequest, kind: HitKind, fields: TokenFields, url?: string): Hit {
  const headers: Record<string, string> = {}
  for (const name of keptHeaders) {
    const value = request.header(name)
    if (value !== undefined) headers[name] = cut(value)
  }
  return {
    ...fields,
    hitId: app.tracking.hits.nextId(),
    kind,
    at: app.now(),
    method: request.method,
    ip: request.address ?? null,
    userAgent: cut(request.header('user-agent') ?? ''),
    headers,
    url,
  }
}

// Stored on every engine, so without NUL; a header has none but for a broken sender.
function cut(value: string): string {
  return value.slice(0, maxHeaderLength).toWellFormed().replaceAll('\0', '\ufffd')
}
