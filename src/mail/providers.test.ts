// Providers: known by their host, given our id in the words of each, and what each calls a message it took.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { detectProvider, isProviderHeader, providerHeaders, providerNames, replacedFields } from './providers.ts'
import { parseQueueId } from './queue-id.ts'

test('each is known by the host of its relay, and no other', () => {
  const hosts = {
    'email-smtp.us-east-1.amazonaws.com': 'ses',
    'email-smtp-fips.us-west-2.amazonaws.com': 'ses',
    'smtp.sendgrid.net': 'sendgrid',
    'smtp.eu.mailgun.org': 'mailgun',
    'smtp-broadcasts.postmarkapp.com': 'postmark',
    'smtp.eu.sparkpostmail.com': 'sparkpost',
    'smtp-relay.brevo.com': 'brevo',
    'smtp-relay.sendinblue.com': 'brevo',
    'in-v3.mailjet.com': 'mailjet',
    'SMTP.Resend.com.': 'resend',
    'smtp.mandrillapp.com': 'mandrill',
    'notmailgun.org': 'plain',
    'mailgun.org.evil.example': 'plain',
    'email-smtp.us-east-1.amazonaws.com.evil.example': 'plain',
    localhost: 'plain',
  }
  for (const [host, provider] of Object.entries(hosts)) assert.equal(detectProvider(host), provider, host)
})

test('the send comes back from each by a header that it knows, and its own tracking is off', () => {
  const sendId = '01J0000000000000000000000A'
  const all = Object.fromEntries(
    providerNames.map((name) => [name, Object.fromEntries(providerHeaders(name, { sendId, hasOwnTracking: true }))]),
  )
  assert.deepEqual(all['ses'], { 'X-SES-MESSAGE-TAGS': `send=${sendId}` })
  assert.deepEqual(JSON.parse(all['sendgrid']!['X-SMTPAPI']!), {
    unique_args: { send: sendId },
    filters: {
      clicktrack: { settings: { enable: 0 } },
      opentrack: { settings: { enable: 0 } },
      subscriptiontrack: { settings: { enable: 0 } },
    },
  })
  assert.deepEqual(JSON.parse(all['mailgun']!['X-Mailgun-Variables']!), { send: sendId })
  assert.equal(all['mailgun']!['X-Mailgun-Track'], 'no')
  assert.equal(all['postmark']!['X-PM-Metadata-send'], sendId)
  assert.equal(all['postmark']!['X-PM-KeepID'], 'true')
  assert.deepEqual(JSON.parse(all['sparkpost']!['X-MSYS-API']!), {
    metadata: { send: sendId },
    options: { open_tracking: false, click_tracking: false },
  })
  assert.deepEqual(all['brevo'], { 'X-Mailin-custom': `send:${sendId}` })
  assert.equal(all['mailjet']!['X-MJ-CustomID'], sendId)
  assert.deepEqual(JSON.parse(all['mandrill']!['X-MC-Metadata']!), { send: sendId })
  assert.deepEqual([all['resend'], all['plain']], [{}, {}])
  for (const headers of Object.values(all))
    for (const name of Object.keys(headers)) assert.ok(isProviderHeader(name), name)
})

test('where we do not track, theirs is left as it is; a stream is named where there are streams', () => {
  const sendId = 's'
  assert.deepEqual(providerHeaders('mailgun', { sendId, hasOwnTracking: false }), [
    ['X-Mailgun-Variables', '{ "send": "s"}'],
  ])
  const streams = (['ses', 'postmark', 'mailgun'] as const).map((name) =>
    providerHeaders(name, { sendId, hasOwnTracking: false, stream: 'news' }).filter(([, value]) => value === 'news'),
  )
  assert.deepEqual(streams, [[['X-SES-CONFIGURATION-SET', 'news']], [['X-PM-Message-Stream', 'news']], []])
  assert.deepEqual(replacedFields('ses'), ['message-id', 'date'])
  assert.deepEqual(replacedFields('plain'), [])
})

for (const [reply, id] of [
  ['250 2.0.0 Ok: queued as 4XYZab12cd', '4XYZab12cd'],
  ['250 Ok: queued as nhIMmON9SFOPcT0ii4nt2A', 'nhIMmON9SFOPcT0ii4nt2A'],
  ['250 2.0.0 Ok: queued on smtp3m.mail.yandex.net as 1430081058-6ltgNFKSir', '1430081058-6ltgNFKSir'],
  ['250 2.0.0 OK: queued as <202611260101.123@smtp-relay.mailin.fr>', '202611260101.123@smtp-relay.mailin.fr'],
  ['250 OK id=1pXyZa-0001Bc-2D', '1pXyZa-0001Bc-2D'],
  [
    '250 Ok 0102018f1c2d3e4f-1a2b3c4d-5e6f-7a8b-9c0d-1e2f3a4b5c6d-000000',
    '0102018f1c2d3e4f-1a2b3c4d-5e6f-7a8b-9c0d-1e2f3a4b5c6d-000000',
  ],
  ['250 2.0.0 OK  1700000000 a1-20020a17090a00b1b0028b.123 - gsmtp', 'a1-20020a17090a00b1b0028b.123'],
  ['250 2.0.0 OK 55/A1-12345-ABCDEF56', '55/A1-12345-ABCDEF56'],
  ['250 2.0.0 49ABcd12345678 Message accepted for delivery', '49ABcd12345678'],
  ['250 2.0.0 c8d59e12 Message accepted for delivery', 'c8d59e12'],
  ['250 2.6.0 <abc@mail.example> [InternalId=123, Hostname=X] Queued mail for delivery', 'abc@mail.example'],
  ['250 Message Queued (9C2E8F30-1B7C-4D8A-8A53-7F2B1C0D9E11.1)', '9C2E8F30-1B7C-4D8A-8A53-7F2B1C0D9E11.1'],
  ['250 OK ids=d7ef132b5d7711eea8c8000c29c33806', 'd7ef132b5d7711eea8c8000c29c33806'],
  ['250 ok 1700000000 qp 12345', '1700000000 qp 12345'],
  ['250 2.0.0 Message queued with id 2a5f1c.', '2a5f1c'],
  ['250 2.6.0 Ok 5b3e9d40-6c0f-4e6f-9a27-0c5a1f0d2b33', '5b3e9d40-6c0f-4e6f-9a27-0c5a1f0d2b33'],
  ['250 Great success', undefined],
  ['250 Queued. Thank you.', undefined],
  ['250 OK: message queued', undefined],
  ['250 Queued (11.235 seconds)', undefined],
  ['250', undefined],
] as const)
  test(`what the relay calls a message: ${reply}`, () => {
    assert.equal(parseQueueId(reply), id)
  })
