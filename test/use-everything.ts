// Asks a store everything that the pages, the command line and the import ask, for the tests that look at statements.

import assert from 'node:assert/strict'
import { countContactEvents } from '../src/core/events/counts.ts'
import { listHistory } from '../src/core/events/history.ts'
import type { Db } from '../src/db/db.ts'
import { createFetch } from '../src/server.ts'
import { importLines } from './import-lines.ts'
import { base, basic, host } from './server.ts'
import type { TestServer } from './server.ts'

export const paths = ['/', '/contacts', '/contacts?email=jflowers@mail.com', '/contacts?updatedsince=2009-01-01T00:00:00Z&listtype=active', '/contacts?updatedsince=2009-01-01T00:00:00Z&listid=1',
  '/contacts/32', '/contacts/32/events/', '/contacts/32/events/clicks', '/contacts/32/events/summary', '/lists', '/lists/1', '/lists/1/members', '/lists/active/members',
  '/campaigns', '/campaigns?status=sent', '/campaigns/1100', '/campaigns/1100/events/opens', '/campaigns/1100/events/urls/1'] // oxfmt-ignore

/** What the questions are about. */
export function fill(server: TestServer): Promise<unknown> {
  return importLines(server, [
    { type: 'list', id: 1, name: 'General Interest' },
    { type: 'campaign', id: 1100, name: 'One' },
    { type: 'contact', id: 32, email: 'jflowers@mail.com', lists: ['General Interest'] },
    { type: 'event', kind: 'click', contact: 32, campaign: 1100, at: '2009-01-01T00:00:00Z', url: 'http://x.example' },
  ])
}

export async function useEverything(server: TestServer, db: Db): Promise<void> {
  const fetch = createFetch({ ...server.app, db })
  for (const path of paths) {
    const response = await fetch(
      new Request(`http://${host}${base}${path}`, { headers: { host, authorization: basic() } }),
    )
    assert.equal(response.status, 200, path)
  }
  for (const order of ['newest-first', 'oldest-first'] as const) {
    await listHistory(db, server.accountId, { contactId: 32, order, limit: 50 })
  }
  await countContactEvents(db, server.accountId, 32)
  await importLines({ ...server, app: { ...server.app, db } }, [
    { type: 'contact', id: 33, email: 'b@example.com', lists: ['General Interest'] },
    {
      type: 'event',
      kind: 'send',
      contact: 33,
      campaign: 1100,
      at: '2009-01-01T00:00:00Z',
      messageId: '<1@x>',
      key: 'k',
    },
  ])
}
