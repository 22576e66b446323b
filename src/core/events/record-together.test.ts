// The two ways of recording end in the same ledger, whatever they are given and whatever is there already.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { engines } from '../../../test/databases.ts'
import type { Engine } from '../../../test/databases.ts'
import { importLines } from '../../../test/import-lines.ts'
import { startTestServer, testNow } from '../../../test/server.ts'
import type { TestServer } from '../../../test/server.ts'
import { sql } from '../../db/sql.ts'
import { record } from './record.ts'
import type { NewEvent, Recorded } from './record.ts'

const start = Date.parse('2009-01-01T00:00:00Z')
const contactCount = 3
// The first two end in the same six bits, so their ids compete.
const campaigns = [1100, 1164, 1101]

// Few times, targets and keys, so that most events collide with something.
const someEvent = fc.record({
  kind: fc.constantFrom('send' as const, 'open' as const, 'click' as const),
  contactId: fc.integer({ min: 1, max: contactCount + 1 }),
  campaignId: fc.constantFrom(...campaigns, 7),
  at: fc.integer({ min: start, max: start + 6 }),
  url: fc.constantFrom(undefined, undefined, 'http://x.example/1', 'http://x.example/2'),
  message: fc.constantFrom(undefined, undefined, 'm'),
  messageId: fc.constantFrom(undefined, undefined, '<1@x>', '<2@x>'),
  key: fc.constantFrom(undefined, undefined, undefined, 'k1', 'k2', 'k3'),
  source: fc.constantFrom('own' as const, 'import' as const),
})
const someBatches = fc.array(fc.array(someEvent, { maxLength: 40 }), { minLength: 1, maxLength: 4 })

interface Way {
  server: TestServer
  isRemote: boolean
}

async function startWay(engine: Engine, isRemote: boolean): Promise<Way> {
  const server = await startTestServer({}, engine)
  await importLines(server, [
    ...campaigns.map((id) => ({ type: 'campaign', id, name: `Campaign ${id}` })),
    ...Array.from({ length: contactCount }, (_, i) => ({ type: 'contact', id: i + 1, email: `c${i}@example.com` })),
  ])
  return { server, isRemote }
}

function put({ server, isRemote }: Way, events: readonly NewEvent[], now: number): Promise<Recorded[]> {
  return server.app.db.transaction((tx) => record({ ...tx, isRemote }, server.accountId, events, now))
}

async function ledger({ server: { app } }: Way): Promise<unknown[]> {
  return [
    await app.db
      .tuples(sql`select * from (select contact_id, kind, event_id, campaign_id, recorded_at, source, link_no, details from event) e
      order by contact_id, kind, event_id`),
    await app.db.tuples(
      sql`select contact_id, key_hash, kind, event_id, recorded_at from event_key order by contact_id, key_hash`,
    ),
    await app.db.tuples(
      sql`select contact_id, campaign_id, send_no, message_id, sent_at from send order by contact_id, campaign_id, send_no`,
    ),
    await app.db.tuples(sql`select campaign_id, link_no, url from link order by campaign_id, link_no`),
  ]
}

async function empty({ server: { app } }: Way): Promise<void> {
  await app.db.transaction(async (tx) => {
    for (const table of [sql`event`, sql`event_key`, sql`send`, sql`link`]) await tx.run(sql`delete from ${table}`)
  })
}

test('a batch is answered and stored the same one by one and together, on every engine', async () => {
  const ways: Way[] = []
  for (const engine of engines) for (const isRemote of [false, true]) ways.push(await startWay(engine, isRemote))
  await fc.assert(
    fc.asyncProperty(someBatches, async (batches) => {
      for (const way of ways) await empty(way)
      for (const [i, batch] of batches.entries()) {
        const answers = await Promise.all(ways.map((way) => put(way, batch, testNow + i)))
        for (const answer of answers) assert.deepEqual(answer, answers[0])
      }
      const ledgers = await Promise.all(ways.map(ledger))
      for (const found of ledgers) assert.deepEqual(found, ledgers[0])
    }),
    { numRuns: 60 },
  )
  for (const { server } of ways) await server[Symbol.asyncDispose]()
})
