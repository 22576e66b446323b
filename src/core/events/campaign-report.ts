// A campaign in numbers: how many events, how many contacts, by whom, when, and on which links. Reads the campaign's events
// once, some at a time, so that others are answered meanwhile. Called by faces/web, which remembers the result.

import { setImmediate } from 'node:timers/promises'
import type { Reader } from '../../db/db.ts'
import { sql, sqlLimit } from '../../db/sql.ts'
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

interface LinkTally {
  linkNo: number
  all: Tally
  people: Tally
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
  for (const { kind, verdictClass, count } of erased) {
    const tally = counted.kinds[kindFromNumber(kind)]
    tally.all.events += count
    if (verdictClass === 'machine') tally.machines += count
    else if (verdictClass === 'proxy') tally.proxies += count
    else tally.people.events += count
  }
  return counted
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
  links: Map<number, LinkSets>
}

interface LinkSets {
  events: number
  people: number
  allContacts: ContactSet
  peopleContacts: ContactSet
}

async function countAll(db: Reader, accountId: number, campaignId: number): Promise<CampaignReport> {
  const counting: Counting = { hours: new Map(), links: new Map() }
  const kinds = {} as Record<EventKind, KindTally>
  for (const kind of allKinds) kinds[kind] = await countKind(db, accountId, campaignId, kind, counting)
  const links = [...counting.links].map(([linkNo, { events, people, allContacts, peopleContacts }]) => ({
    linkNo,
    all: { events, contacts: allContacts.size },
    people: { events: people, contacts: peopleContacts.size },
  }))
  return {
    kinds,
    links: links.toSorted((a, b) => a.linkNo - b.linkNo),
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
  const [all, people] = [new ContactSet(), new ContactSet()]
  const tally = { events: 0, people: 0, proxies: 0, machines: 0 }
  for await (const [eventId, contactId, linkNo, verdict] of readKind(db, accountId, campaignId, kind)) {
    const isHuman = verdict === null || verdict === 'human'
    tally.events++
    all.add(contactId)
    if (isHuman) {
      tally.people++
      people.add(contactId)
    } else if (verdict === 'proxy') tally.proxies++
    else tally.machines++
    if (isJudged(kind)) countHour(counting, kind, eventId, isHuman)
    if (linkNo !== null) countLink(counting, linkNo, contactId, isHuman)
  }
  return {
    all: { events: tally.events, contacts: all.size },
    people: { events: tally.people, contacts: people.size },
    proxies: tally.proxies,
    machines: tally.machines,
  }
}

function countHour({ hours }: Counting, kind: EventKind, eventId: number, isHuman: boolean): void {
  const at = Math.floor(eventIdTime(eventId) / hour) * hour
  let count = hours.get(at)
  if (!count) hours.set(at, (count = { at, opens: 0, clicks: 0, notHuman: 0 }))
  if (!isHuman) count.notHuman++
  else if (kind === 'open') count.opens++
  else count.clicks++
}

function countLink({ links }: Counting, linkNo: number, contactId: number, isHuman: boolean): void {
  let link = links.get(linkNo)
  if (!link)
    links.set(
      linkNo,
      (link = { events: 0, people: 0, allContacts: new ContactSet(), peopleContacts: new ContactSet() }),
    )
  link.events++
  link.allContacts.add(contactId)
  if (!isHuman) return
  link.people++
  link.peopleContacts.add(contactId)
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
