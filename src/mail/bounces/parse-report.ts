// A mail that came to a bounce address, read: what it is, whom it is about, why, and which send it may belong to.
// Pure; called by whoever takes such mail in, and by `contrail bounces parse`.

import { parseAutoReply } from './auto-reply.ts'
import { parseBounce, reportedBy } from './bounce.ts'
import { parseFeedbackReport, parseUnsubscribeMail } from './feedback-report.ts'
import type { FeedbackReport } from './feedback-report.ts'
import { parseListRefusal } from './list-refusal.ts'
import { openPage } from './page.ts'
import type { Page } from './page.ts'
import { header } from './read-mail.ts'
import type { OpenedMail } from './read-mail.ts'
import { maxRecipients } from './report.ts'
import type { Report, ReportedRecipient, ReportKind } from './report.ts'
import { findSendClues } from './send-clues.ts'

/** All that the mail says, with one recipient at least; never throws, whatever the bytes are. */
export async function parseReport(raw: Uint8Array): Promise<Report> {
  const page = await openPage(raw)
  const feedback = parseFeedbackReport(page.mail)
  if (feedback) return fromFeedback(page, feedback)
  if (isReadReceipt(page.mail)) return toReport(page, [unnamed('none')])
  const unsubscribing = parseUnsubscribeMail(page.mail)
  if (unsubscribing !== undefined) return toReport(page, [{ ...unnamed('optout'), recipient: unsubscribing }])
  const bounce = await parseBounce(page)
  if (bounce) return toReport(page, bounce.recipients, bounce)
  const refused = parseListRefusal(page.mail)
  if (refused) return toReport(page, [reportedBy('bounce', refused.recipient ?? null, [refused.reason])])
  const answering = parseAutoReply(page.mail)
  if (answering === undefined) return toReport(page, [unnamed('none')])
  const replied = { ...unnamed('autoreply'), recipient: answering || null, letter: 'V', severity: 'none' } as const
  return toReport(page, [replied])
}

/** RFC 8098; but a receipt by which a server rejects (RFC 5429 2.1.3, Dovecot's full mailboxes) is a bounce. */
function isReadReceipt(mail: OpenedMail): boolean {
  if (!/report-type="?disposition-notification/.test(mail.contentType)) return false
  const isRejecting = /^disposition:\s*automatic-action\/.{0,60};\s*(?:deleted|denied|failed)/im.test(
    mail.dispositions.join('\n'),
  )
  return !(
    isRejecting &&
    /reject/i.test(`${mail.subject} ${header(mail, 'auto-submitted')} ${mail.lines.slice(0, 20).join(' ')}`)
  )
}

function fromFeedback(page: Page, { kind, type, recipients, envelopeId }: FeedbackReport): Report {
  const named = recipients.length > 0 ? recipients : [null]
  return toReport(
    page,
    named.map((recipient) => ({ ...unnamed(kind), recipient, action: type })),
    { envelopeId },
  )
}

function toReport(
  { mail, header }: Page,
  recipients: readonly ReportedRecipient[],
  said: { envelopeId?: string | undefined; messageId?: string | undefined } = {},
): Report {
  return { recipients: recipients.slice(0, maxRecipients), clues: findSendClues(mail, header, said) }
}

function unnamed(kind: ReportKind): ReportedRecipient {
  return {
    recipient: null,
    originalRecipient: null,
    kind,
    letter: null,
    severity: null,
    status: null,
    replyCode: null,
    action: null,
    remoteMta: null,
    diagnostic: null,
  }
}
