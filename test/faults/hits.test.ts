// Hits on their way through the spool, while the program is killed.

import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { count, examine, hitPath, newStorm, sendHits, storedHits, untilDrained } from '../hit-storm.ts'
import { serve, temporaryFolder } from '../program.ts'

test('a kill while hits go to the spool loses and doubles none either', async () => {
  await using temporary = await temporaryFolder()
  const { folder } = temporary
  const storm = newStorm()
  {
    await using server = await serve(folder, '--demo')
    server.child.stderr!.resume()
    const pathOf = hitPath(folder)
    await sendHits(storm, () => server.url, pathOf, count(1, 200))
    const blocker = new DatabaseSync(join(folder, 'data', 'contrail.db'))
    blocker.exec('begin immediate')
    const all = sendHits(
      storm,
      () => server.url,
      pathOf,
      count(201, 9000, () => server.child.killed),
    )
    while (storm.answered.size < 1200) await setTimeout(1)
    // The store is back, and the drain has begun.
    blocker.exec('rollback')
    blocker.close()
    while (storedHits(folder).times.size < 300) await setTimeout(1)
    server.child.kill('SIGKILL')
    await all
  }
  await using server = await serve(folder, '--demo')
  server.child.stderr!.resume()
  await untilDrained(folder)
  examine(storm, folder)
  assert.ok(storm.answered.size >= 1200)
})
