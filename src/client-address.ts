// Who is at the other end, as far as it can be known: for counting failed log-ins. Used by server.ts.

import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'

/**
 * The address before our own proxies, or the network it is in where one user has many (IPv6). Undefined when nobody is
 * to blame: on loopback there may be a proxy we were not told of, and all the world behind it.
 */
export function clientAddress({ socket, headers }: IncomingMessage, trustedProxies: number): string | undefined {
  const connected = socket.remoteAddress?.replace(/^::ffff:(?=[\d.]+$)/, '')
  if (connected === undefined) return undefined
  if (trustedProxies === 0) return connected === '::1' || connected.startsWith('127.') ? undefined : network(connected)
  // What stands further to the left anybody may have written.
  const forwarded = String(headers['x-forwarded-for'] ?? '').split(',')
  const address = (forwarded.at(-trustedProxies) ?? '').trim()
  return network(isIP(address) === 0 ? connected : address)
}

// The first 64 bits.
function network(address: string): string {
  if (isIP(address) !== 6) return address
  const [head = '', tail] = address.toLowerCase().split('::')
  const before = head.split(':').filter(Boolean)
  const after = tail?.split(':').filter(Boolean) ?? []
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0')
  return [...before, ...zeros, ...after].slice(0, 4).join(':')
}
