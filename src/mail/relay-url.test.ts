// The address of the mail relay: what it may say, and that it never gives its password away.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConfigError } from '../errors.ts'
import { parseRelayUrl, renderRelayUrl } from './relay-url.ts'

test('the shortest address: TLS is a must, with what is usual elsewhere', () => {
  assert.deepEqual(parseRelayUrl('smtp://mail.example.com'), {
    host: 'mail.example.com',
    port: 587,
    isImplicitTls: false,
    tls: 'required',
    provider: 'plain',
    poolSize: 5,
    maxMessages: 100,
  })
  assert.equal(parseRelayUrl('smtp://127.0.0.1:1025').tls, 'opportunistic')
  assert.equal(parseRelayUrl('smtp://localhost').tls, 'opportunistic')
  assert.equal(parseRelayUrl('smtp://[::1]:25').host, '::1')
})

test('everything said', () => {
  const text =
    'smtps://AKIA%2FX:p%40ss%3A%25@email-smtp.eu-west-1.amazonaws.com?stream=news&pool=20&messages=50&name=out.example.com'
  assert.deepEqual(parseRelayUrl(text), {
    host: 'email-smtp.eu-west-1.amazonaws.com',
    port: 465,
    isImplicitTls: true,
    tls: 'required',
    credentials: { user: 'AKIA/X', password: 'p@ss:%' },
    provider: 'ses',
    stream: 'news',
    poolSize: 20,
    maxMessages: 50,
    clientName: 'out.example.com',
  })
  assert.equal(parseRelayUrl('smtp://relay.example?provider=mailgun&tls=none').provider, 'mailgun')
  assert.equal(parseRelayUrl('smtp://MÜLLER.example').host, 'xn--mller-kva.example')
})

test('shown without the password', () => {
  const settings = parseRelayUrl('smtp://ann:s3cret@mail.example.com:2525?tls=opportunistic')
  assert.equal(renderRelayUrl(settings), 'smtp://ann:***@mail.example.com:2525?tls=opportunistic')
  assert.equal(renderRelayUrl(parseRelayUrl('smtps://[::1]')), 'smtps://[::1]:465?tls=opportunistic')
})

for (const [text, why] of [
  ['mail.example.com', /must look like smtp/],
  ['http://s3cret@mail.example.com', /must look like smtp/],
  ['smtp://', /must look like smtp|no usable host/],
  ['smtp://ann:s3cret/x@mail.example.com', /must look like|path|%2F/],
  ['smtp://ann:s3cret#x@mail.example.com', /must look like|without a password|%23/],
  ['smtp://ann:s3cret@mail.example.com/queue', /has a path/],
  ['smtp://ann@mail.example.com', /a user without a password/],
  ['smtp://:s3cret@mail.example.com', /a user without a password/],
  ['smtp://ann:s3cret%@mail.example.com', /%25/],
  ['smtp://ann:s3cret%00@mail.example.com', /NUL/],
  ['smtp://ann:s3cret@mail.example.com?tls=maybe', /there are required, opportunistic, none/],
  ['smtps://ann:s3cret@mail.example.com?tls=none', /TLS from the start/],
  ['smtp://ann:s3cret@mail.example.com?pool=0', /from 1 to 500/],
  ['smtp://ann:s3cret@mail.example.com?pool=1e9', /from 1 to 500/],
  ['smtp://ann:s3cret@mail.example.com?messages=-1', /from 1 to/],
  ['smtp://ann:s3cret@mail.example.com?provider=acme', /there are ses, sendgrid/],
  ['smtp://ann:s3cret@mail.example.com?name=a%0D%0AMAIL', /no name/],
  ['smtp://ann:s3cret@mail.example.com?stream=a%0D%0AX', /no name/],
  ['smtp://ann:s3cret@mail.example.com?rejectUnauthorized=false', /unknown part/],
] as const)
  test(`refused, and the password is not shown: ${text}`, () => {
    assert.throws(
      () => parseRelayUrl(text),
      (error: Error) => error instanceof ConfigError && why.test(error.message) && !error.message.includes('s3cret'),
    )
  })
