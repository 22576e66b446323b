// Finds each event of a batch its slot in the ledger, as if they came one by one (docs/decisions/002-event-identity.md):
// the places are worked out in memory and written at once; where the ledger held something there, what it holds is read
// and the places are worked out again. Used by record-together.ts.

import type { Tx } from '../../db/db.ts'
import { inParts, sql, sqlAny, sqlRows } from '../../db/sql.ts'
import { packDetails } from './details.ts'
import { eventIdAt, eventKinds, eventSources } from './event.ts'
import type { NewEvent } from './new-event.ts'

export interface Unplaced {
  event: NewEvent
  linkNo: number | null
}

export interface Placed {
  outcome: 'new' | 'duplicate'
  eventId: number
}

/** What fills a slot. */
interface Content {
  campaignId: number
  linkNo: number | null
  details: string | null
}

interface NewRow extends Content {
  group: Group
  eventId: number
  source: number
}

/** Events of one contact and kind: they alone compete for the same slots. */
interface Group {
  contactId: number
  kind: number
  members: { given: Unplaced; index: number }[]
  /** What others have in the ledger, as far as it has been read. */
  held: Map<number, Content>
  /** What this batch has in the ledger now. */
  written: Map<number, NewRow>
}

/** Ids of one millisecond. */
const millisecond = 64
/** How much is read behind a slot that was taken; more each time, so that a long run of taken slots needs few reads. */
const firstReach = 16 * millisecond

/** Answers for each, in the order given, which is that of the ledger's key. */
export async function placeEvents(
  tx: Tx,
  accountId: number,
  events: readonly Unplaced[],
  now: number,
): Promise<Placed[]> {
  const places: Placed[] = []
  let open = groupsOf(events)
  for (let reach = firstReach; open.length > 0; reach *= 4) {
    const { added, removed } = differences(open, places)
    await deleteRows(tx, accountId, removed)
    const refused = await insertRows(tx, accountId, added, now)
    await readHeld(tx, accountId, refused, reach)
    open = [...new Set(refused.map(({ group }) => group))]
  }
  return places
}

function groupsOf(events: readonly Unplaced[]): Group[] {
  const groups = new Map<string, Group>()
  events.forEach((given, index) => {
    const { contactId } = given.event
    const kind = eventKinds[given.event.kind]
    const name = `${contactId} ${kind}`
    let group = groups.get(name)
    if (!group) groups.set(name, (group = { contactId, kind, members: [], held: new Map(), written: new Map() }))
    group.members.push({ given, index })
  })
  return [...groups.values()]
}

// What has to be written, and what was written too early, given what is now known of the ledger.
function differences(groups: readonly Group[], places: Placed[]): { added: NewRow[]; removed: NewRow[] } {
  const added: NewRow[] = []
  const removed: NewRow[] = []
  for (const group of groups) {
    const planned = plan(group, places)
    for (const row of group.written.values()) {
      const stays = planned.get(row.eventId)
      if (!stays || !isSame(stays, row) || stays.source !== row.source) removed.push(row)
      else planned.delete(row.eventId)
    }
    added.push(...planned.values())
  }
  return { added, removed }
}

// As record-each.ts does it, on what is known to be in the ledger.
function plan(group: Group, places: Placed[]): Map<number, NewRow> {
  const planned = new Map<number, NewRow>()
  for (const { given, index } of group.members) {
    const { event, linkNo } = given
    for (let shift = 0; ; shift++) {
      const eventId = eventIdAt(event.at + shift, event.campaignId)
      const content = {
        campaignId: event.campaignId,
        linkNo,
        details: packDetails({ ...event, url: linkNo === null ? event.url : undefined, shift: shift || undefined }),
      }
      const there = planned.get(eventId) ?? group.held.get(eventId)
      if (!there) {
        planned.set(eventId, { ...content, group, eventId, source: eventSources[event.source] })
        places[index] = { outcome: 'new', eventId }
        break
      }
      // An event with a key differs from all others but those of its key, which were looked up before.
      if (event.key === undefined && isSame(there, content)) {
        places[index] = { outcome: 'duplicate', eventId }
        break
      }
    }
  }
  return planned
}

function isSame(a: Content, b: Content): boolean {
  return a.campaignId === b.campaignId && a.linkNo === b.linkNo && a.details === b.details
}

const inKeyOrder = (a: NewRow, b: NewRow): number =>
  a.group.contactId - b.group.contactId || a.group.kind - b.group.kind || a.eventId - b.eventId

// In the order of the primary key: neighbours share pages, and two writers lock in the same order.
async function insertRows(tx: Tx, accountId: number, rows: readonly NewRow[], now: number): Promise<NewRow[]> {
  const refused: NewRow[] = []
  for (const part of inParts(rows.toSorted(inKeyOrder), 512)) {
    const values = part.map(({ group, eventId, campaignId, source, linkNo, details }) => [
      group.contactId, group.kind, eventId, campaignId, now, accountId, source, linkNo, details,
    ]) // oxfmt-ignore
    const inserted = await tx.tuples<[contactId: number, kind: number, eventId: number]>(sql`
      insert into event(contact_id, kind, event_id, campaign_id, recorded_at, account_id, source, link_no, details)
      values ${sqlRows(values)} on conflict do nothing returning contact_id, kind, event_id`)
    const isWhole = inserted.length === part.length
    const names = isWhole ? undefined : new Set(inserted.map((row) => row.join(' ')))
    for (const row of part) {
      if (!names || names.has(`${row.group.contactId} ${row.group.kind} ${row.eventId}`))
        row.group.written.set(row.eventId, row)
      else refused.push(row)
    }
  }
  return refused
}

async function deleteRows(tx: Tx, accountId: number, rows: readonly NewRow[]): Promise<void> {
  for (const { group, eventId } of rows) group.written.delete(eventId)
  for (const part of inParts(rows, 256)) {
    const any = part.map(
      ({ group, eventId }) => sql`contact_id = ${group.contactId} and kind = ${group.kind} and event_id = ${eventId}`,
    )
    await tx.run(sql`delete from event where account_id = ${accountId} and ${sqlAny(any)}`)
  }
}

async function readHeld(tx: Tx, accountId: number, rows: readonly NewRow[], reach: number): Promise<void> {
  const groups = new Map(rows.map(({ group }) => [`${group.contactId} ${group.kind}`, group]))
  for (const part of inParts(rows, 256)) {
    const any = part.map(
      ({ group, eventId }) =>
        sql`contact_id = ${group.contactId} and kind = ${group.kind} and event_id >= ${eventId} and event_id < ${eventId + reach}`,
    )
    const held = await tx.tuples<HeldRow>(sql`
      select contact_id, kind, event_id, campaign_id, link_no, details from event where account_id = ${accountId} and ${sqlAny(any)}`)
    for (const [contactId, kind, eventId, campaignId, linkNo, details] of held) {
      const group = groups.get(`${contactId} ${kind}`)!
      if (!group.written.has(eventId)) group.held.set(eventId, { campaignId, linkNo, details })
    }
  }
}

type HeldRow = [
  contactId: number,
  kind: number,
  eventId: number,
  campaignId: number,
  linkNo: number | null,
  details: string | null,
]
