// A contact as people name one in a field: by address or by id. Used where a form asks for one.

import { findContactByEmail, findContacts } from '../../core/contacts/contact.ts'
import type { Contact } from '../../core/contacts/contact.ts'
import type { Member } from './visit.ts'

export async function findNamedContact({ app, accountId }: Member, text: string): Promise<Contact | undefined> {
  const name = text.trim()
  if (name.includes('@')) return findContactByEmail(app.db, accountId, name)
  if (!/^\d{1,15}$/.test(name)) return undefined
  return (await findContacts(app.db, accountId, [Number(name)])).get(Number(name))
}
