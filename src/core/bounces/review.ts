// The review queue: reports that say something, and of which nobody can be sure whom they are about. Nothing follows from
// them until an operator says so. Written by ingest-report.ts, read by the faces.

import { createHash } from 'node:crypto'
import type { Reader, Tx } from '../../db/db.ts'
import { sql, sqlLimit } from '../../db/sql.ts'
import type { Sql } from '../../db/sql.ts'
import { NotFoundError } from '../../errors.ts'
import type { Letter, ReportKind } from '../../mail/bounces/report.ts'
import type { MessageName } from './sent-message.ts'

/**
 * - `unattributed`: nothing in it tells which message it is about. `forged`: it bears a token that we did not seal.
 * - `expired`: the message was sent too long ago to be bouncing now. `low-confidence`: it names a message, and anybody could
 *   have written that. `unparsed`: it came to the address of one message, and nothing in it is a report; or it can't be read.
 */
export type ReviewReason = 'unattributed' | 'forged' | 'expired' | 'low-confidence' | 'unparsed'

/** By what way mail came in. */
export type ReportWay = 'smtp' | 'imap' | 'pipe' | 'http'

/** Stands for the account while nobody knows whose a report is. */
export const nobodysAccount = 0

export interface Review {
  reviewId: string
  accountId: number
  storedAt: number
  receivedAt: number
  reason: ReviewReason
  way: ReportWay
  kind: ReportKind
  letter: Letter | null
  status: string | null
  /** The address it is about, normalized. */
  recipient: string | null
  subject: string | null
  diagnostic: string | null
  envelopeFrom: string | null
  envelopeTo: string | null
  /** Whose it seems to be; all null or none. */
  contactId: number | null
  campaignId: number | null
  sendNo: number | null
}

/** Of a mail that is kept; the rest is cut off. In bytes. */
export const maxKeptBytes = 1024 * 1024
/** Of one account, and of nobody: who floods us with reports pushes out the oldest, and fills no disk. */
export const maxReviews = 1000

const columns: Sql = sql`review_id as "reviewId", account_id as "accountId", stored_at as "storedAt", received_at as "receivedAt",
  reason, way, kind, letter, status, recipient, subject, diagnostic, envelope_from as "envelopeFrom",
  envelope_to as "envelopeTo", contact_id as "contactId", campaign_id as "campaignId", send_no as "sendNo"`

export type NewReview = Omit<Review, 'reviewId' | 'contactId' | 'campaignId' | 'sendNo'> & {
  raw: Uint8Array
  proposal: MessageName | undefined
}

/** The same mail for the same recipient is there once. */
export async function addReview(tx: Tx, review: NewReview): Promise<{ reviewId: string; isNew: boolean }> {
  const { accountId, raw, proposal, ...told } = review
  const reviewId = idOf(review)
  const kept = raw.subarray(0, maxKeptBytes)
  const added = await tx.run(sql`
    insert into bounce_review(review_id, account_id, stored_at, received_at, reason, way, kind, letter, status, recipient,
      subject, diagnostic, envelope_from, envelope_to, contact_id, campaign_id, send_no, raw)
    values (${reviewId}, ${accountId}, ${told.storedAt}, ${told.receivedAt}, ${told.reason}, ${told.way}, ${told.kind},
      ${told.letter}, ${told.status}, ${told.recipient}, ${told.subject}, ${told.diagnostic}, ${told.envelopeFrom},
      ${told.envelopeTo}, ${proposal?.contactId ?? null}, ${proposal?.campaignId ?? null}, ${proposal?.sendNo ?? null}, ${kept})
    on conflict do nothing`)
  if (added > 0) await dropOldest(tx, accountId)
  return { reviewId, isNew: added > 0 }
}

function idOf({ accountId, raw, envelopeTo }: NewReview): string {
  const digest = createHash('sha256')
    .update(`${accountId} ${envelopeTo ?? ''}\0`)
    .update(raw)
  return digest.digest('hex').slice(0, 16)
}

async function dropOldest(tx: Tx, accountId: number): Promise<void> {
  const [count] = await tx.tuples<[count: number]>(
    sql`select count(*) from bounce_review where account_id = ${accountId}`,
  )
  const tooMany = count![0] - maxReviews
  if (tooMany <= 0) return
  const oldest = await tx.tuples<[reviewId: string]>(sql`
    select review_id from bounce_review where account_id = ${accountId} order by stored_at, review_id ${sqlLimit(tooMany)}`)
  for (const [reviewId] of oldest) await removeReview(tx, accountId, reviewId)
}

/** The newest first; `after` is the last one already shown. */
export function listReviews(
  db: Reader,
  accountId: number,
  page: { after?: Pick<Review, 'storedAt' | 'reviewId'> | undefined; limit: number },
): Promise<Review[]> {
  const after = page.after ?? { storedAt: Number.MAX_SAFE_INTEGER, reviewId: '' }
  return db.all<Review>(sql`
    select ${columns} from bounce_review
    where account_id = ${accountId} and (stored_at, review_id) < (${after.storedAt}, ${after.reviewId})
    order by stored_at desc, review_id desc ${sqlLimit(page.limit)}`)
}

export function findReview(
  db: Reader,
  accountId: number,
  reviewId: string,
): Promise<(Review & { raw: Uint8Array }) | undefined> {
  return db.one<Review & { raw: Uint8Array }>(
    sql`select ${columns}, raw from bounce_review where review_id = ${reviewId} and account_id = ${accountId}`,
  )
}

/** Throws NotFoundError. */
export async function getReview(
  db: Reader,
  accountId: number,
  reviewId: string,
): Promise<Review & { raw: Uint8Array }> {
  const row = await findReview(db, accountId, reviewId)
  if (!row) throw new NotFoundError(`there is no report ${reviewId} to review`)
  return row
}

/** False when there was none. */
export async function removeReview(tx: Tx, accountId: number, reviewId: string): Promise<boolean> {
  const removed = await tx.run(
    sql`delete from bounce_review where review_id = ${reviewId} and account_id = ${accountId}`,
  )
  return removed > 0
}

/** Those of the account that are or may be about the contact; `nobodysAccount` has some too. */
export function listReviewsOf(
  db: Reader,
  accountId: number,
  contact: { contactId: number; email: string },
): Promise<Review[]> {
  return db.all<Review>(sql`
    select ${columns} from bounce_review
    where account_id = ${accountId} and (contact_id = ${contact.contactId} or recipient = ${contact.email})
    order by stored_at, review_id`)
}

/** Of all accounts, and of nobody. */
export async function countReviews(db: Reader): Promise<number> {
  const [row] = await db.tuples<[count: number]>(sql`select count(*) from bounce_review where stored_at > 0`)
  return row![0]
}
