// What a relay's answers and silences mean: pure functions from what nodemailer tells to what the outbox acts on.
//
// A reply code always decides. Without one, only whether the end of the message was handed to the socket tells "not
// sent" from "unknown": no server takes a message whose final dot it never saw (RFC 5321 4.1.1.4).

import type { NotSent, NotSentReason, Peer, SmtpOutcome, SmtpStage } from './smtp-outcome.ts'

/** What nodemailer's errors carry. */
export interface SmtpError {
  message: string
  code?: string | undefined
  /** What the code was before nodemailer put its own there. */
  originalCode?: string | undefined
  command?: string | undefined
  response?: string | undefined
  responseCode?: number | undefined
}

export interface SendMoment {
  peer: Peer
  at: number
  /** Its last byte was given to the socket. */
  wasHandedOver: boolean
  /** The connection had carried a message before. */
  isReused: boolean
}

/** Of one answer, so that nobody's log or table fills up. */
const maxReply = 1000

/** The lines of an answer as one, with the code once. */
export function joinReply(response: string): string {
  const lines = response.split(/\r?\n/)
  const first = lines[0] ?? ''
  const status = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3} )?/.exec(first)?.[1] ?? ''
  const rest = lines.slice(1).map((line) => {
    const text = line.replace(/^\d{3}([ -]|$)/, '')
    return status !== '' && text.startsWith(status) ? text.slice(status.length) : text
  })
  const text = [first.replace(/^(\d{3})-/, '$1 '), ...rest].join(' ')
  return text
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, maxReply)
}

/** RFC 3463, where an answer has it (RFC 2034). */
export function readStatus(reply: string): string | undefined {
  return /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})(?!\S)/.exec(reply)?.[1]
}

/** About how fast or how much we send, rather than about this message. */
function isRateLimit(code: number, reply: string): boolean {
  const status = readStatus(reply)
  if (code >= 500 || /gr[ea]y.?list/i.test(reply)) return false
  // 4.4.2: it was idle for too long; 4.2.x: this mailbox gets too much, whoever sends it.
  if (status === '4.4.2' || status?.startsWith('4.2.')) return false
  if (code === 421) return !/time.?out|timed out|idle|shut.?(ting)? ?down/i.test(reply)
  if (status !== undefined && /^4\.7\.|^4\.3\.2$|^4\.4\.5$/.test(status)) return true
  return /\brate\b|throttl|too (many|fast|quickly|much)|slow down|concurren|quota|(limit|rate) exceeded/i.test(reply)
}

/** Never throws and knows nothing of the outbox. */
export function judgeFailure(error: SmtpError, moment: SendMoment): SmtpOutcome {
  const { peer, at, wasHandedOver } = moment
  const code = error.responseCode ?? 0
  if (code < 400 || code > 599) return judgeSilence(error, moment)
  const reply = joinReply(error.response ?? '')
  const status = readStatus(reply)
  const answer = {
    stage: readStage(error, wasHandedOver),
    code,
    reply,
    peer,
    at,
    ...(status !== undefined && { status }),
  }
  if (isLoginDemand(code)) return notSent('auth', `the relay wants a login it accepts: ${reply}`, at, { code, reply })
  // The session ends; before the message began that says nothing of its recipient.
  if (code === 421 && !wasHandedOver)
    return notSent('dropped', `the relay ended the session: ${reply}`, at, { code, reply })
  // 503 says that commands came out of order, which another session mends.
  if (code < 500 || code === 503) return { kind: 'deferred', ...answer, isRateLimit: isRateLimit(code, reply) }
  return { kind: 'refused', ...answer, isLocal: false }
}

/** A connection could not be had, from the look-up to the login. */
export function judgeConnectFailure(error: SmtpError, at: number): NotSent {
  const code = error.responseCode
  const reply = error.response === undefined ? undefined : joinReply(error.response)
  const evidence = { ...(code !== undefined && { code }), ...(reply !== undefined && { reply }) }
  return notSent(readReason(error), oneLine(error.message), at, evidence)
}

export function notSent(
  reason: NotSentReason,
  detail: string,
  at: number,
  { code, reply }: { code?: number; reply?: string } = {},
): NotSent {
  return {
    kind: 'notSent',
    reason,
    detail,
    at,
    ...(code !== undefined && { code }),
    ...(reply !== undefined && { reply }),
    isRateLimit: code !== undefined && isRateLimit(code, reply ?? ''),
  }
}

function judgeSilence(error: SmtpError, { peer, at, wasHandedOver, isReused }: SendMoment): SmtpOutcome {
  const detail = oneLine(error.message)
  if (wasHandedOver) return { kind: 'unknown', detail: `the message was handed over, and then: ${detail}`, peer, at }
  if (error.code === 'ETIMEDOUT') return notSent('timeout', detail, at)
  if (error.command === 'API' && error.code !== 'ECONNECTION') return notSent('protocol', detail, at)
  if (error.code === 'EPROTOCOL') return notSent('protocol', detail, at)
  return notSent(isReused ? 'stale' : 'dropped', detail, at)
}

/** RFC 4954 6: authentication required, invalid, too weak, or encryption required for it. */
function isLoginDemand(code: number): boolean {
  return code === 530 || code === 534 || code === 535 || code === 538
}

function readStage({ code, command }: SmtpError, wasHandedOver: boolean): SmtpStage {
  if (command === 'MAIL FROM') return 'mail'
  if (command === 'RCPT TO') return 'rcpt'
  if (command === 'DATA') return code === 'EMESSAGE' ? 'message' : 'data'
  return wasHandedOver ? 'message' : 'mail'
}

function readReason({ code, originalCode, command, responseCode }: SmtpError): NotSentReason {
  if (code === 'EDNS') return 'dns'
  if (code === 'ETIMEDOUT') return 'timeout'
  if (code === 'EAUTH' || command?.startsWith('AUTH')) return 'auth'
  if (code === 'ETLS' || /CERT|SSL|TLS/.test(originalCode ?? '')) return 'tls'
  if (code === 'ESOCKET') return 'connect'
  if (code === 'EPROTOCOL' || responseCode !== undefined) return 'greeting'
  return 'dropped'
}

function oneLine(text: string): string {
  return text
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, maxReply)
}
