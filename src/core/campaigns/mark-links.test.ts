import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkDraft } from './check-draft.ts'
import { markLinks } from './mark-links.ts'

test('marks stand right behind the opening of links, whatever else is in it', () => {
  const mark = (html: string): string => markLinks(html, (url) => (url.endsWith('/b') ? undefined : '*'))
  assert.equal(mark('<a href="http://x.example/a">A</a>'), '<a href="http://x.example/a">*A</a>')
  assert.equal(
    mark('<a href="http://x.example/a" title="1 > 0">A</a>'),
    '<a href="http://x.example/a" title="1 > 0">*A</a>',
  )
  assert.equal(mark("<a href='http://x.example/a' alt='>'\n>A</a>"), "<a href='http://x.example/a' alt='>'\n>*A</a>")
  assert.equal(mark('<a href="http://x.example/b">B</a>'), '<a href="http://x.example/b">B</a>')
  assert.equal(mark('<a href="http://x.example/a"'), '<a href="http://x.example/a"')
  assert.equal(mark('no link'), 'no link')
})

test('a draft is told what it lacks', () => {
  const codes = (content: object, lists: number[] = []): string[] => checkDraft(content, lists).findings.map(({ code }) => code)
  assert.deepEqual(codes({}), ['no-subject', 'no-sender', 'no-html', 'no-address', 'no-lists'])
  const whole = { subject: 'S', fromEmail: 'a@x.example', organizationAddress1: 'Here', html: '<a href="http://x.example">x</a><a href="http://x.example">x</a>' }
  assert.deepEqual(checkDraft(whole, [1]), { findings: [], trackedLinks: 1 })
  assert.deepEqual(codes({ ...whole, html: '<b>' }, [1]), ['fault'])
  assert.deepEqual(codes({ ...whole, html: `<p>${'x'.repeat(110_000)}</p>` }, [1]), ['size'])
  assert.deepEqual(codes({ ...whole, html: '<a href="{{url}}">x</a>' }, [1]), ['link'])
}) // oxfmt-ignore
