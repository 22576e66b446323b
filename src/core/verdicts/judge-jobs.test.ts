// Verdicts on real hits: written soon, put right when more is known, and left out where people are counted.

import assert from 'node:assert/strict'
import { testOnEach } from '../../../test/databases.ts'
import { importLines } from '../../../test/import-lines.ts'
import { runDueJobs } from '../../../test/run-jobs.ts'
import { base, startTestServer } from '../../../test/server.ts'
import type { TestServer } from '../../../test/server.ts'
import { findOrCreateLink } from '../campaigns/link.ts'
import { insertJob } from '../jobs/job.ts'
import type { Hit } from '../tracking/hit.ts'
import { sql } from '../../db/sql.ts'
import { judgeSend, storeVerdicts } from './judge-sends.ts'
import { replayVerdicts } from './replay.ts'
import { defaultVerdictSettings } from './settings.ts'

const chrome =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36'

async function start(settings = {}): Promise<TestServer> {
  const server = await startTestServer(settings)
  const at = new Date(server.clock.now - 3_600_000).toISOString()
  await importLines(server, [
    { type: 'campaign', id: 1100, name: 'October' },
    { type: 'contact', id: 32, email: 'jflowers@mail.com' },
    { type: 'event', kind: 'send', contact: 32, campaign: 1100, at },
    { type: 'event', kind: 'delivery', contact: 32, campaign: 1100, at },
  ])
  await server.app.db.transaction(async (tx) => {
    for (let n = 1; n <= 6; n++) await findOrCreateLink(tx, 1100, `http://x.example/${n}`)
  })
  return server
}

async function hit(server: TestServer, changes: Partial<Hit>): Promise<void> {
  const { app, accountId, clock } = server
  const plain = {
    accountId,
    contactId: 32,
    campaignId: 1100,
    sendNo: 0,
    linkNo: 1,
    kind: 'click' as const,
    method: 'GET',
  }
  const headers = { accept: 'text/html,*/*;q=0.8', 'accept-language': 'en-US,en;q=0.9' }
  const given = { ip: '192.0.2.7', userAgent: chrome, headers, ...changes }
  const url = `http://x.example/${changes.linkNo ?? 1}`
  await app.tracking.hits.record({ ...plain, hitId: app.tracking.hits.nextId(), at: clock.now, url, ...given })
}

async function judge(server: TestServer, later: number): Promise<void> {
  server.clock.now += later
  for (const kind of ['judge-soon', 'judge-settled']) {
    const job = { accountId: null, kind, subject: 'recurring', dueAt: 0 }
    await server.app.db.transaction((tx) => insertJob(tx, job, server.clock.now))
  }
  await runDueJobs(server.app)
}

const verdictsOf = async (server: TestServer): Promise<string[]> => {
  const rows = await server.app.db.tuples<[kind: number, linkNo: number | null, verdict: string]>(
    sql`select kind, link_no, verdict from verdict where account_id = ${server.accountId} order by kind, event_id`,
  )
  return rows.map(([kind, linkNo, verdict]) => `${kind} ${linkNo ?? '-'} ${verdict}`)
}

const clicksOnWire = async (server: TestServer): Promise<string[]> => {
  const text = await (await server.get(`${base}/contacts/32/events/clicks`)).text()
  return [...text.matchAll(/<LinkUrl>([^<]*)</g)].map((match) => match[1]!)
}

testOnEach(
  'a scanner that walks all links is a machine, the reader after it is not, and the wire counts people',
  async () => {
    await using server = await start()
    for (let linkNo = 1; linkNo <= 6; linkNo++) {
      server.clock.now += 150
      await hit(server, { linkNo, ip: '203.0.113.9' })
    }
    server.clock.now += 1_800_000
    await hit(server, { linkNo: 2 })
    assert.equal((await clicksOnWire(server)).length, 7)
    await judge(server, 10_000)
    assert.deepEqual(
      await verdictsOf(server),
      [1, 2, 3, 4, 5, 6].map((linkNo) => `4 ${linkNo} machine`),
    )
    assert.deepEqual(await clicksOnWire(server), ['http://x.example/2'])
    const campaign = await (await server.get(`${base}/campaigns/1100`)).text()
    assert.match(campaign, /<Clicks>1<\/Clicks>\n *<Bounces>/)
    assert.match(campaign, /<Value>http:\/\/x\.example\/2<\/Value>\n *<Clicks>1</)
    assert.match(campaign, /<Value>http:\/\/x\.example\/3<\/Value>\n *<Clicks>0</)
    const summary = await (await server.get(`${base}/contacts/32/events/summary`)).text()
    assert.match(summary, /<Clicks>1</)
  },
)

testOnEach('an operator who wants them sees the machines on the wire too', async () => {
  await using server = await start({ atomIncludeMachines: true })
  for (let linkNo = 1; linkNo <= 6; linkNo++) await hit(server, { linkNo, at: server.clock.now + 100 * linkNo })
  await judge(server, 200_000)
  assert.equal((await verdictsOf(server)).length, 6)
  assert.equal((await clicksOnWire(server)).length, 6)
})

testOnEach('a verdict changes when what comes later tells more', async () => {
  await using server = await start()
  await hit(server, { linkNo: 1 })
  await judge(server, 6000)
  assert.deepEqual(await verdictsOf(server), [])
  // The trap: no person sees that link.
  await hit(server, { linkNo: 0, url: undefined })
  await judge(server, 130_000)
  assert.deepEqual(await verdictsOf(server), ['4 1 machine'])
})

testOnEach('hits that waited in the spool are judged when they arrive, however late', async () => {
  await using server = await start()
  await hit(server, { linkNo: 1 })
  await judge(server, 130_000)
  await server.app.tracking.spool.append(
    [2, 3, 4, 5, 6].map((linkNo) => ({
      accountId: server.accountId, contactId: 32, campaignId: 1100, sendNo: 0, linkNo, hitId: server.app.tracking.hits.nextId(),
      kind: 'click', at: server.clock.now - 130_000 + linkNo * 100, method: 'GET', ip: '192.0.2.7', userAgent: chrome, headers: {},
      url: `http://x.example/${linkNo}`,
    })),
  ) // oxfmt-ignore
  server.app.tracking.hits.startDraining()
  while ((await server.app.tracking.spool.examine()).hits > 0) await new Promise((resolve) => setTimeout(resolve, 10))
  await judge(server, 130_000)
  assert.equal((await verdictsOf(server)).filter((verdict) => verdict.endsWith('machine')).length, 6)
})

testOnEach('of an event that is gone when its verdict is written there is none', async () => {
  await using server = await start()
  const { app, accountId, clock } = server
  for (let linkNo = 1; linkNo <= 6; linkNo++) await hit(server, { linkNo, at: clock.now + 100 * linkNo })
  const send = { contactId: 32, campaignId: 1100, sendNo: 0 }
  const verdicts = await judgeSend(app.db, accountId, send, defaultVerdictSettings)
  assert.equal(verdicts.length, 6)
  await app.db.transaction((tx) => tx.run(sql`delete from event where contact_id = 32 and kind = 4 and link_no < 4`))
  const changes = await app.db.transaction((tx) => storeVerdicts(tx, accountId, send, verdicts, clock.now))
  assert.equal(changes.length, 3)
  assert.deepEqual(await verdictsOf(server), ['4 4 machine', '4 5 machine', '4 6 machine'])
})

testOnEach('a replay shows what newer rules change before it changes it', async () => {
  await using server = await start()
  const { app, accountId, clock } = server
  for (let linkNo = 1; linkNo <= 6; linkNo++) await hit(server, { linkNo, at: clock.now + 100 * linkNo })
  await judge(server, 200_000)
  const lenient = { ...defaultVerdictSettings, version: 2, machineAt: 1000 }
  const replay = async (isStored: boolean): Promise<string[]> => {
    const changes: string[] = []
    const options = { settings: lenient, now: clock.now, isStored }
    const sends = await replayVerdicts(app.db, accountId, options, ({ from, to }) => changes.push(`${from} ${to}`))
    assert.equal(sends, 1)
    return changes
  }
  assert.deepEqual(await replay(false), Array(6).fill('machine human'))
  assert.equal((await verdictsOf(server)).filter((verdict) => verdict.endsWith('machine')).length, 6)
  assert.deepEqual(await replay(true), Array(6).fill('machine human'))
  assert.equal((await clicksOnWire(server)).length, 6)
  assert.deepEqual(await replay(true), [])
})
