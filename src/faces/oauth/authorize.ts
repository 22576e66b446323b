// The authorization endpoint: an owner is asked, logs in and decides (RFC 6749 3.1, 4.1.1, 4.1.2; wire-2008 1.3).

import type { Context } from 'hono'
import type { App } from '../../app.ts'
import type { FailedLogins } from '../../core/accounts/failed-logins.ts'
import type { Account } from '../../core/accounts/account.ts'
import { maxSecretLength } from '../../core/accounts/secret-hash.ts'
import { issueCode } from '../../core/oauth/grant.ts'
import { withParameters } from '../../core/oauth/redirect-uri.ts'
import { UnavailableError } from '../../errors.ts'
import { judgeRequest } from './authorize-request.ts'
import type { AuthorizeRequest } from './authorize-request.ts'
import { readRequest, signRequest } from './form-token.ts'
import { consentPage, refusalPage } from './page.ts'
import { formOf, parseParameters, queryOf } from './parameters.ts'

/** GET: the page that asks. */
export async function askOwner(app: App, c: Context): Promise<Response> {
  const query = queryOf(c)
  const judged = await judgeRequest(app, parseParameters(query))
  if ('tell' in judged) return refusalPage(judged.tell)
  if ('redirectTo' in judged) return redirect(judged.redirectTo)
  const token = signRequest(app.cursorKey, query, app.now())
  return consentPage(judged, { action: c.req.path, token, username: '', complaint: undefined })
}

/** POST: what the owner decided. Nothing but the password gives it force: there is no session that others could use. */
export async function takeDecision(app: App, failures: FailedLogins, c: Context): Promise<Response> {
  const form = parseParameters(await formOf(c))
  const token = form.get('request') ?? ''
  const query = readRequest(app.cursorKey, token, app.now())
  if (query === undefined)
    return refusalPage('This page was open for too long. Go back to the application and start again.')
  const judged = await judgeRequest(app, parseParameters(query))
  if ('tell' in judged) return refusalPage(judged.tell)
  if ('redirectTo' in judged) return redirect(judged.redirectTo)
  const { state, redirectUri } = judged
  if (form.get('decision') === 'deny') return redirect(withParameters(redirectUri, { error: 'access_denied', state }))
  if (form.get('decision') !== 'allow') return refusalPage('Nothing was decided.')
  const username = form.get('username') ?? ''
  const owner = await logIn(app, failures, c, { username, password: form.get('password') ?? '' })
  if ('account' in owner) return redirect(await allow(app, judged, owner.account))
  return consentPage(judged, { action: c.req.path, token, username, complaint: owner.complaint }, owner.status)
}

// The user name comes back beside the code, as it did then (wire-2008 1.3).
async function allow(app: App, request: AuthorizeRequest, account: Account): Promise<string> {
  const { application, scopes, namedRedirectUri, redirectUri, codeChallenge, state } = request
  const consent = { accountId: account.accountId, scopes, redirectUri: namedRedirectUri, codeChallenge }
  const code = await issueCode(app.db, application, consent, app.now())
  return withParameters(redirectUri, { code, username: account.username, state })
}

type LoggedIn = { account: Account } | { complaint: string; status: number }

async function logIn(
  app: App,
  failures: FailedLogins,
  c: Context,
  given: { username: string; password: string },
): Promise<LoggedIn> {
  const { address } = (c.env ?? {}) as { address?: string }
  const busy = { complaint: 'There are too many log-ins at the moment. Try again in a minute.', status: 503 }
  if (failures.wait(address, app.now()) > 0) return busy
  const wrong = { complaint: 'User name and password do not belong together.', status: 403 }
  if (Object.values(given).some((part) => part === '' || part.length > maxSecretLength)) return wrong
  try {
    const account = await app.credentials.verifyOwner(given)
    if (account) return { account }
  } catch (error) {
    if (error instanceof UnavailableError) return busy
    throw error
  }
  failures.count(address, app.now())
  return wrong
}

// 303, so that the password is not posted on (RFC 9700 4.12).
function redirect(location: string): Response {
  return new Response(null, {
    status: 303,
    headers: { location, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' },
  })
}
