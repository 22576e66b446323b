// Amazon SNS, which carries what SES says: is a message genuine, and is it from a topic of ours? Any customer of Amazon's
// can sign validly, so the topic decides.

import { createPublicKey, verify } from 'node:crypto'
import { UnavailableError } from '../../errors.ts'
import type { HookOutside, HookRequest, HookSecrets, Verified } from '../../core/inbox/hook-provider.ts'
import { asFields, parseJson, text, time } from './read.ts'
import type { Fields } from './read.ts'
import { refused, verifyBasicAuth } from './signatures.ts'

/** What is signed, in this order, by the type of the message. */
const signedFields: Readonly<Record<string, readonly string[]>> = {
  Notification: ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'],
  SubscriptionConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
  UnsubscribeConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
}
const algorithms: Readonly<Record<string, string>> = { 1: 'RSA-SHA1', 2: 'RSA-SHA256' }

/** SNS tries for an hour. In ms. */
const oldest = 3_600_000 + 60_000
const host = /^sns\.[a-z0-9-]{3,}\.amazonaws\.com(\.cn)?$/

export async function verifySns(
  request: HookRequest,
  secrets: HookSecrets,
  now: number,
  outside: HookOutside,
): Promise<Verified> {
  const message = readEnvelope(request.body)
  if (!message) return refused('the body is no message of SNS')
  const type = text(message, 'Type') ?? ''
  const names = signedFields[type]
  if (!names) return refused('Type is none that SNS has')
  if (!secrets.topics?.includes(text(message, 'TopicArn') ?? '')) return refused('TopicArn is none of this endpoint')
  const at = time(message['Timestamp'])
  if (at === undefined || Math.abs(now - at) > oldest) return refused('Timestamp is more than an hour from now')
  const byPassword = secrets.basicAuth ? verifyBasicAuth(request, secrets) : undefined
  if (byPassword?.isGenuine === false) return byPassword
  const refusal = await refuseSignature(message, names, secrets, outside)
  if (refusal !== undefined) return refused(refusal)
  const confirmUrl = type === 'SubscriptionConfirmation' ? text(message, 'SubscribeURL') : undefined
  if (confirmUrl !== undefined && !isAmazon(confirmUrl)) return refused('SubscribeURL is none of Amazon SNS')
  return { isGenuine: true, deliveryId: text(message, 'MessageId'), confirmUrl }
}

function readEnvelope(body: Uint8Array): Fields | undefined {
  try {
    return asFields(parseJson(body))
  } catch {
    return undefined
  }
}

async function refuseSignature(
  message: Fields,
  names: readonly string[],
  { certificate }: HookSecrets,
  outside: HookOutside,
): Promise<string | undefined> {
  const algorithm = algorithms[text(message, 'SignatureVersion') ?? '']
  if (algorithm === undefined) return 'SignatureVersion is neither 1 nor 2'
  const certUrl = text(message, 'SigningCertURL', 'SigningCertUrl') ?? ''
  if (certificate === undefined && !(isAmazon(certUrl) && new URL(certUrl).pathname.endsWith('.pem')))
    return 'SigningCertURL is none of Amazon SNS'
  const pem = certificate ?? (await outside.fetchText(certUrl))
  const signed = names.map((name) => (typeof message[name] === 'string' ? `${name}\n${message[name]}\n` : '')).join('')
  const signature = Buffer.from(text(message, 'Signature') ?? '', 'base64')
  return verify(algorithm, Buffer.from(signed), publicKeyOf(pem), signature) ? undefined : 'the signature does not fit'
}

function publicKeyOf(pem: string): ReturnType<typeof createPublicKey> {
  try {
    return createPublicKey(pem)
  } catch (cause) {
    throw new UnavailableError('the certificate of Amazon SNS can not be read', { cause })
  }
}

/** The only places that certificates and confirmations are fetched from. */
export function isAmazon(address: string): boolean {
  const url = URL.parse(address)
  return url !== null && url.protocol === 'https:' && host.test(url.hostname) && !url.username && url.port === ''
}
