// Asks a store everything that webhooks ask. Part of use-everything.ts.

import assert from 'node:assert/strict'
import { insertJob } from '../src/core/jobs/job.ts'
import { listAttempts } from '../src/core/webhooks/attempts.ts'
import { deliverDue, startCourier } from '../src/core/webhooks/courier.ts'
import { keepHeld } from '../src/core/webhooks/deliver.ts'
import type { DeliveryHost } from '../src/core/webhooks/deliver.ts'
import { watchWebhooks } from '../src/core/webhooks/watch-webhooks.ts'
import {
  changeWebhook,
  countPending,
  createWebhook,
  disableWebhook,
  enableWebhook,
  removeWebhook,
  replayWebhook,
  rotateWebhook,
} from '../src/core/webhooks/webhook.ts'
import type { Db } from '../src/db/db.ts'
import { importLines } from './import-lines.ts'
import { runDueJobs } from './run-jobs.ts'
import type { TestServer } from './server.ts'

/** Deliveries that fail, are tried again, and are accepted; and whatever may be done to an endpoint. */
export async function useWebhooks(server: TestServer, db: Db): Promise<void> {
  const { accountId, clock, app } = server
  const rules = { isInsecureAllowed: false, allowed: [] }
  const given = { url: 'https://hooks.example/', name: 'one', kinds: [], includesEmail: true, from: clock.now - 1000 }
  const { endpointId } = await createWebhook(db, accountId, given, rules, clock.now)
  const event = { type: 'event', contact: 32, campaign: 1100, at: '2009-03-01T00:00:00Z' }
  await importLines(server, [
    { ...event, kind: 'open' },
    { ...event, kind: 'click', url: 'http://x.example' },
  ])
  let status = 500
  const host: DeliveryHost = { db, log: app.log, now: app.now, post: async () => ({ status, retryAfter: undefined, text: '' }) } // oxfmt-ignore
  clock.now += 7000
  await deliverDue(host)
  assert.ok((await countPending(db, accountId, endpointId)) > 1)
  status = 200
  clock.now += 600_000
  assert.ok((await deliverDue(host)) > 0)
  assert.equal(await countPending(db, accountId, endpointId), 0)
  await app.db.transaction((tx) => insertJob(tx, { accountId: null, kind: 'prune-webhook-attempts', subject: 'recurring', dueAt: 0 }, clock.now)) // oxfmt-ignore
  const attempts = await listAttempts(db, accountId, endpointId, { before: 1_000_000, limit: 50 })
  assert.ok(attempts.length > 2)
  await keepHeld(host, { accountId, endpointId, holder: 'nobody' }, clock.now)
  await db.transaction(async (tx) => {
    await changeWebhook(tx, accountId, endpointId, { name: 'two' }, rules)
    await rotateWebhook(tx, accountId, endpointId, undefined, clock.now)
    await replayWebhook(tx, accountId, endpointId, 0, clock.now)
    await disableWebhook(tx, accountId, endpointId, 'by hand')
    await enableWebhook(tx, accountId, endpointId, clock.now)
  })
  await startCourier(host)[Symbol.asyncDispose]()
  await runDueJobs({ ...app, db, now: () => clock.now + 62 * 86_400_000 })
  assert.deepEqual(await listAttempts(db, accountId, endpointId, { limit: 50 }), [])
  await db.transaction((tx) => removeWebhook(tx, accountId, endpointId))
  // One that stays, with something that waits.
  await createWebhook(db, accountId, given, rules, clock.now)
  status = 500
  clock.now += 1000
  await deliverDue(host)
  await watchWebhooks(db)
}
