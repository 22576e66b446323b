// Adds the contacts of an uploaded file to lists, and fills in what its columns say (wire-2008 7.1). Run as a job.

import { isDeepStrictEqual } from 'node:util'
import type { Tx } from '../../db/db.ts'
import { allocateIds } from '../../db/ids.ts'
import { findContactIds, findContacts } from '../contacts/contact.ts'
import type { Contact } from '../contacts/contact.ts'
import { insertContact, insertContacts, replaceContact } from '../contacts/store-contact.ts'
import { erasedMessage, findErased } from '../suppressions/erased-addresses.ts'
import { hasList } from '../lists/list.ts'
import { addMemberships } from '../lists/membership.ts'
import type { ActivityError } from './activity.ts'
import { readContactRow, sentence } from './contact-row.ts'
import type { ContactRow } from './contact-row.ts'
import type { Row } from './read-rows.ts'
import type { ActivityRun } from './step.ts'

/** Stores the rows and says which lines could not be taken, and how many could. Atomic with `tx`. */
export async function addContacts(
  tx: Tx,
  { accountId, run }: ActivityRun,
  listIds: readonly number[],
  rows: readonly Row[],
): Promise<{ transactions: number; errors: ActivityError[] }> {
  const errors: ActivityError[] = []
  const good: ContactRow[] = []
  for (const row of rows) {
    const read = readContactRow(row)
    if ('message' in read) errors.push(read)
    else good.push(read)
  }
  // A list that was deleted meanwhile takes nobody.
  const lists: number[] = []
  for (const listId of listIds) if (await hasList(tx, accountId, listId)) lists.push(listId)
  const refused = await storeContacts(tx, accountId, good, lists, run.now())
  return { transactions: good.length - refused.length, errors: inLineOrder([...errors, ...refused]) }
}

async function storeContacts(
  tx: Tx,
  accountId: number,
  rows: readonly ContactRow[],
  listIds: readonly number[],
  now: number,
): Promise<ActivityError[]> {
  const ids = await findContactIds(tx, accountId, [...new Set(rows.map(({ email }) => email))])
  const found = await findContacts(tx, accountId, [...ids.values()])
  const held = new Map([...found.values()].map((contact) => [contact.email, contact]))
  const erased = await findErased(tx, accountId, [...new Set(rows.map(({ email }) => email))])
  const isRefused = ({ email }: ContactRow): boolean => erased.has(email)
  const { after, errors } = mergeRows(
    held,
    rows.filter((row) => !isRefused(row)),
    now,
  )
  errors.push(...rows.filter(isRefused).map((row) => ({ ...row, message: sentence(erasedMessage) })))
  const newcomers = [...after.values()].filter(({ email }) => !held.has(email))
  const firstId = newcomers.length > 0 ? await allocateIds(tx, 'contact', newcomers.length, 1) : 0
  newcomers.forEach((contact, i) => (contact.contactId = firstId + i))
  if (tx.isRemote && newcomers.length > 0) await insertContacts(tx, accountId, newcomers)
  else for (const contact of newcomers) await insertContact(tx, accountId, contact)
  const contactIds = [...after.values()].map(({ contactId }) => contactId)
  const optIn = { optInAt: now, optInSource: 'customer' as const }
  const joined = await addMemberships(tx, accountId, contactIds, listIds, optIn)
  for (const [email, contact] of after) {
    const before = held.get(email)
    // Who asks what changed since a time means memberships too (wire-2008 2.2).
    const isChanged = before && (joined.has(contact.contactId) || !isDeepStrictEqual(contact, before))
    if (isChanged) await replaceContact(tx, accountId, { ...contact, updatedAt: now }, before)
  }
  return errors
}

/** What the contacts are after the rows, by address; those who opted out stay as they are, and are told as errors. */
function mergeRows(
  held: ReadonlyMap<string, Contact>,
  rows: readonly ContactRow[],
  now: number,
): { after: Map<string, Contact>; errors: ActivityError[] } {
  const after = new Map<string, Contact>()
  const errors: ActivityError[] = []
  for (const row of rows) {
    // Later lines of one address add to what earlier ones said.
    const contact = after.get(row.email) ?? held.get(row.email)
    if (contact?.status === 'do-not-mail')
      errors.push({ ...row, message: 'This contact opted out: only the contact itself can change that' })
    else after.set(row.email, merge(contact ?? newContact(0, row.email, now), row, now))
  }
  return { after, errors }
}

function newContact(contactId: number, email: string, now: number): Contact {
  return {
    contactId,
    email,
    status: 'active',
    emailType: 'html',
    firstName: '',
    lastName: '',
    confirmed: false,
    optInAt: now,
    optInSource: 'customer',
    optOutAt: null,
    optOutSource: null,
    optOutReason: null,
    createdAt: now,
    updatedAt: now,
    profile: {},
  }
}

// Empty cells say nothing. Who was on no list is on one now.
function merge(held: Contact, { fields, profile }: ContactRow, now: number): Contact {
  const again =
    held.status === 'removed' ? { status: 'active' as const, optInAt: now, optInSource: 'customer' as const } : {}
  return { ...held, ...again, ...fields, profile: { ...held.profile, ...profile } }
}

function inLineOrder(errors: ActivityError[]): ActivityError[] {
  return errors.map(({ line, email, message }) => ({ line, email, message })).toSorted((a, b) => a.line - b.line)
}
