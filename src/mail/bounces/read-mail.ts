// A raw mail taken apart into what the readers of bounces look at. Called by parse-report.ts.

import PostalMime, { decodeWords } from 'postal-mime'
import type { Email } from 'postal-mime'
import { fieldValue, fieldValues, parseFields } from './fields.ts'
import type { Field } from './fields.ts'
import { htmlToLines } from './html-to-lines.ts'

/** Only so much of a mail is looked at: what a server has to say stands before the message it returns. */
const maxMailBytes = 1024 * 1024
const maxMailLines = 20_000
/** Characters of text that are searched for recipients and reasons, and of one line. */
const maxTextLength = 96 * 1024
const maxLineLength = 2000
const maxHeaderLength = 16_000
const maxSubjectLength = 1000

export interface OpenedMail {
  fields: Field[]
  /** The top Content-Type, in lower case. */
  contentType: string
  subject: string
  /** The sender as written, with its name decoded. */
  from: string
  lines: string[]
  /** The content of parts that programs read, by type, in order. */
  statuses: string[]
  feedback: string[]
  dispositions: string[]
  /** The message or the headers that came back. */
  returned: string[]
}

const statusTypes = new Set([
  'message/delivery-status',
  'message/global-delivery-status',
  'message/x-delivery-status',
  'message/xdelivery-status',
])
const feedbackTypes = new Set(['message/feedback-report', 'message/x-feedback-report'])
const dispositionTypes = new Set(['message/disposition-notification', 'message/global-disposition-notification'])
const returnedTypes = new Set([
  'message/rfc822',
  'message/global',
  'message/rfc822-headers',
  'text/rfc822-headers',
  'message/global-headers',
  'text/rfc822-header',
  'text/rfc822',
  'message/partial',
])

/** Never throws on what a mail contains; of a mail that can't be taken apart only the text remains. */
export async function openMail(raw: Uint8Array): Promise<OpenedMail> {
  const bytes = cutMail(raw)
  const email = await parse(bytes)
  if (!email) return withoutStructure(bytes)
  const fields = email.headers.map(({ key, value }) => ({ name: key, value: value.slice(0, maxHeaderLength) }))
  const contents = (types: ReadonlySet<string>): string[] =>
    email.attachments
      .filter(({ mimeType }) => types.has(mimeType))
      .map(({ content }) => (typeof content === 'string' ? content : decodeBytes(new Uint8Array(content))))
  const opened = {
    fields,
    contentType: (fieldValue(fields, 'content-type') ?? '').toLowerCase(),
    subject: (email.subject ?? '').slice(0, maxSubjectLength),
    from: renderFrom(email, fields).slice(0, maxSubjectLength),
    lines: toLines(textOf(email)),
    statuses: contents(statusTypes),
    feedback: contents(feedbackTypes),
    dispositions: contents(dispositionTypes),
    returned: contents(returnedTypes),
  }
  // The boundaries that the header promises are not in the body.
  const isEmpty = opened.lines.every((line) => line === '') && opened.statuses.length + opened.returned.length === 0
  return isEmpty && email.attachments.length === 0 ? { ...opened, lines: toLines(bodyOf(bytes)) } : opened
}

function bodyOf(bytes: Uint8Array): string {
  const text = decodeBytes(bytes)
  const blank = /\r?\n\r?\n/.exec(text)
  return blank ? text.slice(blank.index) : ''
}

/** The beginning of a mail, within both limits. */
function cutMail(raw: Uint8Array): Uint8Array {
  const bytes = raw.subarray(0, maxMailBytes)
  let end = -1
  for (let line = 0; line < maxMailLines; line++) {
    end = bytes.indexOf(0x0a, end + 1)
    if (end < 0) return bytes
  }
  return bytes.subarray(0, end + 1)
}

async function parse(bytes: Uint8Array): Promise<Email | undefined> {
  try {
    return await PostalMime.parse(bytes, {
      attachmentEncoding: 'arraybuffer',
      forceRfc822Attachments: true,
      maxNestingDepth: 50,
      maxHeadersSize: maxMailBytes,
    })
  } catch {
    return undefined
  }
}

function withoutStructure(bytes: Uint8Array): OpenedMail {
  const text = decodeBytes(bytes)
  const fields = parseFields(text)
  return {
    fields,
    contentType: '',
    subject: (fieldValue(fields, 'subject') ?? '').slice(0, maxSubjectLength),
    from: (fieldValue(fields, 'from') ?? '').slice(0, maxSubjectLength),
    lines: toLines(text),
    statuses: [],
    feedback: [],
    dispositions: [],
    returned: [],
  }
}

function renderFrom(email: Email, fields: readonly Field[]): string {
  const { from } = email
  if (!from) return fieldValue(fields, 'from') ?? ''
  return `${from.name} <${from.address ?? ''}>`
}

function textOf(email: Email): string {
  if (email.text !== undefined && email.text.trim() !== '') return email.text
  return email.html === undefined ? '' : htmlToLines(email.html.slice(0, 4 * maxTextLength))
}

/** With every run of blanks as one, so that no pattern can lose its time in them. */
function toLines(text: string): string[] {
  return text
    .slice(0, maxTextLength)
    .split(/\r\n|\r|\n/)
    .map((line) =>
      line
        .slice(0, maxLineLength)
        .replaceAll(/[\0\u200b\ufeff]/g, '')
        .replaceAll(/\s+/g, ' ')
        .trimEnd(),
    )
}

/** UTF-8 where it is, else one byte a character. */
function decodeBytes(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('latin1').decode(bytes)
  }
}

/** The first header of this name; empty when there is none. */
export function header(mail: OpenedMail, name: string): string {
  return fieldValue(mail.fields, name) ?? ''
}

export function decodeHeader(value: string): string {
  return decodeWords(value)
}

export function headers(mail: OpenedMail, name: string): string[] {
  return fieldValues(mail.fields, name)
}
