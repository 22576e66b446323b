// Everything at once while processes are stopped and killed: contacts are created, a bulk activity and an import run,
// pages and the feed are read. Whatever was answered is there afterwards, once.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { openApp } from '../../src/app.ts'
import type { App } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { listFeed } from '../../src/core/events/feed.ts'
import type { FeedPosition } from '../../src/core/events/feed.ts'
import { UnavailableError } from '../../src/errors.ts'
import { openLog } from '../../src/log.ts'
import { engines } from '../databases.ts'
import { run, serve, start, temporaryFolder } from '../program.ts'
import { base, create, finish, noAnswers, rounds, submit, walk } from './load.ts'
import type { Place } from './load.ts'
import { startOwnPostgres } from './own-postgres.ts'
import type { OwnPostgres } from './own-postgres.ts'

const reader = 900_001
const pages = 6
const imported = 1000
const bulk = 600

const event = (contact: number, second: number): string =>
  JSON.stringify({
    type: 'event',
    kind: 'open',
    contact,
    campaign: 77,
    at: new Date(Date.UTC(2010, 0, 1) + second * 1000).toISOString(),
  })
const contact = (id: number): string => JSON.stringify({ type: 'contact', id, email: `i${id}@example.com` })
const campaign = '{"type":"campaign","id":77,"name":"Storm"}'

class Storm {
  readonly answers = noAnswers()
  readonly place: Place = { url: '' }
  readonly fed: string[] = []
  readonly folder: string
  readonly postgres: OwnPostgres | undefined
  readonly flags: string[]
  server: Awaited<ReturnType<typeof serve>> | undefined
  log = ''
  isOver = false

  constructor(folder: string, postgres: OwnPostgres | undefined) {
    this.folder = folder
    this.postgres = postgres
    this.flags = postgres ? ['--database', postgres.url, '--database-timeout', '5'] : []
  }

  async startServer(): Promise<void> {
    this.server = await serve(this.folder, '--demo', ...this.flags)
    this.server.child.stderr!.on('data', (chunk: Buffer) => (this.log += chunk.toString()))
    this.place.url = this.server.url
  }

  async killServer(): Promise<void> {
    await this.server![Symbol.asyncDispose]()
    await this.startServer()
  }

  async import(name: string, lines: readonly string[]): Promise<void> {
    const file = join(this.folder, name)
    await writeFile(file, lines.join('\n'))
    const ran = await run(this.folder, 'import', file, ...this.flags)
    assert.equal(ran.code, 0, ran.err)
  }

  async importUntilDone(): Promise<void> {
    const file = join(this.folder, 'storm.ndjson')
    const contacts = Array.from({ length: 40 }, (_, i) => 910_000 + i)
    const events = Array.from({ length: imported }, (_, i) => event(contacts[i % contacts.length]!, i))
    await writeFile(file, [campaign, ...contacts.map(contact), ...events].join('\n'))
    // Killed once in a while, and begun again; a store that is away is no reason to give up.
    for (let life = 0; ; life++) {
      const child = start(this.folder, 'import', file, '--json', ...this.flags)
      const said = Promise.all([text(child.stdout!), text(child.stderr!), once(child, 'exit')])
      const isKilled = life < rounds && (await Promise.race([said.then(() => false), setTimeout(300 + Math.random() * 300, true)])) // oxfmt-ignore
      if (isKilled) child.kill('SIGKILL')
      const [out, err] = await said
      if (isKilled) continue
      // What is away at the start is said, and ends it.
      if (/"code":"unavailable"/.test(err)) {
        await setTimeout(100)
        continue
      }
      assert.equal(child.exitCode, 0, err)
      const { read, rejected } = JSON.parse(out) as { read: number; rejected: number }
      assert.deepEqual([read, rejected], [1 + contacts.length + imported, 0])
      return
    }
  }

  /** Reads until the storm is over and there is nothing more. */
  async follow(app: App): Promise<void> {
    let after: FeedPosition | undefined
    for (;;) {
      const wasOver = this.isOver
      const query = { after, limit: 100, now: Date.now(), clockTolerance: 0 }
      const page = await listFeed(app.db, 1, query).catch((error: unknown) => {
        if (error instanceof UnavailableError) return undefined
        throw error
      })
      after = page?.next ?? after
      this.fed.push(...(page?.events ?? []).map(({ contactId, kind, eventId }) => `${contactId} ${kind} ${eventId}`))
      if (page?.events.length === 0 && wasOver) return
      if (page?.events.length !== 100) await setTimeout(20)
    }
  }

  async writeContacts(worker: number): Promise<void> {
    for (let n = 0; !this.isOver; n++) {
      await create(this.place, this.answers, `w${worker}-${n}@example.com`)
      await setTimeout(5)
    }
  }

  /** Each event of each walk once, whatever happened between its pages. */
  async readPages(): Promise<void> {
    while (!this.isOver) {
      const path = `${base}/contacts/${reader}/events/opens`
      const ids = await walk(this.place, this.answers, path, () => setTimeout(30))
      assert.equal(ids.length, pages * 50)
      assert.equal(new Set(ids).size, ids.length)
    }
  }

  async rows<Row extends object>(statement: string): Promise<Row[]> {
    if (this.postgres) return this.postgres.query<Row>(statement)
    const db = new DatabaseSync(join(this.folder, 'data', 'contrail.db'), { readOnly: true })
    const rows = db.prepare(statement).all() as Row[]
    db.close()
    return rows
  }

  async count(statement: string): Promise<number> {
    return Number((await this.rows<{ n: string }>(`select count(*) as n from ${statement}`))[0]!.n)
  }

  async run(faults: readonly (() => Promise<unknown>)[]): Promise<void> {
    await this.startServer()
    await this.import('before.ndjson', [campaign, contact(reader), ...Array.from({ length: pages * 50 }, (_, i) => event(reader, i))]) // oxfmt-ignore
    const config = readConfig({ dataDir: join(this.folder, 'data'), databaseUrl: this.postgres?.url ?? '' }, {})
    await using app = await openApp(config, { log: openLog('silent') })
    const emails = Array.from({ length: bulk }, (_, i) => `bulk${i}@example.com`)
    const disturb = async (): Promise<void> => {
      for (let n = 0; n < rounds; n++)
        for (const fault of faults) {
          await setTimeout(100 + Math.random() * (rounds > 1 ? 500 : 150))
          if (this.isOver) return
          await fault()
        }
    }
    const running = [0, 1].map((worker) => this.writeContacts(worker))
    const all = Promise.all([...running, this.readPages(), this.follow(app)])
    const disturbing = disturb()
    const done = Promise.all([
      disturbing,
      this.importUntilDone(),
      submit(this.place, this.answers, emails).then(() =>
        finish(this.place, this.answers, this.answers.activities[0]!),
      ),
    ])
    all.catch(() => undefined)
    try {
      const [, , activity] = await Promise.race([done, all.then(() => done)])
      this.isOver = true
      await all
      assert.deepEqual(activity, { status: 'COMPLETE', count: bulk })
    } catch (error) {
      this.isOver = true
      this.place.isGone = true
      await disturbing.catch(() => undefined)
      throw error
    }
    await this.examine()
  }

  async examine(): Promise<void> {
    const { created, found } = this.answers
    assert.ok(created.size > 0)
    const written = await this.rows<{ id: string; email: string }>(
      `select contact_id as id, email from contact where email like 'w%-%@example.com'`,
    )
    const ids = new Map(written.map(({ id, email }) => [email, Number(id)]))
    assert.equal(ids.size, written.length)
    for (const [email, id] of created) assert.equal(ids.get(email), id)
    for (const email of found) assert.ok(ids.has(email), email)
    assert.equal(written.length, created.size + found.size)
    const named = `(select 1 from contact_email e where e.contact_id = c.contact_id and e.email = c.email)`
    assert.equal(await this.count(`contact c where not exists ${named}`), 0)
    assert.equal(await this.count('contact'), await this.count('contact_email'))
    assert.equal(await this.count(`contact where email like 'bulk%'`), bulk)
    assert.equal(await this.count('event where contact_id >= 910000'), imported)
    const events = await this.count('event')
    assert.equal(new Set(this.fed).size, this.fed.length)
    assert.equal(this.fed.length, events)
    assert.doesNotMatch(this.log, /"level":50/)
    await this.server![Symbol.asyncDispose]()
    assert.match((await run(this.folder, 'doctor', ...this.flags)).out, /ok +database/)
  }
}

if (engines.includes('postgres'))
  test('a PostgreSQL that is stopped, killed and loses a backend, and a server that is killed, lose nothing and repeat nothing', async () => {
    await using temporary = await temporaryFolder()
    await using postgres = await startOwnPostgres()
    const storm = new Storm(temporary.folder, postgres)
    const faults = [
      async () => {
        await postgres.stop()
        await setTimeout(50)
        await postgres.start()
      },
      () => storm.killServer(),
      async () => {
        await postgres.kill()
        await postgres.start()
      },
      // One of its processes: it then ends all others, and recovers by itself.
      () => postgres.killBackend(),
    ]
    await storm.run(faults)
    await storm.server![Symbol.asyncDispose]()
  })

if (engines.includes('sqlite'))
  test('a server on the embedded database that is killed loses nothing and repeats nothing', async () => {
    await using temporary = await temporaryFolder()
    const storm = new Storm(temporary.folder, undefined)
    await storm.run([() => storm.killServer()])
  })
