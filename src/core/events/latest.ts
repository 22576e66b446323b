// What people did last with the latest campaigns: a few entries of each, put in one order. Read by faces/web.

import type { Reader } from '../../db/db.ts'
import { findContacts } from '../contacts/contact.ts'
import { listCampaignHistory } from './campaign-history.ts'
import type { EventKind } from './event.ts'

export interface LatestEvent {
  contactId: number
  email: string
  firstName: string
  lastName: string
  kind: EventKind
  campaignName: string
  at: number
}

/** What contacts do, and senders don't. */
const kinds = ['open', 'click', 'bounce', 'complaint', 'forward', 'optout'] as const satisfies readonly EventKind[]

/** The latest first, at most one of each contact. */
export async function listLatestEvents(
  db: Reader,
  accountId: number,
  campaignIds: readonly number[],
  limit: number,
): Promise<LatestEvent[]> {
  const pages = []
  for (const campaignId of campaignIds) {
    for (const kind of kinds)
      pages.push(
        await listCampaignHistory(db, accountId, {
          campaignId,
          kinds: [kind],
          hidden: ['machine', 'proxy'],
          limit: 2 * limit,
        }),
      )
  }
  const events = pages.flatMap((page) => page.events).toSorted((a, b) => b.at - a.at)
  const firsts = [...new Map(events.toReversed().map((event) => [event.contactId, event])).values()]
  const shown = firsts.toSorted((a, b) => b.at - a.at).slice(0, limit)
  const ids = shown.map(({ contactId }) => contactId)
  const contacts = await findContacts(db, accountId, ids)
  return shown.map(({ contactId, email, kind, campaignName, at }) => {
    const { firstName, lastName } = contacts.get(contactId) ?? { firstName: '', lastName: '' }
    return { contactId, email, firstName, lastName, kind, campaignName, at }
  })
}
