// Who did what with a campaign, and who did not: each contact once, page by page. Read by the faces.

import { setImmediate } from 'node:timers/promises'
import type { Reader } from '../../db/db.ts'
import { sql, sqlLimit } from '../../db/sql.ts'
import type { Sql } from '../../db/sql.ts'
import { eventIdTime, eventKinds } from '../events/event.ts'
import type { EventKind } from '../events/event.ts'
import { exceptHidden, isJudged } from '../verdicts/hidden.ts'
import type { Hidden } from '../verdicts/hidden.ts'

/** What a recipient did, or did not do although it was sent the campaign. */
export const recipientOutcomes = {
  sent: { kind: 'send' },
  delivered: { kind: 'delivery' },
  opened: { kind: 'open' },
  clicked: { kind: 'click' },
  bounced: { kind: 'bounce' },
  complained: { kind: 'complaint' },
  forwarded: { kind: 'forward' },
  optedOut: { kind: 'optout' },
  notDelivered: { kind: 'send', without: 'delivery' },
  notOpened: { kind: 'send', without: 'open' },
  notClicked: { kind: 'send', without: 'click' },
} as const satisfies Record<string, { kind: EventKind; without?: EventKind }>
export type RecipientOutcome = keyof typeof recipientOutcomes

interface Recipient {
  contactId: number
  email: string
  firstName: string
  lastName: string
  /** Of the latest event of the outcome's kind; of the send where something did not happen. */
  at: number
}

export interface RecipientPosition {
  eventId: number
  contactId: number
}

export interface RecipientPage {
  recipients: Recipient[]
  /** Undefined on the last page. A page may be short, or empty, and not the last. */
  next: RecipientPosition | undefined
}

/** One page looks at no more events than this, however few of them fit. */
const maxExamined = 2000
/** Looked at in one statement, between which others have their turn. */
const perStep = 100

/** Those whose latest such event is newest first. Opens and clicks of hidden verdicts did not happen. */
export async function listRecipients(
  db: Reader,
  accountId: number,
  query: {
    campaignId: number
    outcome: RecipientOutcome
    hidden: Hidden
    after?: RecipientPosition | undefined
    limit: number
  },
): Promise<RecipientPage> {
  const found: Recipient[] = []
  let after = query.after ?? { eventId: Number.MAX_SAFE_INTEGER, contactId: 0 }
  let positions: RecipientPosition[] = []
  for (let examined = 0; examined < maxExamined; examined += perStep) {
    if (examined > 0) await setImmediate()
    const rows = await listStep(db, accountId, query, after)
    for (const [eventId, contactId, email, firstName, lastName, isFit] of rows) {
      after = { eventId, contactId }
      if (isFit === 0 || email === null) continue
      if (found.length === query.limit) return { recipients: found, next: positions.at(-1) }
      positions = [after]
      found.push({ contactId, email, firstName, lastName, at: eventIdTime(eventId) })
    }
    if (rows.length < perStep) return { recipients: found, next: undefined }
  }
  return { recipients: found, next: after }
}

type Row = [
  eventId: number,
  contactId: number,
  /** Null when the contact is being erased. */
  email: string | null,
  firstName: string,
  lastName: string,
  isFit: number,
]

function listStep(
  db: Reader,
  accountId: number,
  { campaignId, outcome, hidden }: { campaignId: number; outcome: RecipientOutcome; hidden: Hidden },
  after: RecipientPosition,
): Promise<Row[]> {
  const { kind, without }: { kind: EventKind; without?: EventKind } = recipientOutcomes[outcome]
  const judged = (of: EventKind, alias: Sql): Sql => (isJudged(of) ? exceptHidden(hidden, alias) : sql``)
  const later = sql`not exists (select 1 from event x where x.contact_id = e.contact_id and x.kind = ${eventKinds[kind]}
      and x.event_id > e.event_id and x.campaign_id = ${campaignId} ${judged(kind, sql`x`)})`
  const never = without
    ? sql`and not exists (select 1 from event x where x.contact_id = e.contact_id and x.kind = ${eventKinds[without]}
      and x.campaign_id = ${campaignId} ${judged(without, sql`x`)})`
    : sql``
  return db.tuples<Row>(sql`
    select e.event_id, e.contact_id, t.email, t.first_name, t.last_name,
      case when ${later} ${never} ${judged(kind, sql`e`)} then 1 else 0 end
    from (
      select event_id, contact_id, kind from event
      where campaign_id = ${campaignId} and kind = ${eventKinds[kind]} and (event_id, contact_id) < (${after.eventId}, ${after.contactId})
      order by event_id desc, contact_id desc ${sqlLimit(perStep)}
    ) e left join contact t on t.contact_id = e.contact_id and t.account_id = ${accountId}
    order by e.event_id desc, e.contact_id desc`)
}
