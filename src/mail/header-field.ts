// Header fields as they stand in a message: checked, encoded (RFC 2047) and folded (RFC 5322 2.2.3). Used by message.ts
// and list-headers.ts. Text for people may hold anything; what machines read must be right as it is.

import { InvalidInputError } from '../errors.ts'

/** RFC 5322 2.1.1: without the line break. */
const maxLine = 998
/** RFC 2047 2: of a line with an encoded word. */
const foldAt = 76

/** A field of text for people: control characters become blanks, other scripts are encoded. */
export function renderText(name: string, text: string): string {
  return `${checkName(name)}: ${renderPhrase(text, name.length + 2, isPlainText)}`
}

/** A field that programs read. Throws InvalidInputError for what would break the line or can't be put on one. */
export function renderValue(name: string, value: string): string {
  checkName(name)
  if (/[\p{Cc}\u2028\u2029]/u.test(value)) throw refuse(name, 'has a control character or a line break in it')
  if (!/^[\x20-\x7e]*$/.test(value)) throw refuse(name, 'may only be ASCII')
  const field = fold(`${name}: ${value.trim()}`)
  if (field.length > maxLine && field.split('\r\n').some((line) => line.length > maxLine))
    throw refuse(name, `has more than ${maxLine} characters without a blank`)
  return field
}

function checkName(name: string): string {
  if (/^[!-9;-~]{1,60}$/.test(name)) return name
  throw new InvalidInputError(`${JSON.stringify(name.slice(0, 100))} is no name of a header`, 'headers')
}

/** The name of a person or list before an address, from `column` on (RFC 5322 3.2.5). */
export function renderName(name: string, column: number): string {
  return renderPhrase(name, column, isPlainPhrase, quote)
}

function renderPhrase(
  text: string,
  column: number,
  isPlain: (text: string) => boolean,
  quote?: (text: string) => string | undefined,
): string {
  const clean = text.replace(/[\p{Cc}\u2028\u2029\s]+/gu, ' ').trim()
  if (isPlain(clean)) return fold(' '.repeat(column) + clean).slice(column)
  return quote?.(clean) ?? encodeWords(clean.toWellFormed(), column)
}

function isPlainText(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text) && !text.includes('=?') && !/\S{70}/.test(text)
}

function isPlainPhrase(text: string): boolean {
  return /^[\w!#$%&'*+/=?^`{|}~-]+( [\w!#$%&'*+/=?^`{|}~-]+)*$/.test(text) && isPlainText(text)
}

function quote(text: string): string | undefined {
  if (!/^[\x20-\x7e]{1,70}$/.test(text) || text.includes('=?')) return undefined
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}

/** At blanks only, which is no change to what it says. */
function fold(line: string): string {
  if (line.length <= foldAt) return line
  const lines: string[] = []
  let rest = line
  while (rest.length > foldAt) {
    // The first blank is the one behind the name, where a line of its own would be empty.
    const first = lines.length === 0 ? rest.indexOf(' ', rest.search(/\S/)) + 1 : 1
    const before = rest.lastIndexOf(' ', foldAt)
    const at = before > first ? before : rest.indexOf(' ', Math.max(foldAt, first))
    if (at < 0) break
    lines.push(rest.slice(0, at))
    rest = rest.slice(at)
  }
  return [...lines, rest].join('\r\n')
}

/** RFC 2047: words of at most 75 characters that each decode by themselves, in the shorter of both encodings. */
function encodeWords(text: string, column: number): string {
  const bytes = Buffer.byteLength(text)
  const literal = text.replace(/[^A-Za-z0-9 ]/g, '').length
  const isQ = literal + (bytes - literal) * 3 <= bytes * 1.34
  const words: string[] = []
  let chunk = ''
  let used = 0
  for (const char of text) {
    const size = isQ ? encodeQ(char).length : Buffer.byteLength(char)
    const room = foldAt - 1 - '=?utf-8?Q??='.length - (words.length === 0 ? Math.min(column, 40) : 0)
    const limit = isQ ? room : Math.floor(room / 4) * 3
    if (used + size > limit) {
      words.push(chunk)
      chunk = ''
      used = 0
    }
    chunk += char
    used += size
  }
  words.push(chunk)
  return words.map((word) => (isQ ? `=?utf-8?Q?${encodeQ(word)}?=` : `=?utf-8?B?${btoaUtf8(word)}?=`)).join('\r\n ')
}

function encodeQ(text: string): string {
  return text.replace(/[^A-Za-z0-9]/gu, (char) =>
    char === ' ' ? '_' : Buffer.from(char).toString('hex').toUpperCase().replace(/../g, '=$&'),
  )
}

function btoaUtf8(text: string): string {
  return Buffer.from(text).toString('base64')
}

function refuse(field: string, why: string): InvalidInputError {
  return new InvalidInputError(`the header ${field} ${why}`, field)
}
