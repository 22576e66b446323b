// How the bodies of a message travel (RFC 2045 6): as they are where lines and characters allow it, else in the shorter
// of quoted-printable and base64. Used by message.ts for each part of each message, so it is made to be quick.

export interface EncodedBody {
  encoding: '7bit' | 'quoted-printable' | 'base64'
  /** ASCII, with CRLF line breaks, at most 998 characters a line. */
  body: string
}

const CR = 13
const LF = 10
const SPACE = 32
const TAB = 9
const EQUALS = 61
const hex = Buffer.from('0123456789ABCDEF')
/** RFC 2045 6.7 (5): with the `=` of a soft break. */
const maxLine = 76

export function encodeText(text: string): EncodedBody {
  const lines = text.includes('\r') ? text.replace(/\r\n|\r|\n/g, '\r\n') : text.replaceAll('\n', '\r\n')
  if (/^[\x01-\x7f]*$/.test(lines) && !hasLongLine(lines)) return { encoding: '7bit', body: lines }
  const bytes = Buffer.from(lines, 'utf8')
  const nonAscii = bytes.length - countAscii(bytes)
  if (nonAscii * 6 > bytes.length) return encodeBytes(bytes)
  return { encoding: 'quoted-printable', body: encodeQuotedPrintable(bytes) }
}

export function encodeBytes(bytes: Uint8Array): EncodedBody {
  const base64 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
  return { encoding: 'base64', body: base64.replace(/.{76}(?=.)/g, '$&\r\n') }
}

/** RFC 5322 2.1.1. */
function hasLongLine(text: string): boolean {
  let from = 0
  while (text.length - from > 998) {
    const end = text.indexOf('\r\n', from)
    if (end < 0 || end - from > 998) return true
    from = end + 2
  }
  return false
}

function countAscii(bytes: Buffer): number {
  let count = 0
  for (const byte of bytes) if (byte < 0x80) count++
  return count
}

/** Takes CRLF for line breaks, and only CRLF. */
function encodeQuotedPrintable(bytes: Buffer): string {
  // Three characters a byte, and a soft break of three for each line.
  const out = Buffer.allocUnsafe(Math.ceil(bytes.length * 3 * (1 + 3 / (maxLine - 3))) + 8)
  let length = 0
  let column = 0
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!
    if (byte === CR && bytes[i + 1] === LF) {
      out[length++] = CR
      out[length++] = LF
      column = 0
      i++
      continue
    }
    const isLiteral = byte >= SPACE && byte < 0x7f && byte !== EQUALS
    const isBlank = byte === SPACE || byte === TAB
    const isLast = i + 1 === bytes.length || (bytes[i + 1] === CR && bytes[i + 2] === LF)
    const asItIs = isBlank ? !isLast : isLiteral
    const width = asItIs ? 1 : 3
    // The last of a line needs no room for a soft break.
    if (column + width > (isLast ? maxLine : maxLine - 1)) {
      out[length++] = EQUALS
      out[length++] = CR
      out[length++] = LF
      column = 0
    }
    column += width
    if (asItIs) out[length++] = byte
    else {
      out[length++] = EQUALS
      out[length++] = hex[byte >> 4]!
      out[length++] = hex[byte & 15]!
    }
  }
  return out.toString('latin1', 0, length)
}
