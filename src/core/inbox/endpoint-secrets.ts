// What an endpoint is told by, checked before it is kept: each provider proves where a request comes from in its own way.
// Used by the command line, the web pages and the API.

import { randomBytes, X509Certificate } from 'node:crypto'
import { InvalidInputError } from '../../errors.ts'
import type { HookProvider, HookSecrets } from './hook-provider.ts'

export interface GivenSecrets {
  secret?: string | undefined
  /** `user:password` */
  basicAuth?: string | undefined
  topics?: readonly string[] | undefined
  certificate?: string | undefined
}

export interface CheckedSecrets {
  secrets: HookSecrets
  /** A secret nobody gave, to be shown once. */
  madeUp?: string
}

type Provider = Pick<HookProvider, 'name' | 'signs' | 'checkKey'>

/** Of a new endpoint. Throws InvalidInputError. */
export function checkNewSecrets(provider: Provider, given: GivenSecrets): CheckedSecrets {
  const { name, signs } = provider
  const { topics = [], certificate } = given
  if (name === 'ses' && topics.length === 0)
    throw new InvalidInputError('SES needs a topic of yours: anybody at Amazon can sign', 'topic')
  if (name !== 'ses' && (topics.length > 0 || certificate !== undefined))
    throw new InvalidInputError('a topic and a certificate are for SES', 'topic')
  if (certificate !== undefined && !isCertificate(certificate))
    throw new InvalidInputError('the certificate is none in PEM', 'certificate')
  const { secret, madeUp } = checkSecret(provider, given)
  if ((signs === 'hmac' || signs === 'public-key') && secret === undefined)
    throw new InvalidInputError(`${name} signs: its secret or public key is needed`, 'secret')
  const secrets = {
    keys: secret === undefined ? [] : [secret],
    ...(given.basicAuth !== undefined && { basicAuth: [given.basicAuth] }),
    ...(topics.length > 0 && { topics }),
    ...(certificate !== undefined && { certificate }),
  }
  return { secrets, ...(madeUp !== undefined && { madeUp }) }
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).publicKey.asymmetricKeyType === 'rsa'
  } catch {
    return false
  }
}

/** The newest, and the one before it. */
const kept = 2

/**
 * The new one beside the one there is, or in its place with `isLast`; with nothing given, `isLast` forgets all but the
 * newest. Throws InvalidInputError.
 */
export function rotateSecrets(
  held: HookSecrets,
  provider: Provider,
  given: Pick<GivenSecrets, 'secret' | 'basicAuth'>,
  isLast: boolean,
): CheckedSecrets {
  const { basicAuth } = given
  const isFinish = isLast && given.secret === undefined && basicAuth === undefined
  const { secret, madeUp } = isFinish ? {} : checkSecret(provider, given)
  if (!isFinish && secret === undefined && basicAuth === undefined)
    throw new InvalidInputError('a secret or a user and password say what is new', 'secret')
  const limit = isLast ? 1 : kept
  const keys = [...(secret === undefined ? [] : [secret]), ...held.keys].slice(0, limit)
  const passwords = [...(basicAuth === undefined ? [] : [basicAuth]), ...(held.basicAuth ?? [])].slice(0, limit)
  const secrets = { ...held, keys, ...(passwords.length > 0 && { basicAuth: passwords }) }
  return { secrets, ...(madeUp !== undefined && { madeUp }) }
}

function checkSecret(
  { name, signs, checkKey }: Provider,
  { secret: given, basicAuth }: GivenSecrets,
): { secret?: string | undefined; madeUp?: string | undefined } {
  const madeUp = given === undefined && name === 'generic' ? newSecret() : undefined
  const secret = given ?? madeUp
  if (secret !== undefined && signs === 'certificate')
    throw new InvalidInputError('SES has no secret: its topic and its certificate decide', 'secret')
  const fault = secret === undefined ? undefined : checkKey(secret)
  if (fault !== undefined) throw new InvalidInputError(`the secret: ${fault}`, 'secret')
  if (basicAuth !== undefined && (signs === 'hmac' || signs === 'public-key'))
    throw new InvalidInputError(`${name} signs, and logs in nowhere`, 'basic-auth')
  if (basicAuth !== undefined && !/^[^:]+:.{8,200}$/.test(basicAuth))
    throw new InvalidInputError('what it logs in with is user:password, with a password of 8 to 200 characters', 'basic-auth') // oxfmt-ignore
  return { secret, madeUp }
}

function newSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`
}

/** How many things it is told by. */
export function countSecrets({ keys, basicAuth = [], topics = [] }: HookSecrets): number {
  return keys.length + basicAuth.length + topics.length
}
