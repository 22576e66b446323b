// A whole store moves to another engine or folder and back: nothing is lost, changed or done twice, and clients of the
// old wire go on with the page tokens they hold.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { openApp, openStore } from '../src/app.ts'
import { compareStores } from '../src/core/copy/compare-stores.ts'
import { copyStore } from '../src/core/copy/copy-store.ts'
import { tables } from '../src/core/copy/tables.ts'
import { listFeed } from '../src/core/events/feed.ts'
import { bytesPath } from '../src/core/library/image-bytes.ts'
import type { Store } from '../src/db/db.ts'
import { Sql, sql } from '../src/db/sql.ts'
import { openLog } from '../src/log.ts'
import { createFetch } from '../src/server.ts'
import { engines } from './databases.ts'
import type { Engine } from './databases.ts'
import { importLines } from './import-lines.ts'
import { addClient, obtainTokens } from './oauth.ts'
import { run, start, temporaryFolder } from './program.ts'
import { base, basic, host, openTestApp, startTestServer, testNow } from './server.ts'
import type { TestApp, TestServer } from './server.ts'
import { fill, useEverything } from './use-everything.ts'

const directions = engines.flatMap((from) => engines.map((to) => [from, to] as const))
const log = openLog('silent')

function testDirections(name: string, work: (from: Engine, to: Engine) => Promise<void>, tested = directions): void {
  for (const [from, to] of tested) test(`${name} (${from} to ${to})`, () => work(from, to))
}

/** The store of an app, as the command opens it. */
async function storeOf({ app }: TestApp): Promise<Store> {
  return (await openStore(app.config, { log, mayCreate: false })).db
}

/** The same store as an argument. */
function argument({ app: { config } }: TestApp): string {
  return config.databaseUrl ?? `sqlite:${config.dataDir}`
}

const odd = 'Zoë 花 🌷 \'";\\ \u2028 \\u0000'

/** Everything in use, and a row of what is gone again when its work is done. */
async function startFilled(engine: Engine): Promise<TestServer & { token: string }> {
  const server = await startTestServer({}, engine)
  const { app, accountId } = server
  await fill(server)
  await useEverything(server, app.db)
  await importLines(server, [
    ...Array.from({ length: 120 }, (_, n) => ({ type: 'contact', id: 100 + n, email: `c${n}@example.com`, firstName: odd, lists: ['General Interest'] })),
    ...Array.from({ length: 300 }, (_, n) => ({ type: 'event', kind: n % 2 ? 'open' : 'click', contact: 100 + (n % 7), campaign: 1100,
      at: new Date(Date.UTC(2009, 0, 1) + n * 1000).toISOString(), ...(n % 2 ? {} : { url: `http://x.example/${n % 5}` }) })),
  ]) // oxfmt-ignore
  const bytes = Uint8Array.from({ length: 256 }, (_, n) => n)
  await app.db.transaction(async (tx) => {
    await tx.run(sql`insert into campaign_list(campaign_id, list_id, account_id) values (1100, 1, ${accountId})`)
    await tx.run(sql`insert into activity(account_id, activity_id, type, status, request, transaction_count, error_count, inserted_at)
      values (${accountId}, 'a1', 'SV_ADD', 'pending', '{}', 0, 0, 1)`)
    await tx.run(sql`insert into activity_input(account_id, activity_id, piece_no, bytes) values (${accountId}, 'a1', 0, ${bytes})`)
    await tx.run(sql`insert into activity_error(account_id, activity_id, error_no, line, email, message) values (${accountId}, 'a1', 1, 2, ${odd}, '')`)
    await tx.run(sql`insert into activity_line(account_id, activity_id, sort_key, contact_id, text) values (${accountId}, 'a1', ${odd}, 1, ${odd})`)
    await tx.run(sql`insert into hit(contact_id, hit_id, account_id, campaign_id, send_no, kind, link_no, at, stored_at, method, has_whole_ip, user_agent)
      values (100, 1, ${accountId}, 1100, 0, 1, 0, 1, 1, 'GET', 0, ${odd})`)
    await tx.run(sql`insert into outgoing_key(account_id, key, digest, campaign_id, contact_id, send_no, created_at)
      values (${accountId}, ${odd}, 'd', 1100, 100, 0, 1)`)
    await tx.run(sql`insert into bounce_review(review_id, account_id, stored_at, received_at, reason, way, kind, raw)
      values ('r', ${accountId}, 1, 1, 'forged', 'pipe', 'bounce', ${bytes})`)
    await tx.run(sql`insert into bounce_mailbox(mailbox, held_until, uid_validity, last_uid) values (${odd}, 1, 1, 1) on conflict do nothing`)
    await tx.run(sql`insert into forward_friend(account_id, campaign_id, address_hash, at) values (${accountId}, 1100, ${odd}, 1) on conflict do nothing`)
    await tx.run(sql`insert into forward_visitor(account_id, day, address_hash, count) values (${accountId}, 1, ${odd}, 1) on conflict do nothing`)
    await tx.run(sql`insert into inbox(inbox_id, account_id, endpoint_id, provider, received_at, delivery_key, body_hash, headers, body, bytes, state)
      values (900001, ${accountId}, 'e', 'ses', 1, ${odd}, 'h', '{}', ${bytes}, 9, 'done')`)
    await tx.run(sql`insert into kept_answer(account_id, holder, key_hash, fingerprint, status, headers, body, created_at)
      values (${accountId}, 'key 1', 'kept', 'f', 200, '{}', ${odd}, 1)`)
    await tx.run(sql`insert into sending_process(holder, alive_until) values ('p', 1)`)
    await tx.run(sql`insert into import_progress(account_id, fingerprint, file_offset, line, counts, updated_at) values (${accountId}, 'f', ${2 ** 52}, 1, '{}', 1)`)
  }) // oxfmt-ignore
  const { access_token: token } = await obtainTokens(server, await addClient(server))
  const unused = []
  for (const { name } of tables)
    if (!(await app.db.one(new Sql([`select 1 as found from ${name} limit 1`], [])))) unused.push(name)
  assert.deepEqual(unused, [])
  return { ...server, token }
}

async function differing(source: Store, target: Store): Promise<string[]> {
  const names = []
  for await (const { table, isEqual } of compareStores(source, target)) if (!isEqual) names.push(table)
  return names
}

/** A page of the wire without what depends on the moment, and the path of the next. */
async function page(app: TestApp['app'], path: string): Promise<{ text: string; next: string | undefined }> {
  const request = new Request(`http://${host}${path}`, { headers: { host, authorization: basic() } })
  const answer = await createFetch(app)(request)
  assert.equal(answer.status, 200, path)
  const text = await answer.text()
  return { text, next: /<link href="([^"]+)" rel="next"/.exec(text)?.[1] }
}

testDirections('everything moves, and the clients of the old wire do not notice', async (from, to) => {
  await using origin = await startFilled(from)
  await using goal = await openTestApp({}, to)
  const paths = [`${base}/contacts`, `${base}/contacts/100/events/clicks`, `${base}/campaigns/1100/events/opens`, `${base}/lists/1/members`] // oxfmt-ignore
  const before = await Promise.all(paths.map((path) => page(origin.app, path)))
  assert.ok(before[0]!.next)
  {
    await using source = await storeOf(origin)
    await using target = await storeOf(goal)
    assert.ok((await copyStore(source, target)) > 700)
    assert.deepEqual(await differing(source, target), [])
    assert.equal(await copyStore(source, target), 0)
  }
  await using app = await openApp(goal.app.config, { log, now: origin.app.now })
  assert.deepEqual(await Promise.all(paths.map((path) => page(app, path))), before)
  const { next } = before[0]!
  assert.deepEqual(await page(app, next!), await page(origin.app, next!))

  const headers = { host, authorization: `Bearer ${origin.token}` }
  assert.equal((await createFetch(app)(new Request(`http://${host}${base}/lists`, { headers }))).status, 200)

  const { accountId } = origin
  const first = await listFeed(origin.app.db, accountId, { limit: 20, now: testNow + 10_000 })
  const rest = { after: first.next, limit: 500, now: testNow + 10_000 }
  assert.deepEqual(await listFeed(app.db, accountId, rest), await listFeed(origin.app.db, accountId, rest))
  // Ids go on behind those that were given out.
  const ids = sql`select name, next_id as "nextId" from id_block order by name`
  assert.deepEqual(await app.db.tuples(ids), await origin.app.db.tuples(ids))
})

testDirections('a copy that fails in the middle goes on where it was, and only there', async (from, to) => {
  await using origin = await startFilled(from)
  await using goal = await openTestApp({}, to)
  await using source = await storeOf(origin)
  await using target = await storeOf(goal)
  const cut = new Error('cut off')
  for (const table of ['contact', 'event', 'job']) {
    const done: string[] = []
    const stop = (): never => {
      throw cut
    }
    const failing = copyStore(source, target, {
      onProgress: (progress) => (progress.table === table ? stop() : done.push(progress.table)),
    })
    await assert.rejects(failing, cut)
    await assert.rejects(openApp(goal.app.config, { log }), /not finished: run "contrail copy" again/)
    await assert.rejects(copyStore(target, source), /the source is itself a copy that is not finished/)
    assert.ok(done.length > 0)
  }
  const resumed: string[] = []
  const last = { done: 0, size: 1 }
  const options = {
    onResume: (table: string) => resumed.push(table),
    onProgress: ({ done, size }: typeof last) => Object.assign(last, { done, size }),
  }
  await copyStore(source, target, options)
  assert.deepEqual(resumed, ['job'])
  assert.deepEqual(await differing(source, target), [])
  assert.ok(last.done <= last.size)
})

testDirections('a value, a row and a text that differ are found, and the table is named', async (from, to) => {
  await using origin = await startFilled(from)
  await using goal = await openTestApp({}, to)
  await using source = await storeOf(origin)
  await using target = await storeOf(goal)
  await copyStore(source, target)
  const changes: [string, Sql][] = [
    ['contact', sql`update contact set last_name = 'other' where contact_id = 100`],
    ['event', sql`delete from event where contact_id = 101 and kind = (select min(kind) from event where contact_id = 101)`],
    ['link', sql`update link set link_no = 99 where campaign_id = 1100 and link_no = 1`],
    ['activity_input', sql`update activity_input set bytes = ${Uint8Array.of(0)} where piece_no = 0`],
    ['secret', sql`insert into secret(name, value) values ('more', '')`],
  ] // oxfmt-ignore
  const expected: string[] = []
  for (const [table, change] of changes) {
    assert.ok((await target.transaction((tx) => tx.run(change))) > 0)
    expected.push(table)
    const order = tables.map(({ name }) => name)
    assert.deepEqual(
      await differing(source, target),
      expected.toSorted((a, b) => order.indexOf(a) - order.indexOf(b)),
    )
  }
  // Nothing is mended in silence: what is in the target by now may be newer.
  assert.equal(await copyStore(source, target), 0)
})

testDirections('what is written meanwhile is not mixed in, and is found at the end', async (from, to) => {
  await using origin = await startFilled(from)
  await using goal = await openTestApp({}, to)
  await using source = await storeOf(origin)
  await using target = await storeOf(goal)
  const writes: Promise<unknown>[] = []
  const write = sql`update campaign set name = 'later' where campaign_id = 1100`
  await copyStore(source, target, {
    onProgress: ({ table }) =>
      void (table === 'account' && writes.push(origin.app.db.transaction((tx) => tx.run(write)))),
  })
  assert.deepEqual(await Promise.all(writes), [1])
  const name = sql`select name from campaign where campaign_id = 1100`
  assert.equal((await target.one<{ name: string }>(name))!.name, 'One')
  assert.deepEqual(await differing(source, target), ['campaign'])
})

testDirections('of two copies into one store at once, none spoils the other', async (from, to) => {
  await using origin = await startFilled(from)
  await using goal = await openTestApp({}, to)
  await using source = await storeOf(origin)
  await using target = await storeOf(goal)
  await using second = await storeOf(goal)
  const both = await Promise.allSettled([copyStore(source, target), copyStore(source, second)])
  for (const ended of both)
    if (ended.status === 'rejected') assert.match(String(ended.reason), /another copy into the same store is under way/)
  await copyStore(source, target)
  assert.deepEqual(await differing(source, target), [])
})

testDirections('only an empty store is copied into, and never one into itself', async (from, to) => {
  await using origin = await startFilled(from)
  await using other = await startFilled(to)
  await using goal = await openTestApp({}, to)
  await using source = await storeOf(origin)
  await using filled = await storeOf(other)
  await using target = await storeOf(goal)
  await assert.rejects(copyStore(source, filled), /the target holds data already \(in its table "account"\)/)
  await assert.rejects(copyStore(source, source), /the same store/)
  await copyStore(source, target)
  await assert.rejects(copyStore(filled, target), /a copy of another store/)
  await assert.rejects(copyStore(target, source), /holds data already/)
})

if (engines.includes('postgres'))
  test('a text with NUL, which a server does not take, moves as it is stored there, and is told', async () => {
    await using origin = await startFilled('sqlite')
    await using goal = await openTestApp({}, 'postgres')
    await using back = await openTestApp({}, 'sqlite')
    await origin.app.db.transaction((tx) =>
      tx.run(sql`update contact set first_name = ${'a\0b'} where contact_id = 100`),
    )
    await using source = await storeOf(origin)
    await using server = await storeOf(goal)
    await using target = await storeOf(back)
    await copyStore(source, server)
    const told: string[] = []
    for await (const { isEqual, table } of compareStores(source, server, { onReplacedNul: (name) => told.push(name) }))
      assert.ok(isEqual, table)
    assert.deepEqual(told, ['contact'])
    const name = sql`select first_name as name from contact where contact_id = 100`
    assert.equal((await server.one<{ name: string }>(name))!.name, 'a\ufffdb')
    await copyStore(server, target)
    assert.deepEqual(await differing(server, target), [])
    assert.deepEqual(await differing(source, target), ['contact'])
  })

testDirections(
  'the command copies and verifies, with the images, and goes on after a kill',
  async (from, to) => {
    await using temporary = await temporaryFolder()
    await using origin = await startFilled(from)
    await using goal = await openTestApp({}, to)
    const { accountId } = origin
    const rows = Array.from(
      { length: 50_000 },
      (_, n) => `(100, 0, ${2_000_000 + n}, 1100, ${testNow + n}, ${accountId}, 1)`,
    )
    await origin.app.db.transaction((tx) =>
    tx.run(new Sql([`insert into event(contact_id, kind, event_id, campaign_id, recorded_at, account_id, source) values ${rows.join()}`], [])),
  ) // oxfmt-ignore
    const places = ['copy', '--from', argument(origin), '--to', argument(goal), '--data', goal.dataDir]
    if (from === 'postgres') places.splice(-1, 1, origin.dataDir)

    const child = start(temporary.folder, ...places)
    const isOver = once(child, 'exit')
    const events = sql`select count(*) as n from event`
    while ((await goal.app.db.one<{ n: number }>(events))!.n === 0 && child.exitCode === null) await setTimeout(2)
    child.kill('SIGKILL')
    await isOver
    assert.notEqual((await run(temporary.folder, ...places, '--verify-only')).code, 0)

    const images = await origin.app.db.all<{ sha256: string }>(sql`select sha256 from library_image`)
    const moved = await run(temporary.folder, ...places)
    assert.equal(moved.code, 0, moved.err)
    assert.match(moved.err, /Going on with an earlier copy, in \w+/)
    assert.match(moved.out, /^joesflowers +event +50,\d+ +50,\d+ +[0-9a-f]{12} +same$/m)
    const library = join(to === 'sqlite' || from === 'sqlite' ? goal.dataDir : origin.dataDir, 'library')
    for (const { sha256 } of images) assert.ok((await readFile(bytesPath(library, accountId, sha256))).length > 0)

    const again = await run(temporary.folder, ...places, '--json')
    assert.equal(again.code, 0, again.err)
    const lines = again.out.trim().split('\n').map((line) => JSON.parse(line) as { table?: string; isEqual?: boolean; damaged?: number }) // oxfmt-ignore
    assert.ok(lines.filter(({ table }) => table !== undefined).every(({ isEqual }) => isEqual))
    assert.equal(lines.at(-1)!.damaged, 0)

    await goal.app.db.transaction((tx) => tx.run(sql`update contact set first_name = 'new' where contact_id = 100`))
    await rm(bytesPath(library, accountId, images[0]!.sha256))
    const differs = await run(temporary.folder, ...places, '--verify-only')
    assert.equal(differs.code, 1)
    assert.match(differs.out, /^joesflowers +contact .* DIFFERS$/m)
    assert.match(differs.err, /The stores differ in contact:/)
    assert.match(differs.err, /The bytes of 1 images are not in /)
  },
  directions.filter(([from, to]) => from !== to || directions.length === 1),
)
