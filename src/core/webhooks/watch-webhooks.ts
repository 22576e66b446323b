// How webhooks are doing on the whole server, for whoever watches it. Read by metrics.ts.

import type { Reader } from '../../db/db.ts'
import { sql, sqlLimit } from '../../db/sql.ts'
import { readReceived } from '../events/feed.ts'
import type { FeedPosition } from '../events/feed.ts'
import { countPending } from './webhook.ts'

export interface WebhookNumbers {
  active: number
  /** Active, and accepting nothing. */
  failing: number
  disabled: number
  /** Events that failed and are tried again. */
  waiting: number
  /** When the oldest event was recorded that an active endpoint was not tried with yet; undefined: there is none. */
  oldestUntriedAt: number | undefined
}

/** So many endpoints are looked at; of more, those that are due first. */
const maxEndpoints = 500

interface Row {
  accountId: number
  endpointId: string
  failingSince: number | null
  position: string
}

export async function watchWebhooks(db: Reader): Promise<WebhookNumbers> {
  const active = await db.all<Row>(sql`
    select account_id as "accountId", endpoint_id as "endpointId", failing_since as "failingSince", position from webhook_endpoint
    where state = 'active' and due_at >= 0 order by due_at ${sqlLimit(maxEndpoints)}`)
  const disabled = await db.one<{ count: number }>(
    sql`select count(*) as count from webhook_endpoint where state = 'disabled' and account_id > 0`,
  )
  const numbers: WebhookNumbers = {
    active: active.length,
    failing: active.filter(({ failingSince }) => failingSince !== null).length,
    disabled: disabled!.count,
    waiting: 0,
    oldestUntriedAt: undefined,
  }
  for (const { accountId, endpointId, position } of active) {
    numbers.waiting += await countPending(db, accountId, endpointId)
    const [next] = await readReceived(db, accountId, { behind: JSON.parse(position) as FeedPosition, limit: 1 })
    if (next) numbers.oldestUntriedAt = Math.min(next.recordedAt, numbers.oldestUntriedAt ?? Infinity)
  }
  return numbers
}
