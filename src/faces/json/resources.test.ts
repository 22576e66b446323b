// Lists, campaigns and their reports, suppressions, consent, export, keys, senders, jobs and verdicts through the API.

import assert from 'node:assert/strict'
import { startApi, withKey } from '../../../test/api.ts'
import type { Api, Json } from '../../../test/api.ts'
import { testOnEach as test } from '../../../test/databases.ts'
import { importLines } from '../../../test/import-lines.ts'
import { runDueJobs } from '../../../test/run-jobs.ts'
import { sql } from '../../db/sql.ts'

const ids = (page: Json): number[] => page.items.map(({ id }: Json) => id)

async function startWithCampaign(): Promise<Api> {
  const api = await startApi()
  const at = (minute: number): string => `2009-01-01T00:0${minute}:00Z`
  const event = (kind: string, contact: number, minute: number, more: object = {}): object => ({ type: 'event', kind, contact, campaign: 1100, at: at(minute), ...more }) // oxfmt-ignore
  await importLines(api, [
    { type: 'list', id: 1, name: 'General Interest' },
    { type: 'campaign', id: 1100, name: 'One' },
    ...[1, 2, 3, 4].map((id) => ({
      type: 'contact',
      id,
      email: `c${id}@mail.com`,
      firstName: `C${id}`,
      lists: ['General Interest'],
    })),
    ...[1, 2, 3].map((id) => event('send', id, 0)),
    event('delivery', 1, 1),
    event('delivery', 2, 1),
    event('bounce', 3, 1, { code: 'B' }),
    event('open', 1, 2),
    event('open', 1, 4),
    event('open', 2, 3),
    event('click', 1, 5, { url: 'http://x.example/' }),
    event('click', 1, 6, { url: 'http://x.example/' }),
    event('click', 2, 7, { url: 'http://y.example/' }),
  ])
  await api.app.db.transaction((tx) =>
    tx.run(sql`insert into verdict(contact_id, kind, event_id, account_id, campaign_id, link_no, verdict, reasons, rules_version, judged_at)
      select contact_id, kind, event_id, account_id, campaign_id, link_no, 'machine', 'S2', '1/1', 0 from event where contact_id = 2 and kind in (3, 4)`),
  )
  return api
}

test('lists are made, ordered, renamed and deleted, and their members are told', async () => {
  await using api = await startWithCampaign()
  const made = await api.must(201, 'POST', '/lists', { name: 'Garden Club', sortOrder: -5, isDefault: true })
  assert.deepEqual([made.isDefault, made.memberCount], [true, 0])
  assert.deepEqual(ids(await api.must(200, 'GET', '/lists')), [made.id, 1])
  const first = await api.must(200, 'GET', '/lists?limit=1')
  assert.deepEqual(ids(await api.must(200, 'GET', `/lists?limit=1&cursor=${first.next}`)), [1])
  await api.must(409, 'POST', '/lists', { name: 'Garden Club' })
  await api.must(409, 'PATCH', '/lists/1', { name: 'Garden Club' })
  for (let i = 0; i < 2; i++) await api.must(204, 'PUT', `/lists/${made.id}/members/2`)
  assert.equal((await api.must(200, 'GET', `/lists/${made.id}`)).memberCount, 1)
  const page = await api.must(200, 'GET', '/lists/1/members?limit=3')
  assert.deepEqual([ids(page), page.items[0].firstName], [[4, 3, 2], 'C4'])
  assert.deepEqual(ids(await api.must(200, 'GET', `/lists/1/members?limit=3&cursor=${page.next}`)), [1])
  for (let i = 0; i < 2; i++) await api.must(204, 'DELETE', '/lists/1/members/2')
  assert.equal((await api.must(200, 'GET', '/contacts/2')).status, 'active')
  await api.must(204, 'DELETE', `/lists/${made.id}`)
  assert.equal((await api.must(200, 'GET', '/contacts/2')).status, 'removed')
  await api.must(404, 'PUT', '/lists/1/members/99')
  await api.must(404, 'PUT', '/lists/99/members/1')
})

test('who opted out is put on a list by its own wish alone', async () => {
  await using api = await startWithCampaign()
  await api.must(200, 'POST', '/contacts/1/optout', {})
  await api.must(403, 'PUT', '/lists/1/members/1')
  await api.must(204, 'PUT', '/lists/1/members/1?by=contact')
  assert.equal((await api.must(200, 'GET', '/contacts/1')).status, 'active')
})

test('a draft is written part by part, and what was sent can not be', async () => {
  await using api = await startWithCampaign()
  await api.must(201, 'POST', '/senders', { email: 'Joe@Flowers.example' })
  const given = { subject: 'Roses', fromEmail: 'joe@flowers.example', html: '<p>Roses</p>' }
  const made = await api.must(201, 'POST', '/campaigns', {
    name: 'March',
    lists: [1],
    content: given,
    tracking: 'aggregate',
  })
  assert.deepEqual(
    [made.status, made.kind, made.lists, made.tracking, made.content],
    ['draft', 'regular', [1], 'aggregate', given],
  )
  const changed = await api.must(200, 'PATCH', `/campaigns/${made.id}`, { content: { subject: 'Tulips', html: null } })
  assert.deepEqual([changed.name, changed.content], ['March', { subject: 'Tulips', fromEmail: 'joe@flowers.example' }])
  await api.must(409, 'POST', '/campaigns', { name: 'March' })
  const refused = await api.must(400, 'POST', '/campaigns', { name: 'April', content: { fromEmail: 'x@y.example' } })
  assert.equal(refused.errors[0].pointer, '/content/fromEmail')
  await api.must(400, 'POST', '/campaigns', { name: 'April', content: { html: '<p><b>x</p>' } })
  assert.equal((await api.must(403, 'PATCH', '/campaigns/1100', { name: 'X' })).code, 'forbidden')
  assert.equal((await api.must(200, 'PATCH', '/campaigns/1100', { tracking: 'none' })).tracking, 'none')
  assert.deepEqual(ids(await api.must(200, 'GET', '/campaigns?status=draft')), [made.id])
  await api.must(204, 'DELETE', `/campaigns/${made.id}`)
  await api.must(404, 'GET', `/campaigns/${made.id}`)
})

test('the report counts what people did, and says what it left out', async () => {
  await using api = await startWithCampaign()
  const report = await api.must(200, 'GET', '/campaigns/1100/report')
  assert.deepEqual(
    [report.counts.send, report.counts.open, report.counts.click, report.hidden],
    [3, 2, 2, { open: 1, click: 1 }],
  )
  const all = await api.must(200, 'GET', '/campaigns/1100/report?include=machine')
  assert.deepEqual([all.counts.open, all.counts.click, all.hidden], [3, 3, { open: 0, click: 0 }])
  const links = async (query = ''): Promise<[string, number][]> =>
    (await api.must(200, 'GET', `/campaigns/1100/links${query}`)).items.map(({ url, clicks }: Json) => [url, clicks]) // oxfmt-ignore
  assert.deepEqual(await links(), [['http://x.example/', 2], ['http://y.example/', 0]]) // oxfmt-ignore
  assert.deepEqual(await links('?include=machine,proxy'), [['http://x.example/', 2], ['http://y.example/', 1]]) // oxfmt-ignore
})

test('a report tells contacts from events, people from machines, and what rates are shares of', async () => {
  await using api = await startWithCampaign()
  const { kinds, reached, rates, countedAt } = await api.must(200, 'GET', '/campaigns/1100/report')
  assert.deepEqual(kinds.send, { total: 3, unique: 3 })
  assert.deepEqual(kinds.open, { total: 3, unique: 2, human: { total: 2, unique: 1 }, proxy: 0, machine: 1 })
  assert.deepEqual(kinds.click.human, { total: 2, unique: 1 })
  assert.deepEqual(reached, { by: 'delivery', contacts: 2 })
  assert.deepEqual([rates.delivery, rates.bounce], [2 / 3, 1 / 3])
  assert.deepEqual([rates.open, rates.click, rates.clickToOpen, rates.optout], [1 / 2, 1 / 2, 1, 0])
  assert.equal(countedAt, new Date(api.clock.now).toISOString())
  const { items } = await api.must(200, 'GET', '/campaigns/1100/links')
  assert.deepEqual(items[1], { link: 2, url: 'http://y.example/', clicks: 0, total: 1, unique: 1, human: { total: 0, unique: 0 }, proxy: 0, machine: 1 }) // oxfmt-ignore
  const { id } = await api.must(201, 'POST', '/campaigns', { name: 'Nothing yet' })
  assert.deepEqual((await api.must(200, 'GET', `/campaigns/${id}/report`)).rates, {})
  // Nobody tells of deliveries.
  await api.must(200, 'POST', '/events', [{ kind: 'send', contact: 4, campaign: id, at: '2009-01-01T00:00:00Z' }])
  assert.deepEqual((await api.must(200, 'GET', `/campaigns/${id}/report`)).reached, { by: 'send', contacts: 1 })
})

test('recipients are told by what they did and did not do, each once, latest first', async () => {
  await using api = await startWithCampaign()
  const expected: [query: string, ids: number[]][] = [
    ['', [3, 2, 1]],
    ['outcome=delivered', [2, 1]],
    ['outcome=notDelivered', [3]],
    ['outcome=opened', [1]],
    ['outcome=opened&include=machine', [1, 2]],
    ['outcome=notOpened', [3, 2]],
    ['outcome=notOpened&include=machine', [3]],
    ['outcome=clicked&include=machine', [2, 1]],
    ['outcome=notClicked', [3, 2]],
    ['outcome=bounced', [3]],
    ['outcome=complained', []],
    ['outcome=optedOut', []],
    ['outcome=forwarded', []],
  ]
  for (const [query, found] of expected) {
    const whole = await api.must(200, 'GET', `/campaigns/1100/recipients?${query}`)
    assert.deepEqual([ids(whole), whole.next], [found, undefined], query)
    const seen: number[] = []
    let cursor = ''
    do {
      const page: Json = await api.must(200, 'GET', `/campaigns/1100/recipients?${query}&limit=1${cursor}`)
      seen.push(...ids(page))
      cursor = page.next ? `&cursor=${page.next}` : ''
    } while (cursor)
    assert.deepEqual(seen, found, query)
  }
  const { items } = await api.must(200, 'GET', '/campaigns/1100/recipients?outcome=opened')
  assert.deepEqual([items[0].email, items[0].at], ['c1@mail.com', '2009-01-01T00:04:00.000Z'])
})

test('suppressions are found by address, listed, and lifted', async () => {
  await using api = await startWithCampaign()
  const made = await api.must(201, 'POST', '/suppressions', {
    email: 'Away@Mail.com',
    reason: 'complaint',
    source: 'letter',
  })
  assert.deepEqual([made.email, made.reason, made.source], ['away@mail.com', 'complaint', 'letter'])
  assert.equal((await api.must(201, 'POST', '/suppressions', { email: 'away@mail.com' })).reason, 'complaint')
  for (let i = 0; i < 4; i++) await api.must(201, 'POST', '/suppressions', { email: `x${i}@mail.com` })
  const first = await api.must(200, 'GET', '/suppressions?limit=3')
  const second = await api.must(200, 'GET', `/suppressions?limit=3&cursor=${first.next}`)
  assert.equal(new Set([...first.items, ...second.items].map(({ id }: Json) => id)).size, 5)
  assert.deepEqual((await api.must(200, 'GET', '/suppressions?email=AWAY@mail.com')).items, [made])
  await api.must(204, 'DELETE', `/suppressions/${made.id}`)
  await api.must(404, 'DELETE', `/suppressions/${made.id}`)
  await api.must(404, 'GET', `/suppressions/${made.id}`)
})

test('consent is kept with its evidence, and the latest holds', async () => {
  await using api = await startWithCampaign()
  const at = '2009-11-01T00:00:00.000Z'
  const given = { tracking: 'none', source: 'letter', wording: 'Please do not track me' }
  assert.deepEqual(await api.must(201, 'POST', '/contacts/1/consents', { ...given, at }), { ...given, at })
  await api.must(201, 'POST', '/contacts/1/consents', { ...given, at })
  await api.must(201, 'POST', '/contacts/1/consents', { ...given, tracking: 'aggregate' })
  const { items } = await api.must(200, 'GET', '/contacts/1/consents')
  assert.deepEqual(items.map(({ tracking }: Json) => tracking), ['aggregate', 'none']) // oxfmt-ignore
  assert.equal((await api.must(200, 'GET', '/contacts/1')).tracking, 'aggregate')
  await api.must(400, 'POST', '/contacts/1/consents', { ...given, at: '2030-01-01T00:00:00Z' })
})

test('the export of a contact holds all that is kept of it', async () => {
  await using api = await startWithCampaign()
  await api.must(201, 'POST', '/contacts/1/consents', { tracking: 'full', source: 'letter', wording: 'Yes' })
  await api.must(201, 'POST', '/suppressions', { email: 'c1@mail.com' })
  const whole = await api.must(200, 'GET', '/contacts/1/export')
  assert.deepEqual(Object.keys(whole), ['contact', 'suppressions', 'consents', 'sends', 'events', 'verdicts', 'hits'])
  assert.deepEqual([whole.contact.email, whole.events.length, whole.suppressions.length, whole.consents[0].wording], ['c1@mail.com', 6, 1, 'Yes']) // oxfmt-ignore
  assert.equal((await api.must(200, 'GET', '/contacts/2/export')).verdicts[0].verdict, 'machine')
})

test('keys are made with the scopes that are asked for, shown once, and revoked', async () => {
  await using api = await startApi()
  const made = await api.must(201, 'POST', '/keys', { name: 'CRM', scopes: ['read', 'read'] })
  const reader = withKey(api, made.key)
  await reader.must(200, 'GET', '/contacts')
  await reader.must(403, 'POST', '/lists', { name: 'A' })
  const { items } = await api.must(200, 'GET', '/keys')
  assert.deepEqual(items.map(({ name, scopes, worksAlone }: Json) => [name, scopes.length, worksAlone]), [['test', 3, false], ['api', 3, true], ['CRM', 1, true]]) // oxfmt-ignore
  assert.ok(!JSON.stringify(items).includes(made.key))
  await api.must(204, 'DELETE', `/keys/${made.id}`)
  await reader.must(401, 'GET', '/contacts')
})

test('judging anew is a job that says what would change, and changes it when it is told to', async () => {
  await using api = await startWithCampaign()
  await api.app.db.transaction(async (tx) => {
    const event = sql`(select event_id from event where contact_id = 2 and kind = 3 and account_id = ${api.accountId})`
    await tx.run(sql`
      insert into hit(contact_id, hit_id, account_id, campaign_id, send_no, kind, link_no, at, stored_at, method, ip, has_whole_ip, network, user_agent, headers, event_kind, event_id)
      select 2, 1, ${api.accountId}, 1100, 0, 1, 0, ${Date.parse('2009-01-01T00:03:00Z')}, 1, 'GET', '192.0.2.1', 0, '192.0.2.0/24', 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36', '{"accept-language":"en"}', 3, ${event}`)
  })
  const look = await api.must(202, 'POST', '/verdicts/replay', {})
  assert.deepEqual([look.state, look.kind], ['waiting', 'replay-verdicts'])
  await runDueJobs(api.app)
  const seen = await api.must(200, 'GET', `/jobs/${look.id}`)
  assert.deepEqual([seen.state, seen.replay.stored, seen.replay.sends], ['done', false, 1])
  assert.deepEqual(seen.replay.changes, [{ campaign: 1100, kind: 'open', from: 'machine', to: 'human', count: 1 }])
  const done = await api.must(202, 'POST', '/verdicts/replay', { store: true })
  await runDueJobs(api.app)
  assert.equal((await api.must(200, 'GET', `/jobs/${done.id}`)).replay.changes.length, 1)
  assert.deepEqual(ids(await api.must(200, 'GET', '/jobs')).slice(0, 2), [done.id, look.id])
  assert.equal((await api.must(200, 'GET', '/contacts/2/events?kind=open')).items[0].verdict, undefined)
})
