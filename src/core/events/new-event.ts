// What is recorded, and what recording says of it. Shared by record.ts and the two ways it has.

import { createHash } from 'node:crypto'
import type { Event, EventSource } from './event.ts'

export interface NewEvent extends Omit<Event, 'eventId' | 'recordedAt'> {
  source: EventSource
  /**
   * What makes this event itself for its sender, such as a webhook's event id: the same key again is the same event,
   * whatever else changed. Without a key the event's own content is its identity.
   */
  key?: string | undefined
  /** Sends: which of several messages of one campaign to one contact; without it, the next in the order they are recorded. */
  sendNo?: number | undefined
}

export type Recorded =
  | { outcome: 'new' | 'duplicate'; eventId: number }
  | { outcome: 'unknown-contact' | 'unknown-campaign' | 'time-out-of-range' | 'no-longer-kept' }

// 53 bits of the digest: exact in a JavaScript number; with a thousand keys of one contact, one pair in 10^10 collides.
export function hashKey(key: string): number {
  return Number(createHash('sha256').update(key).digest().readBigUInt64BE() >> 11n)
}
