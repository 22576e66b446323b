// Forwarding to friends: what a reader can do with the form, and what nobody can.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testOnEach } from '../../../test/databases.ts'
import { importLines } from '../../../test/import-lines.ts'
import { mailed, startMailed } from '../../../test/mailed.ts'
import type { Mailed } from '../../../test/mailed.ts'
import { runDueJobs } from '../../../test/run-jobs.ts'
import { host } from '../../../test/server.ts'
import { setForwards } from '../../core/accounts/settings.ts'
import { eraseContact } from '../../core/erasure/erase-contact.ts'
import type { ForwardMail } from '../../core/forwards/forward.ts'
import { insertJob } from '../../core/jobs/job.ts'
import { addSender } from '../../core/senders/sender.ts'
import { addSuppression } from '../../core/suppressions/suppression.ts'
import { sql } from '../../db/sql.ts'
import { createFetch } from '../../server.ts'

interface Forwarding extends Mailed {
  sent: ForwardMail[]
  /** The form as a person sends it: filled in within five seconds. */
  forward(friends: string[], more?: More): Promise<Response>
}

interface More extends Record<string, string | number | undefined> {
  contactId?: number
  campaignId?: number
  from?: string
  name?: string
  note?: string
  wait?: number
}

/** An account that lets readers forward its mail, which went to `recipients` readers. */
async function startForwarding({ recipients = 60 } = {}): Promise<Forwarding> {
  const started = await startMailed()
  const { app, accountId } = started
  const sent: ForwardMail[] = []
  const queueForward = async (_tx: unknown, _accountId: number, mail: ForwardMail): Promise<void> =>
    void sent.push(mail)
  const fetch = createFetch({ ...app, queueForward })
  const server = mailed({ ...started, fetch: async (request) => fetch(request) })
  await setForwards(app.db, accountId, true)
  await addSender(app.db, accountId, 'joe@flowers.example', app.now())
  await importLines(server, [
    { type: 'campaign', id: 1100, name: 'October', subject: 'Roses & more', fromEmail: 'Joe@flowers.example', text: 'Hello' },
    ...Array.from({ length: recipients }, (_, i) => ({ type: 'contact', id: 1000 + i, email: `r${i}@x.example` })),
    ...Array.from({ length: recipients }, (_, i) => ({
      type: 'event', kind: 'send', contact: 1000 + i, campaign: 1100, at: '2009-10-01T00:00:00Z',
    })),
  ]) // oxfmt-ignore
  const forward: Forwarding['forward'] = async (friends, more = {}) => {
    const { contactId = 32, campaignId = 1100, from, wait = 5000, name = 'Ann', note = '', ...fields } = more
    const path = server.path('forward', { contactId, campaignId })
    const page = await (await server.ask(path)).text()
    server.clock.now += wait
    const form = /name="form" value="([^"]+)"/.exec(page)?.[1] ?? ''
    const body = new URLSearchParams({ form, name, note, website: '', ...(fields as Record<string, string>) })
    for (const friend of friends) body.append('friend', friend)
    const request = new Request(`http://${host}${path}`, { method: 'POST', body })
    return fetch(request, { address: from })
  }
  return { ...server, sent, forward }
}

const friends = (from: number, until: number): string[] =>
  Array.from({ length: until - from }, (_, i) => `f${from + i}@y.example`)

testOnEach(
  'a mail goes to each friend once, from its sender, as nobody’s in particular, and one event tells of it',
  async () => {
    await using server = await startForwarding()
    const answer = await server.forward(['A@Y.example', 'b@y.example', ' a@y.example ', '', ''], {
      name: 'Ann <b>Lee</b>',
      note: 'Look & see:\r\nhttp://evil.example',
    })
    assert.deepEqual([answer.status, answer.headers.get('location')], [303, '?sent=1'])
    assert.deepEqual(server.sent.map(({ to }) => to), ['a@y.example', 'b@y.example']) // oxfmt-ignore
    const { campaignId, contactId, from, subject, html, text, headers } = server.sent[0]!
    assert.deepEqual([campaignId, contactId], [1100, 32])
    assert.deepEqual(from, { name: 'Joe’s Flowers', email: 'joe@flowers.example' })
    assert.equal(subject, 'Ann Lee thought you would like “Roses & more”')
    assert.deepEqual(headers, { 'Auto-Submitted': 'auto-generated' })
    assert.match(
      html!,
      /^<div [^]*Ann Lee sends you this mail from Joe’s Flowers\.[^]*Look &amp; see:<[^]*<p>Hello & <b>welcome<\/b><\/p>$/,
    )
    assert.match(text, /^Ann Lee sends you this mail[^]*\n\nLook & see:\n\n[^]*on no list[^]*\n-+\n\nHello\n$/)
    assert.doesNotMatch(html! + text, /evil|\/[cousvf]\/|jflowers/)
    assert.deepEqual((await server.state()).events, ['forward'])
    const path = server.path('forward')
    assert.match(await (await server.ask(`${path}?sent=1`)).text(), /<h1>It is on its way/)
  },
)

testOnEach(
  'whoever wants no mail, or had it from another reader, is not written to, and the reader is not told',
  async () => {
    await using server = await startForwarding()
    const { app, accountId } = server
    await app.db.transaction((tx) =>
      addSuppression(tx, accountId, { email: 'no@y.example', reason: 'optout', source: 'x' }, 1),
    )
    await importLines(server, [{ type: 'contact', id: 40, email: 'gone@y.example', status: 'do-not-mail' }])
    const answer = await server.forward(['no@y.example', 'gone@y.example'])
    assert.deepEqual([answer.status, answer.headers.get('location')], [303, '?sent=1'])
    assert.deepEqual([server.sent, (await server.state()).events], [[], []])
    await server.forward(['a@y.example'], { contactId: 1000 })
    await server.forward(['a@y.example', 'b@y.example'])
    assert.deepEqual(server.sent.map(({ to }) => to), ['a@y.example', 'b@y.example']) // oxfmt-ignore
    assert.deepEqual(await app.db.tuples(sql`select details from event where kind = 7 order by contact_id`), [
      ['{"friends":1}'],
      ['{"friends":1}'],
    ])
  },
)

testOnEach('a mail can be sent to five at once and ten in all, a contact’s mails to twenty-five', async () => {
  await using server = await startForwarding()
  const campaigns = [1101, 1102].map((id) => ({
    type: 'campaign', id, name: 'x', subject: 'x', fromEmail: 'joe@flowers.example', text: 'x',
  })) // oxfmt-ignore
  await importLines(server, campaigns)
  await server.app.db.transaction(async (tx) => {
    for (const { id } of campaigns)
      await tx.run(sql`insert into event(contact_id, kind, event_id, campaign_id, recorded_at, account_id, source)
        select contact_id, kind, event_id + ${id}, ${id}, recorded_at, account_id, source from event where campaign_id = 1100 and kind = 1`)
  })
  assert.equal((await server.forward(friends(0, 7))).status, 303)
  assert.equal(server.sent.length, 5)
  assert.equal((await server.forward(friends(10, 14))).status, 303)
  const refused = await server.forward(friends(20, 22), { note: 'Hello there' })
  assert.equal(refused.status, 422)
  assert.match(await refused.text(), /role="alert"[^]*You can name 1 more at most[^]*f20@y\.example[^]*Hello there/)
  assert.equal((await server.forward(friends(20, 21))).status, 303)
  assert.equal(server.sent.length, 10)
  assert.match(await (await server.ask(server.path('forward'))).text(), /<h1>That was the last of them/)
  for (const campaignId of [1101, 1102])
    for (const from of [30, 40]) await server.forward(friends(from, from + 5), { campaignId })
  assert.equal(server.sent.length, 25)
  assert.equal((await server.forward(friends(50, 51), { contactId: 1001 })).status, 303)
  assert.equal(server.sent.length, 26)
})

testOnEach(
  'an address may name twenty friends a day, and a campaign goes to no more friends than readers',
  async () => {
    await using server = await startForwarding({ recipients: 24 })
    const post = async (contactId: number, count: number, from: string): Promise<number> =>
      (await server.forward(friends(contactId * 10, contactId * 10 + count), { contactId, from })).status
    for (const contactId of [1000, 1001, 1002, 1003]) assert.equal(await post(contactId, 5, '192.0.2.1'), 303)
    assert.equal(await post(1004, 1, '192.0.2.1'), 422)
    assert.equal(await post(1004, 5, '192.0.2.2'), 422)
    assert.equal(await post(1004, 4, '192.0.2.2'), 303)
    server.clock.now += 86_400_000
    assert.equal(await post(1005, 1, '192.0.2.1'), 400)
    assert.equal(server.sent.length, 24)
  },
)

testOnEach('many readers at one address at once are as many as its limit allows', async () => {
  await using server = await startForwarding()
  const many = Array.from({ length: 8 }, (_, i) =>
    server.forward(friends(i * 5, i * 5 + 5), { contactId: 1000 + i, from: '192.0.2.1', wait: 4000 }),
  )
  const statuses = (await Promise.all(many)).map(({ status }) => status)
  assert.equal(statuses.filter((status) => status === 303).length, 4)
  assert.equal(server.sent.length, 20)
})

testOnEach('many forms of one reader at once are as many as its limits allow', async () => {
  await using server = await startForwarding()
  const many = Array.from({ length: 8 }, (_, i) => server.forward(friends(i * 3, i * 3 + 3), { wait: 4000 }))
  const statuses = (await Promise.all(many)).map(({ status }) => status)
  assert.deepEqual(
    statuses.toSorted((a, b) => a - b),
    [303, 303, 303, 422, 422, 422, 422, 422],
  )
  assert.equal(server.sent.length, 9)
})

test('a form of another page, too fast, left open for days or filled in by a program sends nothing', async () => {
  await using server = await startForwarding()
  const status = async (more: More): Promise<number> => (await server.forward(['a@y.example'], more)).status
  assert.equal(await status({ wait: 2000 }), 422)
  assert.equal(await status({ wait: 2 * 86_400_000 }), 400)
  assert.equal(await status({ wait: -1000 }), 400)
  assert.equal(await status({ website: 'http://evil.example' }), 400)
  for (const form of ['', 'x', '1.x', `${server.app.now().toString(36)}.`, 'NaN.NaN'])
    assert.equal(await status({ form }), 400)
  const other = await (await server.ask(server.path('forward', { contactId: 1000 }))).text()
  assert.equal(await status({ form: /name="form" value="([^"]+)"/.exec(other)![1]! }), 400)
  assert.equal((await server.send(server.path('forward'), 'x'.repeat(20_000))).status, 413)
  assert.deepEqual([server.sent, (await server.state()).events], [[], []])
})

test('what can’t be sent is said in words, beside what was written', async () => {
  await using server = await startForwarding()
  const page = await (
    await server.forward(['nobody', 'a@b', '"><script>@x'], { name: ' ', note: 'y'.repeat(281) })
  ).text()
  for (const words of [/write your name/, /Address 1 is none/, /Address 2 is none/, /Address 3 is none/, /280 characters at most/, /value="nobody"/])
    assert.match(page, words) // oxfmt-ignore
  assert.doesNotMatch(page, /<script>/)
  assert.match(await (await server.forward([' '])).text(), /address of a friend/)
  for (const piece of ['a.', 'a', '<', 'http:', '@'])
    assert.equal((await server.forward([], { name: piece.repeat(500), note: piece.repeat(1500) })).status, 422)
  // A browser counts a new line as one character.
  assert.equal(
    (await server.forward(['a@y.example'], { note: `${'y'.repeat(139)}\r\n${'y'.repeat(140)}` })).status,
    303,
  )
})

testOnEach(
  'there is no form where the account, the campaign or the sender does not allow it, or nothing can send',
  async () => {
    await using server = await startForwarding()
    const { app, accountId } = server
    const path = server.path('forward')
    const isThere = async (): Promise<boolean> => (await server.ask(path)).status === 200
    assert.equal(await isThere(), true)
    const without = mailed({ ...server, fetch: async (request) => createFetch(app)(request) })
    assert.deepEqual([(await without.ask(path)).status, (await without.send(path, {})).status], [404, 404])
    for (const other of ['/f/x', `/f/${server.token('view')}`, server.path('forward', { contactId: 9 }), server.path('forward', { campaignId: 9 })])
    assert.equal((await server.ask(other)).status, 404, other) // oxfmt-ignore
    assert.equal((await server.ask(path, 'DELETE')).status, 405)
    assert.equal((await server.ask(path, 'OPTIONS')).status, 204)
    await setForwards(app.db, accountId, false)
    assert.equal(await isThere(), false)
    await setForwards(app.db, accountId, true)
    await importLines(server, [{ type: 'campaign', id: 1100, name: 'October', includeForwardEmail: 'NO' }])
    await app.db.transaction((tx) =>
      tx.run(
        sql`update campaign set content = replace(content, '}', ',"includeForwardEmail":"NO"}') where campaign_id = 1100`,
      ),
    )
    assert.equal(await isThere(), false)
    await app.db.transaction((tx) =>
      tx.run(sql`update campaign set content = replace(content, '"NO"', '"YES"') where campaign_id = 1100`),
    )
    assert.equal(await isThere(), true)
    await app.db.transaction((tx) => tx.run(sql`update sender set verified_at = null where account_id = ${accountId}`))
    assert.equal(await isThere(), false)
  },
)

testOnEach('of friends only digests are kept, for a month, and of readers nothing when they are erased', async () => {
  await using server = await startForwarding()
  const { app, accountId } = server
  await server.forward(['a@y.example'], { from: '192.0.2.1' })
  const kept = async (): Promise<number[]> => {
    const rows = [sql`forward_friend`, sql`forward_visitor`, sql`forward_count`].map((table) => app.db.tuples(sql`select * from ${table} where account_id = ${accountId}`)) // oxfmt-ignore
    const all = await Promise.all(rows)
    assert.doesNotMatch(JSON.stringify(all), /y\.example|192\.0/)
    return all.map(({ length }) => length)
  }
  const pruneAfter = async (days: number): Promise<void> => {
    await app.db.transaction((tx) => insertJob(tx, { accountId: null, kind: 'prune-forwards', subject: 'recurring', dueAt: 0 }, 0)) // oxfmt-ignore
    await app.db.transaction((tx) => tx.run(sql`update job set due_at = 0 where kind = 'prune-forwards'`))
    await runDueJobs({ ...app, now: () => app.now() + days * 86_400_000 })
  }
  assert.deepEqual(await kept(), [1, 1, 2])
  await pruneAfter(1)
  assert.deepEqual(await kept(), [1, 1, 2])
  await pruneAfter(29)
  assert.deepEqual(await kept(), [1, 0, 2])
  await pruneAfter(31)
  assert.deepEqual(await kept(), [0, 0, 2])
  await eraseContact(app.db, accountId, { contactId: 32, email: 'jflowers@mail.com' }, app.now())
  assert.deepEqual(await kept(), [0, 0, 1])
  assert.equal((await server.ask(server.path('forward'))).status, 404)
})

testOnEach('a contact that nothing may be noted of forwards all the same', async () => {
  await using server = await startForwarding()
  await server.app.db.transaction((tx) => tx.run(sql`update contact set tracking = 'none' where contact_id = 32`))
  assert.equal((await server.forward(['a@y.example'])).status, 303)
  assert.deepEqual([server.sent.length, (await server.state()).events], [1, []])
})
