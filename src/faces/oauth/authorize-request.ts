// What an application asks an account's owner for (RFC 6749 4.1.1, RFC 7636 4.3), checked. Used by authorize.ts.

import type { App } from '../../app.ts'
import type { Scope } from '../../core/accounts/api-key.ts'
import { findApplication } from '../../core/oauth/application.ts'
import type { Application } from '../../core/oauth/application.ts'
import { isRegistered, withParameters } from '../../core/oauth/redirect-uri.ts'
import { parseScope } from './parameters.ts'
import type { Parameters } from './parameters.ts'

export interface AuthorizeRequest {
  application: Application
  /** Where the answer goes. */
  redirectUri: string
  /** The same as the request named it; null when it named none. */
  namedRedirectUri: string | null
  scopes: readonly Scope[]
  state: string | undefined
  codeChallenge: string | null
}

/** To the application when it can be trusted to be the one (RFC 6749 4.1.2.1), else to the person in front. */
export type Refusal = { redirectTo: string } | { tell: string }

/** Reads the request anew each time: an application may have been revoked since it sent somebody here. */
export async function judgeRequest(app: App, parameters: Parameters): Promise<AuthorizeRequest | Refusal> {
  const clientId = parameters.get('client_id')
  const application = clientId === undefined ? undefined : await findApplication(app.db, clientId)
  if (!application) return { tell: 'The application that sent you here is not known to this server.' }
  const namedRedirectUri = parameters.get('redirect_uri') ?? null
  const redirectUri = namedRedirectUri ?? onlyOne(application.redirectUris)
  if (redirectUri === undefined || !isRegistered(application.redirectUris, redirectUri))
    return { tell: 'The application that sent you here names an address it has not registered (redirect_uri).' }
  const state = parameters.get('state')
  const refuse = (error: string, description: string): Refusal => ({
    redirectTo: withParameters(redirectUri, { error, error_description: description, state }),
  })
  // "token", which needs no secret and puts the token into the browser's address, is refused (RFC 9700 2.1.2).
  if (parameters.get('response_type') !== 'code')
    return refuse(
      parameters.has('response_type') ? 'unsupported_response_type' : 'invalid_request',
      'response_type must be code',
    )
  const scopes = parseScope(parameters.get('scope'), application)
  if (!scopes) return refuse('invalid_scope', `scope may be any of ${application.scopes.join(', ')}`)
  const codeChallenge = parameters.get('code_challenge') ?? null
  // Without a method it is "plain" (RFC 7636 4.3), which protects nobody who sees the request.
  if (codeChallenge !== null && parameters.get('code_challenge_method') !== 'S256')
    return refuse('invalid_request', 'code_challenge_method must be S256')
  if (codeChallenge === null && (application.isPublic || parameters.has('code_challenge_method')))
    return refuse('invalid_request', 'code_challenge is needed')
  if (codeChallenge !== null && !/^[\w-]{43}$/.test(codeChallenge))
    return refuse('invalid_request', 'code_challenge is no S256 challenge')
  return { application, redirectUri, namedRedirectUri, scopes, state, codeChallenge }
}

function onlyOne(uris: readonly string[]): string | undefined {
  return uris.length === 1 ? uris[0] : undefined
}
