// What clients write on the old wire, and what becomes of it (wire-2008 2.4 to 2.6, 6.3, 6.4; rules 5, 6, 8, 11, 12).

import assert from 'node:assert/strict'
import { testOnEach as test } from '../../../test/databases.ts'
import { importLines } from '../../../test/import-lines.ts'
import { base, basic, host, startTestServer, testCredentials } from '../../../test/server.ts'
import type { TestServer } from '../../../test/server.ts'
import { createApiKey } from '../../core/accounts/api-key.ts'

const atom = 'application/atom+xml'

function entry(payload: string, around = ''): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<entry xmlns="http://www.w3.org/2005/Atom">
  <title type="text"> </title>
  <updated>2008-07-23T14:21:06.407Z</updated>
  <author></author>
  <id>data:,none</id>
  <summary type="text">Contact</summary>${around}
  <content type="application/vnd.ctct+xml">
    ${payload}
  </content>
</entry>`
}

function contact(
  inside: string,
  lists: string[] = ['http://api.constantcontact.com/ws/customers/joesflowers/lists/1'],
): string {
  const all = lists.map((id) => `<ContactList id="${id}" />`).join('')
  return entry(
    `<Contact xmlns="http://ws.constantcontact.com/ns/1.0/">${inside}<ContactLists>${all}</ContactLists></Contact>`,
  )
}

const list = (name: string): string =>
  entry(
    `<ContactList xmlns="http://ws.constantcontact.com/ns/1.0/"><OptInDefault>false</OptInDefault><Name>${name}</Name><SortOrder>99</SortOrder></ContactList>`,
  )

async function startWithLists(): Promise<TestServer> {
  const server = await startTestServer()
  await importLines(server, [
    { type: 'list', id: 1, name: 'General Interest' },
    { type: 'list', id: 2, name: 'Garden Club' },
    {
      type: 'contact',
      id: 32,
      email: 'jflowers@mail.com',
      firstName: 'Joe',
      city: 'Waltham',
      lists: ['General Interest'],
    },
  ])
  return server
}

const send = (
  server: TestServer,
  method: string,
  path: string,
  body: string | Uint8Array<ArrayBuffer>,
  type = atom,
): Promise<Response> => server.get(base + path, { method, body, headers: { 'content-type': type } })
const read = async (server: TestServer, path: string): Promise<string> => (await server.get(base + path)).text()
const field = (text: string, name: string): string | undefined =>
  new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1]
const lists = (text: string): string[] =>
  [...text.matchAll(/<ContactList id="[^"]*\/lists\/(\d+)"/g)].map((match) => match[1]!)

test('2.4: a new contact is 201 with its address and its whole entry, which is then found by e-mail', async () => {
  await using server = await startWithLists()
  const body = contact(
    '<EmailAddress>Test_100+x@Example.com</EmailAddress><OptInSource>ACTION_BY_CONTACT</OptInSource><FirstName>Tom &amp; Jerry</FirstName>',
  )
  const response = await send(server, 'POST', '/contacts', body)
  assert.equal(response.status, 201)
  const text = await response.text()
  assert.equal(response.headers.get('location'), `http://${host}${base}/contacts/33`)
  assert.deepEqual(
    ['Status', 'EmailAddress', 'FirstName', 'CustomField15'].map((name) => field(text, name)),
    ['Active', 'test_100+x@example.com', 'Tom &amp; Jerry', ''],
  )
  assert.deepEqual(lists(text), ['1'])
  assert.match(
    await read(server, '/contacts?email=test_100+x@example.com'),
    /contacts\/33<\/id>[\s\S]*ACTION_BY_CONTACT/,
  )
})

test('2.4: an address the account has already is 409, whatever its status', async () => {
  await using server = await startWithLists()
  const body = contact('<EmailAddress>JFlowers@mail.com</EmailAddress>')
  assert.equal((await send(server, 'POST', '/contacts', body)).status, 409)
  assert.equal((await server.get(`${base}/contacts/32`, { method: 'DELETE' })).status, 204)
  assert.equal((await send(server, 'POST', '/contacts', body)).status, 409)
})

test('2.4: what is malformed, misspelt, unknown or missing is 400 and creates nothing', async () => {
  await using server = await startWithLists()
  const good = '<EmailAddress>new@example.com</EmailAddress>'
  const bad: Record<string, string> = {
    'not XML': 'hello',
    'cut off': contact(good).slice(0, -20),
    'an empty body': '',
    'no entry': '<feed xmlns="http://www.w3.org/2005/Atom"/>',
    'an entry in no namespace': contact(good).replace(' xmlns="http://www.w3.org/2005/Atom"', ''),
    'no content': contact(good).replace(/<content[\s\S]*<\/content>/, ''),
    'a misspelt element': contact(good.replaceAll('EmailAddress', 'Emailaddress')),
    'an element of another vocabulary': contact(good.replace('<EmailAddress>', '<EmailAddress xmlns="urn:other">')),
    'no address': contact(''),
    'a bad address': contact('<EmailAddress>nonsense</EmailAddress>'),
    'an address too long': contact(`<EmailAddress>${'a'.repeat(60)}@${'b'.repeat(20)}.com</EmailAddress>`),
    'a name too long': contact(`${good}<FirstName>${'x'.repeat(51)}</FirstName>`),
    'no list': contact(good, []),
    'an unknown list': contact(good, ['http://x/ws/customers/joesflowers/lists/99']),
    'a list that is none': contact(good, ['http://x/ws/customers/joesflowers/contacts/1']),
    'an unknown action': contact(`${good}<OptInSource>ME</OptInSource>`),
    'an id that is no URI': contact(good).replace('data:,none', '2'),
    'no author': contact(good).replace('<author></author>', ''),
  }
  for (const [what, body] of Object.entries(bad)) {
    const response = await send(server, 'POST', '/contacts', body)
    assert.equal(response.status, 400, what)
    assert.match(await response.text(), /^Error 400: /, what)
  }
  assert.doesNotMatch(await read(server, '/contacts'), /new@example.com/)
})

test('rule 11: Atom metadata may be anything that clients ever sent', async () => {
  await using server = await startWithLists()
  const variants = ['2008-04-16', '2011-01-01T10:00:00:123Z', '2011-01-01T10:00:00-05:00', '']
  const ids = [
    'data:,',
    'urn:uuid:E8553C09F4xcvxCCC53F481214230867087',
    'https://x/ws/customers/joesflowers/contacts',
    'data:,none',
  ]
  for (const [i, updated] of variants.entries()) {
    const body = contact(`<EmailAddress>v${i}@example.com</EmailAddress>`)
      .replace('2008-07-23T14:21:06.407Z', updated)
      .replace('data:,none', ids[i]!)
      .replace('<author></author>', '<author/>')
    assert.equal((await send(server, 'POST', '/contacts', body)).status, 201, updated)
  }
})

test('rule 12: elements in any order, sent twice, read-only or unknown do no harm', async () => {
  await using server = await startWithLists()
  const lists =
    '<ContactLists><ContactList id="/ws/customers/joesflowers/lists/2"><link xmlns="http://www.w3.org/2005/Atom" href="/x" rel="self"/><OptInSource>ACTION_BY_CUSTOMER</OptInSource></ContactList></ContactLists>'
  const body =
    entry(`<Contact xmlns="http://ws.constantcontact.com/ns/1.0/">${lists}<Status>Do Not Mail</Status><id>7</id><OptInSource>ACTION_BY_CUSTOMER</OptInSource>
    <LastName>Berg</LastName><Shoe>44</Shoe><Name>x</Name><Confirmed>true</Confirmed><InsertTime>x</InsertTime><OptInSource>ACTION_BY_CUSTOMER</OptInSource><EmailAddress>any@example.com</EmailAddress></Contact>`)
  const text = await (await send(server, 'POST', '/contacts', body)).text()
  assert.deepEqual(
    ['Status', 'LastName', 'Confirmed'].map((name) => field(text, name)),
    ['Active', 'Berg', 'false'],
  )
})

test('0b: our own entry, edited as text, is taken back whole', async () => {
  await using server = await startWithLists()
  const own = await read(server, '/contacts/32')
  const edited = own
    .replace('<LastName></LastName>', '<LastName>Flowers</LastName>')
    .replace(
      /<ContactLists>[\s\S]*<\/ContactLists>/,
      '<ContactLists><ContactList id="http://api.constantcontact.com/ws/customers/joesflowers/lists/2"/></ContactLists>',
    )
  const response = await send(server, 'PUT', '/contacts/32', edited)
  assert.deepEqual([response.status, await response.text()], [204, ''])
  const text = await read(server, '/contacts/32')
  assert.deepEqual(
    [field(text, 'FirstName'), field(text, 'LastName'), field(text, 'City')],
    ['Joe', 'Flowers', 'Waltham'],
  )
  assert.deepEqual(lists(text), ['2'])
})

test('2.3, 0b: an address longer than new ones may be is taken back with the entry it stands in', async () => {
  await using server = await startWithLists()
  const email = `${'x'.repeat(60)}@${'y'.repeat(30)}.example.com`
  await importLines(server, [{ type: 'contact', id: 40, email, lists: ['Garden Club'] }])
  assert.equal((await send(server, 'PUT', '/contacts/40', await read(server, '/contacts/40'))).status, 204)
  const another = contact(`<EmailAddress>a${email}</EmailAddress>`)
  assert.equal((await send(server, 'POST', '/contacts', another)).status, 400)
})

test('2.5: what is absent stays, what is empty is cleared, and the lists are those named', async () => {
  await using server = await startWithLists()
  await send(
    server,
    'PUT',
    '/contacts/32',
    contact('<City></City><Note>hello</Note>', [
      'https://any.host/ws/customers/joesflowers/lists/1',
      '/ws/customers/joesflowers/lists/2',
    ]),
  )
  const text = await read(server, '/contacts/32')
  assert.deepEqual(
    ['FirstName', 'City', 'Note', 'EmailAddress'].map((name) => field(text, name)),
    ['Joe', '', 'hello', 'jflowers@mail.com'],
  )
  assert.deepEqual(lists(text), ['1', '2'])
})

test('2.5: on no list a contact is Removed, back on one it is Active', async () => {
  await using server = await startWithLists()
  const none = entry('<Contact xmlns="http://ws.constantcontact.com/ns/1.0/"><FirstName>Joe</FirstName></Contact>')
  assert.equal((await send(server, 'PUT', '/contacts/32', none)).status, 204)
  assert.equal(field(await read(server, '/contacts/32'), 'Status'), 'Removed')
  assert.equal((await send(server, 'PUT', '/contacts/32', contact(''))).status, 204)
  assert.equal(field(await read(server, '/contacts/32'), 'Status'), 'Active')
})

test('2.5: an address may change, but not to one that is taken', async () => {
  await using server = await startWithLists()
  await send(server, 'POST', '/contacts', contact('<EmailAddress>other@example.com</EmailAddress>'))
  assert.equal(
    (await send(server, 'PUT', '/contacts/32', contact('<EmailAddress>other@example.com</EmailAddress>'))).status,
    409,
  )
  assert.equal(
    (await send(server, 'PUT', '/contacts/32', contact('<EmailAddress>joe@example.com</EmailAddress>'))).status,
    204,
  )
  assert.match(await read(server, '/contacts?email=joe@example.com'), /contacts\/32<\/id>/)
  assert.doesNotMatch(await read(server, '/contacts?email=jflowers@mail.com'), /<entry>/)
  assert.equal(
    (await send(server, 'POST', '/contacts', contact('<EmailAddress>jflowers@mail.com</EmailAddress>'))).status,
    201,
  )
})

test('2.6: DELETE opts the contact out: off all lists, Do Not Mail, still there; only the contact itself comes back', async () => {
  await using server = await startWithLists()
  const response = await server.get(`${base}/contacts/32`, {
    method: 'DELETE',
    headers: { 'content-type': 'text/html' },
  })
  assert.deepEqual([response.status, await response.text()], [204, ''])
  const text = await read(server, '/contacts/32')
  assert.deepEqual(
    [field(text, 'Status'), field(text, 'OptOutSource'), lists(text).length],
    ['Do Not Mail', 'ACTION_BY_CUSTOMER', 0],
  )
  assert.match(await read(server, '/lists/do-not-mail/members'), /contacts\/32<\/id>/)
  assert.equal((await server.get(`${base}/contacts/32`, { method: 'DELETE' })).status, 204)

  assert.equal((await send(server, 'PUT', '/contacts/32', contact('<FirstName>Joe</FirstName>'))).status, 403)
  // Some clients send this whenever they read Do Not Mail. On no list it says nothing of mail.
  const details = contact('<City>Oslo</City><OptInSource>ACTION_BY_CONTACT</OptInSource>', [])
  assert.equal((await send(server, 'PUT', '/contacts/32', details)).status, 204)
  const changed = await read(server, '/contacts/32')
  assert.deepEqual([field(changed, 'Status'), field(changed, 'City')], ['Do Not Mail', 'Oslo'])
  const itself = contact('<OptInSource>ACTION_BY_CONTACT</OptInSource>')
  assert.equal((await send(server, 'PUT', '/contacts/32', itself)).status, 204)
  assert.equal(field(await read(server, '/contacts/32'), 'Status'), 'Active')
})

test('unknown contacts and lists are 404 for every method, and the wrong type is 415', async () => {
  await using server = await startWithLists()
  for (const path of ['/contacts/99', '/lists/99', '/lists/abc']) {
    assert.equal((await send(server, 'PUT', path, path.startsWith('/c') ? contact('') : list('X'))).status, 404, path)
    assert.equal((await server.get(base + path, { method: 'DELETE' })).status, 404, path)
  }
  for (const type of ['text/xml', 'application/xml', 'application/x-www-form-urlencoded', '']) {
    assert.equal((await send(server, 'POST', '/contacts', contact(''), type)).status, 415, type)
  }
  const typed = contact('<EmailAddress>typed@example.com</EmailAddress>')
  assert.equal(
    (await send(server, 'POST', '/contacts', typed, 'application/atom+xml;type=entry; charset=utf-8')).status,
    201,
  )
})

test('6.3, 6.4: lists are created, renamed and deleted; a name is taken once; who is on no list then is Removed', async () => {
  await using server = await startWithLists()
  const created = await send(server, 'POST', '/lists', list('A New List'))
  assert.deepEqual([created.status, created.headers.get('location')], [201, `http://${host}${base}/lists/3`])
  assert.deepEqual(
    [field(await created.text(), 'ContactCount'), field(await read(server, '/lists/3'), 'SortOrder')],
    ['0', '99'],
  )
  assert.equal((await send(server, 'POST', '/lists', list('Garden Club'))).status, 409)
  assert.equal((await send(server, 'PUT', '/lists/3', list('Garden Club'))).status, 409)
  assert.equal((await send(server, 'PUT', '/lists/3', list('Renamed'))).status, 204)
  assert.equal(field(await read(server, '/lists/3'), 'Name'), 'Renamed')
  assert.equal((await server.get(`${base}/lists/1`, { method: 'DELETE' })).status, 204)
  assert.equal(field(await read(server, '/contacts/32'), 'Status'), 'Removed')
  assert.match(await read(server, '/lists/removed/members'), /contacts\/32<\/id>/)
  for (const id of ['active', 'do-not-mail', 'removed']) {
    assert.equal((await server.get(`${base}/lists/${id}`, { method: 'DELETE' })).status, 403)
    assert.equal((await send(server, 'PUT', `/lists/${id}`, list('X'))).status, 403)
  }
})

test('6.1: lists go on over several pages, the system lists on the first alone', async () => {
  await using server = await startWithLists()
  await importLines(
    server,
    Array.from({ length: 98 }, (_, i) => ({ type: 'list', id: 3 + i, name: `List ${i}` })),
  )
  const names: string[] = []
  let path: string | undefined = `${base}/lists`
  while (path) {
    const text: string = await (await server.get(path)).text()
    names.push(...[...text.matchAll(/<Name>([^<]*)<\/Name>/g)].map((match) => match[1]!))
    path = /href="([^"]*)" rel="next"/.exec(text)?.[1]
  }
  assert.deepEqual(names.slice(0, 4), ['Active', 'Do Not Mail', 'Removed', 'General Interest'])
  assert.deepEqual([names.length, new Set(names).size], [103, 103])
})

test('4.2, 4.3: a campaign shows its events page by page, its clicks by link', async () => {
  await using server = await startWithLists()
  await importLines(server, [
    { type: 'campaign', id: 1100, name: 'One' },
    ...Array.from({ length: 120 }, (_, i) => ({ type: 'contact', id: 100 + i, email: `c${i}@example.com` })),
    ...Array.from({ length: 120 }, (_, i) => ({
      type: 'event',
      kind: 'open',
      contact: 100 + i,
      campaign: 1100,
      at: `2009-01-01T00:00:0${i % 3}Z`,
    })),
    ...Array.from({ length: 9 }, (_, i) => ({
      type: 'event',
      kind: 'click',
      contact: 100 + i,
      campaign: 1100,
      at: '2009-01-01T00:00:00Z',
      url: `http://x.example/${i % 3}`,
    })),
  ])
  const ids = new Set<string>()
  let path: string | undefined = `${base}/campaigns/1100/events/opens?pageSize=50`
  for (; path;) {
    const text: string = await (await server.get(path)).text()
    for (const match of text.matchAll(/<OpenEvent [^>]*id="([^"]*)"/g)) ids.add(match[1]!)
    path = /href="([^"]*)" rel="next"/.exec(text)?.[1]
  }
  assert.equal(ids.size, 120)
  const url = /<Url id="http:\/\/[^/]*([^"]*)">\s*<Value>http:\/\/x\.example\/1</.exec(
    await read(server, '/campaigns/1100'),
  )![1]!
  const clicks = await (await server.get(url)).text()
  assert.deepEqual(
    [...clicks.matchAll(/<LinkUrl>([^<]*)/g)].map((match) => match[1]),
    ['http://x.example/1', 'http://x.example/1', 'http://x.example/1'],
  )
  assert.equal((await server.get(`${base}/campaigns/7/events/opens`)).status, 404)
})

test('a key that may only read can not write', async () => {
  await using server = await startWithLists()
  await createApiKey(server.app.db, server.accountId, { name: 'reader', key: 'read-key', scopes: ['read'] }, 1)
  const headers = { authorization: basic({ ...testCredentials, key: 'read-key' }), 'content-type': atom }
  assert.equal((await server.get(`${base}/contacts`, { headers })).status, 200)
  assert.equal(
    (
      await server.get(`${base}/contacts`, {
        method: 'POST',
        body: contact('<EmailAddress>a@example.com</EmailAddress>'),
        headers,
      })
    ).status,
    403,
  )
  assert.equal((await server.get(`${base}/contacts/32`, { method: 'DELETE', headers })).status, 403)
})

test('2.2: contacts changed since a time, of a kind or on a list, page by page; nonsense is refused', async () => {
  await using server = await startWithLists()
  const emails = async (path: string): Promise<string[]> => {
    const found: string[] = []
    for (let next: string | undefined = base + path; next;) {
      const text: string = await (await server.get(next)).text()
      found.push(...[...text.matchAll(/<EmailAddress>([^<]*)/g)].map((match) => match[1]!))
      next = /href="([^"]*)" rel="next"/.exec(text)?.[1]
    }
    return found
  }
  await importLines(
    server,
    Array.from({ length: 120 }, (_, i) => ({
      type: 'contact',
      email: `old${i}@example.com`,
      createdAt: '2008-01-01T00:00:00Z',
      lists: ['Garden Club'],
    })),
  )
  server.clock.now += 86_400_000
  const since = new Date(server.clock.now).toISOString()
  await send(server, 'POST', '/contacts', contact('<EmailAddress>new@example.com</EmailAddress>'))
  await server.get(`${base}/contacts/33`, { method: 'DELETE' })
  assert.deepEqual(await emails(`/contacts?updatedsince=${since}&listtype=active`), ['new@example.com'])
  assert.deepEqual(await emails(`/contacts?updatedsince=${since}&listtype=do-not-mail`), ['old0@example.com'])
  assert.deepEqual(await emails(`/contacts?updatedsince=${since}&listtype=removed`), [])
  assert.deepEqual(await emails(`/contacts?updatedsince=${encodeURIComponent(since)}&listid=1`), ['new@example.com'])
  assert.equal(new Set(await emails('/contacts?updatedsince=2007-01-01T00:00:00.000Z&listid=2')).size, 119)
  assert.deepEqual(await emails(`/contacts?updatedsince=${since.toLowerCase().replace('.', ':')}&listtype=ACTIVE`), ['new@example.com']) // oxfmt-ignore
  assert.deepEqual(await emails('/contacts?listtype=DO-NOT-MAIL'), ['old0@example.com'])
  for (const bad of ['updatedsince=yesterday', 'listtype=nonsense', 'listid=x']) {
    assert.equal((await server.get(`${base}/contacts?${bad}`)).status, 400, bad)
  }
})
