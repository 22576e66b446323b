// Asks a store everything that the pages, the command line and the import ask, for the tests that look at statements.

import assert from 'node:assert/strict'
import { chooseAccount, createAccount, setPassword } from '../src/core/accounts/account.ts'
import { setRetention } from '../src/core/accounts/settings.ts'
import { createApiKey, revokeApiKey } from '../src/core/accounts/api-key.ts'
import { changeDraft, createDraft, deleteCampaign } from '../src/core/campaigns/write-campaign.ts'
import { optOutContact } from '../src/core/contacts/opt-out.ts'
import {
  readConsents,
  readEvents,
  readForwards,
  readHits,
  readMessages,
  readSends,
  readVerdicts,
} from '../src/core/contacts/contact-record.ts'
import { changeContact, createContact } from '../src/core/contacts/write-contact.ts'
import { checkTotals } from '../src/core/erasure/check-totals.ts'
import { eraseContact, resumeErasure } from '../src/core/erasure/erase-contact.ts'
import { countContactEvents } from '../src/core/events/counts.ts'
import { listFeed } from '../src/core/events/feed.ts'
import { listHistory } from '../src/core/events/history.ts'
import { changeList, createList, deleteList } from '../src/core/lists/write-list.ts'
import { insertJob } from '../src/core/jobs/job.ts'
import { listApplications } from '../src/core/oauth/application.ts'
import { listGrants } from '../src/core/oauth/token.ts'
import { sql } from '../src/db/sql.ts'
import { TokenVerifier } from '../src/core/oauth/verify-token.ts'
import { addSender } from '../src/core/senders/sender.ts'
import { admitAddress } from '../src/core/suppressions/erased-addresses.ts'
import type { Db } from '../src/db/db.ts'
import { ForbiddenError } from '../src/errors.ts'
import { createFetch } from '../src/server.ts'
import { importLines } from './import-lines.ts'
import { addClient, credentials, obtainTokens, post, refresh } from './oauth.ts'
import { runDueJobs } from './run-jobs.ts'
import { base, basic, host, testNow } from './server.ts'
import type { TestServer } from './server.ts'
import { useBounces } from './use-bounces.ts'
import { useSending } from './use-sending.ts'
import { gif, postFolder, postImage } from './upload.ts'
import { useWeb } from './use-web.ts'
import { useWebhooks } from './use-webhooks.ts'
import { askApi } from './use-api.ts'
import { hearFromProviders } from './use-hooks.ts'
import { hitEverything, readMail, forwardMail } from './use-tracking.ts'

const paths = ['/', '/contacts', '/contacts?email=jflowers@mail.com', '/contacts?updatedsince=2009-01-01T00:00:00Z&listtype=active', '/contacts?updatedsince=2009-01-01T00:00:00Z&listid=1',
  '/contacts/32', '/contacts/32/events/', '/contacts/32/events/clicks', '/contacts/32/events/summary', '/lists', '/lists/1', '/lists/1/members', '/lists/active/members',
  '/campaigns', '/campaigns?status=sent', '/campaigns/1100', '/campaigns/1100/events/opens', '/campaigns/1100/events/urls/1',
  '/campaigns/1100/schedules', '/activities', '/library/folders', '/library/folders/1/images', '/library/folders/1/images/1'] // oxfmt-ignore

/** What the questions are about. */
export async function fill(server: TestServer): Promise<void> {
  await importLines(server, [
    { type: 'list', id: 1, name: 'General Interest' },
    { type: 'campaign', id: 1100, name: 'One' },
    { type: 'contact', id: 32, email: 'jflowers@mail.com', lists: ['General Interest'] },
    { type: 'event', kind: 'click', contact: 32, campaign: 1100, at: '2009-01-01T00:00:00Z', url: 'http://x.example' },
  ])
  await postFolder(server, 'Spring')
  await postImage(server, 1, gif())
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
  const { next } = await listFeed(db, server.accountId, { limit: 1, now: testNow + 10_000 })
  await listFeed(db, server.accountId, { after: next, limit: 50, now: testNow + 10_000 })
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
  await writeEverything(server, db)
  await useApplications(server, db)
  await readMail(server, db)
  await doActivities(server, db)
  await forwardMail(server, db)
  await hearFromProviders(server, db)
  await hitEverything(server, db)
  await useSending(server, db)
  await pruneEverything(server, db)
  await useBounces(server, db)
  await askApi(server, db)
  await useWeb(server, db)
  await useWebhooks(server, db)
  await eraseEverything(server, db)
}

/** What an account no longer keeps, forgotten. */
async function pruneEverything(server: TestServer, db: Db): Promise<void> {
  const { app } = server
  const { accountId } = await chooseAccount(db, 'another')
  const event = { type: 'event', contact: 91_000, campaign: 2100, at: '2009-01-01T00:00:00Z' }
  await importLines({ ...server, accountId }, [
    { type: 'campaign', id: 2100, name: 'Old' },
    { type: 'contact', id: 91_000, email: 'old@example.com' },
    { ...event, kind: 'send', key: 'a', messageId: '<old@x>' },
    { ...event, kind: 'open', key: 'b' },
  ])
  await setRetention(db, accountId, { hitDays: 20, eventDays: 30 })
  const prune = { accountId: null, kind: 'prune-events', subject: 'recurring', dueAt: 0 }
  await db.transaction((tx) => insertJob(tx, prune, app.now()))
  await runDueJobs({ ...app, db, now: () => app.now() + 86_400_000 })
  assert.deepEqual(await db.tuples(sql`select kind from event where contact_id = 91000`), [])
}

/** A contact given to itself, another erased, what was left of it, and the totals after that. */
async function eraseEverything(server: TestServer, db: Db): Promise<void> {
  const { app, accountId } = server
  for await (const row of readForwards(db, accountId, 32)) assert.ok(row)
  for (const read of [readEvents, readSends, readMessages, readConsents, readVerdicts, readHits])
    for await (const row of read(db, accountId, 33)) assert.ok(row)
  const gone = { contactId: 90_000, email: 'gone@example.com' }
  await importLines(server, [
    { type: 'contact', id: gone.contactId, email: gone.email, lists: ['General Interest'] },
    { type: 'event', kind: 'open', contact: gone.contactId, campaign: 1100, at: '2009-01-01T00:00:00Z' },
  ])
  await db.transaction((tx) =>
    tx.run(sql`insert into activity_error(account_id, activity_id, error_no, line, email, message)
      values (${accountId}, 'a', 0, 1, ${gone.email}, '')`),
  )
  await eraseContact(db, accountId, gone, app.now())
  await resumeErasure(db, accountId, gone.contactId)
  const finish = { accountId: null, kind: 'finish-erasures', subject: 'recurring', dueAt: 0 }
  await db.transaction((tx) => insertJob(tx, finish, app.now()))
  await runDueJobs({ ...app, db, now: () => app.now() + 60_000 })
  await assert.rejects(
    db.transaction((tx) => admitAddress(tx, accountId, gone.email, 'customer')),
    ForbiddenError,
  )
  for await (const { isBusy } of checkTotals(db, accountId)) assert.equal(isBusy, false)
}

/** An application let in, at work, and sent away. */
async function useApplications(server: TestServer, db: Db): Promise<void> {
  const app = { ...server.app, db, tokens: new TokenVerifier(db) }
  const seen = { ...server, app, fetch: async (request: Request) => createFetch(app)(request) }
  const client = await addClient(seen)
  const { access_token: token, refresh_token: renewing } = await obtainTokens(seen, client)
  const headers = { host, authorization: `Bearer ${token}` }
  assert.equal((await seen.fetch(new Request(`http://${host}${base}/lists`, { headers }))).status, 200)
  assert.equal((await refresh(seen, client, renewing)).status, 200)
  assert.equal((await refresh(seen, client, renewing)).status, 400)
  assert.equal((await post(seen, '/oauth2/revoke', { ...credentials(client), token })).status, 200)
  await listApplications(db, server.accountId)
  await listGrants(db, server.accountId, app.now())
}

/** Bulk activities of each kind, from the form to the file, and forgotten. */
async function doActivities(server: TestServer, db: Db): Promise<void> {
  const app = { ...server.app, db }
  const fetch = createFetch(app)
  const ask = (path: string, body?: Record<string, string>): Promise<Response> =>
    Promise.resolve(
      fetch(
        new Request(`http://${host}${base}${path}`, {
          headers: { host, authorization: basic() },
          ...(body && { method: 'POST', body: new URLSearchParams(body) }),
        }),
      ),
    )
  const lists = `http://x${base}/lists/1`
  const data = 'Email Address,First Name\na@example.com,A\njflowers@mail.com,Joe\nnone'
  const forms = [
    { activityType: 'SV_ADD', data, lists },
    { activityType: 'REMOVE_CONTACTS_FROM_LISTS', data: 'a@example.com', lists },
    { activityType: 'EXPORT_CONTACTS', listId: lists },
    { activityType: 'CLEAR_CONTACTS_FROM_LISTS', lists },
  ]
  for (const form of forms) {
    const answer = await ask('/activities', form)
    assert.equal(answer.status, 201)
    await runDueJobs(app)
    const path = new URL(answer.headers.get('location')!).pathname.slice(base.length)
    assert.match(await (await ask(path)).text(), /<Status>COMPLETE</)
    if (form.listId) assert.match(await (await ask(`${path}.csv`)).text(), /jflowers/)
  }
  const prune = { accountId: null, kind: 'prune-activities', subject: 'recurring', dueAt: 0 }
  await db.transaction((tx) => insertJob(tx, prune, app.now()))
  await runDueJobs({ ...app, now: () => app.now() + 100 * 86_400_000 })
}

/** Every way core has of writing, so that all statements are run once. */
async function writeEverything({ accountId }: TestServer, db: Db): Promise<void> {
  const now = Date.parse('2009-11-19T00:00:00Z')
  const { accountId: otherId } = await createAccount(db, { username: 'another', password: 'secret' }, now)
  await setPassword(db, otherId, 'other')
  const { apiKeyId } = await createApiKey(db, otherId, { name: 'one' }, now)
  await revokeApiKey(db, otherId, apiKeyId, now)
  const [a, b] = [
    await createList(db, accountId, { name: 'A', isOptInDefault: false, sortOrder: 3 }, now),
    await createList(db, accountId, { name: 'B', isOptInDefault: true, sortOrder: 4 }, now),
  ]
  const write = { by: 'customer' as const, listIds: [a.listId, b.listId] }
  const contact = await createContact(db, accountId, { ...write, fields: { email: 'w@example.com', profile: {} } }, now)
  const change = { by: 'customer' as const, listIds: [b.listId], fields: { email: 'v@example.com', profile: {} } }
  await changeContact(db, accountId, contact.contactId, change, now)
  await addSender(db, accountId, 'joe@example.com', now)
  const draft = { name: 'Draft', content: { fromEmail: 'joe@example.com' }, listIds: [a.listId] }
  const { campaignId } = await createDraft(db, accountId, draft, now)
  await changeDraft(db, accountId, campaignId, draft, now)
  await deleteCampaign(db, accountId, campaignId)
  await changeList(db, accountId, a.listId, { name: 'AA' })
  await deleteList(db, accountId, b.listId, now)
  await optOutContact(db, accountId, contact.contactId, { by: 'contact', source: 'page', at: now, campaignId: 1100 })
}
