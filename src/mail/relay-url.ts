// Where mail is handed over: `smtp://user:password@host:587?tls=required`. Used by config and smtp.ts.

import { isIP } from 'node:net'
import { domainToASCII } from 'node:url'
import { ConfigError } from '../errors.ts'
import { detectProvider, providerNames } from './providers.ts'
import type { ProviderName } from './providers.ts'

/**
 * `required`: nothing is sent without TLS and a valid certificate. `opportunistic`: TLS where it is offered, with any
 * certificate; no password without it. `none`: never.
 */
type RelayTls = 'required' | 'opportunistic' | 'none'

export interface RelaySettings {
  host: string
  port: number
  /** TLS from the first byte (smtps) rather than by STARTTLS. */
  isImplicitTls: boolean
  tls: RelayTls
  credentials?: { user: string; password: string }
  /** By the host, unless the address says which. */
  provider: ProviderName
  /** SES: configuration set; Postmark: message stream. */
  stream?: string
  /** How many connections at most. */
  poolSize: number
  /** After so many messages a connection is closed. */
  maxMessages: number
  /** What we call ourselves in EHLO; else the name of the machine. */
  clientName?: string
}

const tlsModes: readonly RelayTls[] = ['required', 'opportunistic', 'none']
const known = ['tls', 'provider', 'stream', 'pool', 'messages', 'name']
/** RFC 8314 7.3, RFC 6409 3.1. */
const defaultPorts = { 'smtp:': 587, 'smtps:': 465 }
const maxPool = 500

/**
 * Throws ConfigError, which never shows the password. Without `tls`, a host that is this machine need not have it and
 * all others must.
 */
export function parseRelayUrl(text: string): RelaySettings {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !(url.protocol === 'smtp:' || url.protocol === 'smtps:'))
    throw refuse('must look like smtp://user:password@host:587 or smtps://user:password@host')
  const host = readHost(url.hostname)
  if ((url.pathname !== '' && url.pathname !== '/') || url.hash !== '')
    throw refuse('has a path or a # in it; write # and / of a password as %23 and %2F')
  const unknown = [...url.searchParams.keys()].find((name) => !known.includes(name))
  if (unknown !== undefined)
    throw refuse(`has an unknown part ${JSON.stringify(unknown)}; there are ${known.join(', ')}`)
  const isImplicitTls = url.protocol === 'smtps:'
  const credentials = readCredentials(url)
  const stream = readToken(url, 'stream')
  const clientName = readToken(url, 'name')
  return {
    host,
    port: url.port === '' ? defaultPorts[url.protocol] : Number(url.port),
    isImplicitTls,
    tls: readChoice(url, 'tls', tlsModes, isLoopback(host) ? 'opportunistic' : 'required', isImplicitTls),
    ...(credentials && { credentials }),
    provider: readChoice(url, 'provider', providerNames, detectProvider(host)),
    ...(stream !== undefined && { stream }),
    poolSize: readCount(url, 'pool', 5, maxPool),
    maxMessages: readCount(url, 'messages', 100, 1_000_000),
    ...(clientName !== undefined && { clientName }),
  }
}

/** For logs and people: without the password. */
export function renderRelayUrl({ host, port, isImplicitTls, tls, credentials }: RelaySettings): string {
  const user = credentials ? `${encodeURIComponent(credentials.user)}:***@` : ''
  return `smtp${isImplicitTls ? 's' : ''}://${user}${isIP(host) === 6 ? `[${host}]` : host}:${port}?tls=${tls}`
}

function readHost(hostname: string): string {
  const bare = decode(hostname).replace(/^\[|\]$/g, '')
  const host = isIP(bare) ? bare : domainToASCII(bare)
  if (host === '') throw refuse('has no usable host')
  return host
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}

function readCredentials(url: URL): RelaySettings['credentials'] {
  const user = decode(url.username)
  const password = decode(url.password)
  if (user === '' && password === '') return undefined
  if (user === '' || password === '') throw refuse('has a user without a password, or the other way round')
  if (/\0/.test(user + password)) throw refuse('has a NUL in its user or password')
  return { user, password }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw refuse('has a % in it that is not written as %25')
  }
}

function readChoice<T extends string>(url: URL, name: string, choices: readonly T[], fallback: T, isTls = false): T {
  const value = url.searchParams.get(name)
  if (value === null) return fallback
  const choice = choices.find((each) => each === value)
  if (choice === undefined) throw refuse(`has ${name}=${JSON.stringify(value)}; there are ${choices.join(', ')}`)
  if (isTls && choice === 'none') throw refuse('is smtps, which is TLS from the start, and says tls=none')
  return choice
}

function readCount(url: URL, name: string, fallback: number, max: number): number {
  const value = url.searchParams.get(name)
  if (value === null) return fallback
  const count = /^\d{1,7}$/.test(value) ? Number(value) : 0
  if (count < 1 || count > max) throw refuse(`has ${name}=${JSON.stringify(value)}; it is a number from 1 to ${max}`)
  return count
}

function readToken(url: URL, name: string): string | undefined {
  const value = url.searchParams.get(name)
  if (value === null) return undefined
  if (!/^[\w.:[\]-]{1,100}$/.test(value)) throw refuse(`has ${name}=${JSON.stringify(value)}, which is no name`)
  return value
}

function refuse(why: string): ConfigError {
  return new ConfigError(`the address of the mail relay ${why}`)
}
