// The history page over HTTP, the 2008 wire and JSON: requests a second beside raw node:http that answers the same bytes.

import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createApiKey } from '../src/core/accounts/api-key.ts'
import { openSqlite } from '../src/db/sqlite.ts'
import { startChild } from './child.ts'
import type { Child } from './child.ts'
import { campaignIdAt, linksPerCampaign, linkUrl } from './generate.ts'
import type { GeneratedEvent } from './generate.ts'
import type { LoadOrder, LoadResult } from './http-load.ts'
import { formatCount, formatRatio, median, medianRatio } from './measure.ts'
import { judge } from './report.ts'
import type { Section } from './report.ts'
import { accountId, bulk, createStore, credentials, storeWindow } from './store.ts'

const contacts = 500
const clicksPerContact = 80
const campaigns = 20
const connections = 16
const rounds = 5
const warmUpSeconds = 1.5

interface Figures {
  rate: number[]
  p50: number[]
  p99: number[]
  /** CPU time of the server for one request, microseconds. */
  cpu: number[]
  busy: number[]
}

interface Served {
  url: string
  cpu: number
  bytes?: number
}

interface Wire {
  name: string
  paths: string[]
  authorization: string
  /** Stands once in each event of an answer. */
  entry: string
  /** Further headers with which nothing is answered from memory. */
  anew: string
}

/** A section for each wire. */
export async function benchHttp(folder: string, seconds: number): Promise<Section[]> {
  const dataDir = join(folder, 'http')
  const bearer = await fillStore(dataDir)
  const { key, username, password } = credentials
  const pathsOf = (path: (id: number) => string): string[] => Array.from({ length: contacts }, (_, i) => path(i + 1))
  const wires: Wire[] = [
    {
      name: '2008 wire',
      paths: pathsOf((id) => `/ws/customers/${username}/contacts/${id}/events/clicks`),
      authorization: `Basic ${Buffer.from(`${key}%${username}:${password}`).toString('base64')}`,
      entry: '<entry>',
      anew: '',
    },
    {
      name: 'JSON',
      paths: pathsOf((id) => `/api/v1/contacts/${id}/events?kind=click`),
      authorization: `Bearer ${bearer}`,
      entry: '"kind":',
      anew: 'If-None-Match: "none"\r\n',
    },
  ]
  const sections: Section[] = []
  for (const wire of wires) sections.push(await benchWire(dataDir, seconds, wire))
  return sections
}

async function benchWire(dataDir: string, seconds: number, wire: Wire): Promise<Section> {
  await using ours = startChild('http-ours.ts', dataDir)
  await using anew = startChild('http-ours.ts', dataDir, 'anew')
  await using bare = startChild('http-bare.ts')
  await using load = startChild('http-load.ts')
  const { paths, authorization, entry } = wire
  const { url } = await ours.ask<Served>({})
  const { bytes } = await bare.ask<Served>({ fetchFrom: { url, paths, authorization, entry } })
  const order = { paths, authorization, connections }
  const orderAnew = { ...order, headers: wire.anew }
  const figures = { ours: noFigures(), anew: noFigures(), bare: noFigures() }
  for (const child of [ours, anew, bare]) await loadOnce(load, child, { ...order, seconds: warmUpSeconds }, noFigures())
  for (let round = 0; round < rounds; round++) {
    await loadOnce(load, ours, { ...order, seconds }, figures.ours)
    await loadOnce(load, anew, { ...orderAnew, seconds }, figures.anew)
    await loadOnce(load, bare, { ...order, seconds }, figures.bare)
  }
  return toSection(wire, figures, bytes!)
}

/** Returns a key that works alone. */
async function fillStore(dataDir: string): Promise<string> {
  await mkdir(dataDir)
  const path = await createStore(dataDir, { events: 0, contacts, campaigns })
  await using db = openSqlite(path, bulk)
  const clicks: GeneratedEvent[] = []
  for (let i = 0; i < contacts * clicksPerContact; i++) {
    const contactId = 1 + (i % contacts)
    const campaignId = campaignIdAt((i + contactId) % campaigns)
    const linkNo = 1 + (Math.floor(i / contacts) % linksPerCampaign)
    const at = Date.UTC(2020, 0, 1) + i * 997
    clicks.push({ kind: 'click', contactId, campaignId, at, linkNo, url: linkUrl(campaignId, linkNo) })
  }
  await storeWindow(db, clicks)
  return (await createApiKey(db, accountId, { name: 'bearer' }, Date.now())).key
}

async function loadOnce(load: Child, server: Child, order: Omit<LoadOrder, 'url'>, figures: Figures): Promise<void> {
  const before = await server.ask<Served>({})
  const result = await load.ask<LoadResult>({ ...order, url: before.url })
  const after = await server.ask<Served>({})
  figures.rate.push(result.requests / result.seconds)
  figures.p50.push(result.p50)
  figures.p99.push(result.p99)
  figures.cpu.push((after.cpu - before.cpu) / result.requests)
  figures.busy.push(result.busy)
}

function noFigures(): Figures {
  return { rate: [], p50: [], p99: [], cpu: [], busy: [] }
}

type Name = 'ours' | 'anew' | 'bare'

function toSection({ name: wire }: Wire, figures: Record<Name, Figures>, bytes: number): Section {
  const { ours, anew, bare } = figures
  const row = (name: string, { rate, p50, p99, cpu, busy }: Figures): string[] => [
    name,
    formatCount(median(rate)),
    (median(p50) / 1000).toFixed(2),
    (median(p99) / 1000).toFixed(2),
    formatCount(median(cpu)),
    `${Math.round(median(busy) * 100)} %`,
  ]
  const ratios = (name: string, of: Figures): string[] => [
    name,
    formatRatio(medianRatio(of.rate, bare.rate)),
    formatRatio(medianRatio(bare.p50, of.p50)),
    formatRatio(medianRatio(bare.p99, of.p99)),
    formatRatio(medianRatio(bare.cpu, of.cpu)),
    '',
  ]
  return {
    title: `History page over HTTP (${wire})`,
    notes: [
      `First page of 50 clicks (${formatCount(bytes)} bytes) of ${contacts} contacts in turn, ${connections} keep-alive connections from another process.`,
      `Reference: raw node:http in a process of its own that answers the very same bytes. Medians of ${rounds} alternating rounds.`,
      'Unchanged: nothing is written meanwhile, so a page asked for again is answered from memory. Anew: each page is queried and rendered.',
    ],
    head: ['server', 'requests/s', 'p50 ms', 'p99 ms', 'server CPU µs/request', 'load process busy'],
    rows: [
      row('Contrail, store unchanged', ours),
      row('Contrail, each page anew', anew),
      row('raw node:http', bare),
      ratios('ratio, unchanged', ours),
      ratios('ratio, anew', anew),
    ],
    verdicts: [
      judge(`the page over HTTP (${wire}), store unchanged, over raw node:http,`, medianRatio(ours.rate, bare.rate), {
        atLeast: 0.6,
      }),
      judge(`the page over HTTP (${wire}), made anew, over raw node:http,`, medianRatio(anew.rate, bare.rate), {
        atLeast: 0.6,
      }),
    ],
  }
}
