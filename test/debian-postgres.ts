// A PostgreSQL of the machine's own packages (Debian's postgresql), for tests where that of the development dependencies
// does not start. Used by databases.ts.

import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { chown, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { Client } from 'pg'
import { freePort } from './postgres-server.ts'
import type { PostgresServer } from './postgres-server.ts'

const packages = '/usr/lib/postgresql'

/** Throws with what was tried where there is none. */
export async function startDebianPostgres(settings: readonly string[]): Promise<PostgresServer> {
  const programs = findPrograms()
  const folder = await mkdtemp(join(tmpdir(), 'contrail-postgres-'))
  const asUser = await userFor(folder)
  const data = join(folder, 'data')
  const run = (program: string, ...args: string[]): string[] => [...asUser, join(programs, program), ...args]
  const [initdb, ...rest] = run('initdb', '-D', data, '-U', 'postgres', '--auth=trust', '--encoding=UTF8', '--locale=C')
  const made = spawnSync(initdb!, rest, { encoding: 'utf8', cwd: folder })
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr || String(made.error)}`)
  const port = await freePort()
  const flags = ['listen_addresses=127.0.0.1', `unix_socket_directories=${folder}`, ...settings]
  const [postgres, ...args] = run('postgres', '-D', data, '-p', String(port), ...flags.flatMap((flag) => ['-c', flag]))
  const server = spawn(postgres!, args, { stdio: 'ignore', cwd: folder })
  const url = (database: string): string => `postgresql://postgres@127.0.0.1:${port}/${database}`
  await untilAnswered(url('postgres'))
  return {
    url,
    stop: async () => {
      const gone = new Promise((resolve) => server.once('exit', resolve))
      // Fast: connections are cut. Through runuser the signal goes to the server too.
      server.kill('SIGINT')
      await Promise.race([gone, setTimeout(5000)])
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function findPrograms(): string {
  const versions = existsSync(packages) ? readdirSync(packages).toSorted((a, b) => Number(b) - Number(a)) : []
  const programs = versions
    .map((version) => join(packages, version, 'bin'))
    .find((bin) => existsSync(join(bin, 'initdb')))
  if (!programs) throw new Error(`there is no PostgreSQL in ${packages} either`)
  return programs
}

// It refuses to run as root.
async function userFor(folder: string): Promise<string[]> {
  if (process.getuid?.() !== 0) return []
  const id = (flag: string): number => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout)
  await chown(folder, id('-u'), id('-g'))
  return ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups']
}

async function untilAnswered(url: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    const client = new Client({ connectionString: url })
    client.on('error', () => {})
    try {
      await client.connect()
      return await client.end()
    } catch (error) {
      if (tries === 200) throw error
      await setTimeout(50)
    }
  }
}
