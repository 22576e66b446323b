// Contacts by what they did lately, in the words of the web pages, with when each was last seen. Called by faces/web.

import type { Reader } from '../../db/db.ts'
import { inParts, sql, sqlList } from '../../db/sql.ts'
import type { Sql } from '../../db/sql.ts'
import { eventIdTime, eventKinds } from '../events/event.ts'
import type { EventKind } from '../events/event.ts'
import { exceptHidden } from '../verdicts/hidden.ts'
import type { ContactStatus, ContactSummary } from './contact.ts'
import { filterContacts } from './filter-contacts.ts'
import type { ContactFilter } from './filter-contacts.ts'

/** What people did; `silent` neither opened nor clicked. Machines count for nothing. */
export const engagements = ['opened', 'clicked', 'silent', 'bounced', 'complained', 'unsubscribed'] as const
export type Engagement = (typeof engagements)[number]

export interface EngagementFilter {
  status?: ContactStatus | undefined
  listId?: number | undefined
  engagement?: Engagement | undefined
  /** Since when; ever, when absent. */
  since?: number | undefined
  /** The last contact already looked at. */
  before?: number | undefined
  limit: number
}

export interface EngagedContact extends ContactSummary {
  /** When it was last seen opening or clicking. */
  openedAt: number | undefined
  clickedAt: number | undefined
}

export interface EngagedPage {
  contacts: EngagedContact[]
  /** The last contact looked at, where there are more. */
  next: number | undefined
  examined: number
}

const deeds: Readonly<Record<Engagement, Pick<ContactFilter, 'did' | 'didNot'>>> = {
  opened: { did: ['open'] },
  clicked: { did: ['click'] },
  silent: { didNot: ['open', 'click'] },
  bounced: { did: ['bounce'] },
  complained: { did: ['complaint'] },
  unsubscribed: { did: ['optout'] },
}
const machines = ['machine', 'proxy'] as const

/** Highest id first. */
export async function listEngagedContacts(
  db: Reader,
  accountId: number,
  { engagement, since, before, limit, ...filter }: EngagementFilter,
): Promise<EngagedPage> {
  const did = engagement && { ...deeds[engagement], from: since, hidden: machines }
  const page = await filterContacts(db, accountId, { ...filter, ...did }, { before, limit })
  const seen = await findLastSeen(db, accountId, page.contacts.map(({ contactId }) => contactId)) // oxfmt-ignore
  const contacts = page.contacts.map((contact) => {
    const { opened, clicked } = seen.get(contact.contactId) ?? { opened: null, clicked: null }
    return { ...contact, openedAt: timeOf(opened), clickedAt: timeOf(clicked) }
  })
  return { ...page, contacts }
}

interface Seen {
  contactId: number
  opened: number | null
  clicked: number | null
}

async function findLastSeen(db: Reader, accountId: number, contactIds: readonly number[]): Promise<Map<number, Seen>> {
  const found = new Map<number, Seen>()
  for (const part of inParts(contactIds, 256)) {
    const rows = await db.all<Seen>(sql`
      select c.contact_id as "contactId", ${latest(accountId, 'open')} as opened, ${latest(accountId, 'click')} as clicked
      from contact c where c.contact_id in ${sqlList(part)} and +c.account_id = ${accountId}`)
    for (const row of rows) found.set(row.contactId, row)
  }
  return found
}

// The beginning of the contact's range of this kind, which lies together.
function latest(accountId: number, kind: EventKind): Sql {
  return sql`(select e.event_id from event e
    where e.contact_id = c.contact_id and e.kind = ${eventKinds[kind]} and +e.account_id = ${accountId} ${exceptHidden(machines)}
    order by e.event_id desc limit 1)`
}

function timeOf(eventId: number | null): number | undefined {
  return eventId === null ? undefined : eventIdTime(eventId)
}
