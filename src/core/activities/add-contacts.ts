// Adds the contacts of an uploaded file to lists, and fills in what its columns say (wire-2008 7.1). Run as a job.

import { isDeepStrictEqual } from 'node:util'
import type { Tx } from '../../db/db.ts'
import { allocateIds } from '../../db/ids.ts'
import { findContactIds, findContactsById } from '../contacts/contact.ts'
import type { Contact } from '../contacts/contact.ts'
import { insertContact, updateContact } from '../contacts/store-contact.ts'
import { hasList } from '../lists/list.ts'
import { addMembership } from '../lists/membership.ts'
import type { ActivityError } from './activity.ts'
import { readContactRow } from './contact-row.ts'
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
  const held = await findContactsById(tx, accountId, [...ids.values()])
  const known = new Map([...held].map((contact) => [contact.email, contact]))
  const newcomers = new Set(rows.map(({ email }) => email).filter((email) => !known.has(email)))
  let nextId = newcomers.size > 0 ? await allocateIds(tx, 'contact', newcomers.size, 1) : 0
  const errors: ActivityError[] = []
  const changed = new Map<string, Contact>()
  for (const row of rows) {
    const contact = known.get(row.email)
    if (contact?.status === 'do-not-mail') {
      errors.push({ ...row, message: 'This contact opted out: only the contact itself can change that' })
      continue
    }
    // Later lines of one address add to what earlier ones said.
    const after = merge(contact ?? newContact(nextId++, row.email, now), row, now)
    known.set(row.email, after)
    if (!contact || !isDeepStrictEqual(contact, after)) changed.set(row.email, after)
  }
  for (const contact of changed.values())
    await (newcomers.has(contact.email) ? insertContact : updateContact)(tx, accountId, { ...contact, updatedAt: now })
  await joinLists(tx, accountId, rows, { known, changed, listIds, now })
  return errors
}

async function joinLists(
  tx: Tx,
  accountId: number,
  rows: readonly ContactRow[],
  {
    known,
    changed,
    listIds,
    now,
  }: {
    known: ReadonlyMap<string, Contact>
    changed: ReadonlyMap<string, Contact>
    listIds: readonly number[]
    now: number
  },
): Promise<void> {
  for (const email of new Set(rows.map((row) => row.email))) {
    const contact = known.get(email)!
    if (contact.status === 'do-not-mail') continue
    let isJoined = false
    for (const listId of listIds) {
      const membership = { listId, optInAt: now, optInSource: 'customer' as const }
      isJoined = (await addMembership(tx, accountId, contact.contactId, membership)) || isJoined
    }
    // Who asks what changed since a time means memberships too (wire-2008 2.2).
    if (isJoined && !changed.has(email)) await updateContact(tx, accountId, { ...contact, updatedAt: now })
  }
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
