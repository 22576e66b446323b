// Who is asking? Checks user name and password, with an API key or as the account's owner. Used by the faces.

import { hash, randomBytes } from 'node:crypto'
import type { VersionedReader } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'
import type { Account } from './account.ts'
import { normalizeUsername } from './account.ts'
import { keyLookup, parseScopes } from './api-key.ts'
import type { Scope } from './api-key.ts'
import { HashGate } from './hash-gate.ts'
import { matchesSecret } from './secret-hash.ts'

export interface Credentials {
  key: string
  username: string
  password: string
}

export interface Principal {
  account: Account
  /** What was shown, such as `key 3` or `application 2`; within the account. */
  holder: string
  scopes: Scope[]
}

interface Row extends Account {
  passwordHash: string
  apiKeyId: number
  keyHash: string
  scopes: string
}

interface Proof {
  lookup: string
  hashes: string
  principal: Principal
  /** Of the store, when the hashes were last compared. */
  version: number | undefined
}

const maxRemembered = 10_000

/**
 * Verifies credentials against the store whenever it has changed, so that a revoked key or a changed password stops
 * working at once; what is remembered of a pair already proven is kept under a key that lives as long as the process.
 */
export class CredentialVerifier {
  readonly #db: VersionedReader
  readonly #memoryKey = randomBytes(32).toString('base64')
  // Digest of what was shown -> what it was proven against.
  readonly #proven = new Map<string, Proof>()
  /** All comparisons with a slow hash go through here, also those of other secrets. */
  readonly gate = new HashGate()

  constructor(db: VersionedReader) {
    this.#db = db
  }

  /** Undefined for anything wrong, without a word or a millisecond on which part it was. */
  async verify(given: Credentials): Promise<Principal | undefined> {
    const known = await this.recall(given)
    if (known) return known
    const version = this.#db.version()
    const lookup = keyLookup(given.key)
    const row = await this.#hashAndCompare(given, await this.#candidates(given.username, lookup))
    return row && this.#remember(this.#digest(given), lookup, row, version)
  }

  /** The same without the slow hash: undefined also for credentials that were not proven before. */
  async recall(given: Credentials): Promise<Principal | undefined> {
    const shown = this.#digest(given)
    const proof = this.#proven.get(shown)
    if (!proof) return undefined
    const version = this.#db.version()
    if (version !== undefined && proof.version === version) return proof.principal
    const rows = await this.#candidates(given.username, proof.lookup)
    const row = rows.find((candidate) => hashesOf(candidate) === proof.hashes)
    if (row) return this.#remember(shown, proof.lookup, row, version)
    this.#proven.delete(shown)
    return undefined
  }

  /** The account's owner, by user name and password alone, as on a log-in page; undefined for anything wrong. */
  async verifyOwner({ username, password }: Omit<Credentials, 'key'>): Promise<Account | undefined> {
    const name = normalizeUsername(username)
    return this.gate.run(name, async () => {
      const row = await this.#db.one<Account & { passwordHash: string }>(sql`
        select account_id as "accountId", username, created_at as "createdAt", password_hash as "passwordHash"
        from account where username = ${name}`)
      if (!(await matchesSecret(password, row?.passwordHash)) || !row) return undefined
      const { accountId, createdAt } = row
      return { accountId, username: row.username, createdAt }
    })
  }

  #digest({ key, username, password }: Credentials): string {
    return hash('sha256', this.#memoryKey + JSON.stringify([key, username, password]), 'base64')
  }

  #remember(shown: string, lookup: string, row: Row, version: number | undefined): Principal {
    if (this.#proven.size >= maxRemembered) this.#proven.delete(this.#proven.keys().next().value!)
    const principal = toPrincipal(row)
    this.#proven.set(shown, { lookup, hashes: hashesOf(row), principal, version })
    return principal
  }

  #candidates(username: string, lookup: string): Promise<Row[]> {
    return this.#db.all<Row>(sql`
      select a.account_id as "accountId", a.username, a.created_at as "createdAt", a.password_hash as "passwordHash",
        k.api_key_id as "apiKeyId", k.key_hash as "keyHash", k.scopes
      from account a join api_key k on k.account_id = a.account_id
      where a.username = ${normalizeUsername(username)} and k.lookup = ${lookup} and k.revoked_at is null
      order by k.api_key_id`)
  }

  // Always two hashes, whatever is known, unless two keys of one account share 32 bits of digest.
  #hashAndCompare(given: Credentials, rows: Row[]): Promise<Row | undefined> {
    return this.gate.run(normalizeUsername(given.username), async () => {
      const [isPassword, ...isKey] = await Promise.all([
        matchesSecret(given.password, rows[0]?.passwordHash),
        matchesSecret(given.key, rows[0]?.keyHash),
        ...rows.slice(1).map((row) => matchesSecret(given.key, row.keyHash)),
      ])
      return isPassword ? rows.find((_, i) => isKey[i]) : undefined
    })
  }
}

function hashesOf(row: Row): string {
  return `${row.accountId} ${row.apiKeyId} ${row.passwordHash} ${row.keyHash}`
}

function toPrincipal(row: Row): Principal {
  const { accountId, username, createdAt, apiKeyId } = row
  return { account: { accountId, username, createdAt }, holder: `key ${apiKeyId}`, scopes: parseScopes(row.scopes) }
}
