// Contacts on the old wire, writing half (wire-2008 2.4 to 2.6).

import { getContact } from '../../core/contacts/contact.ts'
import { optOutContact } from '../../core/contacts/opt-out.ts'
import { changeContact, createContact } from '../../core/contacts/write-contact.ts'
import { listMemberships } from '../../core/lists/membership.ts'
import { InvalidInputError } from '../../errors.ts'
import { createdAnswer, emptyAnswer } from './answer.ts'
import type { Asked } from './asked.ts'
import { renderContact } from './contact-entry.ts'
import { readContact } from './contact-payload.ts'
import { readEntry } from './read-entry.ts'

/** POST /ws/customers/{u}/contacts: 201 with the whole entry, which clients read. */
export async function postContact(asked: Asked, body: Uint8Array): Promise<Response> {
  const { db } = asked.app
  const { accountId } = asked.account
  const write = readContact(readEntry(body, 'Contact', 'new'), 'new')
  const { email } = write.fields
  if (email === undefined) throw new InvalidInputError('a new contact needs an EmailAddress')
  if (!write.listIds?.length) throw new InvalidInputError('a new contact needs a list', 'ContactLists')
  const contact = await createContact(db, accountId, { ...write, fields: { ...write.fields, email } }, asked.now)
  const memberships = await listMemberships(db, accountId, contact.contactId)
  return createdAnswer(`${asked.idBase}/contacts/${contact.contactId}`, renderContact(asked, contact, memberships))
}

/** PUT /ws/customers/{u}/contacts/{id}: 204. */
export async function putContact(asked: Asked, contactId: number, body: Uint8Array): Promise<Response> {
  const { accountId } = asked.account
  // An unknown contact is 404 whatever was sent.
  await getContact(asked.app.db, accountId, contactId)
  await changeContact(
    asked.app.db,
    accountId,
    contactId,
    readContact(readEntry(body, 'Contact', 'update'), 'update'),
    asked.now,
  )
  return emptyAnswer()
}

/** DELETE /ws/customers/{u}/contacts/{id}: opts the contact out; the record stays (2.6). 204. */
export async function deleteContact(asked: Asked, contactId: number): Promise<Response> {
  const optOut = { by: 'customer', source: 'client', at: asked.now } as const
  await optOutContact(asked.app.db, asked.account.accountId, contactId, optOut)
  return emptyAnswer()
}
