// One request on the 2008 wire, taken apart: whose data, which addresses to answer with, which query.

import type { App } from '../../app.ts'
import type { Account } from '../../core/accounts/account.ts'
import type { WireOptions } from '../../core/accounts/wire-options.ts'
import type { Hidden } from '../../core/verdicts/hidden.ts'
import { InvalidInputError } from '../../errors.ts'

export interface Asked {
  app: App
  account: Account
  /** What the account chose for its clients. */
  wire: WireOptions
  /** When the request came; also the `updated` of feeds (wire-2008 1.5). */
  now: number
  /** `/ws/customers/joesflowers` with the user name as the client wrote it: clients search links for it (1.6). */
  base: string
  /** `http://host/ws/customers/joesflowers`: ids say http whatever carried the request (0.6). */
  idBase: string
  /** The query as sent, without the question mark; empty when there is none. */
  query: string
  /** Path and query as sent; names the question, and nothing else is made of it. */
  url: string
}

/** A host as it may stand in an id; throws InvalidInputError on anything else in a Host header. */
export function parseHost(host: string): string {
  if (!/^([a-z0-9.-]{1,253}|\[[0-9a-f:.]{2,45}\])(:\d{1,5})?$/i.test(host)) {
    throw new InvalidInputError('the Host header is malformed', 'host')
  }
  return host
}

/** The user name in an id: encoded where a URL needs it. */
export function encodeUsername(username: string): string {
  return encodeURIComponent(username).replaceAll('%40', '@')
}

/**
 * The values of a query parameter, in order. Names are compared without case (0.7). A raw `+` is a plus, because old
 * clients do not encode it in addresses (0.14).
 */
export function queryValues(query: string, name: string): string[] {
  const values: string[] = []
  for (const pair of query.split('&')) {
    const equals = pair.indexOf('=')
    const key = equals < 0 ? pair : pair.slice(0, equals)
    if (decode(key).toLowerCase() === name.toLowerCase()) values.push(equals < 0 ? '' : decode(pair.slice(equals + 1)))
  }
  return values
}

/** Percent-decoding; throws InvalidInputError where it makes no sense. */
export function decode(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    throw new InvalidInputError('the address has a malformed percent-encoding')
  }
}

/** `pageSize`, 1 to 200, 50 when absent (wire-2008 1.6). */
export function parsePageSize(query: string): number {
  const [text] = queryValues(query, 'pageSize')
  if (text === undefined) return 50
  if (!/^\d{1,3}$/.test(text) || Number(text) < 1 || Number(text) > 200)
    throw new InvalidInputError('pageSize is a number from 1 to 200', 'pageSize')
  return Number(text)
}

/** Of what the feeds and counters say nothing: what machines did, unless the account or the operator wants it (docs/verdicts.md). */
export function hiddenOf({ wire }: Asked): Hidden {
  return wire.includesMachines ? [] : ['machine']
}

/** Where the event feeds begin: 90 days back on the old service (3.6), here a setting, and off unless set. */
export function windowStart({ wire, now }: Asked): number | undefined {
  return wire.historyDays === 0 ? undefined : now - wire.historyDays * 86_400_000
}
