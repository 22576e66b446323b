// Addresses whose contacts were erased: they come back by their own wish alone. Asked before a contact is made, by the
// import, by bulk activities and by clients.

import type { Reader, Tx } from '../../db/db.ts'
import { findSecret } from '../../db/secret.ts'
import { inParts, sql, sqlList } from '../../db/sql.ts'
import { ForbiddenError } from '../../errors.ts'
import { hashAddress, removeSuppression, suppressionSecret } from './suppression.ts'

/** What is said to those who may not bring a contact back. */
export const erasedMessage =
  'the contact of this address was erased: only the contact itself can come back (OptInSource ACTION_BY_CONTACT)'

/**
 * Those of the addresses that were erased, each with the time. To be asked after the contacts were looked for: who was
 * not found because it was erased meanwhile is found here.
 */
export async function findErased(
  db: Reader,
  accountId: number,
  emails: readonly string[],
): Promise<Map<string, number>> {
  const found = new Map<string, number>()
  // Most accounts have none, and pay for no digests.
  const any = await db.one(sql`select 1 from suppression where account_id = ${accountId} and reason = 'erased' limit 1`)
  const key = any === undefined ? undefined : await findSecret(db, suppressionSecret)
  if (!key) return found
  const hashes = Map.groupBy(emails, (email) => hashAddress(key, email))
  for (const part of inParts([...hashes.keys()], 512)) {
    const rows = await db.tuples<[hash: string, at: number]>(sql`
      select address_hash, at from suppression
      where account_id = ${accountId} and address_hash in ${sqlList(part)} and reason = 'erased'`)
    for (const [hash, at] of rows) for (const email of hashes.get(hash)!) found.set(email, at)
  }
  return found
}

/** Lets the address in if nobody erased it, or if it is the contact itself that comes. Throws ForbiddenError. */
export async function admitAddress(
  tx: Tx,
  accountId: number,
  email: string,
  by: 'contact' | 'customer',
): Promise<void> {
  if (by === 'contact') await removeSuppression(tx, accountId, email, 'erased')
  else if ((await findErased(tx, accountId, [email])).has(email)) throw new ForbiddenError(erasedMessage)
}
