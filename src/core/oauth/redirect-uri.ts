// Where an application may be answered: exactly the addresses it registered. Used by application.ts and the oauth face.

import { InvalidInputError } from '../../errors.ts'

const maxLength = 500
const loopback = /^http:\/\/(127\.0\.0\.1|\[::1\]|localhost)(:\d{1,5})?(?=[/?]|$)/

/** Its text, unchanged, when it may be registered; throws InvalidInputError (RFC 6749 3.1.2, RFC 8252 7). */
export function parseRedirectUri(text: string, isPublic: boolean): string {
  const url = URL.parse(text)
  if (!url || text.length > maxLength || !/^[\x21-\x7e]+$/.test(text) || text.includes('#') || url.username !== '')
    throw new InvalidInputError('a redirect URI is a whole address without a fragment, such as https://crm.example/back', 'redirect-uri') // oxfmt-ignore
  const scheme = url.protocol.slice(0, -1)
  // Nothing proves who receives a public client's code but the address: so none that others on the way can read.
  const isSafe = scheme === 'https' || loopback.test(text) || (scheme === 'http' && !isPublic) || scheme.includes('.')
  if (!isSafe)
    throw new InvalidInputError(
      isPublic
        ? 'the redirect URI of a public client is https, http on loopback, or has a scheme like com.example.app'
        : 'a redirect URI is https, http, or has a scheme like com.example.app',
      'redirect-uri',
    )
  return text
}

/** Character by character; only the port of a loopback address is free (RFC 8252 7.3). */
export function isRegistered(registered: readonly string[], given: string): boolean {
  if (!URL.canParse(given)) return false
  return registered.some((uri) => uri === given || (loopback.test(uri) && withoutPort(uri) === withoutPort(given)))
}

function withoutPort(uri: string): string {
  return uri.replace(loopback, (_, host: string) => `http://${host}`)
}

/** The address with more parameters behind those it has. */
export function withParameters(uri: string, parameters: Readonly<Record<string, string | undefined>>): string {
  const added = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) added.append(name, value)
  return `${uri}${uri.includes('?') ? '&' : '?'}${added.toString()}`
}
