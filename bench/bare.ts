// The physical reference for storing events: node:sqlite alone, one prepared insert, rows made beforehand.
// The file is a copy of one of ours, so schema and page size are the same; the pragmas are those of db/sqlite.ts.

import { DatabaseSync } from 'node:sqlite'
import type { StatementSync } from 'node:sqlite'
import { packDetails } from '../src/core/events/details.ts'
import { eventIdAt, eventKinds, eventSources } from '../src/core/events/event.ts'
import type { GeneratedEvent } from './generate.ts'
import { accountId, bulk } from './store.ts'

export type BareRow = [number, number, number, number, number, number, number, number | null, string | null]

export class BareStore {
  readonly #db: DatabaseSync
  readonly #insert: StatementSync

  constructor(path: string) {
    this.#db = new DatabaseSync(path)
    this.#db.exec('pragma journal_mode = wal; pragma synchronous = full; pragma temp_store = memory')
    this.#db.exec(`pragma wal_autocheckpoint = ${bulk.checkpointPages}; pragma cache_size = -${bulk.cacheBytes / 1024}`)
    this.#insert = this.#db.prepare(
      `insert into event(contact_id, kind, event_id, campaign_id, recorded_at, account_id, source, link_no, details)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing`,
    )
  }

  /** In transactions of `size`, in the order given. */
  insertAll(rows: readonly BareRow[], size: number): void {
    for (let start = 0; start < rows.length; start += size) {
      this.exec('begin immediate')
      for (let i = start; i < Math.min(rows.length, start + size); i++) this.#insert.run(...rows[i]!)
      this.exec('commit')
    }
  }

  exec(text: string): void {
    this.#db.exec(text)
  }

  [Symbol.dispose](): void {
    this.#db.close()
  }
}

/** The row that record() stores for this event. */
export function toRow(event: GeneratedEvent, now: number): BareRow {
  const { contactId, kind, at, campaignId, linkNo, code, message } = event
  const details = packDetails({ code, message })
  return [
    contactId,
    eventKinds[kind],
    eventIdAt(at, campaignId),
    campaignId,
    now,
    accountId,
    eventSources.import,
    linkNo ?? null,
    details,
  ]
}
