// Mail as other servers send it back: bounces, complaints, replies. And a contact that had a message, to whom it belongs.

import { ingestReport } from '../src/core/bounces/ingest-report.ts'
import type { IncomingMail, Ingested } from '../src/core/bounces/ingest-report.ts'
import { listReviews, nobodysAccount } from '../src/core/bounces/review.ts'
import type { Review } from '../src/core/bounces/review.ts'
import { listHistory } from '../src/core/events/history.ts'
import type { HistoryEvent } from '../src/core/events/history.ts'
import { findHold } from '../src/core/suppressions/hold.ts'
import type { Hold } from '../src/core/suppressions/hold.ts'
import { findSuppression } from '../src/core/suppressions/suppression.ts'
import { sealAddressToken, sealToken } from '../src/core/tracking/token.ts'
import type { TokenFields } from '../src/core/tracking/token.ts'
import type { Config } from '../src/config.ts'
import { importLines } from './import-lines.ts'
import { startTestServer, testNow } from './server.ts'
import type { TestServer } from './server.ts'

export const bounceDomain = 'bounce.test'

interface DsnParts {
  recipient?: string
  action?: string
  status?: string
  diagnostic?: string
  /** Header lines of the message that comes back. */
  returned?: string[]
  envelopeId?: string
}

/** A delivery report (RFC 3464). */
export function dsn(parts: DsnParts = {}): Buffer {
  const { recipient = 'jflowers@mail.com', action = 'failed', status = '5.1.1', returned = [], envelopeId } = parts
  const { diagnostic = `smtp; 550 ${status} <${recipient}>: no such user` } = parts
  return lines(
    'From: Mail Delivery System <MAILER-DAEMON@mx.example>',
    'To: somebody@bounce.test',
    'Subject: Undelivered Mail Returned to Sender',
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
    '',
    '--b',
    'Content-Type: text/plain',
    '',
    'This is the mail system at host mx.example.',
    '',
    '--b',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.example',
    ...(envelopeId === undefined ? [] : [`Original-Envelope-Id: ${envelopeId}`]),
    '',
    `Final-Recipient: rfc822; ${recipient}`,
    `Action: ${action}`,
    `Status: ${status}`,
    'Remote-MTA: dns; mx2.example',
    `Diagnostic-Code: ${diagnostic}`,
    '',
    '--b',
    'Content-Type: text/rfc822-headers',
    '',
    'From: joe@joesflowers.example',
    'Subject: October Specials',
    ...returned,
    '',
    '--b--',
  )
}

/** A feedback report (RFC 5965). */
export function feedback(type: string, returned: readonly string[]): Buffer {
  return lines(
    'From: <feedback@provider.example>',
    'Subject: FW: October Specials',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=feedback-report; boundary="b"',
    '',
    '--b',
    'Content-Type: text/plain',
    '',
    'This is an email abuse report.',
    '',
    '--b',
    'Content-Type: message/feedback-report',
    '',
    `Feedback-Type: ${type}`,
    'User-Agent: SomeGenerator/1.0',
    'Version: 1',
    '',
    '--b',
    'Content-Type: message/rfc822',
    '',
    'From: joe@joesflowers.example',
    'To: redacted@mail.com',
    'Subject: October Specials',
    ...returned,
    '',
    'Hello',
    '--b--',
  )
}

export const autoReply = lines(
  'From: Jane <jflowers@mail.com>',
  'Subject: Out of office',
  'Auto-Submitted: auto-replied',
  '',
  'I am on vacation.',
)

export const letter = lines('From: Jane <jflowers@mail.com>', 'Subject: Roses', '', 'Do you have roses?')

function lines(...all: string[]): Buffer {
  return Buffer.from(`${all.join('\r\n')}\r\n`)
}

export interface ReturnedTest extends TestServer {
  /** The envelope sender of the message that contact 32 had of campaign 1100. */
  verp(changes?: Partial<TokenFields>): string
  unsub(changes?: Partial<TokenFields>): string
  /** Its X-Send-Id. */
  sendId(changes?: Partial<TokenFields>): string
  ingest(raw: Uint8Array, mail?: Partial<IncomingMail>): Promise<Ingested>
  /** Oldest first, without the send. */
  events(contactId?: number): Promise<HistoryEvent[]>
  hold(contactId?: number): Promise<Hold | undefined>
  suppression(email?: string): Promise<string | undefined>
  /** The account's, then nobody's. */
  reviews(): Promise<Review[]>
}

const hour = 3_600_000

/** Contact 32 had campaign 1100 an hour ago, and contact 33 did too. */
export async function startReturned(settings: Partial<Config> = {}): Promise<ReturnedTest> {
  const server = await startTestServer({ bounceDomain, ...settings })
  const at = new Date(testNow - hour).toISOString()
  await importLines(server, [
    { type: 'list', id: 1, name: 'General Interest' },
    { type: 'campaign', id: 1100, name: 'October', fromEmail: 'joe@joesflowers.example' },
    { type: 'contact', id: 32, email: 'jflowers@mail.com', lists: ['General Interest'] },
    { type: 'contact', id: 33, email: 'other@mail.com', lists: ['General Interest'] },
    { type: 'event', kind: 'send', contact: 32, campaign: 1100, at, messageId: 'one@joesflowers.example' },
    { type: 'event', kind: 'send', contact: 33, campaign: 1100, at, messageId: 'two@joesflowers.example' },
  ])
  return returned(server)
}

/** The same on a server that has sent something already. */
export function returned(server: TestServer, whom: Partial<TokenFields> = {}): ReturnedTest {
  const { app, accountId } = server
  const fields = { accountId, contactId: 32, campaignId: 1100, sendNo: 0, linkNo: 0, ...whom }
  const key = (): Parameters<typeof sealToken>[0] => app.tracking.keys.newest
  return {
    ...server,
    verp: (changes) => `b.${sealAddressToken(key(), 'verp', { ...fields, ...changes })}@${bounceDomain}`,
    unsub: (changes) => `unsub.${sealAddressToken(key(), 'unsubscribe', { ...fields, ...changes })}@${bounceDomain}`,
    sendId: (changes) => sealToken(key(), 'verp', { ...fields, ...changes }),
    ingest: (raw, mail = {}) => ingestReport(app, { raw, receivedAt: app.now(), way: 'pipe', ...mail }),
    events: async (contactId = fields.contactId) => {
      const { events } = await listHistory(app.db, accountId, { contactId, order: 'oldest-first', limit: 50 })
      return events.filter(({ kind }) => kind !== 'send')
    },
    hold: (contactId = fields.contactId) => findHold(app.db, accountId, contactId),
    suppression: async (email = 'jflowers@mail.com') => (await findSuppression(app.db, accountId, email))?.reason,
    reviews: async () => {
      const both = [accountId, nobodysAccount].map((owner) => listReviews(app.db, owner, { limit: 100 }))
      return (await Promise.all(both)).flat()
    },
  }
}
