// A bulk activity of the 2008 wire, from the form that is posted to COMPLETE, beside the bare inserts of its contacts.

import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openApp } from '../src/app.ts'
import type { App } from '../src/app.ts'
import { jobKinds } from '../src/core/jobs/job-kinds.ts'
import { runNextJob } from '../src/core/jobs/run-jobs.ts'
import { findOrCreateList } from '../src/core/lists/write-list.ts'
import { openLog } from '../src/log.ts'
import { createFetch } from '../src/server.ts'
import { formatCount, formatRatio, median, medianRatio, timed } from './measure.ts'
import { judge } from './report.ts'
import type { Section } from './report.ts'
import { accountId, configOf, createStore, credentials } from './store.ts'

const rows = 100_000
const rounds = 3
/** As an activity does it. */
const perTransaction = 500

export async function benchActivity(folder: string): Promise<Section> {
  const figures = { ours: [] as number[], bare: [] as number[] }
  const people = Array.from({ length: rows }, (_, i) => [
    `person${(i * 7919) % 1_000_003}@example.com`,
    `First${i}`,
    'Last',
  ])
  const data = ['Email Address,First Name,Last Name', ...people.map((cells) => cells.join(','))].join('\r\n')
  for (let round = 0; round < rounds; round++) {
    figures.ours.push(rows / (await runOurs(join(folder, `activity-${round}`), data)))
    figures.bare.push(rows / (await runBare(join(folder, `activity-bare-${round}`), people)))
  }
  const ratio = medianRatio(figures.ours, figures.bare)
  return {
    title: 'Bulk activity (2008 wire)',
    notes: [
      `${formatCount(rows)} new contacts with names, onto one list: from the urlencoded form of ${formatCount(data.length)} bytes to COMPLETE.`,
      `Reference: the bare node:sqlite inserts of the same rows (contact, its address, its membership), same schema and transactions of ${perTransaction}.`,
    ],
    head: ['', 'contacts/s'],
    rows: [
      ['activity', formatCount(median(figures.ours))],
      ['bare inserts', formatCount(median(figures.bare))],
      ['ratio', formatRatio(ratio)],
    ],
    verdicts: [judge('an activity over the bare inserts', ratio, { atLeast: 0.5 })],
  }
}

async function openStore(dataDir: string): Promise<App> {
  await mkdir(dataDir)
  await createStore(dataDir, { events: 0, contacts: 0, campaigns: 0 })
  const app = await openApp(configOf(dataDir), { log: openLog('silent') })
  await app.db.transaction((tx) => findOrCreateList(tx, accountId, 'General Interest', app.now()))
  return app
}

async function runOurs(dataDir: string, data: string): Promise<number> {
  await using app = await openStore(dataDir)
  const { key, username, password } = credentials
  const headers = {
    host: 'bench.test',
    authorization: `Basic ${Buffer.from(`${key}%${username}:${password}`).toString('base64')}`,
  }
  const url = `http://bench.test/ws/customers/${username}/activities`
  const lists = `http://bench.test/ws/customers/${username}/lists/1`
  const body = new URLSearchParams({ activityType: 'SV_ADD', data, lists }).toString()
  const send = createFetch(app)
  await send(new Request(url, { headers }))
  return await timed(async () => {
    const request = {
      method: 'POST',
      body,
      headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
    }
    const answer = await send(new Request(url, request))
    if (answer.status !== 201) throw new Error(await answer.text())
    const { pathname } = new URL(answer.headers.get('location')!)
    while (await runNextJob(app, jobKinds, new AbortController().signal));
    const seen = await (await send(new Request(`http://bench.test${pathname}`, { headers }))).text()
    if (!seen.includes('COMPLETE') || !seen.includes(`<TransactionCount>${rows}<`)) throw new Error(seen)
  })
}

async function runBare(dataDir: string, people: readonly string[][]): Promise<number> {
  await (await openStore(dataDir))[Symbol.asyncDispose]()
  using db = new DatabaseSync(join(dataDir, 'contrail.db'))
  db.exec('pragma journal_mode = wal; pragma synchronous = full; pragma cache_size = -65536')
  const insertContact = db.prepare(`insert into contact values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const insertEmail = db.prepare('insert into contact_email values (?, ?, ?)')
  const insertMembership = db.prepare('insert into membership values (?, ?, ?, ?, ?)')
  const now = Date.now()
  return await timed(() => {
    for (let start = 0; start < people.length; start += perTransaction) {
      db.exec('begin immediate')
      for (let id = start + 1; id <= Math.min(people.length, start + perTransaction); id++) {
        const [email, first, last] = people[id - 1] as [string, string, string]
        const optIn = [now, 'customer', null, null, null, now, now, null, 'full'] as const
        insertContact.run(id, accountId, email, 'active', 'html', first, last, 0, ...optIn)
        insertEmail.run(email, accountId, id)
        insertMembership.run(id, 1, accountId, now, 'customer')
      }
      db.exec('commit')
    }
  })
}
