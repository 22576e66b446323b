// How long events are kept: as long as their account says, while every total stays as it was.

import assert from 'node:assert/strict'
import { CutOff, dyingAt } from '../../../test/cut-off.ts'
import { testOnEach } from '../../../test/databases.ts'
import { importLines, importText } from '../../../test/import-lines.ts'
import { addAccount, startTestServer, testNow } from '../../../test/server.ts'
import type { TestServer } from '../../../test/server.ts'
import { sql } from '../../db/sql.ts'
import type { Db } from '../../db/db.ts'
import { getAccountSettings, setRetention } from '../accounts/settings.ts'
import { listLinks } from '../campaigns/link.ts'
import { checkTotals } from '../erasure/check-totals.ts'
import { countCampaignEvents } from '../events/counts.ts'
import { record } from '../events/record.ts'
import { replayVerdicts } from '../verdicts/replay.ts'
import { defaultVerdictSettings } from '../verdicts/settings.ts'
import { pruneEventsJobKind } from './prune-events.ts'

const day = 86_400_000
const campaigns = [1100, 1101]

/** Of each contact and campaign a keyed send, and opens and clicks of the last 100 days, some of them a machine's. */
const history = (contacts: number, events: number): object[] => [
  ...campaigns.map((id) => ({ type: 'campaign', id, name: `C${id}` })),
  ...Array.from({ length: contacts }, (_, i) => ({ type: 'contact', id: 32 + i, email: `c${i}@example.com` })),
  ...Array.from({ length: contacts }, (_, i) => 32 + i).flatMap((contact) =>
    campaigns.flatMap((campaign) => [
      { type: 'event', kind: 'send', contact, campaign, at: ago(100), messageId: `<${contact}.${campaign}@x>`, key: `s${campaign}` },
      ...Array.from({ length: events }, (_, i) => ({
        type: 'event', contact, campaign, at: ago((100 * i) / events, contact),
        ...(i % 2 === 0 ? { kind: 'open', key: `o${campaign} ${i}` } : { kind: 'click', url: `http://x.example/${i % 5}` }),
      })),
    ]),
  ),
] // oxfmt-ignore

function ago(days: number, ms = 0): string {
  return new Date(testNow - Math.round(days * day) + ms).toISOString()
}

async function startHistory(contacts = 3, events = 800): Promise<TestServer> {
  const server = await startTestServer()
  await importLines(server, history(contacts, events))
  await server.app.db.transaction(async (tx) => {
    await tx.run(sql`
      insert into verdict(contact_id, kind, event_id, account_id, campaign_id, link_no, verdict, reasons, rules_version, judged_at)
      select contact_id, kind, event_id, account_id, campaign_id, link_no, 'machine', 'burst', '1', 0 from event
      where kind in (3, 4) and event_id % 3 = 0`)
  })
  return server
}

/** Of all, and of people. */
const totals = async (db: Db, accountId: number): Promise<unknown> => {
  const all: unknown[] = []
  for (const id of campaigns)
    for (const hidden of [[], ['machine', 'proxy']] as const)
      all.push(await countCampaignEvents(db, accountId, id, hidden), await listLinks(db, accountId, id, hidden))
  return all
}

async function faultsOf({ app, accountId }: TestServer): Promise<string[]> {
  const faults: string[] = []
  for await (const check of checkTotals(app.db, accountId)) faults.push(...check.faults)
  return faults
}

/** Runs the job once, until it is done or cut off. */
async function prune({ app, clock }: TestServer, db = app.db): Promise<void> {
  const job = { jobId: 1, accountId: null, kind: 'prune-events', subject: 'recurring', attempts: 1, progress: null }
  const { signal } = new AbortController()
  await pruneEventsJobKind.work({ db, job, now: () => clock.now, signal, save: () => Promise.resolve() })
}

const countOlder = async ({ app, accountId }: TestServer, days: number): Promise<number> => {
  const rows = await app.db.tuples<[n: number]>(
    sql`select count(*) from event where account_id = ${accountId} and event_id < ${(testNow - days * day - Date.UTC(2000, 0, 1)) * 64}`,
  )
  return rows[0]![0]
}

testOnEach(
  'events older than the account keeps them go, with all that hangs on them, and every total stays',
  async () => {
    await using server = await startHistory()
    const { app, accountId } = server
    await app.db.transaction((tx) => tx.run(sql`update campaign set status = 'deleted' where campaign_id = 1101`))
    const before = await totals(app.db, accountId)
    await prune(server)
    assert.ok((await countOlder(server, 60)) > 1500)
    await setRetention(app.db, accountId, { hitDays: 30, eventDays: 60 })
    const recent = (await app.db.tuples(sql`select 1 from event`)).length - (await countOlder(server, 60))
    await prune(server)
    assert.equal(await countOlder(server, 61), 0)
    assert.equal(await countOlder(server, 60), 0)
    assert.equal((await app.db.tuples(sql`select 1 from event`)).length, recent)
    assert.deepEqual(await totals(app.db, accountId), before)
    assert.deepEqual(await faultsOf(server), [])
    for (const orphans of [
      sql`select 1 from verdict v where not exists (select 1 from event e where e.contact_id = v.contact_id and e.kind = v.kind and e.event_id = v.event_id)`,
      sql`select 1 from event_key k where not exists (select 1 from event e where e.contact_id = k.contact_id and e.kind = k.kind and e.event_id = k.event_id)`,
      sql`select 1 from send`,
    ])
      assert.deepEqual(await app.db.tuples(orphans), [])
  },
)

testOnEach('what was pruned is not taken in again, and an import says why', async () => {
  await using server = await startHistory(1, 40)
  const { app, accountId, dataDir } = server
  const before = await totals(app.db, accountId)
  await setRetention(app.db, accountId, { hitDays: 30, eventDays: 60 })
  await prune(server)
  const text = history(1, 40).map((line) => JSON.stringify(line)).join('\n') // oxfmt-ignore
  const { counts, rejectsPath } = await importText(app, accountId, dataDir, text)
  assert.ok(counts.event.rejected > 20 && counts.event.new === 0, JSON.stringify(counts))
  assert.ok(rejectsPath)
  assert.deepEqual(await totals(app.db, accountId), before)
  const old = { contactId: 32, campaignId: 1100, kind: 'open', at: testNow - 60 * day - 1, source: 'own' } as const
  const recorded = await app.db.transaction((tx) => record(tx, accountId, [old, { ...old, at: old.at + 1 }], testNow))
  assert.deepEqual(recorded.map(({ outcome }) => outcome), ['no-longer-kept', 'new']) // oxfmt-ignore
})

testOnEach('cut off anywhere, totals are as before, and the next time ends it', async () => {
  for (const isMidway of [false, true]) {
    await using server = await startHistory(2, 700)
    const { app, accountId } = server
    const before = await totals(app.db, accountId)
    await setRetention(app.db, accountId, { hitDays: 1, eventDays: 10 })
    let cuts = 0
    for (;;) {
      const cut = await prune(server, dyingAt(app.db, 2, isMidway)).catch((error: unknown) => error)
      assert.deepEqual(await totals(app.db, accountId), before)
      if (cut === undefined) break
      assert.ok(cut instanceof CutOff)
      cuts++
    }
    assert.ok(cuts > 3)
    assert.deepEqual(await faultsOf(server), [])
    assert.equal(await countOlder(server, 10), 0)
  }
})

testOnEach('nothing of another account goes', async () => {
  await using server = await startHistory(1, 40)
  const { app, clock } = server
  const otherId = await addAccount(app, { key: 'k', username: 'other', password: 'p' })
  await setRetention(app.db, otherId, { hitDays: 1, eventDays: 1 })
  clock.now += 10 * day
  const before = await app.db.tuples(
    sql`select contact_id, kind, event_id from event order by contact_id, kind, event_id`,
  )
  await prune(server)
  assert.deepEqual(
    await app.db.tuples(sql`select contact_id, kind, event_id from event order by contact_id, kind, event_id`),
    before,
  )
})

testOnEach('a hit that outlives its event is judged again without one', async () => {
  await using server = await startHistory(1, 0)
  const { app, accountId, clock } = server
  const hit = {
    accountId, contactId: 32, campaignId: 1100, sendNo: 0, linkNo: 0, hitId: app.tracking.hits.nextId(), kind: 'open', at: clock.now - 20 * day,
    method: 'GET', ip: '192.0.2.77', userAgent: 'curl/8.0', headers: {},
  } as const // oxfmt-ignore
  // It waited in the spool for so long.
  await app.tracking.hits.record(hit)
  const replay = (): Promise<number> =>
    replayVerdicts(
      app.db,
      accountId,
      { settings: defaultVerdictSettings, now: clock.now, isStored: true },
      () => undefined,
    )
  await replay()
  const before = await totals(app.db, accountId)
  assert.equal((await app.db.tuples(sql`select 1 from verdict`)).length, 1)
  await setRetention(app.db, accountId, { hitDays: 10, eventDays: 10 })
  await prune(server)
  assert.equal(await replay(), 1)
  assert.equal((await app.db.tuples(sql`select 1 from verdict`)).length, 0)
  assert.deepEqual(await totals(app.db, accountId), before)
  assert.deepEqual(await faultsOf(server), [])
})

testOnEach('days are whole and few enough, and events are kept no shorter than hits', async () => {
  await using server = await startTestServer()
  const { app, accountId } = server
  assert.deepEqual(await getAccountSettings(app.db, accountId), {
    hitDays: 30,
    eventDays: undefined,
    hasForwards: false,
  })
  for (const [hitDays, eventDays] of [
    [0, undefined],
    [1.5, undefined],
    [36_501, undefined],
    [30, 29],
    [30, 0],
    [NaN, 5],
  ] as const)
    // oxfmt-ignore
    await assert.rejects(setRetention(app.db, accountId, { hitDays, eventDays }), { code: 'invalid_input' })
  await setRetention(app.db, accountId, { hitDays: 7, eventDays: 7 })
  assert.deepEqual(await getAccountSettings(app.db, accountId), { hitDays: 7, eventDays: 7, hasForwards: false })
})
