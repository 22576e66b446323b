// Old clients add, remove, clear and export contacts in bulk, and wait until it is done (wire-2008 7, 0b).

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { download, encoded, halfEncoded, listActivities, mislabelled, multipart, submit, waitFor } from './bulk.ts'
import type { Fields } from './bulk.ts'
import { account, readAll } from './old-client.ts'
import { startWithHistory } from './start.ts'
import type { OldServer } from './start.ts'
import { styles } from './styles.ts'

const list = (id: number | string, scheme = 'http'): string =>
  `${scheme}://api.constantcontact.com${account}/lists/${id}`

/** Who is on the first list. */
const both = ["o'brien+news@mail.com", 'quiet@mail.com']

async function membersOf(server: OldServer, id: number): Promise<string[]> {
  const client = styles.Perl!(server.network)
  const members = await readAll(client, client.at(`/lists/${id}/members`))
  return members.map((member) => member.field('EmailAddress')).sort()
}

test('contacts handed in by any kind of form are added to both lists, and bad lines are told by number', async () => {
  await using server = await startWithHistory()
  const forms = { encoded, halfEncoded, multipart, mislabelled }
  const handedIn = []
  for (const [name, form] of Object.entries(forms)) {
    const data = [
      'Email Address,First Name,Last Name,City,State/Province (US/Canada)',
      `${name}@example.com, Zoë, "O""Hara","Waltham, the city",MA`,
      'not an address,X,Y,,',
      'wstest4@example.com, Fred, Test,,Test2',
      '',
    ]
    const fields: Fields = [
      ['activityType', 'SV_ADD'],
      ['data', data.join('\r\n')],
      ['lists', list(1, 'https')],
      ['lists', list(2)],
    ]
    handedIn.unshift(await submit(server.network, form(fields)))
  }
  for (const activity of handedIn) {
    assert.match(activity.id, /^[a-z0-9]+$/)
    assert.equal(activity.type, 'ADD_CONTACT_DETAIL')
    const done = await waitFor(server.network, activity)
    assert.ok(done.isTimed)
    assert.deepEqual(
      done.errors.map(({ line }) => line),
      [3, 4],
    )
    assert.equal(done.errors[1]!.message, 'Unknown US/Canadian state/prov "Test2"')
  }
  const client = styles.ColdFusion!(server.network)
  const members = [await membersOf(server, 1), await membersOf(server, 2)]
  for (const name of Object.keys(forms)) {
    const address = `${name}@example.com`.toLowerCase()
    for (const emails of members) assert.ok(emails.includes(address), address)
    const [found] = await readAll(client, client.at(`/contacts?email=${address}`))
    const contact = client.readEntry((await client.ask('GET', found!.address)).body)
    assert.deepEqual(
      ['FirstName', 'LastName', 'City', 'StateCode'].map((element) => contact.field(element)),
      ['Zoë', 'O"Hara', 'Waltham, the city', 'MA'],
    )
  }
})

test('the collection shows activities latest first', async () => {
  await using server = await startWithHistory()
  const ids = []
  for (let i = 0; i < 3; i++) {
    const clear: Fields = [
      ['activityType', 'CLEAR_CONTACTS_FROM_LISTS'],
      ['lists', list(2)],
    ]
    ids.unshift((await submit(server.network, encoded(clear))).id)
    server.clock.now += 1000
  }
  assert.deepEqual(await listActivities(server.network), ids)
})

test('data as clients write it in their sources works: trailing commas, line feeds, leading blanks, names in capitals', async () => {
  await using server = await startWithHistory()
  const data = '\n   EMAIL ADDRESS,FIRST NAME,CUSTOM FIELD 1,\n   a@example.com,A,1,\n   b@example.com,B,2,\n'
  const fields: Fields = [
    ['activityType', 'ADD_CONTACTS'],
    ['data', data],
    ['lists', list(2)],
  ]
  const done = await waitFor(server.network, await submit(server.network, encoded(fields)))
  assert.deepEqual([done.count, done.errors], [2, []])
  assert.deepEqual(await membersOf(server, 2), ['a@example.com', 'b@example.com'])
})

test('contacts are removed from a list by their addresses alone, and another list is cleared', async () => {
  await using server = await startWithHistory()
  const client = styles['Ruby, 2010']!(server.network)
  for (const id of [31, 32]) {
    const { body } = await client.ask('GET', client.at(`/contacts/${id}`))
    await client.ask('PUT', client.at(`/contacts/${id}`), client.edit(body, { lists: [1, 2] }))
  }
  const remove: Fields = [
    ['activityType', 'REMOVE_CONTACTS_FROM_LISTS'],
    ['data', 'Email Address\nquiet@mail.com\n'],
    ['lists', list(1)],
  ]
  const clear: Fields = [
    ['activityType', 'CLEAR_CONTACTS_FROM_LISTS'],
    ['lists', list(2)],
  ]
  assert.deepEqual([await membersOf(server, 1), await membersOf(server, 2)], [both, both])
  const handedIn = [await submit(server.network, mislabelled(remove)), await submit(server.network, encoded(clear))]
  for (const activity of handedIn) assert.deepEqual((await waitFor(server.network, activity)).errors, [])
  assert.deepEqual([await membersOf(server, 1), await membersOf(server, 2)], [[both[0]], []])
})

test('an export is downloaded by the last part of its file name, with commas or tabs, of system lists too', async () => {
  await using server = await startWithHistory()
  const exportAs = (fileType: string): Fields => [
    ['activityType', 'EXPORT_CONTACTS'],
    ['fileType', fileType],
    ['exportOptDate', 'True'],
    ['exportOptSource', 'false'],
    ['exportListName', 'true'],
    ['sortBy', 'EMAIL_ADDRESS'],
    ['columns', 'FIRST NAME'],
    ['columns', 'EMAIL ADDRESS'],
    ['listId', list('active')],
  ]
  const handedIn = [
    await submit(server.network, encoded(exportAs('CSV'))),
    await submit(server.network, multipart(exportAs('TXT'))),
  ]
  for (const [i, [ending, separator]] of [
    ['csv', ','],
    ['txt', '\t'],
  ].entries()) {
    assert.equal(handedIn[i]!.file, '')
    const done = await waitFor(server.network, handedIn[i]!)
    assert.equal(done.file, `${done.id}.${ending}`)
    const [header, ...lines] = (await download(server.network, done)).trim().split(/\r?\n/)
    assert.deepEqual(header!.split(separator!).slice(0, 2), ['Email Address', 'First Name'])
    assert.deepEqual(
      lines.map((line) => line.split(separator!).slice(0, 2)),
      [
        [both[0], 'Zoë'],
        [both[1], ''],
      ],
    )
  }
})
