// Webhooks in: a burst of 100,000 events in signed batches, each event told three times in other company and another order;
// beside raw node:http that reads the same bodies and keeps nothing.

import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { startChild } from './child.ts'
import type { Child } from './child.ts'
import type { HookOrder, HookResult } from './hooks-load.ts'
import { formatCount, formatRatio, median, medianRatio } from './measure.ts'
import { judge } from './report.ts'
import type { Section } from './report.ts'
import { createStore } from './store.ts'

const events = 100_000
const perBatch = 100
const contacts = 10_000
const connections = 4
const seeds = [1, 2, 3]

interface Served {
  url: string
  privateKey?: string
  memory: number
  events?: number
  kept?: number
  failed?: number
}

export async function benchHooks(folder: string): Promise<Section> {
  const dataDir = join(folder, 'hooks')
  await mkdir(dataDir)
  await createStore(dataDir, { events: 0, contacts, campaigns: 1 })
  await using ours = startChild('hooks-ours.ts', dataDir)
  await using bare = startChild('hooks-bare.ts')
  await using load = startChild('hooks-load.ts')
  const { privateKey, memory: before } = await ours.ask<Served>({})
  const figures: Record<'ours' | 'bare', HookResult[]> = { ours: [], bare: [] }
  const burst = (server: Child, seed: number): Promise<HookResult> => loadOnce(load, server, privateKey!, seed)
  await burst(bare, 0)
  const drains: number[] = []
  let drained: Served | undefined
  for (const seed of seeds) {
    figures.bare.push(await burst(bare, seed))
    const startedAt = performance.now()
    figures.ours.push(await burst(ours, seed))
    drained = await ours.ask<Served>({ drain: true })
    drains.push((performance.now() - startedAt) / 1000)
  }
  return toSection(figures, drains, drained!, before)
}

async function loadOnce(load: Child, server: Child, privateKey: string, seed: number): Promise<HookResult> {
  const { url } = await server.ask<Served>({})
  return load.ask<HookResult>({ url, privateKey, events, perBatch, contacts, connections, seed } satisfies HookOrder)
}

function toSection(
  { ours, bare }: Record<'ours' | 'bare', HookResult[]>,
  drains: readonly number[],
  drained: Served,
  before: number,
): Section {
  const rate = (results: readonly HookResult[]): number[] => results.map(({ seconds }) => events / seconds)
  const of = (results: readonly HookResult[], name: 'p50' | 'p99'): number => median(results.map((one) => one[name]))
  const row = (name: string, results: readonly HookResult[]): string[] => [
    name,
    formatCount(median(rate(results))),
    of(results, 'p50').toFixed(1),
    of(results, 'p99').toFixed(1),
    formatRatio(medianRatio(rate(results), rate(bare))),
  ]
  const mb = (bytes: number): string => formatCount(bytes / 2 ** 20)
  const refused = ours.reduce((sum, one) => sum + one.refused, 0)
  return {
    title: 'Webhooks in',
    notes: [
      `${formatCount(events)} events of SendGrid's in signed batches of ${perBatch}, ${connections} connections from another process; each batch is verified and synced to disk before its 200, and read into the ledger meanwhile.`,
      `Three bursts of the same events, each time in other batches and another order. From the first request to an empty inbox: ${drains.map((one) => `${one.toFixed(1)} s`).join(', ')}; the first burst is recorded, the others are found to be known.`,
      `Reference: raw node:http in a process of its own that reads the same bodies and keeps nothing. Memory of the server before and after: ${mb(before)} and ${mb(drained.memory)} MB.`,
    ],
    head: ['server', 'events/s', 'p50 ms', 'p99 ms', 'ratio'],
    rows: [row('Contrail', ours), row('raw node:http', bare)],
    verdicts: [
      judge('requests not answered with 2xx', refused, { atMost: 0 }),
      judge('p99 of a batch in ms', of(ours, 'p99'), { atMost: 50 }),
      judge('events lost', events - drained.events!, { atMost: 0 }),
      judge('events twice', drained.events! - events, { atMost: 0 }),
      judge('batches that were not read to their end', drained.failed!, { atMost: 0 }),
    ],
  }
}
