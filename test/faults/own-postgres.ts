// A PostgreSQL server of one test's own, which it may stop, kill and start again: with fsync, so that what it said is
// committed is still there.

import { chown, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { Client } from 'pg'
import { startEmbeddedPostgres } from '../postgres-server.ts'

export interface OwnPostgres extends AsyncDisposable {
  /** Of the one database on it. */
  url: string
  port: number
  /** As an operator stops it: connections are cut, what is under way is rolled back. */
  stop(): Promise<void>
  /** SIGKILL to the process that all others belong to. */
  kill(): Promise<void>
  /** SIGKILL to one of the processes that serve the program; waits until the server has recovered. */
  killBackend(): Promise<void>
  /** Waits until it takes connections, after its recovery. */
  start(): Promise<void>
  /** Starts as a standby of nothing: it takes no writes until `pg_promote()` is called. */
  startAsStandby(): Promise<void>
  /** Puts the database into a new folder in this one. */
  moveTo(parent: string): Promise<void>
  /** Rows of a statement, on a connection of its own. */
  query<Row extends object>(statement: string): Promise<Row[]>
}

const settings = ['max_connections=60', 'shared_buffers=32MB', 'autovacuum=off']

export async function startOwnPostgres(): Promise<OwnPostgres> {
  const { embedded, folder, url } = await startEmbeddedPostgres(settings)
  const pidFile = join(folder, 'data', 'postmaster.pid')
  const pid = async (): Promise<number> => Number((await readFile(pidFile, 'utf8')).split('\n')[0])
  const query = async <Row extends object>(statement: string, database = 'contrail'): Promise<Row[]> => {
    const client = new Client({ connectionString: url(database) })
    client.on('error', () => {})
    await client.connect()
    try {
      return (await client.query<Row>(statement)).rows
    } finally {
      await client.end()
    }
  }
  const startUp = async (): Promise<void> => {
    for (let tries = 0; tries < 100; tries++) {
      let isOver = false
      // The word that it waits for is lost among others, or never comes: the server is up when it answers.
      embedded.start().catch(() => (isOver = true))
      while (!isOver) {
        const isUp = await query('select 1').then(
          () => true,
          () => false,
        )
        if (isUp) return
        await setTimeout(20)
      }
      // The children of one that was killed outlive it for a moment, and keep a new one from starting.
      await setTimeout(50)
    }
    throw new Error('the server does not start any more')
  }
  const checkpointer = async (): Promise<number | undefined> =>
    (await query<{ pid: number }>(`select pid from pg_stat_activity where backend_type = 'checkpointer'`))[0]?.pid
  await query('create database contrail', 'postgres')
  return {
    url: url('contrail'),
    port: Number(new URL(url('contrail')).port),
    query,
    stop: () => embedded.stop(),
    startAsStandby: async () => {
      await writeFile(join(folder, 'data', 'standby.signal'), '')
      await startUp()
    },
    moveTo: async (parent) => {
      const place = join(parent, 'space')
      await mkdir(place)
      const { uid, gid } = await stat(join(folder, 'data'))
      await chown(place, uid, gid)
      await query(`create tablespace small location '${place}'`, 'postgres')
      await query('alter database contrail set tablespace small', 'postgres')
    },
    kill: async () => {
      process.kill(await pid(), 'SIGKILL')
      // It is gone, and there is nothing left to stop.
      embedded['process'] = undefined
    },
    killBackend: async () => {
      // It ends all its processes, and starts new ones. PostgreSQL 18 asked to stop meanwhile may never do it.
      const before = await checkpointer()
      const [row] = await query<{ pid: number }>(
        `select pid from pg_stat_activity where application_name = 'contrail' limit 1`,
      )
      if (!row) return
      process.kill(row.pid, 'SIGKILL')
      while (((await checkpointer().catch(() => before)) ?? before) === before) await setTimeout(20)
    },
    start: startUp,
    [Symbol.asyncDispose]: async () => {
      await embedded.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
