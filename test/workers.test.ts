// Several processes on one port: they are one server to whoever asks, and outlive each other.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { createPostgresDatabase, testOnEach } from './databases.ts'
import { demo, run, serve, temporaryFolder } from './program.ts'
import { freePort, metricsOf } from './read-metrics.ts'

const path = '/ws/customers/joesflowers/contacts/32/events/clicks'

async function workersOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return text.split(' ').filter(Boolean).map(Number)
}

async function untilMetric(url: string, name: string, value: number): Promise<Map<string, number>> {
  for (;;) {
    const read = await metricsOf(url)
    if (read.get(name) === value) return read
    await setTimeout(20)
  }
}

/** On new connections, so that each may go to another process; one after the other, because each checks the password. */
async function askMany(url: string, count: number): Promise<number[]> {
  const statuses: number[] = []
  for (let i = 0; i < count; i++) {
    const response = await fetch(url + path, { headers: { ...demo, connection: 'close' } })
    await response.arrayBuffer()
    statuses.push(response.status)
  }
  return statuses
}

testOnEach('two processes serve as one; one that is killed is replaced, and what was counted stays', async (engine) => {
  await using stack = new AsyncDisposableStack()
  const { folder } = stack.use(await temporaryFolder())
  const database = engine === 'postgres' ? stack.use(await createPostgresDatabase('empty')) : undefined
  const port = await freePort()
  const flags = ['--demo', '--workers', '2', '--metrics', `127.0.0.1:${port}`]
  const { child, url } = stack.use(await serve(folder, ...flags, ...(database ? ['--database', database.url] : [])))
  child.stderr!.resume()
  const metrics = `http://127.0.0.1:${port}/metrics`
  const total = 'contrail_request_duration_seconds_count{face="atom",method="GET",status="2xx"}'

  assert.deepEqual(new Set(await askMany(url, 40)), new Set([200]))
  await untilMetric(metrics, total, 40)
  const [first] = await workersOf(child.pid!)
  process.kill(first!, 'SIGKILL')
  const after = await untilMetric(metrics, 'contrail_worker_restarts_total', 1)
  assert.equal(after.get(total), 40)
  assert.deepEqual(new Set(await askMany(url, 20)), new Set([200]))
  const read = await untilMetric(metrics, 'contrail_workers', 2)
  assert.equal(read.get(total), 60)

  const workers = await workersOf(child.pid!)
  assert.equal(workers.length, 2)
  // As a terminal does: all of them hear it.
  for (const pid of [child.pid!, ...workers]) process.kill(pid, 'SIGINT')
  const [code] = (await once(child, 'exit')) as [number]
  assert.equal(code, 0)
  for (const pid of workers) assert.throws(() => process.kill(pid, 0), /ESRCH/)
})

test('when the watching process is killed, the others end', async () => {
  await using temporary = await temporaryFolder()
  await using server = await serve(temporary.folder, '--workers', '2')
  const workers = await workersOf(server.child.pid!)
  assert.equal(workers.length, 2)
  server.child.kill('SIGKILL')
  for (const pid of workers) {
    const isThere = (): boolean => {
      try {
        return process.kill(pid, 0)
      } catch {
        return false
      }
    }
    while (isThere()) await setTimeout(10)
  }
  await assert.rejects(fetch(server.url))
})

test('processes that can not start are not tried for ever, and why is said once', async () => {
  await using temporary = await temporaryFolder()
  await using server = await serve(temporary.folder)
  const ran = await run(temporary.folder, 'serve', '--workers', '3', '--port', new URL(server.url).port)
  assert.equal(ran.code, 1)
  assert.equal(ran.out, '')
  assert.equal(ran.err.match(/another program listens on this port already/g)?.length, 1)
  assert.match(ran.err, /the processes that should serve end as they start, for the reason above \[workers_failed\]/)
})
