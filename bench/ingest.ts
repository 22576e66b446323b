// NDJSON over HTTP: events a second through POST /api/v1/events into a server of its own, beside record() of the same events
// in the same windows without a server, parsing or results.

import { mkdir, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { createApiKey } from '../src/core/accounts/api-key.ts'
import { openSqlite } from '../src/db/sqlite.ts'
import { startChild } from './child.ts'
import { generateEvents, shapeOf, take } from './generate.ts'
import type { GeneratedEvent } from './generate.ts'
import { formatCount, formatRatio, median, medianRatio, timed } from './measure.ts'
import { judge } from './report.ts'
import type { Section } from './report.ts'
import { accountId, bulk, checkpoint, copyStore, createStore, sortByKey, storeBatches } from './store.ts'

const rounds = 3
/** What core/imports/ingest.ts sorts and stores together. */
const windowLines = 5000

export async function benchIngest(folder: string, size: number): Promise<Section> {
  const shape = shapeOf(size)
  const template = await createStore(join(folder, 'ingest-template'), shape)
  const events = take(generateEvents(shape), size)
  const key = await addKey(template)
  const rates = { ours: [] as number[], bare: [] as number[] }
  for (let round = 0; round < rounds; round++) {
    const dir = join(folder, `ingest-${round}`)
    await mkdir(dir)
    const sides = [
      async () => rates.ours.push(size / (await throughServer(template, join(dir, 'ours'), key, events))),
      async () => rates.bare.push(size / (await recordAlone(template, join(dir, 'bare'), events))),
    ]
    // Each goes first every other time.
    for (const side of round % 2 === 0 ? sides : sides.toReversed()) await side()
    await rm(dir, { recursive: true })
  }
  return {
    title: 'Ingest of NDJSON over HTTP',
    notes: [
      `${formatCount(size)} events of known contacts and campaigns in one POST to /api/v1/events, a result for each, from another process.`,
      `Reference: record() alone, the same events in the same windows of ${formatCount(windowLines)}, sorted and committed each.`,
    ],
    head: ['', 'events/s'],
    rows: [
      ['POST /api/v1/events', formatCount(median(rates.ours))],
      ['record()', formatCount(median(rates.bare))],
      ['ratio', formatRatio(medianRatio(rates.ours, rates.bare))],
    ],
    verdicts: [judge('ingest over HTTP over record()', medianRatio(rates.ours, rates.bare), { atLeast: 0.6 })],
  }
}

async function addKey(path: string): Promise<string> {
  await using db = openSqlite(path, bulk)
  return (await createApiKey(db, accountId, { name: 'bearer' }, Date.now())).key
}

async function throughServer(
  template: string,
  dataDir: string,
  key: string,
  events: readonly GeneratedEvent[],
): Promise<number> {
  await copyStore(template, dataDir)
  await using server = startChild('http-ours.ts', dataDir)
  const { url } = await server.ask<{ url: string }>({})
  const parts: string[] = []
  for (let i = 0; i < events.length; i += 1000)
    parts.push(
      events
        .slice(i, i + 1000)
        .map(toLine)
        .join(''),
    )
  return await timed(() => send(`${url}/api/v1/events`, key, parts))
}

function toLine({ contactId, campaignId, at, linkNo: _no, ...rest }: GeneratedEvent): string {
  return `${JSON.stringify({ ...rest, contact: contactId, campaign: campaignId, at: new Date(at).toISOString() })}\n`
}

function send(url: string, key: string, parts: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/x-ndjson' }
    const outgoing = request(url, { method: 'POST', headers }, (answer) => {
      let tail = ''
      answer.on('data', (part: Buffer) => (tail = (tail + part.toString()).slice(-200)))
      answer.on('end', () => (tail.includes('"rejected":0}') ? resolve() : reject(new Error(`not taken in: ${tail}`))))
    })
    outgoing.on('error', reject)
    let next = 0
    const write = (): void => {
      while (next < parts.length) if (!outgoing.write(parts[next++])) return void outgoing.once('drain', write)
      outgoing.end()
    }
    write()
  })
}

async function recordAlone(template: string, dataDir: string, events: readonly GeneratedEvent[]): Promise<number> {
  await using db = openSqlite(await copyStore(template, dataDir), bulk)
  return await timed(async () => {
    for (let i = 0; i < events.length; i += windowLines)
      await storeBatches(db, sortByKey(events.slice(i, i + windowLines)), windowLines)
    checkpoint(db)
  })
}
