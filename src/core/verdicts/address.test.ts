import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { InvalidInputError } from '../../errors.ts'
import { addressSet, isInSet, networkKey, parseHitAddress } from './address.ts'

test('an address and its shortened form are of one network, however they are written', () => {
  const same = (...texts: string[]): void => assert.equal(new Set(texts.map(networkKey)).size, 1, texts.join())
  same('192.0.2.7', '192.0.2.0/24', '192.0.2.255', '::ffff:192.0.2.9', '::ffff:c000:0201')
  same('2001:db8:1::/48', '2001:0DB8:0001:ffff::1', '2001:db8:1:0:0:0:0:1')
  assert.notEqual(networkKey('192.0.2.7'), networkKey('192.0.3.7'))
})

test('what is cut off further than a network, or no address, has no network', () => {
  for (const text of [
    '10.0.0.0/8',
    '2001:db8::/32',
    '',
    'localhost',
    '1.2.3',
    '192.0.2.1/x',
    '192.0.2.1/33',
    'fe80::1%eth0',
  ])
    assert.equal(networkKey(text), undefined, text)
})

test('a shortened address has no site; an IPv6 site is a /64', () => {
  assert.equal(parseHitAddress('192.0.2.0/24')!.site, undefined)
  assert.equal(parseHitAddress('2001:db8:1:2::3')!.site, parseHitAddress('2001:db8:1:2:ffff::4')!.site)
  assert.notEqual(parseHitAddress('192.0.2.1')!.site, parseHitAddress('192.0.2.2')!.site)
})

test('a set holds the addresses of its ranges and no others, also where ranges overlap', () => {
  const set = addressSet([
    '192.0.2.128/25',
    '192.0.2.0/25',
    '10.0.0.0/8',
    '10.1.0.0/16',
    '2001:db8::/32',
    '198.51.100.7',
  ])
  const has = (text: string): boolean => isInSet(parseHitAddress(text)!, set)
  for (const text of ['192.0.2.0/24', '10.255.255.255', '2001:db8:1::/48', '198.51.100.7']) assert.ok(has(text), text)
  for (const text of ['192.0.3.0', '11.0.0.0', '9.255.255.255', '2001:db9::', '198.51.100.0/24', '::a00:1'])
    assert.ok(!has(text), text)
})

test('every address of a range is in its set', () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), fc.integer({ min: 0, max: 32 }), (ip, prefix) => {
      assert.ok(isInSet(parseHitAddress(ip)!, addressSet(['203.0.113.0/24', `${ip}/${prefix}`])))
    }),
  )
})

test('a list with something else in it is refused, and says with what', () => {
  assert.throws(
    () => addressSet(['192.0.2.0/24', '# comment']),
    (error) => error instanceof InvalidInputError && error.message.includes('"# comment"'),
  )
})
