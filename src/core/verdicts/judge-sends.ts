// Judges sends by the hits that are kept of them, and writes the verdicts on their events. Called by the jobs that follow
// new hits, and by whoever replays old ones.

import type { Reader, Tx } from '../../db/db.ts'
import { inParts, sql, sqlList } from '../../db/sql.ts'
import { classify } from './classify.ts'
import type { Judgement, Verdict } from './hit.ts'
import { countLinks, findNeighbours, listHitsOfSend } from './kept-hits.ts'
import type { KeptHit, SendName } from './kept-hits.ts'
import type { VerdictSettings } from './settings.ts'

/** What is to be said of one event. */
export interface EventVerdict {
  kind: number
  eventId: number
  linkNo: number | null
  judgement: Judgement
}

interface Held {
  kind: number
  eventId: number
  verdict: Verdict
  reasons: string
}

/** From what to what an event's verdict changes; human where nothing is said. */
export interface VerdictChange extends SendName {
  kind: number
  eventId: number
  from: Verdict
  to: Verdict
}

/** What the rules say of a send's events now. Reads only. */
export async function judgeSend(
  db: Reader,
  accountId: number,
  send: SendName,
  settings: VerdictSettings,
): Promise<EventVerdict[]> {
  const hits = await listHitsOfSend(db, accountId, send)
  const judgements = classify(hits, {
    linkCount: await countLinks(db, send.campaignId),
    neighbours: await findNeighbours(db, accountId, hits, settings),
    settings,
  })
  return toVerdicts(hits, judgements)
}

// Two hits of one millisecond are one event, and a person's if one of them is.
function toVerdicts(hits: readonly KeptHit[], judgements: ReadonlyMap<string, Judgement>): EventVerdict[] {
  const verdicts = new Map<string, EventVerdict>()
  for (const { hitId, event } of hits) {
    if (!event) continue
    const judgement = judgements.get(hitId)!
    const name = `${event.kind} ${event.eventId}`
    if (verdicts.get(name)?.judgement.verdict !== 'human') verdicts.set(name, { ...event, judgement })
  }
  return [...verdicts.values()]
}

/** Writes what is new, in place of what was said before, and returns what that changes. Atomic with `tx`. */
export async function storeVerdicts(
  tx: Tx,
  accountId: number,
  send: SendName,
  verdicts: readonly EventVerdict[],
  now: number,
): Promise<VerdictChange[]> {
  const held = new Map<string, Held>()
  for (const row of await listVerdicts(tx, accountId, send)) held.set(`${row.kind} ${row.eventId}`, row)
  const isNews = ({ kind, eventId, judgement }: EventVerdict): boolean => {
    const before = held.get(`${kind} ${eventId}`)
    return (before?.verdict ?? 'human') !== judgement.verdict || (before?.reasons ?? '') !== judgement.reasons.join(' ')
  }
  const news = verdicts.filter(isNews)
  const there = await listThere(tx, accountId, send, news)
  const changes: VerdictChange[] = []
  for (const { kind, eventId, linkNo, judgement } of news) {
    // It may be gone since it was judged.
    if (!there.has(`${kind} ${eventId}`)) continue
    const before = held.get(`${kind} ${eventId}`)
    const reasons = judgement.reasons.join(' ')
    // Nothing to say is no row.
    if (judgement.verdict === 'human' && reasons === '')
      await tx.run(sql`
        delete from verdict where contact_id = ${send.contactId} and kind = ${kind} and event_id = ${eventId} and account_id = ${accountId}`)
    else
      await tx.run(sql`
        insert into verdict(contact_id, kind, event_id, account_id, campaign_id, link_no, verdict, reasons, rules_version, judged_at)
        values (${send.contactId}, ${kind}, ${eventId}, ${accountId}, ${send.campaignId}, ${linkNo}, ${judgement.verdict}, ${reasons},
          ${judgement.rulesVersion}, ${now})
        on conflict (contact_id, kind, event_id) do update set verdict = excluded.verdict, reasons = excluded.reasons,
          rules_version = excluded.rules_version, judged_at = excluded.judged_at`)
    if ((before?.verdict ?? 'human') !== judgement.verdict)
      changes.push({ ...send, kind, eventId, from: before?.verdict ?? 'human', to: judgement.verdict })
  }
  return changes
}

/** Those of the events that the store has. */
async function listThere(
  tx: Tx,
  accountId: number,
  { contactId }: SendName,
  verdicts: readonly EventVerdict[],
): Promise<Set<string>> {
  const there = new Set<string>()
  for (const part of inParts(verdicts, 256)) {
    const kinds = [...new Set(part.map(({ kind }) => kind))]
    const eventIds = part.map(({ eventId }) => eventId)
    const rows = await tx.tuples<[kind: number, eventId: number]>(sql`
      select kind, event_id from event
      where contact_id = ${contactId} and kind in ${sqlList(kinds)} and event_id in ${sqlList(eventIds)} and +account_id = ${accountId}`)
    for (const [kind, eventId] of rows) there.add(`${kind} ${eventId}`)
  }
  return there
}

async function listVerdicts(db: Reader, accountId: number, send: SendName): Promise<Held[]> {
  return db.all<Held>(sql`
    select kind, event_id as "eventId", verdict, reasons from verdict
    where contact_id = ${send.contactId} and campaign_id = ${send.campaignId} and +account_id = ${accountId}`)
}
