// `npm test`: the suite in several processes at once: what runs on PostgreSQL, and the rest, each in halves, because most of
// a test's time is waiting for sockets and clocks. Arguments are handed to all, so `npm test -- --test-name-pattern=history`
// works.

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

// What one process says is shown at once, that of the others when they have ended.
async function run(part: string[], env: NodeJS.ProcessEnv, isShown: boolean): Promise<boolean> {
  const args = ['--test', '--test-isolation=none', ...part, ...given, ...files]
  const child = spawn(process.execPath, args, { stdio: ['ignore', isShown ? 'inherit' : 'pipe', 'inherit'], env })
  const told = child.stdout ? text(child.stdout) : Promise.resolve('')
  const [code] = (await once(child, 'exit')) as [number | null]
  process.stdout.write(await told)
  return code === 0
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
const halves = ['--test-shard=1/2', '--test-shard=2/2']
const parts = [`--test-skip-pattern=${onPostgres}`, `--test-name-pattern=${onPostgres}`].flatMap((select) =>
  halves.map((half) => [select, half]),
)
const areWell = await Promise.all(parts.map((part, i) => run(part, env, i === 0)))
if (folder !== undefined) await rm(folder, { recursive: true, force: true })
process.exitCode = areWell.every(Boolean) ? 0 : 1
