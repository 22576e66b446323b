// Several processes that serve on one port, and the one that watches over them: starts them, starts another for one that
// ends, tells them to stop. Used by main.ts; `joinWorkers` and `stopOrdered` are the half of those that serve.

import cluster from 'node:cluster'
import type { Worker } from 'node:cluster'
import { setTimeout } from 'node:timers/promises'
import { Counter, Gauge, Registry } from 'prom-client'
import type { Config } from './config.ts'
import { ContrailError } from './errors.ts'
import type { Log } from './log.ts'
import { keepTotals, renderReadings } from './metrics.ts'
import type { Readings } from './metrics.ts'
import { listenForMetrics } from './metrics-listener.ts'

type Order = { isStop: true } | { readNo: number }
type Report = { url: string } | { readNo: number; readings: Readings }

/** How long until another process is started for one that ended, in ms; longer for each that ends soon. */
const firstPause = 100
const longestPause = 10_000
/** One that served for so long had started well, in ms. */
const goodTime = 10_000
/** So many failed starts in a row, while no other process serves, and it is over. */
const maxFailures = 5
/** How long a process may take to tell its metrics, in ms: then what it told last stands. */
const readTime = 3000
/** How long a process may take to stop before it is killed, in ms: longer than it gives its requests. */
const stopTime = 20_000

interface Member {
  worker: Worker
  isServing: boolean
  readings: Readings
}

interface Group {
  log: Log
  members: Set<Member>
  isStopping: boolean
  readNo: number
  /** Counts of processes that have ended. */
  kept: Readings
  restarts: number
}

export interface Workers {
  url: string
  /** Resolves when all have stopped. */
  close(): Promise<void>
  /** Rejects when there is nobody left who serves. */
  failed: Promise<never>
}

/** Starts the first alone, so that what hinders it is said once; throws when it does not come to serve. */
export async function startWorkers(config: Config, log: Log): Promise<Workers> {
  // What is no number, such as the lag of a process that had none yet, gets lost in JSON.
  cluster.setupPrimary({ serialization: 'advanced' })
  const group: Group = { log, members: new Set(), isStopping: false, readNo: 0, kept: [], restarts: 0 }
  const first = startMember(group)
  const url = await first.url
  if (url === undefined) throw failure('serve')
  const failed = Promise.withResolvers<never>()
  failed.promise.catch(() => undefined)
  const others = Array.from({ length: config.workers - 1 }, () => startMember(group))
  const watching = [first, ...others].map((started) => watch(group, started).catch(failed.reject))
  await Promise.all(others.map((other) => other.url))
  const metrics =
    config.metrics &&
    (await listenForMetrics(config.metrics, () => readAll(group), log).catch(async (error: unknown) => {
      await stop(group)
      throw error
    }))
  return {
    url,
    failed: failed.promise,
    close: async () => {
      await metrics?.[Symbol.asyncDispose]()
      await stop(group)
      await Promise.all(watching)
    },
  }
}

function failure(what: string): ContrailError {
  return new ContrailError(
    'workers_failed',
    `the processes that should ${what} end as they start, for the reason above`,
  )
}

interface Started {
  member: Member
  startedAt: number
  /** Undefined when it ended before it served. */
  url: Promise<string | undefined>
  ended: Promise<unknown>
}

function startMember(group: Group): Started {
  const worker = cluster.fork()
  const member: Member = { worker, isServing: false, readings: [] }
  group.members.add(member)
  const url = Promise.withResolvers<string | undefined>()
  worker.on('message', (report: Report) => {
    if (!('url' in report)) return
    member.isServing = true
    url.resolve(report.url)
  })
  const ended = exitOf(worker).then(async ({ code, signal }) => {
    group.members.delete(member)
    url.resolve(undefined)
    if (!group.isStopping) group.log.error({ process: worker.process.pid, code, signal }, 'a serving process ended')
    group.kept = await keepTotals(group.kept, member.readings)
  })
  // A process that can't be started, or told something, is one that ended.
  worker.on('error', (error) => group.log.error({ err: error }, 'a serving process can not be reached'))
  return { member, startedAt: performance.now(), url: url.promise, ended }
}

// Not `once` of node:events, which fails on the error of a message that came too late.
function exitOf(worker: Worker): Promise<{ code: number | null; signal: string | null }> {
  return new Promise((resolve) => {
    worker.once('exit', (code: number | null, signal: string | null) => resolve({ code, signal }))
  })
}

/** Starts another whenever the last one has ended; throws when that is in vain. */
async function watch(group: Group, first: Started): Promise<void> {
  let started = first
  let soonEnded = 0
  for (;;) {
    const hasServed = (await started.url) !== undefined
    await started.ended
    soonEnded = hasServed && performance.now() - started.startedAt > goodTime ? 0 : soonEnded + 1
    const isAlone = ![...group.members].some(({ isServing }) => isServing)
    if (!group.isStopping && !hasServed && isAlone && soonEnded >= maxFailures) throw failure('serve')
    if (!group.isStopping)
      await setTimeout(Math.min(firstPause * 2 ** (soonEnded - 1), longestPause), undefined, { ref: false })
    if (group.isStopping) return
    started = startMember(group)
    group.restarts++
  }
}

async function stop(group: Group): Promise<void> {
  group.isStopping = true
  const order: Order = { isStop: true }
  await Promise.all(
    [...group.members].map(async ({ worker }) => {
      const ended = exitOf(worker)
      if (worker.isConnected()) worker.send(order)
      const timer = new AbortController()
      void setTimeout(stopTime, undefined, { signal: timer.signal }).then(
        () => worker.process.kill('SIGKILL'),
        () => undefined,
      )
      await ended
      timer.abort()
    }),
  )
}

async function readAll(group: Group): Promise<string> {
  const serving = [...group.members].filter(({ isServing }) => isServing)
  await Promise.all(serving.map((member) => readMember(group, member)))
  return renderReadings([...serving.map(({ readings }) => readings), group.kept, await ownReadings(group)])
}

async function readMember(group: Group, member: Member): Promise<void> {
  const order: Order = { readNo: ++group.readNo }
  const { worker } = member
  const told = Promise.withResolvers<void>()
  const listen = (report: Report): void => {
    if (!('readNo' in report) || report.readNo !== order.readNo) return
    member.readings = report.readings
    told.resolve()
  }
  worker.on('message', listen)
  worker.once('exit', told.resolve)
  if (worker.isConnected()) worker.send(order)
  await Promise.race([told.promise, setTimeout(readTime, undefined, { ref: false })])
  worker.off('message', listen)
  worker.off('exit', told.resolve)
}

function ownReadings({ members, restarts }: Group): Promise<Readings> {
  const registry = new Registry()
  const registers = [registry]
  const serving = [...members].filter(({ isServing }) => isServing).length
  new Gauge({ name: 'contrail_workers', help: 'Processes that serve.', registers }).set(serving)
  const total = { name: 'contrail_worker_restarts_total', help: 'Processes started for others that ended.', registers }
  new Counter(total).inc(restarts)
  return registry.getMetricsAsJSON()
}

/** Tells the watching process that this one serves now, and from then on whatever it asks. */
export function joinWorkers(serving: { url: string; read(): Promise<Readings> }): void {
  const report = (said: Report): void => void (process.connected && process.send!(said))
  process.on('message', (order: Order) => {
    if (!('readNo' in order)) return
    serving.read().then(
      (readings) => report({ readNo: order.readNo, readings }),
      () => undefined,
    )
  })
  report({ url: serving.url })
}

/** Resolves when the watching process says so. */
export function stopOrdered(): Promise<string> {
  return new Promise((resolve) => {
    process.on('message', (order: Order) => {
      if ('isStop' in order) resolve('stop')
    })
  })
}
