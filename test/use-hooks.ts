// Asks a store everything that webhooks of providers ask. Part of use-everything.ts.

import { changeSecrets, removeEndpoint } from '../src/core/inbox/endpoint.ts'
import { forgetAddress } from '../src/core/inbox/forget-address.ts'
import { getInboxBody, getInboxEntry, replayInbox, replayInboxEntry, watchInbox } from '../src/core/inbox/inbox.ts'
import type { Db } from '../src/db/db.ts'
import { createFetch } from '../src/server.ts'
import { addEndpoint, hookRequest, inboxOf, postEvents, readInbox, signedHeaders } from './hooks.ts'
import { testNow } from './server.ts'
import type { TestServer } from './server.ts'

/** Webhooks from the endpoint to the timeline, read again, and forgotten. */
export async function hearFromProviders(server: TestServer, db: Db): Promise<void> {
  const { accountId } = server
  const app = { ...server.app, db }
  const seen: TestServer = { ...server, app, fetch: async (request) => createFetch(app)(request) }
  const endpoint = await addEndpoint(seen, { creates: true })
  const email = 'hooked@example.com'
  const told = ['sent', 'delivered', 'open', 'bounce', 'unsubscribed', 'complained'].map((type) => ({
    type,
    email,
    tag: 'News',
    at: testNow,
  }))
  await postEvents(seen, endpoint, [
    ...told,
    { type: 'click', email, url: 'http://x.example', at: testNow, isMachine: true, tag: 'News' },
  ])
  const twice = JSON.stringify(told)
  for (let times = 0; times < 2; times++)
    await seen.fetch(hookRequest(endpoint, twice, signedHeaders(twice, testNow, 'one')))
  await readInbox(seen)
  const [entry] = await inboxOf(seen)
  await watchInbox(db)
  await getInboxBody(db, accountId, entry!.inboxId)
  await getInboxEntry(db, accountId, entry!.inboxId)
  await replayInboxEntry(db, accountId, entry!.inboxId, testNow)
  await replayInbox(db, accountId, ['done', 'partly'], testNow)
  await changeSecrets(db, accountId, endpoint.endpointId, (held) => held, testNow)
  await forgetAddress(db, accountId, email)
  await removeEndpoint(db, accountId, endpoint.endpointId, testNow)
  await readInbox({ ...seen, app: { ...app, now: () => testNow + 31 * 86_400_000 } })
  // One that is still to be read.
  await postEvents(seen, await addEndpoint(seen), [{ type: 'open', email, at: testNow }])
}
