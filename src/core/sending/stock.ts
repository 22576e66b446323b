// The messages a process has claimed and made, ready to be handed over. Filled ahead of the connections, campaign after
// campaign in turn, and never by more than is soon handed over: what is claimed waits for nobody else.

import type { Db } from '../../db/db.ts'
import { sql, sqlList } from '../../db/sql.ts'
import { InvalidInputError, NotFoundError } from '../../errors.ts'
import { findContacts } from '../contacts/contact.ts'
import type { TrackingLevel } from '../tracking/consent.ts'
import type { TokenKey } from '../tracking/token.ts'
import { openCampaignMail } from './campaign-mail.ts'
import type { CampaignMail } from './campaign-mail.ts'
import { listRuns } from './campaign-run.ts'
import type { CampaignRun } from './campaign-run.ts'
import { makeMessage } from './make-message.ts'
import type { MadeMessage, MailSettings, Reader } from './make-message.ts'
import { changeMessages, claimMessages, stateChange } from './outgoing.ts'
import type { Outgoing } from './outgoing.ts'
import { providerOf } from './send-rates.ts'
import type { SingleMessage } from './single-message.ts'

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
}

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

  /** Makes claimed messages of one campaign, one after the other; those that can't be made are ended here. */
  async *make(messages: readonly Outgoing[]): AsyncGenerator<StockedMessage> {
    const { db, now, settings, key } = this.#options
    const readers = await this.#findReaders(messages)
    for (const outgoing of messages) {
      try {
        const mail = await this.#mailOf(outgoing)
        const reader = readers.get(outgoing.contactId) ?? nobody
        const made = await makeMessage(db, settings, key(), mail, outgoing, reader, now())
        const purpose = outgoing.message === null ? undefined : (JSON.parse(outgoing.message) as SingleMessage).purpose
        yield {
          outgoing,
          made,
          provider: providerOf(made.envelope.to),
          isWanted: purpose === 'single',
          isOnTimeline: purpose === undefined || purpose === 'single',
        }
      } catch (error) {
        if (!(error instanceof InvalidInputError || error instanceof NotFoundError)) throw error
        await this.#end(outgoing, readers.has(outgoing.contactId) ? error.message : 'the contact was erased')
      }
    }
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
    const { db, now } = this.#options
    await db.transaction((tx) =>
      changeMessages(tx, outgoing.accountId, [outgoing], stateChange('skipped', { reply: reply.slice(0, 500) }, now())),
    )
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
