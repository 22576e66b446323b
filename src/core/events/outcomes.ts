// How a campaign's mail arrived: by the domain of its contacts, and why it came back. Reads the events once, some at a time.
// Called by faces/web, which remembers the result.

import { setImmediate } from 'node:timers/promises'
import type { Reader } from '../../db/db.ts'
import { sql, sqlLimit } from '../../db/sql.ts'
import { unpackDetails } from './details.ts'
import { eventKinds } from './event.ts'
import type { BounceCode, EventKind } from './event.ts'

const outcomeKinds = ['send', 'delivery', 'bounce', 'complaint', 'optout'] as const satisfies readonly EventKind[]
export type OutcomeKind = (typeof outcomeKinds)[number]

export interface DomainOutcomes {
  domain: string
  counts: Record<OutcomeKind, number>
}

export interface BounceOutcome {
  code: BounceCode | undefined
  /** The enhanced status code; of the text where it was not given by itself. */
  status: string | undefined
  count: number
  /** The latest of the texts. */
  example: string | undefined
}

export interface Outcomes {
  /** Most sends first. */
  domains: DomainOutcomes[]
  /** Most frequent first. */
  bounces: BounceOutcome[]
}

const perRead = 2000

export async function readOutcomes(db: Reader, accountId: number, campaignIds: readonly number[]): Promise<Outcomes> {
  const domains = new Map<string, DomainOutcomes>()
  const bounces = new Map<string, BounceOutcome>()
  for (const campaignId of campaignIds) {
    for (const kind of outcomeKinds) {
      for await (const [, , email, details] of readKind(db, accountId, campaignId, kind)) {
        countDomain(domains, email.slice(email.lastIndexOf('@') + 1), kind)
        if (kind === 'bounce') countBounce(bounces, details)
      }
    }
  }
  return {
    domains: [...domains.values()].toSorted((a, b) => b.counts.send - a.counts.send || (a.domain < b.domain ? -1 : 1)),
    bounces: [...bounces.values()].toSorted((a, b) => b.count - a.count),
  }
}

function countDomain(domains: Map<string, DomainOutcomes>, domain: string, kind: OutcomeKind): void {
  let of = domains.get(domain)
  if (!of) domains.set(domain, (of = { domain, counts: { send: 0, delivery: 0, bounce: 0, complaint: 0, optout: 0 } }))
  of.counts[kind]++
}

function countBounce(bounces: Map<string, BounceOutcome>, text: string | null): void {
  const { code, status, message } = unpackDetails(text)
  // RFC 3463 2: class, subject, detail.
  const known = status ?? /\b[245]\.\d{1,3}\.\d{1,3}\b/.exec(message ?? '')?.[0]
  const name = `${code ?? ''} ${known ?? ''}`
  let of = bounces.get(name)
  if (!of) bounces.set(name, (of = { code, status: known, count: 0, example: undefined }))
  of.count++
  of.example = message ?? of.example
}

type Row = [eventId: number, contactId: number, email: string, details: string | null]

async function* readKind(db: Reader, accountId: number, campaignId: number, kind: OutcomeKind): AsyncGenerator<Row> {
  const details = kind === 'bounce' ? sql`e.details` : sql`null`
  for (let after: [eventId: number, contactId: number] = [0, 0]; ;) {
    const rows = await db.tuples<Row>(sql`
      select e.event_id, e.contact_id, t.email, ${details}
      from campaign c join event e on e.campaign_id = c.campaign_id join contact t on t.contact_id = e.contact_id
      where c.campaign_id = ${campaignId} and c.account_id = ${accountId} and e.campaign_id = ${campaignId}
        and e.kind = ${eventKinds[kind]} and (e.event_id, e.contact_id) > (${after[0]}, ${after[1]})
      order by e.event_id, e.contact_id ${sqlLimit(perRead)}`)
    yield* rows
    const last = rows.at(-1)
    if (!last || rows.length < perRead) return
    after = [last[0], last[1]]
    await setImmediate()
  }
}
