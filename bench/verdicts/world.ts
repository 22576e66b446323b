// The simulated world's things: campaigns, sends, and hits with the truth about them. The truth stays here and never
// stands in a Hit, so that no rule can see it.

import type { Hit, HitHeaders, HitKind } from '../../src/core/verdicts/hit.ts'
import type { Client } from './clients.ts'
import type { Dice } from './dice.ts'

export type Truth = 'human' | 'proxy' | 'machine' | 'probe'

interface TrueHit {
  hit: Hit
  truth: Truth
  scenario: string
}

export interface Campaign {
  campaignId: number
  linkCount: number
  hasHiddenLink: boolean
  isSecure: boolean
  keepsWholeIps: boolean
  /** What is known of delivery: `at` moved by the error of the sender's clock, or nothing. */
  reportDelivery: (at: number) => number | undefined
}

export interface SimulatedSend {
  campaign: Campaign
  contactId: number
  deliveredAt: number
  hits: TrueHit[]
}

export interface Ask {
  kind?: HitKind
  linkNo?: number
  method?: string
  headers?: HitHeaders
}

/** Adds a hit to a send. */
export function visit(
  send: SimulatedSend,
  scenario: string,
  truth: Truth,
  at: number,
  client: Client,
  ask: Ask = {},
): void {
  const { campaign, contactId } = send
  const ip = client.ip()
  send.hits.push({
    truth,
    scenario,
    hit: {
      // Random-looking, so that no order can be read from it.
      hitId: ((send.hits.length * 7919 + contactId * 104729) % 999983).toString(36) + `-${send.hits.length}`,
      contactId,
      campaignId: campaign.campaignId,
      sendNo: 0,
      kind: ask.kind ?? 'click',
      linkNo: (ask.kind ?? 'click') === 'click' ? (ask.linkNo ?? 1) : undefined,
      at: Math.round(at),
      method: ask.method ?? 'GET',
      ip: campaign.keepsWholeIps ? ip : ip.replace(/\.\d+$/, '.0/24'),
      userAgent: client.userAgent,
      headers: { ...client.headers, ...ask.headers },
      isSecure: campaign.isSecure,
      deliveredAt: campaign.reportDelivery(send.deliveredAt),
    },
  })
}

export function planCampaign(dice: Dice, campaignId: number): Campaign {
  const skew = dice.often(0.05) ? dice.between(-20_000, 20_000) : 0
  const isReported = dice.often(0.9)
  return {
    campaignId,
    linkCount: dice.weigh([
      [1, 1],
      [2, 2],
      [3, 3],
      [10, dice.whole(4, 12)],
      [3, dice.whole(13, 30)],
    ]),
    hasHiddenLink: dice.often(0.15),
    isSecure: dice.often(0.92),
    keepsWholeIps: dice.often(0.9),
    reportDelivery: (at) => (isReported ? Math.round(at + skew) : undefined),
  }
}
