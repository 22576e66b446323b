// Holds: what a bounce means for the next mail (domain rules of docs/sending.md).

import assert from 'node:assert/strict'
import { testOnEach } from '../../../test/databases.ts'
import { addAccount, openTestApp, testCredentials } from '../../../test/server.ts'
import type { TestApp } from '../../../test/server.ts'
import { createCampaign } from '../campaigns/campaign.ts'
import { findContactByEmail } from '../contacts/contact.ts'
import { importContact } from '../contacts/import-contact.ts'
import { changeContact } from '../contacts/write-contact.ts'
import type { EventKind } from '../events/event.ts'
import { record } from '../events/record.ts'
import { importList } from '../lists/write-list.ts'
import { findHold, findHolds, noteBounce, releaseHold } from './hold.ts'
import type { Hold } from './hold.ts'
import { findSuppression } from './suppression.ts'

const day = 86_400_000
const email = 'ada@mail.example'

interface Held extends TestApp {
  accountId: number
  contactId: number
  bounce(severity: 'hard' | 'soft', at: number): Promise<Hold | undefined>
  event(kind: EventKind, at: number): Promise<number>
  isHeld(at: number): Promise<boolean>
}

async function withContact(): Promise<Held> {
  const test = await openTestApp()
  const { app, clock } = test
  const accountId = await addAccount(app, testCredentials)
  await app.db.transaction(async (tx) => {
    await importList(tx, accountId, { listId: 1, name: 'All' }, clock.now)
    await importContact(tx, accountId, { email, lists: ['All'] }, clock.now)
  })
  const { contactId } = (await findContactByEmail(app.db, accountId, email))!
  const event = async (kind: EventKind, at: number): Promise<number> => {
    clock.now = Math.max(clock.now, at)
    const base = { status: 'sent', datedAt: at, editedAt: null, lastRunAt: null, nextRunAt: null, content: {} } as const
    return app.db.transaction(async (tx) => {
      const campaignId = await createCampaign(tx, accountId, { ...base, name: `At ${at}`, kind: 'regular' })
      await record(tx, accountId, [{ contactId, campaignId, kind, at, source: 'relay' }], clock.now)
      return campaignId
    })
  }
  return {
    ...test,
    accountId,
    contactId,
    event,
    bounce: async (severity, at) => {
      await event('bounce', at)
      const note = {
        contactId,
        code: severity === 'hard' ? ('B' as const) : ('F' as const),
        severity,
        message: 'no',
        at,
      }
      return app.db.transaction((tx) => noteBounce(tx, accountId, note, clock.now))
    },
    isHeld: async (at) => (await findHolds(app.db, accountId, [contactId], at)).size > 0,
  }
}

testOnEach('a hard bounce holds for 15 days, the next one after that for good', async () => {
  await using held = await withContact()
  const { app, accountId, clock } = held
  const start = clock.now
  await held.bounce('hard', start)
  assert.deepEqual([await held.isHeld(start + 14 * day), await held.isHeld(start + 16 * day)], [true, false])
  await held.bounce('hard', start + day)
  assert.equal(await held.isHeld(start + 16 * day), false, 'what was under way tells nothing new')
  await held.bounce('hard', start + 20 * day)
  assert.equal(await held.isHeld(start + 400 * day), true)
  assert.equal((await findSuppression(app.db, accountId, email))?.reason, 'bounce')
})

testOnEach('five soft bounces in a row hold for 30 days when they span 14', async () => {
  await using held = await withContact()
  const start = held.clock.now
  for (const days of [0, 4, 8, 12]) assert.equal(await held.bounce('soft', start + days * day), undefined)
  const hold = await held.bounce('soft', start + 15 * day)
  assert.equal(hold?.until, start + 45 * day)
  assert.equal(await held.isHeld(start + 46 * day), false)
})

testOnEach('soft bounces of one week hold nobody', async () => {
  await using held = await withContact()
  for (let i = 0; i < 7; i++) assert.equal(await held.bounce('soft', held.clock.now + day), undefined)
})

testOnEach('what arrived in between breaks the row, what came back later does not', async () => {
  await using held = await withContact()
  const start = held.clock.now
  for (const days of [0, 4, 8, 12]) await held.bounce('soft', start + days * day)
  await held.event('delivery', start + 13 * day)
  assert.equal(await held.bounce('soft', start + 15 * day), undefined)
})

testOnEach('who has opened in between is not held', async () => {
  await using held = await withContact()
  const start = held.clock.now
  for (const days of [0, 4, 8, 12]) await held.bounce('soft', start + days * day)
  await held.event('open', start + 5 * day)
  assert.equal(await held.bounce('soft', start + 15 * day), undefined)
})

testOnEach('a release forgets the hold and its suppression', async () => {
  await using held = await withContact()
  const { app, accountId, contactId, clock } = held
  const start = clock.now
  await held.bounce('hard', start)
  await held.bounce('hard', start + 20 * day)
  const release = (): Promise<boolean> => app.db.transaction((tx) => releaseHold(tx, accountId, contactId))
  assert.deepEqual([await release(), await release()], [true, false])
  assert.equal(await findSuppression(app.db, accountId, email), undefined)
})

testOnEach('a released contact is held by five more soft bounces, not by the next one', async () => {
  await using held = await withContact()
  const { app, accountId, contactId } = held
  const start = held.clock.now
  for (const days of [0, 4, 8, 12, 15]) await held.bounce('soft', start + days * day)
  assert.equal(await held.isHeld(start + 15 * day), true)
  assert.equal(await app.db.transaction((tx) => releaseHold(tx, accountId, contactId)), true)
  assert.equal(await held.isHeld(start + 15 * day), false)
  for (const days of [16, 20, 24, 28]) assert.equal(await held.bounce('soft', start + days * day), undefined)
  assert.equal((await held.bounce('soft', start + 31 * day))?.strikes, 0)
})

testOnEach('a contact that was released of a hard bounce is held for 15 days by the next one', async () => {
  await using held = await withContact()
  const { app, accountId, contactId, clock } = held
  const start = clock.now
  await held.bounce('hard', start)
  await app.db.transaction((tx) => releaseHold(tx, accountId, contactId))
  assert.equal((await held.bounce('hard', start + day))?.until, start + 16 * day)
})

testOnEach('what arrived under the name of one stream breaks the row of bounces in it', async () => {
  await using held = await withContact()
  const { app, accountId, contactId } = held
  const start = held.clock.now
  const campaignId = await held.event('send', start)
  const note = (kind: 'bounce' | 'delivery', at: number): Promise<unknown> => {
    held.clock.now = Math.max(held.clock.now, at)
    return app.db.transaction((tx) =>
      record(tx, accountId, [{ contactId, campaignId, kind, at, source: 'relay' }], held.clock.now),
    )
  }
  for (const days of [0, 4, 8, 12]) await note('bounce', start + days * day)
  for (let hours = 0; hours < 9; hours++) await note('delivery', start + 13 * day + hours * 3_600_000)
  assert.equal(await held.bounce('soft', start + 15 * day), undefined)
})

testOnEach('another address is not held for what came back from the old one', async () => {
  await using held = await withContact()
  const { app, accountId, contactId, clock } = held
  await held.bounce('hard', clock.now)
  const write = { fields: { email: 'new@mail.example', profile: {} }, by: 'customer' as const, listIds: [1] }
  await changeContact(app.db, accountId, contactId, write, clock.now)
  assert.equal(await findHold(app.db, accountId, contactId), undefined)
})
