// What runs the account: its API keys, the addresses it sends from, its jobs, and judging opens and clicks anew.

import { z } from 'zod'
import { allScopes, createApiKey, listApiKeys, revokeApiKey } from '../../core/accounts/api-key.ts'
import type { ApiKey } from '../../core/accounts/api-key.ts'
import { parseEmail } from '../../core/contacts/email.ts'
import { getJob, listJobs } from '../../core/jobs/job.ts'
import type { JobState } from '../../core/jobs/job.ts'
import { getSender, insertSender, listSenders } from '../../core/senders/sender.ts'
import type { Sender } from '../../core/senders/sender.ts'
import { insertReplay, replayJob } from '../../core/verdicts/replay-job.ts'
import type { ReplayProgress } from '../../core/verdicts/replay-job.ts'
import { pageReply, positionOf } from './paging.ts'
import { route } from './route.ts'
import type { Route } from './route.ts'
import { cursor, email, id, limit, pageOf, text, time, timeOrNull, timeText } from './schemas.ts'

const one = { id }
const scopes = z.array(z.enum(allScopes))

const keyFields = {
  id,
  name: z.string(),
  scopes,
  worksAlone: z
    .boolean()
    .meta({ description: 'False: a key of the 2008 wire, which needs user name and password beside it.' }),
  createdAt: time,
  revokedAt: time.nullable(),
}
const keyDocument = z.strictObject(keyFields).meta({ id: 'ApiKey' })

function keyJson({
  apiKeyId,
  name,
  scopes: held,
  worksAlone,
  createdAt,
  revokedAt,
}: ApiKey): z.input<typeof keyDocument> {
  return {
    id: apiKeyId,
    name,
    scopes: held,
    worksAlone,
    createdAt: timeText(createdAt),
    revokedAt: timeOrNull(revokedAt),
  }
}

const keys = route({
  method: 'GET',
  path: '/keys',
  operationId: 'listKeys',
  tag: 'Account',
  summary: 'API keys, revoked ones too',
  scope: 'admin',
  answer: pageOf('ApiKeyPage', keyDocument),
  handle: async ({ app, accountId }) => ({ body: { items: (await listApiKeys(app.db, accountId)).map(keyJson) } }),
})

const createKey = route({
  method: 'POST',
  path: '/keys',
  operationId: 'createKey',
  tag: 'Account',
  summary: 'Make an API key',
  description:
    'The key itself is in this answer and nowhere else; so no second request is answered with it, and `Idempotency-Key` is refused.',
  scope: 'admin',
  body: z
    .strictObject({
      name: text(200).min(1),
      scopes: scopes
        .min(1)
        .max(3)
        .default([...allScopes]),
    })
    .meta({ id: 'NewApiKey' }),
  status: 201,
  answer: z
    .strictObject({ ...keyFields, key: z.string().meta({ description: 'Shown this once.' }) })
    .meta({ id: 'CreatedApiKey' }),
  handle: async ({ app, accountId, body, now }) => {
    const given = { name: body.name, scopes: allScopes.filter((scope) => body.scopes.includes(scope)) }
    const made = await createApiKey(app.db, accountId, given, now)
    return { body: { ...keyJson(made), key: made.key } }
  },
})

const revokeKey = route({
  method: 'DELETE',
  path: '/keys/{id}',
  operationId: 'revokeKey',
  tag: 'Account',
  summary: 'Make an API key stop working at once',
  scope: 'admin',
  params: one,
  status: 204,
  handle: async ({ app, accountId, params, now }) => {
    await revokeApiKey(app.db, accountId, params.id, now)
    return { body: null }
  },
})

const sender = z.strictObject({ id, email: z.string(), verifiedAt: time.nullable() }).meta({ id: 'Sender' })

function senderJson({ senderId, email: address, verifiedAt }: Sender): z.input<typeof sender> {
  return { id: senderId, email: address, verifiedAt: timeOrNull(verifiedAt) }
}

const senders = route({
  method: 'GET',
  path: '/senders',
  operationId: 'listSenders',
  tag: 'Account',
  summary: 'Addresses that campaigns may be sent from',
  scope: 'read',
  answer: pageOf('SenderPage', sender),
  handle: async ({ app, accountId }) => ({ body: { items: (await listSenders(app.db, accountId)).map(senderJson) } }),
})

const addSender = route({
  method: 'POST',
  path: '/senders',
  operationId: 'createSender',
  tag: 'Account',
  summary: 'Add an address to send from',
  description: 'Whoever adds it vouches that it is the account’s own.',
  scope: 'admin',
  body: z.strictObject({ email }).meta({ id: 'NewSender' }),
  status: 201,
  answer: sender,
  problems: [409, 422],
  write: async ({ accountId, body, now }, tx) => {
    const made = await insertSender(tx, accountId, parseEmail(body.email), now)
    return { body: senderJson(made), location: `/senders/${made.senderId}` }
  },
})

const oneSender = route({
  method: 'GET',
  path: '/senders/{id}',
  operationId: 'getSender',
  tag: 'Account',
  summary: 'Get an address to send from',
  scope: 'read',
  params: one,
  answer: sender,
  handle: async ({ app, accountId, params }) => ({ body: senderJson(await getSender(app.db, accountId, params.id)) }),
})

const replayResult = z
  .strictObject({
    rulesVersion: z.string(),
    stored: z.boolean(),
    sends: z.int().meta({ description: 'Messages whose hits were judged so far.' }),
    changes: z.array(
      z.strictObject({ campaign: id, kind: z.string(), from: z.string(), to: z.string(), count: z.int() }),
    ),
  })
  .meta({ id: 'ReplayResult' })
const jobDocument = z
  .strictObject({
    id,
    kind: z.string(),
    state: z.enum(['waiting', 'running', 'done', 'failed']),
    createdAt: time,
    replay: replayResult.optional().meta({ description: 'What judging anew has found so far.' }),
  })
  .meta({ id: 'Job' })

function jobJson({ jobId, kind, state, createdAt, progress }: JobState): z.input<typeof jobDocument> {
  const result = kind === replayJob && progress ? replayOf(progress as ReplayProgress) : undefined
  return { id: jobId, kind, state, createdAt: timeText(createdAt), ...(result && { replay: result }) }
}

function replayOf({ rulesVersion, isStored, sends, changes }: ReplayProgress): z.input<typeof replayResult> {
  const shown = changes.map(({ campaignId, ...rest }) => ({ campaign: campaignId, ...rest }))
  return { rulesVersion, stored: isStored, sends, changes: shown }
}

const jobs = route({
  method: 'GET',
  path: '/jobs',
  operationId: 'listJobs',
  tag: 'Account',
  summary: 'Work that goes on behind the answers',
  description: 'The latest first.',
  scope: 'read',
  query: { cursor: cursor.optional(), limit: limit(200, 50) },
  answer: pageOf('JobPage', jobDocument),
  handle: async (asked) => {
    const { app, accountId, query } = asked
    const found = await listJobs(app.db, accountId, { before: positionOf<number>(asked), limit: query.limit + 1 })
    const shown = found.slice(0, query.limit)
    return pageReply(asked, shown.map(jobJson), found.length > query.limit ? shown.at(-1)?.jobId : undefined)
  },
})

const job = route({
  method: 'GET',
  path: '/jobs/{id}',
  operationId: 'getJob',
  tag: 'Account',
  summary: 'Get a job',
  scope: 'read',
  params: one,
  answer: jobDocument,
  handle: async ({ app, accountId, params }) => ({ body: jobJson(await getJob(app.db, accountId, params.id)) }),
})

const replay = route({
  method: 'POST',
  path: '/verdicts/replay',
  operationId: 'replayVerdicts',
  tag: 'Account',
  summary: 'Judge opens and clicks anew',
  description:
    'By the rules of this server, as far back as raw hits are kept. Without `"store": true` the job only says what would change.',
  scope: 'admin',
  body: z.strictObject({ store: z.boolean().default(false) }).meta({ id: 'ReplayRequest' }),
  status: 202,
  answer: jobDocument,
  problems: [422],
  write: async ({ accountId, body, now }, tx) => {
    const jobId = await insertReplay(tx, accountId, body.store, now)
    return { body: jobJson(await getJob(tx, accountId, jobId)), location: `/jobs/${jobId}` }
  },
})

export const adminRoutes: readonly Route[] = [
  keys, createKey, revokeKey, senders, addSender, oneSender, replay, jobs, job,
] // oxfmt-ignore
