// What is delivered: a thin document that says what happened to whom, by id. Used by send-webhook.ts.

import { createHash } from 'node:crypto'
import type { Verdict } from '../verdicts/hit.ts'
import type { EventKind } from '../events/event.ts'
import type { HistoryEvent } from '../events/history.ts'

/** Public, and for ever. */
const webhookTypes: Readonly<Record<EventKind, string>> = {
  send: 'email.sent',
  delivery: 'email.delivered',
  open: 'email.opened',
  click: 'email.clicked',
  bounce: 'email.bounced',
  complaint: 'email.complained',
  forward: 'email.forwarded',
  optout: 'contact.opted_out',
}

const testType = 'webhook.test'

/** What is longer is cut or left out: a payload stays under 20 kB. */
const maxMessageLength = 1000
const maxUrlBytes = 8192

export interface Told {
  email?: string | undefined
  verdict?: Verdict | undefined
}

export function renderPayload(event: HistoryEvent, { email, verdict }: Told): string {
  const { url, message } = event
  // What is undefined is not written.
  const data = {
    id: eventRef(event),
    kind: event.kind,
    at: new Date(event.at).toISOString(),
    recordedAt: new Date(event.recordedAt).toISOString(),
    contactId: event.contactId,
    email,
    campaign: { id: event.campaignId, name: event.campaignName },
    url: url !== undefined && Buffer.byteLength(url) <= maxUrlBytes ? url : undefined,
    code: event.code,
    status: event.status,
    message: message?.slice(0, maxMessageLength).toWellFormed(),
    by: event.by,
    messageId: event.messageId,
    server: event.server,
    verdict: verdict === 'probe' ? undefined : verdict,
  }
  return JSON.stringify({ type: webhookTypes[event.kind], timestamp: data.at, data })
}

export function renderTest(endpointId: string, now: number): string {
  const timestamp = new Date(now).toISOString()
  return JSON.stringify({ type: testType, timestamp, data: { webhook: endpointId, message: 'This is a test.' } })
}

/** As the API names events. */
export function eventRef({ contactId, kind, eventId }: Pick<HistoryEvent, 'contactId' | 'kind' | 'eventId'>): string {
  return `${contactId}-${kind}-${eventId}`
}

/** The `webhook-id` of an event at an endpoint: the same however often it is delivered. */
export function messageIdOf(endpointId: string, ref: string): string {
  return `msg_${createHash('sha256').update(`${endpointId} ${ref}`).digest('base64url').slice(0, 27)}`
}
