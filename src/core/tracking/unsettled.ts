// Which sends have hits that are not judged for good: the verdict on a hit may change with the hits that follow it.
// Written with the hits, worked off by the job that judges.

import type { Tx } from '../../db/db.ts'
import { inParts, sql, sqlAny, sqlRows } from '../../db/sql.ts'
import type { Hit } from './hit.ts'

/** A send is judged when nothing came for so long, or so long after its first hit, in ms (domain 2.4). */
const quietTime = 120_000
const longestTime = 15 * 60_000

interface Span {
  contactId: number
  campaignId: number
  sendNo: number
  firstAt: number
  lastAt: number
}

/** Notes when the sends of these hits are to be judged: later with each hit, but not for ever. */
export async function noteUnsettled(tx: Tx, accountId: number, hits: readonly Hit[]): Promise<void> {
  const spans = new Map<string, Span>()
  for (const { contactId, campaignId, sendNo, at } of hits) {
    const name = `${contactId} ${campaignId} ${sendNo}`
    const span = spans.get(name) ?? { contactId, campaignId, sendNo, firstAt: at, lastAt: at }
    spans.set(name, { ...span, firstAt: Math.min(span.firstAt, at), lastAt: Math.max(span.lastAt, at) })
  }
  for (const part of inParts([...spans.values()], 64)) {
    await widenKnown(tx, accountId, part)
    const rows = part.map((span) => [
      span.contactId, span.campaignId, span.sendNo, accountId, span.firstAt, span.lastAt, settlesAt(span),
    ]) // oxfmt-ignore
    await tx.run(sql`
      insert into unsettled(contact_id, campaign_id, send_no, account_id, first_at, last_at, settles_at)
      values ${sqlRows(rows)} on conflict do nothing`)
  }
}

function settlesAt({ firstAt, lastAt }: Pick<Span, 'firstAt' | 'lastAt'>): number {
  return Math.min(lastAt + quietTime, firstAt + longestTime)
}

async function widenKnown(tx: Tx, accountId: number, spans: readonly Span[]): Promise<void> {
  const any = spans.map(
    ({ contactId, campaignId, sendNo }) =>
      sql`contact_id = ${contactId} and campaign_id = ${campaignId} and send_no = ${sendNo}`,
  )
  const known = await tx.all<Span>(sql`
    select contact_id as "contactId", campaign_id as "campaignId", send_no as "sendNo", first_at as "firstAt", last_at as "lastAt"
    from unsettled where account_id = ${accountId} and ${sqlAny(any)}`)
  for (const held of known) {
    const span = spans.find(
      ({ contactId, campaignId, sendNo }) =>
        contactId === held.contactId && campaignId === held.campaignId && sendNo === held.sendNo,
    )!
    const wide = { firstAt: Math.min(held.firstAt, span.firstAt), lastAt: Math.max(held.lastAt, span.lastAt) }
    await tx.run(sql`
      update unsettled set first_at = ${wide.firstAt}, last_at = ${wide.lastAt}, settles_at = ${settlesAt(wide)}
      where contact_id = ${held.contactId} and campaign_id = ${held.campaignId} and send_no = ${held.sendNo}`)
  }
}
