// What passes for an image, and what it says of its size (GIF89a, ISO 15948, ITU-T T.81).

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { jpeg, png } from '../../../test/pictures.ts'
import { gif } from '../../../test/upload.ts'
import { readImageHeader } from './image-header.ts'

const whole = [gif(439, 422), png(439, 422), jpeg(439, 422)]

test('the size of a GIF, a PNG and a JPEG', () => {
  assert.deepEqual(
    whole.map((bytes) => readImageHeader(bytes)),
    ['image/gif', 'image/png', 'image/jpeg'].map((type) => ({ type, width: 439, height: 422 })),
  )
})

test('an image cut off anywhere is none, but for the last byte of a GIF, which some programs left out', () => {
  const [lastByteOptional, ...others] = whole
  assert.ok(readImageHeader(lastByteOptional!.subarray(0, -1)))
  for (const bytes of [lastByteOptional!.subarray(0, -1), ...others]) {
    for (let length = 0; length < bytes.length; length++)
      assert.equal(readImageHeader(bytes.subarray(0, length)), undefined, `${length} of ${bytes.length}`)
  }
})

test('bytes behind the end change nothing', () => {
  for (const bytes of whole)
    assert.deepEqual(readImageHeader(Buffer.concat([bytes, Buffer.from('<script>')])), readImageHeader(bytes))
})

test('no bytes make the reader fail', () => {
  const start = fc.constantFrom(...whole.map((bytes) => bytes.subarray(0, 30)), Buffer.alloc(0))
  fc.assert(
    fc.property(start, fc.uint8Array({ maxLength: 200 }), (head, tail) => {
      readImageHeader(Buffer.concat([head, tail]))
    }),
  )
})
