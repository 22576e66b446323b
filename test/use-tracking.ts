// Asks a store everything that readers and their programs ask. Part of use-everything.ts.

import assert from 'node:assert/strict'
import { setForwards } from '../src/core/accounts/settings.ts'
import { endSharing, shareCampaign } from '../src/core/campaigns/share.ts'
import { chooseLists } from '../src/core/contacts/preferences.ts'
import { listHistory } from '../src/core/events/history.ts'
import { insertJob } from '../src/core/jobs/job.ts'
import { rewriteMail } from '../src/core/tracking/rewrite-mail.ts'
import { sealToken } from '../src/core/tracking/token.ts'
import { assembleTracking } from '../src/core/tracking/tracking.ts'
import { sql } from '../src/db/sql.ts'
import { openSqlite } from '../src/db/sqlite.ts'
import { findVerdicts } from '../src/core/verdicts/hidden.ts'
import { replayVerdicts } from '../src/core/verdicts/replay.ts'
import { defaultVerdictSettings } from '../src/core/verdicts/settings.ts'
import { addSuppression, listSuppressions, removeSuppression } from '../src/core/suppressions/suppression.ts'
import { setCampaignTracking, setConsent } from '../src/core/tracking/consent.ts'
import type { Db } from '../src/db/db.ts'
import { createFetch } from '../src/server.ts'
import { importLines } from './import-lines.ts'
import { mailed } from './mailed.ts'
import { runDueJobs } from './run-jobs.ts'
import { host, testNow } from './server.ts'
import type { TestServer } from './server.ts'

/** Clicks and opens, of a contact that is told and of one that is only counted. */
export async function hitEverything(server: TestServer, db: Db): Promise<void> {
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
export async function readMail(server: TestServer, db: Db): Promise<void> {
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
export async function forwardMail(server: TestServer, db: Db): Promise<void> {
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
