// Addresses that get no mail, known by a digest.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { testOnEach } from '../../../test/databases.ts'
import { startTestServer } from '../../../test/server.ts'
import type { TestServer } from '../../../test/server.ts'
import { addSuppression, findSuppression, listSuppressions, removeSuppression } from './suppression.ts'
import type { SuppressionReason } from './suppression.ts'

const add = (server: TestServer, email: string, reason: SuppressionReason, at = 1): Promise<boolean> =>
  server.app.db.transaction((tx) => addSuppression(tx, server.accountId, { email, reason, source: 'operator' }, at))

const reasonFor = async (server: TestServer, email: string): Promise<string | undefined> =>
  (await findSuppression(server.app.db, server.accountId, email))?.reason

testOnEach('an address is found however it is written, and nobody reads it out of its digest', async () => {
  await using server = await startTestServer()
  assert.equal(await reasonFor(server, 'j@bücher.example'), undefined)
  assert.equal(await add(server, 'J@Bücher.example', 'manual'), true)
  for (const email of ['j@bücher.example', ' J@BÜCHER.example', 'j@xn--bcher-kva.example'])
    assert.equal(await reasonFor(server, email), 'manual', email)
  for (const email of ['k@bücher.example', 'j@bucher.example', 'j+a@bücher.example'])
    assert.equal(await reasonFor(server, email), undefined, email)
  const [row] = await listSuppressions(server.app.db, server.accountId, { limit: 9 })
  for (const email of ['j@bücher.example', 'j@xn--bcher-kva.example'])
    assert.notEqual(row!.addressHash, createHash('sha256').update(email).digest('hex'))
  assert.equal(await findSuppression(server.app.db, server.accountId + 1, 'j@bücher.example'), undefined)
})

testOnEach('a weightier reason replaces a lighter one, and never the other way round', async () => {
  await using server = await startTestServer()
  const outcomes: [SuppressionReason, boolean][] = [['optout', true], ['optout', false], ['bounce', true], ['manual', false],
    ['optout', false], ['complaint', true], ['bounce', false], ['erased', true], ['complaint', false]] // oxfmt-ignore
  for (const [i, [reason, isNew]] of outcomes.entries())
    assert.equal(await add(server, 'a@b.example', reason, i), isNew)
  const held = await findSuppression(server.app.db, server.accountId, 'a@b.example')
  // Of an erased contact not even the address is left.
  assert.deepEqual([held!.reason, held!.email, held!.at], ['erased', null, 7])
})

testOnEach('only the reason named is lifted, and pages list every address once', async () => {
  await using server = await startTestServer()
  const remove = (email: string, reason?: SuppressionReason): Promise<boolean> =>
    server.app.db.transaction((tx) => removeSuppression(tx, server.accountId, email, reason))
  assert.equal(await remove('a@b.example'), false)
  for (const [i, reason] of (['optout', 'complaint', 'bounce', 'erased', 'manual'] as const).entries())
    await add(server, `a${i}@b.example`, reason)
  const seen: string[] = []
  for (let after: string | undefined; ;) {
    const page = await listSuppressions(server.app.db, server.accountId, { after, limit: 2 })
    if (page.length === 0) break
    seen.push(...page.map(({ addressHash }) => addressHash))
    after = page.at(-1)!.addressHash
  }
  assert.equal(new Set(seen).size, 5)
  assert.equal(seen.length, 5)
  for (let i = 1; i < 5; i++) assert.equal(await remove(`a${i}@b.example`, 'optout'), false)
  assert.equal(await remove('a0@b.example', 'optout'), true)
  assert.equal(await remove('a1@b.example'), true)
  assert.equal((await listSuppressions(server.app.db, server.accountId, { limit: 9 })).length, 3)
})
