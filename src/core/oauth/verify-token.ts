// Who is asking with a bearer token? Used by the faces that authenticate.

import type { VersionedReader } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'
import { parseScopes } from '../accounts/api-key.ts'
import type { Principal } from '../accounts/verify-credentials.ts'
import { parseToken } from './token.ts'

interface Row {
  accountId: number
  username: string
  createdAt: number
  applicationId: number
  scopes: string
  expiresAt: number
}

interface Known {
  principal: Principal
  expiresAt: number
  /** Of the store, when it was last looked up. */
  version: number
}

const maxRemembered = 10_000

/** Looks a token up whenever the store has changed, so that it stops working the moment it is revoked. */
export class TokenVerifier {
  readonly #db: VersionedReader
  // By digest, as in the store.
  readonly #known = new Map<string, Known>()

  constructor(db: VersionedReader) {
    this.#db = db
  }

  /** Undefined for anything but an access token that works now. */
  async verify(text: string, now: number): Promise<Principal | undefined> {
    const token = parseToken(text)
    if (!token) return undefined
    const version = this.#db.version()
    const known = this.#known.get(token.hash)
    if (known && known.version === version && known.expiresAt > now) return known.principal
    this.#known.delete(token.hash)
    const row = await this.#db.one<Row>(sql`
      select a.account_id as "accountId", a.username, a.created_at as "createdAt",
        t.application_id as "applicationId", t.scopes, t.expires_at as "expiresAt"
      from token t join account a on a.account_id = t.account_id
        join application p on p.application_id = t.application_id
      where t.account_id = ${token.accountId} and t.token_hash = ${token.hash} and t.kind = 'access'
        and t.expires_at > ${now} and p.revoked_at is null`)
    if (!row) return undefined
    const principal = toPrincipal(row)
    if (version !== undefined) this.#remember(token.hash, { principal, expiresAt: row.expiresAt, version })
    return principal
  }

  #remember(hash: string, known: Known): void {
    if (this.#known.size >= maxRemembered) this.#known.delete(this.#known.keys().next().value!)
    this.#known.set(hash, known)
  }
}

function toPrincipal({ accountId, username, createdAt, applicationId, scopes }: Row): Principal {
  return {
    account: { accountId, username, createdAt },
    holder: `application ${applicationId}`,
    scopes: parseScopes(scopes),
  }
}
