// Erases a contact: who it was at once, what it did in steps, while totals of campaigns stay as they were. Called by the
// faces.

import { setImmediate } from 'node:timers/promises'
import type { Db, Reader, Tx } from '../../db/db.ts'
import { sql, sqlLimit } from '../../db/sql.ts'
import { NotFoundError } from '../../errors.ts'
import { getContactToChange } from '../contacts/contact.ts'
import { listReviewsOf, nobodysAccount, removeReview } from '../bounces/review.ts'
import { normalizeEmail } from '../contacts/email.ts'
import { forgetAddress } from '../inbox/forget-address.ts'
import { addSuppression } from '../suppressions/suppression.ts'
import { eraseSomeRows } from './erase-rows.ts'

/**
 * Erases the contact and suppresses its address. From the first transaction on the contact is nobody's to see, and
 * nothing can be recorded of it; what that leaves is deleted in further ones, here or, if this is cut off, by the job of
 * finish-erasures.ts. Throws NotFoundError.
 */
export async function eraseContact(
  db: Db,
  accountId: number,
  contact: { contactId: number; email: string },
  now: number,
): Promise<void> {
  const { contactId } = contact
  await forgetWords(db, accountId, contact.email)
  await db.transaction((tx) => beginErasure(tx, accountId, contactId, now))
  await eraseRows(db, accountId, contactId)
}

/**
 * Erases who the contact was and leaves the rest to the job of finish-erasures.ts, which comes by every minute. What
 * names the address in words (forgetWords) is to be forgotten before. Throws NotFoundError.
 */
export async function beginErasure(tx: Tx, accountId: number, contactId: number, now: number): Promise<void> {
  const { email } = await getContactToChange(tx, accountId, contactId)
  await addSuppression(tx, accountId, { email, reason: 'erased', source: 'erasure' }, now)
  await tx.run(sql`delete from contact where contact_id = ${contactId} and account_id = ${accountId}`)
  await tx.run(sql`delete from contact_email where email = ${email} and account_id = ${accountId}`)
  await tx.run(sql`
    insert into erasure(contact_id, account_id, erased_at) values (${contactId}, ${accountId}, ${now})
    on conflict do nothing`)
  for (const owner of [accountId, nobodysAccount])
    for (const { reviewId } of await listReviewsOf(tx, owner, { contactId, email }))
      await removeReview(tx, owner, reviewId)
  await eraseSomeRows(tx, accountId, contactId)
}

export interface Erasure {
  contactId: number
  erasedAt: number
  /** Null while rows of it may be left. */
  finishedAt: number | null
}

/** How far it has come. Throws NotFoundError if there was none. */
export async function getErasure(db: Reader, accountId: number, contactId: number): Promise<Erasure> {
  const erasure = await db.one<Erasure>(sql`
    select contact_id as "contactId", erased_at as "erasedAt", finished_at as "finishedAt" from erasure
    where contact_id = ${contactId} and account_id = ${accountId}`)
  if (!erasure) throw new NotFoundError(`no contact ${contactId} was erased`)
  return erasure
}

/** Goes on with an erasure that was cut off; one that is complete stays so. Throws NotFoundError if there was none. */
export async function resumeErasure(db: Db, accountId: number, contactId: number): Promise<void> {
  const begun = await db.one(sql`select 1 from erasure where contact_id = ${contactId} and account_id = ${accountId}`)
  if (!begun) throw new NotFoundError(`there is no contact ${contactId}`)
  await eraseRows(db, accountId, contactId)
}

async function eraseRows(db: Db, accountId: number, contactId: number): Promise<void> {
  while (await db.transaction((tx) => eraseSomeRows(tx, accountId, contactId))) await setImmediate()
}

/** Errors of bulk activities looked through at a time. */
const perRead = 1000

/**
 * Takes the address out of errors of bulk activities and of what providers told. Before all else: afterwards nobody knows
 * the address.
 */
export async function forgetWords(db: Db, accountId: number, email: string): Promise<void> {
  await forgetErrors(db, accountId, email)
  await forgetAddress(db, accountId, email)
}

async function forgetErrors(db: Db, accountId: number, email: string): Promise<void> {
  for (let after: [activityId: string, errorNo: number] = ['', 0]; ;) {
    const errors = await db.tuples<[activityId: string, errorNo: number, email: string]>(sql`
      select activity_id, error_no, email from activity_error
      where account_id = ${accountId} and (activity_id, error_no) > (${after[0]}, ${after[1]})
      order by activity_id, error_no ${sqlLimit(perRead)}`)
    const own = errors.filter(([, , shown]) => normalizeEmail(shown) === email)
    if (own.length > 0)
      await db.transaction(async (tx) => {
        for (const [activityId, errorNo] of own) await forgetError(tx, accountId, activityId, errorNo)
      })
    const last = errors.at(-1)
    if (!last) return
    after = [last[0], last[1]]
  }
}

// The error stays, so that it is counted as before; it names nobody.
async function forgetError(tx: Tx, accountId: number, activityId: string, errorNo: number): Promise<void> {
  await tx.run(sql`
    update activity_error set email = '', message = 'The contact of this line was erased'
    where account_id = ${accountId} and activity_id = ${activityId} and error_no = ${errorNo}`)
}
