// Tells a relay that wants no mail of a campaign from so many recipients that are gone: refusal after refusal, with nothing
// accepted in between. Counted campaign by campaign, so that another one that goes well hides nothing. Held by the sender.

import type { SmtpOutcome } from '../../mail/smtp-outcome.ts'

/** So many refusals of the sender in a row, and it is the sender. */
const maxSenderRefusals = 10
/** So many refusals of any kind in a row, and it is the relay rather than so many recipients (554 relay access denied). */
const maxRefusals = 100
/** Those that have been refused least lately are forgotten. */
const maxCampaigns = 1000

export class RefusalWatch {
  readonly #rows = new Map<number, { sender: number; any: number }>()

  /** Why the campaign had better stop, in words, when this outcome is the one too many. */
  count(campaignId: number, result: SmtpOutcome): string | undefined {
    if (result.kind === 'notSent') return undefined
    const row = this.#rows.get(campaignId) ?? { sender: 0, any: 0 }
    this.#rows.delete(campaignId)
    if (result.kind !== 'refused') return undefined
    const isSender = result.stage === 'mail'
    const next = { sender: isSender ? row.sender + 1 : 0, any: row.any + 1 }
    if (next.sender >= maxSenderRefusals || next.any >= maxRefusals)
      return `the relay refuses ${isSender ? 'the sender' : 'everything'}: ${result.reply}`
    if (this.#rows.size >= maxCampaigns) this.#rows.delete(this.#rows.keys().next().value!)
    this.#rows.set(campaignId, next)
    return undefined
  }
}
