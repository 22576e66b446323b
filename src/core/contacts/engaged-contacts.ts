// Contacts by what they did lately: looks through the collection, so many contacts at a time, and says how far it came. Called
// by faces/web.

import type { Reader } from '../../db/db.ts'
import { sql, sqlLimit } from '../../db/sql.ts'
import type { Sql } from '../../db/sql.ts'
import { eventIdTime, eventKinds } from '../events/event.ts'
import type { EventKind } from '../events/event.ts'
import { exceptHidden, isJudged } from '../verdicts/hidden.ts'
import type { ContactStatus } from './contact.ts'

/** What people did; `silent` neither opened nor clicked. Machines count for nothing. */
export const engagements = ['opened', 'clicked', 'silent', 'bounced', 'complained', 'unsubscribed'] as const
export type Engagement = (typeof engagements)[number]

export interface ContactFilter {
  status?: ContactStatus | undefined
  listId?: number | undefined
  engagement?: Engagement | undefined
  /** Since when; ever, when absent. */
  since?: number | undefined
  /** The last contact already looked at. */
  before?: number | undefined
  limit: number
}

export interface FilteredContact {
  contactId: number
  email: string
  firstName: string
  lastName: string
  status: ContactStatus
  createdAt: number
  /** When it was last seen opening or clicking. */
  openedAt: number | undefined
  clickedAt: number | undefined
}

export interface FilteredPage {
  contacts: FilteredContact[]
  /** The last contact looked at, where there are more. */
  next: number | undefined
  examined: number
}

/** Looked at for one page, at most. */
const maxExamined = 2000
const perRead = 250

/** Highest id first. */
export async function filterContacts(db: Reader, accountId: number, filter: ContactFilter): Promise<FilteredPage> {
  const contacts: FilteredContact[] = []
  let before = filter.before ?? Number.MAX_SAFE_INTEGER
  let examined = 0
  const size = filter.engagement ? perRead : filter.limit + 1
  for (;;) {
    const rows = await readSome(db, accountId, filter, before, size)
    for (const [i, row] of rows.entries()) {
      if (contacts.length === filter.limit) return { contacts, next: before, examined: examined + i }
      before = row.contactId
      if (isWanted(row, filter)) contacts.push(toContact(row))
    }
    examined += rows.length
    if (rows.length < size) return { contacts, next: undefined, examined }
    if (examined >= maxExamined) return { contacts, next: before, examined }
  }
}

interface Row {
  contactId: number
  email: string
  firstName: string
  lastName: string
  status: ContactStatus
  createdAt: number
  opened: number | null
  clicked: number | null
  other: number | null
}

const others: Readonly<Partial<Record<Engagement, EventKind>>> = {
  bounced: 'bounce',
  complained: 'complaint',
  unsubscribed: 'optout',
}

function readSome(
  db: Reader,
  accountId: number,
  { status, listId, engagement }: ContactFilter,
  before: number,
  size: number,
): Promise<Row[]> {
  const kind = engagement && others[engagement]
  const columns = sql`c.contact_id as "contactId", c.email, c.first_name as "firstName", c.last_name as "lastName", c.status,
    c.created_at as "createdAt", ${latest(accountId, 'open')} as opened, ${latest(accountId, 'click')} as clicked,
    ${kind ? latest(accountId, kind) : sql`null`} as other`
  const ofStatus = status === undefined ? sql`` : sql`and c.status = ${status}`
  const from =
    listId === undefined
      ? sql`contact c where c.account_id = ${accountId} and c.contact_id < ${before} ${ofStatus} order by c.contact_id desc`
      : sql`membership m join contact c on c.contact_id = m.contact_id
          where m.account_id = ${accountId} and m.list_id = ${listId} and m.contact_id < ${before} ${ofStatus} order by m.contact_id desc`
  return db.all<Row>(sql`select ${columns} from ${from} ${sqlLimit(size)}`)
}

// The beginning of the contact's range of this kind, which lies together.
function latest(accountId: number, kind: EventKind): Sql {
  return sql`(select e.event_id from event e
    where e.contact_id = c.contact_id and e.kind = ${eventKinds[kind]} and +e.account_id = ${accountId} ${isJudged(kind) ? exceptHidden(['machine', 'proxy']) : sql``}
    order by e.event_id desc limit 1)`
}

function isWanted({ opened, clicked, other }: Row, { engagement, since = 0 }: ContactFilter): boolean {
  const isSince = (eventId: number | null): boolean => eventId !== null && eventIdTime(eventId) >= since
  switch (engagement) {
    case undefined:
      return true
    case 'opened':
      return isSince(opened)
    case 'clicked':
      return isSince(clicked)
    case 'silent':
      return !isSince(opened) && !isSince(clicked)
    case 'bounced':
    case 'complained':
    case 'unsubscribed':
      return isSince(other)
  }
}

function toContact({ opened, clicked, other: _other, ...contact }: Row): FilteredContact {
  return {
    ...contact,
    openedAt: opened === null ? undefined : eventIdTime(opened),
    clickedAt: clicked === null ? undefined : eventIdTime(clicked),
  }
}
