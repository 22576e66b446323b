// Takes a stream of events or contacts in that a client sends, window by window, and says of each what became of it. Sending
// it again changes nothing. Called by the JSON API.

import type { Db } from '../../db/db.ts'
import { findContactIds } from '../contacts/contact.ts'
import type { EventKind } from '../events/event.ts'
import { applyWindow } from './apply.ts'
import type { Outcome } from './apply.ts'
import type { ImportEntry } from './read-lines.ts'

export interface Ingested {
  line: number
  outcome: Outcome | 'rejected'
  contactId?: number
  /** Of events: which one it is. */
  event?: { kind: EventKind; eventId: number }
  /** Of what was rejected: why, and where in the line, from 1. */
  reason?: string
  column?: number
}

/** Sorted and stored together: many of them share pages of the store, few of them fit into memory ten times. */
const windowLines = 5000
/** A window of long lines is stored earlier. In characters. */
const maxWindowText = 2 * 2 ** 20

/** Answers for each window, in the order of its lines. What was answered for is stored. */
export async function* ingest(
  db: Db,
  accountId: number,
  batches: AsyncIterable<readonly ImportEntry[]>,
  now: () => number,
): AsyncGenerator<Ingested[]> {
  let window: ImportEntry[] = []
  let windowText = 0
  for await (const batch of batches) {
    for (const entry of batch) {
      window.push(entry)
      windowText += entry.text.length
      if (window.length < windowLines && windowText < maxWindowText) continue
      yield await ingestWindow(db, accountId, window, now())
      window = []
      windowText = 0
    }
  }
  if (window.length > 0) yield await ingestWindow(db, accountId, window, now())
}

async function ingestWindow(
  db: Db,
  accountId: number,
  window: readonly ImportEntry[],
  now: number,
): Promise<Ingested[]> {
  const outcomes = await applyWindow(db, accountId, window, { now, rejectedIds: new Set(), source: 'api' })
  const contactIds = await idsOf(db, accountId, window, outcomes)
  return window.map((entry) => {
    const { line, item, problem, stored } = entry
    const outcome = outcomes.get(entry)
    if (problem || !item || !outcome)
      return {
        line,
        outcome: 'rejected',
        reason: problem?.message ?? 'nothing is known of it',
        column: problem?.column ?? 1,
      }
    if (item.type === 'event')
      return { line, outcome, contactId: stored!.contactId, event: { kind: item.event.kind, eventId: stored!.eventId } }
    const contactId = item.type === 'contact' ? contactIds.get(item.contact.email) : undefined
    return { line, outcome, ...(contactId !== undefined && { contactId }) }
  })
}

async function idsOf(
  db: Db,
  accountId: number,
  window: readonly ImportEntry[],
  outcomes: ReadonlyMap<ImportEntry, Outcome>,
): Promise<Map<string, number>> {
  const emails = window.flatMap((entry) =>
    entry.item?.type === 'contact' && outcomes.has(entry) ? [entry.item.contact.email] : [],
  )
  return emails.length > 0 ? findContactIds(db, accountId, emails) : new Map()
}
