// Mail read in a thread of its own: the same words, and no mail that stops the next.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { testOnEach } from '../../../test/databases.ts'
import { autoReply, dsn, feedback, letter, startReturned } from '../../../test/returned-mail.ts'
import { parseReport } from '../../mail/bounces/parse-report.ts'
import { ingestReport } from './ingest-report.ts'
import { parseInThread, unreadable } from './report-parser.ts'
import type { ReportThread } from './report-parser.ts'

const real = (): ReportThread => new Worker(new URL('../../report-thread.ts', import.meta.url))

test('a mail says the same in the other thread', async () => {
  await using parser = parseInThread(real)
  const mails = [dsn(), feedback('abuse', ['X-Send-Id: x']), autoReply, letter, Buffer.alloc(0)]
  const parsed = await Promise.all(mails.map((raw) => parser.parse(raw)))
  for (const [i, raw] of mails.entries()) assert.deepEqual(parsed[i], await parseReport(raw))
})

testOnEach('a mail that could not be read waits for a person', async () => {
  await using test = await startReturned()
  const app = { ...test.app, reports: { parse: () => Promise.resolve(unreadable) } }
  for (const envelopeTo of [test.verp(), 'fbl@bounce.test']) {
    const mail = { raw: dsn(), envelopeTo, receivedAt: test.clock.now, way: 'smtp' } as const
    const { outcome, reason } = await ingestReport(app, mail)
    assert.deepEqual([outcome, reason], ['review', 'unparsed'])
  }
  assert.equal((await test.reviews()).length, 2)
})

test('a mail over which the thread ends, or never comes to an end, is none, and the next one is read', async () => {
  const code = `
    const { parentPort } = require('node:worker_threads')
    parentPort.on('message', (raw) => {
      if (raw[0] === 1) process.exit(1)
      if (raw[0] === 2) throw new Error('no')
      if (raw[0] === 3) for (;;);
      parentPort.postMessage({ recipients: [{ kind: 'bounce' }], clues: {} })
    })`
  let begun = 0
  const start = (): ReportThread => {
    begun++
    return new Worker(code, { eval: true })
  }
  await using parser = parseInThread(start, 500)
  const kinds = await Promise.all([0, 1, 0, 2, 3, 0].map(async (n) => (await parser.parse(new Uint8Array([n]))).recipients[0]!.kind)) // oxfmt-ignore
  assert.deepEqual(kinds, ['bounce', 'none', 'bounce', 'none', 'none', 'bounce'])
  assert.equal(begun, 4)
})
