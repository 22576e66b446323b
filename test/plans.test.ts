// No question a face asks looks through a whole table: each statement it runs is explained, and must search an index.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { App } from '../src/app.ts'
import { Sql } from '../src/db/sql.ts'
import { listHistory } from '../src/core/events/history.ts'
import { countContactEvents } from '../src/core/events/counts.ts'
import { createFetch } from '../src/server.ts'
import { importLines } from './import-lines.ts'
import { base, basic, host, startTestServer } from './server.ts'
import { gif, postFolder, postImage } from './upload.ts'

const search = /^(?!SCAN)/
/** All kinds of a contact: up to eight short ranges, merged. */
const searchOrMerged = /^(?!SCAN (?!\(subquery-\d+\)$|e$))/

test('every page of the 2008 wire and of the command line searches, and scans nothing that grows', async () => {
  await using server = await startTestServer()
  await importLines(server, [
    { type: 'list', id: 1, name: 'General Interest' },
    { type: 'campaign', id: 1100, name: 'One' },
    { type: 'contact', id: 32, email: 'jflowers@mail.com', lists: ['General Interest'] },
    { type: 'event', kind: 'click', contact: 32, campaign: 1100, at: '2009-01-01T00:00:00Z', url: 'http://x.example' },
  ])
  await postFolder(server, 'Spring')
  await postImage(server, 1, gif())
  const seen = new Map<string, Sql>()
  const note = (query: Sql): Sql => {
    seen.set(query.strings.join('?'), query)
    return query
  }
  const { db } = server.app
  const watched: App['db'] = {
    all: (query) => db.all(note(query)),
    one: (query) => db.one(note(query)),
    tuples: (query) => db.tuples(note(query)),
    version: () => undefined,
    transaction: (work) =>
      db.transaction((tx) =>
        work({
          all: (query) => tx.all(note(query)),
          one: (query) => tx.one(note(query)),
          tuples: (query) => tx.tuples(note(query)),
          run: (query) => tx.run(note(query)),
        }),
      ),
    [Symbol.asyncDispose]: () => db[Symbol.asyncDispose](),
  }
  const fetch = createFetch({ ...server.app, db: watched })
  const paths = ['/', '/contacts', '/contacts?email=jflowers@mail.com', '/contacts?updatedsince=2009-01-01T00:00:00Z&listtype=active', '/contacts?updatedsince=2009-01-01T00:00:00Z&listid=1',
    '/contacts/32', '/contacts/32/events/', '/contacts/32/events/clicks', '/contacts/32/events/summary', '/lists', '/lists/1', '/lists/1/members', '/lists/active/members',
    '/campaigns', '/campaigns?status=sent', '/campaigns/1100', '/campaigns/1100/events/opens', '/campaigns/1100/events/urls/1', '/library/folders', '/library/folders/1/images', '/library/folders/1/images/1'] // oxfmt-ignore
  for (const path of paths) {
    const response = await fetch(
      new Request(`http://${host}${base}${path}`, { headers: { host, authorization: basic() } }),
    )
    assert.equal(response.status, 200, path)
  }
  for (const order of ['newest-first', 'oldest-first'] as const) {
    await listHistory(watched, server.accountId, { contactId: 32, order, limit: 50 })
  }
  await countContactEvents(watched, server.accountId, 32)
  await importLines({ ...server, app: { ...server.app, db: watched } }, [
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

  assert.ok(seen.size > 30, `${seen.size} statements`)
  for (const [text, { strings, values }] of seen) {
    const plan = await db.all<{ detail: string }>(
      new Sql([`explain query plan ${strings[0]}`, ...strings.slice(1)], values),
    )
    for (const { detail } of plan) assert.match(detail, text.includes('union all') ? searchOrMerged : search, text)
  }
})
