// Lets the words of the server that refused a message correct what the provider made of them. The one place where the
// adapters ask what an SMTP text means.

import type { BounceCode } from '../../core/events/event.ts'
import type { HookKind, Severity } from '../../core/inbox/hook-event.ts'
import { classifyReply } from '../../mail/bounces/classify-reply.ts'
import type { Judgement } from '../../mail/bounces/classify-reply.ts'

interface Refinable {
  kind: HookKind
  letter?: BounceCode | undefined
  severity?: Severity | undefined
  smtpCode?: number | undefined
  status?: string | undefined
  reply?: string | undefined
}

/** Letters that a reply can correct: what was not attempted, or answered by a machine, it has nothing to say about. */
const refinable: ReadonlySet<BounceCode> = new Set(['B', 'D', 'F', 'X', 'Z'])

/** The same with the letter and severity that its reply speaks for, where it says enough. */
export function refineBounce<T extends Refinable>(event: T): T {
  const { kind, letter, reply, smtpCode, status } = event
  if ((kind !== 'bounced' && kind !== 'dropped') || letter === undefined || !refinable.has(letter)) return event
  const judged = classifyReply({ text: reply ?? '', code: smtpCode, status })
  return outweighs(judged, letter) ? { ...event, letter: judged.letter, severity: judged.severity } : event
}

// The provider saw more than a bare code, or words that are said of much else.
function outweighs({ by, letter }: Judgement, given: BounceCode): boolean {
  if (letter === 'X') return false
  return by === 'words' || by === 'status' || (by === 'hint' && given === 'X')
}
