// What is to be watched: on an address of its own, with what really happened.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { readConfig } from '../src/config.ts'
import { findOrCreateLink } from '../src/core/campaigns/link.ts'
import { countJobs } from '../src/core/jobs/job.ts'
import { jobKinds } from '../src/core/jobs/job-kinds.ts'
import { sealToken } from '../src/core/tracking/token.ts'
import { UnavailableError } from '../src/errors.ts'
import { keepTotals, renderReadings } from '../src/metrics.ts'
import { durationLimits, faceOf, RequestCounts } from '../src/request-counts.ts'
import { listen } from '../src/server.ts'
import { testOnEach } from './databases.ts'
import { importLines } from './import-lines.ts'
import { freePort, metricsOf } from './read-metrics.ts'
import { base, basic, startTestServer } from './server.ts'
import type { TestServer } from './server.ts'

interface Watched extends AsyncDisposable {
  server: TestServer
  url: string
  metricsUrl: string
}

async function startWatched(): Promise<Watched> {
  const stack = new AsyncDisposableStack()
  const port = await freePort()
  const server = stack.use(await startTestServer({ port: 0, metrics: { host: '127.0.0.1', port } }))
  await importLines(server, [
    { type: 'campaign', id: 1100, name: 'October' },
    { type: 'contact', id: 32, email: 'jflowers@mail.com' },
  ])
  await server.app.db.transaction((tx) => findOrCreateLink(tx, 1100, 'http://www.boston.com'))
  const { url, close } = await listen(server.app).then((listening) => ({
    url: listening.url,
    close: () => listening.close(),
  }))
  stack.defer(close)
  return {
    server,
    url,
    metricsUrl: `http://127.0.0.1:${port}/metrics`,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

const recurringJobs = Object.values(jobKinds).filter(({ every }) => every !== undefined).length

testOnEach('a scrape tells requests by face, method and status, hits, jobs and the store', async (engine) => {
  await using watched = await startWatched()
  const { server, url, metricsUrl } = watched
  // What starts with the server is written to the store, and what is in memory forgotten for it.
  for (;;) {
    const { due, running, later } = await countJobs(server.app.db, server.app.now())
    if (due + running === 0 && later > 0) break
    await setTimeout(10)
  }
  const fields = { accountId: server.accountId, contactId: 32, campaignId: 1100, sendNo: 0, linkNo: 1 }
  const token = sealToken(server.app.tracking.keys.newest, 'click', fields)
  for (const path of [`/c/${token}`, `/c/${token}?x`, '/c/forged', '/o/forged.gif', '/nothing'])
    await (await fetch(url + path, { redirect: 'manual' })).arrayBuffer()
  // Whatever is written makes kept answers old, so the jobs of the start have to be done.
  while ((await countJobs(server.app.db, server.app.now())).later < recurringJobs) await setTimeout(5)
  for (let i = 0; i < 3; i++)
    await (await fetch(`${url}${base}/contacts/32`, { headers: { authorization: basic() } })).arrayBuffer()
  await fetch(`${url}${base}/contacts`, { method: 'DELETE' })

  const read = await metricsOf(metricsUrl)
  const count = (labels: string): number | undefined => read.get(`contrail_request_duration_seconds_count{${labels}}`)
  assert.equal(count('face="track",method="GET",status="3xx"'), 2)
  assert.equal(count('face="track",method="GET",status="4xx"'), 1)
  assert.equal(count('face="track",method="GET",status="2xx"'), 1)
  assert.equal(count('face="atom",method="GET",status="2xx"'), 3)
  assert.equal(count('face="atom",method="DELETE",status="4xx"'), 1)
  assert.equal(count('face="other",method="GET",status="4xx"'), 1)
  assert.equal(read.get('contrail_hits_total{outcome="stored"}'), 2)
  assert.equal(read.get('contrail_hits_total{outcome="lost"}'), 0)
  assert.equal(read.get('contrail_store_up'), 1)
  assert.equal(read.get('contrail_spool_hits'), 0)
  for (const name of [
    'webhook_lag_seconds',
    'webhook_waiting_events',
    'webhook_deliveries_total{outcome="failed"}',
    'webhooks{state="disabled"}',
    'webhooks_disabled_total',
    'inbox_waiting',
    'inbox_oldest_seconds',
  ])
    // oxfmt-ignore
    assert.equal(read.get(`contrail_${name}`), 0, name)
  const jobs = ['due', 'running', 'later'].map((state) => read.get(`contrail_jobs{state="${state}"}`)!)
  assert.ok(jobs.reduce((sum, number) => sum + number) >= 2, `recurring jobs are there: ${jobs.join()}`)
  const answers = ['memory', 'store'].map((source) => read.get(`contrail_answers_total{source="${source}"}`))
  assert.deepEqual(answers, engine === 'sqlite' ? [2, 1] : [0, 3])
  assert.equal(read.has('contrail_database_connections{state="idle"}'), engine === 'postgres')
  assert.ok(read.get('process_resident_memory_bytes')! > 0)
  assert.ok(read.has('nodejs_eventloop_lag_seconds'))
})

test('what is to be watched is not where the public asks', async () => {
  await using watched = await startWatched()
  assert.equal((await fetch(`${watched.url}/metrics`)).status, 404)
  assert.equal((await fetch(watched.metricsUrl.replace('/metrics', '/'))).status, 404)
  assert.equal((await fetch(watched.metricsUrl, { method: 'POST' })).status, 404)
  assert.equal((await fetch(watched.metricsUrl, { method: 'HEAD' })).status, 200)
})

test('while the store is away a scrape is answered and says so, and hits that wait in the spool are told', async () => {
  const stack = new AsyncDisposableStack()
  await using _ = stack
  const port = await freePort()
  const server = stack.use(await startTestServer({ port: 0, metrics: { host: '127.0.0.1', port } }))
  const { app } = server
  const refuse = (): Promise<never> => Promise.reject(new UnavailableError('away'))
  const db = { ...app.db, all: refuse, one: refuse, tuples: refuse, transaction: refuse, version: () => undefined }
  const listening = await listen({ ...app, db: Object.assign(Object.create(app.db) as typeof app.db, db) })
  stack.defer(() => listening.close())
  const hit = { accountId: server.accountId, at: server.clock.now - 5000 }
  await app.tracking.spool.append([hit as Parameters<typeof app.tracking.spool.append>[0][number]])
  const [first] = await app.tracking.spool.read(1)
  await app.tracking.spool.setAside(first!, 'no', server.clock.now)
  assert.equal(
    (await fetch(`${listening.url}${base}/contacts/32`, { headers: { authorization: basic() } })).status,
    503,
  )
  const read = await metricsOf(`http://127.0.0.1:${port}/metrics`)
  assert.equal(read.get('contrail_store_up'), 0)
  assert.equal(read.get('contrail_turned_away_total'), 1)
  assert.equal(read.get('contrail_spool_set_aside_hits'), 1)
  assert.ok(read.get('contrail_spool_bytes')! > 0)
})

test('a port for metrics that is taken is said in one sentence', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  await using server = await startTestServer({ port: 0, metrics: { host: '127.0.0.1', port } })
  await assert.rejects(listen(server.app), /CONTRAIL_METRICS: can't listen on 127\.0\.0\.1 port \d+ \(EADDRINUSE\)/)
  taken.close()
})

test('an address for metrics has a port', () => {
  const read = (metrics: string) => readConfig({ metrics }, {}).metrics
  assert.equal(read(''), undefined)
  assert.deepEqual(read('127.0.0.1:9425'), { host: '127.0.0.1', port: 9425 })
  assert.deepEqual(read('[::1]:9425'), { host: '::1', port: 9425 })
  for (const wrong of ['9425', ':9425', 'localhost', '::1:9425', '127.0.0.1:0', '127.0.0.1:65536', 'a b:1'])
    assert.throws(() => read(wrong), /--metrics must be/, wrong)
})

test('durations fall into their buckets, and what a client did not wait for is told apart', () => {
  const requests = new RequestCounts()
  for (const ms of [0.2, 1, 3, 60_000]) requests.count('atom', 'GET', 200, ms)
  requests.count('atom', 'BREW', 0, 1)
  const [brew, get] = requests.list()
  assert.deepEqual([brew!.method, brew!.status], ['other', 'cut'])
  assert.deepEqual(get!.buckets, [2, 0, 1, 0, 0, 0, 0, 1])
  assert.equal(get!.buckets.length, durationLimits.length + 1)
  assert.deepEqual(['/ws/x', '/c/t', '/o/t.gif', '/oauth2/token', '/library', '/', '/contacts?x', '/toString', '*'].map(faceOf), [
    'atom', 'track', 'track', 'oauth', 'images', 'web', 'web', 'other', 'other',
  ]) // oxfmt-ignore
})

test('what several processes have counted is added up, also after one has ended', async () => {
  const metric = (type: string, aggregator: string, value: number) =>
    ({ name: `${aggregator}_${type}`, help: 'h', type, aggregator, values: [{ labels: {}, value }] }) // oxfmt-ignore
  const one = [metric('counter', 'sum', 5), metric('gauge', 'max', 7), metric('gauge', 'min', 1)]
  const other = [metric('counter', 'sum', 6), metric('gauge', 'max', 3), metric('gauge', 'min', 0)]
  const kept = await keepTotals(await keepTotals([], one), one)
  const text = await renderReadings([one, other, kept])
  assert.match(text, /^sum_counter 21$/m)
  assert.match(text, /^max_gauge 7$/m)
  assert.match(text, /^min_gauge 0$/m)
})
