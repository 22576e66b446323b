// Readers who click and open by the thousand, over real sockets, and what they were answered. For tests of faults.

import assert from 'node:assert/strict'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'
import { sealToken } from '../src/core/tracking/token.ts'

/** Of the demo's account: a campaign with a link, and contacts. */
const demoFields = { accountId: 1, campaignId: 1100537019381, sendNo: 0 }
const contacts = 30

export interface Storm {
  /** Numbers of the hits that were answered as they should be; each went out as the name of a mail program. */
  answered: Set<number>
  /** Numbers of those that were sent. */
  sent: Set<number>
  /** Whatever else came for an answer. */
  odd: string[]
}

export function newStorm(): Storm {
  return { answered: new Set(), sent: new Set(), odd: [] }
}

/** Paths of clicks and opens in turn, made as a mail would carry them. */
export function hitPath(folder: string): (no: number) => string {
  const db = new DatabaseSync(join(folder, 'data', 'contrail.db'), { readOnly: true, timeout: 5000 })
  const { value } = db.prepare(`select value from secret where name = 'tracking 1'`).get() as { value: string }
  db.close()
  const key = { keyNo: 1, key: Buffer.from(value, 'hex') }
  return (no) => {
    const fields = { ...demoFields, contactId: 1 + (no % contacts), linkNo: no % 2 }
    return no % 2 === 1 ? `/c/${sealToken(key, 'click', fields)}` : `/o/${sealToken(key, 'open', fields)}.gif`
  }
}

/** Sends the hits of these numbers on so many connections; one that is cut off is not sent again. */
export async function sendHits(
  storm: Storm,
  url: () => string,
  pathOf: (no: number) => string,
  numbers: Iterator<number>,
  connections = 32,
): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const lane = async (): Promise<void> => {
    for (let next = numbers.next(); !next.done; next = numbers.next()) {
      const no = next.value
      storm.sent.add(no)
      const status = await ask(agent, url() + pathOf(no), no)
      if (status === (no % 2 === 1 ? 302 : 200)) storm.answered.add(no)
      else if (status !== 0) storm.odd.push(`${no}: ${status}`)
    }
  }
  await Promise.all(Array.from({ length: connections }, lane))
  agent.destroy()
}

function ask(agent: Agent, url: string, no: number): Promise<number> {
  return new Promise((resolve) => {
    const asked = request(url, { agent, headers: { 'user-agent': `storm ${no}` } }, (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode!))
      response.on('error', () => resolve(0))
    })
    asked.on('error', () => resolve(0))
    asked.end()
  })
}

export function* count(from: number, through: number, isOver: () => boolean = () => false): Generator<number> {
  for (let no = from; no <= through && !isOver(); no++) yield no
}

interface StoredHits {
  /** How often each number was stored. */
  times: Map<number, number>
  /** Hits without the event they are, and events without a hit. */
  unpaired: number
  waiting: number
}

/** What became of them, in the files of a server's folder. */
export function storedHits(folder: string): StoredHits {
  const db = new DatabaseSync(join(folder, 'data', 'contrail.db'), { readOnly: true, timeout: 5000 })
  const rows = db
    .prepare(
      `select user_agent as agent, count(*) as times from hit where user_agent like 'storm %' group by user_agent`,
    )
    .all() as { agent: string; times: number }[]
  const pair = 'e.contact_id = h.contact_id and e.event_id = h.event_id and e.kind = h.event_kind'
  // The first half of an event's id is its time: those of the demo are of 2008.
  const { unpaired } = db.prepare(`
    select (select count(*) from hit h where user_agent like 'storm %' and not exists (select 1 from event e where ${pair}))
      + (select count(*) from event e where event_id >> 21 > 1577836800000 and not exists (select 1 from hit h where ${pair})) as unpaired`)
    .get() as { unpaired: number } // oxfmt-ignore
  db.close()
  const spool = new DatabaseSync(join(folder, 'data', 'spool.db'), { readOnly: true, timeout: 5000 })
  const { waiting } = spool.prepare('select count(*) as waiting from spooled_hit').get() as { waiting: number }
  spool.close()
  return { times: new Map(rows.map(({ agent, times }) => [Number(agent.slice(6)), times])), unpaired, waiting }
}

/** Every answered hit is there, none twice, none that was not sent, each with the event it is. */
export function examine(storm: Storm, folder: string): void {
  const { times, unpaired } = storedHits(folder)
  assert.deepEqual(storm.odd, [])
  const lost = [...storm.answered].filter((no) => !times.has(no))
  assert.deepEqual(lost, [], 'answered, but not stored')
  assert.deepEqual(
    [...times].filter(([, often]) => often > 1),
    [],
    'stored twice',
  )
  assert.deepEqual(
    [...times.keys()].filter((no) => !storm.sent.has(no)),
    [],
    'never sent',
  )
  assert.equal(unpaired, 0)
}

export async function untilDrained(folder: string): Promise<void> {
  while (storedHits(folder).waiting > 0) await setTimeout(20)
}
