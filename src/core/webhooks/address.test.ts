// Where webhooks may go, and every way into our own network that is not one.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkWebhookUrl, mayReach } from './address.ts'

const strict = { isInsecureAllowed: false, allowed: [] }

test('an https URL on the public internet is taken as it is written', () => {
  for (const url of ['https://example.com/', 'https://example.com:8443/a?b=c', 'https://8.8.8.8/', 'https://[2606:4700::1111]/'])
    assert.equal(checkWebhookUrl(url, strict), url)
  assert.equal(checkWebhookUrl('https://EXAMPLE.com#part', strict), 'https://example.com/')
}) // oxfmt-ignore

const refused = [
  ['', /must be one such as/], ['example.com', /must be one such as/], ['javascript:alert(1)', /begins with https/],
  ['http://example.com/', /begins with https/], ['ftp://example.com/', /begins with https/], ['https://user:secret@example.com/', /no user/],
  ['https://user@example.com/', /no user/], ['https://example.com:22/', /port 443/], ['https://example.com:80/', /port 443/],
  ['https://127.0.0.1/', /public internet/], ['https://169.254.169.254/latest', /public internet/], ['https://[::1]/', /public internet/],
  ['https://[::ffff:10.0.0.1]/', /public internet/], ['https://0x7f.1/', /public internet/], ['https://2130706433/', /public internet/],
  ['https://0177.0.0.1/', /public internet/], ['https://10.0.0.1/', /public internet/], ['https://0.0.0.0/', /public internet/],
  ['https://[fd00::1]/', /public internet/], ['https://[64:ff9b::a00:1]/', /public internet/], ['https://[2002:a00:1::]/', /public internet/],
  [`https://example.com/${'a'.repeat(2048)}`, /at most 2048/],
] as const // oxfmt-ignore

for (const [url, why] of refused)
  test(`no webhook goes to ${url.slice(0, 40) || 'nowhere'}`, () => {
    assert.throws(() => checkWebhookUrl(url, strict), why)
  })

test('what the operator allows is reached, and nothing beside it', () => {
  const rules = { isInsecureAllowed: true, allowed: ['10.1.0.0/16', 'fd00::/8'] }
  assert.equal(checkWebhookUrl('http://10.1.2.3:8080/', rules), 'http://10.1.2.3:8080/')
  assert.throws(() => checkWebhookUrl('http://10.2.0.1/', rules), /public internet/)
  assert.throws(() => checkWebhookUrl('ftp://10.1.0.1/', rules), /begins with/)
  assert.ok(mayReach('fd00::1', rules) && mayReach('::ffff:10.1.0.9', rules) && mayReach('8.8.8.8', rules))
  assert.ok(!mayReach('fe80::1', rules) && !mayReach('127.0.0.1', rules) && !mayReach('', rules) && !mayReach('x', rules)) // oxfmt-ignore
})
