// Links in the plain text of a mail.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { rewriteText } from './text-links.ts'

const ours = 'https://t.example/c/'
const isOurs = (url: string): boolean => url.startsWith(ours)

function track(text: string): string {
  return rewriteText(text, { isOurs, track: (_url, position) => `${ours}${position}` }).text
}

function listTracked(text: string): string[] {
  const urls: string[] = []
  rewriteText(text, { isOurs, track: (url) => void urls.push(url) })
  return urls
}

test('an address goes as far as a reader would say it goes', () => {
  const cases: [text: string, ...urls: string[]][] = [
    ['Read https://x.example/a, or https://x.example/b.', 'https://x.example/a', 'https://x.example/b'],
    ['Really (https://x.example/a)? Yes: https://x.example/b!', 'https://x.example/a', 'https://x.example/b'],
    ['https://x.example/Rose_(flower)', 'https://x.example/Rose_(flower)'],
    ['(see https://x.example/Rose_(flower)).', 'https://x.example/Rose_(flower)'],
    ['<https://x.example/a?b=c&d=e.>', 'https://x.example/a?b=c&d=e'],
    ['"https://x.example/a","https://x.example/b"', 'https://x.example/a', 'https://x.example/b'],
    ["'https://x.example/a'", 'https://x.example/a'],
    [
      '[Read on](https://x.example/a) [https://x.example/b](https://x.example/c)',
      'https://x.example/a',
      'https://x.example/b',
      'https://x.example/c',
    ],
    ['**https://x.example/a** `https://x.example/b`', 'https://x.example/a', 'https://x.example/b'],
    ['[1]: https://x.example/a\r\n[2]: HTTP://X.example/b\r\n', 'https://x.example/a', 'HTTP://X.example/b'],
    ['{https://x.example/a} [https://x.example/b]', 'https://x.example/a', 'https://x.example/b'],
    ['https://x.example/?ids[]=1&ids[]=2', 'https://x.example/?ids[]=1&ids[]=2'],
    ['https://x.example/a(', 'https://x.example/a'],
    ['詳細は「https://x.example/道」。', 'https://x.example/道'],
    ['„https://x.example/größe“…', 'https://x.example/größe'],
    ['https://web.example/https://x.example/a', 'https://web.example/https://x.example/a'],
    ['a=https://x.example/a', 'https://x.example/a'],
    ['xhttps://x.example/a, git+https://x.example/b, www.x.example, mailto:a@x.example'],
    ['https://x.example/a\0b', 'https://x.example/a'],
    ['nothing here'],
    [''],
  ]
  for (const [text, ...urls] of cases) assert.deepEqual(listTracked(text), urls, text)
})

test('only the address is replaced', () => {
  assert.equal(track('A (https://x.example/a),\r\n<https://x.example/b>; end.'), `A (${ours}1),\r\n<${ours}2>; end.`)
})

test('ours, excluded and unfit addresses stay, and those after them keep their positions', () => {
  const text = `${ours}9 https://u:p@x.example/ https://x.example/{{a}} https://b.partner.example/ http+notrack://x.example/q. https://x.example/z`
  const seen: [string, number][] = []
  const result = rewriteText(text, {
    isOurs,
    excludedHosts: ['Partner.example'],
    track: (url, position) => void seen.push([url, position]),
  })
  assert.equal(result.text, text.replace('+notrack', ''))
  assert.deepEqual(seen, [['https://x.example/z', 6]])
  assert.equal(result.tracked, 0)
  assert.deepEqual(result.warnings, [
    { code: 'userinfo', at: text.indexOf('https://u:p'), url: 'https://u:p@x.example/' },
    { code: 'placeholder', at: text.indexOf('https://x.example/{{'), url: 'https://x.example/{{a}}' },
  ])
})

test('a placeholder that is left over is not cut from its address', () => {
  assert.equal(
    track('https://x.example/{{ id }}/a https://x.example/{%if'),
    'https://x.example/{{ id }}/a https://x.example/{%if',
  )
})

const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        'https://x.example/a',
        'http://y.example/(b)',
        'https://z.example',
        ' ',
        '\r\n',
        '.',
        ')',
        '(',
        '<',
        '>',
        '{{',
        '*',
        '”',
      ),
      fc.string({ unit: 'binary', maxLength: 5 }),
    ),
  )
  .map((pieces) => pieces.join(''))

test('any text is rewritten once: a second time changes nothing, and taking it back gives the text', () => {
  fc.assert(
    fc.property(text, (before) => {
      const targets: string[] = []
      const rewritten = rewriteText(before, { isOurs, track: (url) => `${ours}${targets.push(url)}-` })
      assert.equal(rewritten.tracked, targets.length)
      assert.equal(track(rewritten.text), rewritten.text)
      const reverted = rewritten.text.replaceAll(
        /https:\/\/t\.example\/c\/(\d+)-/g,
        (_, n: string) => targets[Number(n) - 1]!,
      )
      assert.equal(reverted, before)
    }),
    { numRuns: 2000 },
  )
})
