// Erasing: nothing is left of the contact, nothing is missing from the totals, whenever it is cut off.

import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import { tables } from '../copy/tables.ts'
import { CutOff, dyingAt } from '../../../test/cut-off.ts'
import { testOnEach } from '../../../test/databases.ts'
import { importLines, importText } from '../../../test/import-lines.ts'
import { runDueJobs } from '../../../test/run-jobs.ts'
import { openSecondApp, startTestServer, testNow } from '../../../test/server.ts'
import type { TestServer } from '../../../test/server.ts'
import { Sql, sql } from '../../db/sql.ts'
import type { Db } from '../../db/db.ts'
import { NotFoundError } from '../../errors.ts'
import { listLinks } from '../campaigns/link.ts'
import { getContact } from '../contacts/contact.ts'
import { countCampaignEvents } from '../events/counts.ts'
import { record } from '../events/record.ts'
import { findSuppression } from '../suppressions/suppression.ts'
import { setConsent } from '../tracking/consent.ts'
import { checkTotals } from './check-totals.ts'
import { eraseContact, resumeErasure } from './erase-contact.ts'

const campaignId = 1100
const joe = { contactId: 32, email: 'jflowers@mail.com' }
const ann = { contactId: 33, email: 'ann@example.com' }

/** Two contacts with so many events each that erasing one takes several steps, and a row wherever a contact can have one. */
async function startHistory(events = 1300): Promise<TestServer> {
  const server = await startTestServer()
  const { app, accountId } = server
  await importLines(server, [
    { type: 'campaign', id: campaignId, name: 'October' },
    { type: 'contact', id: 32, email: joe.email, lists: ['General Interest'] },
    { type: 'contact', id: 33, email: ann.email, lists: ['General Interest'] },
    ...[32, 33].flatMap((contact) => [
      { type: 'event', kind: 'send', contact, campaign: campaignId, at: '2009-01-01T00:00:00Z', messageId: `<${contact}@x>`, key: 's' },
      ...Array.from({ length: events }, (_, i) => ({
        type: 'event', contact, campaign: campaignId, at: new Date(Date.UTC(2009, 0, 1 + (i % 3)) + i * 1000).toISOString(),
        ...(i % 2 === 0 ? { kind: 'open' } : { kind: 'click', url: `http://x.example/${i % 5}` }),
      })),
    ]),
  ]) // oxfmt-ignore
  await setConsent(app.db, accountId, 32, { tracking: 'full', source: 'form', wording: 'yes', at: testNow })
  await app.db.transaction(async (tx) => {
    await tx.run(sql`
      insert into verdict(contact_id, kind, event_id, account_id, campaign_id, link_no, verdict, reasons, rules_version, judged_at)
      select contact_id, kind, event_id, account_id, campaign_id, link_no, 'machine', 'burst', 1, 0 from event where kind = 4 and event_id % 3 = 0`)
    await tx.run(sql`
      insert into hit(contact_id, hit_id, account_id, campaign_id, send_no, kind, link_no, at, stored_at, method, has_whole_ip, user_agent)
      values (32, 1, ${accountId}, ${campaignId}, 0, 1, 0, 0, 0, 'GET', 0, 'x')`)
    await tx.run(sql`
      insert into forward_count(contact_id, campaign_id, send_no, account_id, count) values (32, ${campaignId}, 0, ${accountId}, 1)`)
    await tx.run(sql`
      insert into outgoing(campaign_id, contact_id, send_no, account_id, state, attempts, send_id, recipient)
      values (${campaignId}, 32, 0, ${accountId}, 'pending', 0, 'x', ${joe.email})`)
    await tx.run(sql`
      insert into outgoing_key(account_id, key, digest, campaign_id, contact_id, send_no, created_at)
      values (${accountId}, 'order-7', 'x', ${campaignId}, 32, 0, 0)`)
    await tx.run(sql`
      insert into kept_answer(account_id, holder, key_hash, fingerprint, contact_id, status, headers, body, created_at)
      values (${accountId}, 'key 1', 'h', 'f', 32, 200, '{}', ${joe.email}, 0)`)
    await tx.run(sql`
      insert into webhook_pending(account_id, endpoint_id, contact_id, kind, event_id, attempts, failed_at, due_at)
      values (${accountId}, 'e', 32, 4, 1, 1, 0, 0)`)
    await tx.run(sql`
      insert into hold(contact_id, account_id, code, message, strikes, since) values (32, ${accountId}, 'B', 'no', 1, 0)`)
    await tx.run(sql`
      insert into bounce_review(review_id, account_id, stored_at, received_at, reason, way, kind, contact_id, campaign_id, send_no, raw)
      values ('r1', ${accountId}, 0, 0, 'expired', 'pipe', 'bounce', 32, ${campaignId}, 0, ${Buffer.from(joe.email)})`)
    await tx.run(sql`
      insert into activity_line(account_id, activity_id, sort_key, contact_id, text) values (${accountId}, 'a1', 'j', 32, ${joe.email})`)
    for (const [i, email] of ['JFlowers@Mail.com', ann.email].entries())
      await tx.run(sql`
        insert into activity_error(account_id, activity_id, error_no, line, email, message)
        values (${accountId}, 'a1', ${i}, 2, ${email}, ${`${email} is wrong`})`)
  })
  return server
}

/** Of all, and of people. */
const totals = async (db: Db, accountId: number): Promise<unknown> => [
  await countCampaignEvents(db, accountId, campaignId),
  await listLinks(db, accountId, campaignId),
  await countCampaignEvents(db, accountId, campaignId, ['machine', 'proxy']),
  await listLinks(db, accountId, campaignId, ['machine', 'proxy']),
]

/** Names of the tables that name the contact, or its address, in any row. */
async function traces(db: Db): Promise<string[]> {
  const found: string[] = []
  for (const { name, columns } of tables) {
    const rows = await db.tuples<unknown[]>(new Sql([`select ${columns.join()} from ${name}`], []))
    const own = columns.indexOf('contact_id')
    const names = (row: unknown[]): boolean => row[own] === 32 || /jflowers@mail/i.test(JSON.stringify(row))
    if (rows.some(names)) found.push(name)
  }
  return found.toSorted()
}

async function faultsOf({ app, accountId }: TestServer): Promise<string[]> {
  const faults: string[] = []
  for await (const check of checkTotals(app.db, accountId)) faults.push(...check.faults)
  return faults
}

testOnEach('an erased contact leaves its number and a digest, and every total as it was', async () => {
  await using server = await startHistory()
  const { app, accountId } = server
  const before = await totals(app.db, accountId)
  const withContacts = tables.filter(({ name, columns }) => columns.includes('contact_id') && name !== 'erasure')
  assert.deepEqual(await traces(app.db), [...withContacts.map(({ name }) => name), 'activity_error'].toSorted())
  await eraseContact(app.db, accountId, joe, testNow)
  assert.deepEqual(await traces(app.db), ['erasure'])
  assert.deepEqual(await totals(app.db, accountId), before)
  assert.deepEqual(await faultsOf(server), [])
  await assert.rejects(getContact(app.db, accountId, 32), NotFoundError)
  const { reason, email } = (await findSuppression(app.db, accountId, joe.email))!
  assert.deepEqual([reason, email], ['erased', null])
  assert.equal((await getContact(app.db, accountId, 33)).email, ann.email)
  const ofAnn = sql`select count(*) from event where contact_id = 33`
  assert.deepEqual(await app.db.tuples(ofAnn), [[1301]])
  // Days, links and verdicts are kept apart.
  const kept = await app.db.tuples(sql`
    select kind, verdict_class, count(distinct day), cast(sum(count) as bigint) from erased_count
    group by kind, verdict_class order by kind, verdict_class`)
  assert.deepEqual(kept, [[1, 'unjudged', 1, 1], [3, 'unjudged', 3, 650], [4, 'machine', 1, 217], [4, 'unjudged', 2, 433]]) // oxfmt-ignore
  await eraseContact(app.db, accountId, ann, testNow)
  assert.deepEqual(await totals(app.db, accountId), before)
  assert.deepEqual(await app.db.tuples(sql`select count(*) from event`), [[0]])
})

testOnEach('cut off anywhere, totals are as before, and the server or a second try ends it', async () => {
  for (const isMidway of [false, true]) {
    for (let step = 1; ; step++) {
      await using server = await startHistory()
      const { app, accountId, clock } = server
      const before = await totals(app.db, accountId)
      const cut = await eraseContact(dyingAt(app.db, step, isMidway), accountId, joe, testNow).catch(
        (error: unknown) => error,
      )
      assert.deepEqual(await totals(app.db, accountId), before, `step ${step}`)
      if (cut === undefined) break
      assert.ok(cut instanceof CutOff)
      const isBegun = step > 2
      if (!isBegun) await eraseContact(app.db, accountId, joe, testNow)
      else if (isMidway) await resumeErasure(app.db, accountId, 32)
      else {
        await app.db.transaction((tx) =>
          tx.run(sql`insert into job(job_id, kind, subject, due_at, attempts, created_at)
            values (99, 'finish-erasures', 'recurring', 0, 0, 0)`),
        )
        await runDueJobs({ ...app, now: () => (clock.now += 1) })
      }
      assert.deepEqual(await traces(app.db), ['erasure'], `step ${step}`)
      assert.deepEqual(await totals(app.db, accountId), before, `step ${step}`)
    }
  }
})

testOnEach('two who erase the same contact at once count nothing twice, and nobody sees another total', async () => {
  await using server = await startHistory()
  await using second = await openSecondApp(server)
  const { app, accountId } = server
  const before = await totals(app.db, accountId)
  let isOver = false
  const watching = (async () => {
    for (let seen = 0; ; seen++) {
      assert.deepEqual(await totals(second.db, accountId), before)
      if (isOver) return seen
      await setImmediate()
    }
  })()
  const outcomes = await Promise.allSettled([
    eraseContact(app.db, accountId, joe, testNow),
    eraseContact(second.db, accountId, joe, testNow),
    eraseContact(app.db, accountId, ann, testNow),
  ])
  isOver = true
  assert.ok((await watching) > 0)
  for (const outcome of outcomes) assert.ok(outcome.status === 'fulfilled' || outcome.reason instanceof NotFoundError)
  assert.deepEqual(await totals(app.db, accountId), before)
  assert.deepEqual(await traces(app.db), ['erasure'])
})

testOnEach('what was still being written of the contact is counted and deleted a little later', async () => {
  await using server = await startHistory(3)
  const { app, accountId, clock } = server
  await eraseContact(app.db, accountId, joe, clock.now)
  await app.db.transaction(async (tx) => {
    await tx.run(sql`insert into event(contact_id, kind, event_id, campaign_id, recorded_at, account_id, source)
      values (32, 3, 64, ${campaignId}, 0, ${accountId}, 0)`)
    await tx.run(sql`insert into membership(contact_id, list_id, account_id, opt_in_at, opt_in_source)
      select 32, list_id, account_id, 0, 'customer' from list`)
    await tx.run(sql`insert into job(job_id, kind, subject, due_at, attempts, created_at)
      values (99, 'finish-erasures', 'recurring', 0, 0, 0)`)
  })
  const before = await totals(app.db, accountId)
  const open = (): Promise<unknown[]> => app.db.all(sql`select 1 from erasure where finished_at is null`)
  await runDueJobs(app)
  assert.deepEqual(await traces(app.db), ['erasure'])
  assert.deepEqual(await totals(app.db, accountId), before)
  // Others may have begun before the erasure.
  assert.equal((await open()).length, 1)
  clock.now += 120_000
  await runDueJobs(app)
  assert.equal((await open()).length, 0)
})

testOnEach('nothing is recorded of an erased contact, nor of another under its number or its address', async () => {
  await using server = await startHistory(3)
  const { app, accountId, dataDir } = server
  await eraseContact(app.db, accountId, joe, testNow)
  const before = await totals(app.db, accountId)
  const event = { contactId: 32, campaignId, kind: 'open', at: testNow, source: 'own' } as const
  const recorded = await app.db.transaction((tx) => record(tx, accountId, [event], testNow))
  assert.deepEqual(recorded, [{ outcome: 'unknown-contact' }])
  const lines = [
    { type: 'contact', id: 32, email: 'other@example.com' },
    { type: 'contact', email: 'JFlowers@mail.com', optInSource: 'contact', optInAt: '2009-01-01T00:00:00Z' },
    { type: 'contact', email: joe.email },
    { type: 'contact', email: 'new@example.com' },
    { type: 'event', kind: 'open', contact: 32, campaign: campaignId, at: '2009-01-01T00:00:00Z' },
    { type: 'event', kind: 'open', email: joe.email, campaign: campaignId, at: '2009-01-01T00:00:00Z' },
  ]
  const text = lines.map((line) => JSON.stringify(line)).join('\n')
  const { counts } = await importText(app, accountId, dataDir, text)
  assert.deepEqual([counts.contact.new, counts.contact.rejected, counts.event.rejected], [1, 3, 2])
  assert.deepEqual(await totals(app.db, accountId), before)
})

testOnEach('an import brings back who asked for it after it was erased, under a new number', async () => {
  await using server = await startHistory(3)
  const { app, accountId } = server
  await eraseContact(app.db, accountId, joe, Date.parse('2009-03-01T00:00:00Z'))
  const line = { type: 'contact', email: joe.email, optInSource: 'contact', optInAt: '2009-03-02T00:00:00Z' }
  await importLines(server, [line])
  assert.equal(await findSuppression(app.db, accountId, joe.email), undefined)
  const [row] = await app.db.tuples<[id: number]>(sql`select contact_id from contact where email = ${joe.email}`)
  assert.ok(row![0] > 33)
})

testOnEach('a total that is not what is there is found', async () => {
  await using server = await startHistory(3)
  const { app, accountId } = server
  assert.deepEqual(await faultsOf(server), [])
  await app.db.transaction((tx) =>
    tx.run(sql`insert into event(contact_id, kind, event_id, campaign_id, recorded_at, account_id, source, link_no)
      values (32, 4, 64, ${campaignId}, 0, ${accountId + 1}, 0, 7)`),
  )
  assert.deepEqual(await faultsOf(server), ['click: 3 shown, 2 there'])
})
