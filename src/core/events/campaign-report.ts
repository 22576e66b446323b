// A campaign in numbers: how many events, how many contacts, by whom, when, and on which links. Reads the campaign's events
// once, some at a time, so that others are answered meanwhile. Called by the faces, which remember the result.

import { setImmediate } from 'node:timers/promises'
import type { Reader } from '../../db/db.ts'
import { sql, sqlLimit } from '../../db/sql.ts'
import type { Remembered } from '../requests/remembered.ts'
import { countBesideErased } from '../erasure/erased-counts.ts'
import { isJudged } from '../verdicts/hidden.ts'
import type { Verdict } from '../verdicts/hit.ts'
import { ContactSet } from './contact-set.ts'
import { allKinds, eventIdTime, eventKinds, kindFromNumber } from './event.ts'
import type { EventKind } from './event.ts'

/** Events, and the contacts behind them, erased ones among the events alone. */
interface Tally {
  events: number
  contacts: number
}

export interface KindTally {
  all: Tally
  /** What people did. Kinds that nobody judges are people's. */
  people: Tally
  /** Events by privacy proxies and by machines. */
  proxies: number
  machines: number
}

interface LinkTally extends KindTally {
  linkNo: number
}

/** What happened in one hour. */
export interface HourCount {
  at: number
  opens: number
  clicks: number
  /** Opens and clicks by others than people. */
  notHuman: number
}

export interface CampaignReport {
  kinds: Record<EventKind, KindTally>
  links: LinkTally[]
  hours: HourCount[]
}

const perRead = 4000
const hour = 3_600_000

/** All zero when the campaign is unknown in this account. */
export async function reportCampaign(db: Reader, accountId: number, campaignId: number): Promise<CampaignReport> {
  const { counted, erased } = await countBesideErased(db, accountId, campaignId, () =>
    countAll(db, accountId, campaignId),
  )
  for (const { kind, linkNo, verdictClass, count } of erased) {
    addErased(counted.kinds[kindFromNumber(kind)], verdictClass, count)
    if (linkNo !== 0) addErased(linkTally(counted.links, linkNo), verdictClass, count)
  }
  counted.links.sort((a, b) => a.linkNo - b.linkNo)
  return counted
}

function addErased(tally: KindTally, verdictClass: string, count: number): void {
  tally.all.events += count
  if (verdictClass === 'machine') tally.machines += count
  else if (verdictClass === 'proxy') tally.proxies += count
  else tally.people.events += count
}

function linkTally(links: LinkTally[], linkNo: number): LinkTally {
  let tally = links.find((link) => link.linkNo === linkNo)
  if (!tally) links.push((tally = { linkNo, ...toTally(newCounter()) }))
  return tally
}

/** The report, and when it was made: now, or a while ago where the campaign has so many events that making it takes long. */
export async function readReport(
  { db, remembered, now }: { db: Reader; remembered: Remembered; now: () => number },
  accountId: number,
  campaignId: number,
): Promise<{ result: CampaignReport; at: number }> {
  if (!(await hasManyEvents(db, accountId, campaignId)))
    return { at: now(), result: await reportCampaign(db, accountId, campaignId) }
  return remembered.get(reportName(accountId, campaignId), now, () => reportCampaign(db, accountId, campaignId))
}

/** Under which a report is remembered. */
export function reportName(accountId: number, campaignId: number): string {
  return `report ${accountId} ${campaignId}`
}

/** Campaigns with more events are counted some at a time, and nowhere by the way. */
const manyEvents = 5000

/** Whether counting the campaign's events takes long enough to keep others waiting. */
export async function hasManyEvents(db: Reader, accountId: number, campaignId: number): Promise<boolean> {
  const row = await db.one(sql`
    select e.event_id from campaign c join event e on e.campaign_id = c.campaign_id
    where c.campaign_id = ${campaignId} and c.account_id = ${accountId} ${sqlLimit(1)} offset ${manyEvents}`)
  return row !== undefined
}

interface Counting {
  hours: Map<number, HourCount>
  links: Map<number, Counter>
}

interface Counter {
  events: number
  people: number
  proxies: number
  contacts: ContactSet
  peopleContacts: ContactSet
}

function newCounter(): Counter {
  return { events: 0, people: 0, proxies: 0, contacts: new ContactSet(), peopleContacts: new ContactSet() }
}

function toTally({ events, people, proxies, contacts, peopleContacts }: Counter): KindTally {
  return {
    all: { events, contacts: contacts.size },
    people: { events: people, contacts: peopleContacts.size },
    proxies,
    machines: events - people - proxies,
  }
}

function add(counter: Counter, contactId: number, verdict: Verdict | null): void {
  counter.events++
  counter.contacts.add(contactId)
  if (isHuman(verdict)) {
    counter.people++
    counter.peopleContacts.add(contactId)
  } else if (verdict === 'proxy') counter.proxies++
}

function isHuman(verdict: Verdict | null): boolean {
  return verdict === null || verdict === 'human'
}

async function countAll(db: Reader, accountId: number, campaignId: number): Promise<CampaignReport> {
  const counting: Counting = { hours: new Map(), links: new Map() }
  const kinds = {} as Record<EventKind, KindTally>
  for (const kind of allKinds) kinds[kind] = await countKind(db, accountId, campaignId, kind, counting)
  return {
    kinds,
    links: [...counting.links].map(([linkNo, counter]) => ({ linkNo, ...toTally(counter) })),
    hours: [...counting.hours.values()].toSorted((a, b) => a.at - b.at),
  }
}

async function countKind(
  db: Reader,
  accountId: number,
  campaignId: number,
  kind: EventKind,
  counting: Counting,
): Promise<KindTally> {
  const counter = newCounter()
  for await (const [eventId, contactId, linkNo, verdict] of readKind(db, accountId, campaignId, kind)) {
    add(counter, contactId, verdict)
    if (isJudged(kind)) countHour(counting, kind, eventId, isHuman(verdict))
    if (linkNo !== null) countLink(counting, linkNo, contactId, verdict)
  }
  return toTally(counter)
}

function countHour({ hours }: Counting, kind: EventKind, eventId: number, isPerson: boolean): void {
  const at = Math.floor(eventIdTime(eventId) / hour) * hour
  let count = hours.get(at)
  if (!count) hours.set(at, (count = { at, opens: 0, clicks: 0, notHuman: 0 }))
  if (!isPerson) count.notHuman++
  else if (kind === 'open') count.opens++
  else count.clicks++
}

function countLink({ links }: Counting, linkNo: number, contactId: number, verdict: Verdict | null): void {
  let counter = links.get(linkNo)
  if (!counter) links.set(linkNo, (counter = newCounter()))
  add(counter, contactId, verdict)
}

type Row = [eventId: number, contactId: number, linkNo: number | null, verdict: Verdict | null]

// Only what is judged is looked up with its verdict, and only clicks have links: the rest is read from the index alone.
async function* readKind(db: Reader, accountId: number, campaignId: number, kind: EventKind): AsyncGenerator<Row> {
  const linkNo = kind === 'click' ? sql`e.link_no` : sql`null`
  const verdict = isJudged(kind) ? sql`v.verdict` : sql`null`
  const judged = isJudged(kind)
    ? sql`left join verdict v on v.contact_id = e.contact_id and v.kind = e.kind and v.event_id = e.event_id`
    : sql``
  for (let after: [eventId: number, contactId: number] = [0, 0]; ;) {
    const rows = await db.tuples<Row>(sql`
      select e.event_id, e.contact_id, ${linkNo}, ${verdict}
      from campaign c join event e on e.campaign_id = c.campaign_id ${judged}
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
