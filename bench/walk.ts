// A client that reads the whole contacts collection of the 2008 wire, page by page: whether the last pages cost what the
// first did, and what memory it takes.

import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { mkdir } from 'node:fs/promises'
import { openApp } from '../src/app.ts'
import { openLog } from '../src/log.ts'
import { createFetch } from '../src/server.ts'
import { formatCount, formatRatio, formatSize, median } from './measure.ts'
import { judge } from './report.ts'
import type { Section } from './report.ts'
import { configOf, createStore, credentials } from './store.ts'

/** The walk is cut into so many stretches, of which the first and the last are compared. */
const stretches = 10

export async function benchWalk(folder: string, contacts: number): Promise<Section> {
  const dataDir = join(folder, 'walk')
  await mkdir(dataDir)
  await createStore(dataDir, { events: 0, contacts, campaigns: 0 })
  const ours = await walkOurs(dataDir, contacts)
  const bare = walkBare(dataDir, contacts)
  const row = (name: string, rates: number[]): string[] => [
    name,
    formatCount(median(rates)),
    formatCount(rates[0]!),
    formatCount(rates.at(-1)!),
    formatRatio(rates[0]! / rates.at(-1)!),
  ]
  const growth = ours.rates[0]! / ours.rates.at(-1)!
  const heap = ours.heaps.at(-1)! / ours.heaps[1]!
  return {
    title: 'The whole contacts collection (2008 wire)',
    notes: [
      `${formatSize(contacts)} contacts, 50 to a page, each page by the next link of the one before; pages/s in tenths of the walk.`,
      'Reference: the rows of the same pages by one prepared statement of bare node:sqlite. It renders nothing.',
      `Heap after collecting garbage, behind the second tenth and at the end: ${formatCount(ours.heaps[1]! / 2 ** 20)} and ${formatCount(ours.heaps.at(-1)! / 2 ** 20)} MB.`,
    ],
    head: ['', 'pages/s', 'first tenth', 'last tenth', 'first/last'],
    rows: [row('feed', ours.rates), row('bare rows', bare)],
    verdicts: [
      judge('the cost of a page in the last tenth over that in the first', growth, { atMost: 1.3 }),
      judge('the heap at the end over that behind the second tenth', heap, { atMost: 1.3 }),
    ],
  }
}

async function walkOurs(dataDir: string, contacts: number): Promise<{ rates: number[]; heaps: number[] }> {
  await using app = await openApp(configOf(dataDir), { log: openLog('silent') })
  const { key, username, password } = credentials
  const authorization = `Basic ${Buffer.from(`${key}%${username}:${password}`).toString('base64')}`
  const send = createFetch(app)
  const perStretch = Math.ceil(contacts / 50 / stretches)
  const rates: number[] = []
  const heaps: number[] = []
  let path: string | undefined = `/ws/customers/${username}/contacts`
  let seen = 0
  while (path !== undefined) {
    const startedAt = performance.now()
    let pages = 0
    for (; pages < perStretch && path !== undefined; pages++) {
      const request = new Request(`http://bench.test${path}`, { headers: { host: 'bench.test', authorization } })
      const text = await (await send(request)).text()
      seen += text.split('<entry>').length - 1
      path = /<link href="([^"]+)" rel="next"/.exec(text)?.[1]
    }
    rates.push((pages * 1000) / (performance.now() - startedAt))
    globalThis.gc?.()
    heaps.push(process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers)
  }
  if (seen !== contacts) throw new Error(`the walk saw ${seen} of ${contacts} contacts`)
  return { rates, heaps }
}

function walkBare(dataDir: string, contacts: number): number[] {
  using db = new DatabaseSync(join(dataDir, 'contrail.db'), { readOnly: true })
  const page = db.prepare(
    'select * from contact where account_id = 1 and contact_id < ? order by contact_id desc limit cast(? as integer)',
  )
  const perStretch = Math.ceil(contacts / 50 / stretches)
  const rates: number[] = []
  for (let before = contacts + 1; before > 1;) {
    const startedAt = performance.now()
    let pages = 0
    for (; pages < perStretch && before > 1; pages++)
      before = (page.all(before, 51) as { contact_id: number }[])[Math.min(49, before - 2)]!.contact_id
    rates.push((pages * 1000) / (performance.now() - startedAt))
  }
  return rates
}
