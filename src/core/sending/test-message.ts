// A campaign as somebody at the account sees it before it goes out: the real mail, to another address, of which no event is
// kept. Called by the faces.

import type { Db, Tx } from '../../db/db.ts'
import { ConflictError, InvalidInputError } from '../../errors.ts'
import { getCampaign } from '../campaigns/campaign.ts'
import { getContact } from '../contacts/contact.ts'
import { findRunToChange } from './campaign-run.ts'
import type { OutgoingKey } from './outgoing.ts'
import { queueMessage } from './single-message.ts'
import { makeHtml, makeText } from './templates.ts'

interface TestRequest {
  campaignId: number
  /** Whose merge data it shows; 0: nobody's. */
  contactId: number
  to: string
}

/** Throws NotFoundError, InvalidInputError, and ConflictError while nothing of the campaign goes out. */
export function queueTest(db: Db, accountId: number, request: TestRequest, now: number): Promise<OutgoingKey> {
  return db.transaction((tx) => queueTestIn(tx, accountId, request, now))
}

/** The same within a transaction. */
export async function queueTestIn(
  tx: Tx,
  accountId: number,
  { campaignId, contactId, to }: TestRequest,
  now: number,
): Promise<OutgoingKey> {
  const { content } = await getCampaign(tx, accountId, campaignId)
  if (contactId !== 0) await getContact(tx, accountId, contactId)
  if (!content.subject || !content.fromEmail || !content.html)
    throw new InvalidInputError('a campaign needs a subject, a sender and HTML before it can be tested')
  const message = {
    purpose: 'test' as const,
    campaignId,
    contactId,
    recipient: to,
    subject: `[Test] ${content.subject}`,
    html: makeHtml(content),
    text: makeText(content),
    from: { email: content.fromEmail, name: content.fromName },
    replyTo: content.replyToEmail,
  }
  const run = await findRunToChange(tx, accountId, campaignId)
  if (run && ['paused', 'freezing', 'cancelling'].includes(run.state))
    throw new ConflictError(`the campaign is ${run.state}: nothing of it goes out now, a test neither`)
  return queueMessage(tx, accountId, message, now)
}
