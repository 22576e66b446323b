// Bytes per event on disk, all indexes included, beside the same database packed as tightly as SQLite can.

import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { formatRatio, formatSize } from './measure.ts'
import { judge } from './report.ts'
import type { Section } from './report.ts'
import type { Store } from './store.ts'

export async function benchBytes(folder: string, stores: readonly Store[]): Promise<Section> {
  const rows: string[][] = []
  const verdicts: string[] = []
  for (const store of stores) {
    const { events } = store.shape
    const perEvent = (store.fullBytes - store.emptyBytes) / events
    const packed = ((await vacuumedSize(folder, store.path)) - store.emptyBytes) / events
    rows.push([formatSize(events), perEvent.toFixed(1), packed.toFixed(1), formatRatio(perEvent / packed)])
    if (store === stores.at(-1))
      verdicts.push(judge(`bytes per event at ${formatSize(events)} events`, perEvent, { atMost: 100 }))
  }
  return {
    title: 'Bytes per event on disk',
    notes: [
      'The file after wal_checkpoint(truncate), less the same database before its events, all indexes included.',
      'Reference: the same database after "vacuum into", with every page full.',
    ],
    head: ['events', 'bytes/event', 'packed', 'ratio'],
    rows,
    verdicts,
  }
}

async function vacuumedSize(folder: string, path: string): Promise<number> {
  const target = join(folder, 'packed.db')
  const db = new DatabaseSync(path)
  try {
    db.prepare('vacuum into ?').run(target)
  } finally {
    db.close()
  }
  const { size } = await stat(target)
  await rm(target)
  return size
}
