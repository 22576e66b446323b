// The inbox, through the API: what came in by webhooks of providers, what became of it, and having it read again.

import { z } from 'zod'
import { listEndpoints } from '../../core/inbox/endpoint.ts'
import { hookProviderNames } from '../../core/inbox/hook-event.ts'
import {
  getInboxBody,
  getInboxEntry,
  inboxStates,
  listInbox,
  replayInbox,
  replayInboxEntry,
} from '../../core/inbox/inbox.ts'
import type { InboxEntry } from '../../core/inbox/inbox.ts'
import type { Reader } from '../../db/db.ts'
import { pageReply, positionOf } from './paging.ts'
import { route } from './route.ts'
import type { Route } from './route.ts'
import { cursor, id, limit, pageOf, time, timeOrNull, timeText } from './schemas.ts'

const one = { id }
const state = z.enum(inboxStates).meta({
  id: 'InboxState',
  description:
    '`new`: not read yet. `done`: what belongs on timelines is there. `partly`: some of it could not be put there. `failed`: it makes no sense.',
})
const count = z.int().min(0)

const fields = {
  id,
  provider: z.enum(hookProviderNames),
  endpointName: z.string().nullable().meta({ description: 'Of the endpoint it came to; null when that was removed.' }),
  receivedAt: time,
  readAt: time.nullable(),
  bytes: count,
  state,
  outcome: z
    .strictObject({
      recorded: count,
      known: count.meta({ description: 'On the timeline before.' }),
      ignored: count.meta({ description: 'Nothing for a timeline.' }),
      unmapped: count.meta({ description: 'Of which nobody knows whom or what they are about.' }),
      problems: z.array(z.strictObject({ item: z.int(), message: z.string() })).meta({
        description: 'Why some are not on a timeline: the first twenty, by their place in the body.',
      }),
    })
    .nullable()
    .meta({ description: 'How many events became what; null before it was read.' }),
}
const entryDocument = z.strictObject(fields).meta({ id: 'InboxEntry' })

type Names = ReadonlyMap<string, string>

async function namesOf(db: Reader, accountId: number): Promise<Names> {
  return new Map((await listEndpoints(db, accountId)).map(({ endpointId, name }) => [endpointId, name]))
}

// Without the endpoint's id, which is a secret.
function entryJson(entry: InboxEntry, names: Names): z.input<typeof entryDocument> {
  const { inboxId, provider, endpointId, receivedAt, readAt, bytes, outcome } = entry
  return {
    id: inboxId,
    provider,
    endpointName: names.get(endpointId) ?? null,
    receivedAt: timeText(receivedAt),
    readAt: timeOrNull(readAt),
    bytes,
    state: entry.state,
    outcome,
  }
}

const list = route({
  method: 'GET',
  path: '/inbox',
  operationId: 'listInbox',
  tag: 'Providers',
  summary: 'What came in from providers, for 30 days',
  description: 'Each request as it came, with what became of it. The latest first.',
  scope: 'read',
  query: {
    state: z.array(state).max(4).optional().meta({ description: 'Only in these states.' }),
    cursor: cursor.optional(),
    limit: limit(200, 50),
  },
  answer: pageOf('InboxPage', entryDocument),
  handle: async (asked) => {
    const { app, accountId, query } = asked
    const page = { states: query.state ?? inboxStates, before: positionOf<number>(asked), limit: query.limit + 1 }
    const found = await listInbox(app.db, accountId, page)
    const names = await namesOf(app.db, accountId)
    const shown = found.slice(0, query.limit)
    const next = found.length > query.limit ? shown.at(-1)?.inboxId : undefined
    return pageReply(asked, shown.map((entry) => entryJson(entry, names)), next) // oxfmt-ignore
  },
})

const get = route({
  method: 'GET',
  path: '/inbox/{id}',
  operationId: 'getInboxEntry',
  tag: 'Providers',
  summary: 'Get what came in, as it came',
  scope: 'read',
  params: one,
  answer: z
    .strictObject({ ...fields, body: z.base64().meta({ description: 'As it came, in base64.' }) })
    .meta({ id: 'InboxEntryWithBody' }),
  handle: async ({ app, accountId, params }) => {
    const entry = await getInboxEntry(app.db, accountId, params.id)
    const body = Buffer.from(await getInboxBody(app.db, accountId, params.id)).toString('base64')
    return { body: { ...entryJson(entry, await namesOf(app.db, accountId)), body } }
  },
})

const replayOne = route({
  method: 'POST',
  path: '/inbox/{id}/replay',
  operationId: 'replayInboxEntry',
  tag: 'Providers',
  summary: 'Have one read again',
  description: 'Whatever became of it before; what is on timelines already stays there once.',
  scope: 'write',
  params: one,
  status: 202,
  answer: entryDocument,
  handle: async ({ app, accountId, params, now }) => {
    await replayInboxEntry(app.db, accountId, params.id, now)
    const entry = await getInboxEntry(app.db, accountId, params.id)
    return { body: entryJson(entry, await namesOf(app.db, accountId)) }
  },
})

const replayAll = route({
  method: 'POST',
  path: '/inbox/replay',
  operationId: 'replayInbox',
  tag: 'Providers',
  summary: 'Have all in some states read again',
  description: 'Such as after an import that brought the contacts they are about.',
  scope: 'write',
  body: z.strictObject({ states: z.array(state).min(1).max(4) }).meta({ id: 'InboxReplay' }),
  status: 202,
  answer: z.strictObject({ replayed: count }).meta({ id: 'InboxReplayed' }),
  handle: async ({ app, accountId, body, now }) => ({
    body: { replayed: await replayInbox(app.db, accountId, body.states, now) },
  }),
})

export const inboxRoutes: readonly Route[] = [list, get, replayAll, replayOne]
