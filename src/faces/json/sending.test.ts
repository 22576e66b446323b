// Sending through the API, by a real SMTP server: campaigns from the draft to the last recipient, and single messages.

import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import { makeKey, startApi, withKey } from '../../../test/api.ts'
import type { Api, Json } from '../../../test/api.ts'
import { testOnEach as test } from '../../../test/databases.ts'
import { importLines } from '../../../test/import-lines.ts'
import { startSmtpSink } from '../../../test/smtp-sink.ts'
import type { SinkAnswers, SmtpSink } from '../../../test/smtp-sink.ts'
import { parseRelayUrl } from '../../mail/relay-url.ts'
import { jobKinds } from '../../core/jobs/job-kinds.ts'
import { startJobs } from '../../core/jobs/run-jobs.ts'
import { addSender } from '../../core/senders/sender.ts'
import { sendSingle } from '../../core/sending/send-single.ts'
import { startSender } from '../../core/sending/sender.ts'

interface Sending extends Api {
  sink: SmtpSink
  whileSending<T>(work: () => Promise<T>): Promise<T>
  /** A draft to five contacts, 1 to 5. */
  draft(content?: object): Promise<Json>
  until(path: string, isEnough: (body: Json) => boolean): Promise<Json>
}

const content = {
  subject: 'Hello {{ contact.first_name | default: "you" }}',
  preheader: 'Roses for all',
  fromEmail: 'joe@joesflowers.example',
  organizationAddress1: '1 Main Street',
  html: '<html><body><h1>Dear {{ contact.first_name }}</h1><a href="https://shop.example/roses">Roses</a></body></html>',
}
const single = {
  to: 'c1@mail.com',
  from: 'joe@joesflowers.example',
  subject: 'Order {{ order.number }}',
  text: 'It is on its way, {{ contact.first_name }}.',
  data: { order: { number: 7 } },
}

async function start(answers: SinkAnswers = {}): Promise<Sending> {
  const sink = await startSmtpSink(answers)
  const relay = parseRelayUrl(`${sink.url}?pool=2`)
  const api = await startApi({ relay, publicHost: 'track.test', publicScheme: 'https', bounceDomain: 'bounce.test' })
  const { app, accountId } = api
  await addSender(app.db, accountId, 'joe@joesflowers.example', app.now())
  await importLines(api, [
    { type: 'list', id: 1, name: 'Garden' },
    ...[1, 2, 3, 4, 5].map((id) => ({
      type: 'contact', id, email: `c${id}@mail.com`, ...(id < 5 && { firstName: `C${id}` }), lists: ['Garden'],
    })), // oxfmt-ignore
  ])
  let drafts = 0
  return {
    ...api,
    sink,
    whileSending: async (work) => {
      await using _jobs = startJobs(app, jobKinds)
      await using _sender = startSender(app.senderHost())
      return await work()
    },
    draft: (more = {}) =>
      api.must(201, 'POST', '/campaigns', { name: `News ${++drafts}`, lists: [1], content: { ...content, ...more } }),
    until: async (path, isEnough) => {
      for (let tries = 0; ; tries++) {
        const body = await api.must(200, 'GET', path)
        if (isEnough(body)) return body
        if (tries > 400) throw new Error(`still ${JSON.stringify(body)}`)
        await setTimeout(25)
      }
    },
    [Symbol.asyncDispose]: async () => {
      await api[Symbol.asyncDispose]()
      await sink[Symbol.asyncDispose]()
    },
  }
}

const isSent = ({ status, state }: Json): boolean => status === 'sent' && state !== 'running'

test('a campaign is checked, tested, started and followed to its last recipient', async () => {
  await using api = await start({ rcpt: (to) => (to === 'c3@mail.com' ? '550 5.1.1 no such user' : undefined) })
  const { id } = await api.draft()
  const check = await api.must(200, 'GET', `/campaigns/${id}/check`)
  assert.deepEqual(
    [check.checked, check.isWhole, check.missing],
    [5, true, [{ contact: 5, email: 'c5@mail.com', variables: ['contact.first_name'] }]],
  )
  assert.ok(check.links.some(({ url, skip }: Json) => url === 'https://shop.example/roses' && skip === undefined))
  assert.equal((await api.must(200, 'GET', `/campaigns/${id}/check?limit=2`)).isWhole, false)
  const before = await api.must(200, 'GET', `/campaigns/${id}/progress`)
  assert.deepEqual([before.state, before.recipients, before.isSending], [null, 0, false])

  await api.whileSending(async () => {
    const tested = await api.ask('POST', `/campaigns/${id}/test`, { to: 'me@mail.com', contact: 1 })
    assert.equal(tested.status, 202)
    await api.until(tested.headers.get('location')!.replace('/api/v1', ''), ({ state }) => state === 'accepted')
    const started = await api.must(202, 'POST', `/campaigns/${id}/start`)
    assert.deepEqual([started.status, started.state], ['running', 'freezing'])
    const done = await api.until(`/campaigns/${id}/progress`, isSent)
    assert.deepEqual([done.recipients, done.ended, done.counts.accepted, done.counts.failed], [5, 5, 4, 1])
    assert.deepEqual([done.isSending, done.nextTryAt, done.problem], [true, null, null])
  })

  const test = api.sink.messages.find(({ to }) => to === 'me@mail.com')!
  assert.match(test.raw, /^Subject: \[Test\] Hello C1/m)
  assert.match(test.raw.replaceAll('=\r\n', ''), /Roses for all/)
  const first = api.sink.messages.find(({ to }) => to === 'c1@mail.com')!
  assert.match(first.raw.replaceAll('=\r\n', ''), /Roses for all/)
  const failed = await api.must(200, 'GET', `/campaigns/${id}/messages?state=failed`)
  assert.deepEqual(failed.items.map(({ id: own, contact, status }: Json) => [own, contact, status]), [[`${id}-3-0`, 3, '5.1.1']]) // oxfmt-ignore
  assert.equal((await api.must(200, 'GET', `/messages/${id}-1-0`)).state, 'accepted')
  const events = await api.must(200, 'GET', '/contacts/1/events')
  assert.deepEqual(events.items.map(({ kind }: Json) => kind).toSorted(), ['delivery', 'send'])
})

test('messages of a campaign come page by page, each once, in every state and in one', async () => {
  await using api = await start({ rcpt: (to) => (to === 'c3@mail.com' ? '550 5.1.1 no such user' : undefined) })
  const { id } = await api.draft()
  await api.whileSending(async () => {
    await api.must(202, 'POST', `/campaigns/${id}/start`)
    await api.until(`/campaigns/${id}/progress`, isSent)
  })
  for (const [query, wanted] of [['', [1, 2, 3, 4, 5]], ['state=accepted&', [1, 2, 4, 5]]] as const) {
    const seen: number[] = []
    for (let next = ''; ;) {
      const page = await api.must(200, 'GET', `/campaigns/${id}/messages?${query}limit=2${next}`)
      seen.push(...page.items.map(({ contact }: Json) => contact))
      if (page.next === undefined) break
      next = `&cursor=${page.next}`
    }
    assert.deepEqual(seen, wanted)
  }
  await api.must(404, 'GET', '/campaigns/999/messages')
}) // oxfmt-ignore

test('several messages to one contact come page by page too', async () => {
  await using api = await start()
  for (let i = 0; i < 3; i++) await api.must(202, 'POST', '/messages', single)
  const { campaign } = await api.must(202, 'POST', '/messages', { ...single, to: 'c2@mail.com' })
  const first = await api.must(200, 'GET', `/campaigns/${campaign}/messages?limit=2`)
  const rest = await api.must(200, 'GET', `/campaigns/${campaign}/messages?limit=2&cursor=${first.next}`)
  const names = [...first.items, ...rest.items].map(({ id }: Json) => id)
  assert.deepEqual(names, ['1-1', '1-2', '1-3', '2-1'].map((name) => `${campaign}-${name}`)) // oxfmt-ignore
})

test('a start that comes twice with its key starts once; without it is refused', async () => {
  await using api = await start()
  const { id } = await api.draft()
  const key = { 'idempotency-key': 'start-1' }
  const first = await api.must(202, 'POST', `/campaigns/${id}/start`, undefined, key)
  const again = await api.ask('POST', `/campaigns/${id}/start`, undefined, key)
  assert.deepEqual([again.status, again.headers.get('idempotency-replayed'), again.body], [202, 'true', first])
  assert.equal((await api.must(403, 'POST', `/campaigns/${id}/start`)).code, 'forbidden')
})

test('a campaign that was changed since it was looked at is not started with its old ETag', async () => {
  await using api = await start()
  const { id } = await api.draft()
  const seen = (await api.ask('GET', `/campaigns/${id}`)).headers.get('etag')!
  await api.must(200, 'PATCH', `/campaigns/${id}`, { content: { subject: 'Other' } })
  await api.must(412, 'POST', `/campaigns/${id}/start`, undefined, { 'if-match': seen })
  const now = (await api.ask('GET', `/campaigns/${id}`)).headers.get('etag')!
  await api.must(202, 'POST', `/campaigns/${id}/start`, undefined, { 'if-match': now })
})

test('what keeps a campaign from being started is named as a place in it', async () => {
  await using api = await start()
  const { id } = await api.draft({ organizationAddress1: null })
  const refused = await api.must(400, 'POST', `/campaigns/${id}/start`)
  assert.deepEqual(refused.errors, [{ pointer: '/content/organizationAddress1', detail: 'The campaign has no content.organizationAddress1.' }]) // oxfmt-ignore
  await api.must(400, 'POST', `/campaigns/${id}/schedule`, { at: '2009-12-01T00:00:00Z' })
  await api.must(200, 'PATCH', `/campaigns/${id}`, { content: { organizationAddress1: 'x', html: '{{ oops' } })
  for (const [method, path] of [['POST', 'start'], ['GET', 'check']] as const)
    assert.equal((await api.must(400, method, `/campaigns/${id}/${path}`)).errors[0].pointer, '/content/html')
  assert.equal((await api.must(200, 'GET', `/campaigns/${id}`)).status, 'draft')
}) // oxfmt-ignore

test('a campaign is scheduled once, can be taken off again, and goes out when its time has come', async () => {
  await using api = await start()
  const { id } = await api.draft()
  const at = '2009-12-01T09:00:00.000Z'
  const scheduled = await api.must(200, 'POST', `/campaigns/${id}/schedule`, { at })
  assert.deepEqual([scheduled.status, scheduled.nextRunAt], ['scheduled', at])
  assert.equal((await api.must(409, 'POST', `/campaigns/${id}/schedule`, { at })).code, 'conflict')
  await api.must(204, 'DELETE', `/campaigns/${id}/schedule`)
  await api.must(404, 'DELETE', `/campaigns/${id}/schedule`)
  assert.equal((await api.must(200, 'GET', `/campaigns/${id}`)).status, 'draft')
  await api.must(200, 'POST', `/campaigns/${id}/schedule`, { at })
  await api.whileSending(async () => {
    api.clock.now = Date.parse(at)
    await api.until(`/campaigns/${id}/progress`, isSent)
  })
  assert.equal(api.sink.messages.length, 5)
})

test('a campaign that is paused hands nothing over, goes on when resumed, and never does once cancelled', async () => {
  await using api = await start()
  const { id } = await api.draft()
  for (const verb of ['pause', 'resume', 'cancel'])
    assert.equal((await api.must(403, 'POST', `/campaigns/${id}/${verb}`)).code, 'forbidden')
  await api.must(202, 'POST', `/campaigns/${id}/start`)
  assert.equal((await api.must(200, 'POST', `/campaigns/${id}/pause`)).status, 'paused')
  await api.whileSending(() => setTimeout(600))
  assert.equal(api.sink.messages.length, 0)
  await api.must(409, 'POST', `/campaigns/${id}/test`, { to: 'me@mail.com' })
  assert.equal((await api.must(200, 'POST', `/campaigns/${id}/resume`)).status, 'running')
  assert.equal((await api.must(200, 'POST', `/campaigns/${id}/cancel`)).status, 'cancelled')
  await api.whileSending(() => api.until(`/campaigns/${id}/progress`, ({ state }) => state === 'done'))
  assert.equal(api.sink.messages.length, 0)
  await api.must(403, 'POST', `/campaigns/${id}/start`)
  await api.must(403, 'POST', `/campaigns/${id}/requeue`)
})

test('messages whose fate is unknown are sent again when somebody says so, and only then', async () => {
  let drops = 1
  await using api = await start({ data: ({ to }) => (to === 'c2@mail.com' && drops-- > 0 ? 'drop' : undefined) })
  const { id } = await api.draft()
  await api.whileSending(async () => {
    await api.must(202, 'POST', `/campaigns/${id}/start`)
    const lost = await api.until(`/campaigns/${id}/progress`, isSent)
    assert.deepEqual([lost.counts.unknown, lost.counts.accepted], [1, 4])
    assert.deepEqual(await api.must(202, 'POST', `/campaigns/${id}/requeue`), { requeued: 1 })
    await api.until(`/campaigns/${id}/progress`, ({ counts }) => counts.accepted === 5)
    assert.deepEqual(await api.must(202, 'POST', `/campaigns/${id}/requeue`), { requeued: 0 })
  })
  const both = api.sink.messages.filter(({ to }) => to === 'c2@mail.com').map(({ raw }) => /^Message-ID: (.*)$/im.exec(raw)![1]) // oxfmt-ignore
  assert.deepEqual([both.length, new Set(both).size], [2, 1])
})

test('MJML makes the HTML of a campaign, HTML that comes alone takes its place, and what is none is refused', async () => {
  await using api = await start()
  const mjml = '<mjml><mj-body><mj-section><mj-column><mj-text odd="1">Dear {{ contact.first_name }}</mj-text></mj-column></mj-section></mj-body></mjml>' // oxfmt-ignore
  const made = await api.draft({ html: undefined, mjml })
  assert.match(made.content.html, /<html[^]*Dear \{\{ contact.first_name \}\}/)
  const check = await api.must(200, 'GET', `/campaigns/${made.id}/check`)
  assert.match(check.mjml[0], /odd/)
  const changed = await api.must(200, 'PATCH', `/campaigns/${made.id}`, { content: { mjml: mjml.replace('Dear', 'Hello') } }) // oxfmt-ignore
  assert.match(changed.content.html, /Hello/)
  const named = await api.must(200, 'PATCH', `/campaigns/${made.id}`, { content: { subject: 'Other' } })
  assert.deepEqual([named.content.mjml, named.content.html], [changed.content.mjml, changed.content.html])
  const refused = await api.must(400, 'PATCH', `/campaigns/${made.id}`, { content: { mjml: '<p>no</p>' } })
  assert.equal(refused.errors[0].pointer, '/content/mjml')
  const sections = '<mj-section><mj-column><mj-text>Roses</mj-text></mj-column></mj-section>'.repeat(1200)
  const large = `<mjml><mj-body>${sections}</mj-body></mjml>`
  assert.match((await api.must(400, 'PATCH', `/campaigns/${made.id}`, { content: { mjml: large } })).detail, /2000000/)
  const replaced = await api.must(200, 'PATCH', `/campaigns/${made.id}`, { content: { html: '<p>By hand</p>' } })
  assert.deepEqual([replaced.content.mjml, replaced.content.html], [undefined, '<p>By hand</p>'])
})

test('one message goes to one contact, with its values, and is on its timeline', async () => {
  await using api = await start()
  const { id } = await api.whileSending(async () => {
    const asked = await api.ask('POST', '/messages', { ...single, to: 'New@mail.com', stream: 'Orders' })
    assert.deepEqual([asked.status, asked.headers.get('location')], [202, `/api/v1/messages/${asked.body.id}`])
    return api.until(`/messages/${asked.body.id}`, ({ state }) => state === 'accepted')
  })
  const [sent] = api.sink.messages
  assert.equal(sent!.to, 'new@mail.com')
  assert.match(sent!.raw, /^Subject: Order 7\r$/m)
  const { contact, campaign } = await api.must(200, 'GET', `/messages/${id}`)
  assert.equal((await api.must(200, 'GET', `/campaigns/${campaign}`)).name, 'Orders')
  assert.equal((await api.must(200, 'GET', `/contacts/${contact}`)).status, 'removed')
  const events = await api.must(200, 'GET', `/contacts/${contact}/events`)
  assert.deepEqual(events.items.map(({ kind }: Json) => kind).toSorted(), ['delivery', 'send'])
})

test('a message is queued once for each key, by whichever way it comes, and is found by it', async () => {
  await using api = await start()
  const key = { 'idempotency-key': 'order/7' }
  const first = await api.must(202, 'POST', '/messages', single, key)
  const other = withKey(api, await makeKey(api, ['write']))
  for (const client of [api, other])
    assert.equal((await client.must(202, 'POST', '/messages', single, key)).id, first.id)
  const { to, from, ...rest } = single
  const same = { to, stream: 'Single messages', from: { email: from }, ...rest }
  assert.equal((await sendSingle(api.app.db, api.accountId, same, 'order/7', api.clock.now)).isNew, false)
  assert.equal((await api.must(200, 'GET', `/messages/${encodeURIComponent('order/7')}`)).id, first.id)
  assert.equal((await api.must(422, 'POST', '/messages', { ...single, text: 'x' }, key)).code, 'idempotency_key_reused')
  const third = withKey(api, await makeKey(api, ['write']))
  assert.equal((await third.must(409, 'POST', '/messages', { ...single, text: 'x' }, key)).code, 'conflict')
  await api.must(404, 'GET', '/messages/nothing')
  await api.must(404, 'GET', `/messages/${first.campaign}-1-99`)
})

test('a message without a body, of a stranger, or with a template that is none is refused, and nothing is queued', async () => {
  await using api = await start()
  const { text: _text, ...bare } = single
  for (const [body, pointer] of [
    [bare, '/html'],
    [{ ...single, from: 'other@mail.com' }, '/from'],
    [{ ...single, from: 'no address' }, '/from'],
    [{ ...single, to: 'no address' }, '/to'],
    [{ ...single, replyTo: 'no address' }, '/replyTo'],
    [{ ...single, subject: '{{ oops' }, '/subject'],
    [{ ...single, stream: ' ' }, '/stream'],
  ] as const)
    assert.equal((await api.must(400, 'POST', '/messages', body)).errors[0].pointer, pointer)
  assert.deepEqual((await api.must(200, 'GET', '/campaigns')).items, [])
})
