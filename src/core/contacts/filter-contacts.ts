// Contacts by what they are and by what they did, page by page. Read by the faces.

import { setImmediate } from 'node:timers/promises'
import type { Reader } from '../../db/db.ts'
import { sql, sqlJoin, sqlLimit, sqlList } from '../../db/sql.ts'
import type { Sql } from '../../db/sql.ts'
import { eventKinds, firstEventIdAt } from '../events/event.ts'
import type { EventKind } from '../events/event.ts'
import { findSuppressed } from '../suppressions/suppression.ts'
import { exceptHidden, isJudged } from '../verdicts/hidden.ts'
import type { Hidden } from '../verdicts/hidden.ts'
import { contactColumns, toSummary } from './contact.ts'
import type { ContactRow, ContactStatus, ContactSummary } from './contact.ts'

export interface ContactFilter {
  listId?: number | undefined
  status?: ContactStatus | undefined
  /** Whether the address may get mail. */
  isSuppressed?: boolean | undefined
  /** Who did any of these. */
  did?: readonly EventKind[] | undefined
  /** Who did none of these. */
  didNot?: readonly EventKind[] | undefined
  /** Of what was or was not done, only what came of this campaign. */
  campaignId?: number | undefined
  /** ... only at or after this time, epoch ms. */
  from?: number | undefined
  /** ... only before this time. */
  until?: number | undefined
  /** ... without these verdicts. */
  hidden?: Hidden | undefined
}

export interface FilteredPage {
  contacts: ContactSummary[]
  /** Go on with contacts below this id; undefined on the last page. A page may be short, or empty, and not the last. */
  next: number | undefined
  /** How many were looked at for it. */
  examined: number
}

/** One page looks at no more contacts than this, however few of them fit. */
const maxExamined = 2000
/** Looked at in one statement, between which others have their turn. */
const perStep = 500

/** Highest id first; `before` is where the page before ended. */
export async function filterContacts(
  db: Reader,
  accountId: number,
  filter: ContactFilter,
  page: { before?: number | undefined; limit: number },
): Promise<FilteredPage> {
  const found: ContactSummary[] = []
  const step = isAsking(filter) ? perStep : page.limit + 1
  let before = page.before ?? Number.MAX_SAFE_INTEGER
  for (let examined = 0; examined < maxExamined; examined += step) {
    if (examined > 0) await setImmediate()
    const ids = await listCandidates(db, accountId, filter, before, step)
    found.push(...(await fitting(db, accountId, filter, ids)))
    if (found.length > page.limit) {
      const next = found[page.limit - 1]!.contactId
      return { contacts: found.slice(0, page.limit), next, examined: examined + ids.indexOf(next) + 1 }
    }
    if (ids.length < step) return { contacts: found, next: undefined, examined: examined + ids.length }
    before = ids.at(-1)!
  }
  return { contacts: found, next: before, examined: maxExamined }
}

function isAsking({ did, didNot, isSuppressed, listId, status }: ContactFilter): boolean {
  const hasTwo = listId !== undefined && status !== undefined
  return did !== undefined || didNot !== undefined || isSuppressed !== undefined || hasTwo
}

async function listCandidates(
  db: Reader,
  accountId: number,
  { listId, status }: ContactFilter,
  before: number,
  limit: number,
): Promise<number[]> {
  const from =
    listId === undefined
      ? sql`contact where account_id = ${accountId} ${status === undefined ? sql`` : sql`and status = ${status}`}`
      : sql`membership where account_id = ${accountId} and list_id = ${listId}`
  const rows = await db.tuples<[contactId: number]>(
    sql`select contact_id from ${from} and contact_id < ${before} order by contact_id desc ${sqlLimit(limit)}`,
  )
  return rows.map(([contactId]) => contactId)
}

async function fitting(
  db: Reader,
  accountId: number,
  filter: ContactFilter,
  ids: readonly number[],
): Promise<ContactSummary[]> {
  if (ids.length === 0) return []
  const { status, did, didNot, isSuppressed } = filter
  const conditions = [
    ...(status === undefined ? [] : [sql`and c.status = ${status}`]),
    ...(did ? [sql`and (${sqlJoin(did.map((kind) => happened(filter, kind)), ' or ')})`] : []),
    ...(didNot ?? []).map((kind) => sql`and not ${happened(filter, kind)}`),
  ] // oxfmt-ignore
  const rows = await db.all<ContactRow>(sql`
    select ${contactColumns} from contact c
    where c.contact_id in ${sqlList(ids)} and +c.account_id = ${accountId} ${sqlJoin(conditions, ' ')}
    order by c.contact_id desc`)
  if (isSuppressed === undefined) return rows.map(toSummary)
  const suppressed = await findSuppressed(db, accountId, rows.map(({ email }) => email)) // oxfmt-ignore
  return rows.filter(({ email }) => suppressed.has(email) === isSuppressed).map(toSummary)
}

function happened({ campaignId, from, until, hidden }: ContactFilter, kind: EventKind): Sql {
  const low = from === undefined ? 0 : firstEventIdAt(from)
  const high = until === undefined ? Number.MAX_SAFE_INTEGER : firstEventIdAt(until)
  const ofCampaign = campaignId === undefined ? sql`` : sql`and e.campaign_id = ${campaignId}`
  return sql`exists (select 1 from event e where e.contact_id = c.contact_id and e.kind = ${eventKinds[kind]}
      and e.event_id >= ${low} and e.event_id < ${high} ${ofCampaign} ${isJudged(kind) ? exceptHidden(hidden) : sql``})`
}
