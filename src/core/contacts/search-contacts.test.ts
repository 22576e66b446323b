import assert from 'node:assert/strict'
import { importLines } from '../../../test/import-lines.ts'
import { startTestServer } from '../../../test/server.ts'
import { testOnEach } from '../../../test/databases.ts'
import { searchContacts } from './search-contacts.ts'

const people: readonly [id: number, email: string, firstName: string, lastName: string][] = [
  [1, 'anna.berg@example.com', 'Anna', 'Berg'],
  [2, 'ANNIKA@example.com', 'Annika', 'Åberg'],
  [3, 'zoe@example.org', 'Zoë', 'Anders'],
  [4, 'info@x.example', '', ''],
  [5, 'o@x.example', "O'Brien", 'Smith Jones'],
  [32, '100%_off@x.example', '50', 'Percent'],
]

testOnEach('contacts are found by the beginning of address or names, by both names, and by id', async () => {
  await using server = await startTestServer()
  await importLines(server, people.map(([id, email, firstName, lastName]) => ({ type: 'contact', id, email, firstName, lastName }))) // oxfmt-ignore
  const find = async (text: string, limit = 10): Promise<number[]> =>
    (await searchContacts(server.app.db, server.accountId, text, { limit })).contacts.map(({ contactId }) => contactId)
  assert.deepEqual(await find('ann'), [1, 2])
  assert.deepEqual(await find('an'), [1, 2, 3])
  assert.deepEqual(await find('an', 2), [1, 2])
  assert.deepEqual(await find('  ANNA.Berg@Example.com '), [1])
  assert.deepEqual(await find('anna b'), [1])
  assert.deepEqual(await find('annika åb'), [2])
  assert.deepEqual(await find('Åberg'), [2])
  assert.deepEqual(await find('åb'), [2])
  assert.deepEqual(await find('zoë anders'), [3])
  assert.deepEqual(await find("o'b"), [5])
  assert.deepEqual(await find('smith jo'), [5])
  assert.deepEqual(await find('32'), [32])
  assert.deepEqual(await find('5'), [5, 32])
  assert.deepEqual(await find('100%'), [32])
  for (const nothing of ['', ' ', '%', '_', 'nobody', 'x'.repeat(300), '999999999999999'])
    assert.deepEqual(await find(nothing), [], nothing)
  assert.deepEqual((await searchContacts(server.app.db, server.accountId + 1, 'ann', { limit: 10 })).contacts, [])
})
