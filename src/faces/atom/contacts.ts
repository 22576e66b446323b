// Contacts on the old wire, reading half (wire-2008 2.1 to 2.3).

import { findContactsByEmail, getContact, listChangedContacts, listContacts } from '../../core/contacts/contact.ts'
import type { ContactStatus, ContactSummary } from '../../core/contacts/contact.ts'
import { listMemberships } from '../../core/lists/membership.ts'
import { openCursor, sealCursor } from '../../db/page.ts'
import type { CursorValue } from '../../db/page.ts'
import { InvalidInputError } from '../../errors.ts'
import { atomAnswer } from './answer.ts'
import type { Document } from './answer.ts'
import { queryValues } from './asked.ts'
import type { Asked } from './asked.ts'
import { renderContact, renderContactInFeed } from './contact-entry.ts'
import { renderFeed } from './feed.ts'
import { systemLists } from './lists.ts'
import { parseWireTime } from './wire-time.ts'

/** The old service took no more addresses in one query (wire-2008 9.3). */
const maxEmails = 50
const pageSize = 50

/** GET /ws/customers/{u}/contacts, and the same with ?email= up to 50 times, ?updatedsince=, ?listtype=, ?listid= or ?next=. */
export async function getContacts(asked: Asked): Promise<Document> {
  const emails = queryValues(asked.query, 'email')
  if (emails.length > 0) return searchByEmail(asked, emails)
  const [token] = queryValues(asked.query, 'next')
  const position = token === undefined ? undefined : openCursor(asked.app.cursorKey, scopeOf(asked), token)
  if (typeof position === 'number') return listPage(asked, position)
  const filter = position ? (position as unknown as ChangedFilter) : readFilter(asked.query)
  return filter ? changedPage(asked, filter) : listPage(asked, undefined)
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

async function listPage(asked: Asked, before: number | undefined): Promise<Document> {
  const contacts = await listContacts(asked.app.db, asked.account.accountId, { before, limit: pageSize + 1 })
  return renderPage(asked, contacts, (last) => last.contactId)
}

/** Of ?updatedsince=, ?listtype= and ?listid= (2.2), with where the page starts. In a token, as these values. */
type ChangedFilter = [since: number, status: ContactStatus | null, listId: number | null, ...after: number[]]

// The token is the whole query of a next link, so the filter travels in it (0b).
async function changedPage(
  asked: Asked,
  [since, status, listId, updatedAt, contactId]: ChangedFilter,
): Promise<Document> {
  const after = updatedAt === undefined || contactId === undefined ? undefined : { updatedAt, contactId }
  const query = { since, status: status ?? undefined, listId: listId ?? undefined, after, limit: pageSize + 1 }
  const contacts = await listChangedContacts(asked.app.db, asked.account.accountId, query)
  return renderPage(asked, contacts, (last) => [since, status, listId, last.updatedAt, last.contactId])
}

function readFilter(query: string): ChangedFilter | undefined {
  const [since] = queryValues(query, 'updatedsince')
  const [listType] = queryValues(query, 'listtype')
  const [listId] = queryValues(query, 'listid')
  if (since === undefined && listType === undefined && listId === undefined) return undefined
  const at = since === undefined ? 0 : parseWireTime(since)
  if (at === undefined)
    throw new InvalidInputError('updatedsince is a time such as 2009-12-01T00:00:00.000Z', 'updatedsince')
  if (listId !== undefined && !/^\d{1,15}$/.test(listId)) throw new InvalidInputError('listid is a number', 'listid')
  const status = listType === undefined ? null : systemLists.get(listType.toLowerCase())?.status
  if (status === undefined) throw new InvalidInputError('listtype is active, removed or do-not-mail', 'listtype')
  return [at, status, listId === undefined ? null : Number(listId)]
}

function renderPage(
  asked: Asked,
  contacts: readonly ContactSummary[],
  positionOf: (last: ContactSummary) => CursorValue,
): Document {
  const shown = contacts.slice(0, pageSize)
  const isMore = contacts.length > pageSize
  const next = isMore ? sealCursor(asked.app.cursorKey, scopeOf(asked), positionOf(shown.at(-1)!)) : undefined
  const entries = shown.map((contact) => renderContactInFeed(asked, contact, 'listed'))
  return atomAnswer(renderFeed(asked, { ...frame(asked), next, entries }))
}

function scopeOf({ account }: Asked): string {
  return `2008 contacts ${account.accountId}`
}

function frame(asked: Asked): { title: string; path: string; paging: ['first', 'current'] } {
  return { title: `Contacts for Customer: ${asked.account.username}`, path: '/contacts', paging: ['first', 'current'] }
}
