// Who shows this address and password? Called by faces/web.

import type { Reader } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'
import type { HashGate } from '../accounts/hash-gate.ts'
import { maxSecretLength, matchesSecret } from '../accounts/secret-hash.ts'
import { normalizeEmail } from '../contacts/email.ts'
import { toUser, userColumns } from './user.ts'
import type { User, UserRow } from './user.ts'

/** Undefined for anything wrong, in the same time. Throws UnavailableError when too many sign in at once. */
export async function verifyUser(
  db: Reader,
  gate: HashGate,
  given: { email: string; password: string },
): Promise<User | undefined> {
  const email = normalizeEmail(given.email)
  return gate.run(`user ${email}`, async () => {
    const row = await db.one<UserRow & { passwordHash: string | null }>(
      sql`select ${userColumns}, u.password_hash as "passwordHash" from web_user u where u.email = ${email}`,
    )
    const isRight = await matchesSecret(given.password, row?.passwordHash ?? undefined)
    if (!row || !isRight || given.password.length > maxSecretLength) return undefined
    const { passwordHash: _hash, ...user } = row
    return toUser(user)
  })
}
