// An operator says whom a report in the review queue is about: then it takes effect as if its token had told. Called by the
// faces.

import type { Db } from '../../db/db.ts'
import { InvalidInputError, NotFoundError } from '../../errors.ts'
import { parseReport } from '../../mail/bounces/parse-report.ts'
import { chooseRecipient } from './ingest-report.ts'
import { getReview, removeReview } from './review.ts'
import { findSentMessage } from './sent-message.ts'
import type { MessageName } from './sent-message.ts'
import { takeEffect } from './take-effect.ts'
import type { Effect } from './take-effect.ts'

/** Takes it out of the queue. Throws NotFoundError, and InvalidInputError for a mail that reports nothing. */
export async function assignReport(
  db: Db,
  queued: { accountId: number; reviewId: string },
  name: MessageName,
  now: number,
): Promise<Effect> {
  const { raw, receivedAt } = await getReview(db, queued.accountId, queued.reviewId)
  const report = await parseReport(raw)
  return db.transaction(async (tx) => {
    // Whoever else assigned or dropped it meanwhile has had the word.
    if (!(await removeReview(tx, queued.accountId, queued.reviewId)))
      throw new NotFoundError(`there is no report ${queued.reviewId} to review`)
    const message = await findSentMessage(tx, name)
    if (!message) throw new NotFoundError('there is no such contact, or no such campaign')
    const reported = chooseRecipient(report, message)
    if (reported.kind === 'none') throw new InvalidInputError('nothing in this mail is a report', 'review')
    return takeEffect(tx, message, reported, receivedAt, now)
  })
}
