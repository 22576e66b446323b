// Who of a campaign's contacts did not open it: its sends without an open by a person. Looks through some of them at a time
// and says how far it came. Called by faces/web.

import type { Reader } from '../../db/db.ts'
import { sql, sqlLimit } from '../../db/sql.ts'
import { exceptHidden } from '../verdicts/hidden.ts'
import { eventIdTime, eventKinds } from './event.ts'

interface Recipient {
  contactId: number
  email: string
  at: number
}

interface SendPosition {
  eventId: number
  contactId: number
}

export interface RecipientPage {
  recipients: Recipient[]
  /** The last send looked at, where there are more. */
  next: SendPosition | undefined
}

const perRead = 250
/** Looked at for one page, at most. */
const maxExamined = 2000

/** Latest send first. */
export async function listNonOpeners(
  db: Reader,
  accountId: number,
  { campaignId, after, limit }: { campaignId: number; after?: SendPosition | undefined; limit: number },
): Promise<RecipientPage> {
  const recipients: Recipient[] = []
  let position = after ?? { eventId: Number.MAX_SAFE_INTEGER, contactId: 0 }
  for (let examined = 0; ; examined += perRead) {
    const rows = await readSome(db, accountId, campaignId, position)
    for (const { eventId, contactId, email, opened } of rows) {
      if (recipients.length === limit) return { recipients, next: position }
      position = { eventId, contactId }
      if (opened === null) recipients.push({ contactId, email, at: eventIdTime(eventId) })
    }
    if (rows.length < perRead) return { recipients, next: undefined }
    if (examined + perRead >= maxExamined) return { recipients, next: position }
  }
}

function readSome(
  db: Reader,
  accountId: number,
  campaignId: number,
  { eventId, contactId }: SendPosition,
): Promise<{ eventId: number; contactId: number; email: string; opened: number | null }[]> {
  return db.all(sql`
    select s.event_id as "eventId", s.contact_id as "contactId", t.email, (select e.event_id from event e
        where e.contact_id = s.contact_id and e.kind = ${eventKinds.open} and +e.account_id = ${accountId} and e.campaign_id = ${campaignId}
          ${exceptHidden(['machine', 'proxy'])} limit 1) as opened
    from campaign c join event s on s.campaign_id = c.campaign_id join contact t on t.contact_id = s.contact_id
    where c.campaign_id = ${campaignId} and c.account_id = ${accountId} and s.campaign_id = ${campaignId}
      and s.kind = ${eventKinds.send} and (s.event_id, s.contact_id) < (${eventId}, ${contactId})
    order by s.event_id desc, s.contact_id desc ${sqlLimit(perRead)}`)
}
