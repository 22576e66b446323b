// The tracking face as fetch() has it: what readers' mail programs and browsers ask for.

import { Hono } from 'hono'
import type { Context } from 'hono'
import type { App } from '../../app.ts'
import { RateLimiter } from '../../core/accounts/rate-limiter.ts'
import { openToken } from '../../core/tracking/token.ts'
import { NotFoundError, UnavailableError } from '../../errors.ts'
import { answerForward } from './forward.ts'
import { answerHit } from './answer-hit.ts'
import type { HitRequest } from './answer-hit.ts'
import { awayAnswer, tooManyAnswer, unknownAnswer } from './answers.ts'
import type { TrackAnswer } from './answers.ts'
import { answerPreferences } from './preferences.ts'
import { answerShared } from './shared.ts'
import { answerUnsubscribe } from './unsubscribe.ts'
import { answerView } from './view.ts'
import { readForm } from './visit.ts'
import type { Visit } from './visit.ts'
import { chooseLanguage } from './words/words.ts'

/** Whom a request came from, as server.ts hands it on. */
interface From {
  Bindings: { address?: string | undefined }
}

const pages = { u: answerUnsubscribe, s: answerPreferences, v: answerView, p: answerShared, f: answerForward } as const

export function trackRoutes(app: App): Hono<From> {
  const routes = new Hono<From>()
  routes.on(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'], ['/c/*', '/o/*'], async (c) => {
    const answer = await answerHit(app, hitRequestOf(c))
    return toResponse(answer ?? (await unknownAnswer(languageOf(c))), c.req.method)
  })
  const limiter = new RateLimiter(app.config.readerRateLimit)
  for (const [letter, answer] of Object.entries(pages)) {
    routes.all(`/${letter}/*`, async (c) => {
      const visit = visitOf(c)
      const wait = isOptOut(app, letter, visit) ? 0 : waitOf(limiter, visit, app.now())
      const answered = wait > 0 ? tooManyAnswer(visit.language, wait) : answerPage(app, answer, visit)
      return toResponse(await answered, c.req.method)
    })
  }
  routes.get('/robots.txt', (c) => c.text('User-agent: *\nDisallow: /\n'))
  return routes
}

// Mailbox providers ask for many readers from one address (RFC 8058), and whoever wants no more mail is never told to wait.
function isOptOut(app: App, letter: string, { method, token }: Visit): boolean {
  return letter === 'u' && method === 'POST' && openToken(app.tracking.keys.find, 'unsubscribe', token) !== undefined
}

/** Where nobody knows whom it came from, nobody is to blame. */
function waitOf(limiter: RateLimiter, { address }: Visit, now: number): number {
  return address === undefined ? 0 : limiter.take(address, now)
}

// The one place where a failure becomes a page; the address, which is a secret, is in no log.
async function answerPage(
  app: App,
  answer: (app: App, visit: Visit) => Promise<TrackAnswer>,
  visit: Visit,
): Promise<TrackAnswer> {
  try {
    return await answer(app, visit)
  } catch (error) {
    if (error instanceof NotFoundError) return unknownAnswer(visit.language)
    if (error instanceof UnavailableError) app.log.warn({ err: error }, 'a page waits for the store')
    else app.log.error({ err: error }, 'a page failed')
    return awayAnswer(visit.language)
  }
}

function hitRequestOf(c: Context<From>): HitRequest {
  const { method, url } = c.req.raw
  return {
    method,
    url: url.slice(url.indexOf('/', url.indexOf('://') + 3)),
    header: (name) => c.req.header(name),
    address: c.env?.address,
  }
}

function visitOf(c: Context<From>): Visit {
  const request = hitRequestOf(c)
  const [path = '', query = ''] = request.url.split('?', 2)
  return {
    ...request,
    token: path.slice('/u/'.length),
    query: new URLSearchParams(query),
    language: languageOf(c),
    readForm: (maxBytes) => readForm(c.req.raw, maxBytes),
  }
}

function languageOf(c: Context<From>): ReturnType<typeof chooseLanguage> {
  return chooseLanguage(c.req.header('accept-language'))
}

function toResponse({ status, headers, body }: TrackAnswer, method: string): Response {
  const sent = method === 'HEAD' || body === '' ? null : body
  return new Response(sent as string | null, { status, headers })
}
