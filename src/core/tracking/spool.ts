// The spool: a small database of its own beside everything, where hits and opt-outs wait while the store can't be reached,
// and where link targets are found then. Opened on first use; used by record-hits.ts, take-opt-outs.ts and link-targets.ts.

import { statSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { sql, sqlLimit } from '../../db/sql.ts'
import type { Db } from '../../db/db.ts'
import type { Hit } from './hit.ts'
import type { OptOutRequest } from './take-opt-outs.ts'

/** How the spool's file is opened: by app.ts, which knows the engine. */
export type OpenSpool = (path: string) => Db & { exec(text: string): void }

export interface SpoolState {
  hits: number
  /** When the oldest waiting hit came; undefined when none waits. */
  oldestAt: number | undefined
  bytes: number
}

const schema = `
create table if not exists spooled_hit(spool_no integer primary key, at integer not null, hit text not null) strict;
create table if not exists spooled_optout(spool_no integer primary key autoincrement, request text not null) strict;
create table if not exists link_target(account_id integer not null, campaign_id integer not null, link_no integer not null,
  url text not null, primary key(campaign_id, link_no)) without rowid, strict;
`

export class Spool implements AsyncDisposable {
  readonly #folder: string
  readonly #open: OpenSpool
  #db: Promise<Db> | undefined

  constructor(folder: string, open: OpenSpool) {
    this.#folder = folder
    this.#open = open
  }

  get #path(): string {
    return join(this.#folder, 'spool.db')
  }

  /** Keeps the hits; resolves once they are durable. Throws when not even that can be had. */
  async append(hits: readonly Hit[]): Promise<void> {
    const db = await this.#opened()
    await db.transaction(async (tx) => {
      for (const hit of hits)
        await tx.run(sql`insert into spooled_hit(at, hit) values (${hit.at}, ${JSON.stringify(hit)})`)
    })
  }

  /** The hits that wait longest, in the order they came in. */
  async read(limit: number): Promise<{ spoolNo: number; hit: Hit }[]> {
    const db = await this.#opened()
    const rows = await db.all<{ spoolNo: number; hit: string }>(
      sql`select spool_no as "spoolNo", hit from spooled_hit order by spool_no ${sqlLimit(limit)}`,
    )
    return rows.map(({ spoolNo, hit }) => ({ spoolNo, hit: JSON.parse(hit) as Hit }))
  }

  /** Forgets the hits up to this one: they are in the store. */
  async removeThrough(spoolNo: number): Promise<void> {
    const db = await this.#opened()
    await db.transaction((tx) => tx.run(sql`delete from spooled_hit where spool_no <= ${spoolNo}`))
  }

  /** Keeps an opt-out; resolves once it is durable. Throws when not even that can be had. */
  async appendOptOut(request: OptOutRequest): Promise<void> {
    const db = await this.#opened()
    await db.transaction((tx) => tx.run(sql`insert into spooled_optout(request) values (${JSON.stringify(request)})`))
  }

  /** The opt-outs that wait behind the number given, in the order they came in. */
  async readOptOuts(after: number, limit: number): Promise<{ spoolNo: number; request: OptOutRequest }[]> {
    const db = await this.#opened()
    const rows = await db.all<{ spoolNo: number; request: string }>(
      sql`select spool_no as "spoolNo", request from spooled_optout where spool_no > ${after} order by spool_no ${sqlLimit(limit)}`,
    )
    return rows.map(({ spoolNo, request }) => ({ spoolNo, request: JSON.parse(request) as OptOutRequest }))
  }

  /** Forgets an opt-out: it is in the store. */
  async removeOptOut(spoolNo: number): Promise<void> {
    const db = await this.#opened()
    await db.transaction((tx) => tx.run(sql`delete from spooled_optout where spool_no = ${spoolNo}`))
  }

  /** Notes where a link leads, for when the store can't tell. */
  async keepTarget(accountId: number, campaignId: number, linkNo: number, url: string): Promise<void> {
    const db = await this.#opened()
    await db.transaction((tx) =>
      tx.run(sql`
        insert into link_target(account_id, campaign_id, link_no, url) values (${accountId}, ${campaignId}, ${linkNo}, ${url})
        on conflict (campaign_id, link_no) do update set url = excluded.url, account_id = excluded.account_id`),
    )
  }

  /** Where a link was noted to lead. */
  async findTarget(accountId: number, campaignId: number, linkNo: number): Promise<string | undefined> {
    const db = await this.#opened()
    const row = await db.one<{ url: string }>(sql`
      select url from link_target where campaign_id = ${campaignId} and link_no = ${linkNo} and account_id = ${accountId}`)
    return row?.url
  }

  async examine(): Promise<SpoolState> {
    const db = await this.#opened()
    const row = await db.one<{ hits: number; oldestAt: number | null }>(
      sql`select count(*) as hits, min(at) as "oldestAt" from spooled_hit`,
    )
    return { hits: row!.hits, oldestAt: row!.oldestAt ?? undefined, bytes: statSync(this.#path).size }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const db = await this.#db?.catch(() => undefined)
    await db?.[Symbol.asyncDispose]()
  }

  // What failed to open is tried again: the disk may have room by then.
  #opened(): Promise<Db> {
    this.#db ??= this.#openNow().catch((error: unknown) => {
      this.#db = undefined
      throw error
    })
    return this.#db
  }

  async #openNow(): Promise<Db> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    const db = this.#open(this.#path)
    db.exec(schema)
    return db
  }
}
