// Everything the store has of a contact, for the contact itself (GDPR 15, 20): some rows at a time, however many there are.
// Called by the command line.

import type { Reader } from '../../db/db.ts'
import { sql, sqlLimit } from '../../db/sql.ts'
import { listReviewsOf } from '../bounces/review.ts'
import type { Review } from '../bounces/review.ts'
import { kindFromNumber } from '../events/event.ts'
import type { EventKind } from '../events/event.ts'
import { listHistory } from '../events/history.ts'
import type { HistoryEvent, HistoryPosition } from '../events/history.ts'
import { hitKinds } from '../tracking/hit.ts'
import type { HitKind } from '../tracking/hit.ts'

/** Rows read at a time. */
const perRead = 500

/** What the contact did, oldest first. */
export async function* readEvents(db: Reader, accountId: number, contactId: number): AsyncGenerator<HistoryEvent> {
  let after: HistoryPosition | undefined
  do {
    const page = await listHistory(db, accountId, { contactId, order: 'oldest-first', after, limit: perRead })
    yield* page.events
    after = page.next
  } while (after)
}

interface SendRow {
  campaignId: number
  sendNo: number
  messageId: string
  sentAt: number
}

/** The messages it was sent, by campaign. */
export function readSends(db: Reader, accountId: number, contactId: number): AsyncGenerator<SendRow> {
  return inPages((after: SendRow | undefined) =>
    db.all<SendRow>(sql`
      select campaign_id as "campaignId", send_no as "sendNo", message_id as "messageId", sent_at as "sentAt" from send
      where contact_id = ${contactId} and +account_id = ${accountId}
        and (campaign_id, send_no) > (${after?.campaignId ?? 0}, ${after?.sendNo ?? -1})
      order by campaign_id, send_no ${sqlLimit(perRead)}`),
  )
}

/** The reports that may be about it and that nobody has decided on. */
export async function* readReviews(
  db: Reader,
  accountId: number,
  contact: { contactId: number; email: string },
): AsyncGenerator<Review> {
  yield* await listReviewsOf(db, accountId, contact)
}

interface ForwardRow {
  campaignId: number
  sendNo: number
  count: number
}

/** To how many friends it forwarded each mail. */
export function readForwards(db: Reader, accountId: number, contactId: number): AsyncGenerator<ForwardRow> {
  return inPages((after: ForwardRow | undefined) =>
    db.all<ForwardRow>(sql`
      select campaign_id as "campaignId", send_no as "sendNo", count from forward_count
      where contact_id = ${contactId} and +account_id = ${accountId}
        and (campaign_id, send_no) > (${after?.campaignId ?? 0}, ${after?.sendNo ?? -1})
      order by campaign_id, send_no ${sqlLimit(perRead)}`),
  )
}

interface MessageRow {
  campaignId: number
  sendNo: number
  state: string
  sendId: string
  attempts: number
  endedAt: number | null
  reply: string | null
  message: string | null
}

/** The messages that wait for it in the outbox or were there, with what became of each; by campaign. */
export function readMessages(db: Reader, accountId: number, contactId: number): AsyncGenerator<MessageRow> {
  return inPages((after: MessageRow | undefined) =>
    db.all<MessageRow>(sql`
      select campaign_id as "campaignId", send_no as "sendNo", state, send_id as "sendId", attempts, ended_at as "endedAt", reply, message
      from outgoing
      where contact_id = ${contactId} and +account_id = ${accountId}
        and (campaign_id, send_no) > (${after?.campaignId ?? 0}, ${after?.sendNo ?? -1})
      order by campaign_id, send_no ${sqlLimit(perRead)}`),
  )
}

interface ConsentRow {
  consentNo: number
  tracking: string
  source: string
  wording: string
  at: number
}

/** What it agreed to, oldest first. */
export function readConsents(db: Reader, accountId: number, contactId: number): AsyncGenerator<ConsentRow> {
  return inPages((after: ConsentRow | undefined) =>
    db.all<ConsentRow>(sql`
      select consent_no as "consentNo", tracking, source, wording, at from consent
      where contact_id = ${contactId} and +account_id = ${accountId} and consent_no > ${after?.consentNo ?? 0}
      order by consent_no ${sqlLimit(perRead)}`),
  )
}

interface VerdictRow {
  kind: EventKind
  eventId: number
  verdict: string
  reasons: string
  judgedAt: number
}

/** Who or what each event was taken for. */
export async function* readVerdicts(db: Reader, accountId: number, contactId: number): AsyncGenerator<VerdictRow> {
  type Row = Omit<VerdictRow, 'kind'> & { kind: number }
  const rows = inPages((after: Row | undefined) =>
    db.all<Row>(sql`
      select kind, event_id as "eventId", verdict, reasons, judged_at as "judgedAt" from verdict
      where contact_id = ${contactId} and +account_id = ${accountId}
        and (kind, event_id) > (${after?.kind ?? 0}, ${after?.eventId ?? 0})
      order by kind, event_id ${sqlLimit(perRead)}`),
  )
  for await (const row of rows) yield { ...row, kind: kindFromNumber(row.kind) }
}

interface HitRow {
  hitId: number
  kind: HitKind
  campaignId: number
  linkNo: number
  at: number
  method: string
  ip: string | null
  userAgent: string
  headers: Record<string, string>
}

const hitWords = new Map(Object.entries(hitKinds).map(([word, number]) => [number as number, word as HitKind]))

/** The requests of its mail programs, as long and as much of them as is kept. */
export async function* readHits(db: Reader, accountId: number, contactId: number): AsyncGenerator<HitRow> {
  type Row = Omit<HitRow, 'kind' | 'headers'> & { kind: number; headers: string | null }
  const rows = inPages((after: Row | undefined) =>
    db.all<Row>(sql`
      select hit_id as "hitId", kind, campaign_id as "campaignId", link_no as "linkNo", at, method, ip,
        user_agent as "userAgent", headers from hit
      where contact_id = ${contactId} and +account_id = ${accountId} and hit_id > ${after?.hitId ?? -1}
      order by hit_id ${sqlLimit(perRead)}`),
  )
  for await (const { kind, headers, ...row } of rows)
    yield { ...row, kind: hitWords.get(kind)!, headers: headers ? (JSON.parse(headers) as Record<string, string>) : {} }
}

async function* inPages<Row>(read: (after: Row | undefined) => Promise<Row[]>): AsyncGenerator<Row> {
  for (let after: Row | undefined; ;) {
    const page = await read(after)
    yield* page
    if (page.length < perRead) return
    after = page.at(-1)
  }
}
