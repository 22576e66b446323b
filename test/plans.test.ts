// No question a face asks looks through a whole table: each statement it runs is explained, and must search an index.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { App } from '../src/app.ts'
import { Sql } from '../src/db/sql.ts'
import { listHistory } from '../src/core/events/history.ts'
import { countContactEvents } from '../src/core/events/counts.ts'
import { createFetch } from '../src/server.ts'
import { takeOffLists } from '../src/core/lists/take-off-lists.ts'
import { deleteList } from '../src/core/lists/write-list.ts'
import { setPassword } from '../src/core/accounts/account.ts'
import { listApplications } from '../src/core/oauth/application.ts'
import { listGrants } from '../src/core/oauth/token.ts'
import { TokenVerifier } from '../src/core/oauth/verify-token.ts'
import { importLines } from './import-lines.ts'
import { addClient, credentials, obtainTokens, post, refresh } from './oauth.ts'
import { base, basic, host, startTestServer } from './server.ts'
import { gif, postFolder, postImage } from './upload.ts'

const search = /^(?!SCAN)/
/** All kinds of a contact: up to eight short ranges, merged. */
const searchOrMerged = /^(?!SCAN (?!\(subquery-\d+\)$|e$))/

test('every page of the 2008 wire and of the command line searches, every token too, and scans nothing that grows', async () => {
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
  const app = { ...server.app, db: watched, tokens: new TokenVerifier(watched) }
  const seenServer = { ...server, app, fetch: async (request: Request) => createFetch(app)(request) }
  const client = await addClient(seenServer)
  const { access_token: token, refresh_token: renewing } = await obtainTokens(seenServer, client)
  const authorization = `Bearer ${token}`
  const read = await seenServer.fetch(new Request(`http://${host}${base}/lists`, { headers: { host, authorization } }))
  assert.equal(read.status, 200)
  assert.equal((await refresh(seenServer, client, renewing)).status, 200)
  assert.equal((await refresh(seenServer, client, renewing)).status, 400)
  assert.equal((await post(seenServer, '/oauth2/revoke', { ...credentials(client), token })).status, 200)
  await listApplications(watched, server.accountId)
  await listGrants(watched, server.accountId, app.now())
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

  await db.transaction((tx) => takeOffLists({ ...tx, all: (q) => tx.all(note(q)), run: (q) => tx.run(note(q)) }, server.accountId, [33], [1], 0)) // oxfmt-ignore
  await deleteList(watched, server.accountId, 1, 0)
  await setPassword(watched, server.accountId, 'new secret')
  assert.ok(seen.size > 40, `${seen.size} statements`)
  for (const [text, { strings, values }] of seen) {
    const plan = await db.all<{ detail: string }>(
      new Sql([`explain query plan ${strings[0]}`, ...strings.slice(1)], values),
    )
    for (const { detail } of plan) {
      assert.match(detail, text.includes('union all') ? searchOrMerged : search, text)
      // All memberships of an account, for each contact, is as bad as a scan.
      assert.doesNotMatch(detail, /membership_list \(account_id=\?\)/, text)
    }
  }
})
