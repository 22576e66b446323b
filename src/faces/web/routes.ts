// The web face as fetch() has it: who asks, may they, is the form ours; then the page. To be mounted at the root, behind
// all other faces.

import { randomBytes } from 'node:crypto'
import { Hono } from 'hono'
import type { Context } from 'hono'
import type { App } from '../../app.ts'
import type { HookProviders } from '../../core/inbox/hook-provider.ts'
import { findSession, sessionLife, touchSession } from '../../core/users/session.ts'
import type { SignedIn } from '../../core/users/session.ts'
import { isAllowed } from '../../core/users/user.ts'
import { UnavailableError } from '../../errors.ts'
import { answerAsset } from './assets.ts'
import { parseCookies, sessionCookie, sessionCookieName } from './cookies.ts'
import { failedPage, failurePage, forbiddenPage, notFoundPage, stalePage } from './error-page.ts'
import { createFormToken, isFormToken } from './form-token.ts'
import { readLook } from './look.ts'
import { isOurOrigin } from './origin.ts'
import { pages } from './pages.ts'
import { noForm, readForm } from './read-form.ts'
import { seeOther } from './respond.ts'
import type { Route } from './route.ts'
import type { Member, Visit } from './visit.ts'
import { wordsOf } from './words/words.ts'

/** Whom a request came from, as server.ts hands it on. */
interface From {
  Bindings: { address?: string | undefined }
}

/** In memory, for all visits. */
type Held = Pick<Visit, 'remembered' | 'hookProviders'>

/** What a form without a file may have. */
const maxForm = 64 * 1024
/** Binds the forms of who is not signed in. */
const visitCookie = 'contrail_visit'

export function webRoutes(app: App, hookProviders: HookProviders): Hono<From> {
  const routes = new Hono<From>({ strict: false })
  const held = {
    remembered: app.remembered,
    hookProviders,
  }
  for (const path of ['/assets/*', '/favicon.ico'])
    routes.get(path, (c, next) => {
      const asset = answerAsset(c.req.path, (name) => c.req.header(name))
      return asset ? Promise.resolve(asset) : next()
    })
  for (const route of pages) routes.on(route.method, route.path, (c) => answer(app, held, c, route))
  routes.get('*', async (c, next) => {
    if (!c.req.header('accept')?.includes('text/html')) return next()
    return answer(app, held, c, { method: 'GET', path: '*', needs: 'nobody', answer: notFoundPage })
  })
  return routes
}

async function answer(app: App, held: Held, c: Context<From>, route: Route): Promise<Response> {
  const cookies = parseCookies(c.req.header('cookie'))
  const known = cookies.get(visitCookie)
  const bond = known !== undefined && /^[\w-]{22}$/.test(known) ? known : randomBytes(16).toString('base64url')
  const visit = visitOf(app, held, c, cookies, bond)
  try {
    const signedIn = await findSession(app.db, cookies.get(sessionCookieName(app.config)) ?? '', visit.now)
    const response = await admit(visit, c.req.raw, route, signedIn, bond)
    if (signedIn && !response.headers.has('set-cookie')) await touch(app, signedIn, response, visit.now)
    if (!signedIn && bond !== known) response.headers.append('set-cookie', visitCookieLine(app, bond))
    return response
  } catch (error) {
    const page = failurePage(visit, error)
    if (error instanceof UnavailableError) app.noteOutage(error)
    if (page) return page
    app.log.error({ err: error, method: route.method, route: route.path }, 'page failed')
    return failedPage(visit)
  }
}

function visitOf(app: App, held: Held, c: Context<From>, cookies: ReadonlyMap<string, string>, bond: string): Visit {
  const { url } = c.req
  const start = url.indexOf('/', url.indexOf('://') + 3)
  const question = url.indexOf('?', start)
  return {
    app,
    words: wordsOf('en'),
    look: readLook(cookies),
    now: app.now(),
    path: question < 0 ? url.slice(start) : url.slice(start, question),
    query: new URLSearchParams(question < 0 ? '' : url.slice(question + 1)),
    header: (name) => c.req.header(name),
    of: (name) => c.req.param(name) ?? '',
    form: noForm,
    formToken: () => createFormToken(app.cursorKey, bond),
    ...held,
    address: c.env?.address,
    member: undefined,
  }
}

// A visit is filled in step by step, so that a page of what went wrong knows as much as is known.
async function admit(
  visit: Visit,
  request: Request,
  route: Route,
  signedIn: SignedIn | undefined,
  visitBond: string,
): Promise<Response> {
  const { app } = visit
  const bond = signedIn?.session.sessionId ?? visitBond
  visit.formToken = () => createFormToken(app.cursorKey, bond)
  if (signedIn) visit.member = { ...signedIn, accountId: signedIn.user.accountId }
  if (route.needs !== 'nobody' && !signedIn) return toSignIn(visit, route)
  if (route.needs !== 'nobody' && !isAllowed(signedIn!.user.role, route.needs)) return forbiddenPage(visit)
  if (route.method === 'POST') {
    if (!isOurOrigin(visit.header, app.config.publicHost)) return stalePage(visit)
    visit.form = await readForm(request, route.maxBytes ?? maxForm)
    if (!isFormToken(app.cursorKey, bond, visit.form.fields.get('form') ?? '')) return stalePage(visit)
  }
  if (route.needs === 'nobody') return route.answer(visit)
  return route.answer(Object.assign(visit, visit.member) as Member)
}

// Scripts get a status, people the page that lets them in.
function toSignIn({ path, query, header }: Visit, route: Route): Response {
  if (header('sec-fetch-dest') === 'empty') return new Response('Sign in first.\n', { status: 401 })
  const text = query.toString()
  const next =
    route.method === 'GET' && path !== '/'
      ? `?${new URLSearchParams({ next: text ? `${path}?${text}` : path }).toString()}`
      : ''
  return seeOther(`/sign-in${next}`)
}

function visitCookieLine({ config }: App, bond: string): string {
  return `${visitCookie}=${bond}; Path=/; HttpOnly; SameSite=Strict${config.publicScheme === 'https' ? '; Secure' : ''}`
}

// Where nothing can be written, what can be read is still shown.
async function touch(app: App, { user, session }: SignedIn, response: Response, now: number): Promise<void> {
  const text = await touchSession(app.db, user, session, now).catch((error: unknown) => {
    if (error instanceof UnavailableError) return undefined
    throw error
  })
  if (text !== undefined) response.headers.append('set-cookie', sessionCookie(app.config, text, sessionLife))
}
