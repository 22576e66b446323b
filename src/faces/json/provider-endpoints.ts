// Endpoints of providers, through the API: addresses that mail providers post their webhooks to. Not to be taken for our own
// webhooks (webhooks.ts), which go the other way.

import { z } from 'zod'
import {
  changeEndpoint,
  changeSecrets,
  createEndpoint,
  getEndpoint,
  listEndpoints,
  removeEndpoint,
} from '../../core/inbox/endpoint.ts'
import type { Endpoint } from '../../core/inbox/endpoint.ts'
import { checkNewSecrets, countSecrets, rotateSecrets } from '../../core/inbox/endpoint-secrets.ts'
import { hookProviderNames } from '../../core/inbox/hook-event.ts'
import { route } from './route.ts'
import type { Asked, Route } from './route.ts'
import { pageOf, text, time, timeOrNull, timeText } from './schemas.ts'

const id = text(64).min(1)
const one = { id }
const provider = z.enum(hookProviderNames).meta({ id: 'MailProvider', description: '`generic`: whoever signs by Standard Webhooks.' }) // oxfmt-ignore
const name = text(100).meta({ description: 'What it is for.' })
const createMissing = z.boolean().meta({ description: 'Whether contacts and campaigns that the account does not have are made from what is told of them.' }) // oxfmt-ignore
const secret = text(2000).min(1).meta({ description: 'What the provider signs with, its public key, or a bearer token. For `generic` one is made up where none is given.' }) // oxfmt-ignore
const basicAuth = text(400).meta({ description: 'For providers that sign nothing: what they log in with, `user:password`.' }) // oxfmt-ignore

const fields = {
  id: id.meta({ description: 'The part of its address that nobody can guess: a secret.' }),
  provider,
  name,
  url: z.string().meta({ description: 'To be given to the provider.' }),
  createMissing,
  secrets: z.int().meta({ description: 'How many secrets, passwords and topics it is told by; they are not shown.' }),
  topics: z.array(z.string()).meta({ description: 'SES: the topics of SNS that are yours.' }),
  confirmUntil: time.nullable().meta({ description: 'SES: until then subscriptions to its topics are confirmed.' }),
  createdAt: time,
}
const endpointDocument = z.strictObject(fields).meta({ id: 'ProviderEndpoint' })
const secretDocument = z
  .strictObject({
    ...fields,
    secret: z.string().optional().meta({ description: 'The one that was made up, where one was: shown this once.' }),
  })
  .meta({ id: 'ProviderEndpointWithSecret' })

function endpointJson({ app, request }: Asked, endpoint: Endpoint): z.input<typeof endpointDocument> {
  const { publicHost, publicScheme } = app.config
  const { endpointId, secrets, confirmUntil, createdAt } = endpoint
  const base = publicHost === undefined ? new URL(request.url).origin : `${publicScheme}://${publicHost}`
  return {
    id: endpointId,
    provider: endpoint.provider,
    name: endpoint.name,
    url: `${base}/hooks/${endpoint.provider}/${endpointId}`,
    createMissing: endpoint.creates,
    secrets: countSecrets(secrets),
    topics: [...(secrets.topics ?? [])],
    confirmUntil: timeOrNull(confirmUntil),
    createdAt: timeText(createdAt),
  }
}

const list = route({
  method: 'GET',
  path: '/provider-endpoints',
  operationId: 'listProviderEndpoints',
  tag: 'Providers',
  summary: 'Addresses that providers post to',
  description: 'The oldest first, without their secrets.',
  scope: 'admin',
  answer: pageOf('ProviderEndpointPage', endpointDocument),
  handle: async (asked) => {
    const found = await listEndpoints(asked.app.db, asked.accountId)
    return { body: { items: found.map((endpoint) => endpointJson(asked, endpoint)) } }
  },
})

const create = route({
  method: 'POST',
  path: '/provider-endpoints',
  operationId: 'createProviderEndpoint',
  tag: 'Providers',
  summary: 'Make an address for a provider',
  description:
    'Each provider proves in its own way where a request comes from: `sendgrid`, `mailgun`, `mandrill`, `resend` and `generic` by a `secret`, `ses` by `topics`; the others sign nothing, and have a `basicAuth`, a bearer token as `secret`, or nothing but the address. A secret that was made up is in this answer and nowhere else; so `Idempotency-Key` is refused. An account has at most 100.',
  scope: 'admin',
  body: z
    .strictObject({
      provider,
      name: name.default(''),
      secret: secret.optional(),
      basicAuth: basicAuth.optional(),
      topics: z.array(text(300).min(1)).max(20).optional().meta({ description: 'SES: ARNs of topics of yours.' }),
      certificate: text(20_000).optional().meta({ description: 'SES: a PEM to believe instead of fetching the one a message names.' }), // oxfmt-ignore
      createMissing: createMissing.default(false),
    })
    .meta({ id: 'NewProviderEndpoint' }),
  status: 201,
  answer: secretDocument,
  handle: async (asked) => {
    const { app, accountId, body, now, hookProviders } = asked
    const { provider: from, name: title, createMissing: creates, ...given } = body
    const { secrets, madeUp } = checkNewSecrets(hookProviders[from], given)
    const made = await createEndpoint(app.db, accountId, { provider: from, name: title, creates, secrets }, now)
    return {
      body: { ...endpointJson(asked, made), ...(madeUp !== undefined && { secret: madeUp }) },
      location: `/provider-endpoints/${made.endpointId}`,
    }
  },
})

const get = route({
  method: 'GET',
  path: '/provider-endpoints/{id}',
  operationId: 'getProviderEndpoint',
  tag: 'Providers',
  summary: 'Get an address of a provider',
  scope: 'admin',
  params: one,
  answer: endpointDocument,
  handle: async (asked) => ({
    body: endpointJson(asked, await getEndpoint(asked.app.db, asked.accountId, asked.params.id)),
  }),
})

const change = route({
  method: 'PATCH',
  path: '/provider-endpoints/{id}',
  operationId: 'updateProviderEndpoint',
  tag: 'Providers',
  summary: 'Rename it, or choose whether what is missing is made',
  scope: 'admin',
  params: one,
  body: z.strictObject({ name, createMissing }).partial().meta({ id: 'ProviderEndpointChange' }),
  answer: endpointDocument,
  write: async (asked, tx) => {
    const { accountId, params, body } = asked
    const changes = { name: body.name, creates: body.createMissing }
    return { body: endpointJson(asked, await changeEndpoint(tx, accountId, params.id, changes)) }
  },
})

const rotate = route({
  method: 'POST',
  path: '/provider-endpoints/{id}/rotate',
  operationId: 'rotateProviderSecret',
  tag: 'Providers',
  summary: 'Take a new secret beside the one there is',
  description:
    'The newest two are right. With `onlyNewest` the older one is forgotten; alone it takes none. For `generic` a new one is made up where none is given, which is in this answer and nowhere else.',
  scope: 'admin',
  params: one,
  body: z.strictObject({ secret, basicAuth, onlyNewest: z.boolean() }).partial().meta({ id: 'ProviderSecretRotation' }),
  answer: secretDocument,
  handle: async (asked) => {
    const { app, accountId, params, body, now, hookProviders } = asked
    let madeUp: string | undefined
    const changed = await changeSecrets(
      app.db,
      accountId,
      params.id,
      (held, from) => {
        const rotated = rotateSecrets(held, hookProviders[from], body, body.onlyNewest === true)
        madeUp = rotated.madeUp
        return rotated.secrets
      },
      now,
    )
    return { body: { ...endpointJson(asked, changed), ...(madeUp !== undefined && { secret: madeUp }) } }
  },
})

const connect = route({
  method: 'POST',
  path: '/provider-endpoints/{id}/connect',
  operationId: 'connectProviderEndpoint',
  tag: 'Providers',
  summary: 'SES: have its topics confirmed for a day',
  description: 'Subscribe, or request confirmation again, within a day. Other providers need nothing of it.',
  scope: 'admin',
  params: one,
  answer: endpointDocument,
  handle: async (asked) => {
    const { app, accountId, params, now } = asked
    return { body: endpointJson(asked, await changeSecrets(app.db, accountId, params.id, (held) => held, now)) }
  },
})

const remove = route({
  method: 'DELETE',
  path: '/provider-endpoints/{id}',
  operationId: 'deleteProviderEndpoint',
  tag: 'Providers',
  summary: 'Take nothing there any more',
  description: 'The provider is told to stop. What came in before stays in the inbox.',
  scope: 'admin',
  params: one,
  status: 204,
  handle: async ({ app, accountId, params, now }) => {
    await removeEndpoint(app.db, accountId, params.id, now)
    return { body: null }
  },
})

export const providerEndpointRoutes: readonly Route[] = [list, create, get, change, rotate, connect, remove]
