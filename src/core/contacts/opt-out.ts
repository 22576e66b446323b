// A contact that wants no more mail: its status, its lists, the event and the suppression of its address, all or nothing.
// Called by the pages that readers see, by one-click requests and by the old wire.

import type { Db, Tx } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'
import type { EventSource } from '../events/event.ts'
import { record } from '../events/record.ts'
import { addSuppression } from '../suppressions/suppression.ts'
import { getContactToChange } from './contact.ts'
import type { ActionBy, Contact } from './contact.ts'
import { updateContact } from './store-contact.ts'

export interface OptOut {
  /** Who asked. */
  by: ActionBy
  /** By what way, such as `one-click`. */
  source: string
  /** When it was asked, epoch ms. */
  at: number
  /** The campaign whose mail it was asked from; without one there is no event. */
  campaignId?: number | undefined
  /** In the words of who asked. */
  reason?: string | undefined
  /** By whom we know, where it is not by a page of ours, and what makes it itself there. */
  told?: { source: EventSource; key: string } | undefined
}

/** Takes the contact off all lists for good; the record stays. Doing it again changes nothing. Throws NotFoundError. */
export async function optOutContact(db: Db, accountId: number, contactId: number, optOut: OptOut): Promise<void> {
  await db.transaction((tx) => optOutIn(tx, accountId, contactId, optOut, optOut.at))
}

/**
 * The same inside the caller's transaction, `now` being later than what was asked where it had to wait. False when the
 * contact wanted no mail before, or wants it again since.
 */
export async function optOutIn(
  tx: Tx,
  accountId: number,
  contactId: number,
  optOut: OptOut,
  now: number,
): Promise<boolean> {
  const held = await getContactToChange(tx, accountId, contactId)
  if (held.status === 'do-not-mail') {
    await suppress(tx, accountId, held, optOut, now)
    return false
  }
  if (isOvertaken(held, optOut)) return false
  if (!(await recordOptOut(tx, accountId, contactId, optOut, now))) return false
  await tx.run(sql`delete from membership where contact_id = ${contactId} and +account_id = ${accountId}`)
  await updateContact(tx, accountId, {
    ...held,
    status: 'do-not-mail',
    optOutAt: optOut.at,
    optOutSource: optOut.by,
    optOutReason: optOut.reason ?? null,
    updatedAt: now,
  })
  await suppress(tx, accountId, held, optOut, now)
  return true
}

// What waited, or came twice, must not undo what the contact itself asked for later.
function isOvertaken(held: Contact, { at }: OptOut): boolean {
  return held.optInSource === 'contact' && held.optInAt !== null && held.optInAt > at
}

/** False when this very request was carried out before. */
async function recordOptOut(
  tx: Tx,
  accountId: number,
  contactId: number,
  { by, at, campaignId, reason, told }: OptOut,
  now: number,
): Promise<boolean> {
  if (campaignId === undefined) return true
  const known = told ?? { source: 'own', key: undefined }
  const event = { contactId, campaignId, kind: 'optout', at, by, message: reason, ...known } as const
  const [recorded] = await record(tx, accountId, [event], now)
  return recorded!.outcome !== 'duplicate'
}

async function suppress(tx: Tx, accountId: number, { email }: Contact, { source }: OptOut, now: number): Promise<void> {
  await addSuppression(tx, accountId, { email, reason: 'optout', source }, now)
}
