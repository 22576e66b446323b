// How the demo's mailboxes take a campaign: which refuse, which are slow, which bounce later, complain, read or unsubscribe.
// By the contact's number, so that every installation shows the same. Used by demo-readers.ts and `contrail demo send`.

export type DemoFate =
  | 'unknown-user'
  | 'full'
  | 'blocked'
  | 'busy'
  | 'returned'
  | 'complains'
  | 'unsubscribes'
  | 'clicks'
  | 'opens'
  | 'arrives'

/** Of a thousand, from the first on. */
const shares: readonly [fate: DemoFate, share: number][] = [
  ['unknown-user', 12],
  ['full', 8],
  ['blocked', 5],
  ['busy', 25],
  ['returned', 10],
  ['complains', 3],
  ['unsubscribes', 7],
  ['clicks', 90],
  ['opens', 240],
]

export function fateOf(contactId: number): DemoFate {
  // Neighbours differ.
  let place = (contactId * 619) % 1000
  for (const [fate, share] of shares) {
    if (place < share) return fate
    place -= share
  }
  return 'arrives'
}

/** What the mailbox's server answers at once; undefined is that it takes the message. */
export const refusals: Readonly<Partial<Record<DemoFate, string>>> = {
  'unknown-user': '550 5.1.1 The email account that you tried to reach does not exist',
  full: '552 5.2.2 The recipient’s inbox is out of storage space',
  blocked: '554 5.7.1 Message rejected due to the reputation of the sending network',
}

/** What a busy one answers the first time. */
export const deferral = '451 4.7.1 Greylisted, please try again in a moment'

/** A delivery report (RFC 3464) of a message that was taken and then could not be delivered. */
export function deliveryReport(recipient: string, envelopeFrom: string, at: number): string {
  return [
    'From: Mail Delivery System <MAILER-DAEMON@mx.mail.example>',
    `To: ${envelopeFrom}`,
    'Subject: Undelivered Mail Returned to Sender',
    `Date: ${mailDate(at)}`,
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="demo"',
    '',
    '--demo',
    'Content-Type: text/plain; charset=us-ascii',
    '',
    `<${recipient}>: this account has been disabled`,
    '',
    '--demo',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.mail.example',
    '',
    `Final-Recipient: rfc822; ${recipient}`,
    'Action: failed',
    'Status: 5.2.1',
    'Diagnostic-Code: smtp; 550 5.2.1 This account has been disabled',
    '',
    '--demo--',
    '',
  ].join('\r\n')
}

/** A feedback report (RFC 5965): the reader pressed "spam". */
export function complaintReport(recipient: string, envelopeFrom: string, original: string, at: number): string {
  return [
    'From: feedback@mail.example',
    `To: ${envelopeFrom}`,
    'Subject: Abuse report',
    `Date: ${mailDate(at)}`,
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=feedback-report; boundary="demo"',
    '',
    '--demo',
    'Content-Type: text/plain; charset=us-ascii',
    '',
    'This is an abuse report for a message of yours.',
    '',
    '--demo',
    'Content-Type: message/feedback-report',
    '',
    'Feedback-Type: abuse',
    'User-Agent: MailExample-FBL/1.0',
    'Version: 1',
    `Original-Rcpt-To: ${recipient}`,
    '',
    '--demo',
    'Content-Type: message/rfc822',
    '',
    original,
    '--demo--',
    '',
  ].join('\r\n')
}

/** RFC 5322 3.3. */
function mailDate(at: number): string {
  return new Date(at).toUTCString().replace('GMT', '+0000')
}
