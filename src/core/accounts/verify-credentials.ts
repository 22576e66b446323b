// Who is asking? Checks user name, password and API key together. Used by the faces that authenticate.

import { hash, randomBytes } from 'node:crypto'
import type { VersionedReader } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'
import { UnavailableError } from '../../errors.ts'
import type { Account } from './account.ts'
import { normalizeUsername } from './account.ts'
import { keyLookup, parseScopes } from './api-key.ts'
import type { Scope } from './api-key.ts'
import { matchesSecret } from './secret-hash.ts'

export interface Credentials {
  key: string
  username: string
  password: string
}

export interface Principal {
  account: Account
  apiKeyId: number
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

/** How many checks may wait for the slow hash at once; beyond that the answer is "try again", not a longer queue. */
const maxWaiting = 200
/** The same for one user name, so that guesses at one account keep nobody out of the others. */
const maxWaitingPerUser = 20
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
  #waiting = 0
  readonly #waitingFor = new Map<string, number>()

  constructor(db: VersionedReader) {
    this.#db = db
  }

  /** Undefined for anything wrong, without a word or a millisecond on which part it was. */
  async verify(given: Credentials): Promise<Principal | undefined> {
    const shown = hash(
      'sha256',
      this.#memoryKey + JSON.stringify([given.key, given.username, given.password]),
      'base64',
    )
    const proof = this.#proven.get(shown)
    const version = this.#db.version()
    if (proof && version !== undefined && proof.version === version) return proof.principal
    const lookup = proof?.lookup ?? keyLookup(given.key)
    const rows = await this.#candidates(given.username, lookup)
    if (proof) {
      const row = rows.find((candidate) => hashesOf(candidate) === proof.hashes)
      if (row) return this.#remember(shown, lookup, row, version)
      this.#proven.delete(shown)
    }
    const row = await this.#hashAndCompare(given, rows)
    if (!row) return undefined
    return this.#remember(shown, lookup, row, version)
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
  async #hashAndCompare(given: Credentials, rows: Row[]): Promise<Row | undefined> {
    const username = normalizeUsername(given.username)
    const before = this.#waitingFor.get(username) ?? 0
    if (this.#waiting >= maxWaiting || before >= maxWaitingPerUser)
      throw new UnavailableError('too many log-ins at once')
    this.#waiting++
    this.#waitingFor.set(username, before + 1)
    try {
      const [isPassword, ...isKey] = await Promise.all([
        matchesSecret(given.password, rows[0]?.passwordHash),
        matchesSecret(given.key, rows[0]?.keyHash),
        ...rows.slice(1).map((row) => matchesSecret(given.key, row.keyHash)),
      ])
      return isPassword ? rows.find((_, i) => isKey[i]) : undefined
    } finally {
      this.#waiting--
      const after = this.#waitingFor.get(username)! - 1
      if (after > 0) this.#waitingFor.set(username, after)
      else this.#waitingFor.delete(username)
    }
  }
}

function hashesOf(row: Row): string {
  return `${row.accountId} ${row.apiKeyId} ${row.passwordHash} ${row.keyHash}`
}

function toPrincipal(row: Row): Principal {
  const { accountId, username, createdAt, apiKeyId } = row
  return { account: { accountId, username, createdAt }, apiKeyId, scopes: parseScopes(row.scopes) }
}
