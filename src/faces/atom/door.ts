// Who may pass on the 2008 wire: Basic credentials or a bearer token, the user of the path, the scope, and not too
// often (wire-2008 1.2, 1.3, 9.3; RFC 6750). Used by routes.ts.

import type { Context } from 'hono'
import type { App } from '../../app.ts'
import { isLoopback } from '../../config.ts'
import type { Account } from '../../core/accounts/account.ts'
import { normalizeUsername } from '../../core/accounts/account.ts'
import type { Scope } from '../../core/accounts/api-key.ts'
import { FailedLogins } from '../../core/accounts/failed-logins.ts'
import { RateLimiter } from '../../core/accounts/rate-limiter.ts'
import type { Credentials, Principal } from '../../core/accounts/verify-credentials.ts'
import { demoCredentials } from '../../core/demo/demo-data.ts'
import { badToken, errorAnswer, insufficientScope, unauthorized } from './answer.ts'
import { decode } from './asked.ts'
import { parseBasic, parseBearer } from './auth.ts'

/** The account that `user`, as it stands in the path, may do this with; else what to answer. */
export type Door = (c: Context, user: string, scope: Scope) => Promise<Account | Response>

export function createDoor(app: App): Door {
  const calls = new RateLimiter(app.config.rateLimit)
  const failures = new FailedLogins()
  return async (c, user, scope) => {
    const now = app.now()
    const header = c.req.header('authorization')
    const token = parseBearer(header)
    const refused = token === undefined ? unauthorized : badToken
    const credentials = parseBasic(header)
    const principal =
      token === undefined
        ? credentials && (await findByBasic(app, failures, credentials, c))
        : await app.tokens.verify(token, now)
    if (principal instanceof Response) return principal
    // Another user's path is no different from a wrong password (1.2).
    if (!principal) return refused()
    const { account, holder, scopes } = principal
    if (normalizeUsername(decode(user).replaceAll('+', ' ')) !== account.username) return refused()
    const seconds = isDemo(app, credentials) ? 0 : calls.take(`${account.accountId} ${holder}`, now)
    if (seconds > 0) return overLimit(app, seconds)
    if (scopes.includes(scope)) return account
    return token === undefined ? errorAnswer(403, `This key may not ${scope}.`) : insufficientScope(scope)
  }
}

// Whoever was let in before still is: it is new guesses that wait, and nobody behind the same address is locked out.
async function findByBasic(
  app: App,
  failures: FailedLogins,
  credentials: Credentials,
  c: Context,
): Promise<Principal | Response | undefined> {
  const known = await app.credentials.recall(credentials)
  if (known) return known
  const now = app.now()
  const { address } = (c.env ?? {}) as { address?: string }
  const seconds = failures.wait(address, now)
  if (seconds > 0)
    return errorAnswer(503, 'Too many log-ins from this address failed. Try again.', { 'retry-after': String(seconds) })
  const principal = await app.credentials.verify(credentials)
  if (!principal) failures.count(address, now)
  return principal
}

function overLimit({ config }: App, seconds: number): Response {
  const message = `This key may make ${config.rateLimit} requests a minute. Try again in ${seconds} s.`
  return errorAnswer(Number(config.rateLimitStatus), message, { 'retry-after': String(seconds) })
}

// Served on loopback only, for trying things out.
function isDemo({ config }: App, credentials: Credentials | undefined): boolean {
  return credentials?.key === demoCredentials.key && isLoopback(config.host)
}
