// A PostgreSQL that takes no writes because it follows another, until it is promoted.

import assert from 'node:assert/strict'
import { testOnPostgres } from '../databases.ts'
import { demo, run, serve, temporaryFolder } from '../program.ts'
import { base, create, noAnswers, rounds } from './load.ts'
import { startOwnPostgres } from './own-postgres.ts'

// A server of its own, stopped and started twice.
if (rounds > 1)
  testOnPostgres('on a standby pages are read and writes are told to wait, until it is promoted', async () => {
    await using temporary = await temporaryFolder()
    await using postgres = await startOwnPostgres()
    const flags = ['--database', postgres.url]
    await using server = await serve(temporary.folder, '--demo', ...flags)
    let log = ''
    server.child.stderr!.on('data', (chunk: Buffer) => (log += chunk.toString()))
    const answers = noAnswers()
    await create(server, answers, 'before@example.com')
    await postgres.stop()
    await postgres.startAsStandby()
    const page = await fetch(`${server.url}${base}/contacts?email=before@example.com`, { headers: demo })
    assert.equal(page.status, 200)
    assert.match(await page.text(), /before@example\.com/)
    const created = create(server, answers, 'after@example.com')
    while (!/read-only transaction/.test(log)) await new Promise((resolve) => setTimeout(resolve, 10))
    const doctor = await run(temporary.folder, 'doctor', ...flags)
    assert.match(doctor.out, /fail +database .*(read-only|recovery)/)
    await postgres.query('select pg_promote()')
    await created
    assert.deepEqual([...answers.created.keys()], ['before@example.com', 'after@example.com'])
    assert.ok(answers.statuses.get(503)! > 0)
  })
