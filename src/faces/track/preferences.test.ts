// What a reader chooses on the preference page, and what must not come of it.

import assert from 'node:assert/strict'
import { testOnEach } from '../../../test/databases.ts'
import { mailed, startMailed } from '../../../test/mailed.ts'
import type { Mailed } from '../../../test/mailed.ts'
import { withStoreAway } from '../../../test/store-away.ts'
import { addSuppression } from '../../core/suppressions/suppression.ts'
import { listConsents } from '../../core/tracking/consent.ts'
import { createFetch } from '../../server.ts'

const untouched = {
  status: 'active', reason: null, lists: [1], tracking: 'full', suppression: undefined, events: [], hits: [], consents: 0,
} // oxfmt-ignore

type Fields = [string, string][]

async function formToken(server: Mailed, path: string): Promise<string> {
  return /name="form" value="([^"]+)"/.exec(await (await server.ask(path)).text())![1]!
}

/** Chooses as the page would have it: all lists shown, these ticked. */
async function chooseLists(server: Mailed, ticked: string[], shown = ['1', '2']): Promise<Response> {
  const path = server.path('preferences')
  const fields: Fields = [
    ['form', await formToken(server, path)],
    ['change', 'lists'],
    ...shown.map((id): [string, string] => ['shown', id]),
    ...ticked.map((id): [string, string] => ['list', id]),
  ]
  return server.send(path, fields)
}

testOnEach(
  'the page shows the lists a contact is on or could be on, and of its address no more than it knows',
  async () => {
    await using server = await startMailed()
    const answer = await server.ask(server.path('preferences'))
    const page = await answer.text()
    assert.match(page, /mail to j\*\*\*@mail\.com/)
    assert.doesNotMatch(page, /jflowers|Secret Wholesale|<script|https?:/)
    assert.match(page, /value="1" checked[^]*General Interest[^]*value="2"[^]*Garden Club/)
    assert.doesNotMatch(page, /value="2" checked/)
    assert.match(page, /value="full" checked/)
    assert.match(answer.headers.get('cache-control')!, /no-store/)
    assert.equal(answer.headers.get('set-cookie'), null)
    assert.equal((await server.ask(server.path('preferences'), 'HEAD')).status, 200)
    assert.equal((await server.ask(server.path('preferences'), 'OPTIONS')).status, 204)
    assert.deepEqual(await server.state(), untouched)
  },
)

testOnEach('ticking lists puts the contact on them and takes it off the others, and the page is got anew', async () => {
  await using server = await startMailed()
  const answer = await chooseLists(server, ['2'])
  assert.deepEqual([answer.status, answer.headers.get('location')], [303, '?saved=lists'])
  assert.match(await (await server.ask(`${server.path('preferences')}?saved=lists`)).text(), /role="status">Saved/)
  assert.deepEqual(await server.state(), { ...untouched, lists: [2] })
  await chooseLists(server, [])
  assert.deepEqual(await server.state(), { ...untouched, lists: [], status: 'removed' })
})

testOnEach('nobody gets on a list that is not offered, or off one that was not shown', async () => {
  await using server = await startMailed()
  await chooseLists(server, ['1', '3', '99', 'x', '-1'], ['1', '2', '3', '99'])
  assert.deepEqual(await server.state(), untouched)
  // Another window, or the owner, put the contact on list 2 after this page was made.
  await chooseLists(server, ['1', '2'])
  await chooseLists(server, ['1'], ['1'])
  assert.deepEqual((await server.state()).lists, [1, 2])
})

testOnEach('a form that this page did not make changes nothing', async () => {
  await using server = await startMailed()
  const path = server.path('preferences')
  const own = await formToken(server, path)
  const foreign = await formToken(server, server.path('preferences', { campaignId: 1101 }))
  const forms: Record<string, string>[] = [
    { change: 'stop' },
    { change: 'stop', form: '' },
    { change: 'stop', form: `${own}x` },
    { change: 'lists', form: foreign, shown: '1' },
    { change: 'tracking', form: own, tracking: 'everything' },
    { change: 'nothing', form: own },
    { form: own },
  ]
  for (const form of forms) assert.equal((await server.send(path, form)).status, 400, JSON.stringify(form))
  assert.equal((await server.send(path, { form: own, change: 'stop', filler: 'x'.repeat(20_000) })).status, 413)
  for (const bad of ['/s/', '/s/x', `/s/${server.token('unsubscribe')}`, `/s/${server.token('click')}`]) {
    assert.equal((await server.ask(bad)).status, 404)
    assert.equal((await server.send(bad, { form: own, change: 'stop' })).status, 404)
  }
  assert.deepEqual(await server.state(), untouched)
})

testOnEach(
  'the choice what is noted is kept with its words, holds for mail already sent, and changes no mail',
  async () => {
    await using server = await startMailed()
    const path = server.path('preferences')
    const form = await formToken(server, path)
    const choose = (tracking: string): Promise<Response> =>
      server.ask(path, 'POST', {
        body: new URLSearchParams({ form, change: 'tracking', tracking }),
        headers: { 'accept-language': 'de' },
      })
    assert.equal((await choose('none')).headers.get('location'), '?saved=tracking')
    server.clock.now += 60_000
    await choose('none')
    assert.deepEqual(await server.state(), { ...untouched, tracking: 'none', consents: 1 })
    const [consent] = await listConsents(server.app.db, server.accountId, 32, 1)
    assert.deepEqual(
      [consent!.tracking, consent!.source, consent!.at],
      ['none', 'preferences', server.clock.now - 60_000],
    )
    assert.match(consent!.wording, /^Was wir festhalten dürfen\. .*\[x\] Nichts festhalten\. /)
    await server.ask(`/o/${server.token('open')}.gif`)
    await server.ask(server.path('unsubscribe'))
    assert.deepEqual((await server.state()).events, [])
    assert.deepEqual((await server.state()).hits, [])
    await choose('full')
    await server.ask(`/o/${server.token('open')}.gif`)
    assert.deepEqual(await server.state(), { ...untouched, consents: 2, events: ['open'], hits: [1] })
  },
)

testOnEach(
  'stopping everything is an opt-out from this mail, and ticking a list afterwards brings mail back',
  async () => {
    await using server = await startMailed()
    const path = server.path('preferences')
    const form = await formToken(server, path)
    assert.equal((await server.send(path, { form, change: 'stop' })).headers.get('location'), '?saved=stop')
    const stopped = {
      ...untouched,
      status: 'do-not-mail',
      lists: [],
      suppression: 'optout',
      events: ['optout contact'],
    }
    assert.deepEqual(await server.state(), stopped)
    const page = await (await server.ask(path)).text()
    assert.match(page, /You are unsubscribed and get no mail/)
    assert.doesNotMatch(page, /value="stop"/)
    // Saving the page as it is asks for nothing.
    await chooseLists(server, [])
    assert.deepEqual(await server.state(), stopped)
    server.clock.now += 60_000
    await chooseLists(server, ['2'])
    assert.deepEqual(await server.state(), { ...untouched, lists: [2], events: ['optout contact'] })
  },
)

testOnEach('an address that complained or bounced is told that no choice brings mail, and none does', async () => {
  await using server = await startMailed()
  const complaint = { email: 'jflowers@mail.com', reason: 'complaint', source: 'operator' } as const
  await server.app.db.transaction((tx) => addSuppression(tx, server.accountId, complaint, server.clock.now))
  assert.match(await (await server.ask(server.path('preferences'))).text(), /blocked at the moment/)
  await chooseLists(server, ['1', '2'])
  assert.deepEqual(await server.state(), { ...untouched, lists: [1, 2], suppression: 'complaint' })
})

testOnEach('while the store is away the page says so and changes nothing', async () => {
  await using server = await startMailed()
  let isAway = false
  const fetch = createFetch(withStoreAway(server.app, () => isAway))
  const away = mailed({ ...server, fetch: async (request) => fetch(request) })
  const path = server.path('preferences')
  const form = await formToken(server, path)
  isAway = true
  const looked = await away.ask(path)
  assert.equal(looked.status, 503)
  assert.match(await looked.text(), /Nothing was changed/)
  for (const change of ['lists', 'tracking'])
    assert.equal((await away.send(path, { form, change, shown: '1', tracking: 'none' })).status, 503)
  assert.deepEqual(await server.state(), untouched)
})

testOnEach('of a contact that is gone there is no page', async () => {
  await using server = await startMailed()
  for (const changes of [{ contactId: 33 }, { accountId: server.accountId + 1 }]) {
    const path = server.path('preferences', changes)
    assert.equal((await server.ask(path)).status, 404)
  }
})
