import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import { testOnEach as test } from '../../../test/databases.ts'
import { importLines } from '../../../test/import-lines.ts'
import { openSecondApp, startTestServer, testNow } from '../../../test/server.ts'
import type { TestServer } from '../../../test/server.ts'
import type { App } from '../../app.ts'
import { seeded } from '../demo/random.ts'
import { listFeed } from './feed.ts'
import type { FeedPosition } from './feed.ts'
import type { HistoryEvent } from './history.ts'
import { record } from './record.ts'
import type { NewEvent } from './record.ts'

const at = Date.parse('2009-01-01T00:00:00Z')

async function startWithContacts(): Promise<TestServer> {
  const server = await startTestServer()
  await importLines(server, [
    { type: 'campaign', id: 1100, name: 'One' },
    ...[1, 2, 3, 4].map((id) => ({ type: 'contact', id, email: `c${id}@example.com` })),
  ])
  return server
}

const opened = (contactId: number, n: number): NewEvent => ({
  kind: 'open',
  contactId,
  campaignId: 1100,
  at: at + n,
  source: 'own',
})
const name = ({ contactId, eventId, kind }: HistoryEvent): string => `${contactId} ${eventId} ${kind}`

test('a feed gives events as they were recorded, page by page, with all their fields, and none of another account', async () => {
  await using server = await startWithContacts()
  const { app, accountId, clock } = server
  const put = (event: NewEvent, now: number): Promise<unknown> => {
    clock.now = now
    return app.db.transaction((tx) => record(tx, accountId, [event], now))
  }
  const year = 365 * 86_400_000
  await put(opened(2, 1), testNow)
  await put({ ...opened(1, 2), kind: 'click', url: 'http://x.example' }, testNow)
  await put({ ...opened(1, 2), kind: 'bounce', code: 'B', message: 'gone' }, testNow)
  await put(opened(1, 0), testNow + 3 * year)
  const given: HistoryEvent[] = []
  let after: FeedPosition | undefined
  for (;;) {
    const page = await listFeed(app.db, accountId, { after, limit: 2, now: testNow + 4 * year })
    if (page.events.length === 0) break
    assert.ok(page.events.length <= 2)
    given.push(...page.events)
    after = page.next
  }
  assert.deepEqual(
    given.map(({ contactId, kind, url, code, recordedAt }) => [contactId, kind, url ?? code, recordedAt - testNow]),
    [
      [1, 'click', 'http://x.example', 0],
      [1, 'bounce', 'B', 0],
      [2, 'open', undefined, 0],
      [1, 'open', undefined, 3 * year],
    ],
  )
  assert.deepEqual(await listFeed(app.db, accountId + 1, { limit: 9, now: testNow + 4 * year }), { events: [], next: undefined }) // oxfmt-ignore
})

test('an event that was just recorded is held back as long as clocks may be apart', async () => {
  await using server = await startWithContacts()
  const { app, accountId } = server
  await app.db.transaction((tx) => record(tx, accountId, [opened(1, 1)], testNow))
  const count = async (now: number): Promise<number> =>
    (await listFeed(app.db, accountId, { limit: 9, now })).events.length
  assert.deepEqual([await count(testNow + 5000), await count(testNow + 5001)], [0, 1])
})

test('while several processes record, a reader that follows is given every event once', async () => {
  await using server = await startWithContacts()
  const { accountId, clock } = server
  // The machine's clock, and two processes.
  Object.defineProperty(clock, 'now', { get: () => Date.now() })
  await using second = await openSecondApp(server)
  const random = seeded(5)
  let isDone = false
  const write = async (app: App, writer: number): Promise<void> => {
    for (let n = 0; n < 25; n++) {
      const pause = random() * 25
      await app.db.transaction(async (tx) => {
        await record(tx, accountId, [opened(1 + (n % 4), 1000 * writer + n)], app.now())
        // Long enough for others to begin later and commit sooner.
        await setTimeout(pause)
      })
    }
  }
  const read = async (): Promise<string[]> => {
    const given: string[] = []
    let after: FeedPosition | undefined
    for (;;) {
      const isLast = isDone
      // The same machine: there are no two clocks.
      const now = isLast ? Date.now() + 1000 : Date.now()
      const page = await listFeed(second.db, accountId, { after, limit: 3, now, clockTolerance: 0 })
      given.push(...page.events.map(name))
      after = page.next
      if (isLast && page.events.length === 0) return given
      await setTimeout(1)
    }
  }
  const reading = read()
  await Promise.all([0, 1, 2, 3].map((writer) => write(writer % 2 ? server.app : second, writer)))
  isDone = true
  const given = await reading
  assert.equal(given.length, 100)
  assert.equal(new Set(given).size, 100)
})
