// `npm test`: the suite in two processes at once, one for each core of a small machine: what runs on PostgreSQL, and the rest.
// Arguments are handed to both, so `npm test -- --test-name-pattern=history` works.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'

const files = ['src/**/*.test.ts', 'test/*.test.ts', 'test/old-clients/*.test.ts']
const given = process.argv.slice(2)
// Tests on that engine end in "(postgres)" or name it.
const onPostgres = 'postgres'

function run(select: string, stdout: 'inherit' | 'pipe'): ReturnType<typeof spawn> {
  const args = ['--test', '--test-isolation=none', select, ...given, ...files]
  return spawn(process.execPath, args, { stdio: ['ignore', stdout, 'inherit'] })
}

const rest = run(`--test-skip-pattern=${onPostgres}`, 'inherit')
const postgres = run(`--test-name-pattern=${onPostgres}`, 'pipe')
const [told, codes] = await Promise.all([
  text(postgres.stdout!),
  Promise.all([rest, postgres].map(async (child) => ((await once(child, 'exit')) as [number | null])[0])),
])
process.stdout.write(told)
process.exitCode = codes.every((code) => code === 0) ? 0 : 1
