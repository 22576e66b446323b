// What became of one message at the relay, in the words that the outbox acts on.

/** Which command the answer is for; `message` is the answer to the final dot. */
export type SmtpStage = 'mail' | 'rcpt' | 'data' | 'message'

/** Who took it. */
export interface Peer {
  /** As it calls itself in its answer to EHLO. */
  name: string
  address: string
  port: number
  /** Undefined when it went in the clear. */
  tls?: { version: string; cipher: string }
}

/** 250 after the dot: the relay is responsible for it now. `delivery` on the timeline, not "read". */
export interface Accepted {
  kind: 'accepted'
  code: number
  /** RFC 3463, when it tells one. */
  status?: string
  /** The whole last answer, lines joined by a blank. */
  reply: string
  /** What the relay calls it from now on; webhooks and logs of providers carry it. */
  queueId?: string
  peer: Peer
  /** Epoch ms of the answer. */
  at: number
}

/** 4xx, and 503, which says that commands came out of order: try again later, by the schedule. */
interface Deferred {
  kind: 'deferred'
  stage: SmtpStage
  code: number
  status?: string
  reply: string
  peer: Peer
  at: number
  /** It is about how fast or how much we send (421, 4.7.x, 4.3.2, 4.4.5 and such words): halve the rate. */
  isRateLimit: boolean
}

/**
 * 5xx: a bounce at once. At stage `mail` it is about the sender rather than the recipient. `isLocal`: we decided it by
 * what the relay offers (no SMTPUTF8 for this address: 5.6.7; larger than its SIZE: 5.3.4) and asked nobody.
 */
export interface Refused {
  kind: 'refused'
  stage: SmtpStage
  code: number
  status?: string
  reply: string
  peer: Peer
  at: number
  isLocal: boolean
}

/**
 * Why nothing was handed over: nobody listens; no such host; too long without an answer; TLS not offered or not to be
 * trusted; the login is refused or demanded; the greeting or EHLO is refused; it hung up; it had hung up on a connection
 * that was used before (a new one will do); the wait was cancelled; our own mistake.
 */
export type NotSentReason =
  | 'connect'
  | 'dns'
  | 'timeout'
  | 'tls'
  | 'auth'
  | 'greeting'
  | 'dropped'
  | 'stale'
  | 'cancelled'
  | 'protocol'

/** Not even the relay has the whole message: trying again can't mail anyone twice. No fault of the recipient. */
export interface NotSent {
  kind: 'notSent'
  reason: NotSentReason
  /** A sentence for the operator, never with the password. */
  detail: string
  code?: number
  reply?: string
  at: number
  /** The relay said 421 or that we come too often: slow down. */
  isRateLimit: boolean
}

/** The whole message was handed over and no answer came: sending it again could mail someone twice. */
interface Unknown {
  kind: 'unknown'
  detail: string
  peer: Peer
  at: number
}

export type SmtpOutcome = Accepted | Deferred | Refused | NotSent | Unknown
