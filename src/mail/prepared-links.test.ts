// Links replaced once for all contacts: the same mail as when each is rewritten after it is rendered.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { rewriteLinks } from './links.ts'
import { prepareLinks } from './prepared-links.ts'
import type { PrepareOptions } from './prepared-links.ts'
import { compileTemplate, renderTemplate } from './template.ts'

const isOurs = (url: string): boolean => url.startsWith('https://t.example/')
const options: PrepareOptions = {
  isOurs,
  ownVariables: ['unsubscribe_url', 'page.view'],
  hasPixel: true,
  hasHoneypot: true,
}
const pixel = 'https://t.example/o/token.gif'
const honeypot = 'https://t.example/c/trap?a=1&b=2'
const addressOf = (url: string): string => `https://t.example/c/${Buffer.from(url).toString('base64url')}`

/** Both ways, which must be one. */
function compare(template: string, data: Record<string, unknown>): string {
  const prepared = prepareLinks(template, options)
  assert.ok(prepared, 'it can be prepared')
  const { links, source } = prepared
  const rendered = renderTemplate(compileTemplate(source, 'html'), data).text
  const fast = prepared.fill(rendered, { link: (index) => addressOf(links[index]!.url), pixel, honeypot })
  const slow = rewriteLinks(renderTemplate(compileTemplate(template, 'html'), data).text, {
    isOurs,
    track: addressOf,
    pixelUrl: pixel,
    honeypotUrl: honeypot,
  }).html
  assert.equal(fast, slow)
  assert.doesNotMatch(fast, /[\ue000-\ue003]/)
  return fast
}

const template = `<!doctype html><html><BODY class="{{ contact.style }}">
<h1 {% if contact.vip %}class="vip"{% endif %}>Hi {{ contact.firstName | default: "you > me" }}</h1>
{% for item in items %}<a href='https://shop.example/?a=1&amp;b=2' title="{{ item }}">{{ item }}</a>{% endfor %}
{% if contact.vip %}<A HREF=https://vip.example/>VIP</A>{% endif %}<a href="https://off.example" data-track="off">x</a>
<!--[if mso]><v:roundrect href="https://shop.example/mso"><![endif]--><a href="mailto:a@b.example">m</a>
<a href="{{ unsubscribe_url }}">leave</a> <a href="{{- page.view -}}">view</a> <a href="#top">top</a></BODY></html>`
const data = {
  contact: { firstName: '<a href="https://evil.example">x</a>', vip: true, style: 'a" href="https://evil.example' },
  items: ['a', 'b & c'],
  unsubscribe_url: 'https://t.example/u/token',
  page: { view: 'https://t.example/v/token' },
}

test('a template with all that can be in it, for contacts of both kinds', () => {
  const mail = compare(template, data)
  assert.equal(mail.split(addressOf('https://shop.example/?a=1&b=2')).length, 3)
  assert.ok(mail.includes(addressOf('https://vip.example/')) && mail.includes('href="https://t.example/u/token"'))
  assert.doesNotMatch(mail, /href="https:\/\/evil/)
  assert.ok(!compare(template, { ...data, contact: {} }).includes(addressOf('https://vip.example/')))
})

test('a real newsletter', () => {
  compare(
    readFileSync(join(import.meta.dirname, '../../testdata/html/newsletter.html'), 'utf8').replaceAll(
      /\{[{%].*?[}%]\}/g,
      '',
    ),
    {},
  )
})

test('which links are tracked, and what their author is warned of', () => {
  const { links, warnings } = prepareLinks(`${template}<a href="/relative">x</a>`, options)!
  assert.deepEqual(links, [
    { url: 'https://shop.example/?a=1&b=2', position: 1 },
    { url: 'https://vip.example/', position: 2 },
    { url: 'https://shop.example/mso', position: 4 },
  ])
  assert.deepEqual(
    warnings.map(({ code, url }) => [code, url]),
    [['relative', '/relative']],
  )
})

for (const [what, html] of [
  ['an address with a value in it', '<a href="https://x.example/?id={{ contact.id }}">x</a>'],
  ['an address that is a value', '<a href="{{ contact.website }}">x</a>'],
  ['one of ours with a filter', '<a href="{{ unsubscribe_url | upcase }}">x</a>'],
  ['an address chosen by Liquid', '<a href="{% if x %}https://a.example{% else %}https://b.example{% endif %}">x</a>'],
  [
    'an attribute chosen by Liquid',
    '<a {% if x %}href="https://a.example"{% else %} href="https://b.example"{% endif %}>x</a>',
  ],
  ['a tag made by Liquid', '<{{ x }} href="https://a.example">x</a>'],
  ['HTML from data', '<p>{{ contact.html | raw }}</p>'],
  ['a base from data', '<base href="{{ x }}"><a href="/x">x</a>'],
] as const)
  test(`left to be rewritten after rendering: ${what}`, () => {
    assert.equal(prepareLinks(html, options), undefined)
  })

test('data can not hold a mark, even when it knows what one looks like', () => {
  const text = '\ue002abc.0\ue003\ue0000\ue001'
  const prepared = prepareLinks('<p>{{ x }}</p><a href="https://a.example">a</a>', options)!
  const rendered = renderTemplate(compileTemplate(prepared.source, 'html'), { x: text }).text
  assert.ok(
    prepared.fill(rendered, { link: () => 'L', pixel: 'P', honeypot: 'H' }).includes(`<p>${text}</p><a href="L">`),
  )
})

test('any mix of pieces comes out the same both ways', () => {
  const pieces = [
    '<a href="https://a.example/1">|<a href=https://b.example>|</a>|<p>|</p>|{{ contact.firstName }}|text|{{ x }}|</td>',
    '<td title="{{ x }}">|<!-- {{ x }} -->|<!--|-->|</body>|<body>|"|>|&amp;|<style>|<table>|<a href="{{ unsubscribe_url }}">',
    '<a clicktracking=off href="https://c.example">|{% if x %}y{% endif %}|{% if unsubscribe_url %}<b>{% endif %}',
  ].flatMap((line) => line.split('|'))
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 14 }), (some) => {
      const html = `<body>${some.join('')}`
      if (prepareLinks(html, options)) compare(html, data)
    }),
    { numRuns: 1000 },
  )
})
