// Applications: programs of others that an account's owner lets in without telling them the password (RFC 6749 2).

import { randomBytes, randomUUID } from 'node:crypto'
import type { Db, Reader } from '../../db/db.ts'
import { allocateIds } from '../../db/ids.ts'
import { sql } from '../../db/sql.ts'
import { ConflictError, InvalidInputError, NotFoundError } from '../../errors.ts'
import { parseScopes } from '../accounts/api-key.ts'
import type { Scope } from '../accounts/api-key.ts'
import type { HashGate } from '../accounts/hash-gate.ts'
import { hashSecret, matchesSecret, maxSecretLength } from '../accounts/secret-hash.ts'
import { parseRedirectUri } from './redirect-uri.ts'

/** All that a token may ever be good for. */
export const tokenScopes: readonly Scope[] = ['read', 'write']
/** An hour: long enough to be rarely renewed, short enough to be soon worthless. */
const defaultTokenSeconds = 3600
const maxTokenSeconds = 10 * 366 * 86_400
const maxRedirectUris = 10
const maxNameLength = 100

export interface Application {
  applicationId: number
  /** Who registered it. */
  accountId: number
  clientId: string
  name: string
  /** Has no secret, because its users could read it. */
  isPublic: boolean
  scopes: Scope[]
  redirectUris: string[]
  tokenSeconds: number
  createdAt: number
  revokedAt: number | null
}

export interface NewApplication {
  name: string
  redirectUris: readonly string[]
  isPublic: boolean
  scopes?: readonly Scope[]
  tokenSeconds?: number
  /** Those that an old program has built in; made up when left out. */
  clientId?: string
  secret?: string
}

/** Registers it and returns its secret, which is shown this once; throws ConflictError when the client id is taken. */
export async function createApplication(
  db: Db,
  accountId: number,
  given: NewApplication,
  now: number,
): Promise<Application & { secret: string | undefined }> {
  const application = check(given)
  const secret = given.isPublic ? undefined : (given.secret ?? randomBytes(32).toString('base64url'))
  const secretHash = secret === undefined ? null : await hashSecret(secret)
  const applicationId = await db.transaction(async (tx) => {
    const taken = await tx.one(sql`select 1 as taken from application where client_id = ${application.clientId}`)
    if (taken) throw new ConflictError('an application with this client id exists already')
    const id = await allocateIds(tx, 'application', 1, 1)
    await tx.run(sql`
      insert into application(application_id, account_id, client_id, name, secret_hash, scopes, redirect_uris,
        token_seconds, created_at)
      values (${id}, ${accountId}, ${application.clientId}, ${application.name}, ${secretHash},
        ${application.scopes.join(' ')}, ${application.redirectUris.join(' ')}, ${application.tokenSeconds}, ${now})`)
    return id
  })
  return { ...application, applicationId, accountId, createdAt: now, revokedAt: null, secret }
}

type Checked = Omit<Application, 'applicationId' | 'accountId' | 'createdAt' | 'revokedAt'>

function check(given: NewApplication): Checked {
  const { isPublic, clientId = randomUUID(), tokenSeconds = defaultTokenSeconds } = given
  const name = given.name.trim()
  if (name === '' || name.length > maxNameLength)
    throw new InvalidInputError(`an application's name has 1 to ${maxNameLength} characters`, 'name')
  if (!/^[\x21-\x7e]+$/.test(clientId) || /[%:]/.test(clientId) || clientId.length > maxSecretLength)
    throw new InvalidInputError('a client id has no spaces, "%" or ":"', 'client-id')
  if (isPublic && given.secret !== undefined)
    throw new InvalidInputError('a public client has no secret', 'client-secret')
  if (isPublic && given.redirectUris.length === 0)
    throw new InvalidInputError('a public client needs a redirect URI', 'redirect-uri')
  if (given.redirectUris.length > maxRedirectUris)
    throw new InvalidInputError(`an application has at most ${maxRedirectUris} redirect URIs`, 'redirect-uri')
  if (!Number.isSafeInteger(tokenSeconds) || tokenSeconds < 1 || tokenSeconds > maxTokenSeconds)
    throw new InvalidInputError('tokens work for at most ten years', 'token-days')
  const scopes = [...new Set(given.scopes ?? tokenScopes)]
  if (scopes.length === 0 || !scopes.every((scope) => tokenScopes.includes(scope)))
    throw new InvalidInputError(`an application's scope is any of ${tokenScopes.join(', ')}`, 'scope')
  const redirectUris = given.redirectUris.map((uri) => parseRedirectUri(uri, isPublic))
  return { name, isPublic, clientId, tokenSeconds, scopes, redirectUris }
}

interface Row extends Omit<Application, 'isPublic' | 'scopes' | 'redirectUris'> {
  secretHash: string | null
  scopes: string
  redirectUris: string
}

const columns = sql`application_id as "applicationId", account_id as "accountId", client_id as "clientId", name,
  secret_hash as "secretHash", scopes, redirect_uris as "redirectUris", token_seconds as "tokenSeconds",
  created_at as "createdAt", revoked_at as "revokedAt"`

/** Those an account registered, in the order of creation, revoked ones too. */
export async function listApplications(db: Reader, accountId: number): Promise<Application[]> {
  const rows = await db.all<Row>(
    sql`select ${columns} from application where account_id = ${accountId} order by application_id`,
  )
  return rows.map(toApplication)
}

/** By client id, whoever registered it; undefined when there is none or it was revoked. */
export async function findApplication(db: Reader, clientId: string): Promise<Application | undefined> {
  const row = await findRow(db, clientId)
  return row && toApplication(row)
}

/** The same for a program that shows its secret; undefined for anything wrong. A public client must show none. */
export async function verifyApplication(
  db: Reader,
  gate: HashGate,
  given: { clientId: string; secret: string | undefined },
): Promise<Application | undefined> {
  const { clientId, secret } = given
  const row = await findRow(db, clientId)
  if (!row) return undefined
  const { secretHash } = row
  if (secret === undefined || secretHash === null)
    return secret === undefined && secretHash === null ? toApplication(row) : undefined
  // Client ids are no secret, so an unknown one may be seen to cost nothing.
  const isRight = await gate.run(`client ${clientId}`, () => matchesSecret(secret, secretHash))
  return isRight ? toApplication(row) : undefined
}

/** Ends it and all its tokens at once; revoking again changes nothing. */
export async function revokeApplication(db: Db, accountId: number, applicationId: number, now: number): Promise<void> {
  const changed = await db.transaction((tx) =>
    tx.run(sql`update application set revoked_at = coalesce(revoked_at, ${now})
      where account_id = ${accountId} and application_id = ${applicationId}`),
  )
  if (changed === 0) throw new NotFoundError(`this account has registered no application ${applicationId}`)
}

function findRow(db: Reader, clientId: string): Promise<Row | undefined> {
  return db.one<Row>(sql`select ${columns} from application where client_id = ${clientId} and revoked_at is null`)
}

function toApplication({ secretHash, scopes, redirectUris, ...row }: Row): Application {
  return {
    ...row,
    isPublic: secretHash === null,
    scopes: parseScopes(scopes),
    redirectUris: redirectUris.split(' ').filter(Boolean),
  }
}
