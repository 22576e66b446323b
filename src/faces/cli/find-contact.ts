// A contact as people name it on a command line: by address or by id. Used by contact.ts and events.ts.

import { findContactByEmail, getContact } from '../../core/contacts/contact.ts'
import type { Contact } from '../../core/contacts/contact.ts'
import { parseEmail } from '../../core/contacts/email.ts'
import type { Reader } from '../../db/db.ts'
import { InvalidInputError, NotFoundError } from '../../errors.ts'

/** Throws NotFoundError, or InvalidInputError for what is neither an address nor an id. */
export async function getContactNamed(db: Reader, accountId: number, name: string): Promise<Contact> {
  if (/^\d+$/.test(name)) {
    if (!Number.isSafeInteger(Number(name))) throw new NotFoundError(`there is no contact ${name}`)
    return getContact(db, accountId, Number(name))
  }
  if (!name.includes('@')) throw new InvalidInputError(`"${name}" is neither an e-mail address nor an id`, 'contact')
  const email = parseEmail(name)
  const contact = await findContactByEmail(db, accountId, email)
  if (!contact) throw new NotFoundError(`no contact has the address ${email}`)
  return contact
}
