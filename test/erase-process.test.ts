// Erasing a contact on the real program, killed in the middle of it, and the server that ends it killed as well.

import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { openStore } from '../src/app.ts'
import { readConfig } from '../src/config.ts'
import { listLinks } from '../src/core/campaigns/link.ts'
import { countCampaignEvents } from '../src/core/events/counts.ts'
import { sql } from '../src/db/sql.ts'
import type { Db } from '../src/db/db.ts'
import { openLog } from '../src/log.ts'
import { createPostgresDatabase, testOnEach } from './databases.ts'
import { run, serve, start, temporaryFolder } from './program.ts'

const campaignId = 1100
const events = 60_000

function* history(): Generator<object> {
  yield { type: 'campaign', id: campaignId, name: 'October' }
  for (const id of [32, 33]) yield { type: 'contact', id, email: `c${id}@example.com` }
  for (let i = 0; i < events; i++) {
    const what = i % 2 === 0 ? { kind: 'open' } : { kind: 'click', url: `http://x.example/${i % 7}` }
    const at = new Date(Date.UTC(2009, 0, 1) + i * 60_000).toISOString()
    yield { type: 'event', contact: i % 10 === 0 ? 33 : 32, campaign: campaignId, at, key: `e${i}`, ...what }
  }
}

testOnEach(
  'an erasure that is killed, and whose end is killed, leaves every total exact and nothing behind',
  async (engine) => {
    await using temporary = await temporaryFolder()
    const { folder } = temporary
    await using database = engine === 'postgres' ? await createPostgresDatabase() : undefined
    const where = database ? ['--database', database.url] : []
    const settings = readConfig({ dataDir: join(folder, 'data'), ...(database && { databaseUrl: database.url }) }, {})
    await run(folder, 'account', 'create', 'joesflowers', ...where)
    await writeFile(join(folder, 'history.ndjson'), [...history()].map((line) => JSON.stringify(line)).join('\n'))
    const imported = await run(folder, 'import', join(folder, 'history.ndjson'), ...where)
    assert.equal(imported.code, 0, imported.err)
    const { db } = await openStore(settings, { log: openLog('silent') })
    await using _open = db
    const before = await totals(db)
    assert.equal((before[0] as { open: number }).open, events / 2)

    const erasing = start(folder, 'contact', 'erase', '32', '--yes', ...where)
    await untilLess(db, 50_000)
    erasing.kill('SIGKILL')
    const left = await countOwn(db)
    assert.ok(left > 10_000, `${left} left: it was killed too late to prove anything`)
    assert.deepEqual(await totals(db), before)
    {
      await using server = await serve(folder, ...where)
      await untilLess(db, left - 2000)
      server.child.kill('SIGKILL')
    }
    assert.ok((await countOwn(db)) > 0, 'the server was killed too late to prove anything')
    assert.deepEqual(await totals(db), before)
    await using _server = await serve(folder, ...where)
    await untilLess(db, 1)
    for (const table of [sql`event_key`, sql`verdict`, sql`hit`, sql`send`])
      while ((await db.tuples(sql`select 1 from ${table} where contact_id = 32 limit 1`)).length > 0)
        await setTimeout(20)
    assert.deepEqual(await totals(db), before)
    const doctor = await run(folder, 'doctor', '--totals', ...where)
    assert.match(doctor.out, new RegExp(`ok +totals +${events} events of 1 campaigns looked at`))
    assert.doesNotMatch(doctor.out, /fail +totals/)
    assert.match((await run(folder, 'contact', '32', ...where)).err, /\[not_found\]/)
  },
)

async function totals(db: Db): Promise<unknown[]> {
  return [await countCampaignEvents(db, 1, campaignId), await listLinks(db, 1, campaignId)]
}

async function countOwn(db: Db): Promise<number> {
  const row = await db.one<{ count: number }>(sql`select count(*) as count from event where contact_id = 32`)
  return row!.count
}

async function untilLess(db: Db, count: number): Promise<void> {
  while ((await countOwn(db)) >= count) await setTimeout(1)
}
