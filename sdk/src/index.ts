// Contrail from TypeScript and JavaScript: every operation of the JSON API, pages as iterators, the feed, webhooks. No
// dependencies; runs wherever there is fetch.

import { createMethods } from './generated/operations.ts'
import type { Methods } from './generated/operations.ts'
import type { IngestResult, NewEvent } from './generated/types.ts'
import { ingest } from './ingest.ts'
import { Pages } from './pages.ts'
import type { Page } from './pages.ts'
import { call } from './request.ts'
import type { CallOptions, Settings } from './request.ts'
import { tail } from './tail.ts'
import type { Followed, TailOptions } from './tail.ts'

export interface Contrail extends Methods {
  /** Takes in any number of events, some thousands at a time, and tells of each what became of it, by its place from 1. */
  ingest(
    events: Iterable<NewEvent> | AsyncIterable<NewEvent>,
    options?: CallOptions,
  ): AsyncGenerator<IngestResult, undefined>
  /** Every event as it is recorded, over cuts and restarts; see TailOptions. */
  tail(options?: TailOptions): AsyncGenerator<Followed, undefined>
}

/** A client for one server and key; holds no connection and needs no closing. */
export function createContrail(settings: Settings): Contrail {
  const methods = createMethods({
    call: (operation, input, options) => call(settings, operation, input, options),
    pages: (operation, input, options) =>
      new Pages((cursor) => {
        const query = cursor === undefined ? input.query : { ...input.query, cursor }
        return call<Page<never>>(settings, operation, { ...input, query }, options)
      }),
  })
  return {
    ...methods,
    ingest: (events, options) => ingest(methods, events, options),
    tail: (options) => tail(settings, options),
  }
}

export { ConnectionError, ContrailError, WebhookError } from './errors.ts'
export type { Fault } from './errors.ts'
export type * from './generated/types.ts'
export { Pages } from './pages.ts'
export type { Page } from './pages.ts'
export type { CallOptions, Settings } from './request.ts'
export type { Followed, TailOptions } from './tail.ts'
export { verifyWebhook } from './webhooks.ts'
export type { Verified, VerifyOptions, WebhookRequest } from './webhooks.ts'
