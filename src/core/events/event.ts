// The ledger's words: what each kind of event promises, and how an event is identified. Read by everything.

/**
 * Public words and their stored numbers; both are for ever.
 * - `send`: the message was handed to a server for this contact. It promises nothing about arrival.
 * - `delivery`: the next hop accepted the message. Not read, not even in the inbox.
 * - `open`: an image of the message was fetched, by the reader or by a machine acting for it.
 * - `click`: a link of the message was requested.
 * - `bounce`: the message came back or was refused; `code` and `message` say why.
 * - `complaint`: the contact's provider reported the message as spam.
 * - `forward`: the contact sent the message on through our own form. A mail program's own forwarding is unseen.
 * - `optout`: the contact, or the account's owner for it, asked for no more mail.
 */
export const eventKinds = {
  send: 1,
  delivery: 2,
  open: 3,
  click: 4,
  bounce: 5,
  complaint: 6,
  forward: 7,
  optout: 8,
} as const
export type EventKind = keyof typeof eventKinds
export const allKinds = Object.keys(eventKinds) as EventKind[]

const kindByNumber = new Map<number, EventKind>(allKinds.map((kind) => [eventKinds[kind], kind]))
/** The word for a stored number; throws on a number this program does not know. */
export function kindFromNumber(number: number): EventKind {
  const kind = kindByNumber.get(number)
  if (!kind) throw new RangeError(`no event kind has the number ${number}`)
  return kind
}

/** Why mail came back, in the letters of the old wire (wire-2008 3.4), with its words for them. */
export const bounceDescriptions = {
  B: 'Non-existent address',
  D: 'Undeliverable',
  F: 'Mailbox full',
  S: 'Suspended',
  V: 'Vacation or auto-reply',
  X: 'Other',
  Z: 'Blocked',
} as const
export type BounceCode = keyof typeof bounceDescriptions
export const bounceCodes = Object.keys(bounceDescriptions) as BounceCode[]

/**
 * Who told us: our own tracking, an imported file, the relay that took or refused a message, a bounce or feedback report
 * by mail, a provider's webhook, a client of the API. Stored numbers are for ever.
 */
export const eventSources = { own: 0, import: 1, relay: 2, report: 3, webhook: 4, api: 5 } as const
export type EventSource = keyof typeof eventSources

/** One thing that happened to one contact. Times are epoch ms, UTC. */
export interface Event {
  /** Orders a contact's events of one kind; unique with contact and kind. */
  eventId: number
  contactId: number
  campaignId: number
  kind: EventKind
  /** When it happened, as best the source knows. */
  at: number
  /** When we learnt of it. */
  recordedAt: number
  /** Clicks: the address the reader asked for. */
  url?: string | undefined
  /** Bounces: why. */
  code?: BounceCode | undefined
  /** The remote server's text, or the reader's reason. */
  message?: string | undefined
  /** Opt-outs: who asked for it. */
  by?: 'contact' | 'customer' | undefined
  /** Sends: the Message-ID the message went out with. */
  messageId?: string | undefined
  /** Deliveries and bounces: the enhanced status code (RFC 3463), such as `5.1.1`. */
  status?: string | undefined
  /** Deliveries: the server that accepted the message, with its address where known. */
  server?: string | undefined
  /** Deliveries: the TLS version and cipher it went over; absent when it went in the clear or nobody said. */
  tls?: string | undefined
  /** Deliveries: the id the server gave the message in its queue. */
  queueId?: string | undefined
  /** Forwards: to how many friends. */
  friends?: number | undefined
}

/** Event times outside of this are refused: the first is 2000-01-01, the second a day after `now`. */
export const earliestEventAt = Date.UTC(2000, 0, 1)
export function latestEventAt(now: number): number {
  return now + 86_400_000
}

// An id is (ms since 2000) * 64 + six bits of the campaign: time order, cursor and uniqueness in one integer that
// is exact in a JavaScript number and takes six bytes in SQLite until 2069 (docs/decisions/002-event-identity.md).
const slots = 64

/** The id an event of this campaign gets at this time. */
export function eventIdAt(at: number, campaignId: number): number {
  return firstEventIdAt(at) + (campaignId % slots)
}

/** The lowest id any event at `at` or later can have. */
export function firstEventIdAt(at: number): number {
  return (at - earliestEventAt) * slots
}

/** The time an id stands for. */
export function eventIdTime(eventId: number): number {
  return Math.floor(eventId / slots) + earliestEventAt
}
