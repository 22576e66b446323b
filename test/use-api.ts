// Asks a store everything that the JSON API asks. Part of use-everything.ts.

import assert from 'node:assert/strict'
import { createApiKey } from '../src/core/accounts/api-key.ts'
import { KeyVerifier } from '../src/core/accounts/verify-key.ts'
import { insertJob } from '../src/core/jobs/job.ts'
import type { Db } from '../src/db/db.ts'
import { table } from '../src/faces/json/table.ts'
import { createFetch } from '../src/server.ts'
import { withKey } from './api.ts'
import { fillAccount, sampleOf } from './api-samples.ts'
import { runDueJobs } from './run-jobs.ts'
import { testNow } from './server.ts'
import type { TestServer } from './server.ts'

/** Every operation of the JSON API, and every filter of those that have some. */
export async function askApi(server: TestServer, db: Db): Promise<void> {
  const { key } = await createApiKey(db, server.accountId, { name: 'api' }, testNow)
  const fetch = createFetch({ ...server.app, db, keys: new KeyVerifier(db) })
  const api = withKey({ ...server, fetch: async (request) => fetch(request) }, key)
  const made = await fillAccount(api, { contact: 70_032, gone: 70_033, campaign: 7100, list: 77 })
  for (const path of [
    '/contacts?search=jo',
    '/contacts?search=jo f',
    '/contacts?did=open,send&didNot=click&campaign=1100&since=2009-01-01T00:00:00Z',
    '/contacts?list=1&status=active&suppressed=false',
    '/contacts?status=removed',
    '/contacts?email=jflowers@mail.com',
    '/contacts/32/events?kind=click',
    '/contacts/32/events?verdict=machine&order=oldest-first',
    '/contacts/32/events?verdict=human&campaign=1100&link=1',
    '/campaigns/1100/events?kind=click',
    '/campaigns/1100/events?link=1&verdict=proxy',
    '/campaigns/1100/events?order=oldest-first',
    '/events?verdict=human&order=oldest-first&from=2009-01-01T00:00:00Z',
    '/events?verdict=machine&campaign=1100&link=1',
    '/campaigns/1100/recipients?outcome=notOpened',
    '/campaigns/1100/recipients?outcome=clicked',
    '/campaigns/1100/recipients?include=machine,proxy',
  ])
    // oxfmt-ignore
    await api.must(200, 'GET', path)
  for (const path of ['/contacts/32/events', '/campaigns/1100/events', '/events', '/contacts?search=j', '/feed']) {
    const page = (await api.must(200, 'GET', `${path}${path.includes('?') ? '&' : '?'}limit=1`)) as { next?: string }
    if (page.next)
      await api.must(
        200,
        'GET',
        `${path}${path.includes('?') ? '&' : '?'}${path === '/feed' ? 'after' : 'cursor'}=${page.next}`,
      )
  }
  for (let i = 0; i < 2; i++) await api.must(201, 'POST', '/lists', { name: 'Kept' }, { 'idempotency-key': 'a' })
  for (const route of table) {
    const { path, body } = sampleOf(route, made)
    const { status } = await api.ask(route.method, path, body)
    assert.ok(status < 500, `${route.method} ${path} ${status}`)
  }
  const prune = { accountId: null, kind: 'prune-answers', subject: 'recurring', dueAt: 0 }
  await db.transaction((tx) => insertJob(tx, prune, testNow))
  await runDueJobs({ ...server.app, db, now: () => testNow + 90_000_000 })
  await api.must(201, 'POST', '/lists', { name: 'Kept too' }, { 'idempotency-key': 'b' })
}
