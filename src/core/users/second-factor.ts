// Turning codes of authenticators on and off, and checking one at sign-in. Called by faces/web and `contrail user`.

import { randomBytes } from 'node:crypto'
import type { Db, Reader, Tx } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'
import { digest } from './secret-text.ts'
import { matchTotp } from './totp.ts'
import type { User } from './user.ts'

const recoveryCodes = 10
/** So many wrong codes in a row, and there is one try in a while; who guesses needs years. */
const freeFailures = 5
const pause = 5 * 60_000

type Whose = Pick<User, 'accountId' | 'userId'>

/** Turns it on, if the code is one of the secret's, and returns the recovery codes, which are nowhere else. */
export async function turnTotpOn(
  db: Db,
  { accountId, userId }: Whose,
  { secret, code }: { secret: string; code: string },
  now: number,
): Promise<string[] | undefined> {
  const step = matchTotp(secret, code, now, 0)
  if (step === undefined) return undefined
  const codes = createCodes()
  await db.transaction((tx) =>
    tx.run(sql`
      update web_user set totp_secret = ${secret}, totp_step = ${step}, recovery_hashes = ${hashesOf(codes)}, code_failures = 0
      where account_id = ${accountId} and user_id = ${userId}`),
  )
  return codes
}

export async function turnTotpOff(db: Db, { accountId, userId }: Whose): Promise<void> {
  await db.transaction((tx) =>
    tx.run(sql`
      update web_user set totp_secret = null, totp_step = 0, recovery_hashes = '', code_failures = 0
      where account_id = ${accountId} and user_id = ${userId}`),
  )
}

/** New ones, in place of those before. */
export async function renewRecoveryCodes(db: Db, { accountId, userId }: Whose): Promise<string[]> {
  const codes = createCodes()
  await db.transaction((tx) =>
    tx.run(sql`
      update web_user set recovery_hashes = ${hashesOf(codes)} where account_id = ${accountId} and user_id = ${userId}`),
  )
  return codes
}

/** How many are not used yet. */
export async function countRecoveryCodes(db: Reader, { accountId, userId }: Whose): Promise<number> {
  const row = await db.one<{ hashes: string }>(
    sql`select recovery_hashes as hashes from web_user where account_id = ${accountId} and user_id = ${userId}`,
  )
  return wordsOf(row?.hashes ?? '').length
}

interface Factor {
  secret: string | null
  step: number
  hashes: string
  failures: number
  failedAt: number | null
}

/** Uses up the code, of the authenticator or for recovery. `wait`: too many were wrong. */
export function takeCode(db: Db, whose: Whose, shown: string, now: number): Promise<'ok' | 'wrong' | 'wait'> {
  const { accountId, userId } = whose
  return db.transaction(async (tx) => {
    const row = await tx.one<Factor>(sql`
      select totp_secret as secret, totp_step as step, recovery_hashes as hashes, code_failures as failures,
        code_failed_at as "failedAt"
      from web_user where account_id = ${accountId} and user_id = ${userId} ${tx.forUpdate}`)
    if (!row?.secret) return 'wrong'
    if (row.failures >= freeFailures && now < (row.failedAt ?? 0) + pause) return 'wait'
    const code = shown.replace(/[\s-]/g, '')
    const step = matchTotp(row.secret, code, now, row.step)
    const hashes = wordsOf(row.hashes)
    const recovery = digest(code.toLowerCase())
    if (step === undefined && !hashes.includes(recovery)) {
      await tx.run(sql`
        update web_user set code_failures = ${row.failures + 1}, code_failed_at = ${now}
        where account_id = ${accountId} and user_id = ${userId}`)
      return 'wrong'
    }
    const left = step === undefined ? hashes.filter((hash) => hash !== recovery) : hashes
    await noteTaken(tx, whose, step ?? row.step, left)
    return 'ok'
  })
}

async function noteTaken(tx: Tx, { accountId, userId }: Whose, step: number, hashes: readonly string[]): Promise<void> {
  await tx.run(sql`
    update web_user set totp_step = ${step}, recovery_hashes = ${hashes.join(' ')}, code_failures = 0
    where account_id = ${accountId} and user_id = ${userId}`)
}

// 80 bits each: a fast digest does.
function createCodes(): string[] {
  return Array.from({ length: recoveryCodes }, () => randomBytes(10).toString('hex').match(/.{5}/g)!.join('-'))
}

function hashesOf(codes: readonly string[]): string {
  return codes.map((code) => digest(code.replaceAll('-', ''))).join(' ')
}

function wordsOf(text: string): string[] {
  return text.split(' ').filter(Boolean)
}
