// A hit: one raw request of a reader's mail program, or of a machine, to an address that a mail carries.

import { isIPv4, isIPv6 } from 'node:net'
import type { TokenFields } from './token.ts'

/** Public words and their stored numbers; both are for ever. */
export const hitKinds = { open: 1, click: 2, 'unsubscribe-page': 3, view: 4 } as const
export type HitKind = keyof typeof hitKinds

export interface Hit extends TokenFields {
  /** Random, 52 bits: the same hit stored again is known by it. */
  hitId: number
  kind: HitKind
  /** When it came, epoch ms. */
  at: number
  method: string
  /** As it connected; null where it is not known. */
  ip: string | null
  userAgent: string
  /** The few request headers that tell people from machines, by lower-case name. */
  headers: Readonly<Record<string, string>>
  /** Of clicks: the target. */
  url?: string | undefined
}

/** Longer ones are cut: what tells them apart stands at their beginning. */
export const maxHeaderLength = 300

/** True for what fetches ahead or only looks: never an event (RFC 9110 9.3.2; Sec-Purpose of Fetch). */
export function isProbe({ method, headers }: Pick<Hit, 'method' | 'headers'>): boolean {
  const purposes = [headers['sec-purpose'], headers['purpose'], headers['x-purpose'], headers['x-moz']]
  return method !== 'GET' || purposes.some((purpose) => /prefetch|preview|prerender/i.test(purpose ?? ''))
}

/** The address without the part that points at one person: /24 of IPv4, /48 of IPv6; null for what is no address. */
export function truncateIp(ip: string): string | null {
  const plain = ip.replace(/^::ffff:(?=\d+\.)/i, '')
  if (isIPv4(plain)) return plain.replace(/\.\d+$/, '.0/24')
  if (!isIPv6(plain)) return null
  const [head = '', tail] = plain.split('%')[0]!.split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const missing = tail === undefined ? 0 : 8 - before.length - after.length
  const groups = [...before, ...Array.from({ length: missing }, () => '0'), ...after]
  return `${groups
    .slice(0, 3)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/48`
}
