// Campaigns and settings as clients of the old wire write and read them (wire-2008 5.3 to 5.5, 8.1).

import assert from 'node:assert/strict'
import { testOnEach as test } from '../../../test/databases.ts'
import { importLines } from '../../../test/import-lines.ts'
import { base, startTestServer } from '../../../test/server.ts'
import type { TestServer } from '../../../test/server.ts'
import { addSender } from '../../core/senders/sender.ts'

async function startWithSender(): Promise<TestServer> {
  const server = await startTestServer()
  await importLines(server, [
    { type: 'list', id: 1, name: 'General Interest' },
    { type: 'list', id: 2, name: 'Garden Club' },
    { type: 'campaign', id: 1100, name: 'Sent before', status: 'sent', date: '2009-01-01T00:00:00Z' },
    { type: 'contact', id: 32, email: 'jflowers@mail.com' },
    { type: 'event', kind: 'open', contact: 32, campaign: 1100, at: '2009-01-01T00:00:00Z' },
  ])
  await addSender(server.app.db, server.accountId, 'joe@joesflowers.example', server.clock.now)
  return server
}

const address =
  '<Email id="http://api.constantcontact.com/ws/customers/joesflowers/settings/emailaddresses/1"/><EmailAddress>Joe@JoesFlowers.example</EmailAddress>'

function campaign(changes: Record<string, string> = {}, lists = ['1']): string {
  const fields: Record<string, string> = {
    Name: 'Created via API',
    Status: 'Sent',
    Date: '2011-04-25T13:53:04.243Z',
    Subject: "News from Joe's Flowers",
    FromName: "Joe's Flowers",
    ViewAsWebpage: 'NO',
    ViewAsWebpageLinkText: 'Click here',
    GreetingName: 'First_Name',
    EmailContentFormat: 'HTML',
    EmailContent: '&lt;html&gt;&lt;body&gt;Hello &amp;amp; bye&lt;/body&gt;&lt;/html&gt;',
    EmailTextContent: '&lt;Text&gt;Hello&lt;/Text&gt;',
    FromEmail: address,
    ReplyToEmail: address,
    ...changes,
  }
  const inside = Object.entries(fields).map(([name, value]) => `<${name}>${value}</${name}>`)
  const all = lists.map((id) => `<ContactList id="https://x/ws/customers/joesflowers/lists/${id}"/>`)
  return `<entry xmlns="http://www.w3.org/2005/Atom"><id>http://x/ws/customers/joesflowers/campaigns/0</id><title type="text">x</title>
    <updated>2011-04-25T13:53:04.243Z</updated><author/><content type="application/vnd.ctct+xml"><Campaign xmlns="http://ws.constantcontact.com/ns/1.0/">
    ${inside.join('')}<ContactLists>${all.join('')}</ContactLists></Campaign></content></entry>`
}

const send = (server: TestServer, method: string, path: string, body: string): Promise<Response> =>
  server.get(base + path, { method, body, headers: { 'content-type': 'application/atom+xml' } })
const field = (text: string, name: string): string | undefined =>
  new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1]

test('5.3: a new campaign is a draft, answered whole with its lists and the ids of its addresses', async () => {
  await using server = await startWithSender()
  const response = await send(server, 'POST', '/campaigns', campaign())
  assert.equal(response.status, 201)
  const text = await response.text()
  const id = /campaigns\/(\d+)$/.exec(response.headers.get('location')!)![1]!
  assert.match(id, /^11\d{11}$/)
  const names = [
    'Status',
    'Subject',
    'ViewAsWebpage',
    'ViewAsWebpageLinkText',
    'GreetingName',
    'PermissionReminder',
    'Sent',
  ]
  assert.deepEqual(
    names.map((name) => field(text, name)),
    ['Draft', "News from Joe's Flowers", 'NO', 'Click here', 'FirstName', 'NO', '0'],
  )
  assert.equal(field(text, 'EmailContent'), '&lt;html&gt;&lt;body&gt;Hello &amp;amp; bye&lt;/body&gt;&lt;/html&gt;')
  assert.match(text, /<ContactList id="http:\/\/[^"]*\/lists\/1">/)
  assert.match(
    text,
    /<FromEmail>\s*<Email id="http:\/\/[^"]*\/settings\/emailaddresses\/1">[^]*<EmailAddress>joe@joesflowers\.example</,
  )
  assert.equal(await (await server.get(`${base}/campaigns/${id}`)).text(), text)
  assert.match(await (await server.get(`${base}/campaigns?status=DRAFT`)).text(), /Created via API/)
})

test('5.3: what is missing, wrong or unknown is 400, and a name that is taken 409', async () => {
  await using server = await startWithSender()
  const bad: Record<string, string> = {
    'no name': campaign({ Name: '' }),
    'no content': campaign({ EmailContent: '' }),
    'another greeting': campaign({ GreetingName: 'Nickname' }),
    'no text element': campaign({ EmailTextContent: 'Hello' }),
    'a flag that is none': campaign({ ViewAsWebpage: 'maybe' }),
    'an address that is not verified': campaign({ FromEmail: '<EmailAddress>evil@example.com</EmailAddress>' }),
    'an unknown list': campaign({}, ['99']),
  }
  for (const [what, body] of Object.entries(bad))
    assert.equal((await send(server, 'POST', '/campaigns', body)).status, 400, what)
  assert.equal((await send(server, 'POST', '/campaigns', campaign({ Name: 'Sent before' }))).status, 409)
})

test('5.4: a draft is changed, what is absent stays; one that was sent is 403', async () => {
  await using server = await startWithSender()
  const location = (await send(server, 'POST', '/campaigns', campaign())).headers.get('location')!
  const path = location.slice(location.indexOf('/campaigns'))
  const own = (await (await server.get(base + path)).text())
    .replace(/<Subject>[^<]*/, '<Subject>Changed')
    .replace(/<StyleSheet><\/StyleSheet>/, '')
    .replaceAll('/lists/1"', '/lists/2"')
  const response = await send(server, 'PUT', path, own)
  assert.deepEqual([response.status, await response.text()], [204, ''])
  const text = await (await server.get(base + path)).text()
  assert.deepEqual(
    [field(text, 'Subject'), field(text, 'FromName'), /lists\/2"/.test(text)],
    ['Changed', "Joe's Flowers", true],
  )
  assert.equal((await send(server, 'PUT', path, campaign({ Name: 'Sent before' }))).status, 409)
  assert.equal((await send(server, 'PUT', '/campaigns/1100', campaign())).status, 403)
  assert.equal((await send(server, 'PUT', '/campaigns/7', campaign())).status, 404)
})

test('5.5: a deleted campaign is gone, and the events that name it still do', async () => {
  await using server = await startWithSender()
  const response = await server.get(`${base}/campaigns/1100`, { method: 'DELETE' })
  assert.deepEqual([response.status, await response.text()], [204, ''])
  assert.equal((await server.get(`${base}/campaigns/1100`)).status, 404)
  assert.equal((await server.get(`${base}/campaigns/1100`, { method: 'DELETE' })).status, 404)
  assert.doesNotMatch(await (await server.get(`${base}/campaigns`)).text(), /Sent before/)
  assert.match(await (await server.get(`${base}/contacts/32/events/opens`)).text(), /<Name>Sent before<\/Name>/)
  assert.equal((await send(server, 'POST', '/campaigns', campaign({ Name: 'Sent before' }))).status, 201)
})

test('8.1: verified addresses are listed, one by one too, without paging links', async () => {
  await using server = await startWithSender()
  const feed = await (await server.get(`${base}/settings/emailaddresses`)).text()
  assert.match(
    feed,
    /<title type="text"><\/title>[^]*<Status>Verified<\/Status>\s*<VerifiedTime>2009-11-19T14:49:21\.928Z<\/VerifiedTime>/,
  )
  assert.doesNotMatch(feed, /rel="(first|current|next)"/)
  const one = await (await server.get(`${base}/settings/emailaddresses/1`)).text()
  assert.match(one, /<EmailAddress>joe@joesflowers\.example<\/EmailAddress>[^]*<source>/)
  assert.equal((await server.get(`${base}/settings/emailaddresses/2`)).status, 404)
  assert.equal((await server.get(`${base}/settings/emailaddresses`, { method: 'POST', body: 'x' })).status, 415)
})

test('6.4: a list that a campaign goes to can be deleted', async () => {
  await using server = await startWithSender()
  await send(server, 'POST', '/campaigns', campaign({}, ['1', '2']))
  assert.equal((await server.get(`${base}/lists/1`, { method: 'DELETE' })).status, 204)
})

test('5.3: content that is not well-formed HTML is 400 and says what is wrong', async () => {
  await using server = await startWithSender()
  const html = '&lt;html&gt;&lt;body&gt;&lt;div&gt;Hello&lt;/body&gt;&lt;/html&gt;'
  const response = await send(server, 'POST', '/campaigns', campaign({ EmailContent: html }))
  assert.equal(response.status, 400)
  assert.match(await response.text(), /<div> is not closed before <\/body>/)
})
