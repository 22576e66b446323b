// Takes one contact of an imported history in. Called by core/imports.

import { isDeepStrictEqual } from 'node:util'
import type { Tx } from '../../db/db.ts'
import { allocateIds, reserveId } from '../../db/ids.ts'
import { sql } from '../../db/sql.ts'
import { ConflictError } from '../../errors.ts'
import { addMembership, findOrCreateList } from '../lists/list.ts'
import { findContactByEmail } from './contact.ts'
import type { Contact } from './contact.ts'

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
  const held = await findContactByEmail(tx, accountId, given.email)
  if (held && given.contactId !== undefined && held.contactId !== given.contactId) {
    throw new ConflictError(`this address belongs to contact ${held.contactId}, not ${given.contactId}`)
  }
  const contact = held ? merge(held, fields) : await newContact(tx, fields, now)
  const isChanged = !held || !isDeepStrictEqual(contact, held)
  if (isChanged)
    await (held
      ? update(tx, accountId, { ...contact, updatedAt: fields.updatedAt ?? now })
      : insert(tx, accountId, contact))
  let isJoined = false
  for (const name of lists) {
    const listId = await findOrCreateList(tx, accountId, name, now)
    const membership = { listId, optInAt: contact.optInAt ?? now, optInSource: contact.optInSource ?? 'customer' }
    isJoined = (await addMembership(tx, accountId, contact.contactId, membership)) || isJoined
  }
  if (!held) return 'new'
  return isChanged || isJoined ? 'updated' : 'same'
}

function merge(held: Contact, given: Partial<Contact>): Contact {
  const status = held.status === 'do-not-mail' ? held.status : (given.status ?? held.status)
  return { ...held, ...given, status, profile: { ...held.profile, ...given.profile } }
}

async function newContact(tx: Tx, given: Partial<Contact> & { email: string }, now: number): Promise<Contact> {
  const contactId = given.contactId ?? (await allocateIds(tx, 'contact', 1, 1))
  if (given.contactId !== undefined) {
    if (await tx.one(sql`select 1 from contact where contact_id = ${contactId}`))
      throw new ConflictError(`contact id ${contactId} is taken`)
    await reserveId(tx, 'contact', contactId)
  }
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

async function insert(tx: Tx, accountId: number, contact: Contact): Promise<void> {
  await tx.run(sql`
    insert into contact(contact_id, account_id, email, status, email_type, first_name, last_name, confirmed,
      opt_in_at, opt_in_source, opt_out_at, opt_out_source, opt_out_reason, created_at, updated_at, profile)
    values (${contact.contactId}, ${accountId}, ${contact.email}, ${contact.status}, ${contact.emailType}, ${contact.firstName},
      ${contact.lastName}, ${Number(contact.confirmed)}, ${contact.optInAt}, ${contact.optInSource}, ${contact.optOutAt},
      ${contact.optOutSource}, ${contact.optOutReason}, ${contact.createdAt}, ${contact.updatedAt}, ${packProfile(contact)})`)
  await tx.run(
    sql`insert into contact_email(email, account_id, contact_id) values (${contact.email}, ${accountId}, ${contact.contactId})`,
  )
}

async function update(tx: Tx, accountId: number, contact: Contact): Promise<void> {
  await tx.run(sql`
    update contact set status = ${contact.status}, email_type = ${contact.emailType}, first_name = ${contact.firstName},
      last_name = ${contact.lastName}, confirmed = ${Number(contact.confirmed)}, opt_in_at = ${contact.optInAt},
      opt_in_source = ${contact.optInSource}, opt_out_at = ${contact.optOutAt}, opt_out_source = ${contact.optOutSource},
      opt_out_reason = ${contact.optOutReason}, created_at = ${contact.createdAt}, updated_at = ${contact.updatedAt},
      profile = ${packProfile(contact)}
    where contact_id = ${contact.contactId} and account_id = ${accountId}`)
}

function packProfile(contact: Contact): string | null {
  return Object.keys(contact.profile).length > 0 ? JSON.stringify(contact.profile) : null
}
