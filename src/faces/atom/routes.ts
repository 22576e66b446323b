// The 2008 wire: every path it has, who may ask, and what happens when anything fails (wire-2008 1.1, 9.1).

import { Hono } from 'hono'
import type { Context, Handler } from 'hono'
import type { App } from '../../app.ts'
import { normalizeUsername } from '../../core/accounts/account.ts'
import { NotFoundError } from '../../errors.ts'
import { AnswerCache } from './answer-cache.ts'
import { documentAnswer, errorAnswer, failureAnswer, unauthorized } from './answer.ts'
import type { Document } from './answer.ts'
import { decode, encodeUsername, parseHost } from './asked.ts'
import type { Asked } from './asked.ts'
import { parseBasic } from './auth.ts'
import { getCampaigns, getOneCampaign } from './campaigns.ts'
import { getContacts, getOneContact } from './contacts.ts'
import { getContactEvents, getContactSummary } from './events.ts'
import { getContactEventsIndex, getService } from './service.ts'

type Parameters = (name: string) => string
type Get = (asked: Asked, of: Parameters) => Promise<Document> | Document
type Answer = (asked: Asked, of: Parameters) => Promise<Response> | Response

const resources: readonly [path: string, get: Get][] = [
  ['/', getService],
  ['/contacts', getContacts],
  ['/contacts/:id', (asked, of) => getOneContact(asked, parseId(of('id')))],
  ['/contacts/:id/events', (asked, of) => getContactEventsIndex(asked, parseId(of('id')))],
  ['/contacts/:id/events/summary', (asked, of) => getContactSummary(asked, parseId(of('id')))],
  [
    '/contacts/:id/events/summary/:campaign',
    (asked, of) => getContactSummary(asked, parseId(of('id')), parseId(of('campaign'))),
  ],
  ['/contacts/:id/events/:collection', (asked, of) => getContactEvents(asked, parseId(of('id')), of('collection'))],
  ['/campaigns', getCampaigns],
  ['/campaigns/:id', (asked, of) => getOneCampaign(asked, parseId(of('id')))],
]

/** The whole face as one Hono app, to be mounted at the root. */
export function atomRoutes(app: App): Hono {
  const routes = new Hono({ strict: false })
  const answers = new AnswerCache()
  for (const [path, get] of resources) {
    // A method the resource lacks is 415, not 405 (1.5).
    const whole = `/ws/customers/:user${path === '/' ? '' : path}`
    routes.get(whole, authenticated(app, cached(answers, get)))
    routes.all(
      whole,
      authenticated(app, () => errorAnswer(415, 'This resource does not support the method.')),
    )
  }
  routes.all('/ws/customers/:user/*', authenticated(app, unknownPath))
  routes.all('/ws/*', () => unknownPath())
  routes.onError((error, c) => {
    const answer = failureAnswer(error)
    if (answer) return answer
    app.log.error({ err: error, method: c.req.method, path: c.req.path }, 'request failed')
    return errorAnswer(500, 'The server failed on this request; it has been logged.')
  })
  return routes
}

function unknownPath(): Response {
  return errorAnswer(404, 'There is nothing at this address.')
}

// While the store is unchanged the same address has the same answer, unless it depends on the time of asking.
function cached(answers: AnswerCache, get: Get): Answer {
  return async (asked, of) => {
    const { app, now, account, idBase, url } = asked
    const version = app.config.atomHistoryDays === 0 ? app.db.version() : undefined
    const question = `${account.accountId} ${idBase} ${url}`
    const known = answers.find(question, version, now)
    return documentAnswer(known ?? answers.keep(question, version, now, await get(asked, of)))
  }
}

function authenticated(app: App, answer: Answer): Handler {
  return async (c) => {
    const credentials = parseBasic(c.req.header('authorization'))
    const principal = credentials && (await app.credentials.verify(credentials))
    // Another user's path is no different from a wrong password (1.2).
    if (!principal?.scopes.includes('read')) return unauthorized()
    const { account } = principal
    const [path, query] = splitUrl(c)
    const user = path.split('/', 4)[3]!
    if (normalizeUsername(decode(user).replaceAll('+', ' ')) !== account.username) return unauthorized()
    const host = app.config.publicHost ?? parseHost(c.req.header('host'))
    const base = `/ws/customers/${user}`
    const idBase = `http://${host}/ws/customers/${encodeUsername(account.username)}`
    return answer(
      { app, account, now: app.now(), base, idBase, query, url: `${path}?${query}` },
      (name) => c.req.param(name) ?? '',
    )
  }
}

// Undecoded, because the user name goes back as it came and the query has rules of its own.
function splitUrl(c: Context): [path: string, query: string] {
  const { url } = c.req
  const start = url.indexOf('/', url.indexOf('://') + 3)
  const question = url.indexOf('?', start)
  return question < 0 ? [url.slice(start), ''] : [url.slice(start, question), url.slice(question + 1)]
}

function parseId(text: string): number {
  const id = Number(text)
  if (!/^\d{1,16}$/.test(text) || !Number.isSafeInteger(id)) throw new NotFoundError('there is nothing at this address')
  return id
}
