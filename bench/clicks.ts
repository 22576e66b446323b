// Clicks with a durable record: requests a second on one process, beside raw node:http that answers the same redirect.

import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { startChild } from './child.ts'
import type { Child } from './child.ts'
import type { LoadOrder, LoadResult } from './http-load.ts'
import { formatCount, formatRatio, median, medianRatio } from './measure.ts'
import { judge } from './report.ts'
import type { Section } from './report.ts'
import { createStore } from './store.ts'

const connections = 256
const rounds = 3
const contacts = 10_000
const campaigns = 10

interface Served {
  url: string
  cpu: number
  /** Resident memory in bytes. */
  memory: number
}

interface Figures {
  rate: number[]
  p99: number[]
}

export async function benchClicks(folder: string, seconds: number): Promise<Section> {
  // A folder each: on a common one the first would store what the second spools.
  const [dataDir, spoolDir] = [join(folder, 'clicks'), join(folder, 'clicks-away')]
  for (const dir of [dataDir, spoolDir]) {
    await mkdir(dir)
    await createStore(dir, { events: 0, contacts, campaigns })
  }
  await using ours = startChild('clicks-ours.ts', dataDir)
  await using spooled = startChild('clicks-ours.ts', spoolDir, 'away')
  await using bare = startChild('clicks-bare.ts')
  await using load = startChild('http-load.ts')
  const order = { authorization: 'none', connections, status: 302 }
  // Each has a key of its own.
  const orders = {
    ours: { ...order, ...(await ours.ask<{ paths: string[] }>({ paths: contacts })) },
    spooled: { ...order, ...(await spooled.ask<{ paths: string[] }>({ paths: contacts })) },
  }
  const figures = { ours: none(), spooled: none(), bare: none() }
  await loadOnce(load, ours, { ...orders.ours, seconds: 1 }, none())
  await loadOnce(load, spooled, { ...orders.spooled, seconds: 1 }, none())
  await loadOnce(load, bare, { ...orders.ours, seconds: 1 }, none())
  const before = await ours.ask<Served>({})
  for (let round = 0; round < rounds; round++) {
    await loadOnce(load, ours, { ...orders.ours, seconds }, figures.ours)
    await loadOnce(load, spooled, { ...orders.spooled, seconds }, figures.spooled)
    await loadOnce(load, bare, { ...orders.ours, seconds }, figures.bare)
  }
  const after = await ours.ask<Served>({})
  return toSection(figures, before.memory, after.memory)
}

function none(): Figures {
  return { rate: [], p99: [] }
}

async function loadOnce(load: Child, server: Child, order: Omit<LoadOrder, 'url'>, figures: Figures): Promise<void> {
  const { url } = await server.ask<Served>({})
  const result = await load.ask<LoadResult>({ ...order, url })
  figures.rate.push(result.requests / result.seconds)
  figures.p99.push(result.p99)
}

function toSection(figures: Record<'ours' | 'spooled' | 'bare', Figures>, before: number, after: number): Section {
  const { ours, spooled, bare } = figures
  const row = (name: string, { rate, p99 }: Figures): string[] => [
    name,
    formatCount(median(rate)),
    (median(p99) / 1000).toFixed(1),
    formatRatio(medianRatio(rate, bare.rate)),
  ]
  const mb = (bytes: number): string => formatCount(bytes / 2 ** 20)
  return {
    title: 'Clicks with a durable record',
    notes: [
      `GET /c/{token} of ${formatCount(contacts)} contacts in turn, ${connections} keep-alive connections from another process; each hit is synced to disk before its 302.`,
      'Reference: raw node:http in a process of its own that answers the same 302 and keeps nothing. Medians of alternating rounds.',
      `Store away: every hit goes to the spool. Memory of the server before and after: ${mb(before)} and ${mb(after)} MB.`,
    ],
    head: ['server', 'requests/s', 'p99 ms', 'ratio'],
    rows: [row('Contrail', ours), row('Contrail, store away', spooled), row('raw node:http', bare)],
    verdicts: [
      judge('clicks over raw node:http', medianRatio(ours.rate, bare.rate), { atLeast: 0.5 }),
      judge('clicks with the store away over raw node:http', medianRatio(spooled.rate, bare.rate), { atLeast: 0.5 }),
      judge('p99 of a click in ms', median(ours.p99) / 1000, { atMost: 25 }),
    ],
  }
}
