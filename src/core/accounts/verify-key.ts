// Who is asking with nothing but an API key? Used by the faces that take one alone.

import type { VersionedReader } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'
import { digestKey, parseScopes } from './api-key.ts'
import type { Principal } from './verify-credentials.ts'

interface Row {
  accountId: number
  username: string
  createdAt: number
  apiKeyId: number
  scopes: string
}

interface Known {
  principal: Principal
  /** Of the store, when it was last looked up. */
  version: number
}

const maxRemembered = 10_000

/** Looks a key up whenever the store has changed, so that it stops working the moment it is revoked. */
export class KeyVerifier {
  readonly #db: VersionedReader
  // By digest, as in the store.
  readonly #known = new Map<string, Known>()

  constructor(db: VersionedReader) {
    this.#db = db
  }

  /** Undefined for anything but a key that works alone, now. */
  async verify(key: string): Promise<Principal | undefined> {
    const digest = digestKey(key)
    const version = this.#db.version()
    const known = this.#known.get(digest)
    if (known && known.version === version) return known.principal
    this.#known.delete(digest)
    const row = await this.#db.one<Row>(sql`
      select a.account_id as "accountId", a.username, a.created_at as "createdAt", k.api_key_id as "apiKeyId", k.scopes
      from api_key k join account a on a.account_id = k.account_id
      where k.digest = ${digest} and k.digest is not null and k.revoked_at is null`)
    if (!row) return undefined
    const principal = toPrincipal(row)
    if (version !== undefined) this.#remember(digest, { principal, version })
    return principal
  }

  /** The same without a look into the store: undefined also for a key that was not looked up since it changed. */
  recall(key: string): Principal | undefined {
    const known = this.#known.get(digestKey(key))
    return known && known.version === this.#db.version() ? known.principal : undefined
  }

  #remember(digest: string, known: Known): void {
    if (this.#known.size >= maxRemembered) this.#known.delete(this.#known.keys().next().value!)
    this.#known.set(digest, known)
  }
}

function toPrincipal({ accountId, username, createdAt, apiKeyId, scopes }: Row): Principal {
  return { account: { accountId, username, createdAt }, holder: `key ${apiKeyId}`, scopes: parseScopes(scopes) }
}
