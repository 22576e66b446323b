// Asks a store everything that the pages, the command line and the import ask, for the tests that look at statements.

import assert from 'node:assert/strict'
import { chooseAccount, createAccount, setPassword } from '../src/core/accounts/account.ts'
import { setForwards, setRetention } from '../src/core/accounts/settings.ts'
import { createApiKey, revokeApiKey } from '../src/core/accounts/api-key.ts'
import { endSharing, shareCampaign } from '../src/core/campaigns/share.ts'
import { KeyVerifier } from '../src/core/accounts/verify-key.ts'
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
import { chooseLists } from '../src/core/contacts/preferences.ts'
import { changeContact, createContact } from '../src/core/contacts/write-contact.ts'
import { checkTotals } from '../src/core/erasure/check-totals.ts'
import { eraseContact, resumeErasure } from '../src/core/erasure/erase-contact.ts'
import { countContactEvents } from '../src/core/events/counts.ts'
import { listFeed } from '../src/core/events/feed.ts'
import { listHistory } from '../src/core/events/history.ts'
import { changeList, createList, deleteList } from '../src/core/lists/write-list.ts'
import { changeSecrets, removeEndpoint } from '../src/core/inbox/endpoint.ts'
import { forgetAddress } from '../src/core/inbox/forget-address.ts'
import { getInboxBody, getInboxEntry, replayInbox, replayInboxEntry } from '../src/core/inbox/inbox.ts'
import { insertJob } from '../src/core/jobs/job.ts'
import { listApplications } from '../src/core/oauth/application.ts'
import { listGrants } from '../src/core/oauth/token.ts'
import { rewriteMail } from '../src/core/tracking/rewrite-mail.ts'
import { sealToken } from '../src/core/tracking/token.ts'
import { assembleTracking } from '../src/core/tracking/tracking.ts'
import { sql } from '../src/db/sql.ts'
import { openSqlite } from '../src/db/sqlite.ts'
import { findVerdicts } from '../src/core/verdicts/hidden.ts'
import { replayVerdicts } from '../src/core/verdicts/replay.ts'
import { defaultVerdictSettings } from '../src/core/verdicts/settings.ts'
import { TokenVerifier } from '../src/core/oauth/verify-token.ts'
import { addSender } from '../src/core/senders/sender.ts'
import { admitAddress } from '../src/core/suppressions/erased-addresses.ts'
import { addSuppression, listSuppressions, removeSuppression } from '../src/core/suppressions/suppression.ts'
import { setCampaignTracking, setConsent } from '../src/core/tracking/consent.ts'
import type { Db } from '../src/db/db.ts'
import { ForbiddenError } from '../src/errors.ts'
import { table } from '../src/faces/json/table.ts'
import { createFetch } from '../src/server.ts'
import { addEndpoint, hookRequest, inboxOf, postEvents, readInbox, signedHeaders } from './hooks.ts'
import { withKey } from './api.ts'
import { fillAccount, sampleOf } from './api-samples.ts'
import { importLines } from './import-lines.ts'
import { mailed } from './mailed.ts'
import { addClient, credentials, obtainTokens, post, refresh } from './oauth.ts'
import { runDueJobs } from './run-jobs.ts'
import { base, basic, host, testNow } from './server.ts'
import type { TestServer } from './server.ts'
import { useBounces } from './use-bounces.ts'
import { useSending } from './use-sending.ts'
import { gif, postFolder, postImage } from './upload.ts'
import { useWeb } from './use-web.ts'
import { useWebhooks } from './use-webhooks.ts'

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

/** Every operation of the JSON API, and every filter of those that have some. */
async function askApi(server: TestServer, db: Db): Promise<void> {
  const { key } = await createApiKey(db, server.accountId, { name: 'api' }, testNow)
  const fetch = createFetch({ ...server.app, db, keys: new KeyVerifier(db) })
  const api = withKey({ ...server, fetch: async (request) => fetch(request) }, key)
  const made = await fillAccount(api, { contact: 70_032, gone: 70_033, campaign: 7100, list: 77 })
  for (const path of [
    '/contacts?search=jo',
    '/contacts?search=jo f',
    '/contacts?did=open,send&didNot=click&campaign=1100&since=2009-01-01T00:00:00Z',
    '/contacts?list=1&status=active&suppressed=false',
    '/contacts?status=removed',
    '/contacts?email=jflowers@mail.com',
    '/contacts/32/events?kind=click',
    '/contacts/32/events?verdict=machine&order=oldest-first',
    '/contacts/32/events?verdict=human&campaign=1100&link=1',
    '/campaigns/1100/events?kind=click',
    '/campaigns/1100/events?link=1&verdict=proxy',
    '/campaigns/1100/events?order=oldest-first',
    '/campaigns/1100/recipients?outcome=notOpened',
    '/campaigns/1100/recipients?outcome=clicked',
    '/campaigns/1100/recipients?include=machine,proxy',
  ])
    // oxfmt-ignore
    await api.must(200, 'GET', path)
  for (const path of ['/contacts/32/events', '/campaigns/1100/events', '/events', '/contacts?search=j', '/feed']) {
    const page = (await api.must(200, 'GET', `${path}${path.includes('?') ? '&' : '?'}limit=1`)) as { next?: string }
    if (page.next)
      await api.must(
        200,
        'GET',
        `${path}${path.includes('?') ? '&' : '?'}${path === '/feed' ? 'after' : 'cursor'}=${page.next}`,
      )
  }
  for (let i = 0; i < 2; i++) await api.must(201, 'POST', '/lists', { name: 'Kept' }, { 'idempotency-key': 'a' })
  for (const route of table) {
    const { path, body } = sampleOf(route, made)
    const { status } = await api.ask(route.method, path, body)
    assert.ok(status < 500, `${route.method} ${path} ${status}`)
  }
  const prune = { accountId: null, kind: 'prune-answers', subject: 'recurring', dueAt: 0 }
  await db.transaction((tx) => insertJob(tx, prune, testNow))
  await runDueJobs({ ...server.app, db, now: () => testNow + 90_000_000 })
  await api.must(201, 'POST', '/lists', { name: 'Kept too' }, { 'idempotency-key': 'b' })
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

/** Webhooks from the endpoint to the timeline, read again, and forgotten. */
async function hearFromProviders(server: TestServer, db: Db): Promise<void> {
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

/** Clicks and opens, of a contact that is told and of one that is only counted. */
async function hitEverything(server: TestServer, db: Db): Promise<void> {
  const { app, accountId, dataDir } = server
  const { keys } = app.tracking
  const html = '<a href="http://x.example">x</a><a href="http://y.example">y</a>'
  const mail = { contactId: 32, campaignId: 1100, sendNo: 0, html, publicUrl: `http://${host}` }
  assert.equal((await rewriteMail(db, keys.newest, accountId, mail)).tracked, 2)
  await setCampaignTracking(db, accountId, 1100, 'full')
  await db.transaction((tx) => tx.run(sql`update contact set tracking = 'aggregate' where contact_id = 33`))
  await using tracking = assembleTracking(db, keys, {
    folder: dataDir,
    openSpool: openSqlite,
    log: app.log,
    now: app.now,
  })
  const fetch = createFetch({ ...app, db, tracking })
  for (const contactId of [32, 33]) {
    const fields = { accountId, contactId, campaignId: 1100, sendNo: 0, linkNo: 1 }
    const paths = [`/c/${sealToken(keys.newest, 'click', fields)}`, `/o/${sealToken(keys.newest, 'open', fields)}.gif`]
    // What is no person, so that there are verdicts too.
    const headers = { 'user-agent': 'curl/8.0' }
    for (const path of paths) assert.ok((await fetch(new Request(`http://${host}${path}`, { headers }))).status < 400)
  }
  const later = { ...app, db, now: () => app.now() + 300_000 }
  for (const kind of ['judge-soon', 'judge-settled', 'prune-hits']) {
    const job = { accountId: null, kind, subject: 'recurring', dueAt: 0 }
    await db.transaction((tx) => insertJob(tx, job, app.now()))
  }
  await runDueJobs(later)
  const options = { settings: defaultVerdictSettings, now: later.now(), isStored: false }
  await replayVerdicts(db, accountId, options, () => undefined)
  const { events } = await listHistory(db, accountId, { contactId: 32, hidden: ['machine', 'proxy'], limit: 50 })
  await findVerdicts(
    db,
    accountId,
    32,
    events.map(({ eventId }) => eventId),
  )
}

/** A reader's pages, each choice on them, and what an operator sees of it. */
async function readMail(server: TestServer, db: Db): Promise<void> {
  const { accountId } = server
  const reader = mailed({ ...server, fetch: async (request) => createFetch({ ...server.app, db })(request) })
  for (const page of ['unsubscribe', 'preferences'] as const)
    assert.equal((await reader.ask(reader.path(page))).status, 200, page)
  assert.equal((await reader.ask(reader.path('view'))).status, 404)
  const sendNo = await shareCampaign(db, accountId, 1100, testNow)
  assert.equal((await reader.ask(reader.path('share', { contactId: 0, sendNo }))).status, 404)
  await endSharing(db, accountId, 1100)
  await chooseLists(db, accountId, 33, { shown: [1], chosen: [] }, testNow)
  const consent = { tracking: 'aggregate', source: 'letter', wording: '', at: testNow } as const
  await setConsent(db, accountId, 33, consent)
  await db.transaction(async (tx) => {
    for (const reason of ['optout', 'complaint'] as const)
      await addSuppression(tx, accountId, { email: 'x@example.com', reason, source: 'operator' }, testNow)
    await removeSuppression(tx, accountId, 'x@example.com', 'optout')
    await removeSuppression(tx, accountId, 'x@example.com')
  })
  await listSuppressions(db, accountId, { limit: 10 })
}

/** A reader that sends its mail on, and what is forgotten of it later. */
async function forwardMail(server: TestServer, db: Db): Promise<void> {
  const { app, accountId } = server
  await setForwards(db, accountId, true)
  const content = { subject: 'Roses', fromEmail: 'joe@example.com', text: 'Roses' }
  await importLines({ ...server, app: { ...app, db } }, [
    { type: 'campaign', id: 1100, name: 'One', ...content },
    { type: 'event', kind: 'send', contact: 33, campaign: 1100, at: '2009-01-02T00:00:00Z' },
  ])
  const fetch = createFetch({ ...app, db, queueForward: () => Promise.resolve() })
  const reader = mailed({ ...server, fetch: async (request) => fetch(request, { address: '192.0.2.1' }) })
  const path = reader.path('forward')
  const send = async (): Promise<void> => {
    const form = /name="form" value="([^"]+)"/.exec(await (await reader.ask(path)).text())![1]!
    server.clock.now += 5000
    assert.equal((await reader.send(path, { form, name: 'Ann', friend: 'f@example.com' })).status, 303)
  }
  await send()
  const prune = { accountId: null, kind: 'prune-forwards', subject: 'recurring', dueAt: 0 }
  await db.transaction((tx) => insertJob(tx, prune, app.now()))
  await runDueJobs({ ...app, db, now: () => app.now() + 31 * 86_400_000 })
  await send()
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
