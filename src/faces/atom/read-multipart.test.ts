// Multipart bodies as clients of 2008 build them, and as attackers do (RFC 2046 5.1, wire-2008 0b).

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { InvalidInputError } from '../../errors.ts'
import { findBoundary, readMultipart } from './read-multipart.ts'

const type = 'multipart/form-data; boundary=xYz'
const read = (body: string, contentType = type): ReturnType<typeof readMultipart> =>
  readMultipart(Buffer.from(body, 'latin1'), contentType)
const texts = (body: string, contentType?: string): string[] =>
  read(body, contentType).map(({ bytes }) => Buffer.from(bytes).toString('latin1'))

test('a form with a field and a file', () => {
  const parts = read(
    '--xYz\r\nContent-Disposition: form-data; name="activityType"\r\n\r\nSV_ADD\r\n' +
      '--xYz\r\nContent-Disposition: form-data; name="data"; filename="a.csv"\r\nContent-Type: Text/CSV; charset=UTF-8\r\n\r\nA,B\r\n\r\n--xYz--\r\n',
  )
  assert.deepEqual(
    parts.map(({ name, filename, contentType, bytes }) => [name, filename, contentType, Buffer.from(bytes).toString()]),
    [
      ['activityType', undefined, undefined, 'SV_ADD'],
      ['data', 'a.csv', 'text/csv', 'A,B\r\n'],
    ],
  )
  assert.equal(parts[1]!.headers.get('content-type'), 'Text/CSV; charset=UTF-8')
})

test('the label does not matter, the boundary does', () => {
  const body = '--xYz\r\n\r\na\r\n--xYz--'
  for (const label of ['multipart/related', 'multipart/mixed', 'application/x-www-form-urlencoded', 'MULTIPART/FORM-DATA'])
    for (const boundary of ['boundary=xYz', 'boundary="xYz"', 'charset=utf-8;Boundary=xYz', 'type="a;boundary=no"; boundary=xYz'])
      assert.deepEqual(texts(body, `${label}; ${boundary}`), ['a'], boundary) // oxfmt-ignore
  assert.equal(findBoundary('application/x-www-form-urlencoded'), undefined)
  assert.equal(findBoundary('multipart/mixed; boundary='), undefined)
  assert.throws(() => texts(body, 'multipart/mixed'), InvalidInputError)
  assert.throws(() => texts(body, `multipart/mixed; boundary=${'x'.repeat(71)}`), InvalidInputError)
  assert.throws(() => texts(body, 'multipart/mixed; boundary="x\u00e9"'), InvalidInputError)
})

test('lines that end in LF only, no line end behind the last boundary, spaces behind a boundary', () => {
  assert.deepEqual(texts('--xYz\nContent-Type: text/plain\n\na\nb\n--xYz\n\nc\n--xYz--'), ['a\nb', 'c'])
  assert.deepEqual(texts('--xYz \t\r\n\r\na\r\n--xYz--  '), ['a'])
  assert.deepEqual(texts('\r\n--xYz\r\n\r\na\r\n--xYz--\r\n'), ['a'])
})

test('preamble, epilogue and a last boundary without its dashes', () => {
  assert.deepEqual(texts('This is MIME.\r\n--xYz\r\n\r\na\r\n--xYz--\r\nbye\r\n--xYz\r\n\r\nb\r\n--xYz--'), ['a'])
  assert.deepEqual(texts('--xYz\r\n\r\na\r\n--xYz\r\n'), ['a'])
  assert.deepEqual(texts('--xYz\r\n\r\na\r\n--xYz'), ['a'])
})

test('parts that are empty, and parts without headers', () => {
  assert.deepEqual(texts('--xYz\r\n\r\n\r\n--xYz\r\nContent-Type: text/plain\r\n\r\n\r\n--xYz--'), ['', ''])
  assert.deepEqual(texts('--xYz--'), [])
})

test('what looks like a boundary but is none stays content', () => {
  const content = 'a--xYz\r\n--xYzw\r\n--xYz--w\r\n --xYz\r\n--xY'
  assert.deepEqual(texts(`--xYz\r\n\r\n${content}\r\n--xYz--`), [content])
})

test('any bytes come through as they are, with either line end', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 5 }), fc.constantFrom('\r\n', '\n'), (files, eol) => {
      const body = Buffer.concat([
        ...files.flatMap((file) => [Buffer.from(`--xYz${eol}Content-Type: a/b${eol}${eol}`), file, Buffer.from(eol)]),
        Buffer.from('--xYz--'),
      ])
      assert.deepEqual(readMultipart(body, type).map(({ bytes }) => [...bytes]), files.map((file) => [...file]))
    }),
  ) // oxfmt-ignore
})

test('file names: quoted, bare, escaped, a whole path, UTF-8 and Latin-1', () => {
  const names: [string, string][] = [
    ['"a b.gif"', 'a b.gif'],
    ['a.gif', 'a.gif'],
    ['"a\\"b\\\\c.gif"', 'a"b\\c.gif'],
    ['"C:\\photos\\a.gif"', 'C:\\photos\\a.gif'],
    ['"../../etc/passwd"', '../../etc/passwd'],
    ['"a;filename=b.gif"', 'a;filename=b.gif'],
    [Buffer.from('"é.gif"').toString('latin1'), 'é.gif'],
    ['"\u00e9.gif"', 'é.gif'],
  ]
  for (const [sent, expected] of names) {
    const [part] = read(
      `--xYz\r\nContent-Disposition: form-data; name="f"; filename=${sent}; filename="other"\r\n\r\n\r\n--xYz--`,
    )
    assert.equal(part!.filename, expected)
  }
})

test('base64 is decoded, other transfer encodings are refused', () => {
  const of = (encoding: string, content: string): string[] =>
    texts(`--xYz\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n${content}\r\n--xYz--`)
  assert.deepEqual(of('BASE64', 'R0lG\r\nODlh'), ['GIF89a'])
  assert.deepEqual(of('binary', 'R0lG'), ['R0lG'])
  assert.throws(() => of('base64', '<script>'), InvalidInputError)
  assert.throws(() => of('quoted-printable', 'a=3D'), InvalidInputError)
})

test('folded headers are one, and of a repeated one the first counts', () => {
  const [part] = read('--xYz\r\nContent-Type: a/b;\r\n c=d\r\nX: 1\r\nx: 2\r\n\r\n\r\n--xYz--')
  assert.deepEqual([part!.headers.get('content-type'), part!.headers.get('x')], ['a/b; c=d', '1'])
})

test('what is cut off, malformed or too much is refused', () => {
  const refused: [string, string][] = [
    ['empty', ''],
    ['no boundary in it', 'hello'],
    ['cut off in the content', '--xYz\r\n\r\nhal'],
    ['cut off in the boundary', '--xYz\r\n\r\na\r\n--xY'],
    ['cut off in the second part', '--xYz\r\n\r\na\r\n--xYz\r\n\r\nb'],
    ['no end of headers', '--xYz\r\nContent-Type: a/b\r\n--xYz--'],
    ['no colon', '--xYz\r\nnonsense\r\n\r\na\r\n--xYz--'],
    ['no name', '--xYz\r\n: a\r\n\r\na\r\n--xYz--'],
    ['long headers', `--xYz\r\nX: ${'x'.repeat(9000)}\r\n\r\na\r\n--xYz--`],
    ['many parts', '--xYz\r\n\r\n\r\n'.repeat(1101) + '--xYz--'],
  ]
  for (const [what, body] of refused) assert.throws(() => read(body), InvalidInputError, what)
})
