// The first start: a token, printed on the console, lets its holder become the first owner, once. Called by `contrail serve`
// and faces/web.

import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { Db, Reader, Tx } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'
import { ForbiddenError, InvalidInputError } from '../../errors.ts'
import { getAccountNamed, insertAccount, listAccounts } from '../accounts/account.ts'
import { hashSecret } from '../accounts/secret-hash.ts'
import { checkPassword } from './password.ts'
import { digest } from './secret-text.ts'
import { getUser, hasUsers } from './user.ts'
import type { User } from './user.ts'
import { insertUser } from './write-user.ts'

/** A new token, in place of one before it; undefined when somebody can sign in already. */
export function createSetupToken(db: Db): Promise<string | undefined> {
  const token = randomBytes(24).toString('base64url')
  return db.transaction(async (tx) => {
    if (await hasUsers(tx)) return undefined
    await tx.run(sql`
      insert into secret(name, value) values ('setup', ${digest(token)})
      on conflict (name) do update set value = ${digest(token)}`)
    return token
  })
}

/** False for any token once there is a user. */
export async function isSetupToken(db: Reader, token: string): Promise<boolean> {
  const row = await db.one<{ value: string }>(sql`select value from secret where name = 'setup'`)
  if (!row) return false
  const [shown, kept] = [Buffer.from(digest(token)), Buffer.from(row.value)]
  return shown.length === kept.length && timingSafeEqual(shown, kept) && !(await hasUsers(db))
}

export interface FirstOwner {
  token: string
  /** Of the account there is, or of a new one. */
  username: string
  email: string
  name: string
  password: string
}

/** Makes the first owner, and the account if it is new; the token stops working. Throws ForbiddenError, InvalidInputError. */
export async function setUp(db: Db, given: FirstOwner, now: number): Promise<User> {
  const { token, username, email, name, password } = given
  if (!(await isSetupToken(db, token))) throw new ForbiddenError('this setup link does not work any more')
  checkPassword(password, { email, name })
  // Old clients log in with a password of the account, which its owner sets when there is one.
  const [passwordHash, unknownHash] = await Promise.all([
    hashSecret(password),
    hashSecret(randomBytes(24).toString('base64url')),
  ])
  return db.transaction(async (tx) => {
    if (!(await isSetupToken(tx, token))) throw new ForbiddenError('this setup link does not work any more')
    const accountId = await chooseOrCreate(tx, username, unknownHash, now)
    const userId = await insertUser(tx, accountId, { email, name, role: 'owner' }, passwordHash, now)
    await tx.run(sql`delete from secret where name = 'setup'`)
    return getUser(tx, accountId, userId)
  })
}

async function chooseOrCreate(tx: Tx, username: string, passwordHash: string, now: number): Promise<number> {
  if ((await listAccounts(tx)).length > 0) return (await getAccountNamed(tx, username)).accountId
  if (username.trim() === '') throw new InvalidInputError('the account needs a user name', 'username')
  return (await insertAccount(tx, username, passwordHash, now)).accountId
}
