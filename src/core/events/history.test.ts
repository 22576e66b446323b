import assert from 'node:assert/strict'
import { testOnEach as test } from '../../../test/databases.ts'
import fc from 'fast-check'
import { startTestServer, testNow } from '../../../test/server.ts'
import { importLines } from '../../../test/import-lines.ts'
import { allKinds } from './event.ts'
import type { EventKind } from './event.ts'
import { listHistory } from './history.ts'
import type { HistoryEvent, HistoryPosition, HistoryQuery } from './history.ts'
import { record } from './record.ts'
import type { NewEvent } from './record.ts'

const start = Date.parse('2009-01-01T00:00:00Z')
const campaigns = [1100, 1101, 1164]

const someEvents = fc.array(
  fc.record({
    kind: fc.constantFrom(...allKinds),
    campaignId: fc.constantFrom(...campaigns),
    minute: fc.integer({ min: 0, max: 40 }),
  }),
  { maxLength: 60 },
)
const someQuery = fc.record({
  kinds: fc.option(fc.uniqueArray(fc.constantFrom(...allKinds), { minLength: 1 }), { nil: undefined }),
  campaignId: fc.option(fc.constantFrom(...campaigns), { nil: undefined }),
  from: fc.option(fc.integer({ min: 0, max: 40 }), { nil: undefined }),
  until: fc.option(fc.integer({ min: 0, max: 40 }), { nil: undefined }),
  order: fc.constantFrom('newest-first' as const, 'oldest-first' as const),
  limit: fc.integer({ min: 1, max: 7 }),
})

test('pages of any filter in any direction hold each event once, in order, as a plain filter and sort would', async () => {
  await using server = await startTestServer()
  await importLines(
    server,
    campaigns.map((id) => ({ type: 'campaign', id, name: `Campaign ${id}` })),
  )
  const { app, accountId } = server
  let contactId = 0
  await fc.assert(
    fc.asyncProperty(someEvents, someQuery, async (events, { from, until, ...query }) => {
      contactId++
      await importLines(server, [{ type: 'contact', id: contactId, email: `c${contactId}@example.com` }])
      const toTime = (minute: number | undefined) => (minute === undefined ? undefined : start + minute * 60_000)
      const given = events.map(({ kind, campaignId, minute }): NewEvent => ({
        kind,
        campaignId,
        contactId,
        at: toTime(minute)!,
        source: 'own',
      }))
      await app.db.transaction((tx) => record(tx, accountId, given, testNow))
      const all = (await listHistory(app.db, accountId, { contactId, limit: 1000 })).events
      const wanted = { ...query, contactId, from: toTime(from), until: toTime(until) }
      assert.deepEqual((await allPages(server, wanted)).map(name), expected(all, wanted).map(name))
    }),
    { numRuns: 60 },
  )
})

test('a page token stays true while events are recorded before and behind it', async () => {
  await using server = await startTestServer()
  const { app, accountId } = server
  await importLines(server, [
    { type: 'campaign', id: 1100, name: 'One' },
    { type: 'contact', id: 32, email: 'a@example.com' },
  ])
  const put = (minutes: number[]) =>
    app.db.transaction((tx) =>
      record(
        tx,
        accountId,
        minutes.map((minute): NewEvent => ({
          kind: 'open',
          contactId: 32,
          campaignId: 1100,
          at: start + minute * 60_000,
          source: 'own',
        })),
        testNow,
      ),
    )
  const minutes = ({ events }: { events: HistoryEvent[] }) => events.map((event) => (event.at - start) / 60_000)
  await put([10, 20, 30, 40])
  const first = await listHistory(app.db, accountId, { contactId: 32, limit: 2 })
  await put([15, 35, 50])
  const second = await listHistory(app.db, accountId, { contactId: 32, limit: 10, after: first.next })
  assert.deepEqual(minutes(first), [40, 30])
  assert.deepEqual(minutes(second), [20, 15, 10])
})

test("another account sees nothing of the contact's history", async () => {
  await using server = await startTestServer()
  const { app, accountId } = server
  await importLines(server, [
    { type: 'campaign', id: 1100, name: 'One' },
    { type: 'contact', id: 32, email: 'a@example.com' },
    { type: 'event', kind: 'open', contact: 32, campaign: 1100, at: '2009-01-01T00:00:00Z' },
  ])
  assert.equal((await listHistory(app.db, accountId, { contactId: 32, limit: 5 })).events.length, 1)
  assert.equal((await listHistory(app.db, accountId + 1, { contactId: 32, limit: 5 })).events.length, 0)
})

type Wanted = Omit<HistoryQuery, 'after'>

async function allPages(
  { app, accountId }: Awaited<ReturnType<typeof startTestServer>>,
  query: Wanted,
): Promise<HistoryEvent[]> {
  const events: HistoryEvent[] = []
  let after: HistoryPosition | undefined
  do {
    const page = await listHistory(app.db, accountId, { ...query, after })
    assert.ok(page.events.length <= query.limit)
    events.push(...page.events)
    after = page.next
  } while (after)
  return events
}

function expected(all: readonly HistoryEvent[], query: Wanted): HistoryEvent[] {
  const kinds: readonly EventKind[] = query.kinds ?? allKinds
  const fits = all.filter(
    (event) =>
      kinds.includes(event.kind) &&
      (query.campaignId === undefined || event.campaignId === query.campaignId) &&
      event.at >= (query.from ?? 0) &&
      event.at < (query.until ?? Infinity),
  )
  const sorted = fits.toSorted((a, b) => a.eventId - b.eventId || allKinds.indexOf(a.kind) - allKinds.indexOf(b.kind))
  return query.order === 'oldest-first' ? sorted : sorted.toReversed()
}

function name(event: HistoryEvent): string {
  return `${event.eventId} ${event.kind} ${event.campaignName}`
}
