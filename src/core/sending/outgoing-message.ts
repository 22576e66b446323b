// One message of the outbox, for whoever waits for it or asks what became of it.

import type { Reader } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'
import { NotFoundError } from '../../errors.ts'
import type { OutgoingKey, OutgoingState } from './outgoing.ts'

export interface MessageState {
  state: OutgoingState
  sendId: string
  attempts: number
  /** When it is tried next; null when it is over, or somebody is at it. */
  dueAt: number | null
  endedAt: number | null
  /** Why, or the last words of the server that refused it. */
  reply: string | null
  status: string | null
}

/** Throws NotFoundError. */
export async function getMessage(db: Reader, accountId: number, key: OutgoingKey): Promise<MessageState> {
  const row = await db.one<MessageState>(sql`
    select state, send_id as "sendId", attempts, due_at as "dueAt", ended_at as "endedAt", reply, status from outgoing
    where campaign_id = ${key.campaignId} and contact_id = ${key.contactId} and send_no = ${key.sendNo} and account_id = ${accountId}`)
  if (!row) throw new NotFoundError('there is no such message')
  return row
}
