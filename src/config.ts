// Every option Contrail has: one table, from which the parser, the help and docs/config.md are made.
// Flags win over the environment, which wins over the defaults.

import { isIP } from 'node:net'
import { join, resolve } from 'node:path'
import { bounceOptions, readBounceSettings } from './bounce-options.ts'
import type { BounceSettings } from './bounce-options.ts'
import { readSendSettings, sendOptions } from './send-options.ts'
import type { SendSettings } from './send-options.ts'
import { readWebhookSettings, webhookOptions } from './webhook-options.ts'
import type { WebhookSettings } from './webhook-options.ts'
import {
  parseChoice,
  parseDatabaseUrl,
  parseHost,
  parseListenAddress,
  parseNumber,
  parseOrigins,
  parsePublicUrl,
} from './config-values.ts'
import type { Given } from './config-values.ts'

export interface Config extends BounceSettings, SendSettings, WebhookSettings {
  host: string
  port: number
  dataDir: string
  /** `postgresql://...` with its password, or undefined for the embedded database. Never to be shown: see storeName. */
  databaseUrl: string | undefined
  databasePoolSize: number
  databasePrepared: boolean
  /** In ms. */
  databaseTimeout: number
  /** Host (and port) that the ids of the old wire name; undefined takes the Host of each request. */
  publicHost: string | undefined
  /** Of addresses that mails carry; follows from the same option. */
  publicScheme: 'http' | 'https'
  atomHistoryDays: number
  atomOptoutElement: 'OptoutEvent' | 'OptOutEvent' | 'both'
  atomIncludeMachines: boolean
  libraryQuotaMb: number
  /** Sites whose pages may use the JSON API, lower case; "*": all. */
  apiOrigins: readonly string[]
  rateLimit: number
  rateLimitStatus: '503' | '403'
  readerRateLimit: number
  /** How many of the last addresses in X-Forwarded-For are our own proxies'. */
  trustedProxies: number
  /** Where GET /metrics is answered; nowhere when undefined. */
  metrics: { host: string; port: number } | undefined
  /** Processes that serve. */
  workers: number
  logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent'
}

interface Option {
  env: `CONTRAIL_${string}`
  flag: `--${string}`
  value: string
  default: string
  meaning: string
}

export const optionTable = {
  host: {
    env: 'CONTRAIL_HOST',
    flag: '--host',
    value: 'ADDRESS',
    default: '127.0.0.1',
    meaning: 'Address to listen on. The demo account is only served on a loopback address.',
  },
  port: {
    env: 'CONTRAIL_PORT',
    flag: '--port',
    value: 'NUMBER',
    default: '8425',
    meaning: 'TCP port to listen on, 0 to 65535; 0 takes any free one.',
  },
  dataDir: {
    env: 'CONTRAIL_DATA',
    flag: '--data',
    value: 'FOLDER',
    default: './data',
    meaning: 'Folder of the embedded database; created if missing, readable by its owner only.',
  },
  databaseUrl: {
    env: 'CONTRAIL_DATABASE_URL',
    flag: '--database',
    value: 'URL',
    default: '',
    meaning:
      'A PostgreSQL server (15 or newer, with Citus or without), such as `postgresql://contrail:secret@db.example.com/contrail?sslmode=verify-full`. Empty: the embedded database. Other users of the machine can read a flag, but not the variable.',
  },
  databasePoolSize: {
    env: 'CONTRAIL_DATABASE_POOL',
    flag: '--database-pool',
    value: 'NUMBER',
    default: '10',
    meaning: 'Connections to PostgreSQL at most, per process, 1 to 1000.',
  },
  databasePrepared: {
    env: 'CONTRAIL_DATABASE_PREPARED',
    flag: '--database-prepared',
    value: 'on|off',
    default: 'on',
    meaning: 'Prepared statements. `off` behind PgBouncer in transaction mode.',
  },
  databaseTimeout: {
    env: 'CONTRAIL_DATABASE_TIMEOUT',
    flag: '--database-timeout',
    value: 'SECONDS',
    default: '30',
    meaning:
      'How long one statement may take on PostgreSQL, 1 to 3600, and how long a request waits for a connection, at most 10. What takes longer is answered with 503.',
  },
  publicHost: {
    env: 'CONTRAIL_PUBLIC_URL',
    flag: '--public-url',
    value: 'URL',
    default: '',
    meaning:
      'Where clients reach this server, such as `https://mail.example.com`. Ids on the 2008 wire name its host, always with `http://` as they did then; image addresses have the scheme given here. Empty: the host each request was sent to.',
  },
  atomHistoryDays: {
    env: 'CONTRAIL_ATOM_HISTORY_DAYS',
    flag: '--atom-history-days',
    value: 'DAYS',
    default: '0',
    meaning:
      'How many days back the event feeds of the 2008 wire go; the old service had 90. 0 gives the whole history.',
  },
  atomOptoutElement: {
    env: 'CONTRAIL_ATOM_OPTOUT_ELEMENT',
    flag: '--atom-optout-element',
    value: 'NAME',
    default: 'OptoutEvent',
    meaning:
      'Name of the opt-out element on the 2008 wire: `OptoutEvent`, `OptOutEvent`, or `both` side by side. Old clients disagree.',
  },
  atomIncludeMachines: {
    env: 'CONTRAIL_ATOM_INCLUDE_MACHINES',
    flag: '--atom-include-machines',
    value: 'on|off',
    default: 'off',
    meaning:
      'Whether the 2008 wire tells and counts the opens and clicks of machines too, such as scanners of links. Those of privacy proxies it always does.',
  },
  libraryQuotaMb: {
    env: 'CONTRAIL_LIBRARY_QUOTA_MB',
    flag: '--library-quota-mb',
    value: 'MB',
    default: '1000',
    meaning: 'How much the images in the library of one account may take together, in MB.',
  },
  apiOrigins: {
    env: 'CONTRAIL_API_ORIGINS',
    flag: '--api-origins',
    value: 'ORIGINS',
    default: '',
    meaning:
      'Sites whose pages may use the JSON API from the browser (CORS), such as `https://crm.example.com`, several with commas, or `*` for every site. Empty: none.',
  },
  rateLimit: {
    env: 'CONTRAIL_RATE_LIMIT',
    flag: '--rate-limit',
    value: 'REQUESTS',
    default: '120000',
    meaning:
      'How many requests a minute each API key or application may make on the 2008 wire, and as many through the JSON API, for each account; a minute of rest saves up that many. 0 is without limit.',
  },
  rateLimitStatus: {
    env: 'CONTRAIL_RATE_LIMIT_STATUS',
    flag: '--rate-limit-status',
    value: 'STATUS',
    default: '503',
    meaning:
      'What a request over the limit is answered with: `503`, which clients try again, or `403`, as the old service did in its later years. Both say when in `Retry-After`.',
  },
  readerRateLimit: {
    env: 'CONTRAIL_READER_RATE_LIMIT',
    flag: '--reader-rate-limit',
    value: 'REQUESTS',
    default: '1200',
    meaning:
      'How many pages a minute one address (of IPv6 its /64) may ask of those that mails lead to, such as preferences; a minute of rest saves up that many. Clicks, opens and one-click unsubscribing are never refused. 0 is without limit.',
  },
  trustedProxies: {
    env: 'CONTRAIL_TRUSTED_PROXIES',
    flag: '--trusted-proxies',
    value: 'NUMBER',
    default: '0',
    meaning:
      'How many proxies of your own a request passes, each of which adds the address it hears from to `X-Forwarded-For`. Failed log-ins and readers’ pages are counted for the address before them. 0 believes no such header and counts the address that connects, except a loopback one.',
  },
  metrics: {
    env: 'CONTRAIL_METRICS',
    flag: '--metrics',
    value: 'ADDRESS:PORT',
    default: '',
    meaning:
      'Where `GET /metrics` is answered in the form Prometheus reads, such as `127.0.0.1:9425`: an address of its own, open to whoever reaches it. Empty: nowhere.',
  },
  workers: {
    env: 'CONTRAIL_WORKERS',
    flag: '--workers',
    value: 'NUMBER',
    default: '1',
    meaning: 'Processes that serve, on one port, 1 to 64. More than one is of use with PostgreSQL and several cores.',
  },
  ...sendOptions,
  ...bounceOptions,
  ...webhookOptions,
  logLevel: {
    env: 'CONTRAIL_LOG_LEVEL',
    flag: '--log-level',
    value: 'LEVEL',
    default: 'info',
    meaning:
      'How much the server logs: `debug`, `info`, `warn`, `error` or `silent`. One JSON object a line, on standard error.',
  },
} as const satisfies Record<Exclude<keyof Config, 'publicScheme'>, Option>

export type OptionName = keyof typeof optionTable

type Environment = Readonly<Record<string, string | undefined>>

/** The settings in force; throws ConfigError with a sentence that names the variable at fault. */
export function readConfig(flags: Partial<Record<OptionName, string>>, env: Environment): Config {
  const read = (name: OptionName): Given => {
    const option = optionTable[name]
    const flag = flags[name]
    if (flag !== undefined) return { text: flag, name: option.flag }
    const variable = env[option.env]
    return variable === undefined || variable === ''
      ? { text: option.default, name: option.env }
      : { text: variable, name: option.env }
  }
  return {
    host: parseHost(read('host')),
    port: parseNumber(read('port'), 65535),
    dataDir: resolve(read('dataDir').text),
    publicHost: parsePublicUrl(read('publicHost'))?.host,
    publicScheme: parsePublicUrl(read('publicHost'))?.protocol === 'https:' ? 'https' : 'http',
    databaseUrl: parseDatabaseUrl(read('databaseUrl')),
    databasePoolSize: parseNumber(read('databasePoolSize'), 1000, 1),
    databasePrepared: parseChoice(read('databasePrepared'), ['on', 'off']) === 'on',
    databaseTimeout: parseNumber(read('databaseTimeout'), 3600, 1) * 1000,
    atomHistoryDays: parseNumber(read('atomHistoryDays'), 36500),
    atomOptoutElement: parseChoice(read('atomOptoutElement'), ['OptoutEvent', 'OptOutEvent', 'both']),
    atomIncludeMachines: parseChoice(read('atomIncludeMachines'), ['on', 'off']) === 'on',
    libraryQuotaMb: parseNumber(read('libraryQuotaMb'), 1_000_000),
    apiOrigins: parseOrigins(read('apiOrigins')),
    rateLimit: parseNumber(read('rateLimit'), 1_000_000),
    rateLimitStatus: parseChoice(read('rateLimitStatus'), ['503', '403']),
    readerRateLimit: parseNumber(read('readerRateLimit'), 1_000_000),
    trustedProxies: parseNumber(read('trustedProxies'), 10),
    metrics: parseListenAddress(read('metrics')),
    workers: parseNumber(read('workers'), 64, 1),
    ...readSendSettings(read),
    ...readBounceSettings(read, read('bounceDomain')),
    ...readWebhookSettings(read),
    logLevel: parseChoice(read('logLevel'), ['debug', 'info', 'warn', 'error', 'silent']),
  }
}

/** Where the embedded database is. */
export function databasePath(config: Config): string {
  return join(config.dataDir, 'contrail.db')
}

/** Where the bytes of the library's images are. */
export function libraryPath(config: Config): string {
  return join(config.dataDir, 'library')
}

/** Where the data is, in words without a secret. */
export function storeName({ databaseUrl, dataDir }: Config): string {
  if (databaseUrl === undefined) return dataDir
  const { hostname, port, pathname } = new URL(databaseUrl)
  return `PostgreSQL at ${hostname || 'localhost'}${port && `:${port}`}, database ${decodeURIComponent(pathname.slice(1)) || 'of the user'}`
}

/** Variables that look like ours and are none: misspelt, most likely. `others` are ours too. */
export function unknownVariables(env: Environment, others: readonly string[] = []): string[] {
  const known = new Set<string>([...Object.values(optionTable).map((option) => option.env), ...others])
  return Object.keys(env).filter(
    (name) => name.startsWith('CONTRAIL_') && !known.has(name) && !name.startsWith('CONTRAIL_TEST_'),
  )
}

/** The host as it stands in an address: IPv6 in brackets (RFC 3986 3.2.2). */
export function urlHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}
