// Comparing signatures and passwords without telling by the time it takes how much of them was right. Used by the adapters.

import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { HookRequest, HookSecrets, Verified } from '../../core/inbox/hook-provider.ts'

export function isSame(given: string, expected: string): boolean {
  const digest = (value: string): Buffer => createHash('sha256').update(value).digest()
  return timingSafeEqual(digest(given), digest(expected))
}

/** All are looked at, so that the time does not say which it was. */
export function fitsAny<T>(candidates: readonly T[], fits: (candidate: T) => boolean): boolean {
  return candidates.map(fits).includes(true)
}

export const refused = (reason: string): Verified => ({ isGenuine: false, reason })

/** For providers that sign nothing: the address is the secret, and where there is a password, that too. */
export function verifyBasicAuth({ header }: HookRequest, { basicAuth = [], keys }: HookSecrets): Verified {
  const expected = [
    ...basicAuth.map((pair) => `Basic ${Buffer.from(pair).toString('base64')}`),
    ...keys.map((token) => `Bearer ${token}`),
  ]
  if (expected.length === 0) return { isGenuine: true }
  const given = header('authorization')
  if (given === undefined) return refused('the request carries no Authorization')
  const [scheme = '', value = ''] = given.trim().split(/\s+/, 2)
  const named = `${scheme.slice(0, 1).toUpperCase()}${scheme.slice(1).toLowerCase()} ${value}`
  return fitsAny(expected, (one) => isSame(named, one)) ? { isGenuine: true } : refused('the password is wrong')
}

/** Behind the clock or ahead of it, in ms. */
const tolerance = 5 * 60_000

/**
 * Standard Webhooks 1.0: HMAC-SHA256 over `id.timestamp.body`, any of several signatures. Svix is the same under other
 * names of headers.
 */
export function verifyStandard(
  request: HookRequest,
  { keys }: HookSecrets,
  now: number,
  prefix: 'webhook' | 'svix',
): Verified {
  const [id, timestamp, signatures] = ['id', 'timestamp', 'signature'].map((name) =>
    request.header(`${prefix}-${name}`),
  )
  if (!id || !timestamp || !signatures)
    return refused(`the headers ${prefix}-id, ${prefix}-timestamp and ${prefix}-signature belong to it`)
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(now - Number(timestamp) * 1000) > tolerance)
    return refused(`${prefix}-timestamp is more than five minutes from now`)
  const given = signatures.split(' ').filter((one) => one.startsWith('v1,'))
  const isRight = fitsAny(keys, (key) => {
    const expected = `v1,${createHmac('sha256', secretBytes(key)).update(`${id}.${timestamp}.`).update(request.body).digest('base64')}` // oxfmt-ignore
    return fitsAny(given, (one) => isSame(one, expected))
  })
  return isRight ? { isGenuine: true, deliveryId: id } : refused('the signature does not fit')
}

function secretBytes(key: string): Buffer {
  return Buffer.from(key.replace(/^whsec_/, ''), 'base64')
}

/** Shorter ones can be guessed. */
const minSecretLength = 8

export function checkSecret(key: string): string | undefined {
  return key.length < minSecretLength ? `it has ${minSecretLength} characters or more` : undefined
}

/** By the standard, 24 to 64 bytes; some providers give fewer. */
export function checkStandardSecret(key: string): string | undefined {
  const isBase64 = /^[A-Za-z0-9+/]+={0,2}$/.test(key.replace(/^whsec_/, ''))
  return isBase64 && secretBytes(key).length >= 16 ? undefined : 'it is whsec_ and base64 of 16 bytes or more'
}
