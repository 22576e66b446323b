// The feed: once, in order, without gaps, as pages, as waiting, as a stream, and on the command line.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startApi } from '../../../test/api.ts'
import type { Api, Json } from '../../../test/api.ts'
import { startCli } from '../../../test/cli.ts'
import { testOnEach } from '../../../test/databases.ts'
import { importLines } from '../../../test/import-lines.ts'
import { host } from '../../../test/server.ts'
import { record } from '../../core/events/record.ts'
import type { NewEvent } from '../../core/events/record.ts'
import { createFetch } from '../../server.ts'

async function startFeed(): Promise<Api> {
  const api = await startApi()
  await importLines(api, [
    { type: 'campaign', id: 1100, name: 'One' },
    ...[1, 2, 3].map((id) => ({ type: 'contact', id, email: `c${id}@mail.com` })),
  ])
  return api
}

/** Recorded now, and fed from then on when clocks may be apart no more. */
async function happen(api: Api, n: number, kind: NewEvent['kind'] = 'open', contactId = 1): Promise<void> {
  const at = Date.parse('2009-01-01T00:00:00Z') + n * 1000
  await api.app.db.transaction((tx) => record(tx, api.accountId, [{ kind, contactId, campaignId: 1100, at, source: 'own' }], api.clock.now)) // oxfmt-ignore
}

const seconds = (items: Json): number[] => items.map(({ at }: Json) => Number(at.slice(17, 19)))

testOnEach('who goes on from where it was is given every event once, in the order of receipt', async () => {
  await using api = await startFeed()
  for (const n of [3, 1, 2]) {
    await happen(api, n)
    api.clock.now += 10_000
  }
  const first = await api.must(200, 'GET', '/feed?limit=2')
  assert.deepEqual([seconds(first.items), first.caughtUp], [[3, 1], false])
  const second = await api.must(200, 'GET', `/feed?limit=2&after=${first.next}`)
  assert.deepEqual([seconds(second.items), second.caughtUp], [[2], true])
  const third = await api.must(200, 'GET', `/feed?after=${second.next}`)
  assert.deepEqual([third.items, third.caughtUp], [[], true])
  await happen(api, 4)
  assert.deepEqual((await api.must(200, 'GET', `/feed?after=${third.next}`)).items, [])
  api.clock.now += 10_000
  for (const place of [second, third])
    assert.deepEqual(seconds((await api.must(200, 'GET', `/feed?after=${place.next}`)).items), [4])
})

testOnEach('who follows some kinds is brought past the others, and who begins now past all', async () => {
  await using api = await startFeed()
  for (let n = 0; n < 30; n++) await happen(api, n, n === 25 ? 'complaint' : 'open')
  api.clock.now += 10_000
  const empty = await api.must(200, 'GET', '/feed?kind=complaint&limit=2')
  assert.deepEqual([empty.items, empty.caughtUp], [[], false])
  let [next, found] = [empty.next, 0]
  for (let i = 0; i < 5 && found === 0; i++) {
    const page = await api.must(200, 'GET', `/feed?kind=complaint&limit=2&after=${next}`)
    next = page.next
    found += page.items.length
  }
  assert.equal(found, 1)
  const { next: now, items } = await api.must(200, 'GET', '/feed?from=now')
  assert.deepEqual(items, [])
  await happen(api, 40)
  api.clock.now += 10_000
  assert.deepEqual(seconds((await api.must(200, 'GET', `/feed?after=${now}`)).items), [40])
  await api.must(400, 'GET', `/feed?after=${now}&from=now`)
  await api.must(400, 'GET', '/feed?wait=31')
})

testOnEach('who waits is answered as soon as there is something', async () => {
  await using api = await startFeed()
  const { next } = await api.must(200, 'GET', '/feed?from=now')
  const waiting = api.must(200, 'GET', `/feed?wait=20&after=${next}`)
  await happen(api, 7)
  api.clock.now += 10_000
  assert.deepEqual(seconds((await waiting).items), [7])
  assert.deepEqual((await api.must(200, 'GET', `/feed?wait=1&from=now`)).items, [])
})

/** Reads a stream until it has so many events. */
async function readStream(
  api: Api,
  count: number,
  headers: Record<string, string> = {},
  query = '',
): Promise<{ ids: string[]; events: Json[] }> {
  const leave = new AbortController()
  const response = await api.fetch(
    new Request(`http://${host}/api/v1/feed${query}`, {
      headers: { authorization: `Bearer ${api.key}`, accept: 'text/event-stream', ...headers },
      signal: leave.signal,
    }),
  )
  assert.equal(response.headers.get('content-type'), 'text/event-stream')
  let text = ''
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  while ((text.match(/^data: /gm) ?? []).length < count) text += (await reader.read()).value ?? ''
  await reader.cancel()
  leave.abort()
  return {
    ids: [...text.matchAll(/^id: (.*)$/gm)].map(([, id]) => id!),
    events: [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data!)),
  }
}

testOnEach('a stream goes on while events come, and is taken up again from its last event', async () => {
  await using api = await startFeed()
  for (const n of [1, 2]) await happen(api, n, 'open', n)
  api.clock.now += 10_000
  const streaming = readStream(api, 3)
  setTimeout(() => {
    void happen(api, 3).then(() => (api.clock.now += 10_000))
  }, 200)
  const { ids, events } = await streaming
  assert.deepEqual(seconds(events), [1, 2, 3])
  assert.deepEqual(seconds((await readStream(api, 2, { 'last-event-id': ids[0]! })).events), [2, 3])
  assert.deepEqual(seconds((await readStream(api, 1, {}, `?after=${ids[1]}`)).events), [3])
  const page = await api.must(200, 'GET', `/feed?after=${ids[1]}`)
  assert.deepEqual(page.items, [events[2]])
})

test('HEAD of a stream says what a page would be, and leaves no reader behind', async () => {
  await using api = await startFeed()
  const headers = { authorization: `Bearer ${api.key}`, accept: 'text/event-stream' }
  const response = await api.fetch(new Request(`http://${host}/api/v1/feed`, { method: 'HEAD', headers }))
  assert.deepEqual([response.status, response.headers.get('content-type')], [200, 'application/json'])
})

test('a stream ends when the server stops', async () => {
  await using api = await startFeed()
  const stop = new AbortController()
  const fetch = createFetch(api.app, stop.signal)
  const response = await fetch(new Request(`http://${host}/api/v1/feed`, { headers: { authorization: `Bearer ${api.key}`, accept: 'text/event-stream' } })) // oxfmt-ignore
  const text = response.text()
  stop.abort()
  assert.equal(await text, 'retry: 2000\n\n')
})

test('the command line tells what was recorded, some kinds of it, and goes on from where it was', async () => {
  await using api = await startFeed()
  api.clock.now -= 3_600_000
  for (const n of [1, 2, 3]) await happen(api, n, n === 2 ? 'bounce' : 'open')
  await using cli = await startCli()
  const env = { CONTRAIL_DATA: api.dataDir }
  const tail = async (...args: string[]): Promise<Json[]> => {
    const { code, out, err } = await cli.runWith({ env }, 'tail', '--from-start', '--no-follow', '--json', ...args)
    assert.equal(code, 0, err)
    return out.trim().split('\n').filter(Boolean).map((line) => JSON.parse(line)) // oxfmt-ignore
  }
  const whole = await tail()
  assert.deepEqual(seconds(whole), [1, 2, 3])
  assert.deepEqual(seconds(await tail('--kind', 'bounce')), [2])
  assert.deepEqual(seconds(await tail('--limit', '2')), [1, 2])
  assert.deepEqual(seconds(await tail('--after', whole[1].next)), [3])
  const { out } = await cli.runWith({ env }, 'tail', '--from-start', '--no-follow')
  assert.match(out, /^2009-01-01 00:00:01 {2}open {7}contact 1 {2}1100 One$/m)
  assert.equal((await cli.runWith({ env }, 'tail', '--after', 'nonsense')).code, 2)
  // Asked to stop, it stops.
  assert.deepEqual(await cli.runWith({ env }, 'tail'), { code: 0, out: '', err: '' })
})
