// Who may hand over mail by HTTP: a key that works alone or an access token, or a key with the account's user name and
// password, of scope `write`.
// Used by routes.ts.

import type { App } from '../../app.ts'
import { FailedLogins } from '../../core/accounts/failed-logins.ts'
import { maxSecretLength } from '../../core/accounts/secret-hash.ts'
import type { Credentials, Principal } from '../../core/accounts/verify-credentials.ts'
import { Refusal } from './refusal.ts'

/** Throws Refusal. `address` is whom failed log-ins are counted for. */
export type Door = (authorization: string | undefined, address: string | undefined) => Promise<Principal>

export function createDoor(app: App): Door {
  const failures = new FailedLogins()
  return async (authorization, address) => {
    const token = /^bearer +(\S{1,200}) *$/i.exec(authorization ?? '')?.[1]
    const principal =
      token === undefined
        ? await findByBasic(app, failures, authorization ?? '', address)
        : ((await app.keys.verify(token)) ?? (await app.tokens.verify(token, app.now())))
    if (!principal) throw unauthenticated()
    if (principal.scopes.includes('write')) return principal
    throw new Refusal(403, 'insufficient_scope', 'this needs the scope "write"')
  }
}

async function findByBasic(
  app: App,
  failures: FailedLogins,
  authorization: string,
  address: string | undefined,
): Promise<Principal | undefined> {
  const credentials = parseBasic(authorization)
  if (!credentials) return undefined
  const known = await app.credentials.recall(credentials)
  if (known) return known
  const seconds = failures.wait(address, app.now())
  if (seconds > 0)
    throw new Refusal(503, 'too_many_failures', 'too many log-ins from this address failed', {
      'retry-after': String(seconds),
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

function unauthenticated(): Refusal {
  return new Refusal(401, 'unauthenticated', 'this needs the credentials of an account', {
    'www-authenticate': 'Basic realm="Contrail"',
  })
}
