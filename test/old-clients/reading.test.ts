// Each style of old client finds a contact and reads all it did, page by page (wire-2008 0, 1.4, 2, 3).

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { expectStatus, findContact, readAll } from './old-client.ts'
import { clickedUrl, collections, email, startWithHistory } from './start.ts'
import { styles } from './styles.ts'

for (const [name, style] of Object.entries(styles)) {
  test(`${name}: finds a contact by e-mail, reads it, and every event of each kind over several pages`, async () => {
    await using server = await startWithHistory({
      atomOptoutElement: name === 'Python' ? 'OptOutEvent' : 'OptoutEvent',
    })
    const client = style(server.network)
    expectStatus(await client.ask('GET', client.at('/')), 200)
    const found = (await findContact(client, email))!
    assert.equal(found.field('EmailAddress'), email)
    const contact = client.readEntry(expectStatus(await client.ask('GET', found.address), 200).body)
    assert.deepEqual([contact.field('FirstName'), contact.field('Status')], ['Zoë', 'Active'])
    assert.equal(await findContact(client, 'nobody@mail.com'), undefined)

    for (const [collection, { count }] of Object.entries(collections)) {
      const events = await readAll(client, `${found.address}/events/${collection}`)
      const times = events.map((event) => event.field('EventTime'))
      assert.equal(new Set(times).size, count, collection)
      assert.deepEqual(times, [...times].sort().reverse(), collection)
      assert.equal(events[0]!.field('Campaign/Name'), 'Oktober & <Söhne>')
      if (collection === 'clicks') assert.equal(events[0]!.field('LinkUrl'), clickedUrl)
      if (collection === 'bounces')
        assert.deepEqual(
          ['Code', 'Description', 'BounceMessage'].map((element) => events[0]!.field(element)),
          ['B', 'Non-existent address', '550 5.1.1 <x@y> unknown'],
        )
    }
    const summary = await readAll(client, `${found.address}/events/summary`)
    assert.deepEqual(
      summary.map((campaign) =>
        ['Campaign/Name', 'Opens', 'Clicks', 'Forwards'].map((element) => campaign.field(element)),
      ),
      [
        ['Oktober & <Söhne>', '30', '55', '30'],
        ['September', '30', '55', '30'],
      ],
    )
  })
}

test('with both spellings side by side, every style reads the opt-outs by its own', async () => {
  await using server = await startWithHistory({ atomOptoutElement: 'both' })
  for (const [name, style] of Object.entries(styles)) {
    const client = style(server.network)
    const found = (await findContact(client, email))!
    assert.equal((await readAll(client, `${found.address}/events/optouts`)).length, collections.optouts.count, name)
  }
})
