import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTotpSecret, matchTotp, totpCode, totpStep } from './totp.ts'

// "12345678901234567890" of RFC 6238 B, in base32.
const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'

test('codes are those of RFC 6238, without their first two digits', () => {
  const vectors: [seconds: number, code: string][] = [
    [59, '94287082'], [1111111109, '07081804'], [1111111111, '14050471'], [1234567890, '89005924'],
    [2000000000, '69279037'], [20000000000, '65353130'],
  ] // oxfmt-ignore
  for (const [seconds, code] of vectors) assert.equal(totpCode(secret, totpStep(seconds * 1000)), code.slice(2))
})

test('the codes of RFC 4226 D come out for its counters', () => {
  const codes = ['755224', '287082', '359152', '969429', '338314', '254676', '287922', '162583', '399871', '520489']
  for (const [counter, code] of codes.entries()) assert.equal(totpCode(secret, counter), code)
})

test('a code of the neighbouring half minute is taken, one further away is not, and none twice', () => {
  const now = 1_111_111_111_000
  const step = totpStep(now)
  for (const away of [-1, 0, 1]) assert.equal(matchTotp(secret, totpCode(secret, step + away), now, 0), step + away)
  for (const away of [-2, 2]) assert.equal(matchTotp(secret, totpCode(secret, step + away), now, 0), undefined)
  assert.equal(matchTotp(secret, totpCode(secret, step), now, step), undefined)
  for (const code of ['', '12345', 'abcdef', '1234567']) assert.equal(matchTotp(secret, code, now, 0), undefined)
})

test('secrets are 160 bits and differ', () => {
  const made = new Set(Array.from({ length: 100 }, createTotpSecret))
  assert.equal(made.size, 100)
  for (const one of made) assert.match(one, /^[A-Z2-7]{32}$/)
})
