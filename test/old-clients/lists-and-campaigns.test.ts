// Each style of old client keeps lists, reads members, writes campaigns and reads their events (wire-2008 4, 5, 6).

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { importLines } from '../import-lines.ts'
import { account, expectStatus, readAll } from './old-client.ts'
import { clickedUrl, startWithHistory } from './start.ts'
import { styles } from './styles.ts'

const systemLists = ['Active', 'Do Not Mail', 'Removed']

for (const [name, style] of Object.entries(styles)) {
  test(`${name}: keeps lists, and reads them and their members over several pages`, async () => {
    await using server = await startWithHistory()
    const client = style(server.network)
    await importLines(server, [
      ...Array.from({ length: 50 }, (_, i) => ({ type: 'list', id: 3 + i, name: `List ${i}` })),
      ...Array.from({ length: 60 }, (_, i) => ({ type: 'contact', email: `m${i}@mail.com`, lists: ['List 0'] })),
    ])
    const inside = '<OptInDefault>false</OptInDefault><Name>A New List</Name><SortOrder>99</SortOrder>'
    const post = client.newEntry('ContactList', inside)
    const list = client.readEntry(expectStatus(await client.ask('POST', client.at('/lists'), post), 201).body)
    expectStatus(await client.ask('POST', client.at('/lists'), post), 409)
    const renamed = client.newEntry('ContactList', inside.replace('A New', 'A Renamed'))
    assert.ok(client.isDone(await client.ask('PUT', list.address, renamed)))

    const names = (await readAll(client, client.at('/lists'))).map((entry) => entry.field('Name'))
    assert.deepEqual(names.slice(0, 3), systemLists)
    assert.deepEqual([names.length, names.at(-1)], [56, 'A Renamed List'])
    assert.equal(client.readEntry((await client.ask('GET', list.address)).body).field('Name'), 'A Renamed List')
    assert.ok(client.isDone(await client.ask('DELETE', list.address)))
    expectStatus(await client.ask('GET', list.address), 404)

    for (const [id, count] of [
      ['3', 60],
      ['active', 62],
    ] as const) {
      const members = await readAll(client, client.at(`/lists/${id}/members`))
      assert.equal(new Set(members.map((member) => member.field('EmailAddress'))).size, count)
    }
  })

  test(`${name}: writes a draft, finds it among the campaigns, and reads what became of one that was sent`, async () => {
    await using server = await startWithHistory()
    const client = style(server.network)
    const address = `<Email id="http://api.constantcontact.com${account}/settings/emailaddresses/1" /><EmailAddress>joe@joesflowers.example</EmailAddress>`
    const inside = `<Name>By API</Name><Status>Draft</Status><Date>2011-04-25T13:53:04.243Z</Date><Subject>News</Subject><FromName>Joe</FromName>
      <GreetingName>None</GreetingName><EmailContent>&lt;html&gt;&lt;body&gt;Hello &amp;amp; bye&lt;/body&gt;&lt;/html&gt;</EmailContent>
      <EmailTextContent>&lt;Text&gt;Hello&lt;/Text&gt;</EmailTextContent><ContactLists><ContactList id="http://api.constantcontact.com${account}/lists/1" /></ContactLists>
      <FromEmail>${address}</FromEmail><ReplyToEmail>${address}</ReplyToEmail>`
    const post = client.newEntry('Campaign', inside)
    const draft = client.readEntry(expectStatus(await client.ask('POST', client.at('/campaigns'), post), 201).body)
    assert.equal(draft.field('EmailContent'), '<html><body>Hello &amp; bye</body></html>')
    const own = expectStatus(await client.ask('GET', draft.address), 200).body
    const edited = own.replace('<Subject>News<', '<Subject>Fresh news<')
    assert.ok(client.isDone(await client.ask('PUT', draft.address, edited)))
    assert.equal(client.readEntry((await client.ask('GET', draft.address)).body).field('Subject'), 'Fresh news')

    const namesOf = async (query: string): Promise<string[]> =>
      (await readAll(client, client.at(`/campaigns${query}`))).map((entry) => entry.field('Name'))
    assert.deepEqual(await namesOf('?status=SENT'), ['Oktober & <Söhne>', 'September'])
    assert.deepEqual(await namesOf('?status=draft'), ['By API'])
    assert.equal((await namesOf('')).length, 3)
    assert.ok(client.isDone(await client.ask('DELETE', draft.address)))

    const [sent] = await readAll(client, client.at('/campaigns?status=SENT'))
    for (const collection of ['sends', 'opens', 'bounces', 'forwards', ...(name === 'Python' ? [] : ['optouts'])])
      assert.equal((await readAll(client, `${sent!.address}/events/${collection}`)).length, 30, collection)
    const { body } = await client.ask('GET', sent!.address)
    assert.equal(client.readEntry(body).field('Sent'), '30')
    const [, path, url] = /<Url id="http:\/\/[^/]*([^"]*)">\s*<Value>([^<]*)</.exec(body)!
    assert.equal(url, clickedUrl.replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;'))
    assert.equal((await readAll(client, client.at(path!.slice(account.length)))).length, 55)
  })
}

test('a client that drops the first three lists unseen loses none of the account, page by page', async () => {
  await using server = await startWithHistory()
  await importLines(
    server,
    Array.from({ length: 98 }, (_, i) => ({ type: 'list', id: 3 + i, name: `List ${i}` })),
  )
  const client = styles['PHP, the copied class']!(server.network)
  const lists = await readAll(client, client.at('/lists'))
  assert.ok(lists.slice(0, 3).every((list) => systemLists.includes(list.field('Name'))))
  assert.equal(new Set(lists.slice(3).map((list) => list.address)).size, 100)
})
