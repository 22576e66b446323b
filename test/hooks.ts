// Webhooks as providers post them, for tests: endpoints with known secrets, signed requests, and what became of them.

import assert from 'node:assert/strict'
import { createHmac, randomUUID } from 'node:crypto'
import { createEndpoint } from '../src/core/inbox/endpoint.ts'
import type { Endpoint, NewEndpoint } from '../src/core/inbox/endpoint.ts'
import { listHistory } from '../src/core/events/history.ts'
import type { HistoryEvent } from '../src/core/events/history.ts'
import { listInbox, inboxStates } from '../src/core/inbox/inbox.ts'
import type { InboxEntry } from '../src/core/inbox/inbox.ts'
import { runDueJobs } from './run-jobs.ts'
import { host } from './server.ts'
import type { TestServer } from './server.ts'
import { insertJob } from '../src/core/jobs/job.ts'

export const hookSecret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

export function addEndpoint(server: TestServer, given: Partial<NewEndpoint> = {}): Promise<Endpoint> {
  const { app, accountId } = server
  const endpoint = { provider: 'generic', name: 'test', secrets: { keys: [hookSecret] }, creates: false, ...given } as const // oxfmt-ignore
  return createEndpoint(app.db, accountId, endpoint, app.now())
}

export function hookRequest(
  { provider, endpointId }: Pick<Endpoint, 'provider' | 'endpointId'>,
  body: string,
  headers: Record<string, string> = {},
): Request {
  return new Request(`http://${host}/hooks/${provider}/${endpointId}`, { method: 'POST', headers, body })
}

/** As Standard Webhooks has it. */
export function signedHeaders(body: string, now: number, id: string = randomUUID()): Record<string, string> {
  const timestamp = String(Math.floor(now / 1000))
  const key = Buffer.from(hookSecret.slice('whsec_'.length), 'base64')
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` }
}

/** Posts events to a generic endpoint, which must take them. */
export async function postEvents(server: TestServer, endpoint: Endpoint, events: readonly object[]): Promise<void> {
  const body = JSON.stringify(events)
  const response = await server.fetch(hookRequest(endpoint, body, signedHeaders(body, server.app.now())))
  assert.equal(response.status, 200, await response.text())
}

/** Reads what is in the inbox, as the server does behind its answers. */
export async function readInbox({ app }: TestServer): Promise<void> {
  for (const kind of ['read-inbox', 'prune-inbox'])
    await app.db.transaction((tx) => insertJob(tx, { accountId: null, kind, subject: 'recurring', dueAt: 0 }, app.now())) // oxfmt-ignore
  await runDueJobs(app)
}

export function inboxOf({ app, accountId }: TestServer): Promise<InboxEntry[]> {
  return listInbox(app.db, accountId, { states: inboxStates, limit: 1000 })
}

/** Oldest first. */
export async function historyOf({ app, accountId }: TestServer, contactId: number): Promise<HistoryEvent[]> {
  const { events } = await listHistory(app.db, accountId, { contactId, order: 'oldest-first', limit: 1000 })
  return events
}
