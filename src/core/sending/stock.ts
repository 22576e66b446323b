// Claims messages, campaign after campaign in turn, and makes them ready to be handed over. What can't be handed over soon,
// because its provider gets enough already, goes back for a while: what is claimed keeps nobody else waiting.

import type { Db } from '../../db/db.ts'
import { sql, sqlList } from '../../db/sql.ts'
import { InvalidInputError, NotFoundError, UnavailableError } from '../../errors.ts'
import type { Log } from '../../log.ts'
import { findContacts } from '../contacts/contact.ts'
import type { TrackingLevel } from '../tracking/consent.ts'
import type { TokenKey } from '../tracking/token.ts'
import { openCampaignMail } from './campaign-mail.ts'
import type { CampaignMail } from './campaign-mail.ts'
import { listRuns } from './campaign-run.ts'
import type { CampaignRun } from './campaign-run.ts'
import { makeMessage } from './make-message.ts'
import type { MadeMessage, MailSettings, Reader } from './make-message.ts'
import { changeMessages, claimMessages, hasDue, stateChange, stillClaimed } from './outgoing.ts'
import type { Outgoing } from './outgoing.ts'
import { providerOf } from './send-rates.ts'
import type { SingleMessage } from './single-message.ts'
import { giveBack } from './take-off.ts'

/** Ready to be handed over. */
export interface StockedMessage {
  outgoing: Outgoing
  made: MadeMessage
  provider: string
  isWanted: boolean
  isOnTimeline: boolean
}

export interface StockOptions {
  db: Db
  now: () => number
  holder: string
  settings: MailSettings
  key: () => TokenKey
  log: Log
  /** When a message for this provider should come back, a campaign's sooner than others; undefined when it may wait here. */
  restUntil: (provider: string, isBulk: boolean) => number | undefined
}

/** How long a message rests that can't be made because of a defect, so that others go on. In ms. */
const defectRest = 600_000

/** Campaigns whose templates are kept; others are compiled again when their turn comes. */
const maxCampaigns = 20
/** How long they are kept: a sender's new key or name holds after that. In ms. */
const mailLifetime = 60_000

export class Stock {
  readonly #options: StockOptions
  readonly #mails = new Map<number, { mail: CampaignMail; until: number }>()
  #lastCampaign = 0

  constructor(options: StockOptions) {
    this.#options = options
  }

  /** Some messages that are due, of the next campaign that has any; and the runs that had none. */
  async claim(limit: number): Promise<{ messages: Outgoing[]; idle: CampaignRun[] }> {
    const { db, holder, now } = this.#options
    const runs = await listRuns(db, ['running', 'trailing'])
    const first = runs.findIndex(({ campaignId }) => campaignId > this.#lastCampaign)
    const ordered = first < 0 ? runs : [...runs.slice(first), ...runs.slice(0, first)]
    const idle: CampaignRun[] = []
    for (const run of ordered) {
      // Looking costs nothing; most of the time most campaigns have nothing due.
      if (!(await hasDue(db, run, now()))) {
        idle.push(run)
        continue
      }
      const messages = await db.transaction((tx) => claimMessages(tx, holder, run, limit, now()))
      if (messages.length === 0) {
        idle.push(run)
        continue
      }
      this.#lastCampaign = run.campaignId
      return { messages, idle }
    }
    return { messages: [], idle }
  }

  /**
   * Makes claimed messages of one campaign, one after the other. Those that can't be made are ended here, those that would
   * have to wait for long go back.
   */
  async *make(messages: readonly Outgoing[]): AsyncGenerator<StockedMessage> {
    const readers = await this.#findReaders(messages)
    const resting = new Map<string, { dueAt: number; messages: Outgoing[] }>()
    for (const outgoing of messages) {
      const reader = readers.get(outgoing.contactId) ?? nobody
      const provider = providerOf(outgoing.recipient ?? reader.email)
      const dueAt = this.#options.restUntil(provider, outgoing.message === null)
      if (dueAt === undefined) {
        const made = await this.#makeOne(outgoing, reader, provider)
        if (made) yield made
        continue
      }
      const others = resting.get(provider)
      if (others) others.messages.push(outgoing)
      else resting.set(provider, { dueAt, messages: [outgoing] })
    }
    for (const { dueAt, messages: some } of resting.values()) await this.#rest(some, dueAt)
  }

  // Undefined when it can't be made.
  async #makeOne(outgoing: Outgoing, reader: Reader, provider: string): Promise<StockedMessage | undefined> {
    const { db, now, settings, key, log } = this.#options
    try {
      const mail = await this.#mailOf(outgoing)
      const made = await makeMessage(db, settings, key(), mail, outgoing, reader, now())
      const purpose = outgoing.message === null ? undefined : (JSON.parse(outgoing.message) as SingleMessage).purpose
      return {
        outgoing,
        made,
        provider,
        isWanted: purpose === 'single',
        isOnTimeline: purpose === undefined || purpose === 'single',
      }
    } catch (error) {
      const isGone = outgoing.recipient === null && reader === nobody
      if (error instanceof InvalidInputError || error instanceof NotFoundError)
        await this.#end(outgoing, isGone ? 'the contact was erased' : error.message)
      else if (error instanceof UnavailableError) throw error
      else {
        const { campaignId, contactId } = outgoing
        log.error({ err: error, campaignId, contactId }, 'a message can not be made; it is tried again later')
        await this.#rest([outgoing], now() + defectRest)
      }
      return undefined
    }
  }

  #rest(messages: readonly Outgoing[], dueAt: number): Promise<void> {
    const { db, holder } = this.#options
    return db.transaction((tx) => giveBack(tx, messages[0]!.accountId, holder, messages, dueAt))
  }

  /** What is known of a campaign for making its messages. Throws NotFoundError, TemplateError. */
  async #mailOf({ accountId, campaignId }: Outgoing): Promise<CampaignMail> {
    const { db, now, settings } = this.#options
    const held = this.#mails.get(campaignId)
    if (held && held.until > now()) return held.mail
    const mail = await openCampaignMail(db, accountId, campaignId, settings)
    this.#mails.delete(campaignId)
    if (this.#mails.size >= maxCampaigns) this.#mails.delete(this.#mails.keys().next().value!)
    this.#mails.set(campaignId, { mail, until: now() + mailLifetime })
    return mail
  }

  async #findReaders(messages: readonly Outgoing[]): Promise<Map<number, Reader>> {
    const { db } = this.#options
    const first = messages[0]
    if (!first) return new Map()
    const ids = messages.map(({ contactId }) => contactId)
    const contacts = await findContacts(db, first.accountId, ids)
    const rows = await db.tuples<[contactId: number, tracking: TrackingLevel]>(sql`
      select contact_id, tracking from contact where contact_id in ${sqlList(ids)} and +account_id = ${first.accountId}`)
    const levels = new Map(rows)
    return new Map([...contacts].map(([id, contact]) => [id, { ...contact, tracking: levels.get(id) ?? 'none' }]))
  }

  async #end(outgoing: Outgoing, reply: string): Promise<void> {
    const { db, now, holder } = this.#options
    const change = stateChange('skipped', { reply: reply.slice(0, 500) }, now())
    await db.transaction((tx) => changeMessages(tx, outgoing.accountId, [outgoing], change, stillClaimed(holder)))
  }
}

/** Of a message to somebody who is no contact. */
const nobody: Reader = {
  contactId: 0,
  email: '',
  firstName: '',
  lastName: '',
  profile: {},
  emailType: 'html',
  tracking: 'none',
}
