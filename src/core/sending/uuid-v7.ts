// UUIDs whose order is that of their times (RFC 9562 5.7): the names of messages. Node 24 makes none yet.

import { randomBytes } from 'node:crypto'

/** At `at`, epoch ms; those of one millisecond are in no order. */
export function uuidV7(at: number): string {
  const bytes = randomBytes(16)
  bytes.writeUIntBE(at, 0, 6)
  bytes[6] = (bytes[6]! & 0x0f) | 0x70
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
