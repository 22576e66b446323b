// Mail providers whose webhooks hand an id of ours back: how to know one, and the headers it wants.

import type { Header } from './list-headers.ts'

/** `plain` is a relay that hands nothing back: Postfix, Exim, KumoMTA and all others. */
export type ProviderName =
  | 'ses'
  | 'sendgrid'
  | 'mailgun'
  | 'postmark'
  | 'sparkpost'
  | 'brevo'
  | 'mailjet'
  | 'resend'
  | 'mandrill'
  | 'plain'

export interface ProviderHeaderInput {
  /** What comes back in each webhook. */
  sendId: string
  /** We track opens and links ourselves: theirs is switched off where a header can. */
  hasOwnTracking: boolean
  /** SES: which configuration set; Postmark: which message stream. */
  stream?: string
}

interface Provider {
  /** Of the relay's host. */
  hosts: RegExp
  /** That hand the id back. */
  headers: (sendId: string, hasOwnTracking: boolean) => Header[]
  /** That switch its tracking off. SES, Brevo and Resend know none: there it is a setting of the account. */
  untracked?: readonly Header[]
  streamHeader?: string
  /** Fields that it replaces, so that a signature of ours must leave them out. */
  replaces?: readonly string[]
}

const off = { settings: { enable: 0 } }

const providers: Readonly<Record<Exclude<ProviderName, 'plain'>, Provider>> = {
  ses: {
    hosts: /^email-smtp(-fips)?\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$/,
    headers: (send) => [['X-SES-MESSAGE-TAGS', `send=${send}`]],
    streamHeader: 'X-SES-CONFIGURATION-SET',
    replaces: ['message-id', 'date'],
  },
  sendgrid: {
    hosts: /(^|\.)sendgrid\.net$/,
    headers: (send, hasOwnTracking) => [
      [
        'X-SMTPAPI',
        json({
          unique_args: { send },
          ...(hasOwnTracking && { filters: { clicktrack: off, opentrack: off, subscriptiontrack: off } }),
        }),
      ],
    ],
  },
  mailgun: {
    hosts: /(^|\.)mailgun\.org$/,
    headers: (send) => [['X-Mailgun-Variables', json({ send })]],
    untracked: [['X-Mailgun-Track', 'no']],
  },
  postmark: {
    hosts: /(^|\.)postmarkapp\.com$/,
    headers: (send) => [
      ['X-PM-Metadata-send', send],
      ['X-PM-KeepID', 'true'],
    ],
    untracked: [
      ['X-PM-TrackOpens', 'false'],
      ['X-PM-TrackLinks', 'None'],
    ],
    streamHeader: 'X-PM-Message-Stream',
  },
  sparkpost: {
    hosts: /(^|\.)(sparkpostmail|sparkpost|eu\.sparkpostmail)\.com$/,
    headers: (send, hasOwnTracking) => [
      [
        'X-MSYS-API',
        json({
          metadata: { send },
          ...(hasOwnTracking && { options: { open_tracking: false, click_tracking: false } }),
        }),
      ],
    ],
  },
  brevo: {
    hosts: /(^|\.)(brevo|sendinblue|mailin)\.(com|fr)$/,
    headers: (send) => [['X-Mailin-custom', `send:${send}`]],
  },
  mailjet: {
    hosts: /(^|\.)mailjet\.com$/,
    headers: (send) => [['X-MJ-CustomID', send]],
    untracked: [
      ['X-Mailjet-TrackOpen', '0'],
      ['X-Mailjet-TrackClick', '0'],
    ],
  },
  // It hands all headers back, so X-Send-Id is enough. It sends by SES.
  resend: { hosts: /(^|\.)resend\.com$/, headers: () => [], replaces: ['message-id', 'date'] },
  mandrill: {
    hosts: /(^|\.)mandrillapp\.com$/,
    headers: (send) => [['X-MC-Metadata', json({ send })]],
    untracked: [['X-MC-Track', 'none']],
  },
}

export const providerNames: readonly ProviderName[] = [...(Object.keys(providers) as ProviderName[]), 'plain']

/** By the name of the relay's host. */
export function detectProvider(host: string): ProviderName {
  const name = host.toLowerCase().replace(/\.$/, '')
  return providerNames.find((provider) => find(provider)?.hosts.test(name)) ?? 'plain'
}

/** For each message; the value of none is longer than a line. */
export function providerHeaders(provider: ProviderName, input: ProviderHeaderInput): Header[] {
  const { sendId, hasOwnTracking, stream } = input
  const preset = find(provider)
  if (!preset) return []
  return [
    ...preset.headers(sendId, hasOwnTracking),
    ...(hasOwnTracking ? (preset.untracked ?? []) : []),
    ...(stream !== undefined && preset.streamHeader !== undefined ? [[preset.streamHeader, stream] as const] : []),
  ]
}

/** For makeSigner: fields that the provider replaces. */
export function replacedFields(provider: ProviderName): readonly string[] {
  return find(provider)?.replaces ?? []
}

/** Whether a header of that name tells some provider what to do, which is not for the author of a mail to say. */
export function isProviderHeader(name: string): boolean {
  return /^(x-smtpapi$|x-(ses|mailgun|pm|msys|mailin|sib|mj|mailjet|mc)-|resend-)/i.test(name)
}

function find(provider: ProviderName): Provider | undefined {
  return provider === 'plain' ? undefined : providers[provider]
}

/** With blanks, at which a long header can be folded. */
function json(value: unknown): string {
  return JSON.stringify(value).replace(/([,:{])(?=["{])/g, '$1 ')
}
