// What is left of a reader's words to friends.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cleanLine, cleanText } from './clean-words.ts'

const cases: [written: string, kept: string][] = [
  ['Have a look, you will like it. 😀', 'Have a look, you will like it. 😀'],
  ['a\r\n\r\n\r\n\r\nb', 'a\n\nb'],
  ['see https://evil.example/a?b=c now', 'see now'],
  ['see HTTP://x, www.evil.example and evil.example/a', 'see and evil. example/a'],
  ['write to me@evil.example', 'write to'],
  ['javascript:alert(1) mailto:x tel:12', ''],
  ['<b>bold</b> <script>x</script><a href="//evil.example">y', 'bold x y'],
  ['<<b>b> 1 < 2', 'b 1 2'],
  ['evil。example evil．example evil\u200b.\u200bexample', 'evil. example evil. example evil. example'],
  ['J.R. Smith', 'J. R. Smith'],
  ['3.50 and 10:30', '3.50 and 10:30'],
  ['\u202egnp\u202c \u0000\u0007x\ud800', 'gnp x\ufffd'],
]

test('what leads somewhere is taken out of a note, and the rest stays', () => {
  for (const [written, kept] of cases) assert.equal(cleanText(written), kept, written)
})

test('a name is one line', () => {
  assert.equal(cleanLine('Joe\r\nBcc: x@y.example\tFlowers '), 'Joe Bcc: Flowers')
})

test('nothing that anybody writes comes out as an address, a tag or a control character, and twice is once', () => {
  const pieces = fc.constantFrom(
    '<',
    '>',
    '.',
    'http://',
    'www',
    '@',
    '\u200b',
    'a',
    'com',
    ':',
    '//',
    ' ',
    '\n',
    '\r',
    'mailto',
    '\u3002',
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.array(pieces, { maxLength: 30 }).map((some) => some.join('')),
      ),
      (text) => {
        const clean = cleanText(text)
        assert.doesNotMatch(clean, /[<>@\r\0\u200b]|https?:\/\/\S|\.\p{L}|\bwww\.\S/u)
        assert.equal(cleanText(clean), clean)
      },
    ),
    { numRuns: 2000 },
  )
})
