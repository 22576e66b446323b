// Both engines in one run: what a page, a look-up and record() cost on SQLite and on PostgreSQL, each beside the very same
// statements by its driver alone, and how that grows with the store.

import { seeded } from '../src/core/demo/random.ts'
import { findContactByEmail } from '../src/core/contacts/contact.ts'
import { listCampaignHistory } from '../src/core/events/campaign-history.ts'
import { allKinds } from '../src/core/events/event.ts'
import { listFeed } from '../src/core/events/feed.ts'
import { listHistory } from '../src/core/events/history.ts'
import type { Db } from '../src/db/db.ts'
import { sql } from '../src/db/sql.ts'
import type { Sql } from '../src/db/sql.ts'
import { startEmbeddedPostgres } from '../test/postgres-server.ts'
import { toRow } from './bare.ts'
import { openPostgresSide, openSqliteSide } from './engine-side.ts'
import type { EngineSide } from './engine-side.ts'
import { campaignIdAt, emailOf, generateEvents, heavyEvery, shapeOf, take } from './generate.ts'
import type { GeneratedEvent, Shape } from './generate.ts'
import { formatCount, formatRatio, formatSize, median, medianRatio, percentile, timed } from './measure.ts'
import { judge } from './report.ts'
import type { Section } from './report.ts'
import { accountId, perTransaction, showProgress, sortByKey, storeWindow, windowLines } from './store.ts'

const samples = 200
const rounds = 7
const recordRounds = 5
/** A server as an operator would set one up; durable. */
const settings = ['shared_buffers=1GB', 'max_wal_size=4GB', 'jit=off', 'random_page_cost=1.1']

interface Question {
  name: string
  /** At least this much of the bare driver's speed; undefined where there is no aim. */
  aim?: number
  ask(db: Db, shape: Shape, random: () => number): Promise<unknown>
}

const heavy = (shape: Shape, random: () => number): number =>
  heavyEvery * (1 + Math.floor(random() * Math.floor(shape.contacts / heavyEvery)))
const campaign = (shape: Shape, random: () => number): number =>
  campaignIdAt(Math.floor(random() * (shape.events / Math.max(8333, shape.events / 100))))

const questions: readonly Question[] = [
  {
    name: 'history, one kind',
    aim: 0.8,
    ask: (db, shape, random) =>
      listHistory(db, accountId, { contactId: heavy(shape, random), kinds: ['send'], limit: 50 }),
  },
  {
    name: 'history, all kinds',
    aim: 0.8,
    ask: (db, shape, random) =>
      listHistory(db, accountId, { contactId: heavy(shape, random), kinds: allKinds, limit: 50 }),
  },
  {
    name: 'campaign page',
    ask: (db, shape, random) =>
      listCampaignHistory(db, accountId, { campaignId: campaign(shape, random), kinds: ['open'], limit: 50 }),
  },
  {
    name: 'e-mail look-up',
    ask: (db, shape, random) => findContactByEmail(db, accountId, emailOf(1 + Math.floor(random() * shape.contacts))),
  },
]

/** The statements that one call runs. */
async function statementsOf(db: Db, call: (db: Db) => Promise<unknown>): Promise<Sql[]> {
  const seen: Sql[] = []
  const note = (query: Sql): Sql => {
    seen.push(query)
    return query
  }
  await call({
    all: (query) => db.all(note(query)),
    one: (query) => db.one(note(query)),
    tuples: (query) => db.tuples(note(query)),
    version: () => undefined,
    transaction: (work) => db.transaction(work),
    oldestBegunAt: () => db.oldestBegunAt(),
    examine: (isFull) => db.examine(isFull),
    [Symbol.asyncDispose]: () => db[Symbol.asyncDispose](),
  })
  return seen
}

interface Figures {
  ours: number[]
  bare: number[]
}

interface Measured {
  engine: string
  events: number
  pages: { question: Question; figures: Figures }[]
  record: Figures
  bytes: number
}

export async function benchEngines(folder: string, sizes: readonly number[]): Promise<Section[]> {
  const given = process.env['CONTRAIL_BENCH_POSTGRES_URL']
  const server = given
    ? { url: (name: string) => Object.assign(new URL(given), { pathname: `/${name}` }).href, stop: async () => {} }
    : await startEmbeddedPostgres(settings)
  const measured: Measured[] = []
  try {
    for (const events of sizes) {
      const shape = shapeOf(events, recordRounds * 4 * perTransaction)
      for (const open of [openSqliteSide, (dir: string, of: Shape) => openPostgresSide(dir, server, of)]) {
        await using side = await open(folder, shape)
        measured.push(await measure(side, shape))
      }
    }
  } finally {
    await server.stop()
  }
  return [toPages(measured), toRecord(measured)]
}

async function measure(side: EngineSide, shape: Shape): Promise<Measured> {
  const empty = await side.size()
  const upcoming = generateEvents(shape)
  const { db } = side.app
  for (let done = 0; done < shape.events; done += windowLines) {
    await storeWindow(db, take(upcoming, Math.min(windowLines, shape.events - done)))
    showProgress(`${side.name}: filling a store of ${shape.events} events`, done / shape.events)
  }
  showProgress('', 1)
  const bytes = ((await side.size()) - empty) / shape.events
  const pages = []
  for (const question of questions) pages.push({ question, figures: await measurePages(side, shape, question) })
  pages.push({ question: feedQuestion, figures: await measurePages(side, shape, await feedOf(db)) })
  return { engine: side.name, events: shape.events, pages, record: await measureRecord(side, upcoming), bytes }
}

// Positions all over the feed, so that it is read from anywhere.
const feedQuestion: Question = { name: 'feed page', ask: () => Promise.resolve() }

async function feedOf(db: Db): Promise<Question> {
  const bounds = await db.one<{ first: number; last: number }>(
    sql`select min(recorded_at) as first, max(recorded_at) as last from event where account_id = ${accountId}`,
  )
  const { first, last } = bounds!
  return {
    name: feedQuestion.name,
    ask: (reader, _shape, random) => {
      const recordedAt = first + Math.floor(random() * (last - first))
      const after = { recordedAt, contactId: 0, eventId: 0, kind: 'send' as const }
      return listFeed(reader, accountId, { after, limit: 50, now: last + 60_000 })
    },
  }
}

async function measurePages(side: EngineSide, shape: Shape, question: Question): Promise<Figures> {
  const { db } = side.app
  const figures: Figures = { ours: [], bare: [] }
  // The first round warms up.
  for (let round = 0; round <= rounds; round++) {
    const statements: Sql[][] = []
    const random = seeded(round)
    for (let i = 0; i < samples; i++)
      statements.push(await statementsOf(db, (reader) => question.ask(reader, shape, random)))
    const again = seeded(round)
    const ours = await times(samples, () => question.ask(db, shape, again))
    const bare = await times(samples, async (i) => {
      for (const statement of statements[i]!) await side.ask(statement)
    })
    if (round === 0) continue
    figures.ours.push(percentile(ours, 50))
    figures.bare.push(percentile(bare, 50))
  }
  return figures
}

async function times(count: number, call: (i: number) => Promise<unknown>): Promise<number[]> {
  const taken: number[] = []
  for (let i = 0; i < count; i++) {
    const startedAt = performance.now()
    await call(i)
    taken.push((performance.now() - startedAt) * 1000)
  }
  return taken
}

async function measureRecord(side: EngineSide, upcoming: Iterator<GeneratedEvent, never>): Promise<Figures> {
  const figures: Figures = { ours: [], bare: [] }
  const count = 2 * perTransaction
  for (let round = 0; round < recordRounds; round++) {
    const ours = async (): Promise<void> => {
      const events = take(upcoming, count)
      figures.ours.push(count / (await timed(() => storeWindow(side.app.db, events))))
    }
    const bare = async (): Promise<void> => {
      const now = Date.now()
      const rows = sortByKey(take(upcoming, count)).map((event) => toRow(event, now))
      const insert = async (): Promise<void> => {
        for (let i = 0; i < count; i += perTransaction) await side.insert(rows.slice(i, i + perTransaction))
      }
      figures.bare.push(count / (await timed(insert)))
    }
    for (const work of round % 2 === 0 ? [ours, bare] : [bare, ours]) await work()
  }
  return figures
}

function toPages(measured: readonly Measured[]): Section {
  const rows: string[][] = []
  const verdicts: string[] = []
  for (const { engine, events, pages } of measured) {
    const smallest = measured.find((other) => other.engine === engine)!
    pages.forEach(({ question, figures }, i) => {
      const ratio = medianRatio(figures.bare, figures.ours)
      const growth = median(figures.ours) / median(smallest.pages[i]!.figures.ours)
      rows.push([
        `${engine}, ${question.name}`,
        formatSize(events),
        median(figures.ours).toFixed(0),
        median(figures.bare).toFixed(0),
        formatRatio(ratio),
        formatRatio(growth),
      ])
      if (question.aim !== undefined && events === measured.at(-1)!.events)
        verdicts.push(judge(`${question.name} on ${engine}, bare over ours,`, ratio, { atLeast: question.aim }))
    })
  }
  return {
    title: 'Both engines: pages and look-ups',
    notes: [
      `${samples} random calls a round, one after the other; p50 in microseconds, medians of ${rounds} rounds; warm.`,
      'Reference: the very same statements with the same values by the driver alone (node:sqlite, pg), rows as arrays or objects as it gives them.',
      'PostgreSQL is a server on the same machine over loopback, with fsync. Growth is against the smallest store of the run.',
    ],
    head: ['page of 50', 'events', 'ours', 'bare', 'bare/ours', 'growth'],
    rows,
    verdicts,
  }
}

function toRecord(measured: readonly Measured[]): Section {
  const last = measured.filter(({ events }) => events === measured.at(-1)!.events)
  return {
    title: 'Both engines: record() and bytes',
    notes: [
      `record() as the import does it, transactions of ${formatCount(perTransaction)} events, onto the store named.`,
      'Reference: the bare insert of such rows in the same order and transactions; on PostgreSQL 512 rows a statement.',
      'Bytes: the whole database, less the same before its events, all indexes included.',
    ],
    head: ['engine', 'on top of', 'record()/s', 'bare/s', 'ratio', 'bytes/event'],
    rows: measured.map(({ engine, events, record, bytes }) => [
      engine,
      formatSize(events),
      formatCount(median(record.ours)),
      formatCount(median(record.bare)),
      formatRatio(medianRatio(record.ours, record.bare)),
      bytes.toFixed(1),
    ]),
    verdicts: last.map(({ engine, record }) =>
      judge(`record() over the bare insert on ${engine}`, medianRatio(record.ours, record.bare), { atLeast: 0.8 }),
    ),
  }
}
