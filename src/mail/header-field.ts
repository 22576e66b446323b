// Header fields as they stand in a message: checked here, encoded (RFC 2047) and folded (RFC 5322 2.2.3) by nodemailer.
// Used by message.ts and list-headers.ts. Text for people may hold anything; what machines read must be right as it is,
// because nodemailer would change it without a word.

import { encodeWord, foldLines } from 'nodemailer/lib/mime-funcs'
import MimeNode from 'nodemailer/lib/mime-node'
import { InvalidInputError } from '../errors.ts'
import type { Mailbox, WireAddress } from './address.ts'

/** RFC 5322 2.1.1, but for the blank that a folded line begins with. */
const maxWord = 997
/** RFC 2047 2: of a line with an encoded word, and of the word itself with room for the name of a field. */
const foldAt = 76
const encodedWord = 52

/** Asked how values are encoded; never part of a message. */
const encoder = new MimeNode()

/** A field of text for people: control characters become blanks, other scripts are encoded. */
export function renderText(name: string, text: string): string {
  checkName(name)
  const clean = cleanText(text)
  return foldField(name, needsWords(clean) ? encodeWords(clean) : encoder.encodeHeaderValue('Subject', clean))
}

/** A field that programs read. Throws InvalidInputError for what would break the line or can't be put on one. */
export function renderValue(name: string, value: string): string {
  checkName(name)
  if (/[\p{Cc}\u2028\u2029]/u.test(value)) throw refuse(name, 'has a control character or a line break in it')
  if (!/^[\x20-\x7e]*$/.test(value)) throw refuse(name, 'may only be ASCII')
  if (value.length > maxWord && value.split(' ').some((word) => word.length > maxWord))
    throw refuse(name, `has more than ${maxWord} characters without a blank`)
  // A line of blanks alone ends the headers for some.
  if (/ {60}/.test(value.trim())) throw refuse(name, 'has 60 blanks in a row')
  return foldField(name, value.trim())
}

/** `Name <address>`, or the address alone. */
export function renderMailbox(field: string, { name }: Mailbox, address: WireAddress): string {
  return foldField(field, renderNamed(name, address.text))
}

/** What stands in angle brackets with a name for people before it, where there is one (RFC 5322 3.4, RFC 2919 2); unfolded. */
export function renderNamed(name: string | undefined, text: string): string {
  const clean = cleanText(name ?? '')
  if (needsWords(clean)) return `${encodeWords(clean)} <${text}>`
  return encoder.encodeHeaderValue('From', { name: clean, address: text })
}

function checkName(name: string): void {
  if (/^[!-9;-~]{1,60}$/.test(name)) return
  throw new InvalidInputError(`${JSON.stringify(name.slice(0, 100))} is no name of a header`, 'headers')
}

function cleanText(text: string): string {
  return text
    .replace(/[\p{Cc}\u2028\u2029\s]+/gu, ' ')
    .trim()
    .toWellFormed()
}

/** What nodemailer leaves as it is: it takes the first for encoded already, and can't fold the second. */
function needsWords(text: string): boolean {
  return text.includes('=?') || /\S{70}/.test(text)
}

function encodeWords(text: string): string {
  return encodeWord(text, 'B', encodedWord)
}

function foldField(name: string, value: string): string {
  return foldLines(`${name}: ${value}`, foldAt)
}

function refuse(field: string, why: string): InvalidInputError {
  return new InvalidInputError(`the header ${field} ${why}`, field)
}
