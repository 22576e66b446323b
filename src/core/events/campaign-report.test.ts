import assert from 'node:assert/strict'
import { test } from 'node:test'
import { importLines } from '../../../test/import-lines.ts'
import { startTestServer } from '../../../test/server.ts'
import type { TestServer } from '../../../test/server.ts'
import { testOnEach } from '../../../test/databases.ts'
import { sql } from '../../db/sql.ts'
import { eraseContact } from '../erasure/erase-contact.ts'
import { reportCampaign } from './campaign-report.ts'
import { ContactSet } from './contact-set.ts'
import { countByWeek, countedPerWeek, overviewContact } from './contact-overview.ts'
import { eventIdAt, eventKinds } from './event.ts'
import type { EventKind } from './event.ts'
import { readOutcomes } from './outcomes.ts'
import { listRecipients } from '../campaigns/recipients.ts'

const at = (minute: number): string => new Date(Date.UTC(2009, 9, 1, 10, minute)).toISOString()

async function fill(server: TestServer): Promise<void> {
  const event = (kind: EventKind, contact: number, minute: number, more: object = {}): object => ({ type: 'event', kind, contact, campaign: 1100, at: at(minute), ...more }) // oxfmt-ignore
  await importLines(server, [
    { type: 'campaign', id: 1100, name: 'A' },
    ...[1, 2, 3].map((id) => ({ type: 'contact', id, email: `c${id}@${id === 3 ? 'other' : 'mail'}.example` })),
    ...[1, 2, 3].map((id) => event('send', id, 0)),
    ...[1, 2].map((id) => event('delivery', id, 1)),
    event('bounce', 3, 1, { code: 'F', message: '452 4.2.2 full' }),
    ...[10, 20, 70].map((minute) => event('open', 1, minute)),
    event('open', 2, 3),
    event('click', 1, 11, { url: 'http://x.example/a' }),
    event('click', 1, 12, { url: 'http://x.example/a' }),
    event('click', 1, 13, { url: 'http://x.example/b' }),
    event('click', 2, 4, { url: 'http://x.example/a' }),
  ])
  await judge(server, 'open', 3, 'proxy')
  await judge(server, 'click', 4, 'machine')
}

/** Of the second contact. */
async function judge({ app, accountId }: TestServer, kind: EventKind, minute: number, verdict: string): Promise<void> {
  const linkNo = kind === 'click' ? 1 : null
  await app.db.transaction((tx) =>
    tx.run(sql`
      insert into verdict(contact_id, kind, event_id, account_id, campaign_id, link_no, verdict, reasons, rules_version, judged_at)
      values (2, ${eventKinds[kind]}, ${eventIdAt(Date.parse(at(minute)), 1100)}, ${accountId}, 1100, ${linkNo}, ${verdict}, '', '1/1', 0)`),
  )
}

testOnEach('a report tells events from contacts, and people from machines, link by link', async () => {
  await using server = await startTestServer()
  await fill(server)
  const { kinds, links, hours } = await reportCampaign(server.app.db, server.accountId, 1100)
  assert.deepEqual(kinds.send.all, { events: 3, contacts: 3 })
  assert.deepEqual(kinds.bounce.people, { events: 1, contacts: 1 })
  assert.deepEqual(kinds.open, { all: { events: 4, contacts: 2 }, people: { events: 3, contacts: 1 }, proxies: 1, machines: 0 }) // oxfmt-ignore
  assert.deepEqual(kinds.click, { all: { events: 4, contacts: 2 }, people: { events: 3, contacts: 1 }, proxies: 0, machines: 1 }) // oxfmt-ignore
  assert.deepEqual(links, [
    { linkNo: 1, all: { events: 3, contacts: 2 }, people: { events: 2, contacts: 1 }, proxies: 0, machines: 1 },
    { linkNo: 2, all: { events: 1, contacts: 1 }, people: { events: 1, contacts: 1 }, proxies: 0, machines: 0 },
  ])
  assert.deepEqual(hours, [
    { at: Date.parse(at(0)), opens: 2, clicks: 3, notHuman: 2 },
    { at: Date.parse(at(60)), opens: 1, clicks: 0, notHuman: 0 },
  ])
  assert.deepEqual((await reportCampaign(server.app.db, server.accountId + 1, 1100)).kinds.send.all.events, 0)
})

testOnEach('events of an erased contact stay in the totals, with who was behind them', async () => {
  await using server = await startTestServer()
  await fill(server)
  const before = await reportCampaign(server.app.db, server.accountId, 1100)
  await eraseContact(server.app.db, server.accountId, { contactId: 2, email: 'c2@mail.example' }, 1)
  const { kinds, links } = await reportCampaign(server.app.db, server.accountId, 1100)
  assert.deepEqual(links, [
    { linkNo: 1, all: { events: 3, contacts: 1 }, people: { events: 2, contacts: 1 }, proxies: 0, machines: 1 },
    { linkNo: 2, all: { events: 1, contacts: 1 }, people: { events: 1, contacts: 1 }, proxies: 0, machines: 0 },
  ])
  for (const kind of ['send', 'delivery', 'open', 'click', 'bounce'] as const) {
    assert.equal(kinds[kind].all.events, before.kinds[kind].all.events, kind)
    assert.equal(kinds[kind].people.events, before.kinds[kind].people.events, kind)
    assert.equal(kinds[kind].machines, before.kinds[kind].machines, kind)
    assert.equal(kinds[kind].proxies, before.kinds[kind].proxies, kind)
  }
})

testOnEach('who did not open is who has no open by a person', async () => {
  await using server = await startTestServer()
  await fill(server)
  const query = { campaignId: 1100, outcome: 'notOpened' as const, hidden: ['machine', 'proxy'] as const }
  const first = await listRecipients(server.app.db, server.accountId, { ...query, limit: 1 })
  assert.deepEqual(
    first.recipients.map(({ email }) => email),
    ['c3@other.example'],
  )
  const rest = await listRecipients(server.app.db, server.accountId, { ...query, after: first.next, limit: 5 })
  assert.deepEqual(
    rest.recipients.map(({ contactId }) => contactId),
    [2],
  )
  assert.equal(rest.next, undefined)
})

testOnEach('outcomes are told by domain and by the reason of bounces', async () => {
  await using server = await startTestServer()
  await fill(server)
  const { domains, bounces } = await readOutcomes(server.app.db, server.accountId, [1100])
  assert.deepEqual(domains, [
    { domain: 'mail.example', counts: { send: 2, delivery: 2, bounce: 0, complaint: 0, optout: 0 } },
    { domain: 'other.example', counts: { send: 1, delivery: 0, bounce: 1, complaint: 0, optout: 0 } },
  ])
  assert.deepEqual(bounces, [{ code: 'F', status: '4.2.2', count: 1, example: '452 4.2.2 full' }])
})

testOnEach('a contact at a glance: how much of each kind, and how much of it no person did', async () => {
  await using server = await startTestServer()
  await fill(server)
  const overview = await overviewContact(server.app.db, server.accountId, 2)
  const of = (kind: EventKind): object => overview.find((one) => one.kind === kind)!
  assert.deepEqual(of('open'), { kind: 'open', count: 1, lastAt: Date.parse(at(3)), machines: 0, proxies: 1 })
  assert.deepEqual(of('click'), { kind: 'click', count: 1, lastAt: Date.parse(at(4)), machines: 1, proxies: 0 })
  assert.deepEqual(of('bounce'), { kind: 'bounce', count: 0, lastAt: undefined, machines: 0, proxies: 0 })
  const weeks = { from: Date.UTC(2009, 8, 28), weeks: 3, kinds: ['send', 'open', 'click', 'bounce'] } as const
  const found = await countByWeek(server.app.db, server.accountId, 2, weeks)
  assert.deepEqual(
    found.toSorted((a, b) => eventKinds[a.kind] - eventKinds[b.kind]),
    [
      { at: weeks.from, kind: 'send', count: 1, notHuman: 0 },
      { at: weeks.from, kind: 'open', count: 1, notHuman: 1 },
      { at: weeks.from, kind: 'click', count: 1, notHuman: 1 },
    ],
  )
  assert.deepEqual(await countByWeek(server.app.db, server.accountId, 2, { ...weeks, from: Date.UTC(2009, 9, 2) }), [])
})

testOnEach(
  'a contact by week: an event belongs to the week it is in, and of very many there are at least so many',
  async () => {
    await using server = await startTestServer()
    const monday = Date.UTC(2009, 8, 28)
    const moments = [monday - 1, monday, monday + 7 * 86_400_000 - 1, monday + 7 * 86_400_000]
    const many = Array.from({ length: countedPerWeek + 5 }, (_, i) => monday + 14 * 86_400_000 + i * 1000)
    await importLines(server, [
      { type: 'campaign', id: 1100, name: 'A' },
      { type: 'contact', id: 1, email: 'c1@mail.example' },
      ...[...moments, ...many].map((time) => ({ type: 'event', kind: 'open', contact: 1, campaign: 1100, at: new Date(time).toISOString() })), // oxfmt-ignore
    ])
    const found = await countByWeek(server.app.db, server.accountId, 1, { from: monday, weeks: 3, kinds: ['open', 'send'] }) // oxfmt-ignore
    assert.deepEqual(
      found.map(({ count }) => count),
      [2, 1, countedPerWeek + 1],
    )
    const ofOthers = await countByWeek(server.app.db, server.accountId + 1, 1, {
      from: monday,
      weeks: 3,
      kinds: ['open'],
    })
    assert.deepEqual(ofOthers, [])
  },
)

test('a set of contacts counts each once, whatever the size of its id', () => {
  const set = new ContactSet()
  const ids = [0, 1, 7, 8, 8191, 8192, 2 ** 31, 2 ** 31 + 1, 2 ** 52]
  for (const id of [...ids, ...ids]) set.add(id)
  assert.equal(set.size, ids.length)
})
