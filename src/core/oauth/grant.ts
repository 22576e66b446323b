// How an application comes by tokens: a code that an owner's consent gave it, a token to renew them, or by itself.
// Called by the oauth face. What is refused is a value, not a failure.

import { createHash, timingSafeEqual } from 'node:crypto'
import type { Db, Reader, Tx } from '../../db/db.ts'
import { allocateIds } from '../../db/ids.ts'
import { sql } from '../../db/sql.ts'
import { parseScopes } from '../accounts/api-key.ts'
import type { Scope } from '../accounts/api-key.ts'
import type { Application } from './application.ts'
import { deleteGrant, insertToken, parseToken } from './token.ts'

/** From the redirect to the exchange, in ms. */
const codeLife = 300_000
/** How long an application may stay away and still renew its tokens, in ms. */
const refreshLife = 180 * 86_400_000

export interface Tokens {
  accessToken: string
  expiresInSeconds: number
  refreshToken: string | undefined
  scopes: readonly Scope[]
}

/** `error` as in RFC 6749 5.2. */
export interface Refused {
  error: 'invalid_grant' | 'invalid_scope'
  why: string
}

export interface Consent {
  accountId: number
  scopes: readonly Scope[]
  /** As the request named it; null when it named none. */
  redirectUri: string | null
  /** PKCE S256 (RFC 7636 4.3); null when the request had none. */
  codeChallenge: string | null
}

/** A code for one exchange within five minutes. */
export function issueCode(db: Db, application: Application, consent: Consent, now: number): Promise<string> {
  const { accountId } = consent
  return db.transaction(async (tx) => {
    const grantId = await startGrant(tx, accountId, now)
    const { applicationId } = application
    return insertToken(tx, { ...consent, kind: 'code', grantId, applicationId, expiresAt: now + codeLife }, now)
  })
}

/** RFC 6749 4.1.3, RFC 7636 4.6. A code shown twice was stolen or lost: what came of it ends (RFC 6749 4.1.2). */
export function exchangeCode(
  db: Db,
  application: Application,
  given: { code: string; redirectUri: string | undefined; verifier: string | undefined },
  now: number,
): Promise<Tokens | Refused> {
  return db.transaction(async (tx) => {
    const code = await findToken(tx, application, 'code', given.code)
    if (!code) return refuse('there is no such code')
    if (code.usedAt !== null) return endReplayed(tx, code, 'the code was used before')
    if (code.expiresAt <= now) return refuse('the code is too old')
    if ((given.redirectUri ?? null) !== code.redirectUri) return refuse('redirect_uri is not that of the request')
    if (!fitsChallenge(given.verifier, code.codeChallenge)) return refuse('code_verifier does not fit')
    // Known as long as what comes of it, so that it can be told when somebody shows it again.
    if (!(await use(tx, code, now, now + refreshLife))) return endReplayed(tx, code, 'the code was used before')
    return issueTokens(tx, application, code, code.scopes, now)
  })
}

/** RFC 6749 6: the old refresh token ends with the new one; shown again, everything of the consent ends (RFC 9700 4.14). */
export function refreshTokens(
  db: Db,
  application: Application,
  given: { refreshToken: string; scopes: readonly Scope[] | undefined },
  now: number,
): Promise<Tokens | Refused> {
  return db.transaction(async (tx) => {
    const token = await findToken(tx, application, 'refresh', given.refreshToken)
    if (!token || (token.usedAt === null && token.expiresAt <= now)) return refuse('there is no such refresh token')
    if (token.usedAt !== null) return endReplayed(tx, token, 'the refresh token was used before')
    const scopes = given.scopes ?? token.scopes
    if (!scopes.every((scope) => token.scopes.includes(scope)))
      return { error: 'invalid_scope', why: 'the owner agreed to less' }
    if (!(await use(tx, token, now, token.expiresAt)))
      return endReplayed(tx, token, 'the refresh token was used before')
    return issueTokens(tx, application, token, scopes, now)
  })
}

/** RFC 6749 4.4: a token for the account that registered the application, and none to renew it. */
export function grantByItself(
  db: Db,
  application: Application,
  scopes: readonly Scope[],
  now: number,
): Promise<Tokens> {
  const { accountId, applicationId, tokenSeconds } = application
  return db.transaction(async (tx) => {
    const grantId = await startGrant(tx, accountId, now)
    const expiresAt = now + tokenSeconds * 1000
    const token = { kind: 'access', accountId, grantId, applicationId, scopes, expiresAt } as const
    const accessToken = await insertToken(tx, token, now)
    return { accessToken, expiresInSeconds: tokenSeconds, refreshToken: undefined, scopes }
  })
}

/**
 * RFC 7009 2.1: an access token ends alone, a refresh token or a code with everything of the consent. An unknown token
 * has ended already; false when it is another application's.
 */
export function revokeToken(db: Db, application: Application, text: string): Promise<boolean> {
  return db.transaction(async (tx) => {
    const parsed = parseToken(text)
    const token = parsed && (await findRow(tx, parsed))
    if (!token) return true
    if (token.applicationId !== application.applicationId) return false
    if (token.kind === 'access')
      await tx.run(sql`delete from token where account_id = ${token.accountId} and token_hash = ${token.hash}`)
    else await deleteGrant(tx, token.accountId, token.grantId)
    return true
  })
}

interface Row {
  accountId: number
  hash: string
  kind: string
  grantId: number
  applicationId: number
  scopes: string
  expiresAt: number
  usedAt: number | null
  redirectUri: string | null
  codeChallenge: string | null
}

type Found = Omit<Row, 'scopes'> & { scopes: Scope[] }

async function findToken(
  db: Reader,
  { applicationId }: Application,
  kind: 'code' | 'refresh',
  text: string,
): Promise<Found | undefined> {
  const parsed = parseToken(text)
  const row = parsed && (await findRow(db, parsed))
  // Another application's is as good as none: who steals a code can't end what its owner made of it.
  if (!row || row.kind !== kind || row.applicationId !== applicationId) return undefined
  return { ...row, scopes: parseScopes(row.scopes) }
}

function findRow(db: Reader, { accountId, hash }: { accountId: number; hash: string }): Promise<Row | undefined> {
  return db.one<Row>(sql`
    select account_id as "accountId", token_hash as hash, kind, grant_id as "grantId",
      application_id as "applicationId", scopes, expires_at as "expiresAt", used_at as "usedAt",
      redirect_uri as "redirectUri", code_challenge as "codeChallenge"
    from token where account_id = ${accountId} and token_hash = ${hash}`)
}

function fitsChallenge(verifier: string | undefined, challenge: string | null): boolean {
  // A verifier without a challenge: somebody took the challenge out of the request (RFC 9700 4.8).
  if (verifier === undefined || challenge === null) return verifier === undefined && challenge === null
  if (!/^[\w.~-]{43,128}$/.test(verifier)) return false
  const shown = createHash('sha256').update(verifier).digest()
  const expected = Buffer.from(challenge, 'base64url')
  return shown.length === expected.length && timingSafeEqual(shown, expected)
}

async function issueTokens(
  tx: Tx,
  { applicationId, tokenSeconds }: Application,
  { accountId, grantId, scopes: agreed }: Found,
  scopes: readonly Scope[],
  now: number,
): Promise<Tokens> {
  const common = { accountId, grantId, applicationId }
  const expiresAt = now + tokenSeconds * 1000
  const accessToken = await insertToken(tx, { ...common, kind: 'access', scopes, expiresAt }, now)
  const renewed = { ...common, kind: 'refresh', scopes: agreed, expiresAt: now + refreshLife } as const
  const refreshToken = await insertToken(tx, renewed, now)
  return { accessToken, expiresInSeconds: tokenSeconds, refreshToken, scopes }
}

// What has ended is swept out whenever something begins, so that the table holds no more than what is of use.
async function startGrant(tx: Tx, accountId: number, now: number): Promise<number> {
  await tx.run(sql`delete from token where account_id = ${accountId} and expires_at <= ${now}`)
  return allocateIds(tx, `grant of ${accountId}`, 1, 1)
}

// False when another transaction was quicker.
async function use(tx: Tx, { accountId, hash }: Found, now: number, expiresAt: number): Promise<boolean> {
  const changed = await tx.run(sql`update token set used_at = ${now}, expires_at = ${expiresAt}
    where account_id = ${accountId} and token_hash = ${hash} and used_at is null`)
  return changed === 1
}

async function endReplayed(tx: Tx, { accountId, grantId }: Found, why: string): Promise<Refused> {
  await deleteGrant(tx, accountId, grantId)
  return refuse(why)
}

function refuse(why: string): Refused {
  return { error: 'invalid_grant', why }
}
