// Contacts: people by e-mail address, within an account. Read by every face.

import type { Reader, Tx } from '../../db/db.ts'
import { inParts, sql, sqlList, sqlLimit } from '../../db/sql.ts'
import type { Sql } from '../../db/sql.ts'
import { NotFoundError } from '../../errors.ts'
import { normalizeEmail } from './email.ts'

export const contactStatuses = ['active', 'unconfirmed', 'removed', 'do-not-mail'] as const
export type ContactStatus = (typeof contactStatuses)[number]

/** The fields nobody searches by, named as on the old wire but for the case. */
export const profileFields = [
  'middleName', 'jobTitle', 'companyName', 'homePhone', 'workPhone', 'addr1', 'addr2', 'addr3', 'city', 'stateCode',
  'stateName', 'countryCode', 'countryName', 'postalCode', 'subPostalCode', 'note',
  'customField1', 'customField2', 'customField3', 'customField4', 'customField5', 'customField6', 'customField7',
  'customField8', 'customField9', 'customField10', 'customField11', 'customField12', 'customField13', 'customField14',
  'customField15',
] as const // oxfmt-ignore
export type ProfileField = (typeof profileFields)[number]
export type Profile = Partial<Record<ProfileField, string>>

/** Who acted: the contact itself, or the account's owner ("customer", as the old wire calls it). */
export type ActionBy = 'contact' | 'customer'

export interface ContactSummary {
  contactId: number
  email: string
  status: ContactStatus
  emailType: 'html' | 'text'
  firstName: string
  lastName: string
  confirmed: boolean
  optInAt: number | null
  optInSource: ActionBy | null
  optOutAt: number | null
  optOutSource: ActionBy | null
  optOutReason: string | null
  createdAt: number
  updatedAt: number
}

export interface Contact extends ContactSummary {
  profile: Profile
}

/** By address in any case; undefined when the account has no such contact. */
export async function findContactByEmail(db: Reader, accountId: number, email: string): Promise<Contact | undefined> {
  const contactId = await findContactId(db, accountId, normalizeEmail(email))
  return contactId === undefined ? undefined : findContact(db, accountId, contactId)
}

async function findContactId(db: Reader, accountId: number, email: string): Promise<number | undefined> {
  const row = await db.one<{ contactId: number }>(
    sql`select contact_id as "contactId" from contact_email where email = ${email} and account_id = ${accountId}`,
  )
  return row?.contactId
}

/** Those of the addresses that the account has, in the order asked for, each once. */
export async function findContactsByEmail(
  db: Reader,
  accountId: number,
  emails: readonly string[],
): Promise<Contact[]> {
  const contacts: Contact[] = []
  for (const email of new Set(emails.map(normalizeEmail))) {
    const contact = await findContactByEmail(db, accountId, email)
    if (contact) contacts.push(contact)
  }
  return contacts
}

/** By id; undefined when the account has no such contact. */
async function findContact(
  db: Reader,
  accountId: number,
  contactId: number,
  lock: Sql = sql``,
): Promise<Contact | undefined> {
  const row = await db.one<FullRow>(sql`
    select ${contactColumns}, profile from contact where contact_id = ${contactId} and account_id = ${accountId} ${lock}`)
  return row && toContact(row)
}

/** By address, for a change in the same transaction: nobody else changes the contact meanwhile. */
export async function findContactToChange(tx: Tx, accountId: number, email: string): Promise<Contact | undefined> {
  const contactId = await findContactId(tx, accountId, email)
  return contactId === undefined ? undefined : findContact(tx, accountId, contactId, tx.forUpdate)
}

/** By id, for a change in the same transaction: nobody else changes the contact meanwhile. Throws NotFoundError. */
export async function getContactToChange(tx: Tx, accountId: number, contactId: number): Promise<Contact> {
  const contact = await findContact(tx, accountId, contactId, tx.forUpdate)
  if (!contact) throw new NotFoundError(`there is no contact ${contactId}`)
  return contact
}

/** Those of the ids that the account has, whole, by id. */
export async function findContacts(
  db: Reader,
  accountId: number,
  contactIds: readonly number[],
): Promise<Map<number, Contact>> {
  const found = new Map<number, Contact>()
  for (const part of inParts(contactIds, 512)) {
    const rows = await db.all<FullRow>(sql`
      select ${contactColumns}, profile from contact where contact_id in ${sqlList(part)} and account_id = ${accountId}`)
    for (const row of rows) found.set(row.contactId, toContact(row))
  }
  return found
}

/** By id; throws NotFoundError. */
export async function getContact(db: Reader, accountId: number, contactId: number): Promise<Contact> {
  const contact = await findContact(db, accountId, contactId)
  if (!contact) throw new NotFoundError(`there is no contact ${contactId}`)
  return contact
}

/** The address alone, for what names a contact in passing; throws NotFoundError. */
export async function getContactEmail(db: Reader, accountId: number, contactId: number): Promise<string> {
  const row = await db.one<{ email: string }>(
    sql`select email from contact where contact_id = ${contactId} and account_id = ${accountId}`,
  )
  if (!row) throw new NotFoundError(`there is no contact ${contactId}`)
  return row.email
}

/** Highest id first; `before` is the last id already shown. */
export async function listContacts(
  db: Reader,
  accountId: number,
  page: { before?: number | undefined; limit: number },
): Promise<ContactSummary[]> {
  const rows = await db.all<ContactRow>(sql`
    select ${contactColumns} from contact where account_id = ${accountId} and contact_id < ${page.before ?? Number.MAX_SAFE_INTEGER}
    order by contact_id desc ${sqlLimit(page.limit)}`)
  return rows.map(toSummary)
}

export interface ChangedQuery {
  /** Changed at or after this time, in details or memberships; epoch ms. */
  since: number
  status?: ContactStatus | undefined
  listId?: number | undefined
  after?: ChangedPosition | undefined
  limit: number
}

interface ChangedPosition {
  updatedAt: number
  contactId: number
}

/** Last changed first. A contact that changes while pages are read moves to the front of the next reading. */
export async function listChangedContacts(
  db: Reader,
  accountId: number,
  query: ChangedQuery,
): Promise<ContactSummary[]> {
  const after = query.after ?? { updatedAt: Number.MAX_SAFE_INTEGER, contactId: 0 }
  const ofStatus = query.status === undefined ? sql`` : sql`and status = ${query.status}`
  const onList =
    query.listId === undefined
      ? sql``
      : sql`and exists (select 1 from membership m where m.contact_id = contact.contact_id and m.list_id = ${query.listId} and +m.account_id = ${accountId})`
  const rows = await db.all<ContactRow>(sql`
    select ${contactColumns} from contact
    where account_id = ${accountId} and updated_at >= ${query.since}
      and (updated_at, contact_id) < (${after.updatedAt}, ${after.contactId}) ${ofStatus} ${onList}
    order by updated_at desc, contact_id desc ${sqlLimit(query.limit)}`)
  return rows.map(toSummary)
}

/** Which of the addresses the account has, as a map from address to id; addresses must be normalized. */
export async function findContactIds(
  db: Reader,
  accountId: number,
  emails: readonly string[],
): Promise<Map<string, number>> {
  const ids = new Map<string, number>()
  for (let i = 0; i < emails.length; i += 512) {
    const rows = await db.all<{ email: string; contactId: number }>(sql`
      select email, contact_id as "contactId" from contact_email
      where email in ${sqlList(emails.slice(i, i + 512))} and account_id = ${accountId}`)
    for (const { email, contactId } of rows) ids.set(email, contactId)
  }
  return ids
}

/** A row with these is a ContactRow. */
export const contactColumns: Sql = sql`contact_id as "contactId", email, status, email_type as "emailType", first_name as "firstName",
  last_name as "lastName", confirmed, opt_in_at as "optInAt", opt_in_source as "optInSource", opt_out_at as "optOutAt",
  opt_out_source as "optOutSource", opt_out_reason as "optOutReason", created_at as "createdAt", updated_at as "updatedAt"`

export type ContactRow = Omit<ContactSummary, 'confirmed'> & { confirmed: number }
type FullRow = ContactRow & { profile: string | null }

function toContact({ profile, ...row }: FullRow): Contact {
  return { ...toSummary(row), profile: profile ? (JSON.parse(profile) as Profile) : {} }
}

export function toSummary(row: ContactRow): ContactSummary {
  return { ...row, confirmed: row.confirmed === 1 }
}
