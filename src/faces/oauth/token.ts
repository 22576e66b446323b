// The token and revocation endpoints: applications ask here, not people (RFC 6749 3.2, 5; RFC 7009).

import type { Context } from 'hono'
import type { App } from '../../app.ts'
import type { FailedLogins } from '../../core/accounts/failed-logins.ts'
import type { Application } from '../../core/oauth/application.ts'
import { exchangeCode, grantByItself, refreshTokens, revokeToken } from '../../core/oauth/grant.ts'
import type { Refused, Tokens } from '../../core/oauth/grant.ts'
import { findClient } from './client.ts'
import { formOf, parseParameters, parseScope, queryOf } from './parameters.ts'
import type { Parameters } from './parameters.ts'

/** POST: the parameters may stand in the query, as old clients send them (wire-2008 1.3), or in the body. */
export async function giveTokens(app: App, failures: FailedLogins, c: Context): Promise<Response> {
  const parameters = parseParameters(queryOf(c), await formOf(c))
  const application = await findClient(app, failures, c, parameters)
  if (!application) return unknownClient()
  const grantType = parameters.get('grant_type')
  if (grantType === undefined) return errorJson('invalid_request', 'grant_type is missing')
  const grant = Object.hasOwn(grants, grantType) ? grants[grantType] : undefined
  if (!grant) return errorJson('unsupported_grant_type', `grant_type is any of ${Object.keys(grants).join(', ')}`)
  const given = await grant(app, application, parameters)
  if (given instanceof Response) return given
  if ('error' in given) return errorJson(given.error, given.why)
  return json(200, {
    access_token: given.accessToken,
    token_type: 'Bearer',
    expires_in: given.expiresInSeconds,
    refresh_token: given.refreshToken,
    scope: given.scopes.join(' '),
  })
}

/** POST: a token that nobody knows has ended already (RFC 7009 2.2). */
export async function endToken(app: App, failures: FailedLogins, c: Context): Promise<Response> {
  const parameters = parseParameters(queryOf(c), await formOf(c))
  const application = await findClient(app, failures, c, parameters)
  if (!application) return unknownClient()
  const token = parameters.get('token')
  if (token === undefined) return errorJson('invalid_request', 'token is missing')
  const isTheirs = await revokeToken(app.db, application, token)
  return isTheirs ? json(200, {}) : errorJson('invalid_grant', 'the token is another application’s')
}

type Grant = (app: App, application: Application, parameters: Parameters) => Promise<Tokens | Refused | Response>

const grants: Readonly<Record<string, Grant>> = {
  authorization_code: async (app, application, parameters) => {
    const code = parameters.get('code')
    if (code === undefined) return errorJson('invalid_request', 'code is missing')
    const redirectUri = parameters.get('redirect_uri')
    const verifier = parameters.get('code_verifier')
    return exchangeCode(app.db, application, { code, redirectUri, verifier }, app.now())
  },
  refresh_token: async (app, application, parameters) => {
    const refreshToken = parameters.get('refresh_token')
    if (refreshToken === undefined) return errorJson('invalid_request', 'refresh_token is missing')
    const asked = parameters.get('scope')
    const scopes = asked === undefined ? undefined : parseScope(asked, application)
    if (asked !== undefined && !scopes) return errorJson('invalid_scope', 'there is no such scope for it')
    return refreshTokens(app.db, application, { refreshToken, scopes }, app.now())
  },
  client_credentials: async (app, application, parameters) => {
    if (application.isPublic) return errorJson('unauthorized_client', 'a public client acts for nobody by itself')
    const scopes = parseScope(parameters.get('scope'), application)
    if (!scopes) return errorJson('invalid_scope', `scope may be any of ${application.scopes.join(', ')}`)
    return grantByItself(app.db, application, scopes, app.now())
  },
}

function unknownClient(): Response {
  const challenge = { 'www-authenticate': 'Basic realm="Contrail"' }
  return errorJson('invalid_client', 'there is no such application, or its secret is another', 401, challenge)
}

/** `error` of RFC 6749 5.2, with a sentence for whoever reads the log. */
export function errorJson(
  error: string,
  description: string,
  status = 400,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return json(status, { error, error_description: description }, headers)
}

function json(status: number, content: unknown, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(JSON.stringify(content), {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', pragma: 'no-cache', ...headers },
  })
}
