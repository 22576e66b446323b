// The spool: a small database of its own beside everything, where hits and opt-outs wait while the store can't be reached,
// and where link targets are found then. Opened on first use; used by record-hits.ts, take-opt-outs.ts and link-targets.ts.

import { existsSync, statSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { Db } from '../../db/db.ts'
import { inParts, sql, sqlLimit, sqlList } from '../../db/sql.ts'
import type { Hit } from './hit.ts'
import type { OptOutRequest } from './take-opt-outs.ts'

/** How the spool's file is opened: by app.ts, which knows the engine. */
export type OpenSpool = (path: string) => Db

export interface SpoolState {
  hits: number
  /** When the oldest waiting hit came; undefined when none waits. */
  oldestAt: number | undefined
  /** Hits that no store took, kept apart so that the others go on. */
  setAside: number
  /** What the first of them was refused with. */
  error: string | undefined
  bytes: number
}

/** A waiting hit as it is kept; whether it can be read is found out when it is stored. */
export interface SpooledHit {
  spoolNo: number
  hit: string
}

// Numbers are never given again: whoever forgets what it has stored must not forget what came since.
const schema = [
  sql`create table if not exists spooled_hit(spool_no integer primary key autoincrement, at integer not null, hit text not null) strict`,
  sql`create table if not exists set_aside_hit(spool_no integer primary key, at integer not null, hit text not null,
    error text not null, set_aside_at integer not null) strict`,
  sql`create table if not exists drain_lease(lease_no integer primary key, holder text not null, until integer not null) strict`,
  sql`create table if not exists spooled_optout(spool_no integer primary key autoincrement, request text not null) strict`,
  sql`create table if not exists link_target(account_id integer not null, campaign_id integer not null, link_no integer not null,
    url text not null, primary key(campaign_id, link_no)) without rowid, strict`,
]

/** How long one process drains for itself before others may, in ms; each part that is drained renews it. */
const leaseTime = 5000
/** How often a file that another process is making just now is opened again. */
const maxOpenings = 20

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
  async read(limit: number): Promise<SpooledHit[]> {
    const db = await this.#opened()
    return db.all(sql`select spool_no as "spoolNo", hit from spooled_hit order by spool_no ${sqlLimit(limit)}`)
  }

  /** Forgets these hits: they are in the store. */
  async remove(entries: readonly SpooledHit[]): Promise<void> {
    const db = await this.#opened()
    await db.transaction(async (tx) => {
      for (const part of inParts(
        entries.map(({ spoolNo }) => spoolNo),
        500,
      ))
        await tx.run(sql`delete from spooled_hit where spool_no in ${sqlList(part)}`)
    })
  }

  /** Keeps a hit that no store takes apart from those that wait. */
  async setAside({ spoolNo }: SpooledHit, error: string, now: number): Promise<void> {
    const db = await this.#opened()
    await db.transaction(async (tx) => {
      await tx.run(sql`
        insert into set_aside_hit(spool_no, at, hit, error, set_aside_at)
        select spool_no, at, hit, ${error}, ${now} from spooled_hit where spool_no = ${spoolNo}`)
      await tx.run(sql`delete from spooled_hit where spool_no = ${spoolNo}`)
    })
  }

  /** Lets what was set aside wait again: a newer program, or a mended store, may take it. */
  async takeBack(): Promise<void> {
    if ((await this.examine()).setAside === 0) return
    const db = await this.#opened()
    await db.transaction(async (tx) => {
      await tx.run(sql`insert into spooled_hit(at, hit) select at, hit from set_aside_hit order by spool_no`)
      await tx.run(sql`delete from set_aside_hit`)
    })
  }

  /** True when this holder alone may drain, for a while: of several processes on one spool one does at a time. */
  async lease(holder: string, now: number): Promise<boolean> {
    const db = await this.#opened()
    return db.transaction(async (tx) => {
      // One that ends later than any could is of a clock that was set back since.
      const taken = await tx.run(sql`
        insert into drain_lease(lease_no, holder, until) values (1, ${holder}, ${now + leaseTime})
        on conflict (lease_no) do update set holder = excluded.holder, until = excluded.until
        where drain_lease.holder = ${holder} or drain_lease.until <= ${now} or drain_lease.until > ${now + leaseTime}`)
      return taken > 0
    })
  }

  /** Lets others drain at once. */
  async release(holder: string): Promise<void> {
    const db = await this.#opened()
    await db.transaction((tx) => tx.run(sql`delete from drain_lease where holder = ${holder}`))
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

  /** Makes no file where there is none. */
  async examine(): Promise<SpoolState> {
    const nothing = { hits: 0, oldestAt: undefined, setAside: 0, error: undefined, bytes: 0 }
    if (!this.#db && !existsSync(this.#path)) return nothing
    const db = await this.#opened()
    const row = await db.one<{ hits: number; oldestAt: number | null; setAside: number; error: string | null }>(sql`
      select count(*) as hits, min(at) as "oldestAt", (select count(*) from set_aside_hit) as "setAside",
        (select error from set_aside_hit order by spool_no limit 1) as error
      from spooled_hit`)
    const { hits, oldestAt, setAside, error } = row!
    return {
      hits,
      oldestAt: oldestAt ?? undefined,
      setAside,
      error: error ?? undefined,
      bytes: sizeOf(this.#path) + sizeOf(`${this.#path}-wal`),
    }
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
    const db = await this.#openFile()
    try {
      await db.transaction(async (tx) => {
        for (const statement of schema) await tx.run(statement)
      })
      return db
    } catch (error) {
      await db[Symbol.asyncDispose]()
      throw error
    }
  }

  // SQLite does not wait where two processes make the same file at the same moment.
  async #openFile(): Promise<Db> {
    for (let opening = 1; ; opening++) {
      try {
        return this.#open(this.#path)
      } catch (error) {
        if (opening === maxOpenings) throw error
        await setTimeout(2 + Math.random() * 10)
      }
    }
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}
