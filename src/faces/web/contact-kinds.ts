// How many events of each kind there are to choose from, under the other filters of the page. Used by contact.ts.

import { countedEvents } from '../../core/events/contact-overview.ts'
import { countFiltered } from '../../core/events/filtered-counts.ts'
import type { FilteredCount } from '../../core/events/filtered-counts.ts'
import type { ContactFacts } from './contact-facts.ts'
import { historyQuery, isFiltered } from './contact-query.ts'
import type { ContactQuery } from './contact-query.ts'
import { formatCount } from './numbers.ts'
import type { Member } from './visit.ts'

export type KindChip = FilteredCount

/** Of what the contact ever did, and of the kind that is chosen; the same chips whatever the filters leave of each. */
export async function countKinds(
  { app, accountId, look }: Member,
  { contact, overview }: ContactFacts,
  query: ContactQuery,
): Promise<KindChip[]> {
  const counts = isFiltered({ ...query, kind: undefined })
    ? await countFiltered(app.db, accountId, contact.contactId, historyQuery(contact.contactId, query, look.zone))
    : overview.map(({ kind, count }) => ({ kind, count: Math.min(count, countedEvents), hasMore: count > countedEvents })) // oxfmt-ignore
  const known = new Set(overview.filter(({ count }) => count > 0).map(({ kind }) => kind))
  return counts.filter(({ kind }) => known.has(kind) || kind === query.kind)
}

export function sumOf(chips: readonly KindChip[]): Omit<KindChip, 'kind'> {
  return {
    count: chips.reduce((sum, { count }) => sum + count, 0),
    hasMore: chips.some(({ hasMore }) => hasMore),
  }
}

/** With a plus where nobody counted on. */
export function chipText({ count, hasMore }: Omit<KindChip, 'kind'>): string {
  return `${formatCount(count)}${hasMore ? '+' : ''}`
}
