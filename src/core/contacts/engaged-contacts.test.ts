import assert from 'node:assert/strict'
import { importLines } from '../../../test/import-lines.ts'
import { startTestServer } from '../../../test/server.ts'
import type { TestServer } from '../../../test/server.ts'
import { testOnEach } from '../../../test/databases.ts'
import { sql } from '../../db/sql.ts'
import { eventIdAt } from '../events/event.ts'
import { listEngagedContacts } from './engaged-contacts.ts'
import type { EngagementFilter } from './engaged-contacts.ts'

const then = '2009-06-01T00:00:00Z'
const late = '2009-11-01T00:00:00Z'

async function fill(server: TestServer): Promise<void> {
  const contact = (id: number, more: object = {}): object => ({ type: 'contact', id, email: `c${id}@example.com`, ...more }) // oxfmt-ignore
  const event = (kind: string, id: number, at: string, more: object = {}): object => ({ type: 'event', kind, contact: id, campaign: 1100, at, ...more }) // oxfmt-ignore
  await importLines(server, [
    { type: 'list', id: 1, name: 'One' },
    { type: 'campaign', id: 1100, name: 'A' },
    ...[1, 2, 3, 4, 5, 6].map((id) => contact(id, id < 4 ? { lists: ['One'] } : {})),
    event('open', 1, late),
    event('click', 2, late, { url: 'http://x.example' }),
    event('open', 3, then),
    event('bounce', 4, late, { code: 'B' }),
    event('open', 5, late),
  ])
  // The last one's open was a machine's.
  await server.app.db.transaction((tx) =>
    tx.run(sql`
      insert into verdict(contact_id, kind, event_id, account_id, campaign_id, verdict, reasons, rules_version, judged_at)
      values (5, 3, ${eventIdAt(Date.parse(late), 1100)}, ${server.accountId}, 1100, 'machine', 'robot_agent', '1/1', 0)`),
  )
}

testOnEach('contacts are told apart by what people did, and since when', async () => {
  await using server = await startTestServer()
  await fill(server)
  const find = async (filter: Partial<EngagementFilter>): Promise<number[]> => {
    const page = await listEngagedContacts(server.app.db, server.accountId, { limit: 10, ...filter })
    assert.equal(page.next, undefined)
    return page.contacts.map(({ contactId }) => contactId)
  }
  const since = Date.parse('2009-10-01T00:00:00Z')
  assert.deepEqual(await find({}), [6, 5, 4, 3, 2, 1])
  assert.deepEqual(await find({ engagement: 'opened' }), [3, 1])
  assert.deepEqual(await find({ engagement: 'opened', since }), [1])
  assert.deepEqual(await find({ engagement: 'clicked' }), [2])
  assert.deepEqual(await find({ engagement: 'silent' }), [6, 5, 4])
  assert.deepEqual(await find({ engagement: 'silent', since }), [6, 5, 4, 3])
  assert.deepEqual(await find({ engagement: 'bounced' }), [4])
  assert.deepEqual(await find({ engagement: 'complained' }), [])
  assert.deepEqual(await find({ listId: 1 }), [3, 2, 1])
  assert.deepEqual(await find({ listId: 1, engagement: 'silent', since }), [3])
  assert.deepEqual(await find({ status: 'do-not-mail' }), [])
})

testOnEach('pages go on where the one before ended, each contact once', async () => {
  await using server = await startTestServer()
  await fill(server)
  for (const filter of [{}, { engagement: 'silent' as const }, { listId: 1 }]) {
    const all = await listEngagedContacts(server.app.db, server.accountId, { ...filter, limit: 100 })
    const seen: number[] = []
    let before: number | undefined
    do {
      const page = await listEngagedContacts(server.app.db, server.accountId, { ...filter, before, limit: 2 })
      seen.push(...page.contacts.map(({ contactId }) => contactId))
      before = page.next
    } while (before !== undefined)
    assert.deepEqual(
      seen,
      all.contacts.map(({ contactId }) => contactId),
    )
  }
})
