// The address of a server, as people give it. Used by whatever takes one.

import { isLoopback } from '../../../config.ts'
import { InvalidInputError } from '../../../errors.ts'

/** Without what comes after the path, and without a slash at its end. Throws InvalidInputError. */
export function parseServerUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^https?:$/.test(url.protocol) || url.hostname === '')
    throw new InvalidInputError(`"${text}" is no address of a server, such as https://mail.example.com`, 'url')
  // It would be shown and kept where keys never are.
  if (url.username !== '' || url.password !== '')
    throw new InvalidInputError('the address of a server holds no user name and no password', 'url')
  if (url.search !== '' || url.hash !== '')
    throw new InvalidInputError('the address of a server has nothing after its path', 'url')
  return `${url.origin}${url.pathname}`.replace(/(\/api\/v1)?\/*$/, '')
}

/** Whether the key goes over the network for all to read. */
export function isInTheClear(url: string): boolean {
  const { protocol, hostname } = new URL(url)
  return protocol === 'http:' && !isLoopback(hostname.replace(/^\[(.*)\]$/, '$1'))
}
