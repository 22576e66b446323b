// Messages that are no campaign's: an answer to an order, a password mail, a test, a campaign sent on to a friend. They wait
// in the same outbox and, where they are a contact's own, stand on the same timeline.

import { createHash } from 'node:crypto'
import type { Reader, Tx } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'
import { ConflictError, InvalidInputError } from '../../errors.ts'
import { createCampaign } from '../campaigns/campaign.ts'
import { findRunToChange, saveRun } from './campaign-run.ts'
import type { OutgoingKey } from './outgoing.ts'
import { uuidV7 } from './uuid-v7.ts'
import { getUsualTracking } from '../tracking/consent.ts'

/**
 * - `single`: the contact's own, asked for by what it did; opting out of campaigns does not stop it.
 * - `test`: a campaign as somebody at the account sees it. `forward`: as a friend of a contact gets it. Neither is an event.
 */
type MessagePurpose = 'single' | 'test' | 'forward'

/** What is kept until it is handed over. */
export interface SingleMessage {
  purpose: MessagePurpose
  subject: string
  html?: string | undefined
  text?: string | undefined
  from: { email: string; name?: string | undefined }
  replyTo?: string | undefined
  /** For its templates. */
  data?: Readonly<Record<string, unknown>> | undefined
}

export interface NewSingleMessage extends SingleMessage {
  campaignId: number
  /** Whose timeline it is on; of tests and forwards, who it is made for. */
  contactId: number
  /** Where it is not the contact's own address. */
  recipient?: string | undefined
}

/** Bytes of one message with its data. */
const maxBytes = 2_000_000
/** Characters of an idempotency key. */
const maxKey = 255

/** Puts it into the outbox, to be handed over at once. */
export async function queueMessage(
  tx: Tx,
  accountId: number,
  { campaignId, contactId, recipient, ...message }: NewSingleMessage,
  now: number,
): Promise<OutgoingKey & { sendId: string }> {
  const text = JSON.stringify(message)
  if (text.length > maxBytes) throw new InvalidInputError(`a message takes up to ${maxBytes} characters`)
  await openRun(tx, accountId, campaignId, now)
  const sendNo = await nextSendNo(tx, accountId, campaignId, contactId)
  const sendId = uuidV7(now)
  await tx.run(sql`
    insert into outgoing(campaign_id, contact_id, send_no, account_id, state, due_at, attempts, send_id, recipient, message)
    values (${campaignId}, ${contactId}, ${sendNo}, ${accountId}, 'pending', ${now}, 0, ${sendId}, ${recipient ?? null}, ${text})`)
  return { campaignId, contactId, sendNo, sendId }
}

/**
 * The same once for each key: the same request again returns what the first one queued, another request under the key is a
 * ConflictError, a key that is empty or too long an InvalidInputError. Keys are remembered for 24 hours or longer.
 */
export async function queueOnce(
  tx: Tx,
  accountId: number,
  key: string,
  message: NewSingleMessage,
  now: number,
): Promise<OutgoingKey & { sendId: string; isNew: boolean }> {
  if (key === '' || key.length > maxKey) throw new InvalidInputError(`a key has 1 to ${maxKey} characters`, 'key')
  const digest = createHash('sha256').update(JSON.stringify(message)).digest('base64url')
  // Two at once go one after the other.
  await tx.one(sql`select account_id from account where account_id = ${accountId} ${tx.forUpdate}`)
  const held = await findByKey(tx, accountId, key)
  if (held && held.digest !== digest)
    throw new ConflictError(`the key ${JSON.stringify(key)} was used for another message`)
  if (held) return { ...held, isNew: false }
  const queued = await queueMessage(tx, accountId, message, now)
  await tx.run(sql`
    insert into outgoing_key(account_id, key, digest, campaign_id, contact_id, send_no, created_at)
    values (${accountId}, ${key}, ${digest}, ${queued.campaignId}, ${queued.contactId}, ${queued.sendNo}, ${now})`)
  return { ...queued, isNew: true }
}

/** What a key queued, as long as keys are remembered; undefined when nothing is known of it. */
export async function findByKey(
  db: Reader,
  accountId: number,
  key: string,
): Promise<(OutgoingKey & { digest: string; sendId: string }) | undefined> {
  const held = await db.one<OutgoingKey & { digest: string }>(sql`
    select digest, campaign_id as "campaignId", contact_id as "contactId", send_no as "sendNo" from outgoing_key
    where account_id = ${accountId} and key = ${key}`)
  if (!held) return undefined
  const row = await db.one<{ sendId: string }>(sql`
    select send_id as "sendId" from outgoing where campaign_id = ${held.campaignId} and contact_id = ${held.contactId}
      and send_no = ${held.sendNo} and account_id = ${accountId}`)
  return { ...held, sendId: row?.sendId ?? '' }
}

/** The campaign that keeps the account's single messages under this name, made if there is none. */
export async function findOrCreateTransactional(tx: Tx, accountId: number, name: string, now: number): Promise<number> {
  await tx.one(sql`select account_id from account where account_id = ${accountId} ${tx.forUpdate}`)
  const held = await tx.one<{ campaignId: number }>(sql`
    select campaign_id as "campaignId" from campaign
    where account_id = ${accountId} and name = ${name} and kind = 'transactional' and status <> 'deleted'`)
  if (held) return held.campaignId
  return createCampaign(tx, accountId, {
    tracking: await getUsualTracking(tx, accountId),
    name,
    kind: 'transactional',
    status: 'running',
    datedAt: now,
    editedAt: null,
    lastRunAt: now,
    nextRunAt: null,
    content: {},
  })
}

// A campaign that is not under way, such as one that is tested, is only looked through for messages of their own.
async function openRun(tx: Tx, accountId: number, campaignId: number, now: number): Promise<void> {
  const run = await findRunToChange(tx, accountId, campaignId)
  if (run && run.state !== 'done') return
  const begun = run ?? { campaignId, accountId, runNo: 0, startedAt: now, frozenAt: null, problem: null }
  await saveRun(tx, { ...begun, state: 'trailing', endedAt: null })
}

async function nextSendNo(tx: Tx, accountId: number, campaignId: number, contactId: number): Promise<number> {
  const row = await tx.one<{ last: number | null }>(sql`
    select max(send_no) as last from outgoing
    where campaign_id = ${campaignId} and contact_id = ${contactId} and +account_id = ${accountId}`)
  const sent = await tx.one<{ last: number | null }>(sql`
    select max(send_no) as last from send
    where contact_id = ${contactId} and campaign_id = ${campaignId} and +account_id = ${accountId}`)
  // 0 is the campaign's own message.
  return Math.max(row?.last ?? 0, sent?.last ?? 0) + 1
}
