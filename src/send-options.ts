// The settings of sending, part of the table in config.ts.

import { parseChoice, parseDomain, parseNumber, parseRelay } from './config-values.ts'
import type { Given } from './config-values.ts'
import type { RelaySettings } from './mail/relay-url.ts'

export interface SendSettings {
  /** Undefined where nothing is sent. */
  relay: RelaySettings | undefined
  bounceDomain: string | undefined
  /** Messages a second. */
  sendRate: number
  /** Messages a minute to each provider. */
  sendProviderRate: number
  sendTrap: boolean
}

export const sendOptions = {
  relay: {
    env: 'CONTRAIL_SMTP_URL',
    flag: '--smtp',
    value: 'URL',
    default: '',
    meaning:
      'The relay that takes the mail we send, such as `smtp://user:password@smtp.example.com:587`. Other users of the machine can read a flag, but not the variable. Empty: nothing is sent. Needs CONTRAIL_PUBLIC_URL.',
  },
  bounceDomain: {
    env: 'CONTRAIL_BOUNCE_DOMAIN',
    flag: '--bounce-domain',
    value: 'DOMAIN',
    default: '',
    meaning:
      'A domain whose mail comes to us, such as `bounce.example.com`: what comes back then names the message it is about. Empty: it goes to the sender of each campaign.',
  },
  sendRate: {
    env: 'CONTRAIL_SEND_RATE',
    flag: '--send-rate',
    value: 'MESSAGES',
    default: '0',
    meaning: 'How many messages a second each process hands to the relay at most; 0 is without limit.',
  },
  sendProviderRate: {
    env: 'CONTRAIL_SEND_PROVIDER_RATE',
    flag: '--send-provider-rate',
    value: 'MESSAGES',
    default: '0',
    meaning:
      'How many messages a minute each process hands over for one provider of mailboxes (Gmail, Microsoft, Yahoo, Apple, or a domain) at most; 0 is without limit. A provider that asks for less gets less, whatever is set here.',
  },
  sendTrap: {
    env: 'CONTRAIL_SEND_TRAP',
    flag: '--send-trap',
    value: 'on|off',
    default: 'off',
    meaning:
      'Whether mails have a link at their top that no person sees, which tells machines that follow every link. Some filters dislike hidden links.',
  },
} as const

/** `read` gives a setting of the table as it was given. */
export function readSendSettings(read: (name: keyof typeof sendOptions | 'publicHost') => Given): SendSettings {
  return {
    relay: parseRelay(read('relay'), read('publicHost')),
    bounceDomain: parseDomain(read('bounceDomain')),
    sendRate: parseNumber(read('sendRate'), 1_000_000),
    sendProviderRate: parseNumber(read('sendProviderRate'), 100_000_000),
    sendTrap: parseChoice(read('sendTrap'), ['on', 'off']) === 'on',
  }
}
