// The contacts before and after one, in the order of the collection: highest id first. Read by faces/web.

import type { Reader } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'

export async function findNeighbours(
  db: Reader,
  accountId: number,
  contactId: number,
): Promise<{ previous: number | undefined; next: number | undefined }> {
  const previous = await db.one<{ id: number }>(sql`
    select contact_id as id from contact where account_id = ${accountId} and contact_id > ${contactId}
    order by contact_id limit 1`)
  const next = await db.one<{ id: number }>(sql`
    select contact_id as id from contact where account_id = ${accountId} and contact_id < ${contactId}
    order by contact_id desc limit 1`)
  return { previous: previous?.id, next: next?.id }
}
