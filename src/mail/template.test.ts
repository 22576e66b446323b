// Merge templates: what comes out for a contact, what was missing, and that no template can do harm.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InvalidInputError } from '../errors.ts'
import { compileTemplate, listVariables, renderTemplate, templateLimits, TemplateError } from './template.ts'
import type { TemplateUse } from './template.ts'

const data = {
  contact: { firstName: 'Ann', lastName: '<Lee> & "Co"', city: '', tags: ['a', 'b'], zero: 0, no: false },
  campaign: { name: 'Roses' },
}

function render(source: string, use: TemplateUse = 'html', values: Record<string, unknown> = data) {
  return renderTemplate(compileTemplate(source, use), values)
}

test('values are escaped in HTML, and only there', () => {
  assert.equal(render('Hi {{ contact.lastName }}').text, 'Hi &lt;Lee&gt; &amp; &#34;Co&#34;')
  assert.equal(render('{{ contact.lastName | raw }}').text, '<Lee> & "Co"')
  assert.equal(render('Hi {{ contact.lastName }}', 'text').text, 'Hi <Lee> & "Co"')
})

test('a header stays one line, whatever the contact is called', () => {
  const values = { contact: { firstName: 'Ann\r\nBcc: all@evil.example\u2028\0' } }
  assert.equal(render('{{ contact.firstName }},\n hello\t', 'header', values).text, 'Ann Bcc: all@evil.example , hello')
})

test('what was printed and had no value is listed, once, and prints as nothing', () => {
  const source = `{{ contact.firstName }}{{ contact.city }}{{contact.nick|upcase}}{{ shop.name | append: '!' }}
{% for tag in contact.tags %}{{ tag }}{{ contact.city }}{% endfor %}{{ contact.zero }}{{ contact.no }}`
  const { text, missing } = render(source)
  assert.equal(text, 'Ann!\nab0false')
  assert.deepEqual(missing, ['contact.city', 'contact.nick', 'shop.name'])
})

test('what has a default, is only asked for or is not reached is not missing', () => {
  const source = `{{ contact.nick | default: "friend" }}{% if contact.street %}{{ contact.street }}{% else %}-{% endif %}
{%- assign x = contact.nick | default: 1 -%}{{ x }}{{ "" }}{% unless contact.nick %}{{ contact.gone }}{% endunless %}`
  assert.deepEqual(render(source), { text: 'friend-1', missing: ['contact.gone'] })
})

test('a compiled template forgets the contact before', () => {
  const template = compileTemplate('{% increment n %}{{ contact.firstName }}{% assign seen = 1 %}{{ seen }}', 'text')
  assert.deepEqual(renderTemplate(template, {}), { text: '01', missing: ['contact.firstName'] })
  assert.deepEqual(renderTemplate(template, data), { text: '0Ann1', missing: [] })
})

test('the variables of a template, without those it makes itself', () => {
  const template = compileTemplate(
    `{{ contact.firstName }}{% if contact.city == campaign.name %}{% endif %}{% assign x = shop %}{{ x }}
{% for tag in contact.tags %}{{ tag }}{{ forloop.index }}{% endfor %}{{ contact["last name"] }}{{ contact.firstName }}`,
    'html',
  )
  assert.deepEqual(listVariables(template), [
    'campaign.name',
    'contact.city',
    'contact.firstName',
    'contact.tags',
    "contact['last name']",
    'shop',
  ])
})

for (const [what, source, line, column, message] of [
  ['a tag that is not closed', 'a\n{% if x %}b', 2, 1, /not closed/],
  ['an unknown tag', 'a\nb {% nonsense %}', 2, 3, /nonsense/],
  ['an unknown filter', 'a {{ x | shout }}', 1, 3, /shout/],
  ['an output that never ends', 'a {{ x', 1, 3, /not closed/],
  ['include', '\n\n  {% include "/etc/passwd" %}', 3, 3, /another template/],
  ['render', '{% render "x" %}', 1, 1, /another template/],
  ['layout', '{% layout "x" %}', 1, 1, /another template/],
  ['include within liquid', '{% liquid\n  include "x"\n%}', 2, 3, /another template/],
] as const)
  test(`a fault says where it is: ${what}`, () => {
    assert.throws(
      () => compileTemplate(source, 'html'),
      (error: unknown) => {
        assert.ok(error instanceof TemplateError && error instanceof InvalidInputError)
        assert.deepEqual([error.line, error.column], [line, column])
        assert.match(error.message, message)
        return true
      },
    )
  })

test('a template can not get at what is not in the data', () => {
  const source =
    '{{ contact.constructor }}{{ contact.__proto__ }}{{ contact.toString }}{{ contact.firstName.constructor.name }}'
  assert.equal(render(source).text, '')
  assert.equal(render('{{ process.env.PATH }}{{ globalThis }}{{ require }}').text, '')
})

for (const [what, source] of [
  ['a loop without end', '{% for i in (1..1000000000) %}{% endfor %}'],
  [
    'loops in loops',
    '{% for i in (1..9999) %}{% for i in (1..9999) %}{% for i in (1..9999) %}x{% endfor %}{% endfor %}{% endfor %}',
  ],
  ['a text that doubles', `{% assign x = "xxxxxxxxxxxxxxxx" %}${'{% assign x = x | append: x %}'.repeat(40)}{{ x }}`],
  ['a list that doubles', `{% assign x = "a,b,c,d" | split: "," %}${'{% assign x = x | concat: x %}'.repeat(40)}`],
] as const)
  test(`a hostile template is stopped: ${what}`, () => {
    assert.throws(() => render(source), TemplateError)
  })

test('a template that is too long is refused', () => {
  assert.throws(() => compileTemplate('x'.repeat(templateLimits.parse + 1), 'html'), TemplateError)
})

test("Constant Contact's merge tags", () => {
  const values = { contact: { firstName: 'Ann', email: 'ann@example.org', customField12: 'x' } }
  const source =
    '[[FirstName]] [[ FIRST NAME ]] [[EmailAddress]] [[Custom Field 12]] [[LastName OR "friend"]] [[Zip or \'-\']]'
  assert.deepEqual(render(source, 'text', values), { text: 'Ann Ann ann@example.org x friend -', missing: [] })
  assert.equal(
    render('[[Whatever]] [[]] x[[1]][[0]] [[FirstName', 'text', values).text,
    '[[Whatever]] [[]] x[[1]][[0]] [[FirstName',
  )
  assert.deepEqual(render('[[City]]', 'text', values).missing, ['contact.city'])
  assert.throws(() => compileTemplate('\n[[FirstName OR "%}{{ \'"]]{% if %}', 'text'), { line: 2 })
})
