// Events that an endpoint did not accept yet, each with when it is tried again. Used by deliver.ts.

import type { Reader, Tx } from '../../db/db.ts'
import { sql, sqlLimit } from '../../db/sql.ts'
import { eventKinds, kindFromNumber } from '../events/event.ts'
import type { EventKind } from '../events/event.ts'

export interface EventName {
  contactId: number
  kind: EventKind
  eventId: number
}

export interface Pending extends EventName {
  attempts: number
  failedAt: number
  dueAt: number
}

/** What is due of an endpoint, and how much waits in all. */
export async function listDue(
  db: Reader,
  accountId: number,
  endpointId: string,
  now: number,
  limit: number,
): Promise<Pending[]> {
  const rows = await db.all<Omit<Pending, 'kind'> & { kind: number }>(sql`
    select contact_id as "contactId", kind, event_id as "eventId", attempts, failed_at as "failedAt", due_at as "dueAt"
    from webhook_pending where account_id = ${accountId} and endpoint_id = ${endpointId} and due_at <= ${now}
    order by due_at ${sqlLimit(limit)}`)
  return rows.map((row) => ({ ...row, kind: kindFromNumber(row.kind) }))
}

/** When the next is due; undefined when none waits. */
export async function nextDueAt(db: Reader, accountId: number, endpointId: string): Promise<number | undefined> {
  const row = await db.one<{ dueAt: number }>(sql`
    select due_at as "dueAt" from webhook_pending where account_id = ${accountId} and endpoint_id = ${endpointId}
    order by due_at limit 1`)
  return row?.dueAt
}

export async function savePending(
  tx: Tx,
  accountId: number,
  endpointId: string,
  { contactId, kind, eventId, attempts, failedAt, dueAt }: Pending,
): Promise<void> {
  await tx.run(sql`
    insert into webhook_pending(account_id, endpoint_id, contact_id, kind, event_id, attempts, failed_at, due_at)
    values (${accountId}, ${endpointId}, ${contactId}, ${eventKinds[kind]}, ${eventId}, ${attempts}, ${failedAt}, ${dueAt})
    on conflict (account_id, endpoint_id, contact_id, kind, event_id)
    do update set attempts = excluded.attempts, due_at = excluded.due_at`)
}

export async function deletePending(
  tx: Tx,
  accountId: number,
  endpointId: string,
  { contactId, kind, eventId }: EventName,
): Promise<void> {
  await tx.run(sql`
    delete from webhook_pending
    where account_id = ${accountId} and endpoint_id = ${endpointId} and contact_id = ${contactId}
      and kind = ${eventKinds[kind]} and event_id = ${eventId}`)
}
