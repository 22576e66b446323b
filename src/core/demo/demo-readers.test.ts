// The demo's people: what each does stands on its own timeline, through the real parts.

import assert from 'node:assert/strict'
import { testOnEach } from '../../../test/databases.ts'
import { isSent, startSending } from '../../../test/sending.ts'
import { findContactByEmail } from '../contacts/contact.ts'
import { listHistory } from '../events/history.ts'
import { startCampaign } from '../sending/start-campaign.ts'
import { answerDemoMail, readDemoMail } from './demo-readers.ts'
import { fateOf, refusals } from './demo-replies.ts'
import type { DemoFate } from './demo-replies.ts'

const expected: readonly [fate: DemoFate, kinds: readonly string[]][] = [
  ['unknown-user', ['bounce', 'send']],
  ['full', ['bounce', 'send']],
  ['returned', ['bounce', 'delivery', 'send']],
  ['complains', ['complaint', 'delivery', 'optout', 'send']],
  ['unsubscribes', ['delivery', 'open', 'optout', 'send']],
  ['clicks', ['click', 'delivery', 'open', 'send']],
  ['arrives', ['delivery', 'send']],
]

const idOf = (email: string): number => Number(/\d+/.exec(email)![0])
const personOf = (fate: DemoFate): number => {
  for (let id = 1; ; id++) if (fateOf(id) === fate) return id
}

testOnEach('every kind of reader leaves what it does on its timeline', async () => {
  await using test = await startSending({ rcpt: (to) => refusals[fateOf(idOf(to))] })
  const { app, accountId, clock, sink } = test
  const people = expected.map(([fate]) => ({ contactId: personOf(fate), email: `c${personOf(fate)}@mail.example` }))
  const { campaignId } = await test.draft(people)
  await test.whileSending(async () => {
    await startCampaign(app.db, accountId, campaignId, clock.now)
    await test.until(campaignId, isSent)
  })
  for (const mail of sink.messages) await answerDemoMail(app, mail)
  clock.now += 60_000
  for (const mail of sink.messages) await readDemoMail(app, mail)
  for (const [fate, kinds] of expected) {
    const { contactId } = (await findContactByEmail(app.db, accountId, `c${personOf(fate)}@mail.example`))!
    const { events } = await listHistory(app.db, accountId, { contactId, order: 'oldest-first', limit: 20 })
    assert.deepEqual(events.map(({ kind }) => kind).toSorted(), kinds, fate)
  }
})
