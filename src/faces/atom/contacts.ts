// Contacts on the old wire, reading half (wire-2008 2.1 to 2.3).

import { findContactsByEmail, getContact, listContacts } from '../../core/contacts/contact.ts'
import { listMemberships } from '../../core/lists/membership.ts'
import { openCursor, sealCursor } from '../../db/page.ts'
import { InvalidInputError } from '../../errors.ts'
import { atomAnswer } from './answer.ts'
import type { Document } from './answer.ts'
import { queryValues } from './asked.ts'
import type { Asked } from './asked.ts'
import { renderContact, renderContactInFeed } from './contact-entry.ts'
import { renderFeed } from './feed.ts'

/** The old service took no more addresses in one query (wire-2008 9.3). */
const maxEmails = 50
const pageSize = 50

/** GET /ws/customers/{u}/contacts, and the same with ?email= up to 50 times or ?next=. */
export async function getContacts(asked: Asked): Promise<Document> {
  const emails = queryValues(asked.query, 'email')
  return emails.length > 0 ? searchByEmail(asked, emails) : listPage(asked)
}

/** GET /ws/customers/{u}/contacts/{id} */
export async function getOneContact(asked: Asked, contactId: number): Promise<Document> {
  const { accountId } = asked.account
  const contact = await getContact(asked.app.db, accountId, contactId)
  return atomAnswer(renderContact(asked, contact, await listMemberships(asked.app.db, accountId, contactId)))
}

// Hits only; an address nobody has is an empty feed (0.13). No address holds a space, so one stood for a plus (0.14).
async function searchByEmail(asked: Asked, emails: readonly string[]): Promise<Document> {
  if (emails.length > maxEmails) throw new InvalidInputError(`one query takes at most ${maxEmails} addresses`, 'email')
  const contacts = await findContactsByEmail(
    asked.app.db,
    asked.account.accountId,
    emails.map((email) => email.replaceAll(' ', '+')),
  )
  return atomAnswer(
    renderFeed(asked, {
      ...frame(asked),
      entries: contacts.map((contact) => renderContactInFeed(asked, contact, 'found by email')),
    }),
  )
}

async function listPage(asked: Asked): Promise<Document> {
  const { db, cursorKey } = asked.app
  const { accountId } = asked.account
  const scope = `2008 contacts ${accountId}`
  const [token] = queryValues(asked.query, 'next')
  const before = token === undefined ? undefined : (openCursor(cursorKey, scope, token) as number)
  const contacts = await listContacts(db, accountId, { before, limit: pageSize + 1 })
  const shown = contacts.slice(0, pageSize)
  const next = contacts.length > pageSize ? sealCursor(cursorKey, scope, shown.at(-1)!.contactId) : undefined
  return atomAnswer(
    renderFeed(asked, {
      ...frame(asked),
      next,
      entries: shown.map((contact) => renderContactInFeed(asked, contact, 'listed')),
    }),
  )
}

function frame(asked: Asked): { title: string; path: string; paging: ['first', 'current'] } {
  return { title: `Contacts for Customer: ${asked.account.username}`, path: '/contacts', paging: ['first', 'current'] }
}
