// A message of ours as it stands when something about it comes back. Read by ingest-report.ts and assign-report.ts.

import type { Tx } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'
import { NotFoundError } from '../../errors.ts'
import { findCampaign } from '../campaigns/campaign.ts'
import type { Campaign } from '../campaigns/campaign.ts'
import { getContactToChange } from '../contacts/contact.ts'
import type { Contact } from '../contacts/contact.ts'
import type { OutgoingState } from '../sending/outgoing.ts'

export interface MessageName {
  accountId: number
  contactId: number
  campaignId: number
  sendNo: number
}

export interface SentMessage extends MessageName {
  contact: Contact
  campaign: Campaign
  /** The UUID that is the left side of its Message-ID; undefined when we did not send it ourselves. */
  sendId: string | undefined
  messageId: string | undefined
  /** When it was last handed over; undefined when the store knows nothing of it. */
  sentAt: number | undefined
  state: OutgoingState | undefined
}

interface OutgoingRow {
  state: OutgoingState
  sendId: string
  firstTriedAt: number | null
  endedAt: number | null
}

/** For a change in the same transaction: nobody else takes in a report about this contact meanwhile. Undefined when the contact or the campaign is gone. */
export async function findSentMessage(tx: Tx, name: MessageName): Promise<SentMessage | undefined> {
  const { accountId, contactId, campaignId, sendNo } = name
  const contact = await findContactToChange(tx, accountId, contactId)
  const campaign = contact && (await findCampaign(tx, accountId, campaignId))
  if (!campaign) return undefined
  const sent = await tx.one<{ messageId: string; sentAt: number }>(sql`
    select message_id as "messageId", sent_at as "sentAt" from send
    where contact_id = ${contactId} and campaign_id = ${campaignId} and send_no = ${sendNo} and account_id = ${accountId}`)
  const outgoing = await tx.one<OutgoingRow>(sql`
    select state, send_id as "sendId", first_tried_at as "firstTriedAt", ended_at as "endedAt" from outgoing
    where campaign_id = ${campaignId} and contact_id = ${contactId} and send_no = ${sendNo} and account_id = ${accountId}`)
  const times = [sent?.sentAt, outgoing?.firstTriedAt, outgoing?.firstTriedAt && outgoing.endedAt].filter(isTime)
  return {
    accountId,
    contactId,
    campaignId,
    sendNo,
    contact,
    campaign,
    sendId: outgoing?.sendId,
    messageId: sent?.messageId ?? messageIdOf(outgoing, campaign),
    sentAt: times.length > 0 ? Math.max(...times) : undefined,
    state: outgoing?.state,
  }
}

async function findContactToChange(tx: Tx, accountId: number, contactId: number): Promise<Contact | undefined> {
  try {
    return await getContactToChange(tx, accountId, contactId)
  } catch (error) {
    if (error instanceof NotFoundError) return undefined
    throw error
  }
}

function isTime(at: number | null | undefined): at is number {
  return typeof at === 'number' && at > 0
}

/** As make-message.ts makes it for what has no sender of its own. */
function messageIdOf(outgoing: OutgoingRow | undefined, { content }: Campaign): string | undefined {
  const domain = content.fromEmail?.slice(content.fromEmail.lastIndexOf('@') + 1)
  return outgoing && domain ? `${outgoing.sendId}@${domain}` : undefined
}
