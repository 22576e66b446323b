// The web pages: how long the server takes for each, however large the store is. Asked inside the process, one at a time, so
// that it is the server's own time and no queue's.

import { openApp } from '../src/app.ts'
import type { App } from '../src/app.ts'
import { pick, seeded } from '../src/core/demo/random.ts'
import type { Random } from '../src/core/demo/random.ts'
import { openSession } from '../src/core/users/session.ts'
import { insertUser } from '../src/core/users/write-user.ts'
import { sql } from '../src/db/sql.ts'
import { openLog } from '../src/log.ts'
import { createFetch } from '../src/server.ts'
import { dirname } from 'node:path'
import { campaignIdAt, emailOf, heavyEvery, linkUrl } from './generate.ts'
import type { GeneratedEvent, Shape } from './generate.ts'
import { formatRatio, formatSize, percentile } from './measure.ts'
import { judge } from './report.ts'
import type { Section } from './report.ts'
import { accountId, configOf, storeWindow } from './store.ts'
import type { Store } from './store.ts'

/** A page is asked for so often, and a few times before. */
const rounds = 200
const warmUp = 20
const aimMs = 20
/** What one contact did that nobody would believe. */
const busyEvents = 50_000
const busyContact = 1
/** Behind the last event of the stores. */
const now = Date.UTC(2018, 0, 2)
const host = 'bench.test'

interface Place {
  name: string
  /** The address of the page the next time. */
  path: (random: Random, shape: Shape) => string
}

const usual = (random: Random, shape: Shape): number => 2 + Math.floor(random() * (shape.contacts - 2))
const heavy = (random: Random, shape: Shape): number => heavyEvery * (1 + Math.floor(random() * Math.floor(shape.contacts / heavyEvery))) // oxfmt-ignore
const campaign = (random: Random, shape: Shape): number => campaignIdAt(Math.floor(random() * shape.campaigns))
const dates = 'from=2017-01-01&until=2017-12-31'

const places: readonly Place[] = [
  { name: 'contact, a usual one', path: (random, shape) => `/contacts/${usual(random, shape)}` },
  { name: 'contact with 300 events', path: (random, shape) => `/contacts/${heavy(random, shape)}` },
  { name: `contact with ${formatSize(busyEvents)} events`, path: () => `/contacts/${busyContact}` },
  { name: '… people only, in a year', path: () => `/contacts/${busyContact}?who=people&${dates}` },
  { name: '… of a campaign', path: (random, shape) => `/contacts/${busyContact}?kind=click&campaign=${campaign(random, shape)}` }, // oxfmt-ignore
  { name: '… older events', path: () => `/contacts/${busyContact}/events?after=open-${Date.UTC(2017, 0, 1) * 2 ** 21}` }, // oxfmt-ignore
  { name: 'contacts', path: () => '/contacts' },
  { name: 'contacts who clicked in a month', path: () => '/contacts?did=clicked&when=30' },
  { name: 'contacts who were silent', path: () => '/contacts?did=silent&when=365' },
  { name: 'search, an address', path: (random, shape) => `/search?q=${emailOf(usual(random, shape)).slice(0, 10)}` },
  { name: 'search, a name', path: (random) => `/search?q=${pick(random, ['ada', 'ad', 'a'])}` },
  { name: 'names while typing', path: (random, shape) => `/search/names?q=reader${usual(random, shape)}` },
  { name: 'home', path: () => '/' },
  { name: 'campaigns', path: () => '/campaigns' },
  { name: 'campaign report', path: (random, shape) => `/campaigns/${campaign(random, shape)}` },
  { name: 'recipients who clicked', path: (random, shape) => `/campaigns/${campaign(random, shape)}/recipients?outcome=clicked` }, // oxfmt-ignore
  { name: 'recipients who did not open', path: (random, shape) => `/campaigns/${campaign(random, shape)}/recipients?outcome=not-opened` }, // oxfmt-ignore
  { name: 'outcomes by domain', path: () => '/deliverability' },
  { name: 'suppressions', path: () => '/deliverability/suppressions' },
]

interface Figures {
  p50: number
  p99: number
  /** Of the processor, on average: says the same on a machine that others use too. */
  cpu: number
  /** The first time, when nothing was remembered. */
  first: number
  bytes: number
}

export async function benchWeb(stores: readonly Store[]): Promise<Section> {
  const rows: string[][] = []
  const verdicts: string[] = []
  for (const store of stores) {
    const figures = await measureStore(store)
    const bare = figures.get(bareName)!
    for (const [name, { first, p50, p99, cpu, bytes }] of figures) {
      const isMet = p99 < aimMs
      rows.push([name, formatSize(store.shape.events), ...[first, p50, p99, cpu].map((ms) => ms.toFixed(2)), (bytes / 1000).toFixed(1), formatRatio(p50 / bare.p50), isMet ? 'yes' : 'NO']) // oxfmt-ignore
    }
    const slowest = [...figures].toSorted(([, a], [, b]) => b.p99 - a.p99)[0]!
    verdicts.push(judge(`the slowest page at ${formatSize(store.shape.events)}, ${slowest[0]} (p99, ms)`, slowest[1].p99, { atMost: aimMs })) // oxfmt-ignore
  }
  return {
    title: "Web pages, the server's time",
    notes: [
      `Each ${rounds} times, of contacts and campaigns drawn anew, one after the other inside the process, compressed; milliseconds.`,
      `Every third open and click is judged to be a machine's or a proxy's. One contact has ${formatSize(busyEvents)} events of its own.`,
      'Reference: an owner’s page that asks the store for its visitor and nothing else. "first" is the first time, before anything is remembered or in a cache.',
    ],
    head: ['page', 'events', 'first ms', 'p50 ms', 'p99 ms', 'CPU ms', 'kB sent', 'over bare', `< ${aimMs} ms`],
    rows,
    verdicts,
  }
}

const bareName = 'bare: a page without data'

async function measureStore(store: Store): Promise<Map<string, Figures>> {
  await using app = await openApp(configOf(dirname(store.path)), { log: openLog('silent'), now: () => now })
  await prepare(app, store.shape)
  const ask = await openVisitor(app)
  const found = new Map<string, Figures>()
  for (const { name, path } of [{ name: bareName, path: () => '/contacts/new' }, ...places])
    found.set(name, await measurePage(ask, (random) => path(random, store.shape)))
  return found
}

type Ask = (path: string) => Promise<number>

async function measurePage(ask: Ask, path: (random: Random) => string): Promise<Figures> {
  const random = seeded(7)
  const times: number[] = []
  let first = 0
  let used = process.cpuUsage()
  let bytes = 0
  for (let i = 0; i < warmUp + rounds; i++) {
    const address = path(random)
    if (i === warmUp) used = process.cpuUsage()
    const startedAt = performance.now()
    bytes = Math.max(bytes, await ask(address))
    const took = performance.now() - startedAt
    if (i === 0) first = took
    if (i >= warmUp) times.push(took)
  }
  const { user, system } = process.cpuUsage(used)
  const cpu = (user + system) / rounds / 1000
  return { cpu, p50: percentile(times, 50), p99: percentile(times, 99), first, bytes }
}

/** Gives the size of what is sent. */
async function openVisitor(app: App): Promise<Ask> {
  const fetch = createFetch(app)
  const cookie = await app.db.transaction(async (tx) => {
    const user = { email: 'owner@bench.test', name: 'Owner', role: 'owner' as const }
    const userId = await insertUser(tx, accountId, user, 'none', now)
    return openSession(tx, { accountId, userId }, 'bench', now)
  })
  const headers = { host, accept: 'text/html', 'accept-encoding': 'gzip', cookie: `contrail_session=${cookie}; contrail_zone=Europe%2FBerlin` } // oxfmt-ignore
  return async (path) => {
    const response = await fetch(new Request(`http://${host}${path}`, { headers }))
    const body = await response.arrayBuffer()
    // A search that finds one contact leads there.
    if (response.status !== 200 && response.status !== 303) throw new Error(`${path} was answered with ${response.status}`) // oxfmt-ignore
    return body.byteLength
  }
}

/** Verdicts, and the contact that did so much. */
async function prepare({ db }: App, shape: Shape): Promise<void> {
  await storeWindow(db, busyHistory(shape))
  const perStep = 20_000
  for (let id = 0; id <= shape.contacts; id += perStep)
    await db.transaction((tx) =>
      tx.run(sql`
        insert into verdict(contact_id, kind, event_id, account_id, campaign_id, link_no, verdict, reasons, rules_version, judged_at)
        select contact_id, kind, event_id, account_id, campaign_id, link_no,
          case when kind = 3 then 'proxy' else 'machine' end, 'soon_after_delivery', '1/1', 0
        from event where contact_id >= ${id} and contact_id < ${id + perStep} and kind in (3, 4) and event_id % 3 = 0`),
    )
}

function busyHistory(shape: Shape): GeneratedEvent[] {
  const random = seeded(11)
  const start = Date.UTC(2016, 0, 1)
  return Array.from({ length: busyEvents }, (_, i) => {
    const kind = pick(random, ['send', 'delivery', 'open', 'open', 'click'] as const)
    const campaignId = campaign(random, shape)
    const at = start + Math.floor((i * (now - 86_400_000 - start)) / busyEvents)
    const linkNo = 1 + (i % 5)
    return { kind, contactId: busyContact, campaignId, at, ...(kind === 'click' && { linkNo, url: linkUrl(campaignId, linkNo) }) } // oxfmt-ignore
  })
}
