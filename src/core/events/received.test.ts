import assert from 'node:assert/strict'
import { testOnEach as test } from '../../../test/databases.ts'
import { startTestServer } from '../../../test/server.ts'
import { sql } from '../../db/sql.ts'
import { listReceived } from './received.ts'
import type { ReceivedQuery } from './received.ts'

test('a page looks at so many events and no more, and the pages behind it find the one that fits', async () => {
  await using server = await startTestServer()
  const { app, accountId } = server
  await app.db.transaction(async (tx) => {
    await tx.run(
      sql`insert into campaign(campaign_id, account_id, name, kind, status, dated_at) values (1100, ${accountId}, '', 'regular', 'sent', 0)`,
    )
    // One of them is a click, all by one of three moments, as a bulk load leaves them.
    const rows = sql`with recursive n(n) as (select 1 union all select n + 1 from n where n < 5000) select * from n`
    await tx.run(sql`
      insert into event(contact_id, kind, event_id, campaign_id, recorded_at, account_id, source)
      select 1 + n % 7, case when n = 4400 then 4 else 1 end, n * 64, 1100, 1 + n / 2000, ${accountId}, 1 from (${rows}) g`)
  })
  const walk = async (query: Partial<ReceivedQuery>): Promise<[pages: number, events: number]> => {
    const seen = new Set<string>()
    let pages = 0
    let after: ReceivedQuery['after']
    do {
      const page = await listReceived(app.db, accountId, { limit: 700, ...query, after })
      for (const { contactId, eventId } of page.events) seen.add(`${contactId} ${eventId}`)
      after = page.next
      pages++
    } while (after)
    return [pages, seen.size]
  }
  for (const order of ['newest-first', 'oldest-first'] as const) {
    assert.deepEqual(await walk({ order }), [8, 5000])
    assert.deepEqual(await walk({ order, kinds: ['click'] }), [3, 1])
    assert.deepEqual(await walk({ order, recordedFrom: 2, recordedUntil: 3 }), [3, 2000])
  }
})
