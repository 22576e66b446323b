// One message: what a MIME parser reads out of it is what was put in, whatever that was.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import PostalMime from 'postal-mime'
import { InvalidInputError } from '../errors.ts'
import { composeMessage } from './message.ts'
import type { MessageInput } from './message.ts'

const base: MessageInput = {
  from: { name: "Joe's Flowers", address: 'joe@flowers.example' },
  to: { name: 'Ann Lee', address: 'ann@example.org' },
  subject: 'Roses',
  html: '<p>Roses are <b>red</b></p>',
  text: 'Roses are red',
  messageId: '0198c1a2-0000-7000-8000-000000000001@flowers.example',
  date: Date.parse('2026-11-26T19:55:01.500Z'),
  envelopeFrom: 'b.abc.def@bounce.flowers.example',
}

function compose(more: Partial<MessageInput> = {}): { raw: string; head: string } {
  const raw = composeMessage({ ...base, ...more }).raw.toString('latin1')
  return { raw, head: raw.slice(0, raw.indexOf('\r\n\r\n')) }
}

async function reparse(more: Partial<MessageInput> = {}) {
  return PostalMime.parse(composeMessage({ ...base, ...more }).raw)
}

/** What every message must be on the wire. */
function checkWire(raw: string): void {
  for (const line of raw.split('\r\n')) {
    assert.ok(line.length <= 998, 'no line is too long')
    assert.doesNotMatch(line, /[\r\n\0]/, 'no line break but CRLF, no NUL')
  }
  assert.ok(raw.endsWith('\r\n'))
}

test('a campaign message with all its headers, in full', () => {
  const { head } = compose({
    replyTo: { address: 'hello@flowers.example' },
    list: { id: 'news.flowers.example', name: 'Flower news' },
    unsubscribe: { url: 'https://t.flowers.example/u/abc', mailto: 'unsub+abc@bounce.flowers.example' },
    feedbackId: '1100:7:joesflowers:contrail',
    sendId: '0198c1a2.4f6e',
    complaints: { address: 'fbl@bounce.flowers.example', feedbackId: '0198c1a2.4f6e' },
    autoSubmitted: 'auto-generated',
    headers: [['X-Shop', 'Größe']],
    providerHeaders: [['X-PM-KeepID', 'true']],
  })
  assert.deepEqual(head.replace(/(?<=boundary=)".+"/, '"*"').split('\r\n'), [
    `From: "Joe's Flowers" <joe@flowers.example>`,
    'Reply-To: hello@flowers.example',
    'To: Ann Lee <ann@example.org>',
    'Subject: Roses',
    'Date: Thu, 26 Nov 2026 19:55:01 +0000',
    'Message-ID: <0198c1a2-0000-7000-8000-000000000001@flowers.example>',
    'List-Id: Flower news <news.flowers.example>',
    'List-Unsubscribe: <https://t.flowers.example/u/abc>,',
    ' <mailto:unsub+abc@bounce.flowers.example>',
    'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
    'Feedback-ID: 1100:7:joesflowers:contrail',
    'X-Send-Id: 0198c1a2.4f6e',
    'CFBL-Address: fbl@bounce.flowers.example; report=arf',
    'CFBL-Feedback-ID: 0198c1a2.4f6e',
    'Auto-Submitted: auto-generated',
    'X-Shop: =?UTF-8?Q?Gr=C3=B6=C3=9Fe?=',
    'X-PM-KeepID: true',
    'MIME-Version: 1.0',
    'Content-Type: multipart/alternative;',
    ' boundary="*"',
  ])
})

test('without https there is no one click', () => {
  const { head } = compose({ unsubscribe: { url: 'http://localhost:8080/u/abc' } })
  assert.match(head, /List-Unsubscribe: <http:\/\/localhost:8080\/u\/abc>\r\n/)
  assert.doesNotMatch(head, /One-Click/)
})

test('one part, alternatives, pictures within, files behind', async () => {
  const structure = (more: Partial<MessageInput>): string[] =>
    [...compose(more).raw.matchAll(/^Content-Type: ([\w/-]+)/gm)].map(([, type]) => type!)
  const picture = { filename: 'a.png', contentType: 'image/png', content: Buffer.from([1, 2]), contentId: 'a@x' }
  const file = { filename: 'Größe "1".pdf', contentType: 'application/pdf', content: Buffer.alloc(3000, 7) }
  const { html: _html, ...textOnly } = base
  assert.deepEqual(
    [
      ...composeMessage(textOnly)
        .raw.toString()
        .matchAll(/^Content-Type: .*/gm),
    ].map(([line]) => line),
    ['Content-Type: text/plain; charset=utf-8'],
  )
  assert.deepEqual(structure({}), ['multipart/alternative', 'text/plain', 'text/html'])
  assert.deepEqual(structure({ attachments: [picture, file] }), [
    'multipart/mixed',
    'multipart/alternative',
    'text/plain',
    'multipart/related',
    'text/html',
    'image/png',
    'application/pdf',
  ])
  const { attachments, html } = await reparse({ attachments: [picture, file] })
  assert.equal(html?.trim(), base.html)
  assert.deepEqual(
    attachments.map(({ filename, mimeType, contentId, disposition }) => [filename, mimeType, contentId, disposition]),
    [
      ['a.png', 'image/png', '<a@x>', 'inline'],
      ['Größe "1".pdf', 'application/pdf', undefined, 'attachment'],
    ],
  )
  assert.deepEqual(Buffer.from(attachments[1]!.content as ArrayBuffer), file.content)
})

test('a body travels as it is, or in the shorter of both encodings', () => {
  const encodingOf = (text: string): string | undefined =>
    /text\/plain.*\r\nContent-Transfer-Encoding: (.*)\r\n/.exec(compose({ text }).raw)?.[1]
  assert.equal(encodingOf('Roses\nare red\n'), '7bit')
  assert.equal(encodingOf('Roses '.repeat(20)), 'quoted-printable')
  assert.equal(encodingOf('Rosen blühen, und Mütter freuen sich sehr'), 'quoted-printable')
  assert.equal(encodingOf('Розы цветут'), 'base64')
  assert.equal(encodingOf('薔薇が咲いた'), 'base64')
})

test('names of any kind', async () => {
  const names = [
    'Lee, Ann',
    'Ann "the rose" Lee',
    'Ann \\ Lee',
    'Ann (at work) <boss@evil.example>',
    'Jörg Müßig',
    '山田太郎',
    '👩‍🌾 Farmer',
    '=?utf-8?Q?fake?=',
    'x'.repeat(300),
    'word '.repeat(60).trim(),
    'ü'.repeat(200),
    'a@b.example',
    '',
  ]
  for (const name of names) {
    const { from, to } = await reparse({
      from: { name, address: 'joe@flowers.example' },
      to: { name, address: 'ann@example.org' },
    })
    assert.deepEqual([from?.name, from?.address], [name, 'joe@flowers.example'])
    assert.deepEqual([to?.[0]?.name, to?.[0]?.address], [name, 'ann@example.org'])
    checkWire(compose({ from: { name, address: 'joe@flowers.example' } }).raw)
  }
})

test('line breaks in what people read become blanks: nothing can be added to the headers', () => {
  const evil = 'Hi\r\nBcc: all@evil.example\r\n\r\n<script>\u2028\0'
  const { head } = compose({
    subject: evil,
    from: { name: evil, address: 'joe@flowers.example' },
    list: { id: 'a.b', name: evil },
  })
  assert.doesNotMatch(head, /^Bcc/im)
  assert.match(head, /^Subject: Hi Bcc: all@evil.example <script>\r\n/m)
})

test('a control character in what programs read is refused, with the field', () => {
  const cases: [Partial<MessageInput>, string][] = [
    [{ from: { address: 'joe@flowers.example\r\nBcc: x@y.example' } }, 'from'],
    [{ to: { address: 'ann\n@example.org' } }, 'to'],
    [{ to: { address: 'ann@example.org>\r\nRCPT TO:<x@y.example' } }, 'to'],
    [{ to: { address: 'ann@example.org\0' } }, 'to'],
    [{ to: { address: 'ann example.org' } }, 'to'],
    [{ to: { address: `${'a'.repeat(65)}@example.org` } }, 'to'],
    [{ replyTo: { address: 'x@y\r\n.example' } }, 'replyTo'],
    [{ envelopeFrom: 'b@bounce.example\r\nRCPT TO:<x@y.example>' }, 'envelopeFrom'],
    [{ envelopeId: 'a b' }, 'envelopeId'],
    [{ messageId: 'a@b>\r\nX: <c' }, 'messageId'],
    [{ date: Number.NaN }, 'date'],
    [{ list: { id: 'a.b>\r\nX: y' } }, 'list'],
    [{ unsubscribe: { url: 'https://x.example/\r\nX: y' } }, 'unsubscribe'],
    [{ unsubscribe: { url: 'https://x.example/>, <mailto:a@b.example' } }, 'unsubscribe'],
    [{ unsubscribe: { url: `https://x.example/${'a'.repeat(900)}` } }, 'unsubscribe'],
    [{ unsubscribe: { url: 'javascript:alert(1)' } }, 'unsubscribe'],
    [{ feedbackId: 'a:b:c:d' }, 'feedbackId'],
    [{ feedbackId: 'a:b\r\n:c:contrail' }, 'feedbackId'],
    [{ sendId: 'a\nb' }, 'sendId'],
    [{ complaints: { address: 'x@y.example', feedbackId: 'a b' } }, 'complaints'],
    [{ headers: [['X-A', 'b\r\nBcc: x@y.example']] }, 'X-A'],
    [{ headers: [['X-A: b\r\nBcc', 'x']] }, 'headers'],
    [{ headers: [['X-Ä', 'x']] }, 'headers'],
    [{ headers: [['X-A: b\r\nBcc', 'größe']] }, 'headers'],
    [{ headers: [['X A', 'größe']] }, 'headers'],
    [{ headers: [['X-Long', 'x'.repeat(1500)]] }, 'X-Long'],
    [{ headers: [['X-Wide', `x${' '.repeat(100)}x`]] }, 'X-Wide'],
    [{ headers: [['Bcc', 'x@y.example']] }, 'headers'],
    [{ headers: [['content-type', 'text/plain']] }, 'headers'],
    [{ headers: [['List-Unsubscribe', '<https://x.example>']] }, 'headers'],
    [{ headers: [['X-SMTPAPI', '{"to":["x@y.example"]}']] }, 'headers'],
    [{ headers: [['X-Mailgun-Recipient-Variables', '{}']] }, 'headers'],
    [{ attachments: [{ filename: 'a', contentType: 'text/plain\r\nX: y', content: Buffer.alloc(1) }] }, 'attachments'],
    [{ attachments: [{ filename: 'a', contentType: 'message/rfc822', content: Buffer.alloc(1) }] }, 'attachments'],
    [
      { attachments: [{ filename: 'a', contentType: 'image/png', content: Buffer.alloc(1), contentId: 'a>\r\n' }] },
      'attachments',
    ],
  ]
  for (const [more, field] of cases)
    assert.throws(
      () => composeMessage({ ...base, ...more }),
      (error: unknown) => error instanceof InvalidInputError && error.field === field,
      `${field}: ${JSON.stringify(more)}`,
    )
})

test('the name of a file can be neither a path nor the end of a line', async () => {
  const { attachments } = await reparse({
    attachments: ['../../etc/passwd', 'a\r\nX: y.txt', 'C:\\x\\b".txt', '  '].map((filename) => ({
      filename,
      contentType: 'text/plain',
      content: Buffer.from('x'),
    })),
  })
  const shown = { filename: 'a.txt', contentType: 'text/plain', content: Buffer.alloc(1), contentId: 'a' }
  assert.throws(() => composeMessage({ ...base, attachments: [shown] }), { field: 'attachments' })
  assert.deepEqual(
    attachments.map(({ filename }) => filename),
    ['passwd', 'aX: y.txt', 'b".txt', 'attachment'],
  )
})

test('what is larger than its limit is refused', () => {
  const limits = { messageBytes: 3000, attachmentBytes: 1000 }
  const file = { filename: 'a.bin', contentType: 'application/octet-stream', content: Buffer.alloc(1001) }
  assert.throws(() => composeMessage({ ...base, attachments: [file] }, limits), { field: 'attachments' })
  assert.throws(() => composeMessage({ ...base, html: 'x'.repeat(2900) }, limits), /larger than 2 KiB/)
  assert.throws(() => composeMessage({ ...base, html: 'ü'.repeat(1400) }, limits), /larger than 2 KiB/)
  const { html: _html, text: _text, ...bare } = base
  assert.throws(() => composeMessage(bare), /HTML or a text/)
})

test('addresses: a domain has an ASCII form, a mailbox has none', () => {
  const idn = composeMessage({
    ...base,
    to: { address: 'ann@bücher.example' },
    from: { address: 'joe@BÜCHER.example' },
  })
  assert.deepEqual(idn.envelope, {
    from: 'b.abc.def@bounce.flowers.example',
    to: 'ann@xn--bcher-kva.example',
    needsSmtpUtf8: false,
  })
  assert.match(idn.raw.toString(), /^From: joe@xn--bcher-kva.example\r\nTo: ann@xn--bcher-kva.example\r\n/)
  const eai = composeMessage({ ...base, to: { name: 'Jörg', address: 'jo\u0308rg@bücher.example' } })
  assert.deepEqual([eai.envelope.to, eai.envelope.needsSmtpUtf8], ['j\u00f6rg@xn--bcher-kva.example', true])
  assert.match(eai.raw.toString(), /^To: =\?utf-8\?.\?\S+\?= <jörg@bücher.example>\r\n/im)
  const dots = composeMessage({ ...base, to: { address: 'ann..lee.@docomo.example' } })
  assert.equal(dots.envelope.to, '"ann..lee."@docomo.example')
  assert.equal(composeMessage({ ...base, envelopeFrom: '' }).envelope.from, '')
})

test('any text arrives as it is, in lines that mail servers take', async () => {
  const line = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ minLength: 900, maxLength: 1100 }),
    fc.constantFrom(
      '.',
      '..',
      'From x',
      ' ',
      '\t',
      'trailing \t',
      '=3D',
      '=',
      'ü '.repeat(400),
      'a'.repeat(998),
      '-'.repeat(70),
    ),
  )
  const text = fc.array(line, { maxLength: 8 }).map((lines) =>
    lines
      .join('\n')
      .toWellFormed()
      .replace(/[\r\0]/g, ''),
  )
  await fc.assert(
    fc.asyncProperty(text, text, async (html, plain) => {
      const input = { html: `<p>${html}</p>`, text: `${plain}.` }
      checkWire(compose(input).raw)
      const parsed = await reparse(input)
      assert.equal(parsed.html?.replaceAll('\r\n', '\n').replace(/\n$/, ''), input.html)
      assert.equal(parsed.text?.replaceAll('\r\n', '\n').replace(/\n$/, ''), input.text)
    }),
    { numRuns: 300 },
  )
})

test('any subject and any name arrive as they are, but for blanks', async () => {
  const words = fc.string({ unit: 'grapheme', maxLength: 300 })
  await fc.assert(
    fc.asyncProperty(words, words, async (subject, name) => {
      const input = { subject, from: { name, address: 'joe@flowers.example' } }
      checkWire(compose(input).raw)
      const parsed = await reparse(input)
      const clean = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029\s]+/gu, ' ').trim()
      assert.equal(clean(parsed.subject ?? ''), clean(subject))
      assert.equal(clean(parsed.from?.name ?? ''), clean(name))
      assert.equal(parsed.from?.address, 'joe@flowers.example')
    }),
    { numRuns: 300 },
  )
})
