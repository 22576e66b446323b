// What the providers document beside the samples, payload by payload: [payload, what must be said of it].

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HookEvent, HookProviderName } from '../../core/inbox/hook-event.ts'
import { InvalidInputError } from '../../errors.ts'
import { hookProviders } from './providers.ts'

const bytes = (value: unknown): Uint8Array => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))
const parse = (provider: HookProviderName, value: unknown): HookEvent[] => {
  const { events, problems } = hookProviders[provider].parse(bytes(value))
  assert.deepEqual(problems, [], JSON.stringify(value))
  return events
}

type Case = readonly [payload: unknown, expected: Partial<HookEvent>]

function check(provider: HookProviderName, cases: readonly Case[]): void {
  for (const [payload, expected] of cases) {
    const [event] = parse(provider, payload)
    const read = event as unknown as Record<string, unknown>
    const said = Object.fromEntries(Object.keys(expected).map((name) => [name, read[name]]))
    assert.deepEqual(said, expected, JSON.stringify(payload))
  }
}

const b = 'b@example.com'

test('SendGrid: what a bounce is follows the type, the classification and the reply; drops by their reason', () => {
  const bounce = (more: object): unknown => [{ email: b, event: 'bounce', timestamp: 1700000000, ...more }]
  const drop = (reason: string): unknown => [{ email: b, event: 'dropped', timestamp: 1700000000, reason }]
  check('sendgrid', [
    [bounce({ type: 'bounce' }), { kind: 'bounced', letter: 'B', severity: 'hard', at: 1700000000000 }],
    [bounce({ type: 'blocked' }), { letter: 'Z', severity: 'soft' }],
    [bounce({ type: 'blocked', reason: '552 5.2.2 over quota' }), { letter: 'F', status: '5.2.2', smtpCode: 552 }],
    [bounce({ type: 'bounce', bounce_classification: 'Reputation' }), { letter: 'Z' }],
    [bounce({ type: 'bounce', bounce_classification: 'Technical' }), { letter: 'D', severity: 'soft' }],
    [bounce({ type: 'bounce', bounce_classification: 'Unclassified' }), { letter: 'X' }],
    [bounce({ type: 'blocked', reason: '550 5.1.1 User unknown', status: '5.1.1' }), { letter: 'B', severity: 'hard' }],
    [drop('Bounced Address'), { kind: 'dropped', letter: 'S', severity: 'none', effect: 'bounce' }],
    [drop('Invalid'), { letter: 'S' }],
    [drop('Unsubscribed Address'), { letter: undefined, effect: 'optout' }],
    [drop('Spam Reporting Address'), { letter: undefined, effect: 'complaint' }],
    [drop('Invalid SMTPAPI header'), { letter: 'X' }],
    [[{ email: b, event: 'open', sg_machine_open: true, ip: '1.2.3.4', useragent: 'Mozilla/5.0', timestamp: 1 }], { kind: 'opened', isMachine: true, machineMark: 'sg_machine_open', ip: '1.2.3.4' }],
    [[{ email: b, event: 'click', url: 'http://x.example/?a=1', category: ['news', 'x'], send: 's1', 'smtp-id': '<a@b>' }], { kind: 'clicked', url: 'http://x.example/?a=1', campaign: 'news', sendId: 's1', messageId: 'a@b' }],
    [[{ email: b, event: 'deferred', response: '450 4.2.1 try later', attempt: '3' }], { kind: 'deferred', effect: 'none', smtpCode: 450, status: '4.2.1' }],
    [[{ email: b, event: 'group_unsubscribe', asm_group_id: 1 }], { kind: 'unsubscribed' }],
    [[{ email: b, event: 'group_resubscribe' }], { kind: 'resubscribed' }],
    [[{ email: b, event: 'spamreport' }], { kind: 'complained' }],
    [[{ event: 'account_status_change', type: 'compliance_suspend' }], { kind: 'unknown', rawType: 'account_status_change', recipient: undefined }],
  ]) // oxfmt-ignore
})

test('Mailgun: a failure is a bounce, a drop or a delay by severity and reason; the old form says the same', () => {
  const failed = (more: object): unknown => ({ signature: {}, 'event-data': { event: 'failed', severity: 'permanent', timestamp: 1529006854.329574, recipient: b, ...more } }) // oxfmt-ignore
  check('mailgun', [
    [failed({ reason: 'bounce', id: 'i' }), { kind: 'bounced', letter: 'B', severity: 'hard', at: 1529006854329, providerEventId: 'i' }],
    [failed({ severity: 'temporary', reason: 'generic' }), { kind: 'deferred', effect: 'none', letter: undefined }],
    [failed({ reason: 'espblock' }), { letter: 'Z' }],
    [failed({ reason: 'old', 'delivery-status': { code: 602, message: 'Too old' } }), { letter: 'D', smtpCode: undefined }],
    [failed({ reason: 'suppress-bounce' }), { kind: 'dropped', letter: 'S' }],
    [failed({ reason: 'suppress-unsubscribe' }), { kind: 'dropped', effect: 'optout' }],
    [failed({ reason: 'suppress-complaint' }), { kind: 'dropped', effect: 'complaint' }],
    [failed({ reason: 'generic', 'delivery-status': { code: 550, message: '5.7.1 spam' } }), { letter: 'Z', status: '5.7.1', smtpCode: 550 }],
    [{ 'event-data': { event: 'rejected', reject: { reason: 'Sandbox' }, message: { headers: { to: `B <${b}>` } } } }, { kind: 'dropped', letter: 'Z', recipient: b, reason: 'Sandbox' }],
    [{ 'event-data': { event: 'opened', recipient: b, 'client-info': { bot: 'apple', 'user-agent': 'Mozilla/5.0' } } }, { kind: 'opened', isMachine: true, machineMark: 'apple' }],
    [{ 'event-data': { event: 'clicked', recipient: b, url: 'http://x.example', 'client-info': { bot: '' }, 'user-variables': { send: 's1' } } }, { isMachine: false, url: 'http://x.example', sendId: 's1' }],
    [{ 'event-data': { event: 'stored' } }, { kind: 'unknown' }],
    [`event=bounced&recipient=${b}&timestamp=1529006854&code=550&error=No+such+user&Message-Id=%3Ca%40b%3E&token=t&signature=s&tag=one`, { kind: 'bounced', letter: 'B', messageId: 'a@b', campaign: 'one', at: 1529006854000 }],
  ]) // oxfmt-ignore
})

test('Postmark: a bounce goes by its type; a changed subscription says which way', () => {
  const bounce = (Type: string, Details = ''): unknown => ({ RecordType: 'Bounce', ID: 7, Type, Email: b, Details, BouncedAt: '2022-09-02T14:29:19.1234567-04:00' }) // oxfmt-ignore
  check('postmark', [
    [bounce('HardBounce'), { kind: 'bounced', letter: 'B', severity: 'hard', at: Date.parse('2022-09-02T18:29:19.123Z') }],
    [bounce('BadEmailAddress'), { letter: 'B', severity: 'hard' }],
    [bounce('SoftBounce', 'smtp;452 4.2.2 mailbox full'), { letter: 'F', severity: 'soft', smtpCode: 452, status: '4.2.2' }],
    [bounce('SoftBounce'), { letter: 'D', severity: 'soft' }],
    [bounce('SpamNotification'), { kind: 'bounced', letter: 'Z' }],
    [bounce('Blocked'), { letter: 'Z' }],
    [bounce('AutoResponder'), { kind: 'autoreplied', letter: 'V', severity: 'none' }],
    [bounce('ManuallyDeactivated'), { kind: 'dropped', letter: 'S' }],
    [bounce('Transient'), { kind: 'deferred', effect: 'none' }],
    [bounce('Subscribe'), { kind: 'resubscribed' }],
    [bounce('Unknown'), { kind: 'bounced', letter: 'X' }],
    [{ RecordType: 'SubscriptionChange', Recipient: b, SuppressSending: true, SuppressionReason: 'ManualSuppression', ChangedAt: '2022-09-02T14:32:30Z' }, { kind: 'unsubscribed', effect: 'optout' }],
    [{ RecordType: 'SubscriptionChange', Recipient: b, SuppressSending: true, SuppressionReason: 'SpamComplaint' }, { effect: 'complaint' }],
    [{ RecordType: 'SubscriptionChange', Recipient: b, SuppressSending: false, SuppressionReason: null }, { kind: 'resubscribed', effect: 'none' }],
    [{ RecordType: 'Open', Recipient: b, Metadata: { send: 's1' }, MessageID: 'm', Geo: { IP: '1.2.3.4' } }, { kind: 'opened', sendId: 's1', providerMessageId: 'm', ip: '1.2.3.4' }],
    [{ RecordType: 'SMTPApiError', Recipient: b }, { kind: 'unknown', rawType: 'SMTPApiError' }],
  ]) // oxfmt-ignore
})

test('SparkPost: bounces go by their class, which may say that they are none', () => {
  const event = (type: string, more: object = {}): unknown => [{ msys: { message_event: { type, rcpt_to: b, raw_rcpt_to: 'B@Example.com', timestamp: '1454442600', ...more } } }] // oxfmt-ignore
  const bounce = (bounce_class: string, raw_reason?: string): unknown => event('bounce', { bounce_class, raw_reason })
  check('sparkpost', [
    [bounce('10'), { kind: 'bounced', letter: 'B', severity: 'hard', recipient: 'B@Example.com', at: 1454442600000 }],
    [bounce('30', 'smtp; 550 5.1.1 nobody here'), { letter: 'B', status: '5.1.1', smtpCode: 550 }],
    [bounce('21'), { letter: 'D', severity: 'soft' }],
    [bounce('22'), { letter: 'F' }],
    [bounce('51'), { letter: 'Z' }],
    [bounce('1'), { letter: 'X' }],
    [bounce('60'), { kind: 'autoreplied', letter: 'V' }],
    [bounce('90'), { kind: 'unsubscribed', letter: undefined }],
    [bounce('80'), { kind: 'resubscribed' }],
    [event('out_of_band', { bounce_class: '10' }), { kind: 'bounced', letter: 'B' }],
    [event('policy_rejection', { bounce_class: '25' }), { kind: 'dropped', letter: 'Z' }],
    [event('injection'), { kind: 'processed', effect: 'send' }],
    [event('delivery', { rcpt_meta: { send: 's1' }, campaign_id: 'news', transmission_id: '7' }), { kind: 'delivered', sendId: 's1', campaign: 'news', providerMessageId: '7' }],
    [event('delay', { raw_reason: '421 4.4.0 later' }), { kind: 'deferred', smtpCode: 421 }],
    [event('spam_complaint', { fbtype: 'abuse' }), { kind: 'complained', reason: 'abuse' }],
    [event('initial_open', { user_agent_parsed: { is_prefetched: true } }), { kind: 'opened', effect: 'none', isMachine: true, machineMark: 'is_prefetched' }],
    [event('relay_injection'), { kind: 'unknown', rawType: 'relay_injection' }],
  ]) // oxfmt-ignore
  assert.deepEqual(parse('sparkpost', [{ msys: {} }]), [])
})

test('Brevo: transactional mail and campaigns, single or in a batch', () => {
  const event = (name: string, more: object = {}): unknown => ({ event: name, email: b, ts_epoch: 1604933654321, ts_event: 1, ...more }) // oxfmt-ignore
  check('brevo', [
    [event('request'), { kind: 'processed', at: 1604933654321 }],
    [event('soft_bounce', { reason: '452 4.2.2 mailbox full' }), { letter: 'F', severity: 'soft' }],
    [event('soft_bounce', { reason: '550 5.1.1 User unknown' }), { letter: 'B', severity: 'hard' }],
    [event('hard_bounce', { reason: '554 5.7.1 blocked using spamhaus' }), { letter: 'Z', severity: 'soft' }],
    [event('invalid_email'), { kind: 'bounced', letter: 'B', severity: 'hard' }],
    [event('error'), { kind: 'failed', letter: 'X', effect: 'bounce' }],
    [event('unique_proxy_open'), { kind: 'opened', isMachine: true, machineMark: 'unique_proxy_open' }],
    [event('spam'), { kind: 'complained' }],
    [event('click', { link: 'http://x.example', 'X-Mailin-custom': 'send:s1|a:b', tag: '["one"]' }), { url: 'http://x.example', sendId: 's1', campaign: 'one' }],
    [event('list_addition'), { kind: 'unknown', rawType: 'list_addition' }],
    [{ event: 'unsubscribe', email: b, camp_id: 7, 'campaign name': 'News', date_event: '2020-10-09 00:00:00' }, { kind: 'unsubscribed', campaign: 'News', at: Date.UTC(2020, 9, 9) }],
  ]) // oxfmt-ignore
  assert.equal(parse('brevo', [event('request'), event('delivered')]).length, 2)
})

test('Mailjet: errors by their name; numbers beyond 2^53 keep every digit', () => {
  const event = (name: string, more: object = {}): unknown => ({ event: name, time: 1430812195, email: b, ...more })
  check('mailjet', [
    [event('bounce', { hard_bounce: true, error_related_to: 'recipient', error: 'user unknown' }), { letter: 'B', severity: 'hard' }],
    [event('bounce', { error_related_to: 'domain', error: 'invalid domain' }), { letter: 'D', severity: 'hard' }],
    [event('bounce', { error: 'quota exceeded' }), { letter: 'F' }],
    [event('bounce', { error_related_to: 'spam', error: 'sender blocked' }), { letter: 'Z' }],
    [event('bounce', { hard_bounce: false, error: 'greylisted' }), { kind: 'deferred' }],
    [event('bounce', { error_related_to: 'system', error: 'what' }), { letter: 'X' }],
    [event('blocked', { error: 'preblocked' }), { kind: 'dropped', letter: 'S' }],
    [event('blocked', { error: 'spam reporter' }), { kind: 'dropped', effect: 'complaint' }],
    [event('open', { Payload: '{"send":"s1"}', CustomID: 'c', customcampaign: 'news' }), { kind: 'opened', sendId: 's1', campaign: 'news' }],
    [event('sent', { CustomID: 'c', smtp_reply: '250 2.0.0 OK' }), { kind: 'delivered', sendId: 'c', smtpCode: 250 }],
    ['{"event":"open","MessageID":123456789012345678901}', { providerMessageId: '123456789012345678901' }],
  ]) // oxfmt-ignore
  assert.equal(parse('mailjet', [event('open'), event('click')]).length, 2)
})

test('Resend: types by name; of several recipients it is said which, or nobody is named', () => {
  const event = (type: string, data: object = {}): unknown => ({ type, created_at: '2024-04-08T09:43:09.500Z', data: { to: [b], email_id: 'm', ...data } }) // oxfmt-ignore
  const bounce = (type: string, subType: string, diagnosticCode?: string[]): unknown => event('email.bounced', { bounce: { type, subType, diagnosticCode } }) // oxfmt-ignore
  check('resend', [
    [bounce('Permanent', 'General'), { kind: 'bounced', letter: 'B', severity: 'hard' }],
    [bounce('Permanent', 'Suppressed'), { letter: 'S', severity: 'none' }],
    [bounce('Transient', 'General'), { letter: 'D', severity: 'soft' }],
    [bounce('Transient', 'MailboxFull'), { letter: 'F' }],
    [bounce('Transient', 'ContentRejected'), { letter: 'Z' }],
    [bounce('Permanent', 'General', ['smtp; 552 5.2.2 mailbox full']), { letter: 'F', status: '5.2.2' }],
    [event('email.opened', { open: { ipAddress: '1.2.3.4', userAgent: 'x', timestamp: '2024-04-08T09:50:00Z' } }), { kind: 'opened', ip: '1.2.3.4', at: Date.parse('2024-04-08T09:50:00Z') }],
    [event('email.clicked', { click: { link: 'http://x.example' }, tags: { campaign: 'news', send: 's1' } }), { kind: 'clicked', url: 'http://x.example', campaign: 'news', sendId: 's1' }],
    [event('email.sent', { headers: [{ name: 'X-Send-Id', value: 's2' }, { name: 'Message-ID', value: '<a@b>' }] }), { kind: 'sent', sendId: 's2', messageId: 'a@b' }],
    [event('email.scheduled'), { kind: 'processed', effect: 'none' }],
    [event('email.delivery_delayed'), { kind: 'deferred' }],
    [event('email.suppressed'), { kind: 'dropped', letter: 'S' }],
    [{ type: 'suppression.added', created_at: '2024-04-08T09:43:09Z', data: { email: b, origin: 'bounce' } }, { kind: 'unknown', recipient: b, reason: 'bounce' }],
    [{ type: 'contact.updated', data: { email: b, unsubscribed: true } }, { kind: 'unsubscribed', recipient: b }],
    [{ type: 'domain.created', data: {} }, { kind: 'unknown', recipient: undefined }],
  ]) // oxfmt-ignore
  assert.deepEqual(parse('resend', event('email.sent', { to: [b, 'c@example.com'] })).map(({ recipient }) => recipient), [b, 'c@example.com']) // oxfmt-ignore
  assert.deepEqual(parse('resend', event('email.opened', { to: [b, 'c@example.com'] })).map(({ recipient }) => recipient), [undefined]) // oxfmt-ignore
})

test('Mandrill: the form, the JSON in it, and changes of its list', () => {
  const event = (name: string, msg: object = {}, more: object = {}): unknown => [{ event: name, ts: 1365109999, msg: { email: b, _id: 'm', ...msg }, ...more }] // oxfmt-ignore
  check('mandrill', [
    [event('hard_bounce', { bounce_description: 'bad_mailbox', diag: 'smtp;550 5.1.1 unknown user' }), { letter: 'B', severity: 'hard', status: '5.1.1' }],
    [event('hard_bounce', { bounce_description: 'invalid_domain' }), { letter: 'D', severity: 'hard' }],
    [event('soft_bounce', { bounce_description: 'mailbox_full', diag: 'smtp;552 5.2.2 Over Quota' }), { letter: 'F' }],
    [event('soft_bounce', { bounce_description: 'general' }), { letter: 'D', severity: 'soft' }],
    [event('reject', { reject: { reason: 'hard-bounce' } }), { kind: 'dropped', letter: 'S' }],
    [event('reject', { reject: { reason: 'unsub' } }), { kind: 'dropped', effect: 'optout' }],
    [event('reject'), { kind: 'dropped', letter: 'Z' }],
    [event('open', { metadata: { send: 's1' }, tags: ['news'] }, { ip: '1.2.3.4', user_agent: 'x', user_agent_parsed: { type: 'Email Client' } }), { kind: 'opened', sendId: 's1', campaign: 'news', ip: '1.2.3.4', userAgent: 'x' }],
    [event('deferral', { smtp_events: [{ diag: '451 4.3.5 later' }] }), { kind: 'deferred', status: '4.3.5' }],
    [[{ type: 'blacklist', action: 'add', ts: 1365109999, reject: { email: b, reason: 'hard-bounce' } }], { kind: 'unknown', rawType: 'blacklist.add', recipient: b, reason: 'hard-bounce' }],
    [`mandrill_events=${encodeURIComponent(JSON.stringify(event('click', {}, { url: 'http://x.example/?a=b&c' })))}`, { kind: 'clicked', url: 'http://x.example/?a=b&c', at: 1365109999000 }],
  ]) // oxfmt-ignore
  assert.deepEqual(parse('mandrill', 'mandrill_events=%5B%5D'), [])
})

test('SES: in the envelope of SNS or of EventBridge or bare; one event for each recipient that is told of', () => {
  const mail = { timestamp: '2016-10-14T05:02:16.645Z', messageId: 'm', destination: [b], tags: { send: ['s1'], campaign: ['news'] } } // oxfmt-ignore
  const bounce = (bounceType: string, bounceSubType: string, diagnosticCode?: string): unknown => ({ eventType: 'Bounce', mail, bounce: { bounceType, bounceSubType, bouncedRecipients: [{ emailAddress: b, diagnosticCode }], timestamp: '2017-08-05T00:41:02.669Z' } }) // oxfmt-ignore
  const sns = (message: unknown, Type = 'Notification'): unknown => ({ Type, MessageId: 'sns', TopicArn: 'arn', Message: typeof message === 'string' ? message : JSON.stringify(message), Timestamp: '2020-01-01T00:00:00.000Z' }) // oxfmt-ignore
  check('ses', [
    [bounce('Permanent', 'NoEmail'), { kind: 'bounced', letter: 'B', severity: 'hard', at: Date.parse('2017-08-05T00:41:02.669Z') }],
    [bounce('Permanent', 'OnAccountSuppressionList'), { letter: 'S', severity: 'none' }],
    [bounce('Transient', 'MailboxFull'), { letter: 'F', severity: 'soft' }],
    [bounce('Transient', 'General'), { letter: 'D', severity: 'soft' }],
    [bounce('Transient', 'MessageTooLarge'), { letter: 'Z' }],
    [bounce('Undetermined', 'Undetermined'), { letter: 'X' }],
    [bounce('Permanent', 'General', 'smtp; 550 5.7.1 rejected by spamhaus'), { letter: 'Z', severity: 'soft', smtpCode: 550 }],
    [sns({ eventType: 'Click', mail, click: { link: 'http://x.example', ipAddress: '1.2.3.4', userAgent: 'x', timestamp: '2017-08-09T23:51:25.570Z' } }), { kind: 'clicked', url: 'http://x.example', recipient: b, sendId: 's1', campaign: 'news', providerEventId: 'sns' }],
    [sns('Successfully validated SNS topic for Amazon SES event publishing.'), { kind: 'unknown', effect: 'none' }],
    [sns('You have chosen', 'SubscriptionConfirmation'), { kind: 'unknown', rawType: 'SubscriptionConfirmation' }],
    [{ source: 'aws.ses', 'detail-type': 'Email Sent', id: 'e', detail: { eventType: 'Send', mail, send: {} } }, { kind: 'sent', recipient: b }],
    [{ eventType: 'Complaint', mail, complaint: { complainedRecipients: [{ emailAddress: b }], complaintFeedbackType: 'abuse', timestamp: '2017-08-05T00:41:02.669Z' } }, { kind: 'complained', effect: 'complaint', reason: 'abuse' }],
    [{ eventType: 'Complaint', mail, complaint: { complainedRecipients: [{ emailAddress: b }], complaintFeedbackType: 'not-spam' } }, { kind: 'complained', effect: 'none' }],
    [{ eventType: 'DeliveryDelay', mail, deliveryDelay: { delayType: 'MailboxFull', delayedRecipients: [{ emailAddress: b, status: '4.4.1', diagnosticCode: 'smtp; 421 4.4.1 later' }] } }, { kind: 'deferred', status: '4.4.1', reason: 'MailboxFull' }],
    [{ eventType: 'Reject', mail, reject: { reason: 'Bad content' } }, { kind: 'dropped', letter: 'Z', recipient: b }],
    [{ eventType: 'Rendering Failure', mail, failure: { errorMessage: 'no name' } }, { kind: 'failed', reason: 'no name' }],
    [{ eventType: 'Subscription', mail, subscription: { newTopicPreferences: { unsubscribeAll: true } } }, { kind: 'unsubscribed' }],
    [{ notificationType: 'Received', mail }, { kind: 'unknown', rawType: 'Received' }],
  ]) // oxfmt-ignore
  const several = { ...mail, destination: [b, 'c@example.com'] }
  assert.equal(parse('ses', { eventType: 'Send', mail: several, send: {} }).length, 2)
  assert.deepEqual(parse('ses', { eventType: 'Open', mail: several, open: {} }).map(({ recipient }) => recipient), [undefined]) // oxfmt-ignore
})

test('anybody: one event, a list of them, or a list called events; our own webhooks are read too', () => {
  check('generic', [
    [{ type: 'open', email: b, at: '2024-01-01T00:00:00Z', id: 'i' }, { kind: 'opened', recipient: b, providerEventId: 'i' }],
    [{ type: 'bounce', email: b, severity: 'hard' }, { kind: 'bounced', letter: 'B', severity: 'hard' }],
    [{ type: 'bounce', email: b, letter: 'f', reply: '552 5.2.2 full' }, { letter: 'F', smtpCode: 552 }],
    [{ type: 'email.clicked', timestamp: '2024-01-01T00:00:00Z', data: { contact: { email: b }, url: 'http://x.example' } }, { kind: 'clicked', recipient: b, url: 'http://x.example' }],
    [{ type: 'something', email: b }, { kind: 'unknown', rawType: 'something' }],
  ]) // oxfmt-ignore
  assert.equal(
    parse('generic', {
      events: [
        { type: 'open', email: b },
        { type: 'click', email: b },
      ],
    }).length,
    2,
  )
})

test('one item that is no event takes no other with it; a body that is none is refused in a sentence', () => {
  const { events, problems } = hookProviders.sendgrid.parse(bytes([{ email: b, event: 'open' }, null, 7, { email: b, event: 'click' }])) // oxfmt-ignore
  assert.deepEqual(events.map(({ kind }) => kind), ['opened', 'clicked']) // oxfmt-ignore
  assert.deepEqual(problems.map(({ item }) => item), [1, 2]) // oxfmt-ignore
  const deep = `${'['.repeat(40)}${']'.repeat(40)}`
  const many = JSON.stringify(Array.from({ length: 10_001 }, () => 0))
  for (const provider of Object.values(hookProviders))
    for (const body of ['', '   ', '{', '\xff\xfe', deep, many])
      assert.throws(
        () => {
          const read = provider.parse(Buffer.from(body, 'latin1'))
          if (read.problems.length > 0) throw new InvalidInputError(read.problems[0]!.message)
        },
        InvalidInputError,
        `${provider.name} ${body.slice(0, 9)}`,
      )
})

test('whatever is in a field, an adapter reads it or says so, and never fails otherwise', () => {
  const values = [
    null,
    0,
    -1,
    Number.MAX_VALUE,
    '',
    'x',
    [],
    [null],
    {},
    { a: { b: [] } },
    true,
    'NaN',
    '9'.repeat(400),
    '\u0000',
  ]
  const names = ['event', 'type', 'Type', 'RecordType', 'email', 'timestamp', 'ts', 'msg', 'data', 'event-data', 'msys', 'mail', 'bounce', 'reason', 'to', 'tags', 'category', 'eventType', 'Message', 'headers', 'delivery-status', 'client-info', 'smtp_events', 'clicks'] // oxfmt-ignore
  const types = ['bounce', 'failed', 'Bounce', 'email.bounced', 'hard_bounce', 'click', 'Subscription', 'Complaint']
  for (const provider of Object.values(hookProviders))
    for (const type of types)
      for (const value of values)
        for (const name of names) {
          const fields = { event: type, type, RecordType: type, eventType: type, [name]: value }
          const shapes = [fields, { msys: { x: fields } }, { 'event-data': fields }, { type, data: fields }, { event: type, msg: fields }, { eventType: type, mail: fields, bounce: fields, subscription: fields }] // oxfmt-ignore
          for (const shape of shapes) provider.parse(bytes([shape]))
        }
})
