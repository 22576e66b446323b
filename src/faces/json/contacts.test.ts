// Contacts through the API, as somebody who writes a client would go about it.

import assert from 'node:assert/strict'
import { startApi } from '../../../test/api.ts'
import type { Api, Json } from '../../../test/api.ts'
import { testOnEach as test } from '../../../test/databases.ts'
import { importLines } from '../../../test/import-lines.ts'
import { runDueJobs } from '../../../test/run-jobs.ts'
import { sql } from '../../db/sql.ts'

const ids = (page: Json): number[] => page.items.map((item: Json) => item.id)

async function startWithPeople(): Promise<Api> {
  const api = await startApi()
  const names = [
    ['Joe', 'Flowers'],
    ['Ann', 'Joest'],
    ['joël', 'Ánn'],
    ['', ''],
  ]
  await importLines(api, [
    { type: 'list', id: 1, name: 'General Interest' },
    { type: 'list', id: 2, name: 'Garden Club' },
    { type: 'campaign', id: 1100, name: 'One' },
    { type: 'campaign', id: 1200, name: 'Two' },
    ...names.map(([firstName, lastName], i) => ({ type: 'contact', id: i + 1, email: `${['joe', 'a_b', 'x%y', 'zoe'][i]}@mail.com`, firstName, lastName, lists: i < 2 ? ['General Interest'] : ['Garden Club'] })),
    { type: 'event', kind: 'open', contact: 1, campaign: 1100, at: '2009-01-01T00:00:00Z' },
    { type: 'event', kind: 'click', contact: 1, campaign: 1100, at: '2009-01-01T00:01:00Z', url: 'http://x.example' },
    { type: 'event', kind: 'open', contact: 2, campaign: 1200, at: '2009-06-01T00:00:00Z' },
    { type: 'event', kind: 'bounce', contact: 3, campaign: 1100, at: '2009-01-01T00:00:00Z', code: 'B' },
  ]) // oxfmt-ignore
  return api
}

test('a contact is made, found by its address in any case, changed field by field, and its history stays', async () => {
  await using api = await startWithPeople()
  const made = await api.ask('POST', '/contacts', {
    email: 'Jane+News@Mail.com',
    firstName: 'Jane',
    profile: { city: 'Boston', note: 'x' },
    lists: [1],
  })
  assert.deepEqual([made.status, made.headers.get('location')], [201, `/api/v1/contacts/${made.body.id}`])
  const found = await api.must(200, 'GET', '/contacts?email=JANE+news@mail.COM,nobody@mail.com')
  assert.deepEqual(ids(found), [made.body.id])
  api.clock.now += 1000
  const changed = await api.must(200, 'PATCH', `/contacts/${made.body.id}`, {
    lastName: 'Doe',
    profile: { note: null, jobTitle: 'Cook' },
  })
  assert.deepEqual(
    [changed.firstName, changed.lastName, changed.profile],
    ['Jane', 'Doe', { city: 'Boston', jobTitle: 'Cook' }],
  )
  assert.deepEqual([changed.status, changed.lists.map(({ id }: Json) => id)], ['active', [1]])
  assert.deepEqual(await api.must(200, 'GET', `/contacts/${made.body.id}`), changed)
  const off = await api.must(200, 'PATCH', `/contacts/${made.body.id}`, { lists: [] })
  assert.deepEqual([off.status, off.lists], ['removed', []])
})

test('a contact may be on no list, and an address belongs to one contact', async () => {
  await using api = await startWithPeople()
  const made = await api.must(201, 'POST', '/contacts', { email: 'new@mail.com' })
  assert.deepEqual([made.status, made.lists], ['active', []])
  assert.equal((await api.must(200, 'PATCH', `/contacts/${made.id}`, { firstName: 'N' })).status, 'active')
  assert.equal((await api.must(409, 'POST', '/contacts', { email: 'NEW@mail.com' })).code, 'conflict')
  await api.must(409, 'PATCH', `/contacts/${made.id}`, { email: 'joe@mail.com' })
})

test('a request that comes twice with one key is done once, and answered the same; with another body it is refused', async () => {
  await using api = await startWithPeople()
  const key = { 'idempotency-key': '"order 7"'.replace(' ', '-') }
  const first = await api.ask('POST', '/contacts', { email: 'new@mail.com' }, key)
  const again = await api.ask('POST', '/contacts', { email: 'new@mail.com' }, { 'idempotency-key': 'order-7' })
  assert.deepEqual([again.status, again.body, again.headers.get('etag')], [201, first.body, first.headers.get('etag')])
  assert.deepEqual([first, again].map(({ headers }) => headers.get('idempotency-replayed')), [null, 'true']) // oxfmt-ignore
  assert.equal(
    (await api.must(422, 'POST', '/contacts', { email: 'other@mail.com' }, key)).code,
    'idempotency_key_reused',
  )
  await api.must(422, 'POST', '/lists', { name: 'A' }, key)
  const together = await Promise.all(
    [1, 2, 3].map(() => api.ask('POST', '/lists', { name: 'Once' }, { 'idempotency-key': 'b' })),
  )
  assert.deepEqual(together.map(({ status, body }) => [status, body.id]), [1, 2, 3].map(() => [201, together[0]!.body.id])) // oxfmt-ignore
})

test('what failed is not kept, an answer is kept for a day, and one about a contact goes with it', async () => {
  await using api = await startWithPeople()
  const key = { 'idempotency-key': 'a' }
  await api.must(409, 'POST', '/contacts', { email: 'joe@mail.com' }, key)
  await api.must(200, 'PATCH', '/contacts/1', { email: 'moved@mail.com' })
  const { id } = await api.must(201, 'POST', '/contacts', { email: 'joe@mail.com' }, key)
  api.clock.now += 23 * 3_600_000
  assert.equal((await api.must(201, 'POST', '/contacts', { email: 'joe@mail.com' }, key)).id, id)
  await api.must(202, 'DELETE', `/contacts/${id}`)
  assert.equal((await api.app.db.all(sql`select body from kept_answer`)).length, 0)
  await api.must(201, 'POST', '/lists', { name: 'A' }, key)
  api.clock.now += 24 * 3_600_000
  await api.must(201, 'POST', '/lists', { name: 'B' }, key)
  api.clock.now += 24 * 3_600_000
  const prune = sql`insert into job(job_id, kind, subject, due_at, attempts, created_at) values (900, 'prune-answers', 'now', 1, 0, 1)`
  await api.app.db.transaction((tx) => tx.run(prune))
  await runDueJobs(api.app)
  assert.equal((await api.app.db.all(sql`select body from kept_answer`)).length, 0)
})

test('keys are refused where they are odd or of no use', async () => {
  await using api = await startApi()
  for (const key of ['', 'a b', 'x'.repeat(256), 'é'])
    await api.must(400, 'POST', '/lists', { name: 'A' }, { 'idempotency-key': encodeURI(key) === key ? key : 'a b' })
  await api.must(400, 'POST', '/keys', { name: 'A' }, { 'idempotency-key': 'a' })
})

test('search finds how an address or a name begins, each contact once, page by page', async () => {
  await using api = await startWithPeople()
  const search = async (text: string): Promise<number[]> =>
    ids(await api.must(200, 'GET', `/contacts?search=${encodeURIComponent(text)}`))
  assert.deepEqual(await search('JOE'), [1, 2])
  assert.deepEqual(await search('jo'), [1, 3, 2])
  assert.deepEqual(await search('joe f'), [1])
  assert.deepEqual(await search('joe x'), [])
  // No wildcards.
  assert.deepEqual([await search('a_'), await search('a%'), await search('x%')], [[2], [], [3]])
  const first = await api.must(200, 'GET', '/contacts?search=jo&limit=1')
  const second = await api.must(200, 'GET', `/contacts?search=jo&limit=1&cursor=${first.next}`)
  const third = await api.must(200, 'GET', `/contacts?search=jo&limit=5&cursor=${second.next}`)
  assert.deepEqual([first, second, third].map(ids), [[1], [3], [2]])
  assert.equal(third.next, undefined)
  await api.must(400, 'GET', `/contacts?search=joe&cursor=${first.next}`)
})

test('filters find who did or did not do what, when, with which campaign, and who is what', async () => {
  await using api = await startWithPeople()
  await api.must(201, 'POST', '/suppressions', { email: 'A_B@mail.com' })
  await api.must(200, 'POST', '/contacts/3/optout', { by: 'contact' })
  const filter = async (query: string): Promise<number[]> => ids(await api.must(200, 'GET', `/contacts?${query}`))
  const expected: [query: string, ids: number[]][] = [
    ['', [4, 3, 2, 1]],
    ['did=click', [1]],
    ['did=open,bounce', [3, 2, 1]],
    ['did=open&campaign=1100', [1]],
    ['didNot=open', [4, 3]],
    ['didNot=open,click&since=2009-02-01T00:00:00Z', [4, 3, 1]],
    ['did=open&until=2009-01-01T00:00:00Z', []],
    ['did=open&didNot=click', [2]],
    ['did=bounce&did=click', [3, 1]],
    ['list=1', [2, 1]],
    ['list=1&did=click', [1]],
    ['list=9', []],
    ['status=do-not-mail', [3]],
    ['status=active&list=2', [4]],
    ['suppressed=true', [3, 2]],
    ['suppressed=false', [4, 1]],
  ]
  for (const [query, found] of expected) assert.deepEqual(await filter(query), found, query)
})

test('opens and clicks of machines do not count as done, unless they are asked for', async () => {
  await using api = await startWithPeople()
  await api.app.db.transaction((tx) =>
    tx.run(sql`insert into verdict(contact_id, kind, event_id, account_id, campaign_id, verdict, reasons, rules_version, judged_at)
      select contact_id, kind, event_id, account_id, campaign_id, 'machine', 'S2', '1/1', 0 from event where kind in (3, 4) and contact_id = 1`),
  )
  assert.deepEqual(ids(await api.must(200, 'GET', '/contacts?did=open')), [2])
  assert.deepEqual(ids(await api.must(200, 'GET', '/contacts?did=open&include=machine')), [2, 1])
  assert.deepEqual(ids(await api.must(200, 'GET', '/contacts?did=open&include=proxy')), [2])
})

test('of many contacts of whom few fit a page looks at some, and the next goes on from there', async () => {
  await using api = await startApi()
  const lines = Array.from({ length: 4500 }, (_, i) => ({ type: 'contact', id: i + 1, email: `c${i + 1}@mail.com` }))
  const opened = { type: 'event', kind: 'open', contact: 10, campaign: 1100, at: '2009-01-01T00:00:00Z' }
  await importLines(api, [{ type: 'campaign', id: 1100, name: 'One' }, ...lines, opened])
  const pages: number[][] = []
  let cursor = ''
  do {
    const page = await api.must(200, 'GET', `/contacts?did=open${cursor}`)
    pages.push(ids(page))
    cursor = page.next ? `&cursor=${page.next}` : ''
  } while (cursor)
  assert.deepEqual(pages, [[], [], [10]])
})

test('who opted out stays so until it comes back itself, and an opt-out of a mail is an event', async () => {
  await using api = await startWithPeople()
  const out = await api.must(200, 'POST', '/contacts/1/optout', { by: 'contact', reason: 'Too many', campaign: 1100 })
  assert.deepEqual(
    [out.status, out.optOutReason, out.optOutSource, out.lists],
    ['do-not-mail', 'Too many', 'contact', []],
  )
  const { items } = await api.must(200, 'GET', '/contacts/1/events?kind=optout')
  assert.deepEqual(items.map(({ message, by }: Json) => [message, by]), [['Too many', 'contact']]) // oxfmt-ignore
  const refused = await api.must(403, 'PATCH', '/contacts/1', { lists: [1] })
  assert.equal(refused.code, 'forbidden')
  assert.match(refused.detail, /"by": "contact"/)
  assert.equal((await api.must(200, 'PATCH', '/contacts/1', { lists: [1], by: 'contact' })).status, 'active')
  assert.deepEqual((await api.must(200, 'GET', '/suppressions?email=joe@mail.com')).items, [])
})

test('an erased contact is gone at once, its address comes back by its own wish alone, and the rest is deleted behind', async () => {
  await using api = await startWithPeople()
  const held = await api.ask('GET', '/contacts/1')
  await api.must(412, 'DELETE', '/contacts/1', undefined, { 'if-match': '"other"' })
  const begun = await api.must(202, 'DELETE', '/contacts/1', undefined, { 'if-match': held.headers.get('etag')! })
  assert.deepEqual([begun.id, begun.finishedAt], [1, null])
  await api.must(404, 'GET', '/contacts/1')
  await api.must(404, 'DELETE', '/contacts/1')
  assert.deepEqual((await api.must(200, 'GET', '/contacts?search=joe@')).items, [])
  assert.equal((await api.must(403, 'POST', '/contacts', { email: 'joe@mail.com' })).code, 'forbidden')
  await api.must(201, 'POST', '/contacts', { email: 'joe@mail.com', by: 'contact' })
  assert.equal((await api.must(200, 'GET', '/campaigns/1100/report')).counts.click, 1)
  const finish = sql`insert into job(job_id, kind, subject, due_at, attempts, created_at) values (900, 'finish-erasures', 'now', 1, 0, 1)`
  api.clock.now += 120_000
  await api.app.db.transaction((tx) => tx.run(finish))
  await runDueJobs(api.app)
  assert.equal((await api.must(200, 'GET', '/erasures/1')).finishedAt, new Date(api.clock.now).toISOString())
})
