// Accounts: each customer's own world. Everything else belongs to exactly one of them.

import type { Db, Reader, Tx } from '../../db/db.ts'
import { allocateIds } from '../../db/ids.ts'
import { sql } from '../../db/sql.ts'
import { ConflictError, InvalidInputError, NotFoundError } from '../../errors.ts'
import { hashSecret } from './secret-hash.ts'

export interface Account {
  accountId: number
  username: string
  createdAt: number
}

/** The form all user names are stored and compared in (wire-2008 0.7: compared without case). */
export function normalizeUsername(text: string): string {
  return text.trim().toLowerCase()
}

/** A user name as the old service allowed them (wire-2008 1.2); throws InvalidInputError. */
function parseUsername(text: string): string {
  const username = normalizeUsername(text)
  if (username.length < 3 || username.length > 80 || !/^[a-z0-9._@ -]+$/.test(username)) {
    throw new InvalidInputError('a user name has 3 to 80 letters, digits, spaces or . _ @ -', 'username')
  }
  return username
}

/** Creates the account; throws ConflictError when the user name is taken. */
export async function createAccount(
  db: Db,
  given: { username: string; password: string },
  now: number,
): Promise<Account> {
  const passwordHash = await hashSecret(given.password)
  return db.transaction((tx) => insertAccount(tx, given.username, passwordHash, now))
}

/** The same within a transaction, with the password hashed before. */
export async function insertAccount(tx: Tx, name: string, passwordHash: string, now: number): Promise<Account> {
  const username = parseUsername(name)
  if (await findAccount(tx, username)) throw new ConflictError(`an account named ${username} exists already`)
  const row = await tx.one<{ last: number }>(sql`select coalesce(max(account_id), 0) as last from account`)
  const accountId = await allocateIds(tx, 'account', 1, row!.last + 1)
  await tx.run(sql`insert into account(account_id, username, password_hash, created_at)
    values (${accountId}, ${username}, ${passwordHash}, ${now})`)
  return { accountId, username, createdAt: now }
}

/** By user name, in any case; undefined when there is none. */
function findAccount(db: Reader, username: string): Promise<Account | undefined> {
  return db.one<Account>(sql`
    select account_id as "accountId", username, created_at as "createdAt" from account where username = ${normalizeUsername(username)}`)
}

/** By user name, in any case; throws NotFoundError. */
export async function getAccountNamed(db: Reader, username: string): Promise<Account> {
  const account = await findAccount(db, username)
  if (!account) throw new NotFoundError(`there is no account named ${normalizeUsername(username)}`)
  return account
}

/** In the order of creation. */
export function listAccounts(db: Reader): Promise<Account[]> {
  return db.all<Account>(
    sql`select account_id as "accountId", username, created_at as "createdAt" from account order by account_id`,
  )
}

/** Whether the account shares the store with no other. */
export async function isOnlyAccount(db: Reader, accountId: number): Promise<boolean> {
  const other = await db.one(sql`
    select 1 from account where account_id < ${accountId} union all select 1 from account where account_id > ${accountId}
    limit 1`)
  return other === undefined
}

/** The account named, or the only one there is when no name is given; throws when that is not one account. */
export async function chooseAccount(db: Reader, username: string | undefined): Promise<Account> {
  if (username !== undefined) return getAccountNamed(db, username)
  const accounts = await listAccounts(db)
  if (accounts.length === 1) return accounts[0]!
  if (accounts.length === 0)
    throw new NotFoundError('there is no account yet: create one with "contrail account create NAME"')
  throw new InvalidInputError(`there are ${accounts.length} accounts: say which with --account NAME`, 'account')
}

/** Replaces the password; credentials already verified and tokens already given stop working at once. */
export async function setPassword(db: Db, accountId: number, password: string): Promise<void> {
  const passwordHash = await hashSecret(password)
  await db.transaction(async (tx) => {
    await tx.run(sql`update account set password_hash = ${passwordHash} where account_id = ${accountId}`)
    await tx.run(sql`delete from token where account_id = ${accountId}`)
  })
}
