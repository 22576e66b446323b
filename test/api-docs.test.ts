// Every example of docs/api.md does what it says, against the demo it is written for.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { createDemo } from '../src/core/demo/demo-data.ts'
import { listen } from '../src/server.ts'
import { openTestApp } from './server.ts'

const text = readFileSync(new URL('../docs/api.md', import.meta.url), 'utf8')
const examples = [...text.matchAll(/^```\n([^]*?)^```$/gm)].flatMap(([, block]) => block!.trim().split('\n'))

test('the examples of docs/api.md run as they stand against the demo', async () => {
  assert.ok(examples.length > 15)
  await using opened = await openTestApp({ port: 0 })
  await createDemo(opened.app.db, opened.app.now())
  opened.clock.now += 60_000
  const listening = await listen(opened.app)
  const { url } = listening
  try {
    for (const example of examples) {
      const command = example.replace('http://127.0.0.1:8425', url).replace('curl ', 'curl -sS --fail-with-body ')
      const { stdout } = await promisify(execFile)('bash', ['-c', `set -o pipefail; ${command}`])
      const [first] = stdout.trim().split('\n')
      assert.ok(JSON.parse(first!), example)
    }
  } finally {
    await listening.close()
  }
})
