// Tokens say what they were given, to nobody else and for nothing else.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { openToken, sealAddressToken, sealToken, tokenPurposes } from './token.ts'
import type { TokenFields } from './token.ts'

const key = { keyNo: 1, key: Buffer.alloc(32, 7) }
const keyOf = (keyNo: number): Uint8Array | undefined => (keyNo === 1 ? key.key : undefined)
const fields: TokenFields = { accountId: 1, contactId: 32, campaignId: 1_100_537_019_381, sendNo: 0, linkNo: 3 }

test('a token gives back what it was made of, whatever the ids', () => {
  const id = fc.maxSafeNat()
  const any = fc.record({ accountId: id, contactId: id, campaignId: id, sendNo: id, linkNo: id })
  fc.assert(
    fc.property(any, fc.constantFrom(...tokenPurposes), (given, purpose) => {
      const text = sealToken(key, purpose, given)
      assert.ok(text.length <= 68)
      assert.deepEqual(openToken(keyOf, purpose, text), { ...given })
      const address = sealAddressToken(key, purpose, given)
      assert.deepEqual(openToken(keyOf, purpose, address.toUpperCase(), 'hex'), { ...given })
    }),
  )
})

test('a token of an ordinary installation is short', () => {
  assert.ok(sealToken(key, 'click', fields).length <= 32)
})

test('a token altered in any letter, of another purpose or another key is nothing', () => {
  const text = sealToken(key, 'click', fields)
  for (let i = 0; i < text.length; i++) {
    for (const letter of ['A', 'z', '_', '9']) {
      const altered = text.slice(0, i) + letter + text.slice(i + 1)
      if (altered !== text) assert.equal(openToken(keyOf, 'click', altered), undefined, altered)
    }
  }
  for (const purpose of tokenPurposes) if (purpose !== 'click') assert.equal(openToken(keyOf, purpose, text), undefined)
  assert.equal(
    openToken(() => Buffer.alloc(32, 8), 'click', text),
    undefined,
  )
  assert.equal(
    openToken(() => undefined, 'click', text),
    undefined,
  )
})

test('whatever is sent in place of a token is read without harm', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 300 }), (text) => {
      assert.equal(openToken(keyOf, 'open', text), undefined)
    }),
  )
  for (const text of ['', 'AQ', 'A'.repeat(200), `${sealToken(key, 'open', fields)}=`])
    assert.equal(openToken(keyOf, 'open', text), undefined)
})
