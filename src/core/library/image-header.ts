// What an upload really is, by its bytes: GIF, PNG or JPEG, and how large a picture. Names and labels are not asked.
// SVG is no image here: it can hold scripts. Used by write-image.ts.

export type ImageType = 'image/gif' | 'image/png' | 'image/jpeg'

export interface ImageHeader {
  type: ImageType
  width: number
  height: number
}

/** Undefined for anything else, and for a picture whose structure breaks off before its end. Decodes nothing. */
export function readImageHeader(bytes: Uint8Array): ImageHeader | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const size = readPng(buffer) ?? readGif(buffer) ?? readJpeg(buffer)
  return size && size.width > 0 && size.height > 0 ? size : undefined
}

const pngSignature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')

// PNG (ISO 15948) 5.2, 5.3: chunks of length, type, data and checksum; IHDR first, IEND last.
function readPng(bytes: Buffer): ImageHeader | undefined {
  if (!bytes.subarray(0, 8).equals(pngSignature) || bytes.length < 33) return undefined
  if (bytes.readUInt32BE(8) !== 13 || bytes.toString('latin1', 12, 16) !== 'IHDR') return undefined
  let hasData = false
  for (let at = 8; at + 12 <= bytes.length; at += 12 + bytes.readUInt32BE(at)) {
    const type = bytes.toString('latin1', at + 4, at + 8)
    if (type === 'IDAT') hasData = true
    if (type === 'IEND')
      return hasData ? { type: 'image/png', width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) } : undefined
  }
  return undefined
}

// GIF89a 17 to 27: a screen, then extensions and frames, each in blocks that name their length, then a semicolon, which
// some old programs left out.
function readGif(bytes: Buffer): ImageHeader | undefined {
  if (!/^GIF8[79]a$/.test(bytes.toString('latin1', 0, 6)) || bytes.length < 14) return undefined
  let hasFrame = false
  let at = 13 + colorTableLength(bytes[10]!)
  while (at < bytes.length && bytes[at] !== 0x3b) {
    const kind = bytes[at]
    if (kind === 0x2c) at += 11 + colorTableLength(bytes[at + 9] ?? 0)
    else if (kind === 0x21) at += 2
    else return undefined
    hasFrame ||= kind === 0x2c
    while (bytes[at]) at += bytes[at]! + 1
    at++
  }
  const isWhole = hasFrame && at <= bytes.length
  return isWhole ? { type: 'image/gif', width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) } : undefined
}

function colorTableLength(flags: number): number {
  return flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0
}

// JPEG (ITU-T T.81) B.1.1, B.2.2: segments up to the first scan, of which one frame header has the size; then data.
function readJpeg(bytes: Buffer): ImageHeader | undefined {
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) return undefined
  let size: ImageHeader | undefined
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff;) {
    const marker = bytes[at + 1]!
    // Any number of FF may stand before a marker (B.1.1.2).
    if (marker === 0xff) {
      at++
      continue
    }
    const length = bytes.readUInt16BE(at + 2)
    if (length < 2) return undefined
    if (isFrame(marker)) {
      if (length < 8 || at + 9 > bytes.length) return undefined
      size = { type: 'image/jpeg', height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) }
    }
    if (marker === 0xda) return bytes.indexOf(endOfImage, at) > 0 ? size : undefined
    at += 2 + length
  }
  return undefined
}

const endOfImage = Buffer.from([0xff, 0xd9])

function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
}
