// Many at once: answered for item by item, sent again without harm, in whatever size.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startApi } from '../../../test/api.ts'
import type { Api, Json } from '../../../test/api.ts'
import { testOnEach } from '../../../test/databases.ts'
import { importLines } from '../../../test/import-lines.ts'
import { host } from '../../../test/server.ts'
import { sql } from '../../db/sql.ts'
import { UnavailableError } from '../../errors.ts'
import { createFetch } from '../../server.ts'

const ndjson = { 'content-type': 'application/x-ndjson' }

async function startWithContact(): Promise<Api> {
  const api = await startApi()
  await importLines(api, [
    { type: 'campaign', id: 1100, name: 'One' },
    { type: 'contact', id: 32, email: 'joe@mail.com' },
  ])
  return api
}

const opened = (n: number, more: object = {}): object => {
  return {
    kind: 'open',
    contact: 32,
    campaign: 1100,
    at: new Date(Date.UTC(2009, 0, 1) + n * 1000).toISOString(),
    ...more,
  }
}

testOnEach('each item of an array is answered for, and the same again changes nothing', async () => {
  await using api = await startWithContact()
  const items = [
    opened(1),
    opened(1),
    opened(2, { contact: undefined, email: 'JOE@mail.com', key: 'a' }),
    opened(3, { key: 'a' }),
    opened(4, { contact: 99 }),
    opened(5, { campaign: 99 }),
    opened(6, { email: 'joe@mail.com' }),
    opened(7, { at: '1999-01-01T00:00:00Z' }),
    opened(8, { unknown: 1 }),
    'text',
    opened(9, { kind: 'click', url: 'http://x.example', type: 'event' }),
  ]
  const outcomes = ['new', 'same', 'new', 'same', ...Array.from({ length: 6 }, () => 'rejected'), 'new']
  const first = await api.must(200, 'POST', '/events', items)
  assert.deepEqual(first.results.map(({ outcome }: Json) => outcome), outcomes) // oxfmt-ignore
  assert.deepEqual(first.counts, { lines: 11, new: 3, updated: 0, same: 2, rejected: 6 })
  assert.match(first.results[4].reason, /no contact 99/)
  const again = await api.must(200, 'POST', '/events', items)
  assert.deepEqual(again.counts, { lines: 11, new: 0, updated: 0, same: 5, rejected: 6 })
  assert.deepEqual(again.results[0].id, first.results[0].id)
  const { url, kind } = await api.must(200, 'GET', `/events/${first.results[10].id}`)
  assert.deepEqual([kind, url], ['click', 'http://x.example'])
  assert.deepEqual(await api.app.db.tuples(sql`select distinct source from event`), [[5]])
})

testOnEach('lines are answered for line by line, in their order, and the end is told', async () => {
  await using api = await startWithContact()
  const lines = [JSON.stringify(opened(2)), '', 'no JSON', JSON.stringify(opened(1)), JSON.stringify(opened(2))]
  const text: string = await api.must(200, 'POST', '/events', lines.join('\r\n'), ndjson)
  const results = text.trim().split('\n').map((line) => JSON.parse(line)) // oxfmt-ignore
  assert.deepEqual(results.slice(0, -1).map(({ line, outcome }) => [line, outcome]), [[1, 'new'], [3, 'rejected'], [4, 'new'], [5, 'same']]) // oxfmt-ignore
  assert.deepEqual(results.at(-1), { end: { lines: 4, new: 2, updated: 0, same: 1, rejected: 1 } })
  assert.equal(
    await api.must(200, 'POST', '/events', '', ndjson),
    '{"end":{"lines":0,"new":0,"updated":0,"same":0,"rejected":0}}\n',
  )
})

testOnEach('contacts are made or brought to what is given, with their lists', async () => {
  await using api = await startWithContact()
  const items = [{ email: 'joe@mail.com', firstName: 'Joe' }, { email: 'new@mail.com', lists: ['Garden'] }, { email: 'new@mail.com', lists: ['Garden'] }, { email: 'x' }] // oxfmt-ignore
  const { results } = await api.must(200, 'POST', '/contacts/bulk', items)
  assert.deepEqual(results.map(({ outcome }: Json) => outcome), ['updated', 'new', 'same', 'rejected']) // oxfmt-ignore
  assert.deepEqual([results[0].contactId, results[1].contactId], [32, results[2].contactId])
  const made = await api.must(200, 'GET', `/contacts/${results[1].contactId}`)
  assert.deepEqual(made.lists.map(({ name }: Json) => name), ['Garden']) // oxfmt-ignore
})

test('more items than an array may have are refused, as are other types and keys', async () => {
  await using api = await startWithContact()
  await api.must(
    413,
    'POST',
    '/events',
    Array.from({ length: 10_001 }, () => 1),
  )
  await api.must(413, 'POST', '/events', `[${'"x",'.repeat(2_200_000)}"x"]`)
  await api.must(400, 'POST', '/events', {})
  await api.must(415, 'POST', '/events', 'a,b', { 'content-type': 'text/csv' })
  await api.must(400, 'POST', '/events', [], { 'idempotency-key': 'a' })
})

test('results that are more than fits into memory come all the same, each in its place', async () => {
  await using api = await startWithContact()
  const count = 12_000
  const lines = Array.from({ length: count }, (_, n) => (n % 1000 === 7 ? 'odd' : JSON.stringify(opened(n))))
  const text: string = await api.must(200, 'POST', '/events', lines.join('\n'), ndjson)
  const results = text.trim().split('\n')
  assert.equal(results.length, count + 1)
  results.slice(0, -1).forEach((result, n) => assert.ok(result.startsWith(`{"line":${n + 1},"outcome":"${n % 1000 === 7 ? 'rejected' : 'new'}"`), result)) // oxfmt-ignore
  assert.match(results.at(-1)!, /"new":11988/)
})

test('a store that goes away in mid-stream is a problem, and sending all again ends as if it had not', async () => {
  await using api = await startWithContact()
  const lines = Array.from({ length: 12_000 }, (_, n) => JSON.stringify(opened(n))).join('\n')
  let left = 2
  const transaction: typeof api.app.db.transaction = (work) =>
    left-- > 0 ? api.app.db.transaction(work) : Promise.reject(new UnavailableError('the store is away'))
  const { db } = api.app
  const wrapped = new Proxy(db, { get: (target, name) => (name === 'transaction' ? transaction : typeof Reflect.get(target, name) === 'function' ? (Reflect.get(target, name) as () => unknown).bind(target) : Reflect.get(target, name)) }) // oxfmt-ignore
  const fetch = createFetch({ ...api.app, db: wrapped })
  const request = (): Request => new Request(`http://${host}/api/v1/events`, { method: 'POST', headers: { authorization: `Bearer ${api.key}`, ...ndjson }, body: lines }) // oxfmt-ignore
  const cut = await fetch(request())
  assert.deepEqual([cut.status, cut.headers.get('retry-after')], [503, '1'])
  left = Infinity
  const text = await (await fetch(request())).text()
  assert.equal(
    text.slice(text.lastIndexOf('{"end"')),
    '{"end":{"lines":12000,"new":2000,"updated":0,"same":10000,"rejected":0}}\n',
  )
})
