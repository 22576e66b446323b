// Each style of old client creates, changes and opts out contacts, and takes them back when they ask (wire-2008 2.4 to 2.6).

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { expectStatus, findContact } from './old-client.ts'
import { startWithHistory } from './start.ts'
import { styles } from './styles.ts'

for (const [name, style] of Object.entries(styles)) {
  test(`${name}: creates a contact once, changes it, opts it out, and takes it back by its own wish alone`, async () => {
    await using server = await startWithHistory()
    const client = style(server.network)
    const fields = { email: 'new+one@mail.com', firstName: 'Jürgen', lists: [1], by: 'ACTION_BY_CONTACT' } as const
    const body = client.newEntry('Contact', client.contact(fields))
    const created = client.readEntry(expectStatus(await client.ask('POST', client.at('/contacts'), body), 201).body)
    assert.equal(created.field('FirstName'), 'Jürgen')
    expectStatus(await client.ask('POST', client.at('/contacts'), body), 409)
    assert.equal((await findContact(client, fields.email))?.address, created.address)

    const read = async (): Promise<string> => expectStatus(await client.ask('GET', created.address), 200).body
    const change = async (change: Parameters<typeof client.edit>[1]): Promise<boolean> =>
      client.isDone(await client.ask('PUT', created.address, client.edit(await read(), change)))
    assert.ok(await change({ firstName: 'Jörg' }))
    assert.equal(client.readEntry(await read()).field('FirstName'), 'Jörg')
    assert.match(await read(), /<ContactList id="[^"]*\/lists\/1"/)

    assert.ok(client.isDone(await client.ask('DELETE', created.address)))
    assert.equal(client.readEntry(await read()).field('Status'), 'Do Not Mail')
    assert.doesNotMatch(await read(), /<ContactList id=/)
    const owner = client.edit(await read(), { by: 'ACTION_BY_CUSTOMER' })
    expectStatus(await client.ask('PUT', created.address, owner), 403)
    assert.ok(!client.isDone(await client.ask('PUT', created.address, owner)))
    assert.ok(await change({ by: 'ACTION_BY_CONTACT', lists: [2] }))
    assert.notEqual(client.readEntry(await read()).field('Status'), 'Do Not Mail')
  })
}

test('a contact put back by a client that edits text is moved to the lists named, and from them', async () => {
  await using server = await startWithHistory()
  const client = styles['Ruby, 2010']!(server.network)
  const address = client.at('/contacts/31')
  for (const lists of [[2], [1, 2], []]) {
    const { body } = await client.ask('GET', address)
    assert.ok(client.isDone(await client.ask('PUT', address, client.edit(body, { lists }))))
    const text = (await client.ask('GET', address)).body
    assert.deepEqual(
      [...text.matchAll(/<ContactList id="[^"]*\/lists\/(\d)"/g)].map((match) => Number(match[1])),
      lists,
    )
    assert.equal(client.readEntry(text).field('Status'), lists.length > 0 ? 'Active' : 'Removed')
  }
})

test('a client that does not escape what it sends is told so, and nothing is changed', async () => {
  await using server = await startWithHistory()
  const client = styles['.NET']!(server.network)
  const { body } = await client.ask('GET', client.at('/contacts/31'))
  const reply = await client.ask('PUT', client.at('/contacts/31'), client.edit(body, { firstName: 'Tom & Jerry' }))
  assert.match(expectStatus(reply, 400).body, /^Error 400: The body is not well-formed XML/)
  assert.equal((await client.ask('GET', client.at('/contacts/31'))).body.includes('Tom'), false)
})
