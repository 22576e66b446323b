// What codes and tokens are: 256 random bits behind the number of their account, of which a digest is kept. Used by
// grant.ts, verify-token.ts and `contrail token`.

import { createHash, randomBytes } from 'node:crypto'
import type { Db, Reader, Tx } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'
import { NotFoundError } from '../../errors.ts'
import { parseScopes } from '../accounts/api-key.ts'
import type { Scope } from '../accounts/api-key.ts'

type TokenKind = 'code' | 'access' | 'refresh'

export interface NewToken {
  kind: TokenKind
  accountId: number
  /** The consent it came of. */
  grantId: number
  applicationId: number
  scopes: readonly Scope[]
  expiresAt: number
  redirectUri?: string | null
  codeChallenge?: string | null
}

/** Stores it and returns its text, which is nowhere else. */
export async function insertToken(tx: Tx, token: NewToken, now: number): Promise<string> {
  const { kind, accountId, grantId, applicationId, scopes, expiresAt, redirectUri = null, codeChallenge = null } = token
  const text = `${accountId}.${randomBytes(32).toString('base64url')}`
  await tx.run(sql`
    insert into token(account_id, token_hash, kind, grant_id, application_id, scopes, created_at, expires_at,
      redirect_uri, code_challenge)
    values (${accountId}, ${hashToken(text)}, ${kind}, ${grantId}, ${applicationId}, ${scopes.join(' ')}, ${now},
      ${expiresAt}, ${redirectUri}, ${codeChallenge})`)
  return text
}

/** What a text of the right form is found by; undefined for any other. A fast digest does for 256 random bits. */
export function parseToken(text: string): { accountId: number; hash: string } | undefined {
  const [, accountId] = /^(\d{1,15})\.[\w-]{43}$/.exec(text) ?? []
  return accountId === undefined ? undefined : { accountId: Number(accountId), hash: hashToken(text) }
}

function hashToken(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}

/** A consent that has not ended: its application, and until when it goes on if nobody renews it. */
export interface Grant {
  grantId: number
  application: string
  clientId: string
  scopes: Scope[]
  /** Of the oldest token that is of use. */
  createdAt: number
  expiresAt: number
}

/** Those of an account, in the order they were given. */
export async function listGrants(db: Reader, accountId: number, now: number): Promise<Grant[]> {
  const rows = await db.all<Omit<Grant, 'scopes'> & { scopes: string }>(sql`
    select t.grant_id as "grantId", p.name as application, p.client_id as "clientId", t.scopes,
      t.created_at as "createdAt", t.expires_at as "expiresAt"
    from token t join application p on p.application_id = t.application_id
    where t.account_id = ${accountId} and t.expires_at > ${now} and t.kind <> 'code' and t.used_at is null
      and p.revoked_at is null
    order by t.grant_id, t.created_at`)
  const grants = new Map<number, Grant>()
  for (const row of rows) {
    const scopes = parseScopes(row.scopes)
    const grant = grants.get(row.grantId)
    if (!grant) grants.set(row.grantId, { ...row, scopes })
    else {
      grant.scopes = [...new Set([...grant.scopes, ...scopes])]
      grant.expiresAt = Math.max(grant.expiresAt, row.expiresAt)
    }
  }
  return [...grants.values()]
}

/** Ends a consent with all its tokens at once; throws NotFoundError. */
export async function revokeGrant(db: Db, accountId: number, grantId: number): Promise<void> {
  const changed = await db.transaction((tx) => deleteGrant(tx, accountId, grantId))
  if (changed === 0) throw new NotFoundError(`this account has given no tokens ${grantId}`)
}

/** The same within a transaction; says how many tokens there were. */
export function deleteGrant(tx: Tx, accountId: number, grantId: number): Promise<number> {
  return tx.run(sql`delete from token where account_id = ${accountId} and grant_id = ${grantId}`)
}
