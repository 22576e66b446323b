// How far a mailbox has been read, and by which process: one reads it at a time, and whoever comes after goes on where it
// ended. Used by faces/bounces.

import type { Db, Tx } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'

export interface MailboxPosition {
  /** RFC 3501 2.3.1.1: another number, other mails; 0: never read. */
  uidValidity: number
  /** All up to here are done. */
  lastUid: number
}

/** How long a process has the mailbox without saying so again, in ms. */
const leaseTime = 60_000

/** Undefined while another process has it. */
export function takeMailbox(
  db: Db,
  mailbox: string,
  holder: string,
  now: number,
): Promise<MailboxPosition | undefined> {
  return db.transaction(async (tx) => {
    await tx.run(sql`
      insert into bounce_mailbox(mailbox, held_until, uid_validity, last_uid) values (${mailbox}, 0, 0, 0)
      on conflict do nothing`)
    const taken = await tx.run(sql`
      update bounce_mailbox set holder = ${holder}, held_until = ${now + leaseTime}
      where mailbox = ${mailbox} and (holder is null or holder = ${holder} or held_until <= ${now})`)
    if (taken === 0) return undefined
    return tx.one<MailboxPosition>(
      sql`select uid_validity as "uidValidity", last_uid as "lastUid" from bounce_mailbox where mailbox = ${mailbox}`,
    )
  })
}

/** Says that the process still has it, and how far it is where that has changed; false when it has lost it. */
export function keepMailbox(
  db: Db,
  mailbox: string,
  holder: string,
  now: number,
  position?: MailboxPosition,
): Promise<boolean> {
  return db.transaction(async (tx) => {
    const moved = position && sql`, uid_validity = ${position.uidValidity}, last_uid = ${position.lastUid}`
    const kept = await tx.run(sql`
      update bounce_mailbox set held_until = ${now + leaseTime} ${moved ?? sql``}
      where mailbox = ${mailbox} and holder = ${holder}`)
    return kept > 0
  })
}

/** Others may have it at once. */
export function leaveMailbox(db: Db, mailbox: string, holder: string): Promise<void> {
  return db.transaction(async (tx: Tx) => {
    await tx.run(sql`
      update bounce_mailbox set holder = null, held_until = 0 where mailbox = ${mailbox} and holder = ${holder}`)
  })
}
