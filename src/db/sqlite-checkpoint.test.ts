import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { keepFolding } from './sqlite-checkpoint.ts'
import { openSqlite } from './sqlite.ts'
import { sql } from './sql.ts'

const pageBytes = 8192

test('the log is folded into the file beside those who write, and they go on', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'contrail-folding-'))
  const path = join(folder, 'x.db')
  // No commit of its own folds anything.
  const db = openSqlite(path, { checkpointPages: 1_000_000 })
  db.exec('create table t(n integer primary key, x blob) strict')
  const stop = new AbortController()
  const folding = keepFolding(path, stop.signal)
  const looker = new DatabaseSync(path)
  const look = looker.prepare('pragma wal_checkpoint(noop)')
  const folded = (): number => (look.get() as { checkpointed: number }).checkpointed
  try {
    assert.equal(folded(), 0)
    for (let n = 0; folded() === 0; n++) {
      assert.ok(n < 1000, 'the log grows for ever')
      await db.transaction((tx) => tx.run(sql`insert into t values (${n}, zeroblob(${50 * pageBytes}))`))
      await setTimeout(1)
    }
    await db.transaction((tx) => tx.run(sql`insert into t values (-1, null)`))
    assert.equal((await db.one<{ n: number }>(sql`select min(n) as n from t`))!.n, -1)
  } finally {
    looker.close()
    stop.abort()
    await folding
    await db[Symbol.asyncDispose]()
    await rm(folder, { recursive: true })
  }
})
