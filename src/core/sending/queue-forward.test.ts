// What a reader sends on: it arrives, and leaves nothing behind but the count.

import assert from 'node:assert/strict'
import { testOnEach } from '../../../test/databases.ts'
import { startSending } from '../../../test/sending.ts'
import { sql } from '../../db/sql.ts'
import { findContactByEmail } from '../contacts/contact.ts'
import { listHistory } from '../events/history.ts'
import { getMessage } from './outgoing-message.ts'
import { makeQueueForward } from './queue-forward.ts'
import { queueTest } from './test-message.ts'

testOnEach(
  'a friend gets the mail with nothing of the reader in its envelope, and its address is forgotten',
  async () => {
    await using test = await startSending()
    const { app, accountId, sink } = test
    const { campaignId } = await test.draft(['ada@mail.example'])
    const { contactId } = (await findContactByEmail(app.db, accountId, 'ada@mail.example'))!
    const mail = {
      campaignId,
      contactId,
      to: 'friend@mail.example',
      subject: 'Ada thought you would like this',
      html: '<p>{{ not a template }}</p>',
      text: 'Have a look',
      from: { email: 'joe@joesflowers.example', name: undefined },
      headers: {},
    }
    await app.db.transaction((tx) => makeQueueForward(app.now)(tx, accountId, mail))
    const key = { campaignId, contactId, sendNo: 1 }
    await test.whileSending(async () => {
      while ((await getMessage(app.db, accountId, key)).state !== 'accepted')
        await new Promise((resolve) => setTimeout(resolve, 20))
    })
    const [sent] = sink.messages
    assert.deepEqual([sent?.to, sent?.from], ['friend@mail.example', 'none@bounce.test'])
    assert.match(sent!.raw, /\{\{ not a template \}\}/)
    assert.match(sent!.raw, /^Auto-Submitted: auto-generated/m)
    assert.doesNotMatch(sent!.raw, /^(?:List-Unsubscribe|X-Send-Id):/m)
    const rows = await app.db.all(sql`select recipient, message from outgoing where campaign_id = ${campaignId}`)
    assert.deepEqual(
      rows.map((row) => ({ ...(row as object) })),
      [{ recipient: null, message: null }],
    )
    const { events } = await listHistory(app.db, accountId, { contactId, order: 'oldest-first', limit: 9 })
    assert.deepEqual(events, [])
  },
)

testOnEach('a test mail shows a contact’s values, and is no event of anybody', async () => {
  await using test = await startSending()
  const { app, accountId, clock, sink } = test
  const { campaignId } = await test.draft([{ email: 'ada@mail.example', firstName: 'Ada' }])
  const { contactId } = (await findContactByEmail(app.db, accountId, 'ada@mail.example'))!
  const key = await queueTest(app.db, accountId, { campaignId, contactId, to: 'me@shop.example' }, clock.now)
  await test.whileSending(async () => {
    while ((await getMessage(app.db, accountId, key)).state !== 'accepted')
      await new Promise((resolve) => setTimeout(resolve, 20))
  })
  assert.equal(sink.messages[0]?.to, 'me@shop.example')
  assert.match(sink.messages[0]!.raw, /^Subject: \[Test\] Hello Ada/m)
  const { events } = await listHistory(app.db, accountId, { contactId, order: 'oldest-first', limit: 9 })
  assert.deepEqual(events, [])
})
