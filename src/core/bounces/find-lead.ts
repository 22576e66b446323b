// Which message a report without a token of ours may be about: its Message-ID or envelope id, which anybody can have seen or
// made up. Good for a proposal in the review queue and for nothing else. Called by ingest-report.ts.

import type { Reader } from '../../db/db.ts'
import { sql, sqlLimit, sqlList } from '../../db/sql.ts'
import type { Report } from '../../mail/bounces/report.ts'
import { normalizeEmail } from '../contacts/email.ts'
import type { MessageName } from './sent-message.ts'

/** Addresses of a report that are looked for, and contacts with one of them. */
const maxAddresses = 5
const maxContacts = 20

/** The one message to one of the addresses in it that has this id; undefined when there are none or several. */
export async function findLead(
  db: Reader,
  { recipients, clues }: Report,
  onlyAccount: number | undefined,
): Promise<MessageName | undefined> {
  const ids = messageIds(clues)
  if (ids.length === 0) return undefined
  const named = recipients.flatMap(({ recipient, originalRecipient }) => [recipient, originalRecipient])
  const emails = new Set(named.filter((email) => email !== null).map(normalizeEmail))
  const found: MessageName[] = []
  for (const email of [...emails].slice(0, maxAddresses)) {
    const contacts = await db.tuples<[accountId: number, contactId: number]>(
      sql`select account_id, contact_id from contact_email where email = ${email} ${sqlLimit(maxContacts)}`,
    )
    for (const [accountId, contactId] of contacts)
      if (onlyAccount === undefined || accountId === onlyAccount)
        found.push(...(await findSends(db, accountId, contactId, ids)))
  }
  return found.length === 1 ? found[0] : undefined
}

function messageIds({ messageId, envelopeId }: Report['clues']): string[] {
  // Our ENVID is the left side of the Message-ID (core/sending/make-message.ts).
  return [messageId, envelopeId].filter((id) => id !== null && /^[!-~]{8,250}$/.test(id)) as string[]
}

async function findSends(
  db: Reader,
  accountId: number,
  contactId: number,
  ids: readonly string[],
): Promise<MessageName[]> {
  const rows = await db.tuples<[campaignId: number, sendNo: number, messageId: string]>(sql`
    select campaign_id, send_no, message_id from send where contact_id = ${contactId} and +account_id = ${accountId}
    and (message_id in ${sqlList(ids.flatMap((id) => [id, `<${id}>`]))} or substr(message_id, 1, 37) in ${sqlList(ids.map((id) => `${id}@`))})`)
  return rows.map(([campaignId, sendNo]) => ({ accountId, contactId, campaignId, sendNo }))
}
