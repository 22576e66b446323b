// One-way hashes of passwords, API keys and client secrets. Used wherever such are stored or compared.

import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { InvalidInputError } from '../../errors.ts'

const cost = { N: 16384, r: 8, p: 1 }
const hashBytes = 32
/** Longer secrets are refused: hashing them would be work for an attacker to order. */
export const maxSecretLength = 200

/** Salted scrypt with its parameters, as `scrypt$N$r$p$salt$hash`. A weaker `strength` is for tests alone. */
export async function hashSecret(secret: string, strength = cost): Promise<string> {
  if (secret.length === 0 || secret.length > maxSecretLength) {
    throw new InvalidInputError(`a password or key has 1 to ${maxSecretLength} characters`, 'secret')
  }
  const salt = randomBytes(16)
  const hash = await derive(secret, salt, strength)
  return ['scrypt', strength.N, strength.r, strength.p, salt.toString('base64url'), hash.toString('base64url')].join(
    '$',
  )
}

/** Takes the same time whether the secret fits or not; with no stored hash too, so that absence can't be timed. */
export async function matchesSecret(secret: string, stored: string | undefined): Promise<boolean> {
  const [, N, r, p, salt, hash] = (stored ?? absent).split('$')
  const expected = Buffer.from(hash!, 'base64url')
  const actual = await derive(secret.slice(0, maxSecretLength), Buffer.from(salt!, 'base64url'), {
    N: Number(N),
    r: Number(r),
    p: Number(p),
  })
  return timingSafeEqual(actual, expected) && stored !== undefined
}

const absent = `scrypt$${cost.N}$${cost.r}$${cost.p}$${'A'.repeat(22)}$${'A'.repeat(43)}`

function derive(secret: string, salt: Buffer, { N, r, p }: typeof cost): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(secret.normalize('NFC'), salt, hashBytes, { N, r, p }, (error, hash) =>
      error ? reject(error) : resolve(hash),
    )
  })
}
