// An event as JSON, and as the request that gets it. Used by the timeline and its downloads.

import { publicAddress } from './public-address.ts'
import type { JudgedEvent } from './timeline.ts'
import type { Member } from './visit.ts'

/** As the JSON API calls it. */
export function eventName({ contactId, kind, eventId }: JudgedEvent): string {
  return `${contactId}-${kind}-${eventId}`
}

export function eventJson(event: JudgedEvent): object {
  const { eventId: _id, contactId, kind, at, recordedAt, verdict, hit: _hit, ...rest } = event
  return {
    id: eventName(event),
    kind,
    at: new Date(at).toISOString(),
    recordedAt: new Date(recordedAt).toISOString(),
    contactId,
    ...rest,
    ...(verdict && { verdict: verdict.verdict, reasons: verdict.reasons }),
  }
}

/** How the API gets it. */
export function curlText(visit: Member, event: JudgedEvent): string {
  const address = `${publicAddress(visit)}/api/v1/events/${eventName(event)}`
  return `curl -H "Authorization: Bearer $API_KEY" '${address}'`
}
