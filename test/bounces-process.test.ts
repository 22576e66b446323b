// The server killed while bounces come in: whatever it has answered with 250 is stored, once.

import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { openApp } from '../src/app.ts'
import { readConfig } from '../src/config.ts'
import { chooseAccount } from '../src/core/accounts/account.ts'
import { sealAddressToken } from '../src/core/tracking/token.ts'
import { openLog } from '../src/log.ts'
import { run, serve, temporaryFolder } from './program.ts'
import { freePort } from './read-metrics.ts'
import { dsn } from './returned-mail.ts'
import { connectSmtp } from './smtp-client.ts'

const contacts = 400

/** The addresses that bounces of each contact's message go to. */
async function prepare(folder: string): Promise<string[]> {
  const at = new Date(Date.now() - 3_600_000)
  const ids = Array.from({ length: contacts }, (_, i) => i + 1)
  const lines = [
    { type: 'campaign', id: 1100, name: 'October' },
    ...ids.map((id) => ({ type: 'contact', id, email: `c${id}@mail.example` })),
    ...ids.map((contact) => ({
      type: 'event',
      kind: 'send',
      contact,
      campaign: 1100,
      at,
      messageId: `${contact}@x.example`,
    })),
  ]
  const history = join(folder, 'history.ndjson')
  await writeFile(history, lines.map((line) => JSON.stringify(line)).join('\n'))
  for (const args of [
    ['account', 'create', 'joesflowers'],
    ['import', history],
  ])
    assert.equal((await run(folder, ...args)).code, 0)
  const config = readConfig({ dataDir: join(folder, 'data') }, {})
  await using app = await openApp(config, { log: openLog('silent') })
  const { accountId } = await chooseAccount(app.db, undefined)
  const seal = (contactId: number): string =>
    sealAddressToken(app.tracking.keys.newest, 'verp', { accountId, contactId, campaignId: 1100, sendNo: 0, linkNo: 0 })
  return ids.map((id) => `b.${seal(id)}@bounce.test`)
}

test('a server that is killed while bounces come in has stored each that it took', async () => {
  await using temporary = await temporaryFolder()
  const { folder } = temporary
  const addresses = await prepare(folder)
  const port = await freePort()
  const taken = new Set<number>()
  const settings = ['--bounce-domain', 'bounce.test', '--bounce-listen', `127.0.0.1:${port}`]
  const deliver = async (next: () => number | undefined): Promise<void> => {
    await using client = await connectSmtp(port)
    for (let i = next(); i !== undefined; i = next()) {
      const reply = await client.mail(addresses[i]!, dsn({ recipient: `c${i + 1}@mail.example` }))
      if (reply === undefined) return
      if (reply.startsWith('250 ')) taken.add(i)
    }
  }
  for (let kill = 0; kill < 3; kill++) {
    await using server = await serve(folder, ...settings)
    server.child.stderr!.resume()
    // From the start each time: what was taken before is known, and what was cut off comes again.
    let at = 0
    const goal = taken.size + 60
    const next = (): number | undefined => {
      if (taken.size >= goal) server.child.kill('SIGKILL')
      return at < addresses.length ? at++ : undefined
    }
    await Promise.all([1, 2, 3, 4].map(() => deliver(next)))
  }
  using db = new DatabaseSync(join(folder, 'data', 'contrail.db'))
  const rows = db.prepare('select contact_id as id, count(*) as count from event where kind = 5 group by 1').all()
  const stored = new Map(rows.map(({ id, count }) => [Number(id), Number(count)]))
  for (const i of taken) assert.equal(stored.get(i + 1), 1, `contact ${i + 1}`)
  assert.ok([...stored.values()].every((count) => count === 1))
  assert.ok(taken.size >= 180 && taken.size < contacts, String(taken.size))
  assert.equal(db.prepare('select count(*) as count from hold').get()!['count'], stored.size)
})
