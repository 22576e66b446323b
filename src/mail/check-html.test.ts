// What is taken for well-formed HTML, and what is not.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findHtmlFault } from './check-html.ts'

test('mail as it is really written is well-formed', () => {
  for (const html of [
    '<html><body><Greeting />Hello</body></html>',
    '<p>One<p>Two</p></p><br><img src="x.gif"></br>',
    '<!DOCTYPE html><table><tr><td>a<td>b<tr><td>c</table><ul><li>x<li>y</ul>',
    '<html><head><title>a < b <i></title><style>a > b { }</style></head><body></body></html>',
    '<div><!--[if mso]><table><tr><td><![endif]-->text<!--[if mso]></td></tr></table><![endif]--></div>',
    '<OpenTracking/><CopyRight>2009</CopyRight><a href="http://example.com?a=1&b=2" title=\'>\'>x</a>',
    'only words & signs',
    '',
  ])
    assert.equal(findHtmlFault(html), undefined, html)
})

test('what is left open, closed twice or cut off is told by name', () => {
  const faults: [string, string][] = [
    ['<html><body><div>Hello</body></html>', '<div> is not closed before </body>'],
    ['<b>bold', '<b> is never closed'],
    ['Hello</div>', '</div> closes nothing'],
    ['<i><b>x</i></b>', '<b> is not closed before </i>'],
    ['<a href="x', 'it ends within a tag'],
    ['<!-- never', 'a comment is never closed'],
    ['<Greeting>Hello', '<greeting> is never closed'],
  ]
  for (const [html, fault] of faults) assert.equal(findHtmlFault(html), fault, html)
})

test('what nests deep and closes nothing is looked through once', () => {
  // Each of them would otherwise be looked for among all that is open: a hundred billion steps.
  assert.equal(findHtmlFault('<li>'.repeat(400_000) + '</p>'.repeat(400_000)), undefined)
})
