// The bodies of a campaign where it is saved: MJML, the text part, the preheader.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileMjml } from './mjml.ts'
import { addPreheader } from './preheader.ts'
import { prepareLinks } from './prepared-links.ts'
import { compileTemplate, renderTemplate } from './template.ts'
import { makeTextPart } from './text-part.ts'

const mjml = (body: string): string =>
  `<mjml><mj-body><mj-section><mj-column>${body}</mj-column></mj-section></mj-body></mjml>`

test('MJML becomes HTML with its Liquid in it, and asks nobody for fonts', async () => {
  const source = mjml(`<mj-text>Hi {{ contact.firstName | default: "you" }} &amp; all</mj-text>
<mj-button href="https://shop.example/?a={{ contact.id }}&amp;b=2">Go</mj-button>
<mj-raw>{% if contact.vip %}</mj-raw><mj-text>VIP</mj-text><mj-raw>{% endif %}</mj-raw>`)
  const { html, ...rest } = await compileMjml(source)
  assert.deepEqual(rest, { warnings: [] })
  assert.match(html!, /Hi \{\{ contact\.firstName \| default: "you" \}\} &amp; all/)
  assert.match(html!, /href="https:\/\/shop\.example\/\?a=\{\{ contact\.id \}\}&amp;b=2"/)
  assert.doesNotMatch(html!, /googleapis/)
  const template = compileTemplate(html!, 'html')
  assert.match(renderTemplate(template, { contact: { vip: true } }).text, /VIP/)
  assert.doesNotMatch(renderTemplate(template, { contact: {} }).text, /VIP/)
})

test('what MJML does not know is a warning; what makes no mail is a fault', async () => {
  const warned = await compileMjml(mjml('\n<mj-text colour="red">x</mj-text><mj-nothing />'))
  assert.ok(warned.html !== undefined)
  assert.deepEqual(
    warned.warnings.map(({ line, tag }) => [line, tag]),
    [
      [2, 'mj-text'],
      [2, 'mj-nothing'],
    ],
  )
  for (const source of [
    '',
    'x',
    '<p>x</p>',
    '<mjml></mjml>',
    '<mjml>',
    `<mjml><mj-body>${'<mj-wrapper>'.repeat(20_000)}`,
    `<mjml>${'x'.repeat(500_000)}`,
  ]) {
    const { html, ...rest } = await compileMjml(source)
    assert.ok(html === undefined && 'faults' in rest && rest.faults.length === 1, source.slice(0, 50))
    assert.doesNotMatch(JSON.stringify(rest), /\/work|\/tmp|node_modules/)
  }
})

test('MJML reads no file', async () => {
  const result = await compileMjml(mjml('\n<mj-include path="/etc/passwd" type="html" />'))
  assert.deepEqual(result, {
    faults: [{ message: 'mj-include would read a file, and a mail has none', line: 2, tag: 'mj-include' }],
  })
})

test('the text part: what a reader sees, with its links and its Liquid', () => {
  const html = `<html><head><title>no</title><style>p { color: red }</style></head><body>
<div style="display:none;max-height:0">hidden</div>
<h1>Roses, {{ contact.firstName | default: "friend" | upcase }}</h1>
<p>Red &amp; white. <a href="https://shop.example/{{ contact.id }}?a=1&amp;b=2">Buy {% if a < b %}now{% endif %}</a></p>
<a href="https://shop.example/"><img src="x.png" alt="Our shop"></a> <a href="https://x.example">https://x.example</a>
<a href="#top">Up</a><ul><li>one</li><li>[[FirstName]]</li></ul><script>no()</script></body></html>`
  assert.equal(
    makeTextPart(html),
    `Roses, {{ contact.firstName | default: "friend" | upcase }}

Red & white. Buy {% if a < b %}now{% endif %} [https://shop.example/{{ contact.id }}?a=1&b=2]

Our shop [https://shop.example/] https://x.example Up
 * one
 * [[FirstName]]
`,
  )
})

test('the text part: lines are wrapped, but no tag and no address is', () => {
  const tag = `{{ contact.firstName | default: "${'a long word '.repeat(10)}" }}`
  const url = `https://shop.example/${'x'.repeat(200)}`
  const text = makeTextPart(`<p>${'some words '.repeat(20)}${tag} <a href="${url}">here</a></p>`)
  assert.ok(text.includes(tag) && text.includes(`[${url}]`))
  for (const line of text.split('\n'))
    if (!line.includes('{{') && !line.includes('https')) assert.ok(line.length <= 78, line)
})

test('the text part of HTML that is broken, empty or deep', () => {
  assert.equal(makeTextPart(''), '\n')
  assert.equal(makeTextPart('<p>a<b>c</p></div>'), 'ac\n')
  assert.equal(makeTextPart('plain {{ x }}'), 'plain {{ x }}\n')
  assert.equal(makeTextPart(`${'<div>'.repeat(20_000)}deep`), '...\n')
  assert.equal(makeTextPart('<p>\ue000 0\ue001{{ x }}</p>'), '0{{ x }}\n')
})

test('a preheader stands right behind the body tag, and nothing else changes', () => {
  const html = '<!DOCTYPE html>\r\n<HTML><body  class=x>\n<p>Hello</P></body></HTML>'
  const changed = addPreheader(html, ' Roses & {{ contact.city | default: "<here>" }}\nnow ')
  const [before, after] = html.split('class=x>')
  assert.ok(changed.startsWith(`${before}class=x><div style="display:none;`) && changed.endsWith(`</div>${after}`))
  assert.match(changed, />Roses &amp; \{\{ contact\.city \| default: "<here>" \}\} now(&zwnj;&nbsp;)+<\/div>/)
  assert.equal(addPreheader(html, ' \n'), html)
})

test('a preheader where there is no body tag', () => {
  const place = (html: string): string => addPreheader(html, 'x').replace(/<div style="display.*?<\/div>/, '|')
  assert.equal(place('<p>Hello</p>'), '|<p>Hello</p>')
  assert.equal(
    place('<!doctype html><head><title>t</title></head><p>x'),
    '<!doctype html><head><title>t</title></head>|<p>x',
  )
  assert.equal(place('<html>\n<p>x'), '<html>\n|<p>x')
  assert.equal(place(''), '|')
  assert.equal(
    place('{% if x %}<head>{% endif %}<!--<body>--><Body class=x>x'),
    '{% if x %}<head>{% endif %}<!--<body>--><Body class=x>|x',
  )
  assert.equal(place('<!-- <body> --><body><p>x'), '<!-- <body> --><body>|<p>x')
})

test('a long preheader needs no filler', () => {
  assert.doesNotMatch(addPreheader('<body>', 'x'.repeat(200)), /zwnj/)
})

test('a text full of openings that nothing closes takes no longer than any other', () => {
  for (const opening of ['{{', '{%', '[[', '{{ x | raw', '<body ', '<!--', '<a ']) {
    const text = opening.repeat(200_000 / opening.length)
    assert.equal(typeof addPreheader(text, text.slice(0, 20_000)), 'string')
    assert.equal(typeof makeTextPart(text), 'string')
    prepareLinks(text)
  }
})
