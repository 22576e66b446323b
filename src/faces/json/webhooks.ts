// Webhooks: where the account's events are delivered to, and what became of it.

import { z } from 'zod'
import type { App } from '../../app.ts'
import type { ReachRules } from '../../core/webhooks/address.ts'
import { listAttempts } from '../../core/webhooks/attempts.ts'
import type { KeptAttempt } from '../../core/webhooks/attempts.ts'
import { testWebhook } from '../../core/webhooks/test-webhook.ts'
import {
  changeWebhook,
  countPending,
  createWebhook,
  disableWebhook,
  enableWebhook,
  getWebhook,
  listWebhooks,
  removeWebhook,
  replayWebhook,
  rotateWebhook,
} from '../../core/webhooks/webhook.ts'
import type { Webhook } from '../../core/webhooks/webhook.ts'
import { kind } from './event-json.ts'
import { pageReply, positionOf } from './paging.ts'
import { route } from './route.ts'
import type { Route } from './route.ts'
import { cursor, epoch, limit, pageOf, text, time, timeOrNull, timeText } from './schemas.ts'

const id = text(64).min(1)
const one = { id }
const url = text(2048).min(1).meta({ description: 'Where to deliver: `https`, on the public internet.', examples: ['https://crm.example.com/hooks'] }) // oxfmt-ignore
const name = text(100).meta({ description: 'What it is for.' })
const kinds = z.array(kind).max(8).meta({ description: 'Only these kinds of events; all when empty.' })
const includeEmail = z.boolean().meta({ description: "Whether payloads hold the contact's address." })
const secret = text(100).meta({ description: '`whsec_` and 24 to 64 bytes in base64.' })

const fields = {
  id,
  url,
  name,
  kinds,
  includeEmail,
  state: z.enum(['active', 'disabled']),
  reason: z.string().nullable().meta({ description: 'Why it is disabled.' }),
  deliveredUntil: time.meta({ description: 'What was recorded until then was delivered, or waits to be tried again.' }),
  failingSince: time.nullable().meta({ description: 'Since when nothing was accepted any more.' }),
  acceptedAt: time.nullable().meta({ description: 'When something was accepted last.' }),
  lastProblem: z.string().nullable().meta({ description: 'Why the last delivery that failed did.' }),
  restsUntil: time.nullable().meta({ description: 'It asked for a rest, such as by 429.' }),
  oldSecretUntil: time.nullable().meta({ description: 'Until then an older secret signs beside the newest.' }),
  createdAt: time,
}
const webhookDocument = z.strictObject(fields).meta({ id: 'Webhook' })
const fullDocument = z
  .strictObject({ ...fields, waiting: z.int().meta({ description: 'Events that failed and are tried again.' }) })
  .meta({ id: 'WebhookState' })
const secretDocument = z
  .strictObject({ ...fields, secret: z.string().meta({ description: 'Shown this once.' }) })
  .meta({ id: 'WebhookWithSecret' })

function webhookJson(webhook: Webhook): z.input<typeof webhookDocument> {
  const { endpointId, includesEmail, position, failingSince, acceptedAt, slowUntil, createdAt, secrets, state, reason, lastProblem } = webhook // oxfmt-ignore
  return {
    id: endpointId,
    url: webhook.url,
    name: webhook.name,
    kinds: webhook.kinds,
    includeEmail: includesEmail,
    state,
    reason,
    deliveredUntil: timeText(position.recordedAt),
    failingSince: timeOrNull(failingSince),
    acceptedAt: timeOrNull(acceptedAt),
    lastProblem,
    restsUntil: timeOrNull(slowUntil),
    oldSecretUntil: timeOrNull(secrets.reduce<number | null>((last, { until }) => until === null ? last : Math.max(last ?? 0, until), null)),
    createdAt: timeText(createdAt),
  }
} // oxfmt-ignore

function rulesOf({ config }: App): ReachRules {
  return { isInsecureAllowed: config.webhookInsecure, allowed: config.webhookAllow }
}

const list = route({
  method: 'GET',
  path: '/webhooks',
  operationId: 'listWebhooks',
  tag: 'Webhooks',
  summary: 'Where events are delivered to',
  scope: 'admin',
  answer: pageOf('WebhookPage', webhookDocument),
  handle: async ({ app, accountId }) => ({
    body: { items: (await listWebhooks(app.db, accountId)).map(webhookJson) },
  }),
})

const create = route({
  method: 'POST',
  path: '/webhooks',
  operationId: 'createWebhook',
  tag: 'Webhooks',
  summary: 'Have events delivered',
  description:
    'Signed by [Standard Webhooks](https://www.standardwebhooks.com/) 1.0. The secret is in this answer and nowhere else; so no second request is answered with it, and `Idempotency-Key` is refused.',
  scope: 'admin',
  body: z
    .strictObject({
      url,
      name: name.default(''),
      kinds: kinds.default([]),
      includeEmail: includeEmail.default(false),
      secret: secret.optional(),
      from: time.optional().meta({ description: 'Also what was recorded from then on; from now on unless said.' }),
    })
    .meta({ id: 'NewWebhook' }),
  status: 201,
  answer: secretDocument,
  handle: async ({ app, accountId, body, now }) => {
    const { includeEmail: includesEmail, from, ...given } = body
    const made = await createWebhook(app.db, accountId, { ...given, includesEmail, from: epoch(from) }, rulesOf(app), now) // oxfmt-ignore
    return {
      body: { ...webhookJson(made), secret: made.secrets[0]!.key },
      location: `/webhooks/${made.endpointId}`,
    }
  },
})

async function fullJson(app: App, accountId: number, webhook: Webhook): Promise<z.input<typeof fullDocument>> {
  return { ...webhookJson(webhook), waiting: await countPending(app.db, accountId, webhook.endpointId) }
}

const get = route({
  method: 'GET',
  path: '/webhooks/{id}',
  operationId: 'getWebhook',
  tag: 'Webhooks',
  summary: 'Get a webhook',
  scope: 'admin',
  params: one,
  answer: fullDocument,
  handle: async ({ app, accountId, params }) => ({
    body: await fullJson(app, accountId, await getWebhook(app.db, accountId, params.id)),
  }),
})

const change = route({
  method: 'PATCH',
  path: '/webhooks/{id}',
  operationId: 'updateWebhook',
  tag: 'Webhooks',
  summary: 'Change, disable or enable a webhook',
  description: 'One that is disabled loses nothing: enabled again it goes on from where it was, with what waits first.',
  scope: 'admin',
  params: one,
  body: z
    .strictObject({
      url: url.optional(),
      name: name.optional(),
      kinds: kinds.optional(),
      includeEmail: includeEmail.optional(),
      state: z.enum(['active', 'disabled']).optional(),
    })
    .meta({ id: 'WebhookChanges' }),
  answer: webhookDocument,
  problems: [422],
  write: async ({ app, accountId, params, body, now }, tx) => {
    const { includeEmail: includesEmail, state, ...given } = body
    const changes = Object.fromEntries(Object.entries({ ...given, includesEmail }).filter(([, value]) => value !== undefined)) // oxfmt-ignore
    await changeWebhook(tx, accountId, params.id, changes, rulesOf(app))
    if (state === 'disabled') await disableWebhook(tx, accountId, params.id, 'by hand')
    if (state === 'active') await enableWebhook(tx, accountId, params.id, now)
    return { body: webhookJson(await getWebhook(tx, accountId, params.id)) }
  },
})

const remove = route({
  method: 'DELETE',
  path: '/webhooks/{id}',
  operationId: 'deleteWebhook',
  tag: 'Webhooks',
  summary: 'Remove a webhook, with its attempts and what waits',
  scope: 'admin',
  params: one,
  status: 204,
  write: async ({ accountId, params }, tx) => {
    await removeWebhook(tx, accountId, params.id)
    return { body: null }
  },
})

const attemptDocument = z
  .strictObject({
    at: time,
    messageId: z.string().meta({ description: 'The `webhook-id`.' }),
    event: z.string().nullable().meta({ description: "The event's id; null for a test." }),
    attempt: z.int().meta({ description: 'The first, the second and so on.' }),
    status: z.int().nullable().meta({ description: 'Of the answer; null when there was none.' }),
    problem: z.string().nullable().meta({ description: 'Why it counts as failed; null: it was accepted.' }),
    milliseconds: z.int(),
    response: z.string().nullable().meta({ description: 'How the answer begins, where it counts as failed.' }),
  })
  .meta({ id: 'WebhookAttempt' })

function attemptJson(attempt: Omit<KeptAttempt, 'attemptId'>): z.input<typeof attemptDocument> {
  const { at, messageId, eventRef, attemptNo, status, problem, duration, response } = attempt
  return { at: timeText(at), messageId, event: eventRef, attempt: attemptNo, status, problem, milliseconds: duration, response } // oxfmt-ignore
}

const attempts = route({
  method: 'GET',
  path: '/webhooks/{id}/attempts',
  operationId: 'listWebhookAttempts',
  tag: 'Webhooks',
  summary: 'What was tried, for 30 days',
  description: 'The latest first.',
  scope: 'admin',
  params: one,
  query: { cursor: cursor.optional(), limit: limit(200, 50) },
  answer: pageOf('WebhookAttemptPage', attemptDocument),
  handle: async (asked) => {
    const { app, accountId, params, query } = asked
    await getWebhook(app.db, accountId, params.id)
    const page = { before: positionOf<number>(asked), limit: query.limit + 1 }
    const found = await listAttempts(app.db, accountId, params.id, page)
    const shown = found.slice(0, query.limit)
    return pageReply(asked, shown.map(attemptJson), found.length > query.limit ? shown.at(-1)?.attemptId : undefined)
  },
})

const test = route({
  method: 'POST',
  path: '/webhooks/{id}/test',
  operationId: 'testWebhook',
  tag: 'Webhooks',
  summary: 'Send a test',
  description:
    'One signed request of type `webhook.test`, also where the webhook is disabled; the answer says what became of it. `Idempotency-Key` is refused.',
  scope: 'admin',
  params: one,
  body: z.strictObject({}).meta({ id: 'WebhookTest' }),
  answer: attemptDocument,
  handle: async ({ app, accountId, params, request }) => {
    const host = { db: app.db, now: app.now, post: app.postWebhook }
    return { body: attemptJson(await testWebhook(host, accountId, params.id, request.signal)) }
  },
})

const rotate = route({
  method: 'POST',
  path: '/webhooks/{id}/rotate',
  operationId: 'rotateWebhookSecret',
  tag: 'Webhooks',
  summary: 'Sign with a new secret',
  description:
    'The old one signs beside it for 24 hours. The new one is in this answer and nowhere else, and `Idempotency-Key` is refused.',
  scope: 'admin',
  params: one,
  body: z.strictObject({ secret: secret.optional() }).meta({ id: 'WebhookRotation' }),
  answer: secretDocument,
  problems: [409],
  handle: async ({ app, accountId, params, body, now }) => {
    const changed = await app.db.transaction((tx) => rotateWebhook(tx, accountId, params.id, body.secret, now))
    return { body: { ...webhookJson(changed), secret: changed.secrets[0]!.key } }
  },
})

const replay = route({
  method: 'POST',
  path: '/webhooks/{id}/replay',
  operationId: 'replayWebhook',
  tag: 'Webhooks',
  summary: 'Deliver again from a point in time',
  description:
    'Everything that was recorded from then on, in its order, under the `webhook-id` it had: receivers know what they have had.',
  scope: 'admin',
  params: one,
  body: z.strictObject({ from: time }).meta({ id: 'WebhookReplay' }),
  status: 202,
  answer: webhookDocument,
  problems: [422],
  write: async ({ accountId, params, body, now }, tx) => ({
    body: webhookJson(await replayWebhook(tx, accountId, params.id, epoch(body.from), now)),
  }),
})

export const webhookRoutes: readonly Route[] = [list, create, get, change, remove, test, rotate, replay, attempts]
