// Takes the contacts of an imported history in, one after the other, or with few statements where each is a round trip.
// Called by core/imports.

import { isDeepStrictEqual } from 'node:util'
import type { Tx } from '../../db/db.ts'
import { allocateIds, reserveId } from '../../db/ids.ts'
import { inParts, sql, sqlList, sqlRows } from '../../db/sql.ts'
import { ConflictError } from '../../errors.ts'
import { findOrCreateList } from '../lists/write-list.ts'
import { erasedMessage, findErased } from '../suppressions/erased-addresses.ts'
import { removeSuppression } from '../suppressions/suppression.ts'
import { findContactIds, findContacts } from './contact.ts'
import type { Contact } from './contact.ts'
import { importContact, mergeContact, newContact } from './import-contact.ts'
import type { ImportedContact } from './import-contact.ts'
import { insertContacts } from './store-contact.ts'

type Outcome = 'new' | 'updated' | 'same' | ConflictError

/** Contacts that are looked up together. */
const perRun = 1000

/** Does for each what importContact does, and answers in the order given; what that throws as a conflict is an answer. */
export async function importContacts(
  tx: Tx,
  accountId: number,
  contacts: readonly ImportedContact[],
  now: number,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  if (tx.isRemote) {
    const lists: KnownLists = new Map()
    for (const run of runsOf(contacts)) outcomes.push(...(await importRun(tx, accountId, run, lists, now)))
  } else {
    const erased = await refuseErased(tx, accountId, contacts)
    for (const given of contacts)
      outcomes.push(erased.has(given) ? new ConflictError(erasedMessage) : await importOne(tx, accountId, given, now))
  }
  return outcomes
}

// Who was erased, unless it came back by itself later; that lets it in again.
async function refuseErased(
  tx: Tx,
  accountId: number,
  contacts: readonly ImportedContact[],
): Promise<Set<ImportedContact>> {
  const refused = new Set<ImportedContact>()
  const emails = contacts.map(({ email }) => email)
  const erased = await findErased(tx, accountId, emails)
  for (const given of contacts) {
    const at = erased.get(given.email)
    if (at === undefined) continue
    if (given.optInSource === 'contact' && (given.optInAt ?? 0) > at)
      await removeSuppression(tx, accountId, given.email, 'erased')
    else refused.add(given)
  }
  return refused
}

function importOne(tx: Tx, accountId: number, given: ImportedContact, now: number): Promise<Outcome> {
  return importContact(tx, accountId, given, now).catch((error: unknown) => {
    if (error instanceof ConflictError) return error
    throw error
  })
}

// None of a run depends on another of it: no address or id twice, and none that brings its id beside one that gets one.
function runsOf(contacts: readonly ImportedContact[]): ImportedContact[][] {
  const runs: ImportedContact[][] = []
  let run: ImportedContact[] = []
  const names = new Set<string | number>()
  for (const given of contacts) {
    const { email, contactId } = given
    const isOther = run.length > 0 && (run[0]!.contactId === undefined) !== (contactId === undefined)
    const isRepeated = names.has(email) || (contactId !== undefined && names.has(contactId))
    if (run.length === 0 || run.length === perRun || isOther || isRepeated) {
      runs.push((run = []))
      names.clear()
    }
    run.push(given)
    names.add(email)
    if (contactId !== undefined) names.add(contactId)
  }
  return runs
}

/** Ids by name, for the length of one import transaction. */
type KnownLists = Map<string, number>

async function importRun(
  tx: Tx,
  accountId: number,
  run: readonly ImportedContact[],
  lists: KnownLists,
  now: number,
): Promise<Outcome[]> {
  const ids = await findContactIds(
    tx,
    accountId,
    run.map(({ email }) => email),
  )
  const held = await findContacts(tx, accountId, [...ids.values()])
  const listsOf = await findListNames(tx, accountId, [...held.keys()])
  const taken = await findTakenIds(tx, run)
  const erased = await refuseErased(tx, accountId, run)
  const outcomes: Outcome[] = []
  let fresh: ImportedContact[] = []
  for (const given of run) {
    const known = held.get(ids.get(given.email) ?? 0)
    if (erased.has(given)) outcomes.push(new ConflictError(erasedMessage))
    else if (known && isSame(known, given, listsOf.get(known.contactId))) outcomes.push('same')
    else if (known) {
      // What it changes, and what it conflicts with, is for importContact to say; lists are numbered in turn.
      await insertFresh(tx, accountId, fresh, lists, now)
      fresh = []
      outcomes.push(await importOne(tx, accountId, given, now))
    } else if (taken.has(given.contactId ?? 0)) {
      outcomes.push(new ConflictError(taken.get(given.contactId ?? 0)!))
    } else {
      fresh.push(given)
      outcomes.push('new')
    }
  }
  await insertFresh(tx, accountId, fresh, lists, now)
  return outcomes
}

function isSame(held: Contact, given: ImportedContact, onLists: ReadonlySet<string> | undefined): boolean {
  const { lists = [], ...fields } = given
  const merged = mergeContact(held, fields)
  const isOnAll = merged.status === 'do-not-mail' || lists.every((name) => onLists?.has(name))
  return isOnAll && isDeepStrictEqual(merged, held)
}

async function insertFresh(
  tx: Tx,
  accountId: number,
  fresh: readonly ImportedContact[],
  lists: KnownLists,
  now: number,
): Promise<void> {
  if (fresh.length === 0) return
  const given = fresh.flatMap(({ contactId }) => contactId ?? [])
  if (given.length > 0) await reserveId(tx, 'contact', Math.max(...given), 1)
  let nextId = given.length < fresh.length ? await allocateIds(tx, 'contact', fresh.length - given.length, 1) : 0
  const contacts = fresh.map(({ lists: _lists, ...fields }) => newContact(fields.contactId ?? nextId++, fields, now))
  await insertContacts(tx, accountId, contacts)
  const rows: (string | number)[][] = []
  for (const [i, { contactId, status, optInAt, optInSource }] of contacts.entries()) {
    // Who opted out is on no list (wire-2008 2.6).
    for (const name of status === 'do-not-mail' ? [] : (fresh[i]!.lists ?? [])) {
      const listId = lists.get(name) ?? (await findOrCreateList(tx, accountId, name, now))
      lists.set(name, listId)
      rows.push([contactId, listId, accountId, optInAt ?? now, optInSource ?? 'customer'])
    }
  }
  for (const part of inParts(rows, 512)) {
    await tx.run(
      sql`insert into membership(contact_id, list_id, account_id, opt_in_at, opt_in_source) values ${sqlRows(part)} on conflict do nothing`,
    )
  }
}

async function findListNames(
  tx: Tx,
  accountId: number,
  contactIds: readonly number[],
): Promise<Map<number, Set<string>>> {
  const names = new Map<number, Set<string>>()
  for (const part of inParts(contactIds, 512)) {
    const rows = await tx.tuples<[contactId: number, name: string]>(sql`
      select m.contact_id, l.name from membership m join list l on l.account_id = m.account_id and l.list_id = m.list_id
      where m.contact_id in ${sqlList(part)} and +m.account_id = ${accountId}`)
    for (const [contactId, name] of rows) names.set(contactId, (names.get(contactId) ?? new Set()).add(name))
  }
  return names
}

// Of any account: an id is given out once. Each with what to say of it.
async function findTakenIds(tx: Tx, run: readonly ImportedContact[]): Promise<Map<number, string>> {
  const taken = new Map<number, string>()
  for (const part of inParts(
    run.flatMap(({ contactId }) => contactId ?? []),
    512,
  )) {
    // oxfmt-ignore
    const rows = await tx.tuples<[id: number]>(sql`select contact_id from contact where contact_id in ${sqlList(part)}`)
    for (const [id] of rows) taken.set(id, `contact id ${id} is taken`)
    const gone = await tx.tuples<[id: number]>(sql`select contact_id from erasure where contact_id in ${sqlList(part)}`)
    for (const [id] of gone) taken.set(id, `contact id ${id} belonged to a contact that was erased`)
  }
  return taken
}
