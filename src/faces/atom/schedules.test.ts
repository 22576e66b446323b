// When a campaign is to be sent, as old clients set it and take it back (wire-2008 5.6).

import assert from 'node:assert/strict'
import { testOnEach } from '../../../test/databases.ts'
import { importLines } from '../../../test/import-lines.ts'
import { base, basic, host, startTestServer, testCredentials } from '../../../test/server.ts'
import type { TestServer } from '../../../test/server.ts'
import { createApiKey } from '../../core/accounts/api-key.ts'
import { replaceCampaignLists } from '../../core/campaigns/write-campaign.ts'

const content = { subject: 'News', fromEmail: 'joe@joesflowers.example', html: '<p>Hello</p>' }

async function start(): Promise<TestServer> {
  const server = await startTestServer()
  const campaign = { type: 'campaign', ...content }
  await importLines(server, [
    { type: 'list', id: 1, name: 'General Interest' },
    { ...campaign, id: 1100551463584, name: 'Draft', status: 'draft' },
    { ...campaign, id: 1100551463585, name: 'Sent', status: 'sent', lastRunAt: '2009-01-01T00:00:00Z' },
    { ...campaign, id: 1100551463586, name: 'Running', status: 'running' },
    { ...campaign, id: 1100551463587, name: 'To nobody', status: 'draft' },
  ])
  await server.app.db.transaction(async (tx) => {
    for (const id of [1100551463584, 1100551463585, 1100551463586])
      await replaceCampaignLists(tx, server.accountId, id, [1])
  })
  return server
}

const entry = (
  time: string,
): string => `<entry xmlns="http://www.w3.org/2005/Atom"><id>http://x/campaigns/1/schedules/1</id><title type="text"/><updated>2010-11-13T15:03:35Z</updated>
  <author/><content type="application/vnd.ctct+xml"><Schedule xmlns="http://ws.constantcontact.com/ns/1.0/"><ScheduledTime>${time}</ScheduledTime></Schedule></content></entry>`
const send = (server: TestServer, method: string, path: string, body?: string, headers = {}): Promise<Response> =>
  server.get(base + path, {
    method,
    ...(body !== undefined && { body }),
    headers: { 'content-type': 'application/atom+xml', ...headers },
  })
const read = async (server: TestServer, path: string): Promise<string> => (await server.get(base + path)).text()
const field = (text: string, name: string): string | undefined =>
  new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1]

testOnEach(
  '5.6: a draft is scheduled with 201 and its entry, shows its next run, and is a draft again when that is taken back',
  async () => {
    await using server = await start()
    const path = '/campaigns/1100551463584/schedules'
    assert.doesNotMatch(await read(server, path), /<entry>/)
    const created = await send(server, 'POST', path, entry('2010-11-13T15:03:35.000-05:00'))
    assert.equal(created.status, 201)
    assert.equal(created.headers.get('location'), `http://${host}${base}${path}/1`)
    const text = await created.text()
    assert.equal(field(text, 'ScheduledTime'), '2010-11-13T20:03:35.000Z')
    assert.match(text, /<title type="text">2010-11-13T20:03:35Z<\/title>\n *<updated>2010-11-13T20:03:35\.000Z</)

    const feed = await read(server, path)
    assert.equal(feed.split('<entry>').length, 2)
    assert.match(await read(server, `${path}/1`), /<source>/)
    const campaign = await read(server, '/campaigns/1100551463584')
    assert.deepEqual(
      [field(campaign, 'Status'), field(campaign, 'NextRunDate')],
      ['Scheduled', '2010-11-13T20:03:35.000Z'],
    )
    assert.match(await read(server, '/campaigns?status=scheduled'), /campaigns\/1100551463584<\/id>/)

    const deleted = await send(server, 'DELETE', `${path}/1`)
    assert.deepEqual([deleted.status, await deleted.text()], [204, ''])
    const after = await read(server, '/campaigns/1100551463584')
    assert.equal(field(after, 'Status'), 'Draft')
    assert.doesNotMatch(after, /NextRunDate/)
    assert.equal((await send(server, 'DELETE', `${path}/1`)).status, 404)
  },
)

testOnEach('5.6: what was sent can be scheduled again, and is Sent again when that is taken back', async () => {
  await using server = await start()
  const path = '/campaigns/1100551463585/schedules'
  assert.equal((await send(server, 'POST', path, entry('2009-12-01T00:00:00Z'))).status, 201)
  assert.equal(field(await read(server, '/campaigns/1100551463585'), 'Status'), 'Scheduled')
  await send(server, 'DELETE', `${path}/1`)
  assert.equal(field(await read(server, '/campaigns/1100551463585'), 'Status'), 'Sent')
})

testOnEach(
  '5.6: a second schedule is 409, one that can not be is 403 or 400, and an unknown campaign is 404',
  async () => {
    await using server = await start()
    const post = async (id: number, time = '2010-11-13T20:03:35.000Z', headers = {}): Promise<number> =>
      (await send(server, 'POST', `/campaigns/${id}/schedules`, entry(time), headers)).status
    assert.equal(await post(1100551463584), 201)
    assert.equal(await post(1100551463584), 409)
    assert.equal(await post(1100551463586), 403)
    assert.equal(await post(1100551463587), 400)
    assert.equal(await post(99), 404)
    for (const time of ['', 'tomorrow', '2010-13-01T00:00:00Z', '12010-01-01T00:00:00Z'])
      assert.equal(await post(1100551463585, time), 400, time)
    assert.equal((await send(server, 'PUT', '/campaigns/1100551463584/schedules/1', entry(''))).status, 415)

    const { key } = await createApiKey(server.app.db, server.accountId, { name: 'reader', scopes: ['read'] }, 0)
    const reader = { authorization: basic({ ...testCredentials, key }) }
    assert.equal(await post(1100551463585, '2010-11-13T20:03:35.000Z', reader), 403)
  },
)
