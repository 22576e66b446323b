// A campaign of 5,000 messages by a server that fails at random, while the program is killed again and again: every recipient
// is accounted for, and nobody is mailed twice.

import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { run, serve, temporaryFolder } from '../program.ts'
import { startSmtpSink } from '../smtp-sink.ts'
import type { SinkAnswers } from '../smtp-sink.ts'

const recipients = 5000
const kills = Number(process.env['CONTRAIL_TEST_FAULT_ROUNDS'] ?? 3)

const numberOf = (address: string): number => Number(/\d+/.exec(address)![0])

/** By the recipient's number, so that what each one has coming is known. */
const answers: SinkAnswers = {
  rcpt: (to) => {
    const kind = numberOf(to) % 100
    if (kind < 3) return '550 5.1.1 no such user'
    return kind < 6 ? '450 4.2.0 greylisted' : undefined
  },
  data: ({ to }) => {
    const kind = numberOf(to) % 100
    if (kind === 6) return '552 5.3.4 too large'
    // Taken over, but nobody hears of it.
    return kind === 7 ? 'drop' : undefined
  },
}

interface Row {
  email: string
  state: string
  sends: number
  deliveries: number
  bounces: number
}

function readRows(folder: string): Row[] {
  using db = new DatabaseSync(join(folder, 'data', 'contrail.db'))
  const count = (kind: number): string =>
    `(select count(*) from event e where e.contact_id = o.contact_id and e.campaign_id = o.campaign_id and e.kind = ${kind})`
  return db
    .prepare(
      `select c.email, o.state, ${count(1)} as sends, ${count(2)} as deliveries, ${count(5)} as bounces
       from outgoing o join contact c on c.contact_id = o.contact_id`,
    )
    .all() as unknown as Row[]
}

async function prepare(folder: string): Promise<void> {
  const contacts = Array.from({ length: recipients }, (_, i) =>
    JSON.stringify({ type: 'contact', email: `reader${i}@mail.example`, firstName: `Reader ${i}`, lists: ['All'] }),
  )
  const history = join(folder, 'contacts.ndjson')
  const html = join(folder, 'mail.html')
  await writeFile(history, `${contacts.join('\n')}\n`)
  await writeFile(html, '<p>Hello {{ contact.first_name }}</p><a href="https://shop.example/">Shop</a>')
  for (const args of [
    ['account', 'create', 'joesflowers'],
    ['import', history],
    ['sender', 'add', 'joe@joesflowers.example'],
    ['campaign', 'create', 'News', '--subject', 'News', '--from', 'joe@joesflowers.example', '--html', html, '--list', 'All', '--address', '1 Main St'], // oxfmt-ignore
  ]) {
    const { code, err } = await run(folder, ...args)
    assert.equal(code, 0, err)
  }
}

test('a campaign whose program is killed at any moment loses nobody and mails nobody twice', async () => {
  await using temporary = await temporaryFolder()
  const { folder } = temporary
  await prepare(folder)
  await using sink = await startSmtpSink(answers, { keepsRaw: false })
  const mail = ['--smtp', `${sink.url}?pool=8`, '--public-url', 'https://track.example']
  const seed = Date.now() % 100_000
  let random = seed
  for (let i = 0; i < kills; i++) {
    await using server = await serve(folder, ...mail)
    server.child.stderr!.resume()
    if (i === 0) assert.equal((await run(folder, 'campaign', 'send', 'News', '--yes', '--no-wait')).code, 0)
    random = (random * 48_271) % 2_147_483_647
    const goal = sink.messages.length + 50 + (random % 400)
    while (sink.messages.length < goal) await setTimeout(1)
    server.child.kill('SIGKILL')
  }
  await using server = await serve(folder, ...mail)
  server.child.stderr!.resume()
  const open = (rows: readonly Row[]): Row[] =>
    rows.filter(({ state }) => ['pending', 'claimed', 'in-flight'].includes(state))
  let rows = readRows(folder)
  while (open(rows).length > 0) {
    await setTimeout(500)
    rows = readRows(folder)
  }
  const taken = Map.groupBy(sink.messages, ({ to }) => to)
  assert.equal(rows.length, recipients)
  for (const { email, state, sends, deliveries, bounces } of rows) {
    const told = `${email} is ${state} after ${taken.get(email)?.length ?? 0} messages (seed ${seed})`
    assert.ok((taken.get(email)?.length ?? 0) <= 1, told)
    if (state === 'accepted')
      assert.deepEqual([taken.get(email)?.length, sends, deliveries, bounces], [1, 1, 1, 0], told)
    else if (state === 'failed')
      assert.deepEqual([taken.has(email), sends, deliveries, bounces], [false, 1, 0, 1], told)
    else if (state === 'deferred') assert.deepEqual([taken.has(email), sends], [false, 0], told)
    else assert.deepEqual([state, sends], ['unknown', 0], told)
  }
  // What the server cut off is unknown; of kills there are no more than were being handed over.
  const unknown = rows.filter(({ state }) => state === 'unknown')
  assert.ok(
    unknown.length >= recipients / 100 && unknown.length <= recipients / 100 + kills * 8,
    String(unknown.length),
  )
})
