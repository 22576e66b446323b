// Why a message was refused, as a letter, and whether its address is to be given up. Pure: called for what bounce mail
// says, for a live SMTP reply, and for the reasons of providers' webhooks.

import { findAddresses } from './addresses.ts'
import { perhapsUnknown, reasonPhrases } from './reply-phrases.ts'
import type { Reason } from './reply-phrases.ts'
import type { Letter, Severity } from './report.ts'
import { findReplyCodes } from './smtp-reply.ts'
import type { Stage } from './smtp-reply.ts'

/** What is known of a reply; the codes are read from the text where they are not given. */
export interface Reply {
  text: string
  /** The SMTP reply code. */
  code?: number | undefined
  /** The enhanced status code. */
  status?: string | undefined
  /** The step of the dialogue that was answered. */
  stage?: Stage | undefined
  /** We will try again: nothing follows from the reply yet. */
  isRetried?: boolean | undefined
}

export interface Judgement {
  letter: Letter
  severity: Severity
  /** What decided; `nothing` with the letter X. */
  by: 'words' | 'status' | 'hint' | 'code' | 'nothing'
}

/** Longer texts are judged by their beginning. */
export const judgedLength = 6000

/** Names a letter for any reply that is no success, whatever its text; never throws. */
export function classifyReply(reply: Reply): Judgement {
  const text = reply.text.slice(0, judgedLength)
  const found = findReplyCodes(text)
  const code = reply.code ?? found.code
  const status = pickStatus(reply.status, found.status)
  const facts = { code, status, stage: reply.stage ?? found.stage, isTemporary: isTemporary(code, status) }
  const words = normalize(text)
  const judged = byWords(words, facts) ?? byStatus(facts) ?? byWeakWords(words, facts) ?? byCode(facts) ?? cannotTell
  return reply.isRetried ? { ...judged, severity: 'none' } : judged
}

interface Facts {
  code: number | undefined
  status: string | undefined
  stage: Stage | undefined
  isTemporary: boolean
}

const cannotTell: Judgement = { letter: 'X', severity: 'soft', by: 'nothing' }

/** A status that says nothing (x.0.0) gives way to one that does. */
export function pickStatus(...statuses: readonly (string | undefined)[]): string | undefined {
  const known = statuses.filter((status): status is string => status !== undefined && status !== '')
  return known.find((status) => !/^\d\.0\.0$/.test(status)) ?? known[0]
}

function isTemporary(code: number | undefined, status: string | undefined): boolean {
  if (status) return status.startsWith('4')
  return code !== undefined && code >= 400 && code < 500
}

/**
 * As the phrases expect it: lower case, plain blanks and apostrophes, no codes of continued lines, "@" for addresses,
 * no name of the host that answered.
 */
function normalize(text: string): string {
  let plain = ''
  let at = 0
  for (const { start, end } of findAddresses(text)) {
    plain += text.slice(at, start) + '@'
    at = end
  }
  return (plain + text.slice(at))
    .toLowerCase()
    .replaceAll(/[\u2018\u2019\u00b4`]/g, "'")
    .replaceAll(/\b([245]\d\d)[- ]#?([245]\.\d\.\d{1,3})?(?=.)/g, (whole, _code, _status, offset: number) =>
      offset === 0 ? whole : ' ',
    )
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .replaceAll(/\bhost [\w.-]{1,255} ?\[[\da-f.:]{1,45}\]/g, 'host')
    .replaceAll(/<@>|'@'|"@"|\(@\)/g, '@')
}

const verdicts: Record<Reason, readonly [letter: Letter, severity: Severity]> = {
  policy: ['Z', 'soft'],
  full: ['F', 'soft'],
  unknown: ['B', 'hard'],
  disabled: ['B', 'hard'],
  // Closed for now.
  locked: ['B', 'soft'],
  'no-domain': ['D', 'hard'],
  unreachable: ['D', 'soft'],
  'too-big': ['Z', 'soft'],
  undecided: ['X', 'soft'],
}

function judge(reason: Reason, by: Judgement['by']): Judgement {
  const [letter, severity] = verdicts[reason]
  return { letter, severity, by }
}

function byWords(words: string, facts: Facts): Judgement | undefined {
  // Exchange Online's edge says so of recipients it does not know.
  if (facts.status === '5.4.1' && /recipient address rejected: access denied/.test(words))
    return judge('unknown', 'words')
  const reason = reasonPhrases.find(([, phrase]) => phrase.test(words))?.[0]
  return reason === undefined ? undefined : judge(temper(reason, words, facts), 'words')
}

/** What is only so for now is not final; and who took the recipient and refused the message has a filter. */
function temper(reason: Reason, words: string, { stage, status, isTemporary }: Facts): Reason {
  // "Try later" with a code of policy (x.7.x) is meant for us alone.
  if (reason === 'unreachable' && status?.[2] === '7') return 'policy'
  const isForNow = /temporar(?:y|ily) (?!limited)|try again/.test(words)
  if (reason === 'unknown' && stage === 'data') return 'policy'
  if (reason === 'unknown' && isTemporary && /temporar|try |later|unverified|in progress/.test(words))
    return 'unreachable'
  if ((reason === 'disabled' || reason === 'no-domain') && isTemporary) return 'unreachable'
  if (reason === 'no-domain' && isForNow) return 'unreachable'
  if (reason === 'disabled' && isForNow) return 'locked'
  return reason
}

/** RFC 3463 and the IANA registry, by how the codes are used. 5.1.10 is Microsoft's "recipient not found". */
const byDetail: Readonly<Record<string, Reason>> = {
  '1.1': 'unknown',
  '1.2': 'no-domain',
  '1.3': 'unknown',
  '1.4': 'undecided',
  '1.6': 'unknown',
  '1.7': 'policy',
  '1.8': 'policy',
  '1.10': 'unknown',
  '2.1': 'disabled',
  '2.2': 'full',
  '2.3': 'too-big',
  '3.4': 'too-big',
  '4.4': 'no-domain',
  '4.310': 'no-domain',
  '5.3': 'policy',
  '7.13': 'disabled',
  '7.17': 'disabled',
  '7.18': 'no-domain',
}
const bySubject: Readonly<Record<string, Reason>> = { 3: 'unreachable', 4: 'unreachable', 6: 'policy', 7: 'policy' }

function byStatus({ code, status, isTemporary }: Facts): Judgement | undefined {
  // RFC 7504, RFC 7505: the domain takes no mail at all.
  if (code === 556) return judge('no-domain', 'status')
  if (status === undefined) return undefined
  const detail = status.slice(2)
  const reason = byDetail[detail] ?? bySubject[detail.slice(0, 1)]
  if (reason === undefined) return undefined
  const isForNow = isTemporary && (reason === 'unknown' || reason === 'disabled' || reason === 'no-domain')
  return judge(isForNow ? 'unreachable' : reason, 'status')
}

function byWeakWords(words: string, { stage, isTemporary }: Facts): Judgement | undefined {
  if (!perhapsUnknown.test(words)) return undefined
  if (stage === 'data') return judge('policy', 'hint')
  return judge(isTemporary ? 'unreachable' : 'unknown', 'hint')
}

function byCode({ code, stage, isTemporary }: Facts): Judgement | undefined {
  if (isTemporary) return judge('unreachable', 'code')
  if (code === 521) return judge('no-domain', 'code')
  // 542 is what MessageLabs says of recipients it does not know.
  if (code === 542 || code === 551) return judge('unknown', 'code')
  if (code === 552) return judge('full', 'code')
  return code !== undefined && code >= 500 && stage === 'data' ? judge('policy', 'code') : undefined
}
