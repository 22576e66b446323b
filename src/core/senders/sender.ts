// Senders: the addresses an account may send from. Read by the faces; added by the account's owner.

import type { Db, Reader, Tx } from '../../db/db.ts'
import { allocateIds } from '../../db/ids.ts'
import { sql } from '../../db/sql.ts'
import { ConflictError, NotFoundError } from '../../errors.ts'

export interface Sender {
  senderId: number
  email: string
  /** Null while nobody has shown that the address is the account's own. */
  verifiedAt: number | null
}

const columns = sql`sender_id as "senderId", email, verified_at as "verifiedAt"`

/** In the order they were added. */
export function listSenders(db: Reader, accountId: number): Promise<Sender[]> {
  return db.all<Sender>(sql`select ${columns} from sender where account_id = ${accountId} order by sender_id`)
}

/** By id; throws NotFoundError. */
export async function getSender(db: Reader, accountId: number, senderId: number): Promise<Sender> {
  const sender = await db.one<Sender>(
    sql`select ${columns} from sender where account_id = ${accountId} and sender_id = ${senderId}`,
  )
  if (!sender) throw new NotFoundError(`there is no address ${senderId}`)
  return sender
}

/** By normalized address; undefined when the account has none. */
export function findSender(db: Reader, accountId: number, email: string): Promise<Sender | undefined> {
  return db.one<Sender>(sql`select ${columns} from sender where account_id = ${accountId} and email = ${email}`)
}

/** Adds a normalized address that the owner vouches for. Throws ConflictError when the account has it. */
export function addSender(db: Db, accountId: number, email: string, now: number): Promise<Sender> {
  return db.transaction((tx) => insertSender(tx, accountId, email, now))
}

/** The same within a transaction. */
export async function insertSender(tx: Tx, accountId: number, email: string, now: number): Promise<Sender> {
  if (await findSender(tx, accountId, email)) throw new ConflictError(`${email} is a sender of this account already`)
  const senderId = await allocateIds(tx, `sender of ${accountId}`, 1, 1)
  await tx.run(
    sql`insert into sender(account_id, sender_id, email, verified_at) values (${accountId}, ${senderId}, ${email}, ${now})`,
  )
  return { senderId, email, verifiedAt: now }
}
