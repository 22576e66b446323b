// `POST /hooks/{provider}/{endpoint}`: verified, kept as it came, answered; read later by the job of core/inbox.

import { Hono } from 'hono'
import type { App } from '../../app.ts'
import { findEndpoint } from '../../core/inbox/endpoint.ts'
import type { Endpoint } from '../../core/inbox/endpoint.ts'
import { hookProviderNames } from '../../core/inbox/hook-event.ts'
import type { HookProviderName } from '../../core/inbox/hook-event.ts'
import type { HookOutside, HookRequest, Verified } from '../../core/inbox/hook-provider.ts'
import { InboxWriter } from '../../core/inbox/inbox-writer.ts'
import { UnavailableError } from '../../errors.ts'
import { hookProviders } from './providers.ts'
import { maxBodyBytes, readBody } from './read-body.ts'
import { maxDepth, maxItems } from './read.ts'
import { scanJson } from './scan-json.ts'

/** What a provider needs to be told where the usual status would make it do the wrong thing. */
interface Answers {
  /** The endpoint was removed: try no more. */
  gone: number
  /** The store is away: try again. */
  away: number
}

const usual: Answers = { gone: 410, away: 503 }
const answers: Partial<Record<HookProviderName, Answers>> = {
  mailgun: { ...usual, gone: 406 },
  postmark: { ...usual, gone: 403 },
  // It gives up for good on anything else from 400 on.
  brevo: { ...usual, away: 429 },
}

/** Headers that are kept with the body. */
const keptHeaders = ['content-type', 'user-agent', 'webhook-id', 'svix-id', 'x-messagesystems-batch-id', 'x-amz-sns-message-type'] // oxfmt-ignore

export function hookRoutes(app: App, outside: HookOutside): Hono {
  const routes = new Hono()
  const writer = new InboxWriter(app.db)
  routes.all('/hooks/:provider/:endpoint', async (c) => {
    const provider = hookProviderNames.find((name) => name === c.req.param('provider'))
    if (!provider) return unknown()
    try {
      const endpoint = await findEndpoint(app.db, c.req.param('endpoint'))
      if (endpoint?.provider !== provider) return unknown()
      if (endpoint.removedAt !== null) return say(answers[provider]?.gone ?? usual.gone, 'This endpoint was removed.')
      return await answer(app, writer, outside, endpoint, c.req.raw)
    } catch (error) {
      if (!(error instanceof UnavailableError)) {
        app.log.error({ err: error, provider }, 'a webhook failed')
        return say(500, 'Something went wrong here.')
      }
      app.noteOutage(error)
      return say(answers[provider]?.away ?? usual.away, 'This can not be taken now; please try again.')
    }
  })
  return routes
}

function say(status: number, sentence: string, headers: Record<string, string> = {}): Response {
  const body = `${sentence}\n`
  return new Response(body, { status, headers: { 'content-type': 'text/plain; charset=UTF-8', ...headers } })
}

function unknown(): Response {
  return say(404, 'There is no such endpoint.')
}

async function answer(
  app: App,
  writer: InboxWriter,
  outside: HookOutside,
  endpoint: Endpoint,
  request: Request,
): Promise<Response> {
  // Mandrill and others look before they post.
  if (request.method === 'HEAD') return new Response(null, { status: 200 })
  if (request.method !== 'POST') return say(405, 'Webhooks are posted.', { allow: 'POST, HEAD' })
  const body = await readBody(request)
  if (!body) return say(413, `A body has at most ${maxBodyBytes / 2 ** 20} MiB.`)
  const shape = scanJson(body)
  if (shape.depth > maxDepth) return say(413, `A body is nested at most ${maxDepth} deep.`)
  if (shape.items > maxItems) return say(413, `A body holds at most ${maxItems} events.`)
  const asked = hookRequestOf(app, request, body)
  const verified = await hookProviders[endpoint.provider].verify(asked, endpoint.secrets, app.now(), outside)
  if (!verified.isGenuine) return refuse(app, endpoint, verified.reason)
  return keep(app, writer, outside, endpoint, asked, verified)
}

function refuse(app: App, { provider, name }: Endpoint, reason: string): Response {
  app.log.warn({ provider, endpoint: name, reason }, 'a webhook was refused')
  return say(401, `This is not accepted: ${reason}.`)
}

async function keep(
  app: App,
  writer: InboxWriter,
  outside: HookOutside,
  endpoint: Endpoint,
  { header, body }: HookRequest,
  { deliveryId, isBodyUnsigned, confirmUrl }: Extract<Verified, { isGenuine: true }>,
): Promise<Response> {
  const { endpointId, accountId, provider } = endpoint
  if (confirmUrl !== undefined) await confirm(app, outside, endpoint, confirmUrl)
  const headers = Object.fromEntries(keptHeaders.flatMap((name) => [[name, header(name)?.slice(0, 500)]])) as Record<string, string> // oxfmt-ignore
  const delivery = { accountId, endpointId, provider, receivedAt: app.now(), deliveryId, headers, body }
  const taken = await writer.take(delivery)
  if (taken === 'other' && isBodyUnsigned) return refuse(app, endpoint, 'its token was used for another body')
  // Two genuine requests under one name: both are kept, the second by what is in it.
  if (taken === 'other') await writer.take({ ...delivery, deliveryId: undefined })
  return say(200, 'Kept.')
}

// Only what the operator has just connected; the address was checked with the signature.
async function confirm(app: App, outside: HookOutside, endpoint: Endpoint, url: string): Promise<void> {
  const isConnected = (endpoint.confirmUntil ?? 0) > app.now() || (endpoint.secrets.basicAuth ?? []).length > 0
  if (isConnected) await outside.fetchText(url)
  app.log.info({ endpoint: endpoint.name, isConnected }, isConnected ? 'an SNS subscription was confirmed' : 'an SNS subscription waits: "contrail hooks endpoint connect" lets it be confirmed') // oxfmt-ignore
}

// The address as the provider knows it: the public one, where there is a setting for it.
function hookRequestOf(app: App, request: Request, body: Uint8Array): HookRequest {
  const { publicHost, publicScheme } = app.config
  const url = new URL(request.url)
  const address = publicHost === undefined ? request.url : `${publicScheme}://${publicHost}${url.pathname}${url.search}`
  return { body, url: address, header: (name) => request.headers.get(name) ?? undefined }
}
