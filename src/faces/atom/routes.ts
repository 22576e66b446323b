// The 2008 wire: every path it has, who may ask, and what happens when anything fails (wire-2008 1.1, 9.1).

import { Hono } from 'hono'
import type { Context, Handler } from 'hono'
import type { App } from '../../app.ts'
import { urlHost } from '../../config.ts'
import type { Scope } from '../../core/accounts/api-key.ts'
import { createWireOptions } from '../../core/accounts/wire-options.ts'
import type { WireOptions } from '../../core/accounts/wire-options.ts'
import { NotFoundError, UnavailableError } from '../../errors.ts'
import { getActivities, getOneActivity, postActivity } from './activities.ts'
import { AnswerCache } from './answer-cache.ts'
import { documentAnswer, errorAnswer, failureAnswer } from './answer.ts'
import type { Document } from './answer.ts'
import { encodeUsername, parseHost } from './asked.ts'
import type { Asked } from './asked.ts'
import { readBody } from './body.ts'
import { getCampaignEvents, getCampaignEventsIndex } from './campaign-events.ts'
import { getCampaigns, getOneCampaign } from './campaigns.ts'
import { getContacts, getOneContact } from './contacts.ts'
import { createDoor } from './door.ts'
import type { Door } from './door.ts'
import { getContactEvents, getContactSummary } from './events.ts'
import {
  deleteImages,
  deleteOneImage,
  getFolders,
  getImages,
  getOneImage,
  postFolder,
  postImage,
  uploadLimit,
} from './library.ts'
import { getLists, getMembers, getOneList } from './lists.ts'
import { findBoundary, readMultipart } from './read-multipart.ts'
import type { Part } from './read-multipart.ts'
import { deleteSchedule, getOneSchedule, getSchedules, postSchedule } from './schedules.ts'
import { getContactEventsIndex, getService } from './service.ts'
import { getOneSender, getSenders } from './settings.ts'
import { deleteOneCampaign, postCampaign, putCampaign } from './write-campaigns.ts'
import { deleteContact, postContact, putContact } from './write-contacts.ts'
import { deleteOneList, postList, putList } from './write-lists.ts'

/** An entry with a campaign's content is the largest there is. */
const maxEntryBytes = 4 * 2 ** 20

type Parameters = (name: string) => string
/** A Response is given as it is, and not kept. */
type Get = (asked: Asked, of: Parameters) => Promise<Document | Response> | Document
type Write = (asked: Asked, of: Parameters, body: Uint8Array) => Promise<Response>
type Submit = (asked: Asked, of: Parameters, request: Request) => Promise<Response>
type Upload = (asked: Asked, of: Parameters, parts: Part[]) => Promise<Response>
type Delete = (asked: Asked, of: Parameters) => Promise<Response>
type Answer = (asked: Asked, of: Parameters, request: Request) => Promise<Response> | Response

interface Guarded extends App {
  door: Door
  wireOf: ReturnType<typeof createWireOptions>
}

interface Resource {
  get: Get
  post?: Write
  /** What is no entry but a form, or parts. */
  submit?: Submit
  put?: Write
  delete?: Delete
}

const resources: Readonly<Record<string, Resource>> = {
  '/': { get: getService },
  '/contacts': { get: getContacts, post: (asked, _, body) => postContact(asked, body) },
  '/contacts/:id': {
    get: (asked, of) => getOneContact(asked, parseId(of('id'))),
    put: (asked, of, body) => putContact(asked, parseId(of('id')), body),
    delete: (asked, of) => deleteContact(asked, parseId(of('id'))),
  },
  '/contacts/:id/events': { get: (asked, of) => getContactEventsIndex(asked, parseId(of('id'))) },
  '/contacts/:id/events/summary': { get: (asked, of) => getContactSummary(asked, parseId(of('id'))) },
  '/contacts/:id/events/summary/:campaign': {
    get: (asked, of) => getContactSummary(asked, parseId(of('id')), parseId(of('campaign'))),
  },
  '/contacts/:id/events/:collection': {
    get: (asked, of) => getContactEvents(asked, parseId(of('id')), of('collection')),
  },
  '/lists': { get: getLists, post: (asked, _, body) => postList(asked, body) },
  '/lists/:id': {
    get: (asked, of) => getOneList(asked, of('id')),
    put: (asked, of, body) => putList(asked, of('id'), body),
    delete: (asked, of) => deleteOneList(asked, of('id')),
  },
  '/lists/:id/members': { get: (asked, of) => getMembers(asked, of('id')) },
  '/activities': { get: getActivities, submit: (asked, _, request) => postActivity(asked, request) },
  '/activities/:id': { get: (asked, of) => getOneActivity(asked, of('id')) },
  '/library/folders': { get: getFolders, post: (asked, _, body) => postFolder(asked, body) },
  '/library/folders/:id/images': {
    get: (asked, of) => getImages(asked, parseId(of('id'))),
    submit: withParts((asked, of, parts) => postImage(asked, parseId(of('id')), parts)),
    delete: (asked, of) => deleteImages(asked, parseId(of('id'))),
  },
  '/library/folders/:id/images/:image': {
    get: (asked, of) => getOneImage(asked, parseId(of('id')), parseId(of('image'))),
    delete: (asked, of) => deleteOneImage(asked, parseId(of('id')), parseId(of('image'))),
  },
  '/settings/emailaddresses': { get: getSenders },
  '/settings/emailaddresses/:id': { get: (asked, of) => getOneSender(asked, parseId(of('id'))) },
  '/campaigns': { get: getCampaigns, post: (asked, _, body) => postCampaign(asked, body) },
  '/campaigns/:id': {
    get: (asked, of) => getOneCampaign(asked, parseId(of('id'))),
    put: (asked, of, body) => putCampaign(asked, parseId(of('id')), body),
    delete: (asked, of) => deleteOneCampaign(asked, parseId(of('id'))),
  },
  '/campaigns/:id/schedules': {
    get: (asked, of) => getSchedules(asked, parseId(of('id'))),
    post: (asked, of, body) => postSchedule(asked, parseId(of('id')), body),
  },
  '/campaigns/:id/schedules/:no': {
    get: (asked, of) => getOneSchedule(asked, parseId(of('id')), of('no')),
    delete: (asked, of) => deleteSchedule(asked, parseId(of('id')), of('no')),
  },
  '/campaigns/:id/events': { get: (asked, of) => getCampaignEventsIndex(asked, parseId(of('id'))) },
  '/campaigns/:id/events/urls/:link': {
    get: (asked, of) => getCampaignEvents(asked, parseId(of('id')), 'clicks', parseId(of('link'))),
  },
  '/campaigns/:id/events/:collection': {
    get: (asked, of) => getCampaignEvents(asked, parseId(of('id')), of('collection')),
  },
}

/** The whole face as one Hono app, to be mounted at the root. */
export function atomRoutes(opened: App): Hono {
  const app: Guarded = { ...opened, door: createDoor(opened), wireOf: createWireOptions(opened.db, usualWire(opened)) }
  const routes = new Hono({ strict: false })
  const answers = new AnswerCache()
  for (const [path, resource] of Object.entries(resources)) {
    const whole = `/ws/customers/:user${path === '/' ? '' : path}`
    routes.get(whole, authenticated(app, 'read', cached(answers, resource.get)))
    if (resource.post) routes.post(whole, authenticated(app, 'write', withEntry(resource.post)))
    if (resource.submit) routes.post(whole, authenticated(app, 'write', resource.submit))
    if (resource.put) routes.put(whole, authenticated(app, 'write', withEntry(resource.put)))
    if (resource.delete) routes.delete(whole, authenticated(app, 'write', resource.delete))
    // A method the resource lacks is 415, not 405 (1.5).
    routes.all(
      whole,
      authenticated(app, 'read', () => errorAnswer(415, 'This resource does not support the method.')),
    )
  }
  routes.all('/ws/customers/:user/*', authenticated(app, 'read', unknownPath))
  routes.all('/ws/*', () => unknownPath())
  routes.onError((error, c) => {
    const answer = failureAnswer(error)
    if (error instanceof UnavailableError) app.noteOutage(error)
    if (answer) return answer
    app.log.error({ err: error, method: c.req.method, path: c.req.path }, 'request failed')
    return errorAnswer(500, 'The server failed on this request; it has been logged.')
  })
  return routes
}

// Judged on POST and PUT alone (0.10, 1.5).
function withEntry(write: Write): Answer {
  return async (asked, of, request) => {
    const type = request.headers.get('content-type')?.split(';')[0]!.trim().toLowerCase()
    if (type !== 'application/atom+xml') return errorAnswer(415, 'The body must be application/atom+xml.')
    const body = await readBody(request, maxEntryBytes)
    return body ? write(asked, of, body) : errorAnswer(400, `The body is larger than ${maxEntryBytes} bytes.`)
  }
}

// An upload is known by its boundary, because old clients mislabel it (0b, 8.2).
function withParts(upload: Upload): Submit {
  return async (asked, of, request) => {
    const type = request.headers.get('content-type') ?? ''
    if (findBoundary(type) === undefined) return errorAnswer(415, 'The body must be multipart, with a boundary.')
    const body = await readBody(request, uploadLimit)
    return body
      ? upload(asked, of, readMultipart(body, type))
      : errorAnswer(400, `The body is larger than ${uploadLimit} bytes.`)
  }
}

function unknownPath(): Response {
  return errorAnswer(404, 'There is nothing at this address.')
}

// While the store is unchanged the same address has the same answer, unless it depends on the time of asking.
function cached(answers: AnswerCache, get: Get): Answer {
  return async (asked, of) => {
    const { app, wire, now, account, idBase, url } = asked
    const version = wire.historyDays === 0 ? app.db.version() : undefined
    const question = `${account.accountId} ${idBase} ${url}`
    const known = answers.find(question, version, now)
    if (known) {
      app.counts.fromMemory++
      return documentAnswer(known)
    }
    app.counts.fromStore++
    const answer = await get(asked, of)
    return answer instanceof Response ? answer : documentAnswer(answers.keep(question, version, now, answer))
  }
}

function authenticated(app: Guarded, scope: Scope, answer: Answer): Handler {
  return async (c) => {
    const [path, query] = splitUrl(c)
    const user = path.split('/', 4)[3]!
    const account = await app.door(c, user, scope)
    if (account instanceof Response) return account
    // HTTP/1.0 knows no Host.
    const host = app.config.publicHost ?? parseHost(c.req.header('host') ?? urlHost(app.config.host))
    const base = `/ws/customers/${user}`
    const idBase = `http://${host}/ws/customers/${encodeUsername(account.username)}`
    const now = app.now()
    const wire = await app.wireOf(account.accountId, now)
    return answer(
      { app, account, wire, now, base, idBase, query, url: `${path}?${query}` },
      (name) => c.req.param(name) ?? '',
      c.req.raw,
    )
  }
}

function usualWire({ config }: App): WireOptions {
  return {
    historyDays: config.atomHistoryDays,
    optoutElement: config.atomOptoutElement,
    includesMachines: config.atomIncludeMachines,
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
