// API keys: what an application shows beside the account's user name and password. Kept as hashes only.

import { createHash, hash, randomUUID } from 'node:crypto'
import type { Db, Reader, Tx } from '../../db/db.ts'
import { allocateIds } from '../../db/ids.ts'
import { sql } from '../../db/sql.ts'
import { InvalidInputError, NotFoundError } from '../../errors.ts'
import { hashSecret } from './secret-hash.ts'

export const allScopes = ['read', 'write', 'admin'] as const
export type Scope = (typeof allScopes)[number]

export interface ApiKey {
  apiKeyId: number
  name: string
  scopes: Scope[]
  /** False for one that needs the account's user name and password beside it. */
  worksAlone: boolean
  createdAt: number
  revokedAt: number | null
}

/**
 * Creates a key and returns its text, which is shown this once and never stored. Give `key` to go on using the one
 * that an old client has built in. A key may serve several accounts (wire-2008 1.2): create it in each. Such a key is
 * known to others and may be weak, so that it works with the account's password only; one that is made up here works alone.
 */
export async function createApiKey(
  db: Db,
  accountId: number,
  given: { name: string; scopes?: readonly Scope[]; key?: string },
  now: number,
): Promise<ApiKey & { key: string }> {
  const key = given.key ?? randomUUID()
  if (!/^[\x21-\x7e]+$/.test(key) || /[%:]/.test(key))
    throw new InvalidInputError('a key has no spaces, "%" or ":"', 'key')
  const scopes = [...(given.scopes ?? allScopes)]
  const keyHash = await hashSecret(key)
  const worksAlone = given.key === undefined
  return db.transaction((tx) =>
    insertApiKey(tx, accountId, { name: given.name, scopes, worksAlone, key, keyHash }, now),
  )
}

/** The same within a transaction, with the key hashed before. */
export async function insertApiKey(
  tx: Tx,
  accountId: number,
  given: { name: string; scopes: Scope[]; key: string; keyHash: string; worksAlone: boolean },
  now: number,
): Promise<ApiKey & { key: string }> {
  const { name, scopes, key, keyHash, worksAlone } = given
  const row = await tx.one<{ last: number }>(
    sql`select coalesce(max(api_key_id), 0) as last from api_key where account_id = ${accountId}`,
  )
  const apiKeyId = await allocateIds(tx, `key of ${accountId}`, 1, row!.last + 1)
  await tx.run(sql`insert into api_key(account_id, api_key_id, name, lookup, key_hash, scopes, created_at, digest)
    values (${accountId}, ${apiKeyId}, ${name}, ${keyLookup(key)}, ${keyHash}, ${scopes.join(' ')}, ${now},
      ${worksAlone ? digestKey(key) : null})`)
  return { apiKeyId, name, scopes, worksAlone, createdAt: now, revokedAt: null, key }
}

/** In the order of creation, revoked ones too. */
export async function listApiKeys(db: Reader, accountId: number): Promise<ApiKey[]> {
  const rows = await db.all<Omit<ApiKey, 'scopes' | 'worksAlone'> & { scopes: string; digest: string | null }>(sql`
    select api_key_id as "apiKeyId", name, scopes, digest, created_at as "createdAt", revoked_at as "revokedAt"
    from api_key where account_id = ${accountId} order by api_key_id`)
  return rows.map(({ digest, ...row }) => ({ ...row, scopes: parseScopes(row.scopes), worksAlone: digest !== null }))
}

/** Works at once, also for credentials already verified; revoking again changes nothing. */
export async function revokeApiKey(db: Db, accountId: number, apiKeyId: number, now: number): Promise<void> {
  const changed = await db.transaction((tx) =>
    tx.run(
      sql`update api_key set revoked_at = coalesce(revoked_at, ${now}) where account_id = ${accountId} and api_key_id = ${apiKeyId}`,
    ),
  )
  if (changed === 0) throw new NotFoundError(`this account has no key ${apiKeyId}`)
}

/** Scopes as text, separated by spaces or commas; throws InvalidInputError on an unknown one. */
export function parseScopes(text: string): Scope[] {
  const words = text.split(/[\s,]+/).filter(Boolean)
  if (words.length === 0) throw new InvalidInputError(`a key needs a scope: any of ${allScopes.join(', ')}`, 'scope')
  return words.map((word) => {
    const scope = allScopes.find((known) => known === word)
    if (!scope) throw new InvalidInputError(`a scope is one of ${allScopes.join(', ')}, not "${word}"`, 'scope')
    return scope
  })
}

/** Finds the few rows worth the slow comparison; 32 bits of a digest tell nothing about a key of any strength. */
export function keyLookup(key: string): string {
  return createHash('sha256').update(`contrail key lookup\0${key}`).digest('hex').slice(0, 8)
}

/** What a key that works alone is found by: a fast digest does for 122 random bits. */
export function digestKey(key: string): string {
  return hash('sha256', `contrail key\0${key}`, 'base64url')
}
