// People who use the web pages, as they are read. Each belongs to one account and has one role in it.

import type { Reader, Tx } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'
import type { Sql } from '../../db/sql.ts'
import { NotFoundError } from '../../errors.ts'
import type { Scope } from '../accounts/api-key.ts'

/** What each role may do, in the scopes that API keys have; every one contains those before it. */
export const roleScopes = {
  viewer: ['read'],
  editor: ['read', 'write'],
  owner: ['read', 'write', 'admin'],
} as const satisfies Record<string, readonly Scope[]>
export type Role = keyof typeof roleScopes
export const roles = Object.keys(roleScopes) as Role[]

export interface User {
  accountId: number
  userId: number
  email: string
  name: string
  role: Role
  /** False until a password was chosen. */
  hasPassword: boolean
  /** Signing in takes a code of an authenticator too. */
  hasTotp: boolean
  createdAt: number
  signedInAt: number | null
  /** Until when the link that lets a password be chosen works; null when there is none. */
  linkExpiresAt: number | null
}

export function isAllowed(role: Role, scope: Scope): boolean {
  return (roleScopes[role] as readonly Scope[]).includes(scope)
}

/** In the order they were added. */
export async function listUsers(db: Reader, accountId: number): Promise<User[]> {
  const rows = await db.all<UserRow>(
    sql`select ${userColumns} from web_user u where u.account_id = ${accountId} order by u.user_id`,
  )
  return rows.map(toUser)
}

/** By id; throws NotFoundError. */
export async function getUser(db: Reader, accountId: number, userId: number): Promise<User> {
  const row = await db.one<UserRow>(
    sql`select ${userColumns} from web_user u where u.account_id = ${accountId} and u.user_id = ${userId}`,
  )
  if (!row) throw new NotFoundError(`there is no user ${userId}`)
  return toUser(row)
}

/** By normalized address, whatever the account; undefined when there is none. */
export async function findUser(db: Reader, email: string): Promise<User | undefined> {
  const row = await db.one<UserRow>(sql`select ${userColumns} from web_user u where u.email = ${email}`)
  return row && toUser(row)
}

/** Whether anybody can use the web pages at all. */
export async function hasUsers(db: Reader): Promise<boolean> {
  return (await db.one(sql`select 1 from web_user where email > '' limit 1`)) !== undefined
}

/** How many owners the account has; nobody else adds or removes one until the transaction ends. */
export async function countOwners(tx: Tx, accountId: number): Promise<number> {
  await tx.one(sql`select account_id from account where account_id = ${accountId} ${tx.forUpdate}`)
  const row = await tx.one<{ count: number }>(
    sql`select count(*) as count from web_user where account_id = ${accountId} and role = 'owner'`,
  )
  return row!.count
}

export const userColumns: Sql = sql`u.account_id as "accountId", u.user_id as "userId", u.email, u.name, u.role,
  case when u.password_hash is null then 0 else 1 end as "hasPassword",
  case when u.totp_secret is null then 0 else 1 end as "hasTotp",
  u.created_at as "createdAt", u.signed_in_at as "signedInAt", u.link_expires_at as "linkExpiresAt"`

export type UserRow = Omit<User, 'hasPassword' | 'hasTotp'> & { hasPassword: number; hasTotp: number }

export function toUser(row: UserRow): User {
  return { ...row, hasPassword: row.hasPassword === 1, hasTotp: row.hasTotp === 1 }
}
