// What a contact may see and change of itself: the lists it is on or could be on. Used by the preference page.

import type { Db, Reader } from '../../db/db.ts'
import { sql, sqlLimit, sqlList } from '../../db/sql.ts'
import { findSuppression } from '../suppressions/suppression.ts'
import { getContact, getContactToChange } from './contact.ts'
import type { ContactStatus } from './contact.ts'
import { changeContactIn } from './write-contact.ts'

interface ListChoice {
  listId: number
  name: string
  isOn: boolean
}

export interface Preferences {
  email: string
  status: ContactStatus
  /** True when choosing lists brings no mail: for a reason that is not the contact's own opt-out. */
  isBlocked: boolean
  lists: ListChoice[]
}

/** More than anybody can choose from on a page; nobody is taken off one that is not shown. */
const maxLists = 200

/** Throws NotFoundError. */
export async function getPreferences(db: Reader, accountId: number, contactId: number): Promise<Preferences> {
  const { email, status } = await getContact(db, accountId, contactId)
  const suppression = await findSuppression(db, accountId, email)
  return {
    email,
    status,
    isBlocked: suppression !== undefined && suppression.reason !== 'optout',
    lists: await listChoices(db, accountId, await listHeld(db, accountId, contactId)),
  }
}

/**
 * Puts the contact on those of the shown lists that it chose and takes it off the others. What was not shown stays, and
 * what it may not see it can't choose. Choosing one after an opt-out is an opt-in. Throws NotFoundError.
 */
export function chooseLists(
  db: Db,
  accountId: number,
  contactId: number,
  { shown, chosen }: { shown: readonly number[]; chosen: readonly number[] },
  now: number,
): Promise<void> {
  return db.transaction(async (tx) => {
    await getContactToChange(tx, accountId, contactId)
    const held = await listHeld(tx, accountId, contactId)
    const choices = await listChoices(tx, accountId, held)
    const wanted = choices.filter(({ listId, isOn }) => (shown.includes(listId) ? chosen.includes(listId) : isOn))
    const unseen = held.filter((listId) => !choices.some((choice) => choice.listId === listId))
    const isSame = choices.every((choice) => choice.isOn === wanted.includes(choice))
    if (isSame) return
    const listIds = [...wanted.map(({ listId }) => listId), ...unseen]
    await changeContactIn(tx, accountId, contactId, { fields: { profile: {} }, by: 'contact', listIds }, now)
  })
}

async function listHeld(db: Reader, accountId: number, contactId: number): Promise<number[]> {
  const rows = await db.tuples<[listId: number]>(
    sql`select list_id from membership where contact_id = ${contactId} and +account_id = ${accountId}`,
  )
  return rows.map(([listId]) => listId)
}

// The lists it is on, and those that are offered to everybody: the names of others may be nobody's business.
async function listChoices(db: Reader, accountId: number, held: readonly number[]): Promise<ListChoice[]> {
  const rows = await db.all<{ listId: number; name: string }>(sql`
    select list_id as "listId", name from list
    where account_id = ${accountId} and (opt_in_default = 1 or list_id in ${sqlList(held)})
    order by sort_order, list_id ${sqlLimit(maxLists)}`)
  return rows.map((row) => ({ ...row, isOn: held.includes(row.listId) }))
}
