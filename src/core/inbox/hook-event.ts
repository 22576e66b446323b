// What a provider of mail tells by webhook, in words of our own. Made by the adapters of faces/hooks, put into the ledger
// by apply-events.ts.

import type { BounceCode } from '../events/event.ts'

/** Whose webhooks we read; `generic` is anybody's who signs by Standard Webhooks. Stored, so they stay. */
export const hookProviderNames = [
  'ses',
  'sendgrid',
  'mailgun',
  'postmark',
  'sparkpost',
  'brevo',
  'mailjet',
  'resend',
  'mandrill',
  'generic',
] as const
export type HookProviderName = (typeof hookProviderNames)[number]

/**
 * What the provider says happened.
 * - `processed`: the provider took the message in; `sent`: it handed it on.
 * - `delivered`: the recipient's server accepted it; `deferred`: not yet, it is tried again.
 * - `bounced`: refused or returned; `dropped`: the provider did not even try.
 * - `unsubscribed`: the recipient wants no more, or the provider will send no more; `resubscribed`: the contrary.
 * - `autoreplied`: a machine of the recipient's answered; `failed`: the provider's or the sender's own mistake.
 * - `unknown`: anything else, kept as it came.
 */
export const hookKinds = [
  'processed',
  'sent',
  'delivered',
  'deferred',
  'bounced',
  'dropped',
  'opened',
  'clicked',
  'complained',
  'unsubscribed',
  'resubscribed',
  'autoreplied',
  'failed',
  'unknown',
] as const
export type HookKind = (typeof hookKinds)[number]

/** What becomes of it on a contact's timeline; `none` is kept in the inbox alone. */
export type HookEffect = 'send' | 'delivery' | 'open' | 'click' | 'bounce' | 'complaint' | 'optout' | 'none'

/** How lasting a bounce is: `hard` speaks against the address itself. */
export type Severity = 'hard' | 'soft' | 'none'

/** Texts are as the provider sent them and may be anything. */
export interface HookEvent {
  provider: HookProviderName
  kind: HookKind
  /** As written by the provider; absent where it does not say which of several it was. */
  recipient?: string | undefined
  /** When it happened, epoch ms; absent where the provider does not say. */
  at?: number | undefined
  effect: HookEffect
  /** Bounces and drops: why, in the letters of the old wire. */
  letter?: BounceCode | undefined
  severity?: Severity | undefined
  /** The SMTP reply: its three digits, its enhanced code (RFC 3463), its text. */
  smtpCode?: number | undefined
  status?: string | undefined
  reply?: string | undefined
  /** In the provider's own words. */
  reason?: string | undefined
  url?: string | undefined
  ip?: string | undefined
  userAgent?: string | undefined
  /** What the provider takes an open or click for; absent where it does not judge. */
  isMachine?: boolean | undefined
  /** By what name, such as `apple` or `proxy_open`. */
  machineMark?: string | undefined
  /** The message's RFC 5322 Message-ID, without its angle brackets. */
  messageId?: string | undefined
  /** What the sender put into the message for us to find it by. */
  sendId?: string | undefined
  /** The provider's own name for the message. */
  providerMessageId?: string | undefined
  providerEventId?: string | undefined
  /** What makes it itself, however often and in whatever company it comes. */
  dedupeKey: string
  /** The campaign, tag or category that the sender gave; the first of several. */
  campaign?: string | undefined
  /** The provider's word for it. */
  rawType: string
}

/** A webhook's body, read: what could be made sense of, and what of it could not. */
export interface ParsedHook {
  events: HookEvent[]
  problems: HookProblem[]
}

interface HookProblem {
  /** Which item of the batch, from 0. */
  item: number
  message: string
}
