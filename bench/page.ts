// The history page inside the process: what listHistory costs, beside the bare statement, and how it grows with the store.

import { DatabaseSync } from 'node:sqlite'
import { pick, seeded } from '../src/core/demo/random.ts'
import { allKinds, eventKinds } from '../src/core/events/event.ts'
import type { EventKind } from '../src/core/events/event.ts'
import { listHistory } from '../src/core/events/history.ts'
import { openSqlite } from '../src/db/sqlite.ts'
import { heavyEvery } from './generate.ts'
import { formatRatio, formatSize, median, medianRatio, percentile } from './measure.ts'
import { judge } from './report.ts'
import type { Section } from './report.ts'
import { accountId } from './store.ts'
import type { Store } from './store.ts'

const limit = 50
const rounds = 9
const callsPerRound = 1000
const cacheBytes = 64 * 2 ** 20
const pages: readonly { name: string; kinds: readonly EventKind[] }[] = [
  { name: 'sends', kinds: ['send'] },
  { name: 'all kinds', kinds: allKinds },
]

interface Figures {
  p50: number[]
  p99: number[]
}

export async function benchPage(stores: readonly Store[]): Promise<Section> {
  const rows: string[][] = []
  const verdicts: string[] = []
  for (const { name, kinds } of pages) {
    const measured = await measureStores(stores, kinds)
    const smallest = measured[0]!.ours
    stores.forEach(({ shape }, i) => {
      const { ours, bare } = measured[i]!
      const growth = medianRatio(ours.p50, smallest.p50)
      rows.push([
        name,
        formatSize(shape.events),
        ...[ours, bare].flatMap(({ p50, p99 }) => [median(p50).toFixed(0), median(p99).toFixed(0)]),
        formatRatio(medianRatio(bare.p50, ours.p50)),
        formatRatio(growth),
        formatRatio(medianRatio(ours.p99, smallest.p99)),
      ])
      if (i > 0 && i === stores.length - 1)
        verdicts.push(
          judge(
            `the page of ${name} at ${formatSize(shape.events)} over that at ${formatSize(stores[0]!.shape.events)} (p50)`,
            growth,
            { atMost: 1.5 },
          ),
        )
    })
  }
  return {
    title: 'History page inside the process',
    notes: [
      `listHistory, ${limit} rows, of a random contact among those with that many; microseconds; warm.`,
      'Reference: the same rows of the ledger by one prepared statement of bare node:sqlite, without names and links.',
      'Ratio is bare/ours at p50; growth is against the smallest store of the run.',
    ],
    head: ['page', 'events', 'p50 µs', 'p99 µs', 'bare p50', 'bare p99', 'ratio', 'growth p50', 'growth p99'],
    rows,
    verdicts,
  }
}

async function measureStores(
  stores: readonly Store[],
  kinds: readonly EventKind[],
): Promise<{ ours: Figures; bare: Figures }[]> {
  await using stack = new AsyncDisposableStack()
  const sides = stores.map(({ path, shape }) => {
    const db = stack.use(openSqlite(path, { cacheBytes }))
    const bare = new DatabaseSync(path, { readOnly: true })
    stack.defer(() => bare.close())
    bare.exec(`pragma cache_size = -${cacheBytes / 1024}`)
    const statement = bare.prepare(bareText(kinds))
    const heavy = Array.from({ length: Math.floor(shape.contacts / heavyEvery) }, (_, i) => heavyEvery * (i + 1))
    return {
      heavy,
      ours: (contactId: number): unknown => listHistory(db, accountId, { contactId, kinds, limit }),
      bare: (contactId: number): unknown => statement.all(...kinds.flatMap((kind) => [contactId, eventKinds[kind]])),
      figures: { ours: noFigures(), bare: noFigures() },
    }
  })
  // The first round warms up.
  for (let round = 0; round <= rounds; round++) {
    for (const side of sides) {
      for (const which of ['ours', 'bare'] as const) {
        const times = await callTimes(side[which], side.heavy, round)
        if (round === 0) continue
        side.figures[which].p50.push(percentile(times, 50))
        side.figures[which].p99.push(percentile(times, 99))
      }
    }
  }
  return sides.map((side) => side.figures)
}

function noFigures(): Figures {
  return { p50: [], p99: [] }
}

async function callTimes(
  call: (contactId: number) => unknown,
  contacts: readonly number[],
  seed: number,
): Promise<number[]> {
  const random = seeded(seed)
  const times: number[] = []
  for (let i = 0; i < callsPerRound; i++) {
    const contactId = pick(random, contacts)
    const startedAt = performance.now()
    await call(contactId)
    times.push((performance.now() - startedAt) * 1000)
  }
  return times
}

function bareText(kinds: readonly EventKind[]): string {
  const arm = `select event_id, kind, campaign_id, recorded_at, link_no, details from event
    where contact_id = ? and kind = ? order by event_id desc limit ${limit + 1}`
  if (kinds.length === 1) return arm
  const arms = kinds.map(() => `select * from (${arm})`).join(' union all ')
  return `select * from (${arms}) order by event_id desc limit ${limit + 1}`
}
