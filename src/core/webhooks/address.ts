// Where a webhook may go: an https URL whose host is on the public internet, and nothing inside our own network, unless
// the operator says so. Used where endpoints are made, and for every connection.

import ipaddr from 'ipaddr.js'
import { InvalidInputError } from '../../errors.ts'

export interface ReachRules {
  /** http, and any port. */
  isInsecureAllowed: boolean
  /** Networks that may be reached although they are not public, such as `10.1.0.0/16`. */
  allowed: readonly string[]
}

const maxUrlLength = 2048
const ports = new Set(['', '443', '8443'])

/** As it is kept; throws InvalidInputError. Names are looked up when something is sent, not here. */
export function checkWebhookUrl(text: string, rules: ReachRules): string {
  const url = URL.parse(text)
  const refuse = (why: string): InvalidInputError => new InvalidInputError(`the URL of a webhook ${why}`, 'url')
  if (!url) throw refuse('must be one such as https://example.com/hooks')
  if (url.href.length > maxUrlLength) throw refuse(`has at most ${maxUrlLength} characters`)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && rules.isInsecureAllowed))
    throw refuse(rules.isInsecureAllowed ? 'begins with https:// or http://' : 'begins with https://')
  if (url.username !== '' || url.password !== '') throw refuse('has no user or password')
  if (!rules.isInsecureAllowed && !ports.has(url.port)) throw refuse('has the port 443 or 8443')
  const host = hostOf(url)
  if (ipaddr.isValid(host) && !mayReach(host, rules)) throw refuse('must be on the public internet')
  url.hash = ''
  return url.href
}

/** Its name, or its address without brackets. */
export function hostOf({ hostname }: URL): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
}

/** Whether connections may go to this address; what is none is not reached either. */
export function mayReach(address: string, { allowed }: Pick<ReachRules, 'allowed'>): boolean {
  if (!ipaddr.isValid(address)) return false
  // ::ffff:10.0.0.1 is 10.0.0.1.
  const plain = ipaddr.process(address)
  return plain.range() === 'unicast' || allowed.some((network) => isWithin(plain, network))
}

function isWithin(address: ipaddr.IPv4 | ipaddr.IPv6, network: string): boolean {
  const [base, bits] = ipaddr.parseCIDR(network)
  return address.kind() === base.kind() && address.match(base, bits)
}
