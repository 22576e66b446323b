// Addresses as they go into a Location header.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cleanAddress, toLocation } from './location.ts'

test('what is a URI already stays as it is, character for character', () => {
  for (const url of [
    'http://example.com',
    'HTTPS://Example.COM:443/A/../b/./?x=%zz&y=%7E&amp;z=%2f#part/two?not#query',
    "https://example.com:8080?a[]=1&b=2;c=it's,(fine)!$*+@:",
    'https://example.com/@someone/~user//double',
    'https://[2001:db8::1]:8443/x',
    'https://xn--mller-kva.example/',
    'https://example.com/a%20b%C3%BC',
    `https://${'a.'.repeat(126)}a`,
  ])
    assert.equal(toLocation(url), url)
})

test('what is none becomes one: words in other scripts in UTF-8, hosts in punycode, blanks and signs percent-encoded', () => {
  const cases: [string, string][] = [
    [
      'https://müller.example/straße?q=größe#teil-ü',
      'https://xn--mller-kva.example/stra%C3%9Fe?q=gr%C3%B6%C3%9Fe#teil-%C3%BC',
    ],
    ['https://MÜLLER.example:444/', 'https://xn--mller-kva.example:444/'],
    ['https://example.com/müller.example', 'https://example.com/m%C3%BCller.example'],
    ['https://例え.jp/道?😀', 'https://xn--r8jz45g.jp/%E9%81%93?%F0%9F%98%80'],
    ['https://example.com/a b?c d=|^`{}"<>\\', 'https://example.com/a%20b?c%20d=%7C%5E%60%7B%7D%22%3C%3E%5C'],
    ['https://example.com\\a\\b', 'https://example.com/a/b'],
    ['https://example.com/%C3%BC-ü', 'https://example.com/%C3%BC-%C3%BC'],
    ['https://example.com/\ud800', 'https://example.com/%EF%BF%BD'],
    [' \r\nhttps://exam\tple.com/a\r\nSet-Cookie:b ', 'https://example.com/aSet-Cookie:b'],
    ['https://example.com/\0\x7f', 'https://example.com/%00%7F'],
  ]
  for (const [url, location] of cases) assert.equal(toLocation(url), location, url)
})

test('what is no web address, or has a user in it, has no location', () => {
  for (const url of [
    '',
    'example.com',
    '//example.com/x',
    'mailto:a@example.com',
    'javascript:alert(1)//https://example.com',
    'ftp://example.com/',
    'https:/example.com',
    'https:example.com',
    'https:///example.com',
    'https://',
    'https://?x',
    'https://a b.example/',
    'https://example.com:99999/',
    `https://${'a.'.repeat(126)}ab`,
    'https://user@example.com/',
    'https://user:pw@example.com/',
    'https://@example.com/',
    'https://example.com:80@evil.example/',
  ])
    assert.equal(toLocation(url), undefined, url)
})

/** Mostly addresses, some of them odd. */
const address = fc
  .tuple(
    fc.constantFrom('http://', 'https://', 'HTTPS://', 'https:', ''),
    fc.constantFrom('example.com', 'müller.example:81', '例え.jp', 'a@b.example', '[::1]', 'x\\y'),
    fc.string({ unit: 'binary' }),
  )
  .map((pieces) => pieces.join(''))

test('a location is visible ASCII, leads to the same host and is its own location', () => {
  fc.assert(
    fc.property(address, (url) => {
      const location = toLocation(url)
      if (location === undefined) return
      assert.match(location, /^https?:\/\/[\x21-\x7e]+$/i)
      assert.equal(new URL(location).host, new URL(url).host)
      assert.equal(new URL(location, 'https://t.example/c/token').href, new URL(location).href)
      assert.equal(toLocation(location), location)
    }),
    { numRuns: 2000 },
  )
})

test('a browser finds the same address behind it', () => {
  fc.assert(
    fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), (url) => {
      assert.equal(toLocation(url), url)
    }),
  )
})

test('an address is cleaned as browsers do it', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(' ', '\t', '\n', '\r', '\0', 'a', 'ü', '/') }), (tail) => {
      const url = `https://example.com/a${tail}`
      assert.equal(new URL(cleanAddress(url)).href, new URL(url).href)
    }),
  )
})
