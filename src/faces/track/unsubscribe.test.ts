// No more mail: what programs post, what people see, and what must change nothing (RFC 8058).

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pino } from 'pino'
import { testOnEach } from '../../../test/databases.ts'
import { mailed, startMailed } from '../../../test/mailed.ts'
import type { Mailed } from '../../../test/mailed.ts'
import { withStoreAway } from '../../../test/store-away.ts'
import { changeContact } from '../../core/contacts/write-contact.ts'
import { assembleTracking } from '../../core/tracking/tracking.ts'
import type { Tracking } from '../../core/tracking/tracking.ts'
import { sql } from '../../db/sql.ts'
import { openSqlite } from '../../db/sqlite.ts'
import { createFetch } from '../../server.ts'
import { languages } from './words/words.ts'

const untouched = {
  status: 'active', reason: null, lists: [1], tracking: 'full', suppression: undefined, events: [], hits: [], consents: 0,
} // oxfmt-ignore
const optedOut = { ...untouched, status: 'do-not-mail', lists: [], suppression: 'optout', events: ['optout contact'] }

const oneClick = 'List-Unsubscribe=One-Click'
const multipart = `--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n`
const form = 'application/x-www-form-urlencoded'
const clicks: [name: string, init: RequestInit][] = [
  ['a form', { body: oneClick, headers: { 'content-type': form } }],
  ['a multipart form', { body: multipart, headers: { 'content-type': 'multipart/form-data; boundary=b' } }],
  ['a broken multipart form', { body: '--b\r\nnonsense', headers: { 'content-type': 'multipart/form-data' } }],
  ['no body', {}],
  ['something else', { body: '{"a":1}', headers: { 'content-type': 'application/json' } }],
  ['one that claims to be a person as well', { body: `confirm=1&${oneClick}`, headers: { 'content-type': form } }],
  ['a whole kilobyte', { body: 'x'.repeat(1024), headers: { 'content-type': form } }],
]

testOnEach('one click with any body or none opts out, is never redirected, and once is enough', async () => {
  for (const [name, init] of clicks) {
    await using server = await startMailed()
    const path = server.path('unsubscribe')
    const texts = new Set<string>()
    for (let i = 0; i < 3; i++) {
      server.clock.now += 60_000
      const answer = await server.ask(path, 'POST', init)
      assert.equal(answer.status, 200, name)
      assert.match(answer.headers.get('content-type')!, /^text\/plain/)
      for (const header of ['location', 'set-cookie', 'refresh']) assert.equal(answer.headers.get(header), null)
      texts.add(await answer.text())
    }
    assert.equal(texts.size, 1, name)
    assert.deepEqual(await server.state(), optedOut, name)
    const [times] = await server.app.db.tuples(sql`select opt_out_at, updated_at from contact where contact_id = 32`)
    const first = server.clock.now - 120_000
    assert.deepEqual([...(times as number[])], [first, first], name)
  }
})

testOnEach('many clicks at once are one opt-out', async () => {
  await using server = await startMailed()
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => server.ask(server.path('unsubscribe'), 'POST', { body: oneClick })),
  )
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]))
  assert.deepEqual(await server.state(), optedOut)
})

testOnEach(
  'a person sees whose mail it is, gives a reason, and is sent on to a page that says it is done',
  async () => {
    await using server = await startMailed()
    const path = server.path('unsubscribe')
    const asked = await server.ask(path)
    assert.equal(asked.status, 200)
    const page = await asked.text()
    assert.match(page, /Stop all mail from Joe’s Flowers to j\*\*\*@mail\.com\?/)
    assert.doesNotMatch(page, /jflowers|<script|https?:/)
    assert.equal(page.match(/<button/g)?.length, 1)
    assert.match(asked.headers.get('content-security-policy')!, /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self'; frame-ancestors 'none'/) // oxfmt-ignore
    for (const [name, value] of [
      ['cache-control', /no-store/],
      ['referrer-policy', /no-referrer/],
      ['x-robots-tag', /noindex/],
      ['vary', /Accept-Language/],
    ] as const)
      // oxfmt-ignore
      assert.match(asked.headers.get(name)!, value)
    assert.deepEqual(await server.state(), { ...untouched, hits: [3] })

    const answer = await server.send(path, { confirm: '1', reason: ' Too\tmany\u0000 mails\r\n<b> ' + 'x'.repeat(600) })
    assert.equal(answer.status, 303)
    assert.equal(answer.headers.get('set-cookie'), null)
    const done = await server.ask(path + answer.headers.get('location'))
    assert.match(await done.text(), /<h1>You are unsubscribed<\/h1>/)
    const reason = ('Too many  mails <b> ' + 'x'.repeat(600)).slice(0, 500)
    const state = await server.state()
    assert.deepEqual(state, { ...optedOut, reason, events: [`optout contact ${reason}`], hits: [3] })
    assert.match(await (await server.ask(path)).text(), /You are unsubscribed/)
    const feed = await (await server.get('/ws/customers/joesflowers/contacts/32/events/optouts')).text()
    assert.match(feed, /<OptOutReason>Too many {2}mails &lt;b&gt; x+<\/OptOutReason>/)
  },
)

testOnEach('looking, asking what is possible and other methods change nothing', async () => {
  await using server = await startMailed()
  const path = server.path('unsubscribe')
  const head = await server.ask(path, 'HEAD')
  assert.deepEqual([head.status, await head.text()], [200, ''])
  const options = await server.ask(path, 'OPTIONS')
  assert.deepEqual([options.status, options.headers.get('allow')], [204, 'GET, HEAD, POST, OPTIONS'])
  for (const method of ['PUT', 'DELETE', 'PATCH']) {
    const answer = await server.ask(path, method, { body: oneClick })
    assert.deepEqual([answer.status, answer.headers.get('allow')], [405, 'GET, HEAD, POST, OPTIONS'])
  }
  await server.ask(`${path}?confirm=1&done=1`)
  assert.deepEqual(await server.state(), untouched)
})

testOnEach('what is malformed, forged, of another purpose or account does nothing, in the same words', async () => {
  await using server = await startMailed()
  const good = server.path('unsubscribe')
  const bad = ['/u/', '/u/x', `${good}A`, good.slice(0, -1), good.toLowerCase(), `${good}/more`, `/u/${server.token('click')}`,
    `/u/${server.token('preferences')}`, `/u/${server.token('view')}`, `/u/${'A'.repeat(300)}`] // oxfmt-ignore
  const pages = new Set<string>()
  for (const path of bad) {
    for (const method of ['GET', 'POST']) {
      const answer = await server.ask(path, method, method === 'POST' ? { body: oneClick } : {})
      assert.equal(answer.status, 404, path)
      pages.add(await answer.text())
    }
  }
  assert.equal(pages.size, 1)
  const foreign = server.path('unsubscribe', { accountId: server.accountId + 1 })
  assert.equal((await server.ask(foreign)).status, 404)
  // No more mail is what this account's contact gets in any case: there is none.
  assert.equal((await server.ask(foreign, 'POST', { body: oneClick })).status, 200)
  assert.deepEqual(await server.state(), untouched)
})

testOnEach('a body that is too long is refused and changes nothing', async () => {
  await using server = await startMailed()
  for (const body of ['x'.repeat(1025), `confirm=1&reason=${'x'.repeat(9000)}`]) {
    const answer = await server.ask(server.path('unsubscribe'), 'POST', { body, headers: { 'content-type': form } })
    assert.equal(answer.status, 413)
  }
  assert.deepEqual(await server.state(), untouched)
})

testOnEach('of a contact or campaign that is gone an opt-out is answered all the same', async () => {
  await using server = await startMailed()
  const other = server.path('unsubscribe', { campaignId: 7 })
  assert.equal((await server.ask(other, 'POST')).status, 200)
  // Without its campaign there is nothing an event could stand under.
  assert.deepEqual(await server.state(), { ...optedOut, events: [] })
  await server.app.db.transaction((tx) => tx.run(sql`delete from contact where contact_id = 32`))
  assert.equal((await server.ask(server.path('unsubscribe'), 'POST')).status, 200)
  assert.equal((await server.ask(server.path('unsubscribe'))).status, 404)
})

interface Away extends Mailed {
  tracking: Tracking
  isAway: boolean
}

function startAway(server: Mailed, folder = server.dataDir): Away {
  const away = { isAway: true }
  const app = withStoreAway(server.app, () => away.isAway)
  const { db, log, now } = app
  const tracking = assembleTracking(db, server.app.tracking.keys, { folder, openSpool: openSqlite, log, now })
  const fetch = createFetch({ ...app, tracking })
  return Object.assign(away, mailed({ ...server, fetch: async (request) => fetch(request) }), { tracking })
}

async function drained({ tracking }: Away): Promise<void> {
  tracking.optOuts.startDraining()
  while ((await tracking.spool.readOptOuts(0, 1)).length > 0) await new Promise((resolve) => setTimeout(resolve, 10))
}

testOnEach('while the store is away nobody has to ask twice: the opt-out waits and is carried out once', async () => {
  await using server = await startMailed()
  const away = startAway(server)
  const path = server.path('unsubscribe')
  assert.match(await (await away.ask(path)).text(), /<button>Unsubscribe/)
  const answer = await away.ask(path, 'POST', { body: oneClick })
  assert.deepEqual([answer.status, answer.headers.get('location')], [200, null])
  assert.match(await answer.text(), /stored and will be carried out/)
  const sent = await away.send(path, { confirm: '1', reason: 'Enough' })
  assert.equal(sent.status, 303)
  const page = await (await away.ask(path + sent.headers.get('location'))).text()
  assert.match(page, /We have your request/)
  assert.doesNotMatch(page, /You are unsubscribed/)
  assert.deepEqual(await server.state(), untouched)
  await away.tracking[Symbol.asyncDispose]()
  // A process that starts now, with the store back, finds what waits.
  const back = startAway(server)
  await using _back = back.tracking
  back.isAway = false
  assert.match(await (await back.ask(path + sent.headers.get('location'))).text(), /We have your request/)
  await drained(back)
  assert.deepEqual({ ...(await server.state()), hits: [] }, optedOut)
  assert.match(await (await back.ask(path + sent.headers.get('location'))).text(), /You are unsubscribed/)
})

testOnEach('an opt-out in the spool that no store takes holds up no other', async () => {
  await using server = await startMailed()
  const away = startAway(server)
  await using _tracking = away.tracking
  // Written by a faulty program: every store wants to know the way it came.
  const faulty = { accountId: server.accountId, contactId: 32, source: null as never, at: server.clock.now }
  await away.tracking.spool.appendOptOut(faulty)
  await away.ask(server.path('unsubscribe'), 'POST')
  away.isAway = false
  away.tracking.optOuts.startDraining()
  while ((await away.tracking.spool.readOptOuts(0, 9)).length > 1)
    await new Promise((resolve) => setTimeout(resolve, 10))
  assert.deepEqual(await server.state(), optedOut)
})

testOnEach('an opt-out that waited does not undo that the contact asked for mail since', async () => {
  await using server = await startMailed()
  const away = startAway(server)
  await using _tracking = away.tracking
  await away.ask(server.path('unsubscribe'), 'POST')
  await server.ask(server.path('unsubscribe'), 'POST')
  server.clock.now += 60_000
  const write = { by: 'contact', listIds: [2], fields: { profile: {} } } as const
  await changeContact(server.app.db, server.accountId, 32, write, server.clock.now)
  away.isAway = false
  await drained(away)
  const { status, lists, suppression, events } = await server.state()
  assert.deepEqual([status, lists, suppression, events], ['active', [2], undefined, ['optout contact']])
  // The link in the mail works for good: asking anew counts anew.
  server.clock.now += 60_000
  await server.ask(server.path('unsubscribe'), 'POST')
  assert.deepEqual((await server.state()).events, ['optout contact', 'optout contact'])
})

testOnEach('where neither the store nor the spool takes it, nobody is told that it is done', async () => {
  await using server = await startMailed()
  const away = startAway(server, '/dev/null/nowhere')
  await using _tracking = away.tracking
  const answer = await away.ask(server.path('unsubscribe'), 'POST', { body: oneClick })
  assert.equal(answer.status, 503)
  assert.ok(answer.headers.get('retry-after'))
  assert.match(await answer.text(), /Nothing was changed/)
  const sent = await away.send(server.path('unsubscribe'), { confirm: '1' })
  assert.equal(sent.status, 503)
  assert.match(await sent.text(), /<h1>This page is not available right now/)
  assert.deepEqual(await server.state(), untouched)
})

test('no log says for whom a page failed', async () => {
  await using server = await startMailed()
  const lines: string[] = []
  const log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) })
  const app = withStoreAway({ ...server.app, log }, () => true)
  const spoolless = { folder: '/dev/null/nowhere', openSpool: openSqlite, log, now: app.now }
  await using tracking = assembleTracking(app.db, server.app.tracking.keys, spoolless)
  const fetch = createFetch({ ...app, tracking })
  const away = mailed({ ...server, fetch: async (request) => fetch(request) })
  const paths = [server.path('unsubscribe'), server.path('preferences'), server.path('view')]
  for (const path of paths) for (const method of ['GET', 'POST']) await away.ask(path, method)
  assert.ok(lines.length >= 4)
  for (const path of paths) assert.ok(!lines.join('').includes(path.slice(3)))
})

const wishes: [wish: string | undefined, language: string][] = [
  [undefined, 'en'],
  ['', 'en'],
  ['de', 'de'],
  ['fr-CA,fr;q=0.9,en;q=0.8', 'fr'],
  ['nl, es;q=0.7, de;q=0.8', 'de'],
  ['de;q=0, es;q=0.1', 'es'],
  ['ja,*', 'en'],
  [';;q=,,=;q=2,\u00e9', 'en'],
]

test('pages are in the language asked for, else in English', async () => {
  await using server = await startMailed()
  for (const [wish, language] of wishes) {
    const headers: Record<string, string> = wish === undefined ? {} : { 'accept-language': wish }
    const answer = await server.ask('/u/x', 'GET', { headers })
    assert.equal(answer.headers.get('content-language'), language, String(wish))
    assert.equal(answer.headers.get('vary'), 'Accept-Language')
    assert.match(await answer.text(), new RegExp(`<html lang="${language}">`))
  }
})

test('every page there is can be had in every language, and in each it is another', async () => {
  await using server = await startMailed()
  for (const path of ['/u/x', '/c/x', server.path('unsubscribe'), server.path('preferences')]) {
    const pages = new Set<string>()
    for (const language of languages) {
      const answer = await server.ask(path, 'GET', { headers: { 'accept-language': language } })
      const text = await answer.text()
      assert.doesNotMatch(text, /undefined|\[object/)
      pages.add(/<h1>(.*)<\/h1>/.exec(text)![1]!)
    }
    assert.equal(pages.size, languages.length, path)
  }
})
