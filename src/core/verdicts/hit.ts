// A request to a tracking address, with what its verdict needs, and the verdict itself. Made by whoever keeps the
// hits; read by the rules.

export type HitKind = 'open' | 'click' | 'unsubscribe-page' | 'view'

/** The request headers worth keeping. Not Referer: few mail programs send it, and it may name a private page. */
export const keptHeaders = [
  'accept',
  'accept-language',
  'purpose',
  'sec-purpose',
  'x-purpose',
  'x-moz',
  'sec-fetch-mode',
  'sec-ch-ua',
] as const
export type HitHeaders = { readonly [header in (typeof keptHeaders)[number]]?: string | undefined }

/** Texts are as the client sent them and may be anything. Times are epoch ms. */
export interface Hit {
  /** Unique within the send; the tie-breaker of hits in one millisecond. */
  hitId: string
  contactId: number
  campaignId: number
  sendNo: number
  kind: HitKind
  /** Clicks: which link of the campaign, from 1; 0 is the hidden link that no reader sees. */
  linkNo?: number | undefined
  at: number
  method: string
  /** Whole (`192.0.2.7`) or shortened (`192.0.2.0/24`, `2001:db8:1::/48`); absent where it is not kept. */
  ip?: string | undefined
  userAgent?: string | undefined
  headers: HitHeaders
  /** The client spoke TLS: only then do browsers send Sec-Fetch-Mode and Sec-CH-UA. Unknown counts as no. */
  isSecure?: boolean | undefined
  /** When the next hop accepted the message, by its sender's clock. */
  deliveredAt?: number | undefined
}

/** A click of another contact from the same network: all that rule S4 sees of other sends. */
export type NeighbourClick = Pick<Hit, 'contactId' | 'campaignId' | 'kind' | 'linkNo' | 'at' | 'ip' | 'deliveredAt'>

/**
 * - `human`: nothing says otherwise, or too little.
 * - `proxy`: a mailbox provider fetched images for its own reasons, read or not.
 * - `machine`: a scanner, preview or robot.
 * - `probe`: not a visit at all: HEAD and the like, prefetching.
 */
export type Verdict = 'human' | 'proxy' | 'machine' | 'probe'

export interface Judgement {
  verdict: Verdict
  /** Codes explained in docs/verdicts.md, in the order of the rules; also what spoke against a hit that passed. */
  reasons: Reason[]
  /** Of the rules and of their settings: `1/1`. */
  rulesVersion: string
}

/** Every reason there is; the words are for ever. */
export const reasons = [
  'method',
  'prefetch',
  'hidden_link',
  'near_hidden_link',
  'scanner_agent',
  'robot_agent',
  'apple_mpp',
  'gmail_proxy',
  'yahoo_proxy',
  'soon_after_delivery',
  'many_links_at_once',
  'beside_another_visit',
  'network_of_walkers',
  'shared_address',
  'listed_network',
  'no_agent',
  'stale_agent',
  'few_headers',
  'unsubscribe_in_burst',
  'no_browser',
  'unlike_its_browser',
  'old_browser',
  'walks_links',
  'many_networks',
  'with_machine',
] as const
export type Reason = (typeof reasons)[number]
