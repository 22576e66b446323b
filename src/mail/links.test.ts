// The links of a mail's HTML: which are found, and what rewriting makes of it.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { clippedBytes, findLinks, rewriteLinks } from './links.ts'
import type { RewriteOptions } from './links.ts'

const rules = { isOurs: (url: string) => url.startsWith('https://t.example/'), excludedHosts: ['partner.example'] }
const options: RewriteOptions = { ...rules, track: (_url, position) => `https://t.example/c/${position}` }
const pixelUrl = 'https://t.example/o/token.gif'
const pixel = `<img src="${pixelUrl}" width="1" height="1" alt="" style="border:0;width:1px;height:1px">`

function read(name: string): string {
  return readFileSync(join(import.meta.dirname, '../../testdata/html', name), 'utf8')
}

function listTracked(html: string): string[] {
  return findLinks(html, rules)
    .links.filter(({ skip }) => skip === undefined)
    .map(({ url }) => url)
}

function rewrite(html: string, more: Partial<RewriteOptions> = {}): string {
  return rewriteLinks(html, { ...options, ...more }).html
}

test('a newsletter: what is tracked, in the order of the source, as its author wrote it', () => {
  assert.deepEqual(listTracked(read('newsletter.html')), [
    'https://shop.example/?utm_source=mail&utm_medium=e&copy=1',
    'https://shop.example/unquoted?a=1&b=2',
    'https://shop.example/blanks',
    'https://shop.example/buy?id=7&from=outlook',
    'https://shop.example/buy?id=7',
    'https://shop.example/revealed',
    'https://shop.example/outlook-only',
    'https://shop.example/fostered',
    'https://shop.example/area',
    'https://first.example/',
    'https://müller.example/straße?q=größe#teil',
  ])
})

test('a newsletter: why others are left alone, and of which its author is warned', () => {
  const html = read('newsletter.html')
  const { links, warnings } = findLinks(html, rules)
  assert.deepEqual(
    links.filter(({ skip }) => skip).map(({ position, skip, url }) => [position, skip, url]),
    [
      [10, 'foreign', 'https://svg.example/'],
      [12, 'fragment', '#top'],
      [13, 'empty', ''],
      [14, 'empty', ''],
      [15, 'scheme', 'mailto:shop@shop.example?subject=Hi'],
      [16, 'scheme', 'tel:+4912345'],
      [17, 'scheme', 'javascript:void(0)'],
      [18, 'off', 'https://shop.example/terms'],
      [19, 'off', 'https://shop.example/imprint'],
      [20, 'off', 'https://shop.example/private'],
      [21, 'notrack', 'https://shop.example/quiet?a=1&b=2'],
      [22, 'userinfo', 'https://user:secret@shop.example/'],
      [23, 'placeholder', 'https://shop.example/{{ contact.id }}'],
      [24, 'relative', '/relative'],
      [25, 'invalid', 'https:/one-slash.example'],
      [26, 'ours', 'https://t.example/u/token'],
      [27, 'excluded', 'https://sub.partner.example/x'],
    ],
  )
  assert.deepEqual(
    warnings.map(({ code, at }) => [code, html.slice(at, at + 24)]),
    [
      ['userinfo', 'href="https://user:secre'],
      ['placeholder', 'href="https://shop.examp'],
      ['relative', 'href="/relative">relativ'],
      ['invalid', 'href="https:/one-slash.e'],
    ],
  )
  assert.deepEqual(rewriteLinks(html, options).warnings, warnings)
})

test('a newsletter: nothing changes but the tracked attributes, the switches, and the pixel before </body>', () => {
  for (const html of [read('newsletter.html'), read('newsletter.html').replaceAll('\n', '\r\n')]) {
    const tracked = findLinks(html, rules).links.filter(({ skip }) => !skip)
    const result = rewriteLinks(html, { ...options, pixelUrl })
    assert.equal(result.tracked, tracked.length)
    let expected = html
    for (const { start, end, position } of tracked.toReversed())
      expected = `${expected.slice(0, start)}href="https://t.example/c/${position}"${expected.slice(end)}`
    expected = expected
      .replace('<div data-track="off" class="legal">', '<div class="legal">')
      .replace('<a clicktracking=off href=', '<a href=')
      .replace('"https+notrack://', '"https://')
      .replace('</body>', `${pixel}</body>`)
    assert.equal(result.html, expected)
  }
})

test('a mail of an old editor: relative links start from its base, and only elements have links', () => {
  assert.deepEqual(listTracked(read('old-editor.html')), [
    'http://www.flowers.example/spring/tulips.html',
    'http://www.flowers.example/spring/roses.html?colour=red&size=10&copy=2&amp=3',
    'http://www.flowers.example/about.html#joe',
    'http://cdn.flowers.example/a',
    'HTTP://WWW.FLOWERS.EXAMPLE/Shop/',
    'http://www.flowers.example/nested',
    'http://www.flowers.example/a',
    'http://www.flowers.example/b',
    'http://www.flowers.example/c',
    'http://www.flowers.example/noscript',
    'HTTP://www.flowers.example/entities?a="1"&lt=2&b',
  ])
  const html = rewrite(read('old-editor.html'), { pixelUrl })
  assert.ok(html.endsWith(`>e</A>\n${pixel}`))
  assert.ok(html.includes('<BASE HREF="http://www.flowers.example/spring/">'))
})

test('an AMP mail: placeholders of its own templates stay, what is around them is tracked', () => {
  assert.deepEqual(listTracked(read('amp.html')), [
    'https://shop.example/slide-1',
    'https://shop.example/all?page=1',
    'https://shop.example/in-math',
  ])
  assert.ok(rewrite(read('amp.html')).includes('<a href="{{url}}">{{title}}</a>'))
})

test('a mail that was rewritten comes back as it is', () => {
  for (const name of ['newsletter.html', 'old-editor.html', 'amp.html'])
    for (const more of [{ pixelUrl }, { honeypotUrl: 'https://t.example/c/0' }]) {
      const once = rewrite(read(name), more)
      const { html, tracked, warnings } = rewriteLinks(once, { ...options, ...more })
      assert.equal(html, once)
      assert.equal(tracked, 0)
      assert.deepEqual(warnings, [{ code: 'already-rewritten', at: 0 }])
    }
})

test('the shapes of VML are links, in comments for Outlook and outside; its fills and others are not', () => {
  const html = (tag: string): string => `<!--[if mso]><${tag} href="https://x.example/"></${tag}><![endif]-->`
  for (const tag of ['v:rect', 'V:RoundRect', 'v:shape', 'v:oval', 'v:group', 'v:image', 'a', 'area']) {
    assert.deepEqual(listTracked(html(tag)), ['https://x.example/'], tag)
    assert.equal(rewrite(html(tag)), html(tag).replace('x.example/', 't.example/c/1'))
    assert.equal(listTracked(`<${tag} href="https://x.example/">`).length, 1)
  }
  for (const tag of ['v:fill', 'v:imagedata', 'v:shapetype', 'link', 'base', 'w:anchorlock', 'o:p'])
    assert.deepEqual(listTracked(html(tag)), [], tag)
})

test('a comment is read when Outlook reads it, and its end stays its end', () => {
  const cases: [string, string?][] = [
    ['<!--[if mso]><a href=https://x.example-->', '<!--[if mso]><a href=https://x.example-->'],
    ['<!--[if mso]><a href=https://x.example>--!>', '<!--[if mso]><a href="https://t.example/c/1">--!>'],
    ['<!--[IF (gte mso 9)]><a href=https://x.example>', '<!--[IF (gte mso 9)]><a href="https://t.example/c/1">'],
    ['<!--[if mso]><!--[if gte mso 9]><a href=https://x.example>-->'],
    ['<!-- [if mso]><a href=https://x.example>-->'],
    ['<!--[iffy]><a href=https://x.example>-->'],
    ['<style><!--[if mso]><a href=https://x.example><![endif]--></style>'],
    ['<!--[if mso]><style><a href=https://x.example></style><![endif]-->'],
  ]
  for (const [before, after = before] of cases) assert.equal(rewrite(before), after)
})

test('tracking is switched off for an element, for all within it as the source has it, and in comments', () => {
  const off = (html: string): (string | undefined)[] => findLinks(html).links.map(({ skip }) => skip)
  const a = '<a href="https://x.example/">x</a>'
  assert.deepEqual(off(`<p data-track=OFF>${a}<b>${a}</b></p>${a}`), ['off', 'off', undefined])
  assert.deepEqual(off(`<table clicktracking="off">${a}<tr><td>${a}</table>${a}`), ['off', 'off', undefined])
  assert.deepEqual(off(`<b data-track="off"><p>${a}</b>${a}</p>`), ['off', undefined])
  assert.deepEqual(off(`<div data-track="off"><!--[if mso]>${a}<![endif]--></div>`), ['off'])
  assert.deepEqual(off(`<!--[if mso]><v:rect data-track="off" href="https://x.example/"><![endif]-->${a}`), [
    'off',
    undefined,
  ])
  assert.deepEqual(off(`<body>${a}<body data-track="off">${a}`), [undefined, 'off'])
  assert.deepEqual(off(`<p data-track="on" clicktracking>${a}</p>`), [undefined])
})

test('the switches are cut out so that all other attributes stay what they are', () => {
  const cases: [string, string][] = [
    ['<p data-track="off">', '<p>'],
    ['<p\r\n  clicktracking=off\r\n  class=x>', '<p\r\n  class=x>'],
    ['<p clicktracking=off data-track=off id=x>', '<p id=x>'],
    ['<p id=x data-track=off>', '<p id=x>'],
    ['<p id=x data-track="off"/>', '<p id=x />'],
    ['<p data-track="off"id=x>', '<p id=x>'],
    ['<p id="x"data-track="off"class=y>', '<p id="x"class=y>'],
    ['<p hidden data-track="off" =x>', '<p hidden data-track="off" =x>'],
    ['<svg /data-track=off>', '<svg / >'],
    ['<p data-track=on>', '<p data-track=on>'],
    ['<!--[if mso]><p data-track=off><![endif]-->', '<!--[if mso]><p><![endif]-->'],
  ]
  for (const [before, after] of cases) assert.equal(rewrite(before), after)
})

test('the pixel is the last of the body, wherever the body ends', () => {
  const cases: [string, string][] = [
    ['<p>x</p></BODY\n></html>\n', `<p>x</p>${pixel}</BODY\n></html>\n`],
    ['<body><p>x</html>', `<body><p>x${pixel}</html>`],
    ['<p>x', `<p>x${pixel}`],
    ['', pixel],
    ['<body></body><p>more</p></body>', `<body></body><p>more</p>${pixel}</body>`],
    ['<!-- </body> --><p>x</p>', `<!-- </body> --><p>x</p>${pixel}`],
    ['<table><tr><td></body>', `<table><tr><td></body>${pixel}`],
    ['<body>x</body><!-- never closed', `<body>x${pixel}</body><!-- never closed`],
  ]
  for (const [before, after] of cases) assert.equal(rewrite(before, { pixelUrl }), after)
})

test('where nothing can follow, nothing is added, and that is told', () => {
  for (const html of ['x<!-- ', '<p>x<a href="', '<a href="https://x.example" ', '<style>a', '<textarea>', 'a<!-']) {
    const result = rewriteLinks(html, { ...options, pixelUrl })
    assert.equal(result.html, html)
    assert.deepEqual(result.warnings, [{ code: 'no-place', at: html.length }])
  }
})

test('the honeypot stands right behind <body>, or by the pixel when there is none', () => {
  const honeypotUrl = 'https://t.example/c/0?a&b'
  const honeypot = `<a href="https://t.example/c/0?a&amp;b" style="display:none" aria-hidden="true" tabindex="-1"></a>`
  assert.equal(rewrite('<body class=">">x</body>', { honeypotUrl }), `<body class=">">${honeypot}x</body>`)
  assert.equal(rewrite('x', { honeypotUrl, pixelUrl }), `x${honeypot}${pixel}`)
})

test('the link that is not to be tracked is left as written', () => {
  const html = '<a href=https://x.example/1>1</a><a href=https://x.example/2>2</a>'
  const { html: after, tracked } = rewriteLinks(html, {
    track: (url, position) => (position === 2 ? `${url}?"<&>` : undefined),
  })
  assert.equal(after, '<a href=https://x.example/1>1</a><a href="https://x.example/2?&quot;&lt;&amp;&gt;">2</a>')
  assert.equal(tracked, 1)
})

test('an excluded host goes for those below it, in whatever script it is written', () => {
  const find = (host: string): boolean =>
    findLinks(`<a href="https://${host}/">`, { excludedHosts: ['Müller.example', 'x.example'] }).links[0]?.skip ===
    'excluded'
  for (const host of ['müller.example', 'www.xn--mller-kva.example', 'X.EXAMPLE:8080']) assert.ok(find(host), host)
  for (const host of ['notx.example', 'x.example.org', 'example']) assert.ok(!find(host), host)
})

test('a base that is no web address is none', () => {
  for (const base of ['/x/', 'mailto:a@x.example', 'https://u:p@x.example/', 'https://{{ host }}/', ''])
    assert.equal(findLinks(`<base href="${base}"><a href="y">`).links[0]?.skip, 'relative', base)
  assert.equal(
    findLinks('<a href="y"><base target=x><base href=https://x.example/z>').links[0]?.url,
    'https://x.example/y',
  )
})

test('more than Gmail shows is told, with the place where it is cut, in bytes', () => {
  const warn = (html: string): unknown => rewriteLinks(html, options).warnings
  assert.deepEqual(warn('x'.repeat(clippedBytes)), [])
  assert.deepEqual(warn('x'.repeat(clippedBytes + 1)), [{ code: 'clipped', at: clippedBytes }])
  assert.deepEqual(warn('ü'.repeat(clippedBytes / 2) + 'x'), [{ code: 'clipped', at: clippedBytes / 2 }])
})

test('tags so misnested that they multiply are left alone', () => {
  const fonts = Array.from({ length: 300 }, (_, i) => `<font size=${i}>`).join('')
  const html = `<p>${fonts}</p>${'<p>x</p>'.repeat(3000)}<a href=https://x.example>`
  assert.deepEqual(rewriteLinks(html, options), { html, tracked: 0, warnings: [{ code: 'tangled', at: 0 }] })
  assert.deepEqual(findLinks(html), { links: [], warnings: [{ code: 'tangled', at: 0 }] })
})

test('a mail nested a hundred thousand deep is rewritten', () => {
  const deep = '<div>'.repeat(100_000)
  assert.equal(rewrite(`${deep}<a href=https://x.example>`), `${deep}<a href="https://t.example/c/1">`)
})
