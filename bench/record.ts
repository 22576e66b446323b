// Bulk record(): events a second through the only way into the ledger, beside the bare insert of the same rows.

import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { openSqlite } from '../src/db/sqlite.ts'
import { BareStore, toRow } from './bare.ts'
import { generateEvents, shapeOf, take } from './generate.ts'
import type { GeneratedEvent } from './generate.ts'
import { formatCount, formatRatio, formatSize, median, medianRatio, timed } from './measure.ts'
import { judge } from './report.ts'
import type { Section } from './report.ts'
import {
  bulk,
  checkpoint,
  copyStore,
  createStore,
  perTransaction,
  sortByKey,
  storeBatches,
  windowLines,
} from './store.ts'
import type { Store } from './store.ts'

const rounds = 3

interface Variant {
  name: string
  /** Events a round. */
  events: number
  /** Events sorted together, before they are cut into transactions. */
  sorted: number
  perTransaction: number
}

const asImport = { name: 'as the import', events: 2 * windowLines, sorted: windowLines, perTransaction }
const variants: Variant[] = [
  asImport,
  { name: 'sorted within 10 000 only', events: windowLines / 2, sorted: 10_000, perTransaction: 10_000 },
  { name: 'sorted within 500, small batches', events: windowLines / 5, sorted: 500, perTransaction: 500 },
]

/** How many events this benchmark adds to the store it is given. */
export const recordedOnTop = rounds * variants.reduce((sum, variant) => sum + variant.events, 0)

interface Rates {
  ours: number[]
  bare: number[]
}

export async function benchRecord(folder: string, store: Store): Promise<Section> {
  const empty = await onEmpty(folder, store.shape.events)
  const copyDir = join(folder, 'record-bare')
  const barePath = await copyStore(store.path, copyDir)
  const onTop: Rates[] = []
  for (const variant of variants) onTop.push(await onStore(store.path, barePath, variant, store.upcoming))
  await rm(copyDir, { recursive: true })
  const size = formatSize(store.shape.events)
  const first = onTop[0]!
  return {
    title: 'Bulk record()',
    notes: [
      `As the import: windows of ${formatCount(windowLines)} events sorted by contact, kind and time, transactions of ${formatCount(perTransaction)}.`,
      'Reference: the bare node:sqlite insert of the same rows, same schema, pragmas, batches and order, prepared, in a file of its own.',
      'Times include folding the log into the file. "Of first" is against the import\'s way on the empty store.',
    ],
    head: ['variant', 'on top of', 'record()/s', 'bare/s', 'ratio', 'of first', 'bare of first'],
    rows: [
      row(asImport.name, 'empty store', empty, empty),
      ...variants.map((variant, i) => row(variant.name, `${size} events`, onTop[i]!, empty)),
    ],
    verdicts: [
      judge('record() over the bare insert, empty store,', medianRatio(empty.ours, empty.bare), { atLeast: 0.5 }),
      judge(`record() over the bare insert, on ${size} events,`, medianRatio(first.ours, first.bare), { atLeast: 0.5 }),
    ],
  }
}

function row(name: string, on: string, { ours, bare }: Rates, first: Rates): string[] {
  return [
    name,
    on,
    formatCount(median(ours)),
    formatCount(median(bare)),
    formatRatio(medianRatio(ours, bare)),
    formatRatio(median(ours) / median(first.ours)),
    formatRatio(median(bare) / median(first.bare)),
  ]
}

async function onEmpty(folder: string, events: number): Promise<Rates> {
  const shape = shapeOf(events)
  const template = await createStore(join(folder, 'record-template'), shape)
  const upcoming = generateEvents(shape, 7)
  const rates: Rates = { ours: [], bare: [] }
  for (let round = 0; round < rounds; round++) {
    const dir = join(folder, `record-empty-${round}`)
    const ours = await copyStore(template, join(dir, 'ours'))
    const bare = await copyStore(template, join(dir, 'bare'))
    const result = await onStore(ours, bare, asImport, upcoming, 1)
    rates.ours.push(...result.ours)
    rates.bare.push(...result.bare)
    await rm(dir, { recursive: true })
  }
  return rates
}

async function onStore(
  path: string,
  barePath: string,
  variant: Variant,
  upcoming: Iterator<GeneratedEvent, never>,
  count = rounds,
): Promise<Rates> {
  await using db = openSqlite(path, bulk)
  using bare = new BareStore(barePath)
  const rates: Rates = { ours: [], bare: [] }
  for (let round = 0; round < count; round++) {
    const windows = inSortedWindows(take(upcoming, variant.events), variant.sorted)
    const now = Date.now()
    const rows = windows.map((window) => window.map((event) => toRow(event, now)))
    const ours = async (): Promise<void> => {
      const seconds = await timed(async () => {
        for (const window of windows) await storeBatches(db, window, variant.perTransaction)
        checkpoint(db)
      })
      rates.ours.push(variant.events / seconds)
    }
    const reference = async (): Promise<void> => {
      const seconds = await timed(() => {
        for (const window of rows) bare.insertAll(window, variant.perTransaction)
        checkpoint(bare)
      })
      rates.bare.push(variant.events / seconds)
    }
    // Each goes first every other time.
    for (const side of round % 2 === 0 ? [ours, reference] : [reference, ours]) await side()
  }
  return rates
}

function inSortedWindows(events: readonly GeneratedEvent[], size: number): GeneratedEvent[][] {
  const windows: GeneratedEvent[][] = []
  for (let i = 0; i < events.length; i += size) windows.push(sortByKey(events.slice(i, i + size)))
  return windows
}
