import assert from 'node:assert/strict'
import { testOnEach as test } from '../../../test/databases.ts'
import { startTestServer, testNow } from '../../../test/server.ts'
import type { TestServer } from '../../../test/server.ts'
import { sql } from '../../db/sql.ts'
import { createDkimKey, listDkimKeys, maxDkimKeys, retireDkimKey } from './dkim-keys.ts'

// Made without the work that a real one is.
async function addKeys(
  { app, accountId }: TestServer,
  count: number,
  retiredAt: (i: number) => number | null,
): Promise<void> {
  await app.db.transaction(async (tx) => {
    for (let i = 0; i < count; i++)
      await tx.run(sql`
        insert into dkim_key(account_id, domain, selector, private_key, created_at, retired_at)
        values (${accountId}, ${retiredAt(i) === null ? 'held.example' : 'old.example'}, ${`s${i}`}, '', 0, ${retiredAt(i)})`)
  })
}

test('an account has so many keys that sign and no more; one that is retired makes room', async () => {
  await using server = await startTestServer()
  const { app, accountId } = server
  await addKeys(server, maxDkimKeys - 1, () => null)
  await createDkimKey(app.db, accountId, 'joe.example', 's1', testNow)
  const another = (): Promise<unknown> => createDkimKey(app.db, accountId, 'joe.example', 's2', testNow)
  await assert.rejects(another, { code: 'invalid_input', message: /at most 100 keys that sign/ })
  await retireDkimKey(app.db, accountId, 'held.example', 's1', testNow)
  await another()
  await assert.rejects(createDkimKey(app.db, accountId, 'joe.example', 's3', testNow), /at most 100/)
})

test('of many keys that were retired the ones retired first are forgotten', async () => {
  await using server = await startTestServer()
  const { app, accountId } = server
  await addKeys(server, 1000, (i) => 1000 + i)
  await createDkimKey(app.db, accountId, 'joe.example', 's1', testNow)
  const keys = await listDkimKeys(app.db, accountId)
  assert.equal(keys.length, 1000)
  assert.ok(keys.every(({ retiredAt }) => retiredAt !== 1000))
  assert.ok(keys.some(({ domain }) => domain === 'joe.example'))
})
