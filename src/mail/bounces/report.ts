// What a mail that came back, or about a mail of ours, says. The value that parse-report.ts makes; read by whoever
// records it.

/**
 * Why mail came back: B no such address, D undeliverable, F mailbox full, V automatic reply, X can't be told, Z refused
 * by policy. The old wire's S (suspended) is never read from a mail: it says that we did not even try.
 */
export type Letter = 'B' | 'D' | 'F' | 'V' | 'X' | 'Z'

/** `hard`: the address will not work again. `soft`: it may. `none`: nothing follows from it. */
export type Severity = 'hard' | 'soft' | 'none'

/**
 * `bounce` the message was given up; `delayed` it is still being tried; `delivered` it arrived or went on to where no
 * report comes from; `complaint` the reader or the provider reported it; `optout` the reader wants no more;
 * `autoreply` a machine answered for the reader; `none` the mail is nothing of these.
 */
export type ReportKind = 'bounce' | 'delayed' | 'delivered' | 'complaint' | 'optout' | 'autoreply' | 'none'

/** What a report says about one recipient; null where it says nothing. */
export interface ReportedRecipient {
  recipient: string | null
  /** The address the message was sent to, where it was forwarded from there. */
  originalRecipient: string | null
  kind: ReportKind
  letter: Letter | null
  severity: Severity | null
  /** The enhanced status code (RFC 3463), such as `5.1.1`. */
  status: string | null
  /** The SMTP reply code, such as 550. */
  replyCode: number | null
  /** The word of the delivery report, such as `failed`; or the type of the feedback report, such as `abuse`. */
  action: string | null
  /** The remote server that refused. */
  remoteMta: string | null
  /** The remote text without control characters, at most 500 characters. */
  diagnostic: string | null
}

/** What the mail tells for finding the message of ours that it is about. Nothing here is verified. */
export interface SendClues {
  /** Addresses this mail was delivered to: the envelope's recipient is one of them. */
  deliveredTo: string[]
  /** The ENVID we gave (RFC 3461). */
  envelopeId: string | null
  sendId: string | null
  messageId: string | null
  feedbackId: string | null
  subject: string | null
}

export interface Report {
  /** One at least: a mail that is no report has one of the kind `none`. */
  recipients: ReportedRecipient[]
  clues: SendClues
}

/** Further recipients of one report are left out. */
export const maxRecipients = 1000

const maxDiagnosticLength = 500

/** Remote text as it may be stored and shown: one line, no control characters, not too long. */
export function cleanDiagnostic(text: string | undefined): string | null {
  if (text === undefined) return null
  const line = text
    .slice(0, 4 * maxDiagnosticLength)
    .toWellFormed()
    .replaceAll(/[\s\p{Cc}\p{Cf}\ufffe\uffff]+/gu, ' ')
    .trim()
  return line === '' ? null : Array.from(line).slice(0, maxDiagnosticLength).join('')
}
