// Whom failed log-ins are counted for.

import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { test } from 'node:test'
import { clientAddress } from './client-address.ts'

function seen(remoteAddress: string | undefined, proxies = 0, forwarded?: string): string | undefined {
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }
  return clientAddress({ socket: { remoteAddress }, headers } as unknown as IncomingMessage, proxies)
}

test('it is the address that connects, whatever a header claims', () => {
  assert.equal(seen('192.0.2.1', 0, '203.0.113.9'), '192.0.2.1')
  assert.equal(seen('::ffff:192.0.2.1'), '192.0.2.1')
  assert.equal(seen(undefined), undefined)
})

test('on loopback it is nobody, because a proxy may be there', () => {
  for (const address of ['127.0.0.1', '127.1.2.3', '::1', '::ffff:127.0.0.1']) assert.equal(seen(address), undefined)
})

test('behind proxies of ours it is the address they heard from, and nothing to the left of it', () => {
  assert.equal(seen('127.0.0.1', 1, '203.0.113.9'), '203.0.113.9')
  assert.equal(seen('127.0.0.1', 1, '198.51.100.1, 203.0.113.9'), '203.0.113.9')
  assert.equal(seen('127.0.0.1', 2, '198.51.100.1,203.0.113.9, 10.0.0.2'), '203.0.113.9')
  for (const odd of [undefined, '', 'unknown', '<script>']) assert.equal(seen('10.0.0.1', 1, odd), '10.0.0.1')
  assert.equal(seen('10.0.0.1', 2, '203.0.113.9'), '10.0.0.1')
})

test('of IPv6 it is the network, in which one user has as many addresses as they like', () => {
  const network = seen('2001:db8:1:2:3:4:5:6')
  assert.equal(seen('2001:DB8:1:2::7'), network)
  assert.equal(seen('10.0.0.1', 1, '2001:db8:1:2:ffff::'), network)
  assert.notEqual(seen('2001:db8:1:3::7'), network)
  assert.notEqual(seen('2001:db8::7'), network)
})
