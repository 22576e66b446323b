// The seldom-filled fields of an event as one short text column. Written by record.ts, read by history.ts.
// Most details are one message and nothing else, so that case is stored bare; anything else is JSON.

import type { Event } from './event.ts'

export interface Details extends Pick<
  Event,
  'url' | 'code' | 'message' | 'by' | 'messageId' | 'status' | 'server' | 'tls' | 'queueId' | 'friends'
> {
  /** By how many ms the event stands behind its own time, where that was taken. */
  shift?: number | undefined
}

/** The stored text, null when there is nothing to store. Equal details always give equal text. */
export function packDetails(details: Details): string | null {
  const { url, code, message, by, messageId, status, server, tls, queueId, friends, shift } = details
  const isMessageAlone = [url, code, by, messageId, status, server, tls, queueId, friends, shift].every(
    (field) => field === undefined,
  )
  if (isMessageAlone) {
    if (message === undefined) return null
    if (!message.startsWith('{')) return message
  }
  return JSON.stringify({ code, message, by, messageId, url, status, server, tls, queueId, friends, shift })
}

/** The inverse of packDetails. */
export function unpackDetails(text: string | null): Details {
  if (text === null) return {}
  return text.startsWith('{') ? (JSON.parse(text) as Details) : { message: text }
}
