// An import that is cut off at any point and started again ends as if it had not been.

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { testOnEach as test } from '../../../test/databases.ts'
import { startTestServer } from '../../../test/server.ts'
import { sql } from '../../db/sql.ts'
import type { Db } from '../../db/db.ts'
import { importFile } from './import-file.ts'

test('whichever transaction it is cut off at, the rest is stored once and the rejects are written once', async () => {
  const lines = [
    { type: 'campaign', id: 1100, name: 'One' },
    ...Array.from({ length: 300 }, (_, i) => ({ type: 'contact', id: i + 1, email: `c${i}@example.com` })),
    ...Array.from({ length: 300 }, (_, i) => ({
      type: 'event',
      kind: 'open',
      contact: i + 1,
      campaign: i % 50 === 0 ? 7 : 1100,
      at: '2009-01-01T00:00:00Z',
    })),
  ]
  for (let cutAt = 1; cutAt <= 15; cutAt++) {
    await using server = await startTestServer()
    const { app, accountId, dataDir } = server
    const file = join(dataDir, 'input')
    const rejectsPath = join(dataDir, 'rejects')
    writeFileSync(file, lines.map((line) => JSON.stringify(line)).join('\n'))
    const options = { file, stdin: Readable.from([]), rejectsPath, now: app.now, windowLines: 100 }
    await assert.rejects(importFile(failingAt(app.db, cutAt), accountId, options), /cut off/)

    let resumedAt = 0
    const result = await importFile(app.db, accountId, { ...options, onResume: (line) => (resumedAt = line) })
    assert.equal(resumedAt > 0, cutAt > 2, `cut at ${cutAt}`)
    const { events, contacts } = (await app.db.one<{ events: number; contacts: number }>(
      sql`select (select count(*) from event) as events, (select count(*) from contact) as contacts`,
    ))!
    assert.deepEqual([contacts, events], [300, 294])
    assert.deepEqual([result.counts.event.read, result.counts.event.rejected], [300, 6])
    assert.equal(readFileSync(rejectsPath, 'utf8').trim().split('\n').length, 6)
    assert.equal(await app.db.one(sql`select 1 from import_progress`), undefined)
  }
})

/** The store, until the given transaction: that one and all later ones fail, as when the process is gone. */
function failingAt(db: Db, cutAt: number): Db {
  let count = 0
  return {
    all: (query) => db.all(query),
    one: (query) => db.one(query),
    tuples: (query) => db.tuples(query),
    version: () => db.version(),
    transaction: (work) => (++count >= cutAt ? Promise.reject(new Error('cut off')) : db.transaction(work)),
    oldestBegunAt: () => db.oldestBegunAt(),
    examine: (isFull) => db.examine(isFull),
    [Symbol.asyncDispose]: () => db[Symbol.asyncDispose](),
  }
}
