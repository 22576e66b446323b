// Addresses as SMTP and headers want them. Used by message.ts and list-headers.ts.

import { domainToASCII } from 'node:url'
import { InvalidInputError } from '../errors.ts'

export interface Mailbox {
  address: string
  /** Any text in any script; quotes, commas and brackets in it are taken care of. */
  name?: string
}

export interface WireAddress {
  /** The domain in ASCII (RFC 5890), the local part quoted where it must be. */
  text: string
  /** No ASCII form exists (RFC 6531). */
  needsSmtpUtf8: boolean
}

// What nearly all addresses look like; anything else is looked at part by part.
const usual = /^[A-Za-z0-9_+=-]+(?:\.[A-Za-z0-9_+=-]+)*@[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)*$/
const dotAtom = /^[\w!#$%&'*+/=?^`{|}~\u0080-\u{10ffff}-]+(\.[\w!#$%&'*+/=?^`{|}~\u0080-\u{10ffff}-]+)*$/u
/** RFC 5321 4.5.3.1. */
const maxLocal = 64
const maxAddress = 254

/** Throws InvalidInputError, naming the field, for what no mail server could take. */
export function toWireAddress(address: string, field: string): WireAddress {
  if (address.length <= maxLocal && usual.test(address)) return { text: address, needsSmtpUtf8: false }
  const at = address.lastIndexOf('@')
  const local = address.slice(0, at).normalize('NFC')
  if (at < 1 || /[\s\p{C}\p{Z}<>()[\]:;@\\,"]/u.test(local)) throw refuse(address, field)
  // It would leave line breaks out without a word.
  const domain = /[\s\p{C}\p{Z}]/u.test(address.slice(at)) ? '' : domainToASCII(address.slice(at + 1))
  if (!/^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(domain)) throw refuse(address, field)
  const quoted = dotAtom.test(local) ? local : `"${local}"`
  const text = `${quoted}@${domain}`
  if (Buffer.byteLength(quoted) > maxLocal || Buffer.byteLength(text) > maxAddress) throw refuse(address, field)
  return { text, needsSmtpUtf8: /[^\x20-\x7e]/.test(local) }
}

function refuse(address: string, field: string): InvalidInputError {
  return new InvalidInputError(`${JSON.stringify(address.slice(0, 300))} is no e-mail address`, field)
}
