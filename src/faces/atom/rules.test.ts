// One test for each rule that decides whether an old client works (wire-2008 0, 0b), mostly as far as reading goes; see writing.test.ts too.

import assert from 'node:assert/strict'
import { testOnEach as test } from '../../../test/databases.ts'
import { DOMParser } from '@xmldom/xmldom'
import type { Element } from '@xmldom/xmldom'
import { importLines } from '../../../test/import-lines.ts'
import { base, basic, host, startTestServer } from '../../../test/server.ts'
import type { TestServer } from '../../../test/server.ts'

/** One contact with a click, 120 more without, three campaigns. */
async function startWithHistory(settings: Parameters<typeof startTestServer>[0] = {}): Promise<TestServer> {
  const server = await startTestServer(settings)
  await importLines(server, [
    ...[1100537019381, 1100536902615, 1100500000000].map((id, i) => ({
      type: 'campaign',
      id,
      name: `Campaign ${i}`,
      date: `2008-10-0${3 - i}T00:00:00Z`,
    })),
    { type: 'contact', id: 32, email: 'jflowers@mail.com', lists: ['General Interest'] },
    { type: 'contact', id: 33, email: 'joe+news@mail.com' },
    ...Array.from({ length: 120 }, (_, i) => ({ type: 'contact', id: 100 + i, email: `c${i}@example.com` })),
    ...Array.from({ length: 60 }, (_, i) => ({
      type: 'event',
      kind: 'open',
      contact: 32,
      campaign: 1100537019381,
      at: `2008-10-04T00:00:${String(i).padStart(2, '0')}Z`,
    })),
    {
      type: 'event',
      kind: 'click',
      contact: 32,
      campaign: 1100537019381,
      at: '2008-10-03T18:39:02.910Z',
      url: 'http://www.boston.com',
    },
    { type: 'event', kind: 'bounce', contact: 32, campaign: 1100537019381, at: '2008-10-03T18:39:02.910Z' },
    { type: 'event', kind: 'optout', contact: 32, campaign: 1100537019381, at: '2008-10-03T18:39:02.910Z' },
  ])
  return server
}

const feeds = [
  '/contacts',
  '/contacts?email=jflowers@mail.com',
  '/campaigns',
  '/contacts/32/events/opens',
  '/contacts/32/events/clicks',
  '/contacts/32/events/summary',
]
const documents = ['/contacts/32', '/campaigns/1100537019381', '/contacts/32/events/summary/1100537019381']

async function root(server: TestServer, path: string): Promise<Element> {
  const response = await server.get(path.startsWith('/ws') ? path : base + path)
  assert.equal(response.status, 200, path)
  return new DOMParser().parseFromString(await response.text(), 'application/xml').documentElement!
}

const entryHeaders = { 'content-type': 'application/atom+xml' }
const onList = `<ContactLists><ContactList id="https://any.host${base}/lists/1"/></ContactLists>`
const leastMetadata = '<id>data:,none</id><title/><author/><updated>2008-04-16</updated>'

/** What a client sends: a payload's inside with Atom metadata around. */
const entry = (payload: string, inside: string, metadata = leastMetadata): string =>
  `<entry xmlns="http://www.w3.org/2005/Atom">${metadata}<content type="application/vnd.ctct+xml">
    <${payload} xmlns="http://ws.constantcontact.com/ns/1.0/">${inside}</${payload}></content></entry>`

const elements = (parent: Element): Element[] =>
  Array.from(parent.childNodes).filter((node) => node.nodeType === 1) as Element[]
const named = (parent: Element, name: string): Element[] =>
  elements(parent).filter((element) => element.tagName === name)
const emails = (feed: Element): string[] =>
  Array.from(feed.getElementsByTagName('EmailAddress')).map((element) => element.textContent ?? '')
const link = (feed: Element, rel: string): string | undefined =>
  named(feed, 'link')
    .find((element) => element.getAttribute('rel') === rel)
    ?.getAttribute('href') ?? undefined

test('rule 1: white space stands between content and its child', async () => {
  await using server = await startWithHistory()
  for (const path of [...feeds, ...documents]) {
    for (const content of Array.from((await root(server, path)).getElementsByTagName('content'))) {
      assert.match(content.childNodes[0]!.nodeValue!, /^\s+$/, path)
      assert.equal(content.childNodes[1]!.nodeType, 1, path)
    }
  }
})

test('rule 2: feeds, entries and payloads use default namespaces and no prefix', async () => {
  await using server = await startWithHistory()
  for (const path of [...feeds, ...documents]) {
    const all = Array.from((await root(server, path)).getElementsByTagName('*'))
    assert.deepEqual(
      all.filter((element) => element.tagName.includes(':')),
      [],
      path,
    )
    const payload = Array.from((await root(server, path)).getElementsByTagName('content')).flatMap(elements)
    for (const element of payload) assert.equal(element.namespaceURI, 'http://ws.constantcontact.com/ns/1.0/')
  }
})

test('rule 3: the children of a feed come in the recorded order, and the third link is next when there is one, else first', async () => {
  await using server = await startWithHistory()
  for (const path of feeds.filter((feed) => !feed.includes('summary'))) {
    const feed = await root(server, path)
    const order = elements(feed).map((element) => element.tagName)
    assert.deepEqual(order.slice(0, 6), ['id', 'title', 'link', 'link', 'author', 'updated'], path)
    assert.deepEqual(
      order.slice(6).filter((name, i, all) => name !== all[i - 1]),
      ['link', 'entry'],
      path,
    )
    const third = named(feed, 'link')[2]!.getAttribute('rel')
    assert.equal(third, path.startsWith('/campaigns') ? 'current' : link(feed, 'next') ? 'next' : 'first', path)
  }
})

test('rule 4: paging links are absolute paths', async () => {
  await using server = await startWithHistory()
  for (const path of feeds) {
    const feed = await root(server, path)
    for (const rel of ['next', 'first', 'current'])
      if (link(feed, rel)) assert.match(link(feed, rel)!, /^\/ws\/customers\/joesflowers\//)
  }
})

test('rule 5: the first and only link of an entry is edit, with an absolute path; event entries have none', async () => {
  await using server = await startWithHistory()
  for (const path of feeds) {
    for (const entry of named(await root(server, path), 'entry')) {
      const links = named(entry, 'link')
      if (/events\/(opens|clicks)/.test(path)) assert.deepEqual(links, [])
      else {
        assert.equal(links.length, 1)
        assert.equal(elements(entry)[0], links[0])
        assert.equal(links[0]!.getAttribute('rel'), 'edit')
        assert.match(links[0]!.getAttribute('href')!, /^\/ws\/customers\//)
      }
    }
  }
})

test('rule 6: ids are full addresses that begin with http://, also when the public address is https', async () => {
  await using server = await startWithHistory()
  await using secure = await startTestServer({ publicHost: 'mail.example.com' })
  for (const path of [...feeds, ...documents]) {
    for (const id of Array.from((await root(server, path)).getElementsByTagName('id')))
      assert.match(id.textContent!, new RegExp(`^http://${host}/ws/customers/joesflowers/`))
  }
  assert.match(
    (await root(secure, '/contacts')).getElementsByTagName('id')[0]!.textContent!,
    /^http:\/\/mail\.example\.com\//,
  )
})

test('rule 7: a client that lower-cases whole addresses gets the same answer, page tokens included', async () => {
  await using server = await startWithHistory()
  const next = link(await root(server, '/contacts/32/events/opens'), 'next')!
  assert.equal(next, next.toLowerCase())
  assert.equal(named(await root(server, next.toLowerCase()), 'entry').length, 10)
  assert.equal((await root(server, '/ws/customers/JoesFlowers/contacts')).tagName, 'feed')
  for (const status of ['SENT', 'sent', 'Sent', 'ALL', 'all'])
    assert.equal(named(await root(server, `/campaigns?status=${status}`), 'entry').length, 3)
  for (const path of ['/lists/active', '/lists/do-not-mail/members', '/lists/active/members']) {
    const capitals = path.replace(/(?<=lists\/)[a-z-]+/, (name) => name.toUpperCase())
    assert.equal(await (await server.get(base + capitals)).text(), await (await server.get(base + path)).text())
  }
  assert.equal((await server.get(`${base}/lists/ACTIVE`, { method: 'DELETE' })).status, 403)
})

test('rule 8: GET is 200, POST 201 with the thing itself, PUT and DELETE 204 with no body at all', async () => {
  await using server = await startWithHistory()
  const ask = async (method: string, path: string, body?: string): Promise<[status: number, body: string]> => {
    const response = await server.get(base + path, {
      method,
      headers: entryHeaders,
      ...(body !== undefined && { body }),
    })
    return [response.status, await response.text()]
  }
  for (const [collection, payload, first, second] of [
    ['/contacts', 'Contact', `${onList}<EmailAddress>n@mail.com</EmailAddress>`, `${onList}<Note>x</Note>`],
    ['/lists', 'ContactList', '<Name>New</Name>', '<Name>Newer</Name>'],
  ] as const) {
    const [created, text] = await ask('POST', collection, entry(payload, first))
    assert.equal(created, 201)
    const path = /<link href="\/ws\/customers\/joesflowers([^"]*)" rel="edit"/.exec(text)![1]!
    assert.equal((await ask('GET', path))[0], 200)
    assert.deepEqual(await ask('PUT', path, entry(payload, second)), [204, ''])
    assert.deepEqual(await ask('DELETE', path), [204, ''])
  }
})

test('rule 9: a request without credentials is answered by a Basic challenge, on every address', async () => {
  await using server = await startWithHistory()
  for (const path of [...feeds, ...documents, '/', '/contacts/32/events/', '/contacts/99', '/nothing']) {
    for (const init of [{}, { method: 'POST', body: entry('Contact', '') }, { method: 'PUT', body: '' }]) {
      const response = await server.get(base + path, { ...init, headers: { ...entryHeaders, authorization: '' } })
      assert.equal(response.status, 401, path)
      assert.match(response.headers.get('www-authenticate')!, /^Basic realm="[^"]+"/)
      assert.match(await response.text(), /^Error 401: /)
    }
  }
})

test('rule 10: Content-Type and Accept of a GET are noise', async () => {
  await using server = await startWithHistory()
  for (const headers of [
    { 'content-type': 'text/html' },
    { 'content-type': 'application/atom+xml', accept: 'application/json' },
    { accept: '' },
  ]) {
    assert.equal((await server.get(`${base}/contacts`, { headers })).status, 200)
  }
})

test('rule 11: the Atom metadata around any payload may be what clients ever sent, a source block included', async () => {
  await using server = await startWithHistory()
  const sent = [
    '<id>data:,</id><title/><author/><updated>2008-04-16</updated>',
    '<author><name/></author><updated>2011-01-01T10:00:00:123Z</updated><title type="text"> </title><id>urn:uuid:E85</id><summary type="text">x</summary>',
    '<id>https://x/ws/customers/joesflowers/lists</id><title>a</title><updated/><author/><source><id>x</id><link href="lists"/></source><link href="/x" rel="edit"/>',
  ]
  for (const [i, metadata] of sent.entries()) {
    for (const [collection, payload, inside] of [
      ['/contacts', 'Contact', `${onList}<EmailAddress>m${i}@mail.com</EmailAddress>`],
      ['/lists', 'ContactList', `<Name>List ${i}</Name>`],
    ] as const) {
      const body = entry(payload, inside, metadata)
      const response = await server.get(base + collection, { method: 'POST', headers: entryHeaders, body })
      assert.equal(response.status, 201, metadata)
    }
  }
})

test('rule 12: what a client read comes back in another order, with repeats, ids and read-only elements, and changes only what it may', async () => {
  await using server = await startWithHistory()
  const before = await (await server.get(`${base}/contacts/32`)).text()
  const read = elements(named(await root(server, '/contacts/32'), 'content')[0]!)[0]!
  const sent = elements(read)
    .filter(({ tagName }) => tagName !== 'ContactLists' && tagName !== 'LastName')
    .map(({ tagName, textContent }) => `<${tagName}>${textContent}</${tagName}>`)
    .reverse()
    .join('')
    .replace(/<Status>[^<]*/, '<Status>Removed')
    .replace(/<InsertTime>[^<]*/, '<InsertTime>2000-01-01T00:00:00.000Z')
  const twice = '<OptInSource>ACTION_BY_CUSTOMER</OptInSource>'
  const body = entry('Contact', `<id>x</id>${twice}${sent}${onList}<LastName>Berg</LastName>${twice}`)
  const response = await server.get(`${base}/contacts/32`, { method: 'PUT', headers: entryHeaders, body })
  assert.equal(response.status, 204)
  const after = await (await server.get(`${base}/contacts/32`)).text()
  const settled = (text: string): string => text.replace(/<(updated|LastUpdateTime|OptInTime)>[^<]*/g, '')
  const expected = before
    .replace('<LastName></LastName>', '<LastName>Berg</LastName>')
    .replace('<Name></Name>', '<Name>Berg</Name>')
  assert.equal(settled(after), settled(expected))
})

test('rule 13: an unknown, empty or malformed e-mail is an empty feed, not an error', async () => {
  await using server = await startWithHistory()
  for (const query of ['email=nobody@mail.com', 'email=', 'email=nonsense', 'email=%00', 'email=%F0%9F%98%80']) {
    assert.deepEqual(named(await root(server, `/contacts?${query}`), 'entry'), [], query)
  }
})

test('rule 14: a raw plus in an address means plus, and so does a decoded space', async () => {
  await using server = await startWithHistory()
  for (const query of [
    'email=joe+news@mail.com',
    'email=joe%2Bnews%40mail.com',
    'email=joe%20news@mail.com',
    'email=JOE+NEWS@mail.com&',
  ]) {
    assert.deepEqual(emails(await root(server, `/contacts?${query}`)), ['joe+news@mail.com'], query)
  }
})

test('rule 15: every event names its campaign after a link that is a path', async () => {
  await using server = await startWithHistory()
  for (const kind of ['opens', 'clicks', 'bounces', 'optouts', 'summary']) {
    for (const campaign of Array.from(
      (await root(server, `/contacts/32/events/${kind}`)).getElementsByTagName('Campaign'),
    )) {
      assert.deepEqual(
        elements(campaign).map((element) => element.tagName),
        ['link', 'Name'],
      )
      assert.equal(elements(campaign)[0]!.getAttribute('href'), `${base}/campaigns/1100537019381`)
    }
  }
})

test('0b: a page token is [A-Za-z0-9-]+ and the only parameter of the next link, for filtered collections too', async () => {
  await using server = await startWithHistory()
  await importLines(
    server,
    Array.from({ length: 60 }, (_, i) => ({
      type: 'campaign',
      id: 2000 + i,
      name: `Draft ${i}`,
      status: 'draft',
      date: '2009-01-01T00:00:00Z',
    })),
  )
  const next = link(await root(server, '/campaigns?status=draft'), 'next')!
  assert.match(next, /^\/ws\/customers\/joesflowers\/campaigns\?next=[A-Za-z0-9-]+$/)
  const rest = named(await root(server, next), 'entry')
  assert.equal(rest.length, 10)
  assert.ok(rest.every((entry) => entry.getElementsByTagName('Status')[0]!.textContent === 'Draft'))
})

test('0b: answers name their charset', async () => {
  await using server = await startWithHistory()
  for (const path of [...feeds, '/', '/contacts/32/events/', '/nothing']) {
    assert.match((await server.get(base + path)).headers.get('content-type')!, /; charset=UTF-8$/)
  }
})

test('0b: a campaign without a next run has no NextRunDate element', async () => {
  await using server = await startWithHistory()
  assert.deepEqual(Array.from((await root(server, '/campaigns/1100537019381')).getElementsByTagName('NextRunDate')), [])
})

test('3.2: the opt-out element is OptoutEvent, or the other spelling, or both, as the setting says', async () => {
  for (const [setting, names] of [
    ['OptoutEvent', ['OptoutEvent']],
    ['OptOutEvent', ['OptOutEvent']],
    ['both', ['OptoutEvent', 'OptOutEvent']],
  ] as const) {
    await using server = await startWithHistory({ atomOptoutElement: setting })
    const [content] = Array.from((await root(server, '/contacts/32/events/optouts')).getElementsByTagName('content'))
    assert.deepEqual(
      elements(content!).map((element) => element.tagName),
      names,
    )
    assert.equal(new Set(elements(content!).map((element) => element.textContent)).size, 1)
  }
})

test('3.3: events of one second keep distinct ids', async () => {
  await using server = await startWithHistory()
  const same = { type: 'event', kind: 'click', contact: 32, campaign: 1100537019381, at: '2009-01-01T00:00:00Z' }
  await importLines(
    server,
    ['a', 'b', 'c'].map((path) => ({ ...same, url: `http://www.boston.com/${path}` })),
  )
  const ids = named(await root(server, '/contacts/32/events/clicks'), 'entry').map(
    (entry) => elements(entry)[0]!.textContent,
  )
  assert.equal(new Set(ids).size, 4)
})

test('3.6: the window is the whole history unless set, and then counts back from the request', async () => {
  for (const [days, count] of [
    [0, 50],
    [90, 0],
    [430, 50],
  ] as const) {
    await using server = await startWithHistory({ atomHistoryDays: days })
    assert.equal(named(await root(server, '/contacts/32/events/opens'), 'entry').length, count, `${days} days`)
  }
})

test('1.6: following next from page to page shows every entry once, newest first, while others are added', async () => {
  await using server = await startWithHistory()
  const seen: string[] = []
  let path: string | undefined = '/contacts'
  while (path) {
    const feed: Element = await root(server, path)
    seen.push(...emails(feed))
    path = link(feed, 'next')
    await importLines(server, [{ type: 'contact', email: `late${seen.length}@example.com` }])
  }
  assert.equal(seen.length, 122)
  assert.equal(new Set(seen).size, 122)
  assert.equal(seen.at(-1), 'jflowers@mail.com')
})

test('1.6: pageSize from 1 to 200 is honoured and travels in the token; anything else is refused', async () => {
  await using server = await startWithHistory()
  const first = await root(server, '/contacts/32/events/opens?pageSize=25')
  assert.equal(named(first, 'entry').length, 25)
  assert.equal(named(await root(server, link(first, 'next')!), 'entry').length, 25)
  assert.equal(named(await root(server, '/contacts/32/events/opens?pagesize=200'), 'entry').length, 60)
  for (const size of ['0', '201', '-1', 'x', ''])
    assert.equal((await server.get(`${base}/contacts/32/events/opens?pageSize=${size}`)).status, 400, size)
})

test('2.2: up to fifty addresses in one query, hits only, and more are refused', async () => {
  await using server = await startWithHistory()
  const query = (count: number) => Array.from({ length: count }, (_, i) => `email=c${i * 3}%40example.com`).join('&')
  assert.equal(emails(await root(server, `/contacts?${query(50)}`)).length, 40)
  assert.equal((await server.get(`${base}/contacts?${query(51)}`)).status, 400)
})

test('2.1: credentials of a user whose name holds a space work with %20 and + in the path', async () => {
  await using server = await startTestServer()
  const { addAccount } = await import('../../../test/server.ts')
  const odd = { key: 'k', username: 'joes flowers', password: 'p%:ö' }
  await addAccount(server.app, odd)
  for (const user of ['joes%20flowers', 'joes+flowers', 'Joes%20Flowers']) {
    const response = await server.get(`/ws/customers/${user}/contacts`, { headers: { authorization: basic(odd) } })
    assert.equal(response.status, 200)
    assert.match(
      await response.text(),
      new RegExp(`href="/ws/customers/${user.replace('+', '\\+')}/contacts" rel="first"`),
    )
  }
})
