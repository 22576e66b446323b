// Takes one contact of an imported history in. Called by import-contacts.ts and the demo.

import { isDeepStrictEqual } from 'node:util'
import type { Tx } from '../../db/db.ts'
import { allocateIds, reserveId } from '../../db/ids.ts'
import { sql } from '../../db/sql.ts'
import { ConflictError } from '../../errors.ts'
import { addMembership } from '../lists/membership.ts'
import { findOrCreateList } from '../lists/write-list.ts'
import { findContactToChange } from './contact.ts'
import type { Contact } from './contact.ts'
import { insertContact, updateContact } from './store-contact.ts'

/** Absent fields keep what the contact has, or take the default of a new one. `email` must be normalized. */
export type ImportedContact = Partial<Contact> & { email: string; lists?: readonly string[] | undefined }

/**
 * Creates the contact, or brings the one of this address to what is given. A contact that is Do Not Mail stays so.
 * Throws ConflictError when the id given belongs to another address, or the address to another id.
 */
export async function importContact(
  tx: Tx,
  accountId: number,
  given: ImportedContact,
  now: number,
): Promise<'new' | 'updated' | 'same'> {
  const { lists = [], ...fields } = given
  const held = await findContactToChange(tx, accountId, given.email)
  if (held && given.contactId !== undefined && held.contactId !== given.contactId) {
    throw new ConflictError(`this address belongs to contact ${held.contactId}, not ${given.contactId}`)
  }
  const contact = held ? mergeContact(held, fields) : newContact(await contactIdFor(tx, fields), fields, now)
  const isChanged = !held || !isDeepStrictEqual(contact, held)
  if (isChanged)
    await (held
      ? updateContact(tx, accountId, { ...contact, updatedAt: fields.updatedAt ?? now })
      : insertContact(tx, accountId, contact))
  let isJoined = false
  // Who opted out is on no list (wire-2008 2.6).
  for (const name of contact.status === 'do-not-mail' ? [] : lists) {
    const listId = await findOrCreateList(tx, accountId, name, now)
    const membership = { listId, optInAt: contact.optInAt ?? now, optInSource: contact.optInSource ?? 'customer' }
    isJoined = (await addMembership(tx, accountId, contact.contactId, membership)) || isJoined
  }
  if (!held) return 'new'
  return isChanged || isJoined ? 'updated' : 'same'
}

/** What is given over what is held. */
export function mergeContact(held: Contact, given: Partial<Contact>): Contact {
  const status = held.status === 'do-not-mail' ? held.status : (given.status ?? held.status)
  return { ...held, ...given, status, profile: { ...held.profile, ...given.profile } }
}

async function contactIdFor(tx: Tx, { contactId }: Partial<Contact>): Promise<number> {
  if (contactId === undefined) return allocateIds(tx, 'contact', 1, 1)
  if (await tx.one(sql`select 1 from contact where contact_id = ${contactId}`))
    throw new ConflictError(`contact id ${contactId} is taken`)
  if (await tx.one(sql`select 1 from erasure where contact_id = ${contactId}`))
    throw new ConflictError(`contact id ${contactId} belonged to a contact that was erased`)
  await reserveId(tx, 'contact', contactId, 1)
  return contactId
}

/** What is given over the defaults of a new contact. */
export function newContact(contactId: number, given: Partial<Contact> & { email: string }, now: number): Contact {
  const createdAt = given.createdAt ?? given.optInAt ?? now
  return {
    status: 'active',
    emailType: 'html',
    firstName: '',
    lastName: '',
    confirmed: false,
    optInAt: createdAt,
    optInSource: 'customer',
    optOutAt: null,
    optOutSource: null,
    optOutReason: null,
    updatedAt: createdAt,
    profile: {},
    ...given,
    contactId,
    createdAt,
  }
}
