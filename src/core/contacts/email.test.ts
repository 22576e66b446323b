import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { InvalidInputError } from '../../errors.ts'
import { parseEmail } from './email.ts'

const cases = (name: string): string[] =>
  readFileSync(new URL(`../../../testdata/syntax/${name}`, import.meta.url), 'utf8')
    .split('\n')
    .filter(Boolean)

test('every address of email-valid.txt is taken, in lower case', () => {
  for (const address of cases('email-valid.txt')) assert.equal(parseEmail(address), address.toLowerCase())
})

test('every address of email-invalid.txt is refused with a reason that names the field', () => {
  for (const address of cases('email-invalid.txt')) {
    assert.throws(
      () => parseEmail(address),
      (error) => error instanceof InvalidInputError && error.field === 'email',
      address,
    )
  }
})

test('white space around an address is no part of it', () => {
  assert.equal(parseEmail('  JFlowers@mail.com\r\n'), 'jflowers@mail.com')
})

test('an address longer than SMTP can carry is refused', () => {
  assert.throws(() => parseEmail(`jo@${'a.'.repeat(130)}com`), /more than 254 bytes/)
})

test('control characters and lone surrogates are refused', () => {
  for (const odd of ['jo\0@example.com', 'jo\u200b@example.com', 'jo\ud800@example.com', 'jo\u0007@example.com'])
    assert.throws(() => parseEmail(odd))
})
