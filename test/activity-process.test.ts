// A bulk activity in the real program, which is killed in the middle of it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { demo, serve, temporaryFolder } from './program.ts'

const rows = 15_000

interface Seen {
  status: string
  count: number
}

async function look(url: string, path: string): Promise<Seen> {
  const text = await (await fetch(url + path, { headers: demo })).text()
  return {
    status: /<Status>([^<]*)</.exec(text)![1]!,
    count: Number(/<TransactionCount>(\d+)</.exec(text)![1]),
  }
}

async function until(url: string, path: string, isThere: (seen: Seen) => boolean): Promise<Seen> {
  for (;;) {
    const seen = await look(url, path)
    if (isThere(seen)) return seen
    await setTimeout(10)
  }
}

test('an activity goes on where it was when the server was killed, counts every contact once, and answers meanwhile', async () => {
  await using temporary = await temporaryFolder()
  const lines = Array.from({ length: rows }, (_, i) => `bulk${i}@example.com,Name ${i}`)
  const form = new URLSearchParams({
    activityType: 'SV_ADD',
    data: ['Email Address,First Name', ...lines].join('\n'),
    lists: 'http://127.0.0.1/ws/customers/joesflowers/lists/2',
  })
  let path: string
  let before: Seen
  {
    await using server = await serve(temporary.folder, '--demo')
    const countBefore = await memberCount(server.url)
    assert.ok(countBefore < rows)
    const response = await fetch(`${server.url}/ws/customers/joesflowers/activities`, {
      method: 'POST',
      headers: demo,
      body: form,
    })
    assert.equal(response.status, 201)
    path = new URL(response.headers.get('location')!).pathname
    before = await until(server.url, path, ({ count }) => count > 0)
    server.child.kill('SIGKILL')
  }
  await using server = await serve(temporary.folder)
  const again = await look(server.url, path)
  assert.equal(again.status, 'RUNNING', 'it was killed too late to prove anything')
  assert.ok(again.count >= before.count && again.count < rows)
  const after = await until(server.url, path, ({ status }) => status !== 'RUNNING')
  assert.deepEqual(after, { status: 'COMPLETE', count: rows })
  const found = await fetch(`${server.url}/ws/customers/joesflowers/contacts?email=bulk${rows - 1}@example.com`, {
    headers: demo,
  })
  assert.match(await found.text(), new RegExp(`<Name>Name ${rows - 1}</Name>`))
  assert.ok((await memberCount(server.url)) >= rows)
})

async function memberCount(url: string): Promise<number> {
  const text = await (await fetch(`${url}/ws/customers/joesflowers/lists/2`, { headers: demo })).text()
  return Number(/<ContactCount>(\d+)</.exec(text)![1])
}
