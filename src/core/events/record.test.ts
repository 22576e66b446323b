import assert from 'node:assert/strict'
import { testOnEach as test } from '../../../test/databases.ts'
import { sql } from '../../db/sql.ts'
import { addAccount, startTestServer, testNow } from '../../../test/server.ts'
import type { TestServer } from '../../../test/server.ts'
import { importLines } from '../../../test/import-lines.ts'
import { listHistory } from './history.ts'
import type { HistoryEvent } from './history.ts'
import { record } from './record.ts'
import type { NewEvent, Recorded } from './record.ts'

const at = Date.parse('2008-10-03T18:39:02.910Z')
const click: NewEvent = {
  kind: 'click',
  contactId: 32,
  campaignId: 1100,
  at,
  url: 'http://www.boston.com',
  source: 'own',
}

async function startWithContact(): Promise<TestServer> {
  const server = await startTestServer()
  await importLines(server, [
    { type: 'campaign', id: 1100, name: 'One' },
    { type: 'campaign', id: 1164, name: 'Two, whose ids end in the same six bits' },
    { type: 'contact', id: 32, email: 'jflowers@mail.com' },
  ])
  return server
}

const put = ({ app, accountId }: TestServer, events: NewEvent[], now = testNow): Promise<Recorded[]> =>
  app.db.transaction((tx) => record(tx, accountId, events, now))
const outcomes = (recorded: Recorded[]): string[] => recorded.map(({ outcome }) => outcome)
const history = async ({ app, accountId }: TestServer): Promise<HistoryEvent[]> =>
  (await listHistory(app.db, accountId, { contactId: 32, limit: 1000 })).events

test('the same event again changes nothing and says so', async () => {
  await using server = await startWithContact()
  assert.deepEqual(outcomes(await put(server, [click, click])), ['new', 'duplicate'])
  assert.deepEqual(outcomes(await put(server, [{ ...click, source: 'import' }], testNow + 5000)), ['duplicate'])
  assert.equal((await history(server)).length, 1)
  assert.equal((await history(server))[0]!.recordedAt, testNow)
})

test('the same key is the same event, also when the sender tells another time on its retry', async () => {
  await using server = await startWithContact()
  const first = await put(server, [{ ...click, key: 'evt_1' }])
  const again = await put(server, [{ ...click, key: 'evt_1', at: at + 60_000 }])
  assert.deepEqual(outcomes([...first, ...again]), ['new', 'duplicate'])
  assert.equal((again[0] as { eventId: number }).eventId, (first[0] as { eventId: number }).eventId)
})

test('two keys are two events, also when all else is equal', async () => {
  await using server = await startWithContact()
  assert.deepEqual(
    outcomes(
      await put(server, [
        { ...click, key: 'a' },
        { ...click, key: 'b' },
      ]),
    ),
    ['new', 'new'],
  )
  assert.equal((await history(server)).length, 2)
})

test('different events of one millisecond are all kept, a millisecond apart, whatever the order they come again in', async () => {
  await using server = await startWithContact()
  const events = ['a', 'b', 'c', 'd'].map((path) => ({ ...click, url: `http://www.boston.com/${path}` }))
  assert.deepEqual(outcomes(await put(server, events)), ['new', 'new', 'new', 'new'])
  assert.deepEqual(outcomes(await put(server, events.toReversed())), [
    'duplicate',
    'duplicate',
    'duplicate',
    'duplicate',
  ])
  const kept = await history(server)
  assert.deepEqual(
    kept.map((event) => event.at - at),
    [3, 2, 1, 0],
  )
  assert.deepEqual(new Set(kept.map((event) => event.url)), new Set(events.map((event) => event.url)))
})

test('events of two campaigns in one millisecond are kept apart even where their ids would collide', async () => {
  await using server = await startWithContact()
  assert.deepEqual(outcomes(await put(server, [click, { ...click, campaignId: 1164 }])), ['new', 'new'])
  assert.deepEqual(new Set((await history(server)).map((event) => event.campaignId)), new Set([1100, 1164]))
})

test('each event of a batch is answered in its place, and a bad one stops no other', async () => {
  await using server = await startWithContact()
  const events = [
    { ...click, contactId: 33 },
    { ...click, campaignId: 7 },
    { ...click, at: Date.parse('1999-12-31T23:59:59.999Z') },
    { ...click, at: testNow + 86_400_001 },
    { ...click, at: testNow + 86_400_000 },
    { ...click, at: Number.NaN },
    click,
  ]
  const expected = [
    'unknown-contact',
    'unknown-campaign',
    'time-out-of-range',
    'time-out-of-range',
    'new',
    'time-out-of-range',
    'new',
  ]
  assert.deepEqual(outcomes(await put(server, events)), expected)
})

test("another account's contact or campaign is unknown", async () => {
  await using server = await startWithContact()
  const other = await addAccount(server.app, { key: 'k', username: 'other', password: 'p' })
  const recorded = await server.app.db.transaction((tx) => record(tx, other, [click], testNow))
  assert.deepEqual(outcomes(recorded), ['unknown-contact'])
})

test('every field of an event comes back as it was given', async () => {
  await using server = await startWithContact()
  const events: NewEvent[] = [
    { ...click, kind: 'send', url: undefined, at: at + 1000, messageId: '<1@x>' },
    { ...click, kind: 'bounce', url: undefined, at: at + 2000, code: 'B', message: '550 5.1.1 user unknown' },
    { ...click, kind: 'optout', url: undefined, at: at + 3000, by: 'contact', message: '{"odd": reason}' },
    { ...click, kind: 'delivery', url: undefined, at: at + 4000, message: '{starts like JSON' },
    { ...click, kind: 'complaint', url: undefined, at: at + 5000 },
  ]
  await put(server, events)
  const kept = (await history(server)).toReversed()
  assert.deepEqual(
    kept.map(({ kind, code, message, by, at: when }) => ({ kind, code, message, by, at: when })),
    events.map(({ kind, code, message, by, at: when }) => ({ kind, code, message, by, at: when })),
  )
  assert.equal(
    await server.app.db.one<{ id: string }>(sql`select message_id as id from send`).then((row) => row?.id),
    '<1@x>',
  )
})

test('a campaign with more targets than a newsletter can have keeps the address with each further click', async () => {
  await using server = await startWithContact()
  const events = Array.from({ length: 1005 }, (_, i) => ({ ...click, at: at + i, url: `http://example.com/${i}` }))
  assert.ok((await put(server, events)).every(({ outcome }) => outcome === 'new'))
  assert.ok((await put(server, events)).every(({ outcome }) => outcome === 'duplicate'))
  const { links } = (await server.app.db.one<{ links: number }>(sql`select count(*) as links from link`))!
  assert.equal(links, 1000)
  const latest = await listHistory(server.app.db, server.accountId, { contactId: 32, limit: 2000 })
  assert.deepEqual(
    latest.events.map((event) => event.url).toReversed(),
    events.map((event) => event.url),
  )
})

test('an event that was moved aside is not taken for one that happened there', async () => {
  await using server = await startWithContact()
  const [a, b] = ['a', 'b'].map((path) => ({ ...click, url: `http://www.boston.com/${path}` }))
  const later = { ...b!, at: at + 1 }
  assert.deepEqual(outcomes(await put(server, [a!, b!, later])), ['new', 'new', 'new'])
  assert.deepEqual(outcomes(await put(server, [later, b!, a!])), ['duplicate', 'duplicate', 'duplicate'])
  await using other = await startWithContact()
  for (const event of [later, a!, b!]) assert.deepEqual(outcomes(await put(other, [event])), ['new'])
  assert.equal((await history(other)).length, 3)
})

test('two messages of one campaign to one contact are two sends, told apart by their Message-ID', async () => {
  await using server = await startWithContact()
  const send = (messageId: string, later = 0): NewEvent => ({
    ...click,
    kind: 'send',
    url: undefined,
    at: at + later,
    messageId,
  })
  const sends = [send('<1@x>'), send('<2@x>'), send('<3@x>', 5000)]
  assert.deepEqual(outcomes(await put(server, sends)), ['new', 'new', 'new'])
  assert.deepEqual(outcomes(await put(server, sends)), ['duplicate', 'duplicate', 'duplicate'])
  assert.deepEqual(
    (await history(server)).map((event) => event.messageId),
    ['<3@x>', '<2@x>', '<1@x>'],
  )
  const rows = await server.app.db.all<{ id: string }>(sql`select message_id as id from send order by send_no`)
  assert.deepEqual(
    rows.map(({ id }) => id),
    ['<1@x>', '<2@x>', '<3@x>'],
  )
})
