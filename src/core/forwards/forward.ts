// A mail that a reader sends on to friends by our form. Called by faces/track; the sending itself is handed in by the app.

import { createHmac } from 'node:crypto'
import type { Db, Reader, Tx } from '../../db/db.ts'
import { findOrCreateSecret, findSecret } from '../../db/secret.ts'
import { sql } from '../../db/sql.ts'
import { getAccountSettings } from '../accounts/settings.ts'
import { findCampaign } from '../campaigns/campaign.ts'
import type { CampaignContent } from '../campaigns/campaign.ts'
import { findContactByEmail, getContactToChange } from '../contacts/contact.ts'
import { normalizeEmail } from '../contacts/email.ts'
import { record } from '../events/record.ts'
import { renderForNobody } from '../sending/render-for-nobody.ts'
import { findSender } from '../senders/sender.ts'
import { findSuppression, hashAddress } from '../suppressions/suppression.ts'
import { getCampaignTracking, getTracking, stricter } from '../tracking/consent.ts'
import type { ForwardMailBody } from './compose.ts'
import { addCounts, countLeft, lockCounts } from './limits.ts'
import type { ForwardOf } from './limits.ts'

/**
 * One message to one friend, from the campaign's own sender and without a Reply-To. The friend was promised that its address
 * is not kept: whoever queues it forgets it when the message is handed on or given up.
 */
export interface ForwardMail extends ForwardMailBody {
  campaignId: number
  /** Who forwards it. */
  contactId: number
  from: { name: string | undefined; email: string }
  /** The friend, who is no contact. */
  to: string
  headers: Readonly<Record<string, string>>
}

/** Puts one message into the queue of outgoing mail, in the transaction that notes it. */
export type QueueForward = (tx: Tx, accountId: number, mail: ForwardMail) => Promise<void>

/** A campaign that readers may forward, as somebody gets it who is no contact. */
export interface Forwardable {
  content: CampaignContent
  from: ForwardMail['from']
}

/** Undefined unless the account allows it, the campaign does not forbid it, and its sender is verified. */
export async function findForwardable(
  db: Reader,
  accountId: number,
  campaignId: number,
): Promise<Forwardable | undefined> {
  const campaign = await findCampaign(db, accountId, campaignId)
  if (!campaign || !(await getAccountSettings(db, accountId)).hasForwards) return undefined
  const { content } = campaign
  const { fromEmail, fromName, includeForwardEmail, html, text, subject } = content
  if (includeForwardEmail === 'NO' || fromEmail === undefined || !subject || (html ?? text) === undefined)
    return undefined
  const sender = await findSender(db, accountId, normalizeEmail(fromEmail))
  if (!sender?.verifiedAt) return undefined
  return {
    content: await renderForNobody(db, accountId, campaign),
    from: { name: fromName, email: sender.email },
  }
}

/** Who forwards what, and the IP address it is asked from, if known. */
type Visited = Omit<ForwardOf, 'visitorHash'> & { visitor: string | undefined }

export interface Forward extends Visited, ForwardMailBody {
  from: ForwardMail['from']
  /** Addresses of friends, parsed. */
  friends: readonly string[]
}

/** How many more friends this reader may name now. */
export async function countFriendsLeft(db: Reader, accountId: number, of: Visited, now: number): Promise<number> {
  return countLeft(db, accountId, withHash(of, await findSecret(db, forwardSecret)), now)
}

/**
 * Queues the mail for each friend and notes a `forward` event. Friends who want no mail, or have had this campaign from a
 * reader, count and get nothing. Returns how many could be named where that is fewer than were: then nothing is done. Throws
 * NotFoundError.
 */
export function forward(
  db: Db,
  queue: QueueForward,
  accountId: number,
  given: Forward,
  now: number,
): Promise<'done' | { left: number }> {
  const { contactId, campaignId, from, subject, html, text } = given
  const friends = [...new Set(given.friends)]
  return db.transaction(async (tx) => {
    await getContactToChange(tx, accountId, contactId)
    const key = await findOrCreateSecret(tx, forwardSecret)
    const of = withHash(given, key)
    await lockCounts(tx, accountId, of, now)
    const left = await countLeft(tx, accountId, of, now)
    if (friends.length > left) return { left }
    let queued = 0
    for (const to of friends) {
      const isNew = await noteFriend(tx, accountId, campaignId, hashAddress(key, to), now)
      if (!isNew || !(await wantsMail(tx, accountId, to))) continue
      await queue(tx, accountId, { campaignId, contactId, from, to, subject, html, text, headers })
      queued++
    }
    await addCounts(tx, accountId, of, friends.length, now)
    if (queued > 0 && (await mayBeTold(tx, accountId, contactId, campaignId)))
      await record(
        tx,
        accountId,
        [{ contactId, campaignId, kind: 'forward', at: now, friends: queued, source: 'own' }],
        now,
      )
    return 'done'
  })
}

/** RFC 3834 5: no program is to answer. */
const headers = { 'Auto-Submitted': 'auto-generated' } as const

/** Its name in the table of secrets. */
const forwardSecret = 'forward'

function withHash({ contactId, campaignId, sendNo, visitor }: Visited, key: Uint8Array | undefined): ForwardOf {
  const isKnown = key !== undefined && visitor !== undefined
  const visitorHash = isKnown ? createHmac('sha256', key).update(`visitor\0${visitor}`).digest('hex') : undefined
  return { contactId, campaignId, sendNo, visitorHash }
}

/** False when a reader has sent it there before. */
async function noteFriend(tx: Tx, accountId: number, campaignId: number, hash: string, now: number): Promise<boolean> {
  const added = await tx.run(sql`
    insert into forward_friend(account_id, campaign_id, address_hash, at)
    values (${accountId}, ${campaignId}, ${hash}, ${now}) on conflict do nothing`)
  return added > 0
}

async function wantsMail(tx: Tx, accountId: number, email: string): Promise<boolean> {
  if (await findSuppression(tx, accountId, email)) return false
  return (await findContactByEmail(tx, accountId, email))?.status !== 'do-not-mail'
}

// What a contact or campaign keeps nothing of, or only counts, is forwarded all the same.
async function mayBeTold(tx: Tx, accountId: number, contactId: number, campaignId: number): Promise<boolean> {
  const ofContact = await getTracking(tx, accountId, contactId)
  return stricter(ofContact, await getCampaignTracking(tx, accountId, campaignId)) === 'full'
}
