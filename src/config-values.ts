// Settings from text to value, each with its clear refusal. Used by config.ts.

import ipaddr from 'ipaddr.js'
import { isIP } from 'node:net'
import { domainToASCII } from 'node:url'
import { ConfigError } from './errors.ts'
import { parseRelayUrl } from './mail/relay-url.ts'
import type { RelaySettings } from './mail/relay-url.ts'

/** A setting as it was given, and by what. */
export interface Given {
  text: string
  name: string
}

export function parseHost({ text, name }: Given): string {
  if (isIP(text) === 0 && !/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(text))
    throw new ConfigError(`${name} must be an address to listen on, not "${text}"`)
  return text
}

export function parseListenAddress({ text, name }: Given): { host: string; port: number } | undefined {
  if (text === '') return undefined
  const [, inBrackets, plain, port] = /^(?:\[([^\]]*)\]|([^:]*)):(\d{1,5})$/.exec(text) ?? []
  const host = inBrackets ?? plain
  if (!host || !port)
    throw new ConfigError(`${name} must be an address and a port such as 127.0.0.1:9425, not "${text}"`)
  return { host: parseHost({ text: host, name }), port: parseNumber({ text: port, name }, 65535, 1) }
}

export function parseNumber({ text, name }: Given, max: number, min = 0): number {
  if (!/^\d{1,9}$/.test(text) || Number(text) > max || Number(text) < min)
    throw new ConfigError(`${name} must be a whole number from ${min} to ${max}, not "${text}"`)
  return Number(text)
}

export function parseChoice<T extends string>({ text, name }: Given, choices: readonly T[]): T {
  const choice = choices.find((known) => known === text)
  if (!choice) throw new ConfigError(`${name} must be one of ${choices.join(', ')}, not "${text}"`)
  return choice
}

// Says what is wrong without repeating the text, which holds a password.
export function parseDatabaseUrl({ text, name }: Given): string | undefined {
  if (text === '') return undefined
  const url = URL.parse(text)
  if (!url || !/^postgres(ql)?:$/.test(url.protocol))
    throw new ConfigError(`${name} must be a URL such as postgresql://user:password@host/database, and this is none`)
  return text
}

export function parsePublicUrl({ text, name }: Given): URL | undefined {
  if (text === '') return undefined
  const url = URL.parse(text)
  if (!url || !/^https?:$/.test(url.protocol))
    throw new ConfigError(`${name} must be an http or https URL, not "${text}"`)
  if (url.pathname !== '/' || url.search || url.hash || url.username)
    throw new ConfigError(
      `${name} must be a bare host such as https://mail.example.com, without a path: the old wire's paths are fixed`,
    )
  return url
}

/** Mails carry addresses of ours, so it needs one. */
export function parseRelay({ text, name }: Given, publicUrl: Given): RelaySettings | undefined {
  if (text === '') return undefined
  try {
    const relay = parseRelayUrl(text)
    if (publicUrl.text === '') throw new ConfigError(`needs ${publicUrl.name}: the links in mails lead to this server`)
    return relay
  } catch (error) {
    throw error instanceof ConfigError ? new ConfigError(`${name}: ${error.message}`) : error
  }
}

export function parseDomain({ text, name }: Given): string | undefined {
  if (text === '') return undefined
  const domain = domainToASCII(text.toLowerCase())
  if (!/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(domain)) throw new ConfigError(`${name} must be a domain, not "${text}"`)
  return domain
}

export function parseOrigins({ text, name }: Given): string[] {
  return text
    .split(',')
    .map((part) => part.trim().toLowerCase())
    .filter(Boolean)
    .map((part) => {
      if (part !== '*' && URL.parse(part)?.origin !== part)
        throw new ConfigError(`${name} takes origins such as https://crm.example.com, not "${part}"`)
      return part
    })
}

/** Networks such as `10.1.0.0/16`, with commas. */
export function parseNetworks({ text, name }: Given): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)
    .map((part) => {
      if (!ipaddr.isValidCIDR(part)) throw new ConfigError(`${name} takes networks such as 10.1.0.0/16, not "${part}"`)
      return part
    })
}
