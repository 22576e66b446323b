// Takes a multipart body apart (RFC 2046 5.1, RFC 7578), whatever its label says: old clients label it as a form, or as
// related, and one as urlencoded (wire-2008 0b). The boundary parameter is what counts. Used by uploads.

import { isUtf8 } from 'node:buffer'
import { InvalidInputError } from '../../errors.ts'

export interface Part {
  /** Of its Content-Disposition. */
  name: string | undefined
  /** As sent, so it may be a whole path, or anything else: data, never a place on our disk. */
  filename: string | undefined
  /** Lower case, without parameters. */
  contentType: string | undefined
  /** By lower-case name; of a repeated one, the first. */
  headers: ReadonlyMap<string, string>
  /** Decoded where the part says base64. A view into the body, not a copy, where it does not. */
  bytes: Uint8Array
}

/** A bulk activity repeats a field for every list, up to a thousand, and for every column. */
const maxParts = 1100
const maxPartHeaderBytes = 8192
/** RFC 2046 5.1.1. */
const maxBoundaryLength = 70

/** The boundary a Content-Type names; undefined when it names none, and the body is then no multipart one. */
export function findBoundary(contentType: string): string | undefined {
  const boundary = parameters(contentType).get('boundary')
  return boundary === '' ? undefined : boundary
}

/**
 * The parts in their order, without preamble and epilogue. Lines may end in CRLF or LF; what is between the delimiters
 * is kept to the byte. Throws InvalidInputError on a body without a last delimiter: it was cut off.
 */
export function readMultipart(body: Uint8Array, contentType: string): Part[] {
  const boundary = findBoundary(contentType)
  if (boundary === undefined) throw new InvalidInputError('the Content-Type names no boundary')
  if (!/^[\x20-\x7e]*[\x21-\x7e]$/.test(boundary) || boundary.length > maxBoundaryLength)
    throw new InvalidInputError(`the boundary must be at most ${maxBoundaryLength} printable ASCII characters`)
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const parts: Part[] = []
  let delimiter = findDelimiter(bytes, boundary, 0)
  while (delimiter && !delimiter.isLast) {
    const next = findDelimiter(bytes, boundary, delimiter.end)
    if (!next) break
    if (parts.length === maxParts) throw new InvalidInputError(`the body has more than ${maxParts} parts`)
    // Only who ends lines in CRLF means a CR before the delimiter to be part of it: a file may end in one.
    const isCr = delimiter.isCrlf && bytes[next.start - 2] === cr && next.start - 2 >= delimiter.end
    // Nothing between two delimiters but the one line end is an empty part without headers.
    const end = Math.max(delimiter.end, next.start - (isCr ? 2 : 1))
    parts.push(readPart(bytes.subarray(delimiter.end, end)))
    delimiter = next
  }
  if (!delimiter?.isLast) throw new InvalidInputError('the multipart body does not end in its boundary')
  return parts
}

interface Delimiter {
  /** Where its two dashes are. */
  start: number
  /** Behind its line. */
  end: number
  isLast: boolean
  isCrlf: boolean
}

const [cr, lf, dash, space, tab] = [13, 10, 45, 32, 9]

// A line of its own: two dashes, the boundary, two more after the last part, and spaces that were added on the way.
function findDelimiter(bytes: Buffer, boundary: string, from: number): Delimiter | undefined {
  const dashes = `--${boundary}`
  const isAt = (start: number): boolean => start === 0 || bytes[start - 1] === lf
  for (let start = bytes.indexOf(dashes, from); start >= 0; start = bytes.indexOf(dashes, start + 1)) {
    if (!isAt(start)) continue
    let end = start + dashes.length
    const isClosed = bytes[end] === dash && bytes[end + 1] === dash
    if (isClosed) end += 2
    while (bytes[end] === space || bytes[end] === tab) end++
    const isCrlf = bytes[end] === cr && bytes[end + 1] === lf
    if (isCrlf) end++
    if (bytes[end] !== lf && end < bytes.length) continue
    end = Math.min(end + 1, bytes.length)
    return { start, end, isLast: isClosed || end === bytes.length, isCrlf }
  }
  return undefined
}

function readPart(bytes: Buffer): Part {
  const { headers, end } = readHeaders(bytes)
  const disposition = parameters(headers.get('content-disposition') ?? '')
  return {
    name: disposition.get('name'),
    filename: disposition.get('filename'),
    contentType: headers.get('content-type')?.split(';')[0]!.trim().toLowerCase(),
    headers,
    bytes: decode(bytes.subarray(end), headers.get('content-transfer-encoding')),
  }
}

function readHeaders(bytes: Buffer): { headers: Map<string, string>; end: number } {
  const lines: string[] = []
  for (let start = 0; ;) {
    const end = bytes.indexOf(lf, start)
    if (end < 0) throw new InvalidInputError('a part of the multipart body has no end of its headers')
    if (end > maxPartHeaderBytes)
      throw new InvalidInputError(`the headers of a part are longer than ${maxPartHeaderBytes} bytes`)
    const line = toText(bytes.subarray(start, bytes[end - 1] === cr && end > start ? end - 1 : end))
    start = end + 1
    if (line === '') return { headers: new Map(lines.toReversed().map(parseHeader)), end: start }
    // RFC 5322 2.2.3: a line that begins with white space goes on with the one before.
    if (/^[ \t]/.test(line) && lines.length > 0) lines[lines.length - 1] += line
    else lines.push(line)
  }
}

function parseHeader(line: string): [string, string] {
  const colon = line.indexOf(':')
  const name = line.slice(0, Math.max(colon, 0)).trimEnd().toLowerCase()
  if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name))
    throw new InvalidInputError('a header in the multipart body is malformed')
  return [name, line.slice(colon + 1).trim()]
}

// RFC 7578 5.1.2 leaves the charset to the sender; those of 2008 sent UTF-8 or Latin-1.
function toText(bytes: Buffer): string {
  return bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1')
}

function decode(bytes: Buffer, encoding = 'binary'): Uint8Array {
  const name = encoding.toLowerCase()
  if (['binary', '8bit', '7bit', ''].includes(name)) return bytes
  if (name !== 'base64') throw new InvalidInputError(`the transfer encoding of a part must be binary or base64`)
  const text = bytes.toString('latin1')
  const padding = text.indexOf('=')
  if (/[^a-z0-9+/=\s]/i.test(text) || (padding >= 0 && !/^=(\s*=)?\s*$/.test(text.slice(padding))))
    throw new InvalidInputError('a part is no base64')
  return Buffer.from(text, 'base64')
}

// RFC 2045 5.1. In a quoted value only quotes and backslashes are escaped: browsers of 2008 sent `C:\photos\a.gif`.
function parameters(header: string): Map<string, string> {
  const found = new Map<string, string>()
  for (const [, name, value] of header.matchAll(/;\s*([^\s=;"]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^\s;"]*)/g)) {
    const text = value!.startsWith('"') ? value!.slice(1, -1).replaceAll(/\\(["\\])/g, '$1') : value!
    const key = name!.toLowerCase()
    if (!found.has(key)) found.set(key, text)
  }
  return found
}
