// Signatures that others verify: mailauth, which shares no code with ours, with the key as it stands in the DNS.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { dkimVerify } from 'mailauth/lib/dkim/verify.js'
import { InvalidInputError } from '../errors.ts'
import { makeSigner } from './dkim.ts'
import { generateDkimKey, renderDkimRecord } from './dkim-key.ts'
import type { DkimKey } from './dkim-key.ts'
import { composeMessage } from './message.ts'
import { replacedFields } from './providers.ts'

const key = await generateDkimKey('flowers.example', 'c2026')
const newKey = await generateDkimKey('flowers.example', 'c2027')
const message = composeMessage({
  from: { name: 'Joe', address: 'joe@flowers.example' },
  to: { address: 'ann@example.org' },
  subject: 'Größe und vieles mehr, was eine Zeile länger macht als sie sein sollte, damit sie gefaltet wird',
  html: '<p>Roses  are \t<b>red</b> </p>\n\n\n',
  text: 'Roses',
  messageId: '1@flowers.example',
  date: 1_700_000_000_000,
  envelopeFrom: 'b@bounce.flowers.example',
  list: { id: 'news.flowers.example' },
  unsubscribe: { url: 'https://t.flowers.example/u/abc', mailto: 'unsub@flowers.example' },
  feedbackId: 'a:b:c:contrail',
  sendId: 'abc.def',
  complaints: { address: 'fbl@flowers.example', feedbackId: 'abc' },
}).raw

/** What a receiver makes of it, with these keys in the DNS; strings of a record as the DNS hands them out. */
async function verify(raw: Buffer, keys: readonly DkimKey[] = [key, newKey]) {
  const records = new Map(
    keys.map(renderDkimRecord).map(({ name, zone }) => [name, zone.slice(1, -1).split('" "')] as const),
  )
  const { results } = await dkimVerify(raw, {
    resolver: async (name: string, type: string) => {
      const record = type === 'TXT' ? records.get(name) : undefined
      if (!record) throw Object.assign(new Error('none'), { code: 'ENOTFOUND' })
      return [record]
    },
  })
  return results
}

function change(raw: Buffer, from: string, to: string): Buffer {
  const text = raw.toString('latin1')
  assert.ok(text.includes(from), from)
  return Buffer.from(text.replace(from, to), 'latin1')
}

test('a signature by each key, valid for the domain of the sender', async () => {
  const signed = await makeSigner([key, newKey]).sign(message)
  assert.ok(signed.subarray(signed.length - message.length).equals(message), 'the message itself is as it was')
  const results = await verify(signed)
  assert.deepEqual(
    results.map(({ status, signingDomain, selector, algo }) => [
      status.result,
      status.aligned,
      signingDomain,
      selector,
      algo,
    ]),
    [
      ['pass', 'flowers.example', 'flowers.example', 'c2026', 'rsa-sha256'],
      ['pass', 'flowers.example', 'flowers.example', 'c2027', 'rsa-sha256'],
    ],
  )
})

test('both fields of one-click unsubscribing are covered, and all others that matter (RFC 8058 4)', async () => {
  const [result] = await verify(await makeSigner([key]).sign(message))
  const covered = result!.signingHeaders!.keys.toLowerCase().split(': ')
  for (const name of [
    'from to subject date message-id mime-version content-type list-id list-unsubscribe list-unsubscribe-post',
    'feedback-id x-send-id cfbl-address cfbl-feedback-id',
  ]
    .join(' ')
    .split(' '))
    assert.ok(covered.includes(name), name)
})

for (const [what, from, to] of [
  ['the body', 'Roses', 'Tulip'],
  ['the subject', 'Subject: ', 'Subject: Re '],
  ['the way off the list', 'https://t.flowers.example/u/abc', 'https://t.flowers.example/u/abd'],
  ['the one click', 'List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n', ''],
  ['a second sender', 'From: ', 'From: evil@evil.example\r\nFrom: '],
  ['a second subject', 'To: ', 'Subject: evil\r\nTo: '],
  ['another way off the list', 'To: ', 'List-Unsubscribe: <https://evil.example>\r\nTo: '],
  ['an address for answers', 'To: ', 'Reply-To: evil@evil.example\r\nTo: '],
] as const)
  test(`a signature does not survive a change of ${what}`, async () => {
    const [result] = await verify(change(await makeSigner([key]).sign(message), from, to))
    assert.notEqual(result!.status.result, 'pass')
  })

test('what mail servers do on the way is survived', async () => {
  const signed = await makeSigner([key]).sign(message)
  for (const [from, to] of [
    ['To: ', 'Received: by mx.example; Thu, 26 Nov 2026\r\nTo: '],
    ['Subject: ', 'subject:   '],
    ['\r\n <mailto:', ' <mailto:'],
    ['are \t<b>', 'are <b>'],
    [' </p>', '\t\t</p>'],
  ] as const) {
    const [result] = await verify(change(signed, from, to))
    assert.equal(result!.status.result, 'pass', JSON.stringify(from))
  }
})

test('fields that a provider replaces are left out', async () => {
  const signed = await makeSigner([key], replacedFields('ses')).sign(message)
  const replaced = change(change(signed, '<1@flowers.example>', '<0102@eu.amazonses.com>'), 'Date: Tue', 'Date: Wed')
  assert.equal((await verify(replaced))[0]!.status.result, 'pass')
  const usual = change(await makeSigner([key]).sign(message), '<1@flowers.example>', '<0102@eu.amazonses.com>')
  assert.notEqual((await verify(usual))[0]!.status.result, 'pass')
})

test('any body, however it ends', async () => {
  const signer = makeSigner([newKey])
  const piece = fc.oneof(fc.constantFrom('\r\n', ' ', '\t', '.', 'a', ' \r\n', '\r\n\r\n', '=20'), fc.string())
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
      const body = pieces.join('').replace(/(?<!\r)\n|\r(?!\n)/g, '')
      const raw = Buffer.from(`From: joe@flowers.example\r\nX-A: b\r\n\r\n${body}`, 'utf8')
      const [result] = await verify(await signer.sign(raw))
      assert.equal(result!.status.result, 'pass', JSON.stringify(body))
    }),
    { numRuns: 300 },
  )
})

test('a message in UTF-8 (SMTPUTF8)', async () => {
  const raw = Buffer.from('From: jörg@flowers.example\r\nTo: 山田@example.org\r\nSubject: größe\r\n\r\nx\r\n')
  assert.equal((await verify(await makeSigner([key]).sign(raw)))[0]!.status.result, 'pass')
})

test('the record: whole, and in strings a zone file can hold', () => {
  const { name, value, zone } = renderDkimRecord(key)
  assert.equal(name, 'c2026._domainkey.flowers.example')
  assert.match(value, /^v=DKIM1; k=rsa; p=[A-Za-z0-9+/]{392}$/)
  const strings = [...zone.matchAll(/"([^"]*)"/g)].map(([, text]) => text!)
  assert.ok(strings.length === 2 && strings.every(({ length }) => length <= 255))
  assert.equal(strings.join(''), value)
})

test('keys, domains and selectors that can not sign are refused, and no key is shown', async () => {
  const { generateKeyPairSync } = await import('node:crypto')
  const pem = { type: 'pkcs8', format: 'pem' } as const
  const modern = generateKeyPairSync('ed25519').privateKey.export(pem).toString()
  const short = generateKeyPairSync('rsa', { modulusLength: 512 }).privateKey.export(pem).toString()
  const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export(pem).toString()
  for (const wrong of [
    { ...key, privateKey: short },
    { ...key, privateKey: curve },
    { ...key, privateKey: modern },
    { ...key, privateKey: 'secret' },
    { ...key, domain: 'flowers' },
    { ...key, domain: 'flowers.example; b=' },
    { ...key, selector: 'a b' },
    { ...key, selector: 'a;d=evil.example' },
    { ...key, selector: '' },
  ])
    assert.throws(
      () => makeSigner([wrong]),
      (error: Error) => error instanceof InvalidInputError && !error.message.includes('secret'),
    )
  assert.equal((await makeSigner([]).sign(message)).equals(message), true)
})
