// All that is known of a contact besides its history. Read for contact.ts and its parts.

import { getContact } from '../../core/contacts/contact.ts'
import type { Contact } from '../../core/contacts/contact.ts'
import { findNeighbours } from '../../core/contacts/neighbours.ts'
import { countByWeek, listContactCampaigns, overviewContact } from '../../core/events/contact-overview.ts'
import type { ContactCampaign, KindOverview, WeekCount } from '../../core/events/contact-overview.ts'
import { listHistory } from '../../core/events/history.ts'
import { listMemberships } from '../../core/lists/membership.ts'
import type { Membership } from '../../core/lists/membership.ts'
import { findHolds } from '../../core/suppressions/hold.ts'
import type { Hold } from '../../core/suppressions/hold.ts'
import { findSuppression } from '../../core/suppressions/suppression.ts'
import type { Suppression } from '../../core/suppressions/suppression.ts'
import { getTracking, listConsents } from '../../core/tracking/consent.ts'
import type { Consent, TrackingLevel } from '../../core/tracking/consent.ts'
import { drawnKinds, stripRange, weeks } from './strip-range.ts'
import type { Member } from './visit.ts'

export interface ContactFacts {
  contact: Contact
  memberships: Membership[]
  suppression: Suppression | undefined
  /** In force. */
  hold: Hold | undefined
  tracking: TrackingLevel
  consents: Consent[]
  neighbours: { previous: number | undefined; next: number | undefined }
  overview: KindOverview[]
  campaigns: ContactCampaign[]
  /** What happened in the two years that are drawn. */
  activity: WeekCount[]
  range: { from: number; until: number }
  /** When a person was last behind anything. */
  seenAt: number | undefined
}

export async function readFacts({ app: { db }, accountId, now }: Member, contactId: number): Promise<ContactFacts> {
  const contact = await getContact(db, accountId, contactId)
  const overview = await overviewContact(db, accountId, contactId)
  const lastAt = Math.max(0, ...overview.map((of) => of.lastAt ?? 0))
  const range = stripRange(lastAt, now)
  const [seen] = (
    await listHistory(db, accountId, { contactId, kinds: ['open', 'click', 'forward', 'optout'], hidden: ['machine', 'proxy'], limit: 1 })
  ).events // oxfmt-ignore
  return {
    contact,
    overview,
    range,
    seenAt: seen?.at,
    memberships: await listMemberships(db, accountId, contactId),
    suppression: await findSuppression(db, accountId, contact.email),
    hold: (await findHolds(db, accountId, [contactId], now)).get(contactId),
    tracking: await getTracking(db, accountId, contactId),
    consents: await listConsents(db, accountId, contactId, 5),
    neighbours: await findNeighbours(db, accountId, contactId),
    campaigns: await listContactCampaigns(db, accountId, contactId),
    activity: await countByWeek(db, accountId, contactId, { from: range.from, weeks, kinds: drawnKinds }),
  }
}
