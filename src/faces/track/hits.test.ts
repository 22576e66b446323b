// Clicks and opens as readers' programs make them, and what becomes of them.

import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { importLines } from '../../../test/import-lines.ts'
import { testOnEach } from '../../../test/databases.ts'
import { host, startTestServer } from '../../../test/server.ts'
import type { TestServer } from '../../../test/server.ts'
import { withStoreAway } from '../../../test/store-away.ts'
import { findOrCreateLink } from '../../core/campaigns/link.ts'
import { listHistory } from '../../core/events/history.ts'
import { sealToken } from '../../core/tracking/token.ts'
import type { TokenFields, TokenPurpose } from '../../core/tracking/token.ts'
import { sql } from '../../db/sql.ts'
import type { App } from '../../app.ts'
import { assembleTracking, openTracking } from '../../core/tracking/tracking.ts'
import { openSqlite } from '../../db/sqlite.ts'
import { createFetch } from '../../server.ts'

const target = 'http://www.boston.com/a%20b?x=1&y=%zz#part'

interface Mailed extends TestServer {
  token(purpose: TokenPurpose, changes?: Partial<TokenFields>): string
}

async function start(): Promise<Mailed> {
  const server = await startTestServer()
  await importLines(server, [
    { type: 'campaign', id: 1100, name: 'October' },
    { type: 'contact', id: 32, email: 'jflowers@mail.com' },
  ])
  await server.app.db.transaction((tx) => findOrCreateLink(tx, 1100, target))
  const fields = { accountId: server.accountId, contactId: 32, campaignId: 1100, sendNo: 0, linkNo: 0 }
  return {
    ...server,
    token: (purpose, changes) => sealToken(server.app.tracking.keys.newest, purpose, { ...fields, ...changes }),
  }
}

const ask = (
  server: TestServer,
  path: string,
  method = 'GET',
  headers: Record<string, string> = {},
): Promise<Response> =>
  server.fetch(new Request(`http://${host}${path}`, { method, headers: { 'user-agent': 'Thunderbird', ...headers } }))

const kindsOf = async (server: TestServer): Promise<string[]> => {
  const { events } = await listHistory(server.app.db, server.accountId, { contactId: 32, limit: 50 })
  return events.map(({ kind, url }) => (url === undefined ? kind : `${kind} ${url}`))
}

const hitsOf = async (server: TestServer): Promise<[method: string, isEvent: number][]> =>
  await server.app.db.tuples(
    sql`select method, case when event_id is null then 0 else 1 end from hit where account_id = ${server.accountId} order by at, hit_id`,
  )

testOnEach(
  'a click is redirected to the target as it was written, and stands in the history before it is answered',
  async () => {
    await using server = await start()
    const answer = await ask(server, `/c/${server.token('click', { linkNo: 1 })}`)
    assert.equal(answer.status, 302)
    assert.equal(answer.headers.get('location'), target)
    assert.equal(answer.headers.get('cache-control'), 'no-store, private')
    assert.equal(answer.headers.get('referrer-policy'), 'no-referrer')
    assert.equal(answer.headers.get('set-cookie'), null)
    assert.deepEqual(await kindsOf(server), [`click ${target}`])
    assert.deepEqual(await hitsOf(server), [['GET', 1]])
  },
)

testOnEach('an open gets the pixel of 43 bytes, good token or bad, and is kept by nobody', async () => {
  await using server = await start()
  for (const token of [server.token('open'), server.token('click'), 'nonsense', '']) {
    const answer = await ask(server, `/o/${token}.gif`)
    assert.equal(answer.status, 200)
    assert.equal(answer.headers.get('content-type'), 'image/gif')
    const bytes = Buffer.from(await answer.arrayBuffer())
    assert.equal(bytes.length, 43)
    assert.equal(bytes.subarray(0, 6).toString(), 'GIF89a')
    assert.match(answer.headers.get('cache-control')!, /no-store/)
  }
  assert.deepEqual(await kindsOf(server), ['open'])
})

testOnEach('who only looks is answered as who clicks, and is no event', async () => {
  await using server = await start()
  const path = `/c/${server.token('click', { linkNo: 1 })}`
  const head = await ask(server, path, 'HEAD')
  assert.deepEqual([head.status, head.headers.get('location'), await head.text()], [302, target, ''])
  assert.equal((await ask(server, path, 'GET', { 'sec-purpose': 'prefetch;prerender' })).status, 302)
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
    const answer = await ask(server, path, method)
    assert.equal(answer.status, 405)
    assert.equal(answer.headers.get('allow'), 'GET, HEAD')
  }
  assert.deepEqual(await kindsOf(server), [])
  assert.deepEqual(
    (await hitsOf(server)).map(([, isEvent]) => isEvent),
    [0, 0],
  )
})

testOnEach(
  'what is malformed, forged, of another purpose or of no link gets the same small page, and leaves nothing',
  async () => {
    await using server = await start()
    const good = server.token('click', { linkNo: 1 })
    const bad = ['', 'x', good.slice(1), `${good}A`, good.toLowerCase(), server.token('open', { linkNo: 1 }), server.token('click', { linkNo: 9 }),
    server.token('click', { linkNo: 1, campaignId: 7 }), server.token('click', { linkNo: 1, accountId: 99 }), `${good}?url=http://evil.example`.replace(good, 'x')] // oxfmt-ignore
    const pages = new Set<string>()
    for (const token of bad) {
      const answer = await ask(server, `/c/${token}`)
      assert.equal(answer.status, 404, token)
      assert.equal(answer.headers.get('location'), null)
      pages.add(await answer.text())
    }
    assert.equal(pages.size, 1)
    assert.deepEqual(await hitsOf(server), [])
  },
)

test('a flood of forged tokens asks neither the store nor the spool anything', async () => {
  await using server = await start()
  let asked = 0
  const app = withStoreAway(server.app, () => ++asked > 0)
  const folder = join(server.dataDir, 'no spool here')
  await using tracking = await openTrackingOf(app, folder, server.app.tracking.keys)
  const flooded = { ...server, fetch: async (request: Request) => createFetch({ ...app, tracking })(request) }
  const [click, open] = [server.token('click', { linkNo: 1 }), server.token('open')]
  const forge = (token: string, i: number): string => {
    const bytes = Buffer.from(token, 'base64url')
    bytes[i % bytes.length]! ^= 1 + (i % 255)
    return bytes.toString('base64url')
  }
  for (let i = 0; i < 1000; i++) {
    assert.equal((await ask(flooded, `/c/${forge(click, i)}`)).status, 404)
    assert.equal((await ask(flooded, `/o/${forge(open, i)}.gif`)).status, 200)
  }
  assert.equal(asked, 0)
  assert.ok(!existsSync(folder))
})

testOnEach('a clock that is set back loses no hit and no order of what was before', async () => {
  await using server = await start()
  const path = `/c/${server.token('click', { linkNo: 1 })}`
  await ask(server, path)
  server.clock.now -= 3_600_000
  assert.equal((await ask(server, path)).status, 302)
  await ask(server, `/o/${server.token('open')}.gif`)
  assert.deepEqual(
    (await hitsOf(server)).map(([, isEvent]) => isEvent),
    [1, 1, 1],
  )
  assert.equal((await kindsOf(server)).length, 3)
})

testOnEach('links lead on when their campaign is deleted or their contact is gone', async () => {
  await using server = await start()
  await server.app.db.transaction(async (tx) => {
    await tx.run(sql`update campaign set status = 'deleted' where campaign_id = 1100`)
    await tx.run(sql`delete from contact where contact_id = 32`)
  })
  const answer = await ask(server, `/c/${server.token('click', { linkNo: 1 })}`)
  assert.equal(answer.headers.get('location'), target)
  assert.deepEqual(await hitsOf(server), [])
})

testOnEach(
  'of a contact or campaign that may only be counted nothing but the count is kept, and of one that may not, nothing',
  async () => {
    await using server = await start()
    const click = (): Promise<Response> => ask(server, `/c/${server.token('click', { linkNo: 1 })}`)
    const counted = (): Promise<[number][]> => server.app.db.tuples(sql`select count from aggregate_count`)
    await server.app.db.transaction((tx) =>
      tx.run(sql`update contact set tracking = 'aggregate' where contact_id = 32`),
    )
    await click()
    await click()
    assert.deepEqual(await counted(), [[2]])
    await server.app.db.transaction((tx) => tx.run(sql`update campaign set tracking = 'none' where campaign_id = 1100`))
    assert.equal((await click()).status, 302)
    assert.deepEqual(await counted(), [[2]])
    assert.deepEqual([await kindsOf(server), await hitsOf(server)], [[], []])
  },
)

function openTrackingOf(app: App, folder: string, keys?: App['tracking']['keys']): Promise<App['tracking']> {
  const { db, log, now } = app
  return keys
    ? Promise.resolve(assembleTracking(db, keys, { folder, openSpool: openSqlite, log, now }))
    : openTracking(db, { folder, openSpool: openSqlite, log, now })
}

testOnEach(
  'while the store is away links known before lead on, and hits wait in the spool until it is back, each once',
  async () => {
    await using server = await start()
    let isAway = false
    const app = withStoreAway(server.app, () => isAway)
    const tracking = await openTrackingOf(app, server.dataDir)
    const away = { ...server, fetch: async (request: Request) => createFetch({ ...app, tracking })(request) }
    const path = `/c/${server.token('click', { linkNo: 1 })}`
    await ask(away, path)
    isAway = true
    for (let i = 0; i < 5; i++) {
      server.clock.now += 1000
      assert.equal((await ask(away, path)).headers.get('location'), target)
      assert.equal((await ask(away, `/o/${server.token('open')}.gif`)).status, 200)
    }
    assert.deepEqual((await tracking.spool.examine()).hits, 10)
    assert.equal((await kindsOf(server)).length, 1)
    server.clock.now += 1000
    // A process that starts now knows the links from the spool alone.
    const fresh = await openTrackingOf({ ...app, tracking }, server.dataDir, tracking.keys)
    const again = { ...server, fetch: async (request: Request) => createFetch({ ...app, tracking: fresh })(request) }
    assert.equal((await ask(again, path)).headers.get('location'), target)
    // One that nobody took before is not said to be none: it can't be told yet.
    const untold = await ask(again, `/c/${server.token('click', { linkNo: 2 })}`)
    assert.deepEqual([untold.status, untold.headers.get('retry-after')], [503, '120'])
    isAway = false
    assert.equal((await ask(again, `/c/${server.token('click', { linkNo: 2 })}`)).status, 404)
    tracking.hits.startDraining()
    while ((await tracking.spool.examine()).hits > 0) await new Promise((resolve) => setTimeout(resolve, 10))
    await fresh[Symbol.asyncDispose]()
    await tracking[Symbol.asyncDispose]()
    assert.equal((await kindsOf(server)).length, 12)
    assert.equal(tracking.hits.counts.lost, 0)
  },
)
