import assert from 'node:assert/strict'
import { test } from 'node:test'
import { insertAtTop } from './insert-top.ts'

const mails: [before: string, after: string][] = [
  ['<!doctype html><html><head><title>x</title></head><body class="a">', '<p>Hello</p></body></html>'],
  ['', '<p>Hello</p>'],
  [' <!DOCTYPE html>\n', '<p>Hello</p>'],
  ['<html><!-- x --><head><style>p {}</style></head>\n', '<p>Hello</p>'],
  ['', 'Just text'],
  ['<BODY>', ''],
]

test('what is put above a mail is the first of its body, and every other byte stays', () => {
  for (const [before, after] of mails)
    assert.equal(insertAtTop(before + after, '<i>!</i>'), `${before}<i>!</i>${after}`)
})

test('a mail that begins as none ever ends is gone through once', () => {
  for (const part of ['<!--', '<head>', '<!doctype', ' '])
    assert.ok(insertAtTop(part.repeat(100_000), '!').includes('!'))
})
