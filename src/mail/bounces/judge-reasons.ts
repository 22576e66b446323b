// One verdict from all that a report says of a recipient: the remote server's words first, then the notice's. Called by
// parse-report.ts.

import { classifyReply, judgedLength, pickStatus } from './classify-reply.ts'
import type { Judgement, Reply } from './classify-reply.ts'
import type { Letter, Severity } from './report.ts'
import { findReplyCodes } from './smtp-reply.ts'
import type { ReplyCodes } from './smtp-reply.ts'

export interface SaidOfRecipient {
  /** The likeliest reason first. */
  reasons: readonly string[]
  /** The status of the delivery report. */
  status?: string | undefined
  /** What the sending server takes it for (PowerMTA). */
  category?: string | undefined
}

export interface JudgedReason extends ReplyCodes {
  letter: Letter
  severity: Severity
  /** The text that decided. */
  text: string | undefined
}

/** How PowerMTA sorts bounces. */
const categories: Readonly<Record<string, readonly [Letter, Severity]>> = {
  'bad-mailbox': ['B', 'hard'],
  'inactive-mailbox': ['B', 'hard'],
  'bad-domain': ['D', 'hard'],
  'quota-issues': ['F', 'soft'],
  'spam-related': ['Z', 'soft'],
  'virus-related': ['Z', 'soft'],
  'policy-related': ['Z', 'soft'],
  'content-related': ['Z', 'soft'],
  'relaying-issues': ['Z', 'soft'],
  'message-expired': ['D', 'soft'],
  'routing-errors': ['D', 'soft'],
  'bad-connection': ['D', 'soft'],
  'bad-configuration': ['D', 'soft'],
  'no-answer-from-host': ['D', 'soft'],
}

export function judgeReasons({ reasons, status, category }: SaidOfRecipient): JudgedReason {
  const texts = reasons.map((text) => withBlanks(text.slice(0, judgedLength).trim())).filter((text) => text !== '')
  // The step stands in the sender's words around the reply, often not in its report.
  const stage = texts.map((text) => findReplyCodes(text).stage).find((known) => known !== undefined)
  const decisive = mostDecisive(texts, { status, stage })
  const byCategory = categories[category?.toLowerCase().trim() ?? '']
  const [letter, severity] =
    decisive && decisive.by !== 'code'
      ? [decisive.letter, decisive.severity]
      : (byCategory ?? [decisive?.letter ?? 'X', decisive?.severity ?? 'soft'])
  const text = decisive?.text ?? texts[0]
  return { letter, severity, text, ...codesOf(texts, text, status) }
}

interface JudgedText extends Judgement {
  text: string | undefined
}

/** The first text that decides by words or a telling status; else the best of the rest. */
function mostDecisive(texts: readonly string[], known: Pick<Reply, 'status' | 'stage'>): JudgedText | undefined {
  const judged: JudgedText[] = []
  for (const text of [...texts, undefined]) {
    const one = { text, ...(text === undefined ? classifyReply({ text: '', ...known }) : judgeText(text, known)) }
    if (one.by === 'words' || one.by === 'status') return one
    judged.push(one)
  }
  return judged.find(({ by }) => by === 'hint') ?? judged.find(({ by }) => by === 'code')
}

/** Some qmails write underscores for blanks. */
function withBlanks(text: string): string {
  return /\s/.test(text) ? text : text.replaceAll('_', ' ')
}

/** What a server quotes of another is the reason; its own words around it are not. */
function judgeText(text: string, known: Pick<Reply, 'status' | 'stage'>): Judgement {
  const quoted = quotedReply(text)
  if (quoted !== undefined) {
    const judged = classifyReply({ text: quoted, ...known })
    if (judged.by === 'words' || judged.by === 'status') return judged
  }
  return classifyReply({ text, ...known })
}

const introductions =
  /(?:\bsaid|responded(?: with)?|server returned was|response was|response from the remote server(?: was)?|replied|answered|gave this error|returned the following (?:error|response)|server returned|reports?|as follows|with the (?:error|reply)|<<<)\s*[:'"]+\s*/gi

/** What a text quotes of a remote server; undefined when it quotes nothing. */
export function quotedReply(text: string): string | undefined {
  const last = [...text.matchAll(introductions)].at(-1)
  const quoted = last && text.slice(last.index + last[0].length)
  return quoted && quoted.length > 8 ? quoted : undefined
}

/** Codes of the text that decided, else of any. */
function codesOf(texts: readonly string[], decisive: string | undefined, status: string | undefined): ReplyCodes {
  const found = [decisive ?? '', ...texts].map(findReplyCodes)
  const [first, ...others] = found.map((codes) => codes.status)
  return {
    code: found.find(({ code }) => code !== undefined)?.code,
    status: pickStatus(first, status, ...others),
    stage: found.find(({ stage }) => stage !== undefined)?.stage,
  }
}
