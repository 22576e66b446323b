import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { InvalidInputError } from '../errors.ts'
import { openCursor, sealCursor } from './page.ts'

const key = Buffer.alloc(32, 1)

test('a cursor gives back what was sealed, as lower-case letters and digits', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 3, depthSize: 'small' }), (value) => {
      const plain = JSON.parse(JSON.stringify(value)) as number
      const text = sealCursor(key, 'scope', plain)
      assert.match(text, /^[a-z0-9]+$/)
      assert.deepEqual(openCursor(key, 'scope', text), plain)
      assert.deepEqual(openCursor(key, 'scope', text.toUpperCase()), plain)
    }),
  )
})

test('a cursor altered in any letter is refused', () => {
  const text = sealCursor(key, 'scope', [17687957946293, 50])
  for (let i = 0; i < text.length - 1; i++) {
    const altered = text.slice(0, i) + (text[i] === 'a' ? 'b' : 'a') + text.slice(i + 1)
    assert.throws(() => openCursor(key, 'scope', altered), InvalidInputError)
  }
})

test('a cursor of another question, another key, or none at all is refused', () => {
  const text = sealCursor(key, 'clicks of 32', 5)
  assert.throws(() => openCursor(key, 'clicks of 33', text), InvalidInputError)
  assert.throws(() => openCursor(Buffer.alloc(32, 2), 'clicks of 32', text), InvalidInputError)
  for (const junk of ['', 'a', 'undefined', '%00', 'ä', 'a'.repeat(100_000)])
    assert.throws(() => openCursor(key, 'clicks of 32', junk), InvalidInputError)
})
