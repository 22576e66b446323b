// Users as owners add, change and remove them, and as they choose their passwords. Called by the web pages and the command
// line.

import type { Db, Tx } from '../../db/db.ts'
import { allocateIds } from '../../db/ids.ts'
import { sql } from '../../db/sql.ts'
import { ConflictError, ForbiddenError, InvalidInputError, NotFoundError } from '../../errors.ts'
import { hashSecret } from '../accounts/secret-hash.ts'
import { checkPassword } from './password.ts'
import { createSecretText, parseSecretText } from './secret-text.ts'
import { countOwners, findUser, getUser, toUser, userColumns } from './user.ts'
import type { Role, User, UserRow } from './user.ts'

/** How long a link to choose a password works, in ms. */
const linkLife = 7 * 86_400_000
export const maxUserName = 80
/** More are no team, but a mistake. */
const maxUsers = 1000

export interface NewUser {
  /** Normalized. */
  email: string
  name: string
  role: Role
}

/** Returns the link's secret, which is nowhere else. Throws ConflictError when the address is somebody's already. */
export function createUser(
  db: Db,
  accountId: number,
  given: NewUser,
  now: number,
): Promise<{ user: User; link: string }> {
  return db.transaction(async (tx) => {
    const userId = await insertUser(tx, accountId, given, null, now)
    const link = await renewLinkIn(tx, accountId, userId, now)
    return { user: await getUser(tx, accountId, userId), link }
  })
}

/** The same within a transaction, with the password hashed before, and without a link. */
export async function insertUser(
  tx: Tx,
  accountId: number,
  { email, name, role }: NewUser,
  passwordHash: string | null,
  now: number,
): Promise<number> {
  const plainName = parseName(name)
  if (await findUser(tx, email)) throw new ConflictError(`${email} is a user already`)
  const row = await tx.one<{ count: number; last: number }>(
    sql`select count(*) as count, coalesce(max(user_id), 0) as last from web_user where account_id = ${accountId}`,
  )
  if (row!.count >= maxUsers) throw new ForbiddenError(`an account has at most ${maxUsers} users`)
  const userId = await allocateIds(tx, `user of ${accountId}`, 1, row!.last + 1)
  await tx.run(sql`
    insert into web_user(account_id, user_id, email, name, role, password_hash, totp_step, recovery_hashes, code_failures, created_at)
    values (${accountId}, ${userId}, ${email}, ${plainName}, ${role}, ${passwordHash}, 0, '', 0, ${now})`)
  return userId
}

function parseName(text: string): string {
  const name = text.trim().replace(/\s+/g, ' ')
  if (name === '' || name.length > maxUserName || /\p{C}/u.test(name))
    throw new InvalidInputError(`a name has 1 to ${maxUserName} characters`, 'name')
  return name
}

/** Throws InvalidInputError. */
export async function changeUserName(db: Db, accountId: number, userId: number, text: string): Promise<void> {
  const name = parseName(text)
  await db.transaction((tx) =>
    tx.run(sql`update web_user set name = ${name} where account_id = ${accountId} and user_id = ${userId}`),
  )
}

/** A new link to choose a password; the old one stops working. Throws NotFoundError. */
export function renewLink(db: Db, accountId: number, userId: number, now: number): Promise<string> {
  return db.transaction((tx) => renewLinkIn(tx, accountId, userId, now))
}

async function renewLinkIn(tx: Tx, accountId: number, userId: number, now: number): Promise<string> {
  const { text, hash } = createSecretText(accountId)
  const changed = await tx.run(sql`
    update web_user set link_hash = ${hash}, link_expires_at = ${now + linkLife}
    where account_id = ${accountId} and user_id = ${userId}`)
  if (changed === 0) throw new NotFoundError(`there is no user ${userId}`)
  return text
}

/** Whose link it is; undefined for one that does not work (any more). */
export async function findUserByLink(db: Pick<Tx, 'one'>, link: string, now: number): Promise<User | undefined> {
  const parsed = parseSecretText(link)
  if (!parsed) return undefined
  const row = await db.one<UserRow>(sql`
    select ${userColumns} from web_user u
    where u.account_id = ${parsed.accountId} and u.link_hash = ${parsed.hash} and u.link_expires_at > ${now}`)
  return row && toUser(row)
}

/** Sets the password of whose link it is, once; signs out everywhere. Throws NotFoundError, InvalidInputError. */
export async function choosePassword(db: Db, link: string, password: string, now: number): Promise<User> {
  const holder = await findUserByLink(db, link, now)
  if (!holder) throw new NotFoundError('this link does not work any more')
  checkPassword(password, holder)
  const passwordHash = await hashSecret(password)
  return db.transaction(async (tx) => {
    const user = await findUserByLink(tx, link, now)
    if (!user) throw new NotFoundError('this link does not work any more')
    await setPasswordHash(tx, user, passwordHash)
    return user
  })
}

/** Replaces the password and signs out everywhere. Throws InvalidInputError. */
export async function changeUserPassword(db: Db, user: User, password: string): Promise<void> {
  checkPassword(password, user)
  const passwordHash = await hashSecret(password)
  await db.transaction((tx) => setPasswordHash(tx, user, passwordHash))
}

async function setPasswordHash(tx: Tx, { accountId, userId }: User, passwordHash: string): Promise<void> {
  await tx.run(sql`
    update web_user set password_hash = ${passwordHash}, link_hash = null, link_expires_at = null
    where account_id = ${accountId} and user_id = ${userId}`)
  await signOutEverywhere(tx, accountId, userId)
}

/** Throws NotFoundError, and ForbiddenError when nobody would be left who may do everything. */
export function changeRole(db: Db, accountId: number, userId: number, role: Role): Promise<void> {
  return db.transaction(async (tx) => {
    const owners = await countOwners(tx, accountId)
    const user = await getUser(tx, accountId, userId)
    if (user.role === 'owner' && role !== 'owner' && owners === 1) throw lastOwner()
    await tx.run(sql`update web_user set role = ${role} where account_id = ${accountId} and user_id = ${userId}`)
  })
}

/** Throws NotFoundError, and ForbiddenError when nobody would be left who may do everything. */
export function removeUser(db: Db, accountId: number, userId: number): Promise<void> {
  return db.transaction(async (tx) => {
    const owners = await countOwners(tx, accountId)
    const user = await getUser(tx, accountId, userId)
    if (user.role === 'owner' && owners === 1) throw lastOwner()
    await signOutEverywhere(tx, accountId, userId)
    await tx.run(sql`delete from web_user where account_id = ${accountId} and user_id = ${userId}`)
  })
}

async function signOutEverywhere(tx: Tx, accountId: number, userId: number): Promise<void> {
  await tx.run(sql`delete from web_session where account_id = ${accountId} and user_id = ${userId}`)
}

function lastOwner(): ForbiddenError {
  return new ForbiddenError('an account needs an owner: make somebody else one first')
}
