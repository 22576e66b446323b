// Stores a window of parsed lines: what events need first, then the events in the order of the ledger's key, so that
// neighbours share pages (docs/decisions/003-clustering.md). Called by import-file.ts.

import { setImmediate, setTimeout } from 'node:timers/promises'
import type { Db, Tx } from '../../db/db.ts'
import { inParts } from '../../db/sql.ts'
import { ConflictError } from '../../errors.ts'
import { importCampaign } from '../campaigns/campaign.ts'
import { findContactIds } from '../contacts/contact.ts'
import { importContacts } from '../contacts/import-contacts.ts'
import { eventKinds } from '../events/event.ts'
import type { EventSource } from '../events/event.ts'
import { record } from '../events/record.ts'
import type { NewEvent, Recorded } from '../events/record.ts'
import { importList } from '../lists/write-list.ts'
import { LineError } from './line.ts'
import type { ImportedEvent, ImportItem } from './line.ts'
import type { ImportEntry } from './read-lines.ts'

export type Outcome = 'new' | 'updated' | 'same'

/** Bounds how long other writers wait. */
const perTransaction = 10_000

/**
 * Stores the entries' items, in several transactions; a line that can't be stored gets its `problem` set. With `known`
 * nothing is stored: the lines are judged as if, with what earlier windows would have created remembered there.
 */
export async function applyWindow(
  db: Db,
  accountId: number,
  entries: readonly ImportEntry[],
  options: { now: number; known?: KnownSoFar | undefined; rejectedIds: Set<number>; source?: EventSource },
): Promise<Map<ImportEntry, Outcome>> {
  const outcomes = new Map<ImportEntry, Outcome>()
  const { now, known, rejectedIds, source = 'import' } = options
  const transaction = known ? rolledBack(db) : db.transaction.bind(db)
  const [before, events] = partition(entries)
  for (const part of inParts(before, perTransaction))
    await transaction((tx) => storeItems(tx, accountId, part, outcomes, now))
  noteContacts(before, rejectedIds, known)

  const resolved = sortByKey(await resolveContacts(db, accountId, events, known, rejectedIds))
  for (const part of inParts(resolved, perTransaction)) {
    await transaction((tx) => storeEvents(tx, accountId, part, outcomes, { now, known, source }))
    // Lets a server that waits for the writer have its turn; within one, others wait in line anyway.
    await (source === 'import' ? setTimeout(2) : setImmediate())
  }
  return outcomes
}

function noteContacts(entries: readonly ImportEntry[], rejectedIds: Set<number>, known: KnownSoFar | undefined): void {
  const acceptedIds = new Set<number>()
  for (const { item, problem } of entries) {
    const contactId = item?.type === 'contact' ? item.contact.contactId : undefined
    if (known && !problem) remember(known, item!)
    if (contactId !== undefined) (problem ? rejectedIds : acceptedIds).add(contactId)
  }
  for (const contactId of acceptedIds) rejectedIds.delete(contactId)
}

/** What a dry run has seen so far; grows with the contacts and campaigns of the input. */
export interface KnownSoFar {
  emails: Set<string>
  contactIds: Set<number>
  campaignIds: Set<number>
}

export function copyOf(known: KnownSoFar): KnownSoFar {
  return {
    emails: new Set(known.emails),
    contactIds: new Set(known.contactIds),
    campaignIds: new Set(known.campaignIds),
  }
}

export function nothingKnown(): KnownSoFar {
  return { emails: new Set(), contactIds: new Set(), campaignIds: new Set() }
}

function remember(known: KnownSoFar, item: ImportItem): void {
  if (item.type === 'campaign') known.campaignIds.add(item.campaign.campaignId)
  if (item.type !== 'contact') return
  known.emails.add(item.contact.email)
  if (item.contact.contactId !== undefined) known.contactIds.add(item.contact.contactId)
}

class RolledBack extends Error {}

function rolledBack(db: Db): (work: (tx: Tx) => Promise<void>) => Promise<void> {
  return async (work) => {
    const rollback = new RolledBack('dry run')
    await db
      .transaction(async (tx) => {
        await work(tx)
        throw rollback
      })
      .catch((error: unknown) => {
        if (error !== rollback) throw error
      })
  }
}

interface EventEntry {
  entry: ImportEntry
  event: ImportedEvent
  contactId: number
}

function partition(entries: readonly ImportEntry[]): [ImportEntry[], ImportEntry[]] {
  const events = entries.filter(({ item }) => item?.type === 'event')
  // Lists before contacts, which may name them; contacts that bring their id before those that get the next free one.
  const rank = (item: ImportItem): number => {
    if (item.type === 'contact') return item.contact.contactId === undefined ? 3 : 2
    return item.type === 'list' ? 0 : 1
  }
  const others = entries.filter(({ item }) => item && item.type !== 'event')
  return [others.toSorted((a, b) => rank(a.item!) - rank(b.item!)), events]
}

async function storeItems(
  tx: Tx,
  accountId: number,
  entries: readonly ImportEntry[],
  outcomes: Map<ImportEntry, Outcome>,
  now: number,
): Promise<void> {
  const isContact = ({ item }: ImportEntry): boolean => item!.type === 'contact'
  const note = (entry: ImportEntry, outcome: Outcome | ConflictError): void => {
    const isRefused = outcome instanceof ConflictError
    // A transaction that is run again may judge otherwise.
    entry.problem = isRefused ? new LineError(outcome.message, 1) : undefined
    if (!isRefused) outcomes.set(entry, outcome)
  }
  for (const entry of entries) {
    if (!isContact(entry)) note(entry, await storeItem(tx, accountId, entry.item!, now).catch(conflict))
  }
  // They stand last in the order of what needs what.
  const contacts = entries.filter(isContact)
  const given = contacts.map(({ item }) => (item as ImportItem & { type: 'contact' }).contact)
  const stored = await importContacts(tx, accountId, given, now)
  contacts.forEach((entry, i) => note(entry, stored[i]!))
}

function conflict(error: unknown): ConflictError {
  if (error instanceof ConflictError) return error
  throw error
}

async function storeItem(tx: Tx, accountId: number, item: ImportItem, now: number): Promise<Outcome> {
  if (item.type === 'campaign') return importCampaign(tx, accountId, item.campaign, now)
  if (item.type === 'list') return (await importList(tx, accountId, item.list, now)) ? 'new' : 'same'
  throw new TypeError('contacts are imported and events are recorded together, not stored one by one')
}

async function resolveContacts(
  db: Db,
  accountId: number,
  entries: readonly ImportEntry[],
  known: KnownSoFar | undefined,
  rejectedIds: ReadonlySet<number>,
): Promise<EventEntry[]> {
  const emails = new Set<string>()
  for (const { item } of entries)
    if (item?.type === 'event' && item.event.email !== undefined) emails.add(item.event.email)
  const ids = await findContactIds(db, accountId, [...emails])
  const resolved: EventEntry[] = []
  for (const entry of entries) {
    const event = (entry.item as ImportItem & { type: 'event' }).event
    const contactId = event.contactId ?? ids.get(event.email!)
    if (event.contactId !== undefined && rejectedIds.has(event.contactId)) {
      entry.problem = new LineError(
        `the line that says who contact ${event.contactId} is was rejected`,
        columnOf(entry, '"contact"'),
      )
    } else if (contactId !== undefined) resolved.push({ entry, event, contactId })
    else if (known?.emails.has(event.email!)) resolved.push({ entry, event, contactId: 0 })
    else entry.problem = new LineError(`no contact has the address ${event.email}`, columnOf(entry, '"email"'))
  }
  return resolved
}

function sortByKey(events: EventEntry[]): EventEntry[] {
  return events.sort(
    (a, b) =>
      a.contactId - b.contactId || eventKinds[a.event.kind] - eventKinds[b.event.kind] || a.event.at - b.event.at,
  )
}

async function storeEvents(
  tx: Tx,
  accountId: number,
  part: readonly EventEntry[],
  outcomes: Map<ImportEntry, Outcome>,
  { now, known, source }: { now: number; known: KnownSoFar | undefined; source: EventSource },
): Promise<void> {
  const recorded = await record(
    tx,
    accountId,
    part.map(({ event, contactId }): NewEvent => {
      event.contactId = contactId
      return Object.assign(event as Partial<NewEvent>, { source }) as NewEvent
    }),
    now,
  )
  recorded.forEach((result, i) => {
    const { entry, event, contactId } = part[i]!
    const outcome = judge(result, contactId, event, known)
    if (outcome instanceof LineError)
      entry.problem = new LineError(outcome.message, columnOf(entry, columnNames[result.outcome] ?? ''))
    else {
      entry.problem = undefined
      if ('eventId' in result) entry.stored = { contactId, eventId: result.eventId }
      outcomes.set(entry, outcome)
    }
  })
}

const columnNames: Partial<Record<Recorded['outcome'], string>> = {
  'unknown-contact': '"contact"',
  'unknown-campaign': '"campaign"',
  'time-out-of-range': '"at"',
  'no-longer-kept': '"at"',
}

function judge(
  result: Recorded,
  contactId: number,
  event: ImportedEvent,
  known: KnownSoFar | undefined,
): Outcome | LineError {
  if (result.outcome === 'new') return 'new'
  if (result.outcome === 'duplicate') return 'same'
  if (result.outcome === 'time-out-of-range')
    return new LineError(`"at": before the year 2000 or more than a day ahead`, 1)
  if (result.outcome === 'no-longer-kept')
    return new LineError(`"at": longer ago than this account keeps events (contrail account retention)`, 1)
  // In a dry run what the input itself defined is not in the store.
  const isContactKnown =
    result.outcome !== 'unknown-contact' || contactId === 0 || known?.contactIds.has(contactId) === true
  if (!isContactKnown) return new LineError(`there is no contact ${contactId}`, 1)
  const isCampaignMissing = result.outcome === 'unknown-campaign' && known?.campaignIds.has(event.campaignId) !== true
  return isCampaignMissing ? new LineError(`there is no campaign ${event.campaignId}`, 1) : 'new'
}

function columnOf(entry: ImportEntry, field: string): number {
  return Math.max(0, entry.text.indexOf(field)) + 1
}
