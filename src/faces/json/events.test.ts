// What happened, through the API: every kind with its evidence, in both directions, page by page.

import assert from 'node:assert/strict'
import { startApi } from '../../../test/api.ts'
import type { Api, Json } from '../../../test/api.ts'
import { testOnEach as test } from '../../../test/databases.ts'
import { importLines } from '../../../test/import-lines.ts'
import { record } from '../../core/events/record.ts'
import { sql } from '../../db/sql.ts'

const at = (minute: number): string => `2009-01-01T00:${String(minute).padStart(2, '0')}:00.000Z`

async function startWithHistory(): Promise<Api> {
  const api = await startApi()
  const event = (kind: string, minute: number, more: object = {}): object => ({ type: 'event', kind, contact: 32, campaign: 1100, at: at(minute), ...more }) // oxfmt-ignore
  await importLines(api, [
    { type: 'campaign', id: 1100, name: 'One' },
    { type: 'campaign', id: 1200, name: 'Two' },
    { type: 'contact', id: 32, email: 'joe@mail.com' },
    { type: 'contact', id: 33, email: 'ann@mail.com' },
    event('send', 0, { messageId: '<1@x>' }),
    event('delivery', 1, {
      status: '2.0.0',
      server: 'mx.mail.com [192.0.2.1]',
      tls: 'TLSv1.3',
      queueId: 'Q1',
      message: '250 ok',
    }),
    event('open', 2),
    event('open', 3),
    event('click', 3, { url: 'http://x.example/' }),
    event('click', 4, { url: 'http://y.example/' }),
    event('bounce', 5, { code: 'B', message: '550 no such user', status: '5.1.1' }),
    event('optout', 6, { by: 'contact', message: 'Too many' }),
    event('open', 7, { campaign: 1200 }),
    event('open', 8, { contact: 33 }),
  ])
  await api.app.db.transaction((tx) =>
    tx.run(sql`insert into verdict(contact_id, kind, event_id, account_id, campaign_id, verdict, reasons, rules_version, judged_at)
      select contact_id, kind, event_id, account_id, campaign_id, case when kind = 4 then 'machine' else 'proxy' end, 'S2 S3', '1/1', 0
      from event where contact_id = 32 and campaign_id = 1100 and kind in (3, 4) and event_id >= ${(Date.parse(at(3)) - Date.UTC(2000, 0, 1)) * 64}`),
  )
  return api
}

const brief = (page: Json): string[] =>
  page.items.map(({ kind, at: when }: Json) => `${kind} ${Number(when.slice(14, 16))}`)

async function walk(api: Api, path: string): Promise<string[]> {
  const seen: string[] = []
  let cursor = ''
  do {
    const page: Json = await api.must(200, 'GET', `${path}${path.includes('?') ? '&' : '?'}limit=2${cursor}`)
    assert.ok(page.items.length <= 2)
    seen.push(...brief(page))
    cursor = page.next ? `&cursor=${page.next}` : ''
  } while (cursor)
  return seen
}

test('each event of a contact tells all that is known of it', async () => {
  await using api = await startWithHistory()
  const { items } = await api.must(200, 'GET', '/contacts/32/events')
  const of = (kind: string): Json => items.find((item: Json) => item.kind === kind)
  const { id, recordedAt, ...delivery } = of('delivery')
  assert.match(id, /^32-delivery-\d+$/)
  assert.equal(recordedAt, '2009-11-19T14:49:21.928Z')
  assert.deepEqual(delivery, {
    kind: 'delivery', at: at(1), contactId: 32, campaign: { id: 1100, name: 'One' }, message: '250 ok', status: '2.0.0',
    server: 'mx.mail.com [192.0.2.1]', tls: 'TLSv1.3', queueId: 'Q1',
  }) // oxfmt-ignore
  assert.equal(of('send').messageId, '<1@x>')
  assert.deepEqual([of('bounce').code, of('bounce').status, of('bounce').message], ['B', '5.1.1', '550 no such user'])
  assert.deepEqual([of('optout').by, of('optout').message], ['contact', 'Too many'])
  assert.deepEqual(
    [of('click').url, of('click').verdict, of('click').reasons],
    ['http://y.example/', 'machine', ['S2', 'S3']],
  )
  assert.deepEqual(await api.must(200, 'GET', `/events/${of('click').id}`), of('click'))
  for (const odd of ['32-click-1', '32-nothing-1', 'x', '33-click-18181324800012'])
    await api.must(404, 'GET', `/events/${odd}`)
})

const all = ['send 0', 'delivery 1', 'open 2', 'open 3', 'click 3', 'click 4', 'bounce 5', 'optout 6', 'open 7']

test('the history of a contact is read in both directions, page by page, and by any filter', async () => {
  await using api = await startWithHistory()
  const path = '/contacts/32/events'
  assert.deepEqual(await walk(api, `${path}?order=oldest-first`), all)
  assert.deepEqual(await walk(api, path), all.toReversed())
  const filtered: [query: string, expected: string[]][] = [
    ['kind=click,bounce', ['bounce 5', 'click 4', 'click 3']],
    ['campaign=1200', ['open 7']],
    [`from=${at(3)}&to=${at(5)}`, ['click 4', 'click 3', 'open 3']],
    ['verdict=human', ['open 7', 'optout 6', 'bounce 5', 'open 2', 'delivery 1', 'send 0']],
    ['verdict=machine', ['click 4', 'click 3']],
    ['verdict=machine,proxy', ['click 4', 'click 3', 'open 3']],
    ['verdict=machine&kind=send', []],
    ['campaign=1100&link=1', ['click 3']],
    ['kind=open&verdict=human,proxy', ['open 7', 'open 3', 'open 2']],
  ]
  for (const [query, expected] of filtered) assert.deepEqual(await walk(api, `${path}?${query}`), expected, query)
})

test('a cursor goes with its filters, and what is recorded meanwhile moves no page', async () => {
  await using api = await startWithHistory()
  const first = await api.must(200, 'GET', '/contacts/32/events?limit=3')
  const next = `cursor=${first.next}`
  assert.equal((await api.must(400, 'GET', `/contacts/32/events?kind=open&${next}`)).code, 'invalid_cursor')
  await api.must(400, 'GET', `/contacts/33/events?${next}`)
  await api.must(400, 'GET', `/campaigns/1100/events?${next}`)
  await api.must(200, 'POST', '/events', [{ kind: 'open', contact: 32, campaign: 1200, at: at(9) }])
  assert.deepEqual(brief(await api.must(200, 'GET', `/contacts/32/events?limit=2&${next}`)), ['click 4', 'click 3'])
})

test('the history of a campaign holds all its contacts, in both directions and by any filter', async () => {
  await using api = await startWithHistory()
  const path = '/campaigns/1100/events'
  const own = [...all.slice(0, -1), 'open 8']
  assert.deepEqual((await walk(api, `${path}?order=oldest-first`)).toSorted(), own.toSorted())
  assert.deepEqual(await walk(api, path), (await walk(api, `${path}?order=oldest-first`)).toReversed())
  assert.deepEqual(await walk(api, `${path}?kind=open`), ['open 8', 'open 3', 'open 2'])
  assert.deepEqual(await walk(api, `${path}?link=2`), ['click 4'])
  assert.deepEqual(await walk(api, `${path}?verdict=proxy`), ['open 3'])
  assert.deepEqual(await walk(api, `${path}?kind=open,click&from=${at(3)}&verdict=human`), ['open 8'])
  const { items } = await api.must(200, 'GET', `${path}?kind=open&limit=1`)
  assert.deepEqual([items[0].email, items[0].contactId], ['ann@mail.com', 33])
})

test('events of one time, of several kinds and contacts, are each on one page', async () => {
  await using api = await startWithHistory()
  const same = ['open', 'click', 'complaint', 'forward'].flatMap((kind) => [32, 33].map((contact) => ({ kind, contact, campaign: 1200, at: at(30), ...(kind === 'click' && { url: 'http://x.example' }) }))) // oxfmt-ignore
  await api.must(200, 'POST', '/events', same)
  const seen = new Set<string>()
  for (const order of ['newest-first', 'oldest-first']) {
    seen.clear()
    let cursor = ''
    do {
      const page: Json = await api.must(
        200,
        'GET',
        `/campaigns/1200/events?order=${order}&limit=3&from=${at(30)}${cursor}`,
      )
      for (const { id } of page.items) seen.add(id)
      cursor = page.next ? `&cursor=${page.next}` : ''
    } while (cursor)
    assert.equal(seen.size, 8, order)
  }
})

test('what came in last comes first, whenever it happened, for the whole account', async () => {
  await using api = await startWithHistory()
  api.clock.now += 400 * 86_400_000
  const late = { kind: 'complaint', contactId: 32, campaignId: 1100, at: Date.parse(at(0)), source: 'own' } as const
  await api.app.db.transaction((tx) => record(tx, api.accountId, [late], api.clock.now))
  const seen = await walk(api, '/events')
  assert.deepEqual([seen[0], seen.length], ['complaint 0', 11])
  assert.deepEqual(await walk(api, '/events?kind=complaint,bounce'), ['complaint 0', 'bounce 5'])
  assert.deepEqual(await walk(api, '/events?campaign=1200'), ['open 7'])
  const now = new Date(api.clock.now).toISOString()
  assert.deepEqual(await walk(api, `/events?recordedFrom=${now}`), ['complaint 0'])
  assert.equal((await walk(api, `/events?recordedTo=${now}`)).length, 10)
})

test('what came in is read in both directions and by any filter, whoever did it', async () => {
  await using api = await startWithHistory()
  const everything = await walk(api, '/events?order=oldest-first')
  assert.deepEqual([everything.length, everything.toReversed()], [10, await walk(api, '/events')])
  const filtered: [query: string, expected: string[]][] = [
    ['verdict=machine', ['click 4', 'click 3']],
    ['verdict=machine,proxy', ['click 4', 'click 3', 'open 3']],
    ['kind=open&verdict=human', ['open 8', 'open 7', 'open 2']],
    ['verdict=machine&kind=send', []],
    ['campaign=1100&link=1', ['click 3']],
    ['campaign=1100&link=1&kind=open', []],
    [`from=${at(3)}&to=${at(5)}`, ['click 4', 'click 3', 'open 3']],
    [`from=${at(7)}`, ['open 8', 'open 7']],
    [`to=${at(1)}`, ['send 0']],
  ]
  for (const [query, expected] of filtered) {
    assert.deepEqual((await walk(api, `/events?${query}`)).toSorted(), expected.toSorted(), query)
    const forward = await walk(api, `/events?order=oldest-first&${query}`)
    assert.deepEqual((await walk(api, `/events?${query}`)).toReversed(), forward, query)
  }
  for (const path of ['/events', '/contacts/32/events'])
    assert.match((await api.must(400, 'GET', `${path}?link=1`)).detail, /name that too/)
})

test('an event that happens later than it was recorded, by a clock ahead of ours, is found by its time', async () => {
  await using api = await startWithHistory()
  const ahead = new Date(api.clock.now + 86_000_000).toISOString()
  await api.must(200, 'POST', '/events', [{ kind: 'open', contact: 32, campaign: 1200, at: ahead }])
  assert.equal((await walk(api, `/events?from=${ahead}`)).length, 1)
})

test('the summary of a contact counts what people did, and the rest when it is asked for', async () => {
  await using api = await startWithHistory()
  const { counts, lastAt, campaigns } = await api.must(200, 'GET', '/contacts/32/summary')
  assert.deepEqual([counts.send, counts.open, counts.click, counts.bounce], [1, 2, 0, 1])
  assert.equal(lastAt.click, at(4))
  assert.deepEqual(campaigns.map(({ campaign, counts: own }: Json) => [campaign.id, own.open]).toSorted(), [[1100, 1], [1200, 1]]) // oxfmt-ignore
  const every = await api.must(200, 'GET', '/contacts/32/summary?include=machine,proxy')
  assert.deepEqual([every.counts.open, every.counts.click], [3, 2])
})
