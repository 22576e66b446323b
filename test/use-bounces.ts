// Asks a store everything that mail which comes back asks. Part of use-everything.ts.

import assert from 'node:assert/strict'
import { assignReport } from '../src/core/bounces/assign-report.ts'
import { keepMailbox, leaveMailbox, takeMailbox } from '../src/core/bounces/mailbox-position.ts'
import { pruneReviewsJobKind } from '../src/core/bounces/prune-reviews.ts'
import { countReviews, listReviews, maxReviews, nobodysAccount } from '../src/core/bounces/review.ts'
import { readReviews } from '../src/core/contacts/contact-record.ts'
import type { Db } from '../src/db/db.ts'
import { sql } from '../src/db/sql.ts'
import { importLines } from './import-lines.ts'
import { autoReply, dsn, feedback, letter, returned } from './returned-mail.ts'
import type { TestServer } from './server.ts'

/** Reports of every kind, attributed, doubted, decided on and forgotten. */
export async function useBounces(server: TestServer, db: Db): Promise<void> {
  const { accountId, clock } = server
  const at = new Date(clock.now - 3_600_000).toISOString()
  const ids = [80_001, 80_002, 80_003, 80_004]
  await importLines(server, [
    ...ids.map((id) => ({ type: 'contact', id, email: `b${id}@mail.example`, lists: ['General Interest'] })),
    ...ids.map((contact) => ({ type: 'event', kind: 'send', contact, campaign: 1100, at, messageId: `${contact}@x.example` })), // oxfmt-ignore
  ])
  await db.transaction((tx) =>
    tx.run(sql`insert into outgoing(campaign_id, contact_id, send_no, account_id, state, attempts, send_id)
      values (1100, ${ids[0]!}, 0, ${accountId}, 'unknown', 1, 'x'), (1100, ${ids[1]!}, 0, ${accountId}, 'accepted', 1, 'y')`),
  )
  const app = { ...server.app, db }
  const [one, two, three, four] = ids.map((contactId) => returned({ ...server, app }, { contactId }))
  const outcomes = [
    await one!.ingest(dsn({ action: 'delayed', status: '4.4.1' }), { envelopeTo: one!.verp() }),
    await one!.ingest(dsn(), { envelopeTo: one!.verp() }),
    await two!.ingest(dsn({ action: 'delivered', status: '2.0.0' }), { envelopeTo: two!.verp() }),
    await two!.ingest(autoReply, { envelopeTo: two!.verp() }),
    await three!.ingest(feedback('abuse', [`X-Send-Id: ${three!.sendId()}`])),
    await four!.ingest(letter, { envelopeTo: four!.unsub() }),
    await four!.ingest(letter, { envelopeTo: four!.verp() }),
  ]
  assert.deepEqual(outcomes.map(({ outcome }) => outcome), ['noted', 'recorded', 'recorded', 'recorded', 'recorded', 'recorded', 'review']) // oxfmt-ignore
  const lead = dsn({ recipient: `b${ids[3]!}@mail.example`, returned: [`Message-ID: <${ids[3]!}@x.example>`] })
  const { reason, reviewId } = await four!.ingest(lead)
  assert.equal(reason, 'low-confidence')
  assert.equal(await countReviews(db), 2)
  const contact = { contactId: ids[3]!, email: `b${ids[3]!}@mail.example` }
  for await (const review of readReviews(db, accountId, contact)) assert.equal(review.contactId, ids[3])
  const message = { accountId, contactId: ids[3]!, campaignId: 1100, sendNo: 0 }
  assert.equal(await assignReport(db, { accountId, reviewId: reviewId! }, message, clock.now), 'recorded')
  await fillQueue(db, clock.now)
  await four!.ingest(dsn({ recipient: 'nobody@nowhere.example' }))
  assert.equal((await listReviews(db, nobodysAccount, { limit: 2 * maxReviews })).length, maxReviews)
  for (const holder of ['a', 'b']) await takeMailbox(db, 'u@h/INBOX', holder, clock.now)
  assert.equal(await keepMailbox(db, 'u@h/INBOX', 'a', clock.now), true)
  assert.equal(await keepMailbox(db, 'u@h/INBOX', 'b', clock.now, { uidValidity: 1, lastUid: 1 }), false)
  assert.equal(await keepMailbox(db, 'u@h/INBOX', 'a', clock.now, { uidValidity: 1, lastUid: 1 }), true)
  await leaveMailbox(db, 'u@h/INBOX', 'a')
  // This job alone: others would forget what later questions are about.
  const later = (): number => clock.now + 31 * 86_400_000
  const job = { jobId: 0, accountId: null, kind: '', subject: '', attempts: 1, progress: null }
  const signal = new AbortController().signal
  await pruneReviewsJobKind.work({ db, job, now: later, signal, save: () => Promise.resolve() })
  assert.equal(await countReviews(db), 0)
}

/** As many as there may be, of nobody. */
async function fillQueue(db: Db, now: number): Promise<void> {
  await db.transaction(async (tx) => {
    for (let i = 0; i < maxReviews; i++)
      await tx.run(sql`insert into bounce_review(review_id, account_id, stored_at, received_at, reason, way, kind, raw)
        values (${`n${i}`}, ${nobodysAccount}, ${now - 1}, ${now}, 'forged', 'smtp', 'bounce', ${new Uint8Array(1)})`)
  })
}
