// Takes an address out of what is kept of webhooks, when its contact is erased. Called by core/erasure.

import { setImmediate } from 'node:timers/promises'
import type { Db } from '../../db/db.ts'
import { sql, sqlLimit } from '../../db/sql.ts'
import { packBody, unpackBody } from './pack-body.ts'

/** Bodies looked through at a time; each may be large. */
const perRead = 20
/** In place of the address; nobody's (RFC 2606 2). */
const nobody = 'erased@erased.invalid'

/**
 * A body that was read to its end goes as a whole; one that something may still be read from loses the address. A body
 * that is being read meanwhile is looked at before: what it tells of the address finds no contact.
 */
export async function forgetAddress(db: Db, accountId: number, email: string): Promise<void> {
  const pattern = patternOf(email)
  for (let after = 0; ;) {
    const entries = await db.tuples<[inboxId: number, state: string, body: Uint8Array]>(sql`
      select inbox_id, state, body from inbox where account_id = ${accountId} and inbox_id > ${after}
      order by inbox_id ${sqlLimit(perRead)}`)
    for (const [inboxId, state, body] of entries) {
      const text = Buffer.from(unpackBody(body)).toString('utf8')
      if (text.search(pattern) < 0) continue
      const left = Buffer.from(state === 'done' ? '[]' : text.replaceAll(pattern, nobody))
      await db.transaction((tx) =>
        tx.run(
          sql`update inbox set body = ${packBody(left)} where inbox_id = ${inboxId} and account_id = ${accountId}`,
        ),
      )
    }
    const last = entries.at(-1)
    if (!last) return
    after = last[0]
    await setImmediate()
  }
}

// As it is, in a form (`%40`), or as JSON may write it (`\u0040`), also within JSON.
function patternOf(email: string): RegExp {
  const [local, domain] = [email.slice(0, email.lastIndexOf('@')), email.slice(email.lastIndexOf('@') + 1)]
  const variants = [RegExp.escape(email), RegExp.escape(encodeURIComponent(email))]
  variants.push(`${RegExp.escape(local)}\\\\+u0040${RegExp.escape(domain)}`)
  return new RegExp(variants.join('|'), 'giu')
}
