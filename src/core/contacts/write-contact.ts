// Contacts as clients create and change them: the rules of who may do what to whom (wire-2008 2.4, 2.5).

import type { Db, Tx } from '../../db/db.ts'
import { allocateIds } from '../../db/ids.ts'
import { sql } from '../../db/sql.ts'
import { ConflictError, ForbiddenError, InvalidInputError } from '../../errors.ts'
import { hasList } from '../lists/list.ts'
import { addMembership } from '../lists/membership.ts'
import { admitAddress } from '../suppressions/erased-addresses.ts'
import { forgetHold } from '../suppressions/hold.ts'
import { removeSuppression } from '../suppressions/suppression.ts'
import { findContactByEmail, getContactToChange } from './contact.ts'
import type { ActionBy, Contact, Profile } from './contact.ts'
import { insertContact, updateContact } from './store-contact.ts'

/** Absent fields stay as they are, empty ones are cleared. `email` must be normalized. */
interface ContactFields {
  email?: string | undefined
  emailType?: 'html' | 'text' | undefined
  firstName?: string | undefined
  lastName?: string | undefined
  profile: Profile
}

export interface ContactWrite {
  fields: ContactFields
  /** Who asks for the change: the contact itself, or the account's owner. */
  by: ActionBy
  /** The lists the contact is on afterwards, and no others; undefined leaves them. */
  listIds?: readonly number[] | undefined
}

type NewContactWrite = ContactWrite & { fields: { email: string } }

/**
 * Throws ConflictError when the account has the address in any status, ForbiddenError when its contact was erased and it
 * is not the contact itself that comes back, InvalidInputError on unknown lists.
 */
export function createContact(db: Db, accountId: number, write: NewContactWrite, now: number): Promise<Contact> {
  return db.transaction((tx) => createContactIn(tx, accountId, write, now))
}

/** The same inside the caller's transaction. */
export async function createContactIn(
  tx: Tx,
  accountId: number,
  { fields, by, listIds = [] }: NewContactWrite,
  now: number,
): Promise<Contact> {
  await checkLists(tx, accountId, listIds)
  if (await findContactByEmail(tx, accountId, fields.email))
    throw new ConflictError('the account has a contact with this address')
  await admitAddress(tx, accountId, fields.email, by)
  const contact: Contact = {
    contactId: await allocateIds(tx, 'contact', 1, 1),
    status: 'active',
    email: fields.email,
    emailType: fields.emailType ?? 'html',
    firstName: fields.firstName ?? '',
    lastName: fields.lastName ?? '',
    confirmed: false,
    optInAt: now,
    optInSource: by,
    optOutAt: null,
    optOutSource: null,
    optOutReason: null,
    createdAt: now,
    updatedAt: now,
    profile: fields.profile,
  }
  await insertContact(tx, accountId, contact)
  for (const listId of listIds)
    await addMembership(tx, accountId, contact.contactId, { listId, optInAt: now, optInSource: by })
  if (by === 'contact') await removeSuppression(tx, accountId, contact.email, 'optout')
  return contact
}

/**
 * Replaces the given fields and, if given, the memberships: then on no list the contact is Removed, on some it is Active. One that is
 * Do Not Mail can only be changed by itself, and may have mail again then. Throws NotFoundError, ForbiddenError,
 * ConflictError, InvalidInputError.
 */
export function changeContact(
  db: Db,
  accountId: number,
  contactId: number,
  write: ContactWrite,
  now: number,
): Promise<void> {
  return db.transaction((tx) => changeContactIn(tx, accountId, contactId, write, now))
}

/** The same inside the caller's transaction. */
export async function changeContactIn(
  tx: Tx,
  accountId: number,
  contactId: number,
  { fields, by, listIds }: ContactWrite,
  now: number,
): Promise<void> {
  const held = await getContactToChange(tx, accountId, contactId)
  await checkLists(tx, accountId, listIds ?? [])
  if (held.status === 'do-not-mail' && by !== 'contact') {
    throw new ForbiddenError(
      'this contact opted out: only the contact itself can change that (OptInSource ACTION_BY_CONTACT)',
    )
  }
  const email = fields.email ?? held.email
  const namesake = email === held.email ? undefined : await findContactByEmail(tx, accountId, email)
  if (namesake) throw new ConflictError('the account has another contact with this address')
  if (email !== held.email) await admitAddress(tx, accountId, email, by)
  await updateContact(tx, accountId, {
    ...held,
    email,
    emailType: fields.emailType ?? held.emailType,
    firstName: fields.firstName ?? held.firstName,
    lastName: fields.lastName ?? held.lastName,
    profile: { ...held.profile, ...fields.profile },
    ...(listIds && statusAfter(held, listIds.length > 0, by, now)),
    updatedAt: now,
  })
  if (email !== held.email) {
    await moveEmail(tx, accountId, held, email)
    await forgetHold(tx, accountId, contactId)
  }
  if (!listIds) return
  await replaceMemberships(tx, accountId, contactId, listIds, { optInAt: now, optInSource: by })
  // Who asks for mail again gets it; complaints and bounces are nobody's to take back.
  if (by === 'contact' && listIds.length > 0) await removeSuppression(tx, accountId, email, 'optout')
}

function statusAfter(held: Contact, isOnList: boolean, by: ActionBy, now: number): Partial<Contact> {
  // Who opted out and is put on no list has changed its details, not its mind.
  if (!isOnList) return held.status === 'do-not-mail' ? {} : { status: 'removed' }
  if (held.status === 'active' || held.status === 'unconfirmed') return {}
  return { status: 'active', optInAt: now, optInSource: by, optOutAt: null, optOutSource: null, optOutReason: null }
}

async function checkLists(tx: Tx, accountId: number, listIds: readonly number[]): Promise<void> {
  for (const listId of listIds) {
    if (!(await hasList(tx, accountId, listId)))
      throw new InvalidInputError(`there is no list ${listId}`, 'ContactLists')
  }
}

async function moveEmail(tx: Tx, accountId: number, held: Contact, email: string): Promise<void> {
  await tx.run(sql`delete from contact_email where email = ${held.email} and account_id = ${accountId}`)
  await tx.run(
    sql`insert into contact_email(email, account_id, contact_id) values (${email}, ${accountId}, ${held.contactId})`,
  )
}

// Lists already held keep their opt-in.
async function replaceMemberships(
  tx: Tx,
  accountId: number,
  contactId: number,
  listIds: readonly number[],
  optIn: { optInAt: number; optInSource: ActionBy },
): Promise<void> {
  const held = await tx.all<{ listId: number }>(
    sql`select list_id as "listId" from membership where contact_id = ${contactId} and +account_id = ${accountId}`,
  )
  for (const { listId } of held) {
    if (listIds.includes(listId)) continue
    await tx.run(
      sql`delete from membership where contact_id = ${contactId} and list_id = ${listId} and account_id = ${accountId}`,
    )
  }
  for (const listId of listIds) await addMembership(tx, accountId, contactId, { listId, ...optIn })
}
