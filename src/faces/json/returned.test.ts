// Mail that came back, through the API: holds, what keeps mail from a contact, reports to review; and the keys that sign.

import assert from 'node:assert/strict'
import { otherAccount, startApi } from '../../../test/api.ts'
import type { Api, Json } from '../../../test/api.ts'
import { testOnEach as test } from '../../../test/databases.ts'
import { importLines } from '../../../test/import-lines.ts'
import { dsn } from '../../../test/returned-mail.ts'
import { addReview, nobodysAccount } from '../../core/bounces/review.ts'
import { findDkimKeys } from '../../core/sending/dkim-keys.ts'
import { noteBounce } from '../../core/suppressions/hold.ts'

const day = 86_400_000

async function start(): Promise<Api> {
  const api = await startApi()
  await importLines(api, [
    { type: 'campaign', id: 1100, name: 'News' },
    ...[1, 2, 3].map((id) => ({ type: 'contact', id, email: `c${id}@mail.com` })),
    ...[1, 2, 3].map((contact) => ({ type: 'event', kind: 'send', contact, campaign: 1100, at: '2009-11-18T00:00:00Z' })), // oxfmt-ignore
  ])
  return api
}

async function bounce({ app, accountId, clock }: Api, contactId: number): Promise<void> {
  const note = { contactId, code: 'B' as const, severity: 'hard' as const, message: 'no such user', at: clock.now }
  await app.db.transaction((tx) => noteBounce(tx, accountId, note, clock.now))
}

test('contacts whose mail came back are listed until their hold is over', async () => {
  await using api = await start()
  for (const contact of [3, 1, 2]) await bounce(api, contact)
  const first = await api.must(200, 'GET', '/holds?limit=2')
  const { contact, code, message, strikes, since, until } = first.items[0]
  assert.deepEqual([contact, code, message, strikes], [1, 'B', 'no such user', 1])
  assert.equal(Date.parse(until) - Date.parse(since), 15 * day)
  const rest = await api.must(200, 'GET', `/holds?limit=2&cursor=${first.next}`)
  assert.deepEqual([first.items[1].contact, rest.items.map((hold: Json) => hold.contact), rest.next], [2, [3], undefined]) // oxfmt-ignore
  assert.deepEqual((await (await otherAccount(api)).must(200, 'GET', '/holds')).items, [])
  api.clock.now += 16 * day
  assert.deepEqual((await api.must(200, 'GET', '/holds')).items, [])
})

test('a contact that is held for good says why it gets no mail, and gets some again once released', async () => {
  await using api = await start()
  await bounce(api, 1)
  api.clock.now += 16 * day
  await bounce(api, 1)
  const { items } = await api.must(200, 'GET', '/contacts/1/mail-blocks')
  assert.deepEqual(items.map(({ reason, until }: Json) => [reason, until]), [['bounce', null], ['suspended', null]]) // oxfmt-ignore
  await api.must(204, 'DELETE', '/contacts/1/hold')
  assert.deepEqual((await api.must(200, 'GET', '/contacts/1/mail-blocks')).items, [])
  assert.deepEqual((await api.must(200, 'GET', '/suppressions?email=c1@mail.com')).items, [])
  await api.must(404, 'DELETE', '/contacts/1/hold')
  await api.must(404, 'DELETE', '/contacts/9/hold')
})

test('releasing a contact leaves a suppression that has another reason', async () => {
  await using api = await start()
  await api.must(201, 'POST', '/suppressions', { email: 'c1@mail.com', reason: 'complaint' })
  await bounce(api, 1)
  await api.must(204, 'DELETE', '/contacts/1/hold')
  const { items } = await api.must(200, 'GET', '/contacts/1/mail-blocks')
  assert.deepEqual(items.map(({ reason }: Json) => reason), ['complaint']) // oxfmt-ignore
})

/** Waits for a decision; of the account or, with 0, of nobody's. */
async function review(api: Api, storedAt: number, contactId?: number, accountId = api.accountId): Promise<string> {
  const said = { letter: 'B', status: '5.1.1', recipient: null, subject: 'Returned', diagnostic: 'no', envelopeFrom: '', envelopeTo: null } as const // oxfmt-ignore
  const proposal = contactId === undefined ? undefined : { accountId, contactId, campaignId: 1100, sendNo: 0 }
  const raw = Buffer.concat([Buffer.from(`X-No: ${storedAt}\r\n`), dsn({ recipient: 'c1@mail.com' })])
  const { reviewId } = await api.app.db.transaction(
    (tx) =>
    addReview(tx, { ...said, accountId, storedAt, receivedAt: api.clock.now, reason: 'low-confidence', way: 'http', kind: 'bounce', raw, proposal }), // oxfmt-ignore
  )
  return reviewId
}

test('reports are listed newest first, without those that are nobody’s, and shown with the mail itself', async () => {
  await using api = await start()
  const ids = [await review(api, 1), await review(api, 2), await review(api, 3)]
  const nobodys = await review(api, 4, undefined, nobodysAccount)
  const first = await api.must(200, 'GET', '/bounce-reviews?limit=2')
  const rest = await api.must(200, 'GET', `/bounce-reviews?limit=2&cursor=${first.next}`)
  assert.deepEqual([...first.items, ...rest.items].map(({ id }: Json) => id), ids.toReversed()) // oxfmt-ignore
  const { raw, reason, code } = await api.must(200, 'GET', `/bounce-reviews/${ids[0]}`)
  assert.deepEqual([reason, code], ['low-confidence', 'B'])
  assert.match(Buffer.from(raw, 'base64').toString(), /^X-No: 1\r\n/)
  await api.must(404, 'GET', `/bounce-reviews/${nobodys}`)
  await api.must(404, 'POST', `/bounce-reviews/${nobodys}/assign`, { contact: 1, campaign: 1100 })
  await api.must(404, 'DELETE', `/bounce-reviews/${nobodys}`)
})

test('a report that is assigned takes effect once; whom it is about is the one proposed, or the one named', async () => {
  await using api = await start()
  const proposed = await review(api, 1, 1)
  assert.deepEqual(await api.must(200, 'POST', `/bounce-reviews/${proposed}/assign`, {}), { effect: 'recorded', contact: 1, campaign: 1100 }) // oxfmt-ignore
  await api.must(404, 'POST', `/bounce-reviews/${proposed}/assign`, {})
  const bounces = await api.must(200, 'GET', '/contacts/1/events?kind=bounce')
  assert.equal(bounces.items.length, 1)
  assert.deepEqual(
    (await api.must(200, 'GET', '/holds')).items.map(({ contact }: Json) => contact),
    [1],
  )
  const unclear = await review(api, 2)
  assert.equal((await api.must(400, 'POST', `/bounce-reviews/${unclear}/assign`, {})).errors[0].pointer, '/contact')
  assert.equal((await api.must(400, 'POST', `/bounce-reviews/${unclear}/assign`, { contact: 2 })).errors[0].pointer, '/campaign') // oxfmt-ignore
  await api.must(404, 'POST', `/bounce-reviews/${unclear}/assign`, { contact: 9, campaign: 1100 })
  await api.must(200, 'POST', `/bounce-reviews/${unclear}/assign`, { contact: 2, campaign: 1100 })
  assert.deepEqual((await api.must(200, 'GET', '/bounce-reviews')).items, [])
})

test('a report that is dropped is gone, and nothing follows from it', async () => {
  await using api = await start()
  const id = await review(api, 1, 1)
  await api.must(204, 'DELETE', `/bounce-reviews/${id}`)
  await api.must(404, 'DELETE', `/bounce-reviews/${id}`)
  assert.deepEqual((await api.must(200, 'GET', '/contacts/1/events?kind=bounce')).items, [])
})

test('a signing key is made with its record, signs until it is retired, and its private half is told to nobody', async () => {
  await using api = await start()
  const made = await api.must(201, 'POST', '/dkim-keys', { domain: 'JoesFlowers.example' })
  assert.deepEqual([made.domain, made.selector, made.retiredAt], ['joesflowers.example', 'contrail200911', null])
  assert.equal(made.record.name, 'contrail200911._domainkey.joesflowers.example')
  assert.match(made.record.value, /^v=DKIM1; k=rsa; p=MII/)
  assert.equal((await api.must(409, 'POST', '/dkim-keys', { domain: 'joesflowers.example' })).code, 'conflict')
  for (const [body, pointer] of [
    [{ domain: 'no domain' }, '/domain'],
    [{ domain: 'joesflowers.example', selector: 'no selector' }, '/selector'],
  ] as const)
    assert.equal((await api.must(400, 'POST', '/dkim-keys', body)).errors[0].pointer, pointer)
  const signs = async (): Promise<number> =>
    (await findDkimKeys(api.app.db, api.accountId, 'joesflowers.example')).length
  assert.equal(await signs(), 1)
  for (let i = 0; i < 2; i++) {
    const retired = await api.must(200, 'POST', '/dkim-keys/joesflowers.example/contrail200911/retire')
    assert.ok(retired.retiredAt)
  }
  assert.equal(await signs(), 0)
  await api.must(404, 'POST', '/dkim-keys/joesflowers.example/other/retire')
  const listed = await api.must(200, 'GET', '/dkim-keys')
  assert.deepEqual([listed.items.length, JSON.stringify(listed).includes('PRIVATE')], [1, false])
})
