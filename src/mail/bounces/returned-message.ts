// Where a notice ends and the message it returns begins, and what the returned message's headers tell. Called by
// parse-report.ts and its readers.

import { anyOf } from './any-of.ts'
import { findAddresses } from './addresses.ts'
import { fieldValues, parseFields } from './fields.ts'
import type { Field } from './fields.ts'

/** Lines that announce the message, in lower case. */
const announcements = anyOf(String.raw`
  ^\W{0,6}-{2,}.{0,40}\b(?:original|returned|undelivered|unsent|bounced|your) (?:message|mail|e-?mail)\b
  ^\W{0,6}[-=_*|]{2,} ?(?:message|mail) (?:header|text|body|content|follows)
  ^\W{0,6}-{2,}.{0,10}\b(?:this is a copy of|below this line is a copy|the header of the original|below is the (?:original )?message|the (?:header|first|body).{0,40}follow|here is (?:a|the).{0,30}(?:message|header)|start of)
  ^\W{0,6}(?:the )?(?:possibly truncated )?(?:original|returned|undelivered|unsent|undeliverable|rejected|failed) (?:e-?mail |mail )?(?:message|mail|e-?mail)(?:'s)?(?: text| header| headers| body| info)? (?:follows|as follows|is (?:attached|below|as follows)|attached)
  ^\W{0,6}(?:the )?(?:original|returned|undelivered) (?:e-?mail )?message(?: headers?| text| follows?)?\s?:\s*$
  ^\W{0,6}(?:message|mail) (?:headers?|contents?|text|body) (?:follows?|are below)\b
  ^\W{0,6}(?:below|following|here|included|this|attached) is (?:a|the) (?:copy|text|header|original|message).{0,60}(?:message|headers?|mail)\b.{0,20}:\s*$
  ^\W{0,6}(?:a copy of (?:the|your) (?:original )?message|copy of the (?:message|mail)).{0,40}(?:follows|below|:)
  ^\W{0,6}-+ ?original (?:mail|message)
  ^\W{0,6}-+ ?message non-deliverable|your message reads|unsent message below|copy of the original message below|here is listed the initial part of the message|the header and top \d+ lines
  ^\W{0,6}(?:en-t[êe]tes? (?:du|de).{0,20}origine|intestazioni.{0,20}original|ursprüngliche (?:nachrichten)?kopf|encabezados.{0,20}original|cabe[çc]alhos.{0,20}originais|oorspronkelijke berichtkop|ursprungligt? meddelande|originalnachricht|オリジナル.{0,6}メッセージ)
  ^\W{0,6}-{3,} ?(?:元の|送信された|オリジナル|ursprüngliche|message d'origine|mensaje original)
`)

/** Fields that only a whole header of a message has, and that no notice shows at the start of a line. */
const headerStart =
  /^(?:received|return-path|x-received|dkim-signature|x-originating-ip|mime-version|message-id|from|to|subject|date|x-[\w-]+|content-type|delivered-to)[ \t]*:/i
const sureHeader =
  /^(?:received|return-path|mime-version|dkim-signature|x-originating-ip|content-type|content-transfer-encoding|x-mailer)[ \t]*:/i
const mailHeader = /^(?:received|return-path|message-id|from|to|subject)[ \t]*:/i
const neverHeader =
  /^(?:reporting-mta|final-recipient|original-recipient|action|status|diagnostic-code|remote-mta)[ \t]*:/i

export interface SplitNotice {
  notice: string[]
  returned: string[]
}

/** Splits where the returned message is announced or its header begins. */
export function splitNotice(lines: readonly string[]): SplitNotice {
  for (const [at, line] of lines.entries()) {
    const isAnnounced = line.length < 200 && announcements.test(line.toLowerCase())
    if (isAnnounced && at > 0) return { notice: lines.slice(0, at), returned: lines.slice(at + 1) }
    if (beginsHeader(lines, at)) return { notice: lines.slice(0, at), returned: lines.slice(at) }
  }
  return { notice: [...lines], returned: [] }
}

/** Three fields in a row, one of which no notice would show, and which are no mere part's. */
function beginsHeader(lines: readonly string[], at: number): boolean {
  if (!headerStart.test(lines[at]!)) return false
  let fields = 0
  let isSure = false
  let isMail = false
  for (const line of lines.slice(at, at + 24)) {
    if (line.trim() === '' || neverHeader.test(line)) break
    if (/^[ \t]/.test(line)) continue
    if (!/^[\w-]{1,60}[ \t]*:/.test(line)) break
    fields++
    isSure ||= sureHeader.test(line)
    isMail ||= mailHeader.test(line)
  }
  return isSure && isMail && fields >= 3
}

/** The header of the returned message, wherever it came: in a part of its own, else in the text. */
export function returnedHeader(parts: readonly string[], text: readonly string[]): Field[] {
  for (const part of [...parts, text.join('\n').trimStart()]) {
    const fields = parseFields(part.trimStart())
    if (fields.length > 0) return fields
  }
  return []
}

/** Whom the message went to, as its header tells: candidates, the surest first. */
export function returnedRecipients(fields: readonly Field[]): string[] {
  const forWhom = fieldValues(fields, 'received').flatMap((line) => /\bfor <?([^\s<>;]{3,320})/i.exec(line)?.[1] ?? [])
  const named = ['to', 'x-original-to', 'envelope-to', 'cc'].flatMap((name) => fieldValues(fields, name))
  return [...named, ...forWhom].flatMap((value) => findAddresses(value).map(({ address }) => address))
}
