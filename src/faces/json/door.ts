// Who may pass: a bearer with an API key that works alone or an access token, or Basic as on the 2008 wire; not too often.
// Used by answer-route.ts.

import type { App } from '../../app.ts'
import type { Scope } from '../../core/accounts/api-key.ts'
import { FailedLogins } from '../../core/accounts/failed-logins.ts'
import { RateLimiter } from '../../core/accounts/rate-limiter.ts'
import { maxSecretLength } from '../../core/accounts/secret-hash.ts'
import type { Credentials, Principal } from '../../core/accounts/verify-credentials.ts'
import { Refusal } from './problem.ts'

export interface Door {
  /** Who shows these credentials; throws Refusal. `address` is whom failed log-ins are counted for. */
  enter(authorization: string | null, address: string | undefined): Promise<Principal>
  /** The same at once, for a key that was seen a moment ago; undefined for all others. */
  recognize(authorization: string | undefined): Principal | undefined
  /** Counts a request, and gives the headers; undefined, and nothing is counted, when none are left. */
  tryCount(principal: Principal): Record<string, string> | undefined
  /** Counts a request, and gives the headers that say how many are left; throws Refusal when none are. */
  count(principal: Principal): Record<string, string>
}

export function createDoor(app: App): Door {
  const { rateLimit } = app.config
  const calls = new RateLimiter(rateLimit)
  const failures = new FailedLogins()
  return {
    enter: async (authorization, address) => {
      const bearer = /^bearer +(\S+) *$/i.exec(authorization ?? '')?.[1]
      const principal =
        bearer === undefined
          ? await findByBasic(app, failures, authorization, address)
          : bearer.length > maxSecretLength
            ? undefined
            : ((await app.keys.verify(bearer)) ?? (await app.tokens.verify(bearer, app.now())))
      if (principal) return principal
      throw unauthenticated(bearer !== undefined)
    },
    recognize: (authorization) =>
      authorization?.startsWith('Bearer ') ? app.keys.recall(authorization.slice(7)) : undefined,
    tryCount: ({ account, holder }) => {
      if (rateLimit === 0) return {}
      const [name, now] = [`${account.accountId} ${holder}`, app.now()]
      return calls.take(name, now) === 0 ? limitHeaders(rateLimit, calls.left(name, now), 0) : undefined
    },
    count: ({ account, holder }) => {
      if (rateLimit === 0) return {}
      const now = app.now()
      const name = `${account.accountId} ${holder}`
      const seconds = calls.take(name, now)
      const headers = limitHeaders(rateLimit, seconds > 0 ? 0 : calls.left(name, now), seconds)
      if (seconds === 0) return headers
      throw new Refusal('rate_limited', `this key may make ${rateLimit} requests a minute: wait ${seconds} s`, {
        headers: { ...headers, 'retry-after': String(seconds) },
      })
    },
  }
}

/** Throws Refusal when the scope is none of the principal's. */
export function requireScope({ scopes }: Principal, scope: Scope): void {
  if (scopes.includes(scope)) return
  throw new Refusal('insufficient_scope', `this needs the scope "${scope}"; there is ${scopes.join(', ') || 'none'}`, {
    headers: { 'www-authenticate': `Bearer realm="Contrail", error="insufficient_scope", scope="${scope}"` },
  })
}

// draft-ietf-httpapi-ratelimit-headers-10: what may be asked in all, and what is left of it.
function limitHeaders(perMinute: number, left: number, seconds: number): Record<string, string> {
  return {
    'ratelimit-policy': `"minute";q=${perMinute};w=60`,
    ratelimit: `"minute";r=${Math.floor(left)}${seconds > 0 ? `;t=${seconds}` : ''}`,
  }
}

async function findByBasic(
  app: App,
  failures: FailedLogins,
  authorization: string | null,
  address: string | undefined,
): Promise<Principal | undefined> {
  const credentials = parseBasic(authorization ?? '')
  if (!credentials) return undefined
  const known = await app.credentials.recall(credentials)
  if (known) return known
  const seconds = failures.wait(address, app.now())
  if (seconds > 0)
    throw new Refusal('rate_limited', 'too many log-ins from this address failed', {
      headers: { 'retry-after': String(seconds) },
    })
  const principal = await app.credentials.verify(credentials)
  if (!principal) failures.count(address, app.now())
  return principal
}

/** `key%user:password`, as on the 2008 wire (wire-2008 1.2). */
function parseBasic(header: string): Credentials | undefined {
  const encoded = /^basic +([a-z0-9+/_-]+=*) *$/i.exec(header)?.[1] ?? ''
  const [, key, username, password] = /^([^%:]+)%([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString()) ?? []
  if (key === undefined || username === undefined || password === undefined) return undefined
  return [key, username, password].some((part) => part.length > maxSecretLength)
    ? undefined
    : { key, username, password }
}

function unauthenticated(isBearer: boolean): Refusal {
  const error = isBearer ? ', error="invalid_token"' : ''
  const detail = isBearer
    ? 'this is no API key that works alone, and no access token that works now'
    : 'the request needs "Authorization: Bearer KEY" with an API key that works alone, or an access token'
  return new Refusal('unauthenticated', detail, { headers: { 'www-authenticate': `Bearer realm="Contrail"${error}` } })
}
