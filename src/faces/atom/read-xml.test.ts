import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { InvalidInputError } from '../../errors.ts'
import { readXml } from './read-xml.ts'
import { escapeAttribute, escapeXml } from './xml.ts'

const read = (text: string) => readXml(Buffer.from(text))

test('elements, attributes, text and CDATA are read as they are', () => {
  const root = read(
    '\uFEFF<?xml version="1.0"?><a xmlns="urn:x" b="1 &amp; 2">one<!-- no --><c/>&lt;two&gt;<![CDATA[<three>]]>&#233;</a>',
  )
  assert.deepEqual(
    [root.name, root.namespace, root.attributes.get('b'), root.text],
    ['a', 'urn:x', '1 & 2', 'one<two><three>é'],
  )
  assert.equal(root.children[0]!.name, 'c')
})

test('document types, entity bombs, external entities and unknown entities are refused', () => {
  const bomb = `<!DOCTYPE a [<!ENTITY x0 "ha">${Array.from({ length: 20 }, (_, i) => `<!ENTITY x${i + 1} "&x${i};&x${i};">`).join('')}]><a>&x20;</a>`
  const hostile = [
    bomb,
    '<!DOCTYPE a SYSTEM "http://127.0.0.1/x"><a/>',
    '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    '<a>&nbsp;</a>',
    '<a>&#0;</a>',
    '<a>&#xD800;</a>',
  ]
  for (const text of hostile) assert.throws(() => read(text), InvalidInputError, text.slice(0, 60))
})

test('depth, number of elements and attributes, and length of attributes are limited', () => {
  assert.throws(() => read('<a>'.repeat(100_000)), /nested deeper/)
  assert.throws(() => read(`<a>${'<b/>'.repeat(30_000)}</a>`), /more than 20000 elements/)
  assert.throws(
    () => read(`<a ${Array.from({ length: 40 }, (_, i) => `b${i}="1"`).join(' ')}/>`),
    /more than 32 attributes/,
  )
  assert.throws(() => read(`<a b="${'x'.repeat(5000)}"/>`), /longer than 4096/)
})

test('other encodings, versions and bytes that are no UTF-8 are refused', () => {
  assert.throws(() => read('<?xml version="1.0" encoding="ISO-8859-1"?><a/>'), /only UTF-8/)
  assert.throws(() => read('<?xml version="1.1"?><a/>'), InvalidInputError)
  assert.throws(() => readXml(Buffer.from('<a>\xe9</a>', 'latin1')), /not UTF-8/)
  assert.throws(() => readXml(Buffer.from('<a/>', 'utf16le')), InvalidInputError)
  assert.equal(read('<?xml version="1.0" encoding="utf-8"?><a/>').name, 'a')
})

test('whatever is sent, it is read or refused with our own error, and nothing else happens', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '<',
      '>',
      '</',
      '/>',
      '<a',
      '<a>',
      '</a>',
      ' b="',
      '"',
      '&',
      ';',
      '&amp;',
      '<![CDATA[',
      ']]>',
      '<!--',
      '-->',
      '<?',
      '?>',
      '<!DOCTYPE',
      ' xmlns:x="u"',
      'x:',
    ),
    fc.string({ maxLength: 5 }),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), fc.boolean(), (pieces, isWrapped) => {
      try {
        read(isWrapped ? `<r>${pieces.join('')}</r>` : pieces.join(''))
      } catch (error) {
        assert.ok(error instanceof InvalidInputError, String(error))
      }
    }),
    { numRuns: 3000 },
  )
})

test('what we write, we read back equal', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
      const held = text.toWellFormed().replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '\ufffd')
      const root = read(`<a b="${escapeAttribute(text)}">${escapeXml(text)}</a>`)
      assert.deepEqual([root.text, root.attributes.get('b')], [held, held])
    }),
    { numRuns: 1000 },
  )
})
