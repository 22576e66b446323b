// Bodies as they are stored: JSON of hundreds of events says much the same again and again. Used wherever a body is written
// or read.

import { deflateRawSync, inflateRawSync } from 'node:zlib'

/** No body that was taken is longer. */
const maxBytes = 16 * 2 ** 20

export function packBody(body: Uint8Array): Uint8Array {
  return deflateRawSync(body, { level: 1 })
}

export function unpackBody(stored: Uint8Array): Uint8Array {
  return inflateRawSync(stored, { maxOutputLength: maxBytes })
}
