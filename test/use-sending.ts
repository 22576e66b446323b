// Asks a store everything that sending asks. Part of use-everything.ts.

import assert from 'node:assert/strict'
import { scheduleCampaign } from '../src/core/campaigns/schedule.ts'
import { createDraft } from '../src/core/campaigns/write-campaign.ts'
import { findCampaignsNamed } from '../src/core/campaigns/campaign.ts'
import { jobKinds } from '../src/core/jobs/job-kinds.ts'
import { insertJob } from '../src/core/jobs/job.ts'
import { startJobs } from '../src/core/jobs/run-jobs.ts'
import { addSender } from '../src/core/senders/sender.ts'
import { countRuns } from '../src/core/sending/campaign-run.ts'
import { getProgress, listRecipients } from '../src/core/sending/campaign-progress.ts'
import { checkCampaign } from '../src/core/sending/check-campaign.ts'
import { createDkimKey, listDkimKeys, retireDkimKey } from '../src/core/sending/dkim-keys.ts'
import { outgoingStates } from '../src/core/sending/outgoing.ts'
import { getMessage } from '../src/core/sending/outgoing-message.ts'
import { sendSingle } from '../src/core/sending/send-single.ts'
import { startSender } from '../src/core/sending/sender.ts'
import { isAnyoneSending, recoverDead, returnStrays } from '../src/core/sending/sending-process.ts'
import { pauseForSender } from '../src/core/sending/settle-run.ts'
import { cancelCampaign, pauseCampaign, resumeCampaign, startCampaign } from '../src/core/sending/start-campaign.ts'
import { queueTest } from '../src/core/sending/test-message.ts'
import { requeueUnknown } from '../src/core/sending/unknown-messages.ts'
import { findHold, listHolds, noteBounce, releaseHold } from '../src/core/suppressions/hold.ts'
import { addSuppression } from '../src/core/suppressions/suppression.ts'
import type { Db } from '../src/db/db.ts'
import { sql } from '../src/db/sql.ts'
import { parseRelayUrl } from '../src/mail/relay-url.ts'
import { openRelay } from '../src/mail/smtp.ts'
import { importLines } from './import-lines.ts'
import { runDueJobs } from './run-jobs.ts'
import { content } from './sending.ts'
import type { TestServer } from './server.ts'
import { startSmtpSink } from './smtp-sink.ts'

/** Campaigns that go out, are stopped, come back; single messages; what is left behind. */
export async function useSending(server: TestServer, db: Db): Promise<void> {
  const { app, accountId, clock } = server
  const now = clock.now
  await importLines(server, [
    { type: 'list', id: 7, name: 'Mailed' },
    ...['a', 'gone', 'busy', 'late', 'held', 'quiet'].map((name, i) => ({
      type: 'contact', id: 70_001 + i, email: `${name}@mailed.example`, lists: ['Mailed'],
    })),
  ]) // oxfmt-ignore
  await addSender(db, accountId, 'shop@joesflowers.example', now)
  await addSender(db, accountId, 'joe@joesflowers.example', now).catch(() => undefined)
  await createDkimKey(db, accountId, 'joesflowers.example', 's1', now)
  await noteHolds(db, accountId, now)
  const { campaignId } = await createDraft(db, accountId, { name: 'Mailed', content, listIds: [7] }, now)
  assert.deepEqual(await findCampaignsNamed(db, accountId, 'Mailed'), [campaignId])
  await checkCampaign(db, accountId, campaignId, 10)
  await scheduleCampaign(db, accountId, campaignId, now - 1)
  await using sink = await startSmtpSink({
    rcpt: (to) => (to.startsWith('gone') ? '550 5.1.1 no' : to.startsWith('busy') ? '450 4.2.0 no' : undefined),
    data: ({ to }) => (to.startsWith('late') ? 'drop' : undefined),
  })
  const host = {
    db,
    log: app.log,
    now: app.now,
    relay: openRelay(parseRelayUrl(sink.url), { now: app.now }),
    settings: { publicUrl: 'https://track.test', bounceDomain: 'b.test', provider: 'plain' as const, hasTrap: false },
    rates: { perSecond: 0, perProviderMinute: 0 },
    key: () => app.tracking.keys.newest,
    counts: app.counts.messages,
  }
  {
    await using _jobs = startJobs({ ...app, db }, jobKinds)
    await using _sender = startSender(host)
    await until(async () => (await getProgress(db, accountId, campaignId)).run?.state === 'trailing')
    const single = { to: 'a@mailed.example', stream: 'Orders', subject: 'Hi', text: 'Hi', from: { email: 'joe@joesflowers.example' } } // oxfmt-ignore
    const queued = await sendSingle(db, accountId, single, 'k', now)
    await sendSingle(db, accountId, single, 'k', now)
    await queueTest(db, accountId, { campaignId, contactId: 70_001, to: 'me@x.example' }, now)
    await until(async () => (await getMessage(db, accountId, queued)).state === 'accepted')
    await startCampaign(db, accountId, campaignId, now)
    await until(async () => (await getProgress(db, accountId, campaignId)).run?.state === 'trailing')
    await pauseCampaign(db, accountId, campaignId)
    await resumeCampaign(db, accountId, campaignId)
    await pauseForSender(db, accountId, campaignId, 'no')
    await cancelCampaign(db, accountId, campaignId, now)
    await until(async () => (await getProgress(db, accountId, campaignId)).run?.state === 'done')
    assert.equal(await isAnyoneSending(db, now), true)
  }
  for (const state of [...outgoingStates, undefined])
    await listRecipients(db, accountId, campaignId, { state, limit: 5 })
  await countRuns(db)
  await retireDkimKey(db, accountId, 'joesflowers.example', 's1', now)
  await listDkimKeys(db, accountId)
  await leftBehind(server, db, campaignId)
}

async function noteHolds(db: Db, accountId: number, now: number): Promise<void> {
  const note = { contactId: 70_005, code: 'B' as const, severity: 'hard' as const, message: 'no', at: now }
  await db.transaction(async (tx) => {
    await noteBounce(tx, accountId, note, now)
    await noteBounce(tx, accountId, { ...note, contactId: 70_002, severity: 'soft' }, now)
    await addSuppression(tx, accountId, { email: 'quiet@mailed.example', reason: 'manual', source: 'test' }, now)
  })
  await findHold(db, accountId, 70_005)
  await listHolds(db, accountId, { limit: 5 }, now)
  await db.transaction((tx) => releaseHold(tx, accountId, 70_002))
}

/** Of a process that died, and of messages whose fate is unknown. */
async function leftBehind({ app, accountId, clock }: TestServer, db: Db, campaignId: number): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.run(sql`insert into sending_process(holder, alive_until) values ('dead', 0)`)
    await tx.run(sql`insert into sending_process(holder, alive_until) values ('ahead', ${clock.now + 86_400_000})`)
    await tx.run(sql`update campaign set status = 'sent' where campaign_id = ${campaignId} and account_id = ${accountId}`)
    await tx.run(sql`update outgoing set holder = 'dead', state = 'in-flight' where campaign_id = ${campaignId} and contact_id = 70001`)
  }) // oxfmt-ignore
  await returnStrays(db, 'dead', new Set(), clock.now)
  await recoverDead(db, clock.now)
  for (const kind of ['resolve-unknown', 'prune-outgoing'])
    await db.transaction((tx) => insertJob(tx, { accountId: null, kind, subject: 'recurring', dueAt: 0 }, clock.now))
  await db.transaction((tx) => tx.run(sql`update outgoing_key set created_at = 0 where account_id = ${accountId}`))
  await runDueJobs({ ...app, db, now: () => app.now() + 60_000 })
  await requeueUnknown(db, accountId, campaignId, clock.now)
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await isSo()); tries++) {
    assert.ok(tries < 400, 'it does not come to an end')
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
