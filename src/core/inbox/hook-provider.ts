// What an adapter of faces/hooks is: how a request proves where it comes from, and what its body says. Used by the endpoint,
// by the job that reads the inbox, and by the command line.

import type { HookProviderName, ParsedHook } from './hook-event.ts'

/** A request as it was sent. */
export interface HookRequest {
  body: Uint8Array
  /** By its name in lower case. */
  header: (name: string) => string | undefined
  /** The address the provider was given, as the public sees it. */
  url: string
}

/** What an endpoint knows to tell its provider by. */
export interface HookSecrets {
  /** Signing secrets or public keys; two while one is replaced by another. */
  keys: readonly string[]
  /** `user:password` for those who sign nothing; any one that fits is enough. */
  basicAuth?: readonly string[] | undefined
  /** SNS: the topics that are ours. */
  topics?: readonly string[] | undefined
  /** SNS: the certificate to believe, in place of the one the message names. */
  certificate?: string | undefined
}

/** What verifying may ask the network for. */
export interface HookOutside {
  /** The text at an address that was checked before; throws UnavailableError. */
  fetchText: (url: string) => Promise<string>
}

export type Verified =
  | {
      isGenuine: true
      /** What the provider calls this delivery, the same when it tries again. */
      deliveryId?: string | undefined
      /** The delivery id must not come back with another body: it is not the body that is signed. */
      isBodyUnsigned?: boolean | undefined
      /** SNS: the address that confirms the subscription. */
      confirmUrl?: string | undefined
    }
  | { isGenuine: false; reason: string }

export interface HookProvider {
  name: HookProviderName
  /** What a secret of it is: the words of the command line. */
  signs: 'hmac' | 'public-key' | 'certificate' | 'nothing'
  /** What is wrong with a secret, or nothing. */
  checkKey: (key: string) => string | undefined
  /** May throw UnavailableError where it has to ask somebody; never because of what the request says. */
  verify: (
    request: HookRequest,
    secrets: HookSecrets,
    now: number,
    outside: HookOutside,
  ) => Verified | Promise<Verified>
  /** Pure. Throws InvalidInputError where the body as a whole makes no sense. */
  parse: (body: Uint8Array) => ParsedHook
}

export type HookProviders = Readonly<Record<HookProviderName, HookProvider>>
