// Why a contact gets no mail, all reasons at once, for people to read. Used by the faces.

import type { Reader } from '../../db/db.ts'
import { findHolds } from './hold.ts'
import { findSuppression } from './suppression.ts'

export interface MailBlock {
  /** A word: `suspended`, or the reason of a suppression. */
  reason: string
  /** In words of whoever caused it. */
  detail: string
  since: number
  /** Null where it ends by somebody's will alone. */
  until: number | null
}

/** None for a contact that mail may be sent to, as far as its address is concerned. */
export async function listMailBlocks(
  db: Reader,
  accountId: number,
  contact: { contactId: number; email: string },
  now: number,
): Promise<MailBlock[]> {
  const suppression = await findSuppression(db, accountId, contact.email)
  const hold = (await findHolds(db, accountId, [contact.contactId], now)).get(contact.contactId)
  return [
    ...(suppression
      ? [{ reason: suppression.reason, detail: suppression.source, since: suppression.at, until: null }]
      : []),
    ...(hold
      ? [{ reason: 'suspended', detail: `${hold.code}: ${hold.message}`, since: hold.since, until: hold.until }]
      : []),
  ]
}
