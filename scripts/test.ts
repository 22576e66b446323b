// `npm test`: the suite in two processes at once, one for each core of a small machine: what runs on PostgreSQL, and the rest.
// Arguments are handed to both, so `npm test -- --test-name-pattern=history` works.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm, statfs } from 'node:fs/promises'
import { freemem } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

const files = ['src/**/*.test.ts', 'test/*.test.ts', 'test/old-clients/*.test.ts']
const given = process.argv.slice(2)
// Tests on that engine end in "(postgres)" or name it.
const onPostgres = 'postgres'
const memoryFolder = '/dev/shm'
const roomNeeded = 4 * 2 ** 30

function run(select: string, stdout: 'inherit' | 'pipe', env: NodeJS.ProcessEnv): ReturnType<typeof spawn> {
  const args = ['--test', '--test-isolation=none', select, ...given, ...files]
  return spawn(process.execPath, args, { stdio: ['ignore', stdout, 'inherit'], env })
}

// Stores of tests wait for the disk at each commit, which is most of the time they take: in memory, where there is room,
// they need not. What a crash leaves on a real disk is the matter of `npm run test:faults`.
async function makeFolder(): Promise<string | undefined> {
  const room = await statfs(memoryFolder).catch(() => undefined)
  if (process.env['TMPDIR'] || !room || room.bavail * room.bsize < roomNeeded || freemem() < roomNeeded)
    return undefined
  const folder = await mkdtemp(join(memoryFolder, 'contrail-tests-')).catch(() => undefined)
  // PostgreSQL has a user of its own.
  if (folder !== undefined) await chmod(folder, 0o711)
  return folder
}

const folder = await makeFolder()
const env = { ...process.env, ...(folder !== undefined && { TMPDIR: folder }) }
const rest = run(`--test-skip-pattern=${onPostgres}`, 'inherit', env)
const postgres = run(`--test-name-pattern=${onPostgres}`, 'pipe', env)
const [told, codes] = await Promise.all([
  text(postgres.stdout!),
  Promise.all([rest, postgres].map(async (child) => ((await once(child, 'exit')) as [number | null])[0])),
])
process.stdout.write(told)
if (folder !== undefined) await rm(folder, { recursive: true, force: true })
process.exitCode = codes.every((code) => code === 0) ? 0 : 1
