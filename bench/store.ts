// Stores of a given size, filled the way the import fills them. Used by page.ts, bytes.ts, record.ts and web.ts.

import { copyFile, mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { openApp } from '../src/app.ts'
import type { App } from '../src/app.ts'
import { readConfig } from '../src/config.ts'
import type { Config } from '../src/config.ts'
import { createAccount } from '../src/core/accounts/account.ts'
import { createApiKey } from '../src/core/accounts/api-key.ts'
import { importCampaign } from '../src/core/campaigns/campaign.ts'
import { findOrCreateLink } from '../src/core/campaigns/link.ts'
import { importContacts } from '../src/core/contacts/import-contacts.ts'
import { eventKinds } from '../src/core/events/event.ts'
import { record } from '../src/core/events/record.ts'
import type { Db } from '../src/db/db.ts'
import { openSqlite } from '../src/db/sqlite.ts'
import type { SqliteDb } from '../src/db/sqlite.ts'
import { openLog } from '../src/log.ts'
import { campaignIdAt, emailOf, generateEvents, linksPerCampaign, linkUrl, shapeOf, take } from './generate.ts'
import type { GeneratedEvent, Shape } from './generate.ts'

/** What src/main.ts gives a process that imports. */
export const bulk = { checkpointPages: 16_000, cacheBytes: 64 * 2 ** 20 }
/** What src/core/imports sorts and stores together. */
export const windowLines = 50_000
export const perTransaction = 10_000

export const credentials = { key: 'bench-key', username: 'joesflowers', password: 'bench' }
export const accountId = 1

export interface Store {
  shape: Shape
  path: string
  /** Size of the file in bytes without and with its events. */
  emptyBytes: number
  fullBytes: number
  /** What happens next: events that are not stored yet. */
  upcoming: Iterator<GeneratedEvent, never>
}

export function configOf(dataDir: string): Config {
  return readConfig({ dataDir, logLevel: 'silent', port: '0', rateLimit: '0' }, {})
}

/** An account with its contacts, campaigns and links, and no event; returns the path of the database. */
export async function createStore(dataDir: string, shape: Shape): Promise<string> {
  await using app = await openApp(configOf(dataDir), { log: openLog('silent'), sqlite: bulk })
  await fillApp(app, shape)
  return join(dataDir, 'contrail.db')
}

/** The same in a store that is open. */
export async function fillApp(app: App, shape: Shape): Promise<void> {
  const now = Date.now()
  await createAccount(app.db, credentials, now)
  await createApiKey(app.db, accountId, { name: 'bench', key: credentials.key }, now)
  await inTransactions(app.db, shape.campaigns, 1000, async (tx, i) => {
    const campaignId = campaignIdAt(i)
    await importCampaign(tx, accountId, { campaignId, name: `Newsletter number ${i + 1}` }, now)
    for (let no = 1; no <= linksPerCampaign; no++) await findOrCreateLink(tx, campaignId, linkUrl(campaignId, no))
  })
  for (let start = 0; start < shape.contacts; start += 10_000) {
    const ids = Array.from({ length: Math.min(10_000, shape.contacts - start) }, (_, i) => start + i + 1)
    const contacts = ids.map((contactId) => ({ contactId, email: emailOf(contactId), firstName: 'Ada' }))
    await app.db.transaction((tx) => importContacts(tx, accountId, contacts, now))
  }
}

type Tx = Parameters<Parameters<Db['transaction']>[0]>[0]

async function inTransactions(
  db: Db,
  count: number,
  size: number,
  store: (tx: Tx, i: number) => Promise<unknown>,
): Promise<void> {
  for (let start = 0; start < count; start += size) {
    await db.transaction(async (tx) => {
      for (let i = start; i < Math.min(count, start + size); i++) await store(tx, i)
    })
  }
}

/** A store with this many events; `more` are to come. */
export async function buildStore(folder: string, events: number, more: number): Promise<Store> {
  const dataDir = join(folder, `store-${events}`)
  await mkdir(dataDir)
  const shape = shapeOf(events, more)
  const path = await createStore(dataDir, shape)
  const emptyBytes = (await stat(path)).size
  const upcoming = generateEvents(shape)
  await using db = openSqlite(path, bulk)
  for (let done = 0; done < events; done += windowLines) {
    await storeWindow(db, take(upcoming, Math.min(windowLines, events - done)))
    showProgress(`filling a store of ${events} events`, done / events)
  }
  showProgress('', 1)
  checkpoint(db)
  return { shape, path, emptyBytes, fullBytes: (await stat(path)).size, upcoming }
}

/** Sorted as a whole, then in transactions of `size`, as core/imports/apply.ts does it. */
export async function storeWindow(db: Db, events: GeneratedEvent[], size = perTransaction): Promise<void> {
  await storeBatches(db, sortByKey(events), size)
}

export async function storeBatches(db: Db, events: readonly GeneratedEvent[], size: number): Promise<void> {
  const now = Date.now()
  for (let i = 0; i < events.length; i += size) {
    const part = events.slice(i, i + size).map((event) => ({ ...event, source: 'import' as const }))
    await db.transaction((tx) => record(tx, accountId, part, now))
  }
}

export function sortByKey(events: readonly GeneratedEvent[]): GeneratedEvent[] {
  return events.toSorted((a, b) => a.contactId - b.contactId || eventKinds[a.kind] - eventKinds[b.kind] || a.at - b.at)
}

/** Folds the log into the file, so that sizes and times count everything. */
export function checkpoint(db: Pick<SqliteDb, 'exec'>): void {
  db.exec('pragma wal_checkpoint(truncate)')
}

/** A copy in a folder of its own. The store must be closed. */
export async function copyStore(path: string, dataDir: string): Promise<string> {
  await mkdir(dataDir, { recursive: true })
  const target = join(dataDir, 'contrail.db')
  await copyFile(path, target)
  return target
}

export function showProgress(what: string, share: number): void {
  if (!process.stderr.isTTY) return
  process.stderr.write(share >= 1 ? '\r\x1b[2K' : `\r\x1b[2K${what}: ${Math.floor(share * 100)} %`)
}
