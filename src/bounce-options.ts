// The settings of mail that comes back, part of the table in config.ts.

import { readFileSync } from 'node:fs'
import { parseListenAddress } from './config-values.ts'
import type { Given } from './config-values.ts'
import { ConfigError } from './errors.ts'

export interface BounceSettings {
  /** Where bounces are taken in by SMTP; nowhere when undefined. */
  bounceListen: { host: string; port: number } | undefined
  /** PEM texts for STARTTLS. */
  bounceTlsCert: string | undefined
  bounceTlsKey: string | undefined
  /** With its password. Never to be shown. */
  bounceImap: MailboxSettings | undefined
}

export interface MailboxSettings {
  host: string
  port: number
  /** From the first byte; else the connection changes to TLS before anything is said, where it must. */
  isSecure: boolean
  mayBeOpen: boolean
  user: string
  password: string
  folder: string
  /** Where mails go when they are done. */
  doneFolder: string
}

export const bounceOptions = {
  bounceListen: {
    env: 'CONTRAIL_BOUNCE_LISTEN',
    flag: '--bounce-listen',
    value: 'ADDRESS:PORT',
    default: '',
    meaning:
      'Where mail that comes back is taken in by SMTP, such as `0.0.0.0:25`. Only addresses of CONTRAIL_BOUNCE_DOMAIN that this installation gave out are accepted. Empty: nowhere.',
  },
  bounceTlsCert: {
    env: 'CONTRAIL_BOUNCE_TLS_CERT',
    flag: '--bounce-tls-cert',
    value: 'FILE',
    default: '',
    meaning: 'A certificate chain in PEM: bounces may then come encrypted (STARTTLS). Empty: in the clear.',
  },
  bounceTlsKey: {
    env: 'CONTRAIL_BOUNCE_TLS_KEY',
    flag: '--bounce-tls-key',
    value: 'FILE',
    default: '',
    meaning: 'The private key of CONTRAIL_BOUNCE_TLS_CERT, in PEM.',
  },
  bounceImap: {
    env: 'CONTRAIL_BOUNCE_IMAP_URL',
    flag: '--bounce-imap',
    value: 'URL',
    default: '',
    meaning:
      'A mailbox that bounces arrive in, such as `imaps://user:password@imap.example.com/INBOX?done=Processed`. Mails that were taken in are moved to the folder `done` (`Contrail` unless given). Other users of the machine can read a flag, but not the variable. Empty: none.',
  },
} as const

type Read = (name: keyof typeof bounceOptions) => Given

export function readBounceSettings(read: Read, bounceDomain: Given): BounceSettings {
  const listen = parseListenAddress(read('bounceListen'))
  if (listen && bounceDomain.text === '')
    throw new ConfigError(
      `${read('bounceListen').name}: needs ${bounceDomain.name}: mail for no other domain is accepted`,
    )
  const [cert, key] = [readPem(read('bounceTlsCert')), readPem(read('bounceTlsKey'))]
  if ((cert === undefined) !== (key === undefined))
    throw new ConfigError(`${read('bounceTlsCert').name} and ${read('bounceTlsKey').name} are of use only together`)
  return {
    bounceListen: listen,
    bounceTlsCert: cert,
    bounceTlsKey: key,
    bounceImap: parseMailboxUrl(read('bounceImap')),
  }
}

function readPem({ text, name }: Given): string | undefined {
  if (text === '') return undefined
  try {
    return readFileSync(text, 'utf8')
  } catch (error) {
    throw new ConfigError(`${name}: can't read ${text} (${(error as NodeJS.ErrnoException).code})`)
  }
}

// Says what is wrong without repeating the text, which holds a password.
function parseMailboxUrl({ text, name }: Given): MailboxSettings | undefined {
  if (text === '') return undefined
  const url = URL.parse(text)
  const isSecure = url?.protocol === 'imaps:'
  if (!url || !(isSecure || url.protocol === 'imap:') || url.hostname === '' || url.username === '')
    throw new ConfigError(`${name} must be a URL such as imaps://user:password@host/INBOX, and this is none`)
  const unknown = [...url.searchParams.keys()].find((key) => key !== 'done' && key !== 'tls')
  if (unknown !== undefined) throw new ConfigError(`${name}: there is no parameter "${unknown}", only "done" and "tls"`)
  const tls = url.searchParams.get('tls') ?? 'on'
  if (tls !== 'on' && tls !== 'off') throw new ConfigError(`${name}: "tls" is "on" or "off"`)
  const [user, password, path] = [url.username, url.password, url.pathname.slice(1)].map((part) => decode(part, name))
  const folder = path === '' ? 'INBOX' : path!
  const doneFolder = url.searchParams.get('done') ?? 'Contrail'
  if (doneFolder === '' || doneFolder === folder)
    throw new ConfigError(`${name}: "done" must be another folder than the one that is read`)
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (isSecure ? 993 : 143) : Number(url.port),
    isSecure,
    mayBeOpen: tls === 'off',
    user: user!,
    password: password!,
    folder,
    doneFolder,
  }
}

function decode(part: string, name: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw new ConfigError(`${name}: a "%" in the URL is written %25`)
  }
}
