// What a contact may see and change of itself: the lists it is on or could be on. Used by the preference page.

import type { Db, Reader } from '../../db/db.ts'
import { sql, sqlLimit } from '../../db/sql.ts'
import { findSuppression } from '../suppressions/suppression.ts'
import { getContact, getContactToChange } from './contact.ts'
import type { ContactStatus } from './contact.ts'
import { changeContactIn } from './write-contact.ts'

export interface ListChoice {
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
    lists: await listChoices(db, accountId, contactId),
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
    const choices = await listChoices(tx, accountId, contactId)
    const wanted = choices.filter(({ listId, isOn }) => (shown.includes(listId) ? chosen.includes(listId) : isOn))
    const held = await tx.tuples<[listId: number]>(
      sql`select list_id from membership where contact_id = ${contactId} and account_id = ${accountId}`,
    )
    const seen = new Set(choices.map(({ listId }) => listId))
    const unseen = held.flatMap(([listId]) => (seen.has(listId) ? [] : [listId]))
    const isSame = choices.every((choice) => choice.isOn === wanted.includes(choice))
    if (isSame) return
    const listIds = [...wanted.map(({ listId }) => listId), ...unseen]
    await changeContactIn(tx, accountId, contactId, { fields: { profile: {} }, by: 'contact', listIds }, now)
  })
}

// The lists it is on, and those that are offered to everybody: the names of others may be nobody's business.
function listChoices(db: Reader, accountId: number, contactId: number): Promise<ListChoice[]> {
  return db
    .all<{ listId: number; name: string; isOn: number }>(
      sql`
    select l.list_id as "listId", l.name, case when m.list_id is null then 0 else 1 end as "isOn"
    from list l left join membership m on m.contact_id = ${contactId} and m.account_id = l.account_id and m.list_id = l.list_id
    where l.account_id = ${accountId} and (m.list_id is not null or l.opt_in_default = 1)
    order by l.sort_order, l.list_id ${sqlLimit(maxLists)}`,
    )
    .then((rows) => rows.map((row) => ({ ...row, isOn: row.isOn === 1 })))
}
