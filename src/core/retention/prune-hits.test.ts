// What is kept of hits, and for how long.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testOnEach } from '../../../test/databases.ts'
import { importLines } from '../../../test/import-lines.ts'
import { runDueJobs } from '../../../test/run-jobs.ts'
import { addAccount, startTestServer } from '../../../test/server.ts'
import { sql } from '../../db/sql.ts'
import { setRetention } from '../accounts/settings.ts'
import { insertJob } from '../jobs/job.ts'
import { truncateIp } from '../tracking/hit.ts'
import type { Hit } from '../tracking/hit.ts'

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

testOnEach('hits are kept as long as their account says, also when it says otherwise later', async () => {
  await using server = await startTestServer()
  const { app, clock } = server
  const day = 86_400_000
  const ids = [server.accountId]
  for (const username of ['short', 'long']) ids.push(await addAccount(app, { key: username, username, password: 'p' }))
  const store = (): Promise<void> =>
    app.db.transaction(async (tx) => {
      for (const accountId of ids)
        for (let i = 0; i < 700; i++)
          await tx.run(sql`
            insert into hit(contact_id, hit_id, account_id, campaign_id, send_no, kind, link_no, at, stored_at, method, has_whole_ip, user_agent)
            values (${i}, ${app.tracking.hits.nextId()}, ${accountId}, 1, 0, 1, 0, ${clock.now}, ${clock.now + i}, 'GET', 0, 'x')`)
    })
  const kept = async (): Promise<number[]> => {
    const rows = await app.db.tuples<[id: number, n: number]>(
      sql`select account_id, count(*) from hit group by account_id`,
    )
    return ids.map((id) => new Map(rows).get(id) ?? 0)
  }
  const prune = async (days: number): Promise<void> => {
    clock.now += days * day
    await app.db.transaction((tx) =>
      insertJob(tx, { accountId: null, kind: 'prune-hits', subject: 'recurring', dueAt: 0 }, clock.now),
    )
    await runDueJobs(app)
  }
  await setRetention(app.db, ids[1]!, { hitDays: 10, eventDays: undefined })
  await setRetention(app.db, ids[2]!, { hitDays: 90, eventDays: undefined })
  await store()
  await prune(9)
  assert.deepEqual(await kept(), [700, 700, 700])
  await prune(2)
  assert.deepEqual(await kept(), [700, 0, 700])
  await store()
  await prune(20)
  assert.deepEqual(await kept(), [700, 0, 1400])
  await setRetention(app.db, ids[2]!, { hitDays: 10, eventDays: undefined })
  await prune(1)
  assert.deepEqual(await kept(), [700, 0, 0])
  await store()
  clock.now -= 40 * day
  await prune(0)
  clock.now += 52 * day
  await prune(0)
  assert.deepEqual(await kept(), [700, 0, 0])
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
