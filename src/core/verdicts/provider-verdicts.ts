// What a provider of mail takes its opens and clicks for, kept as verdicts beside our own. Our rules see no hit behind these
// events and leave them as they are. Used by core/inbox.

import type { Tx } from '../../db/db.ts'
import { inParts, sql, sqlAny, sqlRows } from '../../db/sql.ts'
import { eventKinds } from '../events/event.ts'

export interface ProviderVerdict {
  contactId: number
  campaignId: number
  kind: 'open' | 'click'
  eventId: number
  /** The provider's word for it, such as `apple`. */
  mark: string
}

/** In place of the version of rules of ours. */
const rulesVersion = 'provider'

/** Of new events. What a privacy proxy does says nothing about a reader; all else is a machine's. */
export async function storeProviderVerdicts(
  tx: Tx,
  accountId: number,
  verdicts: readonly ProviderVerdict[],
  now: number,
): Promise<void> {
  for (const part of inParts(verdicts, 128)) {
    const links = await findLinkNos(tx, accountId, part)
    const rows = part.map(({ contactId, campaignId, kind, eventId, mark }) => [
      contactId, eventKinds[kind], eventId, accountId, campaignId, links.get(nameOf(contactId, eventKinds[kind], eventId)) ?? null,
      isProxy(mark) ? 'proxy' : 'machine', `provider_${mark.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_')}`.slice(0, 60), rulesVersion, now,
    ]) // oxfmt-ignore
    await tx.run(sql`
      insert into verdict(contact_id, kind, event_id, account_id, campaign_id, link_no, verdict, reasons, rules_version, judged_at)
      values ${sqlRows(rows)} on conflict do nothing`)
  }
}

// Apple's, Gmail's, and what SendGrid and Brevo say of opens through them.
function isProxy(mark: string): boolean {
  return /apple|gmail|yahoo|proxy|sg_machine_open/i.test(mark)
}

async function findLinkNos(
  tx: Tx,
  accountId: number,
  verdicts: readonly ProviderVerdict[],
): Promise<Map<string, number>> {
  const clicks = verdicts.filter(({ kind }) => kind === 'click')
  if (clicks.length === 0) return new Map()
  const any = clicks.map(
    ({ contactId, kind, eventId }) =>
      sql`contact_id = ${contactId} and kind = ${eventKinds[kind]} and event_id = ${eventId}`,
  )
  const rows = await tx.tuples<[contactId: number, kind: number, eventId: number, linkNo: number | null]>(
    sql`select contact_id, kind, event_id, link_no from event where account_id = ${accountId} and ${sqlAny(any)}`,
  )
  return new Map(rows.flatMap(([c, k, e, linkNo]) => (linkNo === null ? [] : [[nameOf(c, k, e), linkNo] as const])))
}

function nameOf(contactId: number, kind: number, eventId: number): string {
  return `${contactId} ${kind} ${eventId}`
}
