// Erasing a contact that did very much: how long it takes and how long anybody else waits for it, beside the bare deletes of
// the same rows in the same steps.

import { copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { eraseContact } from '../src/core/erasure/erase-contact.ts'
import { openSqlite } from '../src/db/sqlite.ts'
import type { Db, Tx } from '../src/db/db.ts'
import { formatCount, formatRatio, formatSize, median, percentile } from './measure.ts'
import { judge } from './report.ts'
import type { Section } from './report.ts'
import { accountId, createStore } from './store.ts'

const contactId = 1
const campaigns = 10
/** As many as core/erasure takes in a step. */
const perStep = 500

interface Times {
  seconds: number
  /** Of each step, in ms. */
  steps: number[]
}

export async function benchErase(folder: string, events: number): Promise<Section> {
  const dir = join(folder, 'erase')
  await mkdir(dir)
  const path = await createStore(dir, { events: 0, contacts: 10, campaigns })
  fill(path, events)
  const barePath = join(dir, 'bare.db')
  await copyFile(path, barePath)
  const ours = await eraseOurs(path)
  const bare = eraseBare(barePath)
  const row = (name: string, { seconds, steps }: Times): string[] => [
    name,
    seconds.toFixed(1),
    formatCount(steps.length),
    median(steps).toFixed(1),
    percentile(steps, 99).toFixed(1),
    Math.max(...steps).toFixed(1),
  ]
  return {
    title: 'Erasing one contact',
    notes: [
      `A contact with ${formatSize(events)} events of four kinds, verdicts on a sixth of them and keys of half of them; each step is a transaction, and whoever wants to write waits for one step at most.`,
      'Reference: node:sqlite alone deleting the same events, verdicts and keys, and adding nothing to any total.',
    ],
    head: ['way', 'seconds', 'steps', 'median ms', 'p99 ms', 'longest ms'],
    rows: [row('eraseContact()', ours), row('bare deletes', bare)],
    verdicts: [
      `Erasing takes ${formatRatio(ours.seconds / bare.seconds)} times as long as the bare deletes.`,
      judge('the longest step in ms', Math.max(...ours.steps), { atMost: 250 }),
    ],
  }
}

function fill(path: string, events: number): void {
  using db = new DatabaseSync(path)
  db.exec(`
    begin;
    insert into event(contact_id, kind, event_id, campaign_id, recorded_at, account_id, source, link_no)
      with recursive n(i) as (select 1 union all select i + 1 from n where i < ${events})
      select ${contactId}, 1 + i % 4, 10000000000 + i * 6400,
        (select campaign_id from campaign order by campaign_id limit 1 offset 0), i, ${accountId}, 0, case when i % 4 = 3 then 1 end from n;
    insert into verdict(contact_id, kind, event_id, account_id, campaign_id, link_no, verdict, reasons, rules_version, judged_at)
      select contact_id, kind, event_id, account_id, campaign_id, link_no, 'machine', 'burst', '1', 0 from event where kind >= 3 and event_id / 6400 % 3 = 0;
    insert into event_key(contact_id, key_hash, kind, event_id, recorded_at)
      select contact_id, event_id * 7919 % 9007199254740881, kind, event_id, 0 from event where kind <= 2;
    commit`)
}

async function eraseOurs(path: string): Promise<Times> {
  await using db = openSqlite(path)
  const steps: number[] = []
  const watched: Db = {
    all: (query) => db.all(query),
    one: (query) => db.one(query),
    tuples: (query) => db.tuples(query),
    version: () => db.version(),
    oldestBegunAt: () => db.oldestBegunAt(),
    examine: (isFull) => db.examine(isFull),
    transaction: async <T>(work: (tx: Tx) => Promise<T>) => {
      const startedAt = performance.now()
      const result = await db.transaction(work)
      steps.push(performance.now() - startedAt)
      return result
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
  const [contact] = await db.all<{ email: string }>({
    strings: [`select email from contact where contact_id = ${contactId}`],
    values: [],
  })
  const startedAt = performance.now()
  await eraseContact(watched, accountId, { contactId, email: contact!.email }, Date.now())
  return { seconds: (performance.now() - startedAt) / 1000, steps }
}

/** The pragmas are those of db/sqlite.ts. */
function eraseBare(path: string): Times {
  using db = new DatabaseSync(path)
  db.exec('pragma journal_mode = wal; pragma synchronous = full; pragma temp_store = memory')
  const steps: number[] = []
  const startedAt = performance.now()
  for (const [table, key] of [
    ['event', 'kind, event_id'],
    ['verdict', 'kind, event_id'],
    ['event_key', 'key_hash'],
  ]) {
    const remove = db.prepare(`
      delete from ${table} where contact_id = ${contactId} and (${key}) in (
        select ${key} from ${table} where contact_id = ${contactId} order by ${key} limit ${perStep})`)
    for (let isMore = true; isMore;) {
      const begunAt = performance.now()
      isMore = remove.run().changes === perStep
      steps.push(performance.now() - begunAt)
    }
  }
  return { seconds: (performance.now() - startedAt) / 1000, steps }
}
