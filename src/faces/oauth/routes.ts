// OAuth 2.0: the paths old clients have built in, without their host, and shorter ones (wire-2008 1.3; RFC 6749, 7009).

import { Hono } from 'hono'
import type { Context, Handler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { App } from '../../app.ts'
import { FailedLogins } from '../../core/accounts/failed-logins.ts'
import { InvalidInputError, UnavailableError } from '../../errors.ts'
import { askOwner, takeDecision } from './authorize.ts'
import { refusalPage } from './page.ts'
import { endToken, errorJson, giveTokens } from './token.ts'

const authorizePaths = ['/oauth2/oauth/siteowner/authorize', '/oauth2/authorize']
const tokenPaths = ['/oauth2/oauth/token', '/oauth2/token']
const revokePath = '/oauth2/revoke'

/** A form carries back the address it was shown at, which the server reads up to 16 KB of. */
const maxBodyBytes = 64 * 2 ** 10

/** The whole face as one Hono app, to be mounted at the root. */
export function oauthRoutes(app: App): Hono {
  const routes = new Hono({ strict: false })
  const failures = new FailedLogins()
  routes.use('/oauth2/*', bodyLimit({ maxSize: maxBodyBytes, onError: () => refusalPage('That is too much.', 413) }))
  for (const path of authorizePaths) {
    routes.get(path, (c) => askOwner(app, c))
    routes.post(path, (c) => takeDecision(app, failures, c))
    routes.all(path, only('GET, POST'))
  }
  for (const path of tokenPaths) routes.post(path, (c) => giveTokens(app, failures, c)).all(path, only('POST'))
  routes.post(revokePath, (c) => endToken(app, failures, c)).all(revokePath, only('POST'))
  routes.onError((error, c) => failureAnswer(app, error, c))
  return routes
}

// Tokens never come by GET (RFC 6749 3.2): addresses are kept in histories and logs.
function only(allow: string): Handler {
  return () => errorJson('invalid_request', `the method must be ${allow}`, 405, { allow })
}

function failureAnswer(app: App, error: unknown, c: Context): Response | Promise<Response> {
  const isPage = authorizePaths.includes(c.req.path.replace(/\/$/, ''))
  if (error instanceof InvalidInputError)
    return isPage
      ? refusalPage(`The request makes no sense: ${error.message}.`)
      : errorJson('invalid_request', error.message)
  if (error instanceof UnavailableError) {
    app.noteOutage(error)
    return isPage
      ? refusalPage('The service is busy. Try again.', 503)
      : errorJson('temporarily_unavailable', 'the service is busy', 503, { 'retry-after': '1' })
  }
  app.log.error({ err: error, method: c.req.method, path: c.req.path }, 'request failed')
  return isPage
    ? refusalPage('The server failed on this request; it has been logged.', 500)
    : errorJson('server_error', 'the server failed on this request; it has been logged', 500)
}
