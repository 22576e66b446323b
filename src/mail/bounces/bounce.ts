// The recipients of a bounce or of another delivery report: from its part for programs, else from its text. Called by
// parse-report.ts.

import { addressKey, findAddresses } from './addresses.ts'
import { parseDeliveryStatus } from './delivery-status.ts'
import type { DeliveryStatus, RecipientStatus } from './delivery-status.ts'
import { fieldValue, fieldValues } from './fields.ts'
import { judgeReasons } from './judge-reasons.ts'
import { saysDelayed, weighSigns } from './notice-signs.ts'
import { readNotice } from './notice.ts'
import type { NoticeRecipient } from './notice.ts'
import { openPage } from './page.ts'
import type { Page } from './page.ts'
import { decodeHeader, headers } from './read-mail.ts'
import { cleanDiagnostic } from './report.ts'
import type { ReportedRecipient } from './report.ts'
import { returnedRecipients } from './returned-message.ts'

export interface Bounce {
  recipients: ReportedRecipient[]
  envelopeId?: string | undefined
  messageId?: string | undefined
}

/** Undefined when the mail is no report of a server about a delivery. */
export async function parseBounce(page: Page): Promise<Bounce | undefined> {
  const { mail, notice } = page
  const signs = weighSigns(mail, notice, page.header.length > 0)
  const isReport = mail.statuses.length > 0
  const status = readStatus(page, isReport || signs.isLikely)
  if (status && status.recipients.length > 0) return fromStatus(page, status)
  if (!isReport && !signs.isNotice) return undefined
  const nested = await openNested(page)
  if (nested) return nested
  return { ...status, recipients: fromNotice(page, namedInNotice(page)) }
}

/** Some servers write the fields into their text, or break the structure so that they end up there. */
function readStatus({ mail, notice }: Page, mayBeInText: boolean): DeliveryStatus | undefined {
  if (mail.statuses.length > 0) return parseDeliveryStatus(mail.statuses.join('\n\n'))
  return mayBeInText ? parseDeliveryStatus(notice.join('\n')) : undefined
}

/** Gateways put the report they got into one of their own. */
async function openNested({ mail }: Page): Promise<Bounce | undefined> {
  const report = mail.returned.find((text) => /^content-type:\s*multipart\/report/im.test(text.slice(0, 20_000)))
  if (report === undefined) return undefined
  const page = await openPage(new TextEncoder().encode(report))
  const status = parseDeliveryStatus(page.mail.statuses.join('\n\n'))
  return status.recipients.length > 0 ? fromStatus(page, status) : undefined
}

function fromStatus(page: Page, status: DeliveryStatus): Bounce {
  const named = namedInNotice(page)
  const recipients = status.recipients.map((one) => toReported(page, one, named, status.recipients.length === 1))
  return { envelopeId: status.envelopeId, messageId: status.messageId, recipients: unique(recipients) }
}

function toReported(
  page: Page,
  said: RecipientStatus,
  named: readonly NoticeRecipient[],
  isOnly: boolean,
): ReportedRecipient {
  const recipient =
    said.finalRecipient ?? (isOnly ? (named[0]?.recipient ?? returnedRecipients(page.header)[0]) : undefined)
  const keys = [recipient, said.originalRecipient].filter((one) => one !== undefined).map(addressKey)
  const own = named.filter((one) => keys.includes(addressKey(one.recipient)))
  const judged = judgeReasons({
    reasons: [
      said.diagnostic ?? '',
      said.comment ?? '',
      ...(own.length === 0 && isOnly ? named : own).flatMap(({ reasons }) => reasons),
      ...(isOnly ? wholeNotice(page) : []),
    ],
    status: said.status,
    category: said.category,
  })
  const kind = kindOf(said, page)
  return {
    recipient: recipient ?? null,
    originalRecipient: differs(said.originalRecipient, recipient),
    kind,
    letter: kind === 'delivered' ? null : judged.letter,
    severity: kind === 'delivered' ? null : kind === 'delayed' ? 'none' : judged.severity,
    status: judged.status ?? null,
    replyCode: judged.code ?? null,
    action: said.action ?? null,
    remoteMta: said.remoteMta ?? null,
    diagnostic: cleanDiagnostic(said.diagnostic ?? judged.text),
  }
}

function kindOf({ action }: RecipientStatus, { mail, notice }: Page): 'bounce' | 'delayed' | 'delivered' {
  if (action === 'delivered' || action === 'delayed') return action
  return action === undefined && saysDelayed(mail.subject, notice) ? 'delayed' : 'bounce'
}

function differs(original: string | undefined, recipient: string | undefined): string | null {
  if (original === undefined) return null
  return recipient !== undefined && addressKey(original) === addressKey(recipient) ? null : original
}

function unique(recipients: readonly ReportedRecipient[]): ReportedRecipient[] {
  const seen = new Set<string>()
  return recipients.filter(({ recipient }) => {
    if (recipient === null) return true
    const isNew = !seen.has(addressKey(recipient))
    seen.add(addressKey(recipient))
    return isNew
  })
}

/** Whom the text names; where it names nobody, the one whom the returned message was for. */
function namedInNotice({ mail, notice, header }: Page): NoticeRecipient[] {
  const from = ['from', 'return-path', 'sender', 'reply-to'].flatMap((name) => fieldValues(header, name))
  const senders = [...from, ...headers(mail, 'to'), ...headers(mail, 'from')]
  const failed = [...headers(mail, 'x-failed-recipients'), ...headers(mail, 'x-mailer-daemon-recipients')]
  const named = readNotice(notice, {
    failed: [...new Set(addressesIn(failed))],
    senders: new Set(addressesIn(senders).map(addressKey)),
  })
  if (named.length > 0) return withRemoteReplies(named, notice)
  const [fallback] = returnedRecipients(header)
  return fallback === undefined ? [] : [{ recipient: fallback, reasons: [] }]
}

/** A line of the transcript by which the remote server refused. */
const remoteReply = /^\s*(?:<<<|(?:received )?>>>(?= ?[45]\d\d)|.{0,40}<--)\s*[45]\d\d[ -]/i

/** In a transcript the remote server's own lines come before what our side made of them. */
function withRemoteReplies(named: readonly NoticeRecipient[], notice: readonly string[]): NoticeRecipient[] {
  const replies = notice.filter((line) => remoteReply.test(line))
  return named.map(({ recipient, reasons }) => {
    const key = addressKey(recipient)
    const own = named.length === 1 ? replies : replies.filter((line) => line.toLowerCase().includes(key))
    return { recipient, reasons: own.length === 0 ? reasons : [own.join('\n'), ...reasons] }
  })
}

function addressesIn(values: readonly string[]): string[] {
  return values.flatMap((value) => findAddresses(value).map(({ address }) => address))
}

/** A reason said once for all is looked for in notices of so few recipients. */
const sharedReasonRecipients = 50

function fromNotice(page: Page, named: readonly NoticeRecipient[]): ReportedRecipient[] {
  const kind = saysDelayed(page.mail.subject, page.notice) ? 'delayed' : 'bounce'
  if (named.length === 0) return [reportedBy(kind, null, wholeNotice(page))]
  const shared = named.length <= sharedReasonRecipients ? wholeNotice(page) : []
  return named.map(({ recipient, reasons }) => reportedBy(kind, recipient, [...reasons, ...shared]))
}

/** A recipient of whom only text is known. */
export function reportedBy(
  kind: 'bounce' | 'delayed',
  recipient: string | null,
  reasons: readonly string[],
): ReportedRecipient {
  const judged = judgeReasons({ reasons })
  return {
    recipient,
    originalRecipient: null,
    kind,
    letter: judged.letter,
    severity: kind === 'delayed' ? 'none' : judged.severity,
    status: judged.status ?? null,
    replyCode: judged.code ?? null,
    action: null,
    remoteMta: null,
    diagnostic: cleanDiagnostic(judged.text),
  }
}

/** Subjects that go on with the subject of our message. */
const quotingSubject =
  /^(\W*(?:undeliver\w*|unzustellbar|non remis|failure notice|\[bounce\]|undeliverable mail)\s*:).*$/is

/** What stands in every notice of a kind and tells nothing of the reason. */
const boilerplate =
  /^\s*(?:>>>|220[ -]|250[ -]|354[ -])|please (?:contact|send|include|check|verify|try|do not)|for (?:further|more|additional) (?:assistance|information|tips)|if you |this is (?:an automat|the |a permanent error|a mime)|was created automatically|automatically generated|mail(?:ing)? system at host|a message that you sent|one or more of its|recipients\. this is|^\s*(?:subject|date|sent|from|to|cc)\s*:/i

/** The last resort: all that the server says, then its subject, without what is ours in it. */
function wholeNotice({ mail, notice, header }: Page): string[] {
  const told = notice.filter((line) => line.trim() !== '' && !boilerplate.test(line)).slice(0, 60)
  const ours = decodeHeader(fieldValue(header, 'subject') ?? '').trim()
  const subject = ours.length > 3 ? mail.subject.replaceAll(ours, '') : mail.subject.replace(quotingSubject, '$1')
  return [told.join('\n'), subject]
}
