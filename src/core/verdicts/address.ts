// IP addresses as hits keep them, whole or shortened, and sets of address ranges. Used by the rules and by whoever
// asks the store for the neighbours of a hit.

import { isIP, isIPv4 } from 'node:net'
import { InvalidInputError } from '../../errors.ts'

/** 128 bits; IPv4 stands at ::ffff:0:0/96 (RFC 4291 2.5.5.2), so that one order serves both. */
interface Block {
  bits: bigint
  /** Of the 128 bits. */
  prefix: number
}

const mapped = 0xffffn << 32n

/** The block a text names, a single address being one of 128 bits; undefined for what is neither. */
function parseBlock(text: string): Block | undefined {
  const slash = text.indexOf('/')
  const address = slash < 0 ? text : text.slice(0, slash)
  // A zone (fe80::1%eth0) means nothing away from its host.
  if (isIP(address) === 0 || address.includes('%')) return undefined
  const bits = isIPv4(address) ? mapped | v4Bits(address) : v6Bits(address)
  if (slash < 0) return { bits, prefix: 128 }
  const length = text.slice(slash + 1)
  if (!/^\d{1,3}$/.test(length)) return undefined
  const prefix = Number(length) + (isIPv4(address) ? 96 : 0)
  return prefix <= 128 ? { bits: clear(bits, prefix), prefix } : undefined
}

function v4Bits(address: string): bigint {
  return BigInt(address.split('.').reduce((bits, byte) => bits * 256 + Number(byte), 0))
}

function v6Bits(address: string): bigint {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(address)
  if (dotted) {
    const low = v4Bits(dotted[2]!)
    return v6Bits(`${dotted[1]}${(low >> 16n).toString(16)}:${(low & 0xffffn).toString(16)}`)
  }
  const [head, tail] = address.split('::').map((part) => part.split(':').filter(Boolean))
  const missing = 8 - head!.length - (tail?.length ?? 0)
  const groups = tail ? [...head!, ...Array.from({ length: missing }, () => '0'), ...tail] : head!
  return BigInt(`0x${groups.map((group) => group.padStart(4, '0')).join('')}`)
}

function clear(bits: bigint, prefix: number): bigint {
  const rest = BigInt(128 - prefix)
  return (bits >> rest) << rest
}

export interface HitAddress {
  /** What one household or office shares: the IPv4 address, the IPv6 /64. Undefined when more was cut off. */
  site: string | undefined
  /** The IPv4 /24 or IPv6 /48. Undefined when even more was cut off. */
  network: string | undefined
  bits: bigint
  prefix: number
}

/** Undefined for what is no address. */
export function parseHitAddress(text: string | undefined): HitAddress | undefined {
  const block = text === undefined ? undefined : parseBlock(text.trim())
  if (!block) return undefined
  const isV4 = block.bits >> 32n === mapped >> 32n
  const upTo = (prefix: number): string | undefined =>
    block.prefix >= prefix ? clear(block.bits, prefix).toString(16) : undefined
  return { ...block, site: upTo(isV4 ? 128 : 64), network: upTo(isV4 ? 120 : 48) }
}

/**
 * The network (IPv4 /24, IPv6 /48) whose other hits are the neighbours of rule S4; worth a column and an index where
 * hits are kept. Undefined when the address was shortened further, or is none.
 */
export function networkKey(ip: string | undefined): string | undefined {
  return parseHitAddress(ip)?.network
}

/** Ranges without overlap, in order. */
export type AddressSet = readonly { from: bigint; until: bigint }[]

/** Of `192.0.2.0/24`, `2001:db8::/32` or single addresses; throws InvalidInputError on anything else. */
export function addressSet(ranges: readonly string[]): AddressSet {
  const all = ranges.map((text) => {
    const block = parseBlock(text.trim())
    if (!block) throw new InvalidInputError(`"${text}" is no address range like 192.0.2.0/24 or 2001:db8::/32`)
    return { from: block.bits, until: block.bits + (1n << BigInt(128 - block.prefix)) }
  })
  all.sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0))
  const joined: { from: bigint; until: bigint }[] = []
  for (const range of all) {
    const last = joined.at(-1)
    if (last && range.from <= last.until) last.until = range.until > last.until ? range.until : last.until
    else joined.push(range)
  }
  return joined
}

/** True when all of the address, as far as it is known, lies in the set. */
export function isInSet(address: HitAddress, set: AddressSet): boolean {
  let low = 0
  let high = set.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (set[middle]!.from <= address.bits) low = middle + 1
    else high = middle
  }
  const range = set[low - 1]
  return range !== undefined && address.bits + (1n << BigInt(128 - address.prefix)) <= range.until
}
