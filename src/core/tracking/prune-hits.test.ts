// What is kept of hits, and for how long.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testOnEach } from '../../../test/databases.ts'
import { importLines } from '../../../test/import-lines.ts'
import { runDueJobs } from '../../../test/run-jobs.ts'
import { startTestServer } from '../../../test/server.ts'
import { sql } from '../../db/sql.ts'
import { insertJob } from '../jobs/job.ts'
import { truncateIp } from './hit.ts'
import type { Hit } from './hit.ts'

testOnEach('addresses are cut when they are a day old, and hits are forgotten when they are a month old', async () => {
  await using server = await startTestServer()
  const { app, accountId, clock } = server
  await importLines(server, [
    { type: 'campaign', id: 1100, name: 'October' },
    { type: 'contact', id: 32, email: 'jflowers@mail.com' },
  ])
  const hit = (at: number): Hit => ({
    accountId, contactId: 32, campaignId: 1100, sendNo: 0, linkNo: 0, hitId: app.tracking.hits.nextId(), kind: 'open',
    at, method: 'GET', ip: '192.0.2.77', userAgent: 'Thunderbird', headers: {},
  }) // oxfmt-ignore
  await Promise.all(Array.from({ length: 1200 }, (_, i) => app.tracking.hits.record(hit(clock.now + i))))
  const seen = (): Promise<[ip: string, count: number][]> =>
    app.db.tuples(sql`select ip, count(*) from hit where account_id = ${accountId} group by ip`)
  const prune = async (later: number): Promise<void> => {
    clock.now += later
    const job = { accountId: null, kind: 'prune-hits', subject: 'recurring', dueAt: 0 }
    await app.db.transaction((tx) => insertJob(tx, job, clock.now))
    await runDueJobs(app)
  }
  await prune(3_600_000)
  assert.deepEqual(await seen(), [['192.0.2.77', 1200]])
  await prune(86_400_000)
  assert.deepEqual(await seen(), [['192.0.2.0/24', 1200]])
  await prune(30 * 86_400_000)
  assert.deepEqual(await seen(), [])
  const events = await app.db.one<{ n: number }>(sql`select count(*) as n from event where account_id = ${accountId}`)
  assert.equal(events!.n, 1200)
})

test('an address is cut to its network, and what is none to nothing', () => {
  const cut: [string, string | null][] = [
    ['192.0.2.77', '192.0.2.0/24'],
    ['::ffff:192.0.2.77', '192.0.2.0/24'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1::/48'],
    ['2001:db8::1', '2001:db8:0::/48'],
    ['::1', '0:0:0::/48'],
    ['fe80::1%eth0', 'fe80:0:0::/48'],
    ['not an address', null],
  ]
  for (const [ip, network] of cut) assert.equal(truncateIp(ip), network, ip)
})
