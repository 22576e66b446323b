// How often one address may ask for readers' pages, and what is never refused.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { importLines } from '../../../test/import-lines.ts'
import { startMailed } from '../../../test/mailed.ts'
import type { Mailed } from '../../../test/mailed.ts'
import { host } from '../../../test/server.ts'
import { findOrCreateLink } from '../../core/campaigns/link.ts'
import { createFetch } from '../../server.ts'
import { languages } from './words/words.ts'

type Ask = (path: string, init?: RequestInit & { from?: string }) => Promise<Response>

/** A server that takes two requests a minute from each address. */
async function startStrict(): Promise<Mailed & { askFrom: Ask }> {
  const server = await startMailed()
  const fetch = createFetch({ ...server.app, config: { ...server.app.config, readerRateLimit: 2 } })
  const askFrom: Ask = async (path, { from = '192.0.2.7', ...init } = {}) =>
    fetch(new Request(`http://${host}${path}`, init), { address: from || undefined })
  return { ...server, askFrom }
}

test('who asks too often is told when to come again, in its language, and nobody else waits', async () => {
  await using server = await startStrict()
  const path = server.path('preferences')
  assert.equal((await server.askFrom(path)).status, 200)
  assert.equal((await server.askFrom('/v/forged')).status, 404)
  const titles = new Set<string>()
  for (const language of languages) {
    const refused = await server.askFrom(path, { headers: { 'accept-language': language } })
    assert.deepEqual([refused.status, refused.headers.get('retry-after')], [429, '30'])
    assert.match(refused.headers.get('cache-control')!, /no-store/)
    titles.add(/<h1>(.*)<\/h1>/.exec(await refused.text())![1]!)
  }
  assert.equal(titles.size, languages.length)
  for (const other of ['/u/x', '/p/x', '/s/x']) assert.equal((await server.askFrom(other)).status, 429)
  assert.equal(
    (await server.askFrom(path, { method: 'POST', body: new URLSearchParams({ change: 'stop' }) })).status,
    429,
  )
  assert.equal((await server.askFrom(path, { from: '192.0.2.8' })).status, 200)
  server.clock.now += 30_000
  assert.equal((await server.askFrom(path)).status, 200)
  assert.equal((await server.askFrom(path)).status, 429)
})

test('an opt-out, a click and an open are never refused, nor is who can’t be told from others', async () => {
  await using server = await startStrict()
  await server.app.db.transaction((tx) => findOrCreateLink(tx, 1100, 'http://x.example/'))
  await importLines(
    server,
    Array.from({ length: 5 }, (_, i) => ({ type: 'contact', id: 100 + i, email: `c${i}@x.example` })),
  )
  for (let i = 0; i < 3; i++) await server.askFrom('/s/x')
  for (let i = 0; i < 5; i++) {
    const one = { contactId: 100 + i }
    const body = new URLSearchParams({ 'List-Unsubscribe': 'One-Click' })
    assert.equal((await server.askFrom(server.path('unsubscribe', one), { method: 'POST', body })).status, 200)
    assert.equal((await server.askFrom(`/c/${server.token('click', { ...one, linkNo: 1 })}`)).status, 302)
    assert.equal((await server.askFrom(`/o/${server.token('open', one)}.gif`)).status, 200)
    assert.equal((await server.askFrom(server.path('preferences', one), { from: '' })).status, 200)
  }
  const forged = { method: 'POST', body: 'List-Unsubscribe=One-Click' }
  assert.equal((await server.askFrom(`/u/${server.token('view')}`, forged)).status, 429)
  assert.equal((await server.askFrom(server.path('unsubscribe'))).status, 429)
})
