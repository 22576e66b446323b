// Bounce mail beyond its recipients: clues to the send, several mails in a file, limits, and mail that is damaged.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { splitMbox } from './mbox.ts'
import { parseReport } from './parse-report.ts'
import { cleanDiagnostic, maxRecipients } from './report.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

const head = 'Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example\r\nSubject: failure notice\r\n'

function report(status: string, returned: string, more = ''): Uint8Array {
  return bytes(
    `${head}${more}Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\nSorry.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n${status}\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n${returned}\r\n--b--\r\n`,
  )
}

const status =
  'Reporting-MTA: dns; mx.example\r\nOriginal-Envelope-Id: 018e77aa\r\n\r\nOriginal-Recipient: rfc822;ann@list.example\r\nFinal-Recipient: rfc822;ann@dest.example\r\nAction: failed\r\nStatus: 5.1.1\r\nRemote-MTA: dns; mx.dest.example\r\nDiagnostic-Code: smtp; 550 5.1.1\r\n    User\tunknown\u0007\r\n'

test('a report tells the send by envelope, headers and ids, and both addresses of a forwarded mailbox', async () => {
  const { recipients, clues } = await parseReport(
    report(
      status,
      'Message-ID: <018e@sender.example>\r\nX-Send-Id: 018e77aa\r\nFeedback-ID: 1:2:3\r\nSubject: =?utf-8?Q?Fr=C3=BChling?=\r\nTo: ann@list.example\r\n\r\nHello',
      'X-Original-To: b.aaaa.bbbb@bounce.example\r\nDelivered-To: bounces@bounce.example\r\nTo: b.aaaa.bbbb@bounce.example\r\n',
    ),
  )
  assert.deepEqual(clues, {
    deliveredTo: ['b.aaaa.bbbb@bounce.example', 'bounces@bounce.example'],
    envelopeId: '018e77aa',
    sendId: '018e77aa',
    messageId: '018e@sender.example',
    feedbackId: '1:2:3',
    subject: 'Frühling',
  })
  assert.deepEqual(recipients, [
    {
      recipient: 'ann@dest.example',
      originalRecipient: 'ann@list.example',
      kind: 'bounce',
      letter: 'B',
      severity: 'hard',
      status: '5.1.1',
      replyCode: 550,
      action: 'failed',
      remoteMta: 'mx.dest.example',
      diagnostic: '550 5.1.1 User unknown',
    },
  ])
})

test('ids are found in the text when the message does not come back as a part', async () => {
  const { clues } = await parseReport(
    bytes(
      `${head}\r\nThis is the qmail-send program.\r\n\r\n<ann@dest.example>:\r\nno mailbox here by that name\r\n\r\n--- Below this line is a copy of the message.\r\n\r\nReceived: x\r\nMessage-ID: <1@sender.example>\r\nX-Send-Id: 77\r\nSubject: Spring\r\n\r\nHi`,
    ),
  )
  assert.deepEqual([clues.messageId, clues.sendId, clues.subject], ['1@sender.example', '77', 'Spring'])
})

test('our own message, come back, does not decide why', async () => {
  const returned =
    'Subject: mailbox full? spam? user unknown?\r\nTo: ann@dest.example\r\n\r\nover quota, user unknown, blocked'
  const { recipients } = await parseReport(
    report(
      'Reporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822;ann@dest.example\r\nAction: failed\r\nStatus: 5.0.0\r\n',
      returned,
    ),
  )
  assert.deepEqual([recipients[0]?.letter, recipients[0]?.severity], ['X', 'soft'])
})

test('an mbox is as many mails as it has, and a mail that only quotes one is a single mail', () => {
  const from = 'From MAILER-DAEMON  Thu Apr 29 23:34:45 2015\n'
  const split = (text: string): string[] => splitMbox(bytes(text)).map((mail) => new TextDecoder().decode(mail))
  assert.deepEqual(split(`${from}A: 1\n\nx\n\n${from}B: 2\n\ny\n`), ['A: 1\n\nx\n\n', 'B: 2\n\ny\n'])
  assert.deepEqual(split(`${from}A: 1\n\nFrom here on it is text\n\nFrom me Thu\n`).length, 1)
  assert.deepEqual(split(`A: 1\n\n${from}B: 2\n`).length, 1)
  assert.deepEqual(split(''), [''])
})

test('remote text becomes one line without control characters, at most 500 characters long', () => {
  assert.equal(cleanDiagnostic('550\r\n \u0000no\u001b[2J\u202e such\ttext'), '550 no [2J such text')
  assert.equal(cleanDiagnostic(' \n '), null)
  assert.equal(cleanDiagnostic('x'.repeat(5000))?.length, 500)
  assert.ok(cleanDiagnostic('a'.repeat(499) + '\u{1f600}\u{1f600}')!.endsWith('\u{1f600}'))
})

test('no report is too long: what is over the limits is left out', async () => {
  const many = Array.from(
    { length: 3000 },
    (_, i) => `Final-Recipient: rfc822;a${i}@b.example\r\nAction: failed\r\nStatus: 5.1.1\r\n`,
  )
  const { recipients } = await parseReport(
    report(`Reporting-MTA: dns; mx\r\n\r\n${many.join('\r\n')}`, 'Subject: x\r\n\r\n'),
  )
  assert.equal(recipients.length, maxRecipients)
  for (const blanks of [
    `Diagnostic-Code: smtp; 550${' '.repeat(900_000)}x`,
    `Status: 5.1.1 ${') '.repeat(400_000)}x`,
    `Diagnostic-Code: smtp;${'\r\n '.repeat(9000)} x`,
  ])
    assert.equal(
      (await parseReport(report(`${status}\r\n\r\nFinal-Recipient: rfc822;b@b.example\r\n${blanks}`, ''))).recipients
        .length,
      2,
    )
  for (const long of [
    'a',
    '<',
    'a@',
    '\n',
    'a@b.example:\n',
    'From: x\n',
    '--b\n\n',
    'mailbox ',
    'a.',
    '>',
    '\u0000',
    'to a@b.example ',
    'is: ',
    'to'.padEnd(1999) + '\n',
    'a@b.c'.padStart(1999) + '\n',
  ])
    assert.ok((await parseReport(bytes(head + '\n' + long.repeat(2_000_000 / long.length)))).recipients.length > 0)
})

test('damaged mail is read without failing: cut, flipped, spliced', async () => {
  const folder = new URL('../../../testdata/bounces/', import.meta.url)
  const files = ['sisimai/', 'written/'].flatMap((name) =>
    readdirSync(new URL(name, folder))
      .filter((file) => file.endsWith('.eml'))
      .map((file) => readFileSync(new URL(name + file, folder))),
  )
  const sample = fc.constantFrom(...files)
  const part = fc.record({
    from: sample,
    start: fc.double({ min: 0, max: 1, noNaN: true }),
    end: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  const flips = fc.array(fc.record({ at: fc.nat(20_000), to: fc.nat(255) }), { maxLength: 30 })
  await fc.assert(
    fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 4 }), flips, async (parts, changes) => {
      const mail = Buffer.concat(
        parts.map(({ from, start, end }, i) =>
          from.subarray(i === 0 ? 0 : start * from.length, Math.max(start, end) * from.length),
        ),
      )
      for (const { at, to } of changes) if (at < mail.length) mail[at] = to
      const { recipients } = await parseReport(mail)
      assert.ok(recipients.length > 0)
      for (const { recipient, kind, letter, severity } of recipients) {
        assert.ok(recipient === null || recipient.includes('@'))
        assert.equal(letter === null, severity === null)
        if (kind === 'none' || kind === 'complaint' || kind === 'optout' || kind === 'delivered')
          assert.equal(letter, null)
      }
    }),
    { numRuns: 2000 },
  )
})
