// Two processes on one store, at the same moment: nothing is handed out, made or recorded twice, and nothing is lost.

import assert from 'node:assert/strict'
import { createAccount } from '../src/core/accounts/account.ts'
import { createApiKey } from '../src/core/accounts/api-key.ts'
import { createDraft } from '../src/core/campaigns/write-campaign.ts'
import { getContact } from '../src/core/contacts/contact.ts'
import { optOutContact } from '../src/core/contacts/opt-out.ts'
import { changeContact, createContact } from '../src/core/contacts/write-contact.ts'
import { record } from '../src/core/events/record.ts'
import type { NewEvent } from '../src/core/events/record.ts'
import { createList, findOrCreateList } from '../src/core/lists/write-list.ts'
import { sql } from '../src/db/sql.ts'
import { ConflictError } from '../src/errors.ts'
import { testOnEach as test } from './databases.ts'
import { importLines } from './import-lines.ts'
import { openSecondApp, startTestServer, testNow } from './server.ts'

/** `work` twenty times at once, half of them in each of the apps. */
async function atOnce<T, App>(apps: readonly App[], work: (app: App, n: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: 20 }, (_, n) => work(apps[n % apps.length]!, n)))
}

const writeTo = (email: string, listIds: number[]) => ({
  by: 'customer' as const,
  listIds,
  fields: { email, profile: {} },
})

test('no id is handed out twice', async () => {
  await using server = await startTestServer()
  await using second = await openSecondApp(server)
  const { accountId } = server
  const apps = [server.app, second]
  await importLines(server, [{ type: 'list', id: 1, name: 'L' }])
  const ids = {
    lists: await atOnce(apps, async ({ db }, n) => (await createList(db, accountId, { name: `L${n}`, isOptInDefault: false, sortOrder: 1 }, testNow)).listId), // oxfmt-ignore
    contacts: await atOnce(apps, async ({ db }, n) => (await createContact(db, accountId, writeTo(`c${n}@example.com`, [1]), testNow)).contactId), // oxfmt-ignore
    campaigns: await atOnce(apps, async ({ db }, n) => (await createDraft(db, accountId, { name: `D${n}`, content: {} }, testNow)).campaignId), // oxfmt-ignore
    accounts: await Promise.all(apps.map(async ({ db }, n) => (await createAccount(db, { username: `user${n}`, password: 'p' }, testNow)).accountId)), // oxfmt-ignore
    keys: await Promise.all(apps.map(async ({ db }) => (await createApiKey(db, accountId, { name: 'k' }, testNow)).apiKeyId)), // oxfmt-ignore
  }
  for (const [what, given] of Object.entries(ids)) assert.equal(new Set(given).size, given.length, what)
})

test('of the same contact, list or draft made at once one is made, and the others are told', async () => {
  await using server = await startTestServer()
  await using second = await openSecondApp(server)
  const { accountId } = server
  const apps = [server.app, second]
  await importLines(server, [{ type: 'list', id: 1, name: 'L' }])
  const told = (error: unknown): 'told' => {
    assert.ok(error instanceof ConflictError, String(error))
    return 'told'
  }
  const answers = [
    await atOnce(apps, ({ db }) => createContact(db, accountId, writeTo('a@example.com', [1]), testNow).catch(told)),
    await atOnce(apps, ({ db }) => createList(db, accountId, { name: 'N', isOptInDefault: false, sortOrder: 1 }, testNow).catch(told)), // oxfmt-ignore
    await atOnce(apps, ({ db }) => createDraft(db, accountId, { name: 'D', content: {} }, testNow).catch(told)),
  ]
  for (const given of answers) assert.equal(given.filter((answer) => answer !== 'told').length, 1)
  const found = await atOnce(apps, ({ db }) => db.transaction((tx) => findOrCreateList(tx, accountId, 'M', testNow)))
  assert.equal(new Set(found).size, 1)
})

test('the same events recorded at once are stored once, with their keys, links and sends', async () => {
  await using server = await startTestServer()
  await using second = await openSecondApp(server)
  const { app, accountId } = server
  await importLines(server, [
    { type: 'campaign', id: 1100, name: 'One' },
    ...[1, 2].map((id) => ({ type: 'contact', id, email: `c${id}@example.com` })),
  ])
  const event = { campaignId: 1100, at: Date.parse('2009-01-01T00:00:00Z'), source: 'own' as const }
  const events = [1, 2].flatMap((contactId): NewEvent[] => [
    { ...event, kind: 'open', contactId },
    { ...event, kind: 'click', contactId, url: `http://x.example/${contactId}` },
    { ...event, kind: 'click', contactId, url: 'http://x.example/', key: 'k' },
    { ...event, kind: 'send', contactId, messageId: `<${contactId}@x>` },
  ])
  const answers = await atOnce([app, second], ({ db }) =>
    db.transaction((tx) => record(tx, accountId, events, testNow)),
  )
  for (const [i] of events.entries()) {
    const outcomes = answers.map((answer) => answer[i]!.outcome)
    assert.equal(outcomes.filter((outcome) => outcome === 'new').length, 1)
    assert.equal(outcomes.filter((outcome) => outcome === 'duplicate').length, 19)
  }
  const counts = await app.db.one(sql`
    select (select count(*) from event) as events, (select count(*) from event_key) as keys, (select count(*) from link) as links,
      (select count(distinct link_no) from link) as numbers, (select count(*) from send) as sends`)
  assert.deepEqual({ ...(counts as object) }, { events: 8, keys: 2, links: 3, numbers: 3, sends: 2 })
})

test('an opt-out is never undone by a change made at the same moment', async () => {
  await using server = await startTestServer()
  await using second = await openSecondApp(server)
  const { app, accountId } = server
  await importLines(server, [{ type: 'list', id: 1, name: 'L' }])
  for (let n = 0; n < 10; n++) {
    const { contactId } = await createContact(app.db, accountId, writeTo(`c${n}@example.com`, [1]), testNow)
    await Promise.allSettled([
      changeContact(second.db, accountId, contactId, writeTo(`d${n}@example.com`, [1]), testNow),
      optOutContact(app.db, accountId, contactId, { by: 'contact', source: 'page', at: testNow }),
    ])
    assert.equal((await getContact(app.db, accountId, contactId)).status, 'do-not-mail')
    assert.deepEqual(await app.db.all(sql`select list_id from membership where contact_id = ${contactId}`), [])
  }
})
