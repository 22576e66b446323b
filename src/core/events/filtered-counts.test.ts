import assert from 'node:assert/strict'
import { test } from 'node:test'
import { importLines } from '../../../test/import-lines.ts'
import { testOnEach } from '../../../test/databases.ts'
import { startTestServer } from '../../../test/server.ts'
import type { TestServer } from '../../../test/server.ts'
import { sql } from '../../db/sql.ts'
import { countedEvents } from './contact-overview.ts'
import { allKinds, firstEventIdAt } from './event.ts'
import { countFiltered } from './filtered-counts.ts'
import type { CountFilter } from './filtered-counts.ts'
import { listHistory } from './history.ts'

const start = Date.UTC(2009, 5, 1)
const hour = 3_600_000

/** An event every hour, of kinds and campaigns in turn; every third open and click is judged. */
async function fill(server: TestServer, count: number): Promise<void> {
  const kinds = ['send', 'open', 'click', 'open', 'bounce'] as const
  await importLines(server, [
    ...[1, 2].map((id) => ({ type: 'campaign', id, name: `Campaign ${id}` })),
    ...[1, 2].map((id) => ({ type: 'contact', id, email: `c${id}@mail.example` })),
    ...Array.from({ length: count }, (_, i) => {
      const kind = kinds[i % kinds.length]!
      const more = kind === 'click' ? { url: 'http://x.example/a' } : kind === 'bounce' ? { code: 'B' } : {}
      return { type: 'event', kind, contact: 1, campaign: 1 + (i % 2), at: new Date(start + i * hour).toISOString(), ...more } // oxfmt-ignore
    }),
    { type: 'event', kind: 'open', contact: 2, campaign: 1, at: new Date(start).toISOString() },
  ])
  await server.app.db.transaction((tx) =>
    tx.run(sql`
      insert into verdict(contact_id, kind, event_id, account_id, campaign_id, verdict, reasons, rules_version, judged_at)
      select contact_id, kind, event_id, account_id, campaign_id,
        case when event_id < ${firstEventIdAt(start + 10 * hour)} then 'proxy' else 'machine' end, '', '1/1', 0
      from event where contact_id = 1 and kind in (3, 4) and event_id % 3 = 0`),
  )
}

async function countOneByOne({ app, accountId }: TestServer, filter: CountFilter): Promise<Map<string, number>> {
  const { events } = await listHistory(app.db, accountId, { contactId: 1, ...filter, limit: 1000 })
  const found = new Map<string, number>(allKinds.map((kind) => [kind, 0]))
  for (const { kind } of events) found.set(kind, found.get(kind)! + 1)
  return found
}

testOnEach('what a filter leaves of each kind is what the history shows under it', async () => {
  await using server = await startTestServer()
  await fill(server, 60)
  const filters = [
    {},
    { campaignId: 1 },
    { campaignId: 3 },
    { from: start + 7 * hour },
    { until: start + 20 * hour },
    { from: start + 7 * hour, until: start + 20 * hour, campaignId: 2 },
    { hidden: ['machine', 'proxy'] },
    { hidden: ['proxy'] },
    { hidden: ['machine', 'proxy'], campaignId: 2, from: start + 3 * hour, until: start + 40 * hour },
  ] as const
  for (const filter of filters) {
    const counts = await countFiltered(server.app.db, server.accountId, 1, filter)
    const found = new Map<string, number>(counts.map(({ kind, count }) => [kind, count]))
    assert.deepEqual(found, await countOneByOne(server, filter), JSON.stringify(filter))
    assert.ok(counts.every(({ hasMore }) => !hasMore))
  }
  const strange = await countFiltered(server.app.db, server.accountId + 1, 1, {})
  assert.ok(strange.every(({ count }) => count === 0))
})

test('of a contact that did very much, the latest few thousand of a kind are counted and more is said to be there', async () => {
  await using server = await startTestServer()
  await importLines(server, [
    { type: 'campaign', id: 1, name: 'One' },
    { type: 'contact', id: 1, email: 'c1@mail.example' },
    ...Array.from({ length: countedEvents + 3 }, (_, i) => ({ type: 'event', kind: 'open', contact: 1, campaign: 1, at: new Date(start + i * 60_000).toISOString() })), // oxfmt-ignore
  ])
  const opens = async (filter: CountFilter): Promise<object> =>
    (await countFiltered(server.app.db, server.accountId, 1, filter)).find(({ kind }) => kind === 'open')!
  assert.deepEqual(await opens({ campaignId: 1 }), { kind: 'open', count: countedEvents, hasMore: true })
  assert.deepEqual(await opens({ campaignId: 2 }), { kind: 'open', count: 0, hasMore: true })
  assert.deepEqual(await opens({ from: start + 60_000 * 10 }), { kind: 'open', count: countedEvents - 7, hasMore: false }) // oxfmt-ignore
})
