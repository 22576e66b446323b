// Who sent it: on the vectors that others publish, and on forgeries of them.

import assert from 'node:assert/strict'
import { createHmac, createSign, generateKeyPairSync, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { HookRequest, HookSecrets, Verified } from '../../core/inbox/hook-provider.ts'
import { UnavailableError } from '../../errors.ts'
import { hookProviders } from './providers.ts'

const folder = join(import.meta.dirname, '../../../testdata/hooks')
const sample = (file: string): Buffer => readFileSync(join(folder, file))

interface Given {
  body: Uint8Array | string
  headers?: Record<string, string>
  url?: string
  secrets: Partial<HookSecrets>
  now?: number
  fetchText?: (url: string) => Promise<string>
}

function verify(provider: keyof typeof hookProviders, given: Given): Promise<Verified> {
  const { body, headers = {}, url = 'https://mail.example.com/hooks/x/y', secrets, now = 0 } = given
  const request: HookRequest = { body: Buffer.from(body), header: (name) => headers[name], url }
  const fetchText = given.fetchText ?? (() => Promise.reject(new UnavailableError('no network here')))
  return Promise.resolve(hookProviders[provider].verify(request, { keys: [], ...secrets }, now, { fetchText }))
}

const isGenuine = async (provider: keyof typeof hookProviders, given: Given): Promise<boolean> =>
  (await verify(provider, given)).isGenuine

test('SendGrid: its published signatures hold, also beside an older key, and nothing that was changed', async () => {
  const vectors = JSON.parse(sample('sendgrid/vectors/signature-vectors.json').toString()) as Record<string, string>[]
  for (const { publicKey, signature, timestamp, body } of vectors) {
    const headers = {
      'x-twilio-email-event-webhook-signature': signature!,
      'x-twilio-email-event-webhook-timestamp': timestamp!,
    }
    const given = { body: body!, headers, secrets: { keys: [publicKey!] }, now: Number(timestamp) * 1000 }
    assert.equal(await isGenuine('sendgrid', given), true)
    assert.equal(await isGenuine('sendgrid', { ...given, secrets: { keys: ['bm9uZQ==', publicKey!] } }), true)
    assert.equal(await isGenuine('sendgrid', { ...given, body: `${body!} ` }), false)
    assert.equal(await isGenuine('sendgrid', { ...given, now: given.now + 11 * 60_000 }), false)
    assert.equal(await isGenuine('sendgrid', { ...given, headers: {} }), false)
    assert.equal(await isGenuine('sendgrid', { ...given, secrets: { keys: [] } }), false)
    const forged = { ...headers, 'x-twilio-email-event-webhook-signature': 'bm9uZQ==' }
    assert.equal(await isGenuine('sendgrid', { ...given, headers: forged }), false)
  }
})

test('Mailgun: the samples are signed by the key they say; a token has its hours', async () => {
  const keys = ['key-0p6mqbf74lb20gzq9f4dhpn9rg3zyk26']
  for (const name of [
    'accepted',
    'clicks',
    'delivered_messages',
    'permanent_failure',
    'spam_complaints',
    'unsubscribes',
  ]) {
    const body = sample(`mailgun/symfony/${name}.json`)
    const { timestamp, token } = (JSON.parse(body.toString()) as { signature: Record<string, string> }).signature
    const now = Number(timestamp) * 1000
    const verified = await verify('mailgun', { body, secrets: { keys }, now })
    assert.deepEqual(verified, { isGenuine: true, deliveryId: token, isBodyUnsigned: true }, name)
    assert.equal(await isGenuine('mailgun', { body, secrets: { keys: ['another'] }, now }), false)
    assert.equal(await isGenuine('mailgun', { body, secrets: { keys }, now: now + 8 * 3_600_000 }), true)
    assert.equal(await isGenuine('mailgun', { body, secrets: { keys }, now: now + 13 * 3_600_000 }), false)
    assert.equal(await isGenuine('mailgun', { body, secrets: { keys }, now: now - 3_600_000 }), false)
  }
  assert.equal(await isGenuine('mailgun', { body: '{}', secrets: { keys } }), false)
})

test('Standard Webhooks and Svix: published signatures hold for five minutes', async () => {
  const vector = JSON.parse(sample('standard-webhooks/vectors/signature-vector.json').toString()) as Record<string, string> // oxfmt-ignore
  const headers = (prefix: string, { id, timestamp, signature }: Record<string, unknown>): Record<string, string> => ({
    [`${prefix}-id`]: String(id),
    [`${prefix}-timestamp`]: String(timestamp),
    [`${prefix}-signature`]: `v1,bm9uZQ== ${String(signature)} v1a,x`,
  })
  const generic = {
    body: vector['body']!,
    headers: headers('webhook', vector),
    secrets: { keys: [vector['secret']!] },
    now: Number(vector['timestamp']) * 1000,
  }
  const resend = {
    body: sample('resend/symfony/sent.json').toString().replaceAll('\n', '\r\n'),
    headers: headers('svix', {
      id: '172c41ce-ba6d-4281-8a7a-541faa725748',
      timestamp: 1712569389,
      signature: 'v1,4wjuRp64yC/2itgCQwl2xPePVwSPTdPbXLIY6IxGLTA=',
    }),
    secrets: { keys: ['whsec_ESwTAuuIe3yfH4DgdgI+ENsiNzPAGdp+'] },
    now: 1712569389000,
  }
  for (const [provider, given] of [
    ['generic', generic],
    ['resend', resend],
  ] as const) {
    assert.equal(await isGenuine(provider, given), true, provider)
    assert.equal(
      await isGenuine(provider, { ...given, secrets: { keys: ['whsec_AAAA', ...given.secrets.keys] } }),
      true,
    )
    assert.equal(await isGenuine(provider, { ...given, body: `${given.body} ` }), false)
    assert.equal(await isGenuine(provider, { ...given, now: given.now + 301_000 }), false)
    assert.equal(await isGenuine(provider, { ...given, headers: {} }), false)
  }
})

test('Mandrill: the address and the form are signed together; an empty first request by a key of its own', async () => {
  const url = 'https://user:pass@mail.example.com/hooks/mandrill/x'
  const signed = (key: string, events: string): string => createHmac('sha1', key).update(`${url}mandrill_events${events}`).digest('base64') // oxfmt-ignore
  const given = (key: string, events: string): Given => ({
    body: new URLSearchParams({ mandrill_events: events }).toString(),
    headers: { 'x-mandrill-signature': signed(key, events) },
    url,
    secrets: { keys: ['secret'] },
  })
  assert.equal(await isGenuine('mandrill', given('secret', '[{"event":"send"}]')), true)
  assert.equal(await isGenuine('mandrill', given('test-webhook', '[]')), true)
  assert.equal(await isGenuine('mandrill', given('test-webhook', '[{"event":"send"}]')), false)
  assert.equal(await isGenuine('mandrill', { ...given('secret', '[]'), url: 'https://other.example/' }), false)
  assert.equal(await isGenuine('mandrill', { ...given('secret', '[]'), headers: {} }), false)
})

test('who signs nothing gives a password, where the endpoint has one', async () => {
  const basic = (pair: string): Record<string, string> => ({ authorization: `Basic ${Buffer.from(pair).toString('base64')}` }) // oxfmt-ignore
  for (const provider of ['postmark', 'sparkpost', 'brevo', 'mailjet'] as const) {
    assert.equal(await isGenuine(provider, { body: '{}', secrets: {} }), true)
    const secrets = { keys: ['token'], basicAuth: ['old:one', 'new:one'] }
    assert.equal(await isGenuine(provider, { body: '{}', secrets }), false)
    for (const headers of [basic('new:one'), basic('old:one'), { authorization: 'bearer token' }])
      assert.equal(await isGenuine(provider, { body: '{}', secrets, headers }), true)
    for (const headers of [basic('new:two'), { authorization: 'Bearer' }, { authorization: 'Bearer other' }])
      assert.equal(await isGenuine(provider, { body: '{}', secrets, headers }), false)
  }
  const headers = { 'x-messagesystems-batch-id': 'batch' }
  assert.deepEqual(await verify('sparkpost', { body: '[]', secrets: {}, headers }), { isGenuine: true, deliveryId: 'batch' }) // oxfmt-ignore
})

test('SNS: a topic of ours, a certificate of Amazon, and a signature over what is named', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
  const topic = 'arn:aws:sns:us-east-1:123456789012:ses'
  const certUrl = 'https://sns.us-east-1.amazonaws.com/SimpleNotificationService-1.pem'
  const now = Date.parse('2024-01-01T00:00:00Z')
  const message = (more: Record<string, string> = {}, version = '2'): string => {
    const fields: Record<string, string> = { Type: 'Notification', MessageId: 'm', TopicArn: topic, Message: '{}', Timestamp: new Date(now).toISOString(), ...more } // oxfmt-ignore
    const names = ['Message', 'MessageId', 'Subject', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type']
    const signed = names.map((name) => (fields[name] === undefined ? '' : `${name}\n${fields[name]}\n`)).join('')
    const Signature = createSign(version === '2' ? 'RSA-SHA256' : 'RSA-SHA1')
      .update(signed)
      .sign(privateKey, 'base64')
    return JSON.stringify({ ...fields, SignatureVersion: version, Signature, SigningCertURL: certUrl })
  }
  const asked: string[] = []
  const fetchText = (url: string): Promise<string> => Promise.resolve((asked.push(url), pem))
  const given = (body: string): Given => ({ body, secrets: { topics: [topic] }, now, fetchText })
  for (const body of [message(), message({}, '1'), message({ Subject: 'x' })])
    assert.deepEqual(await verify('ses', given(body)), { isGenuine: true, deliveryId: 'm', confirmUrl: undefined })
  assert.deepEqual([...new Set(asked)], [certUrl])
  asked.length = 0
  const forged = [
    message().replace('"{}"', '"{ }"'),
    message({ TopicArn: 'arn:aws:sns:us-east-1:999999999999:theirs' }),
    message({ Timestamp: '2023-12-31T22:00:00Z' }),
    message({ Type: 'Other' }),
    ...['https://sns.us-east-1.amazonaws.com.evil.example/x.pem', 'http://sns.us-east-1.amazonaws.com/x.pem', 'https://s3.amazonaws.com/x.pem', 'https://sns.us-east-1.amazonaws.com/x.txt', 'https://a@sns.us-east-1.amazonaws.com/x.pem', 'file:///etc/passwd'].map((url) => message().replace(certUrl, url)),
    'no json',
  ] // oxfmt-ignore
  for (const body of forged) assert.equal(await isGenuine('ses', given(body)), false, body)
  // Only what was forged behind the certificate's address was fetched for.
  assert.deepEqual(asked, [certUrl])
  const confirm = { Type: 'SubscriptionConfirmation', Token: 't', SubscribeURL: 'https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription' } // oxfmt-ignore
  const confirmed = await verify('ses', given(message(confirm)))
  assert.ok(confirmed.isGenuine && confirmed.confirmUrl === confirm.SubscribeURL)
  assert.equal(await isGenuine('ses', given(message({ ...confirm, SubscribeURL: 'https://169.254.169.254/' }))), false)
  // A pinned certificate needs no network; without one, a network that is away is no forgery.
  const pinned: Given = { body: message(), secrets: { topics: [topic], certificate: pem }, now }
  assert.equal(await isGenuine('ses', pinned), true)
  await assert.rejects(verify('ses', { body: message(), secrets: { topics: [topic] }, now }), UnavailableError)
})

test('a key that is no key refuses, and fails at nothing', async () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const headers = {
    'x-twilio-email-event-webhook-signature': sign('sha256', Buffer.from('0[]'), privateKey).toString('base64'),
    'x-twilio-email-event-webhook-timestamp': '0',
  }
  for (const key of ['', 'x', '-----BEGIN PUBLIC KEY-----'])
    assert.equal(await isGenuine('sendgrid', { body: '[]', headers, secrets: { keys: [key] } }), false)
})
