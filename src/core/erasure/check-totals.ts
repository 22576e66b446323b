// Are the totals of campaigns exact? What is shown, against every event and every erased count looked at one by one.
// Called by the doctor.

import { isDeepStrictEqual } from 'node:util'
import { listCampaigns } from '../campaigns/campaign.ts'
import type { CampaignPosition } from '../campaigns/campaign.ts'
import { listLinks } from '../campaigns/link.ts'
import { countCampaignEvents } from '../events/counts.ts'
import { allKinds, eventKinds } from '../events/event.ts'
import type { Reader } from '../../db/db.ts'
import { sql, sqlLimit } from '../../db/sql.ts'

export interface CampaignCheck {
  campaignId: number
  /** Events and erased ones, as found one by one. */
  events: number
  /** What is counted differently, in words; empty when all is well. */
  faults: string[]
  /** Events came in faster than they could be looked at, every time: nothing is known. */
  isBusy: boolean
}

/** Read at a time. */
const perRead = 5000
const maxTries = 5

/** Every campaign of the account, newest first; reads all its events. */
export async function* checkTotals(db: Reader, accountId: number): AsyncGenerator<CampaignCheck> {
  for (let after: CampaignPosition | undefined; ;) {
    const campaigns = await listCampaigns(db, accountId, { after, limit: 100 })
    for (const { campaignId } of campaigns) yield await checkCampaign(db, accountId, campaignId)
    after = campaigns.at(-1)
    if (!after) return
  }
}

/** Counts by what is counted, such as `click` or `link 3`; none is zero. */
type Tally = Map<string, number>

async function checkCampaign(db: Reader, accountId: number, campaignId: number): Promise<CampaignCheck> {
  let shown = await readShown(db, accountId, campaignId)
  for (let i = 1; ; i++) {
    const held = await readHeld(db, accountId, campaignId)
    const after = await readShown(db, accountId, campaignId)
    const isStill = isDeepStrictEqual(shown, after)
    shown = after
    if (!isStill && i < maxTries) continue
    const names = [...new Set([...shown.keys(), ...held.keys()])]
    const differing = names.filter((name) => shown.get(name) !== held.get(name))
    const faults = differing.map((name) => `${name}: ${shown.get(name) ?? 0} shown, ${held.get(name) ?? 0} there`)
    const events = allKinds.reduce((sum, kind) => sum + (held.get(kind) ?? 0), 0)
    return { campaignId, events, faults: isStill ? faults : [], isBusy: !isStill }
  }
}

async function readShown(db: Reader, accountId: number, campaignId: number): Promise<Tally> {
  const tally: Tally = new Map()
  for (const [kind, count] of Object.entries(await countCampaignEvents(db, accountId, campaignId)))
    add(tally, kind, count)
  for (const { linkNo, clicks } of await listLinks(db, accountId, campaignId)) add(tally, `link ${linkNo}`, clicks)
  return tally
}

const words = new Map<number, string>(allKinds.map((kind) => [eventKinds[kind], kind]))

function addEvents(tally: Tally, kind: number, linkNo: number | null, count: number): void {
  add(tally, words.get(kind) ?? `kind ${kind}`, count)
  if (linkNo !== null && linkNo > 0) add(tally, `link ${linkNo}`, count)
}

function add(tally: Tally, name: string, count: number): void {
  if (count !== 0) tally.set(name, (tally.get(name) ?? 0) + count)
}

// Row by row, as no counter does it.
async function readHeld(db: Reader, accountId: number, campaignId: number): Promise<Tally> {
  const tally: Tally = new Map()
  for (let after: EventKey = [0, 0, 0]; ;) {
    const events = await db.tuples<[...EventKey, linkNo: number | null]>(sql`
      select kind, event_id, contact_id, link_no from event
      where campaign_id = ${campaignId} and +account_id = ${accountId}
        and (kind, event_id, contact_id) > (${after[0]}, ${after[1]}, ${after[2]})
      order by kind, event_id, contact_id ${sqlLimit(perRead)}`)
    for (const [kind, , , linkNo] of events) addEvents(tally, kind, linkNo, 1)
    const last = events.at(-1)
    if (!last) break
    after = [last[0], last[1], last[2]]
  }
  const erased = await db.tuples<[kind: number, linkNo: number, count: number]>(sql`
    select kind, link_no, count from erased_count where account_id = ${accountId} and campaign_id = ${campaignId}`)
  for (const [kind, linkNo, count] of erased) addEvents(tally, kind, linkNo, count)
  return tally
}

type EventKey = [kind: number, eventId: number, contactId: number]
