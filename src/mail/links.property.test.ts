// What holds for any HTML whose links are rewritten, however broken it is.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { defaultTreeAdapter, parse } from 'parse5'
import type { DefaultTreeAdapterTypes } from 'parse5'
import { findLinks, rewriteLinks } from './links.ts'
import type { RewriteOptions } from './links.ts'

const isOurs = (url: string): boolean => url.startsWith('https://t.example/')
const options: RewriteOptions = { isOurs, track: (_url, position) => `https://t.example/c/${position}` }
const pixelUrl = 'https://t.example/o/a&b.gif'
const pixel =
  '<img src="https://t.example/o/a&amp;b.gif" width="1" height="1" alt="" style="border:0;width:1px;height:1px">'

const attribute = fc.constantFrom(
  'href="https://x.example/?a=1&amp;b=2"',
  "HREF='https://x.example/\"'",
  'href=https://x.example/u',
  'href = https://x.example/v/',
  'href="http://y.example/\r\n"',
  'href',
  'href="/r"',
  'class=x',
  'id="a > b"',
  'title=\'<a href="https://x.example">\'',
  'hidden',
  '/',
  '=',
  '"',
)
const switches = fc.constantFrom('data-track="off"', 'data-track=off', "clicktracking='OFF'", 'data-track=on')
const blank = fc.constantFrom(' ', '\r\n', '\t', '\n ', '', '/')
const name = fc.constantFrom(
  ...'a A area b p div font table tr td tbody select option svg math mi title style script noscript template'.split(
    ' ',
  ),
  ...'textarea body html head base v:roundrect V:rect frameset form button li h1 img plaintext'.split(' '),
)

function tagOf(attributes: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(name, fc.array(fc.tuple(blank, attributes), { maxLength: 3 }), blank)
    .map(([tag, pairs, last]) => `<${tag} ${pairs.map((pair) => pair.join('')).join('')}${last}>`)
}

function htmlOf(attributes: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const piece = fc.oneof(
    { weight: 4, arbitrary: tagOf(attributes) },
    { weight: 2, arbitrary: name.map((tag) => `</${tag}>`) },
    fc.constantFrom(
      '<!--[if mso]>',
      '<![endif]-->',
      '-->',
      '<!--',
      '--!>',
      '<![CDATA[',
      ']]>',
      '<!doctype html>',
      '<a',
    ),
    fc.constantFrom(
      'words',
      '&amp;',
      '\r\n',
      '\r',
      '\0',
      '\ufeff',
      '😀',
      '\ud83d',
      '"',
      '<',
      '</',
      '</body',
      '</body>',
    ),
    fc.string({ unit: 'binary', maxLength: 4 }),
  )
  return fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join(''))
}

const plain = htmlOf(attribute)
const withSwitches = htmlOf(fc.oneof(attribute, switches, fc.constant('href="https+notrack://x.example/"')))
const many = { numRuns: 3000 }

test('no text makes it throw, and both find the same links', () => {
  fc.assert(
    fc.property(fc.oneof(withSwitches, fc.string({ unit: 'binary' })), (html) => {
      const seen: [string, number][] = []
      rewriteLinks(html, { isOurs, track: (url, position) => void seen.push([url, position]), pixelUrl })
      const found = findLinks(html, { isOurs }).links.filter(({ skip }) => skip === undefined)
      assert.deepEqual(
        seen,
        found.map(({ url, position }) => [url, position]),
      )
    }),
    many,
  )
})

test('putting the attributes back and taking the pixel out gives the same bytes', () => {
  fc.assert(
    fc.property(plain, (html) => {
      const { links } = findLinks(html, { isOurs })
      const result = rewriteLinks(html, { ...options, pixelUrl })
      const reverted = result.html
        .replaceAll(/href="https:\/\/t\.example\/c\/(\d+)"/g, (_, position: string) => {
          const { start, end } = links[Number(position) - 1]!
          return html.slice(start, end)
        })
        .replace(pixel, '')
      assert.equal(reverted, html)
    }),
    many,
  )
})

test('what was rewritten is rewritten no further', () => {
  fc.assert(
    fc.property(withSwitches, (html) => {
      const once = rewriteLinks(html, { ...options, pixelUrl })
      fc.pre(once.warnings.every(({ code }) => code !== 'no-place'))
      assert.equal(rewriteLinks(once.html, { ...options, pixelUrl }).html, once.html)
    }),
    many,
  )
  fc.assert(
    fc.property(plain, (html) => {
      const once = rewriteLinks(html, options)
      const twice = rewriteLinks(once.html, options)
      assert.equal(twice.html, once.html)
      assert.equal(twice.tracked, 0)
    }),
    many,
  )
})

test('an address put in its own place is found again unchanged', () => {
  const url = fc.string({ unit: 'binary' }).map((tail) => `https://x.example/${tail.replaceAll(/[\0-\x20{}%]/g, '')}`)
  fc.assert(
    fc.property(url, plain, (target, html) => {
      const { html: after } = rewriteLinks(`<a href=https://y.example>${html}`, { track: () => target })
      assert.equal(findLinks(after).links[0]?.url, target)
    }),
    many,
  )
})

test('a browser sees the same elements as before but for the addresses and the switches', () => {
  fc.assert(
    fc.property(withSwitches, (html) => {
      const result = rewriteLinks(html, options)
      assert.deepEqual(listElements(result.html), listElements(html))
    }),
    many,
  )
})

test('the links found are those in the tree that parse5 makes', () => {
  fc.assert(
    fc.property(withSwitches, (html) => {
      // A frame set throws away the body, with links in it that nobody sees.
      fc.pre(!/<frameset/i.test(html))
      const starts = new Set<number>()
      walk(parse(html, { sourceCodeLocationInfo: true, scriptingEnabled: false }), (element) => {
        if (!/^(a|area|v:rect|v:roundrect)$/.test(element.tagName) || element.namespaceURI.endsWith('svg')) return
        const at = element.sourceCodeLocation?.attrs?.['href']
        if (at && element.namespaceURI.endsWith('xhtml')) starts.add(at.startOffset)
      })
      const { links } = findLinks(html.replaceAll('<!--[if mso]>', '<!--[if_mso]>'))
      assert.deepEqual(
        links.filter(({ skip }) => skip !== 'foreign').map(({ start }) => start),
        [...starts].toSorted((a, b) => a - b),
      )
    }),
    many,
  )
})

/** Their names and attributes in the order of the tree, without what rewriting changes. */
function listElements(html: string): string[] {
  const elements: string[] = []
  walk(parse(html, { scriptingEnabled: false }), ({ tagName, attrs }) => {
    const kept = attrs.filter(({ name: key }) => !['href', 'data-track', 'clicktracking'].includes(key))
    elements.push(JSON.stringify([tagName, kept.map(({ name: key, value }) => [key, value])]))
  })
  return elements
}

function walk(node: DefaultTreeAdapterTypes.Node, visit: (element: DefaultTreeAdapterTypes.Element) => void): void {
  if (defaultTreeAdapter.isElementNode(node)) visit(node)
  if ('content' in node) walk(node.content, visit)
  if ('childNodes' in node) for (const child of node.childNodes) walk(child, visit)
}
