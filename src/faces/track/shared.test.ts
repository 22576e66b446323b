// A campaign that everybody may see who has its address.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testOnEach } from '../../../test/databases.ts'
import { importLines } from '../../../test/import-lines.ts'
import { startMailed } from '../../../test/mailed.ts'
import type { Mailed } from '../../../test/mailed.ts'
import { endSharing, shareCampaign } from '../../core/campaigns/share.ts'
import { withoutReaders } from '../../core/tracking/without-readers.ts'
import { sql } from '../../db/sql.ts'

async function share(server: Mailed, campaignId = 1100): Promise<string> {
  const { app, accountId } = server
  const sendNo = await shareCampaign(app.db, accountId, campaignId, app.now())
  return server.path('share', { contactId: 0, campaignId, sendNo })
}

testOnEach('a shared campaign is shown to everybody, kept by nobody, and notes no visit', async () => {
  await using server = await startMailed()
  const answer = await server.ask(await share(server))
  assert.equal(answer.status, 200)
  assert.equal(await answer.text(), '<p>Hello & <b>welcome</b></p>')
  const view = await server.ask(server.path('view'))
  for (const name of ['content-security-policy', 'cache-control', 'x-robots-tag', 'referrer-policy', 'x-frame-options'])
    assert.equal(answer.headers.get(name), view.headers.get(name), name)
  assert.match(answer.headers.get('content-security-policy')!, /; sandbox allow-popups/)
  assert.deepEqual(await server.app.db.tuples(sql`select kind, contact_id from hit`), [[4, 32]])
  assert.deepEqual((await server.state()).events, [])
})

testOnEach('an address works from when it was made until sharing ends, and never again', async () => {
  await using server = await startMailed()
  const { app, accountId } = server
  assert.equal((await server.ask(server.path('share', { contactId: 0, sendNo: app.now() }))).status, 404)
  const first = await share(server)
  server.clock.now += 1000
  assert.equal(await share(server), first)
  assert.equal(await endSharing(app.db, accountId, 1100), true)
  assert.equal(await endSharing(app.db, accountId, 1100), false)
  assert.equal((await server.ask(first)).status, 404)
  const second = await share(server)
  assert.notEqual(second, first)
  assert.deepEqual([(await server.ask(first)).status, (await server.ask(second)).status], [404, 200])
  await app.db.transaction((tx) => tx.run(sql`update campaign set status = 'deleted' where campaign_id = 1100`))
  assert.equal((await server.ask(second)).status, 404)
  await assert.rejects(shareCampaign(app.db, accountId, 1100, app.now()), /there is no campaign 1100/)
})

testOnEach('no token of a reader, of another account or campaign opens it, and nothing is posted to it', async () => {
  await using server = await startMailed()
  await importLines(server, [{ type: 'campaign', id: 1101, name: 'Empty' }])
  const good = await share(server)
  const sendNo = server.app.now()
  const paths = ['/p/', '/p/x', good.slice(0, -1), server.path('share', { sendNo }), `/p/${server.token('view')}`,
    server.path('share', { contactId: 0, sendNo, campaignId: 7 }), server.path('share', { contactId: 0, sendNo, accountId: server.accountId + 1 }),
    await share(server, 1101), good.replace('/p/', '/v/'), good.replace('/p/', '/u/'), good.replace('/p/', '/s/')] // oxfmt-ignore
  for (const path of paths) assert.equal((await server.ask(path)).status, 404, path)
  for (const method of ['POST', 'PUT', 'DELETE']) assert.equal((await server.ask(good, method)).status, 405)
  assert.equal((await server.ask(good, 'OPTIONS')).status, 204)
  assert.equal(await (await server.ask(good, 'HEAD')).text(), '')
})

testOnEach('what a sender pasted of one reader’s own is nobody’s in it', async () => {
  await using server = await startMailed()
  const { app } = server
  await app.db.transaction((tx) =>
    tx.run(
      sql`insert into link(campaign_id, link_no, url, url_hash) values (1100, 1, 'http://x.example/a?b=1&c="', 'h')`,
    ),
  )
  const us = 'https://mail.example.com'
  const own = (['unsubscribe', 'preferences', 'view', 'forward'] as const).map((purpose) => server.path(purpose))
  const click = `${us}/c/${server.token('click', { linkNo: 1 })}`
  const html = `<a href="${click}">x</a>${own.map((path) => `<a href=${us}${path}>y</a>`).join('')}
    <img src='${us}/o/${server.token('open')}.gif'> <a href="${us}/u/${'x'.repeat(32)}">z</a> ${us}${own[0]}.`
  await importLines(server, [{ type: 'campaign', id: 1100, name: 'October', html }])
  const page = await (await server.ask(await share(server))).text()
  assert.equal(
    page,
    `<a href="http://x.example/a?b=1&amp;c=&quot;">x</a><a href=${us}/u/x>y</a><a href=${us}/s/x>y</a><a href=${us}/v/x>y</a><a href=${us}/f/x>y</a>
    <img src='${us}/o/x.gif'> <a href="${us}/u/${'x'.repeat(32)}">z</a> ${us}/u/x.`,
  )
})

test('a mail made of what looks like addresses is gone through in no time to speak of', async () => {
  const none = (): undefined => undefined
  for (const part of ['https://', '/c/', `https://a/u/${'x'.repeat(101)}/`, 'https:/', '/o/x'.repeat(3)]) {
    const text = part.repeat(Math.ceil(1_000_000 / part.length))
    assert.equal(await withoutReaders(text, none, () => Promise.resolve(undefined)), text)
  }
})
