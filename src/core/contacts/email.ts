// E-mail addresses as the store keeps them. Used by every face that takes one in.

import { InvalidInputError } from '../../errors.ts'

/** RFC 5321 4.5.3.1: 64 octets before the @, 254 in all (a path of 256 less its brackets). */
const maxLocal = 64
const maxAddress = 254

// What nearly all addresses look like; anything else is looked at part by part.
const usual = /^[a-z0-9_+.-]+@[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)+$/

const encoder = new TextEncoder()

/** The form addresses are stored and compared in: trimmed, lower case (wire-2008 2.2), composed. Checks nothing. */
export function normalizeEmail(text: string): string {
  return text.trim().normalize('NFC').toLowerCase()
}

/**
 * The normalized address; throws InvalidInputError with the reason. More lenient than RFC 5322 where real mailboxes
 * are (dots anywhere before the @, UTF-8 by RFC 6531), stricter where no mailing list needs it (no quoted local parts,
 * no address literals, no domain without a dot).
 */
export function parseEmail(text: string): string {
  const email = normalizeEmail(text)
  if (email.length <= maxLocal && usual.test(email)) return email
  const at = email.lastIndexOf('@')
  const local = email.slice(0, at)
  const domain = email.slice(at + 1)
  if (at < 0) throw refuse('has no @')
  if (local === '') throw refuse('has nothing before the @')
  if (encoder.encode(local).length > maxLocal) throw refuse(`has more than ${maxLocal} bytes before the @`)
  if (encoder.encode(email).length > maxAddress) throw refuse(`has more than ${maxAddress} bytes`)
  if (!email.isWellFormed() || email.includes('\ufffd') || /[\s\p{Cc}\p{Cf}\p{Zs}\p{Zl}\p{Zp}]/u.test(email))
    throw refuse('has a space or an invisible character in it')
  if (/[()<>[\]:;@\\,"]/.test(local)) throw refuse('has a character before the @ that belongs in no mailbox name')
  if (!isDomain(domain)) throw refuse('has no usable domain after the @')
  return email
}

// Labels of letters, digits and inner hyphens (RFC 1123 2.1), in any script (RFC 5890), at least two of them.
function isDomain(domain: string): boolean {
  const labels = domain.split('.')
  return (
    labels.length >= 2 &&
    labels.every(
      (label) => label.length <= 63 && /^[\p{L}\p{N}\p{M}]([\p{L}\p{N}\p{M}_-]*[\p{L}\p{N}\p{M}])?$/u.test(label),
    )
  )
}

function refuse(why: string): InvalidInputError {
  return new InvalidInputError(`the e-mail address ${why}`, 'email')
}
