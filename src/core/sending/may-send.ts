// Whether contacts may have mail now: asked when recipients are written down, and again right before each message.

import type { Reader } from '../../db/db.ts'
import { findSecret } from '../../db/secret.ts'
import { inParts, sql, sqlList } from '../../db/sql.ts'
import type { ContactStatus } from '../contacts/contact.ts'
import type { Hold } from '../suppressions/hold.ts'
import { findHolds } from '../suppressions/hold.ts'
import { hashAddress, suppressionSecret } from '../suppressions/suppression.ts'

export type Refusal = { why: 'skipped'; reply: string } | { why: 'held'; reply: string; hold: Hold }

interface Recipient {
  contactId: number
  email: string
  status: ContactStatus
}

/** Why not, for those that may not; `isWanted` is mail that the contact itself asked for, such as an answer to an order. */
export async function findRefusals(
  db: Reader,
  accountId: number,
  recipients: readonly Recipient[],
  now: number,
  { isWanted = false } = {},
): Promise<Map<number, Refusal>> {
  const refusals = new Map<number, Refusal>()
  const holds = await findHolds(
    db,
    accountId,
    recipients.map(({ contactId }) => contactId),
    now,
  )
  const suppressed = await findSuppressed(db, accountId, recipients)
  for (const { contactId, email, status } of recipients) {
    const hold = holds.get(contactId)
    const reason = suppressed.get(email)
    if (!isWanted && status !== 'active') refusals.set(contactId, skip(statusWords[status]))
    // An opt-out is from what the owner sends, not from what the contact asks for.
    else if (reason !== undefined && !(isWanted && reason === 'optout')) {
      if (reason !== 'bounce' || !hold)
        refusals.set(contactId, skip(reasonWords[reason] ?? `the address is suppressed: ${reason}`))
    }
    if (hold && !refusals.has(contactId))
      refusals.set(contactId, {
        why: 'held',
        reply: `suspended: mail to it came back (${hold.code}): ${hold.message}`,
        hold,
      })
  }
  return refusals
}

const statusWords: Readonly<Record<ContactStatus, string>> = {
  active: '',
  unconfirmed: 'the contact has not confirmed',
  removed: 'the contact is on no list',
  'do-not-mail': 'the contact has opted out',
}

const reasonWords: Readonly<Record<string, string>> = {
  optout: 'the address has opted out',
  manual: 'the address is suppressed by the owner',
  bounce: 'the address is suppressed: mail to it came back for good',
  complaint: 'the address complained about mail',
  erased: 'the address was erased',
}

function skip(reply: string): Refusal {
  return { why: 'skipped', reply }
}

async function findSuppressed(
  db: Reader,
  accountId: number,
  recipients: readonly Recipient[],
): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  // Most accounts have none, and pay for no digests.
  const any = await db.one(sql`select 1 from suppression where account_id = ${accountId} limit 1`)
  const key = any === undefined ? undefined : await findSecret(db, suppressionSecret)
  if (!key) return found
  const emails = new Map(recipients.map(({ email }) => [hashAddress(key, email), email]))
  for (const part of inParts([...emails.keys()], 512)) {
    const rows = await db.tuples<[hash: string, reason: string]>(sql`
      select address_hash, reason from suppression where account_id = ${accountId} and address_hash in ${sqlList(part)}`)
    for (const [hash, reason] of rows) found.set(emails.get(hash)!, reason)
  }
  return found
}
