// Suppressed addresses as people look through them: the latest first, of one reason or of all. Read by faces/web.

import type { Reader } from '../../db/db.ts'
import { sql, sqlLimit } from '../../db/sql.ts'
import type { Suppression, SuppressionReason } from './suppression.ts'

export interface SuppressionPosition {
  at: number
  addressHash: string
}

/** `after` is the last one already shown. */
export function listLatestSuppressions(
  db: Reader,
  accountId: number,
  page: { reason?: SuppressionReason | undefined; after?: SuppressionPosition | undefined; limit: number },
): Promise<Suppression[]> {
  const after = page.after ?? { at: Number.MAX_SAFE_INTEGER, addressHash: '' }
  const ofReason = page.reason === undefined ? sql`` : sql`and reason = ${page.reason}`
  return db.all<Suppression>(sql`
    select address_hash as "addressHash", email, reason, source, at from suppression
    where account_id = ${accountId} ${ofReason} and (at, address_hash) < (${after.at}, ${after.addressHash})
    order by at desc, address_hash desc ${sqlLimit(page.limit)}`)
}
