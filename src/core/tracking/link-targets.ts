// Where a link of a mail leads: from memory, else the store, else the spool's own copy, so that links lead on while the
// store is away and after their campaign is deleted. Asked at every click.

import type { Reader } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'
import { toLocation } from '../../mail/location.ts'
import type { Spool } from './spool.ts'
import type { TokenFields } from './token.ts'

/** Targets kept in memory, some 10 MB of them; those asked for longest ago make room. */
const maxKept = 50_000
/** How long the store may think about it before the copy is asked, in ms. */
const patience = 1000

export interface Target {
  /** As it was written. */
  url: string
  /** As it goes into a Location header. */
  location: string
}

export class LinkTargets {
  readonly #db: Reader
  readonly #spool: Spool
  readonly #kept = new Map<string, Target>()

  constructor(db: Reader, spool: Spool) {
    this.#db = db
    this.#spool = spool
  }

  /**
   * Undefined when this campaign of this account never had the link, or it leads nowhere on the web; `away` when that can't
   * be told now. Never throws.
   */
  find(accountId: number, campaignId: number, linkNo: number): Target | Promise<Target | 'away' | undefined> {
    const name = `${accountId} ${campaignId} ${linkNo}`
    const kept = this.#kept.get(name)
    if (kept === undefined) return this.#look(name, accountId, campaignId, linkNo)
    // The last to be asked for are the last to go.
    if (this.#kept.size > maxKept / 2) {
      this.#kept.delete(name)
      this.#kept.set(name, kept)
    }
    return kept
  }

  /** As it was written, for a page; undefined also when that can't be told now. Never throws. */
  async findUrl({ accountId, campaignId, linkNo }: TokenFields): Promise<string | undefined> {
    const target = await this.find(accountId, campaignId, linkNo)
    return target === 'away' ? undefined : target?.url
  }

  async #look(
    name: string,
    accountId: number,
    campaignId: number,
    linkNo: number,
  ): Promise<Target | 'away' | undefined> {
    const stored = await this.#ask(accountId, campaignId, linkNo)
    if (stored === 'nothing') return undefined
    const url =
      stored === 'unknown'
        ? await this.#spool.findTarget(accountId, campaignId, linkNo).catch(() => undefined)
        : stored.url
    if (url === undefined) return 'away'
    const location = toLocation(url)
    if (location === undefined) return undefined
    const target = { url, location }
    if (this.#kept.size >= maxKept) this.#kept.delete(this.#kept.keys().next().value!)
    this.#kept.set(name, target)
    // A copy that can't be made is made at the next look.
    if (stored !== 'unknown') void this.#spool.keepTarget(accountId, campaignId, linkNo, url).catch(() => undefined)
    return target
  }

  async #ask(accountId: number, campaignId: number, linkNo: number): Promise<{ url: string } | 'nothing' | 'unknown'> {
    const row = this.#db.one<{ url: string }>(sql`
      select l.url from campaign c join link l on l.campaign_id = c.campaign_id
      where c.campaign_id = ${campaignId} and c.account_id = ${accountId} and l.link_no = ${linkNo}`)
    const late = Promise.withResolvers<'unknown'>()
    const timer = setTimeout(() => late.resolve('unknown'), patience)
    try {
      return await Promise.race([row.then((found) => found ?? ('nothing' as const)), late.promise])
    } catch {
      return 'unknown'
    } finally {
      clearTimeout(timer)
    }
  }
}
