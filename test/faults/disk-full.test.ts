// A disk that is full: writes are refused with 503, reads go on, and when there is room again so do writes, with nothing
// done by hand and nothing lost that was answered.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { gif, imageBody } from '../upload.ts'
import { demo, serve, temporaryFolder } from '../program.ts'
import { base, create, finish, noAnswers, submit, walk } from './load.ts'
import type { Answers, Place } from './load.ts'
import { startOwnPostgres } from './own-postgres.ts'
import type { OwnPostgres } from './own-postgres.ts'
import { limitedFiles, smallFileSystem } from './small-disk.ts'
import type { SmallDisk } from './small-disk.ts'
import { engines } from '../databases.ts'

async function until(isThere: () => boolean): Promise<void> {
  while (!isThere()) await setTimeout(10)
}

async function upload(place: Place, seed: number): Promise<number> {
  const body = imageBody(gif(1, 1, seed), { fileName: `${seed}.gif` })
  const boundary = /^--(.*)\r\n/.exec(body.toString('latin1'))![1]
  const headers = { ...demo, 'content-type': `multipart/form-data; boundary=${boundary}` }
  return (await fetch(`${place.url}${base}/library/folders/1/images`, { method: 'POST', headers, body })).status
}

/** Clients go on while the disk is filled and freed. */
async function writeAcross(place: Place, disk: SmallDisk, pids: readonly number[]): Promise<Answers> {
  const answers = noAnswers()
  let isOver = false
  const writer = async (worker: number): Promise<void> => {
    for (let n = 0; !isOver; n++) await create(place, answers, `d${worker}-${n}@example.com`)
  }
  await create(place, answers, 'first@example.com')
  const writing = Promise.all([writer(1), writer(2)])
  await disk.fill(pids)
  const refused = (): number => answers.statuses.get(503) ?? 0
  await until(() => refused() >= 4)
  const emails = Array.from({ length: 700 }, (_, i) => `bulk${i}@example.com`)
  const activity = submit(place, answers, emails).then(() => finish(place, answers, answers.activities[0]!))
  // Whoever only reads notices nothing.
  for (const path of [`${base}/contacts/32/events/clicks`, `${base}/contacts?email=first@example.com`]) {
    const response = await fetch(place.url + path, { headers: demo })
    assert.equal(response.status, 200)
    await response.arrayBuffer()
  }
  await disk.free(pids)
  const before = answers.created.size
  await until(() => answers.created.size > before + 5)
  isOver = true
  await writing
  assert.deepEqual(await activity, { status: 'COMPLETE', count: emails.length })
  assert.deepEqual(
    [...answers.statuses.keys()].filter((status) => status >= 500),
    [503],
  )
  return answers
}

/** All of it is there, also for a server that starts on it anew. */
async function examine(place: Place, answers: Answers): Promise<void> {
  const ids = [...(await walk(place, answers, `${base}/contacts`))].map((id) => Number(/\d+$/.exec(id)![0]))
  assert.equal(new Set(ids).size, ids.length)
  for (const [email, id] of answers.created) assert.ok(ids.includes(id), email)
}

async function fillEmbedded(disk: SmallDisk): Promise<void> {
  const answers = await (async () => {
    await using server = await serve(disk.folder, '--demo')
    let log = ''
    server.child.stderr!.on('data', (chunk: Buffer) => (log += chunk.toString()))
    const found = await writeAcross(server, disk, [server.child.pid!])
    assert.match(log, /requests are turned away/)
    assert.doesNotMatch(log, /"level":50/)
    return found
  })()
  const db = new DatabaseSync(join(disk.folder, 'data', 'contrail.db'))
  assert.deepEqual({ ...db.prepare('pragma integrity_check').get() }, { integrity_check: 'ok' })
  db.close()
  await using server = await serve(disk.folder)
  server.child.stderr!.resume()
  await examine(server, answers)
}

if (engines.includes('sqlite')) {
  test('the embedded database on a disk that takes no more', async () => {
    await using disk = await limitedFiles()
    await fillEmbedded(disk)
  })

  test('the embedded database and the library on a file system that is full, where one can be made', async (t) => {
    await using disk = await smallFileSystem(24)
    if (!disk) return t.diagnostic('only the limit on the size of files was tried: this user may not mount anything')
    await fillEmbedded(disk)
    await using server = await serve(disk.folder)
    server.child.stderr!.resume()
    await fetch(`${server.url}${base}/library/folders`, { headers: demo })
    assert.equal(await createFolder(server), 201)
    await disk.fill([])
    assert.equal(await upload(server, 1), 503)
    await disk.free([])
    assert.equal(await upload(server, 1), 201)
  })
}

async function createFolder(place: Place): Promise<number> {
  const body = `<atom:entry xmlns:atom="http://www.w3.org/2005/Atom"><atom:content><Folder><Name>Spring</Name></Folder></atom:content></atom:entry>`
  const headers = { ...demo, 'content-type': 'application/atom+xml' }
  return (await fetch(`${place.url}${base}/library/folders`, { method: 'POST', headers, body })).status
}

/** Where nobody lets us make a file system, the server itself says what it says then. */
async function pretendFull(postgres: OwnPostgres): Promise<SmallDisk> {
  const { folder, [Symbol.asyncDispose]: dispose } = await temporaryFolder()
  return {
    folder,
    fill: async () => {
      await postgres.query(
        `create function refuse() returns trigger language plpgsql as $$ begin raise exception 'No space left on device' using errcode = 'disk_full'; end $$`,
      )
      await postgres.query('create trigger full_disk before insert on contact execute function refuse()')
    },
    free: async () => void (await postgres.query('drop function refuse cascade')),
    [Symbol.asyncDispose]: dispose,
  }
}

if (engines.includes('postgres'))
  test('PostgreSQL on a file system that is full', async (t) => {
    await using postgres = await startOwnPostgres()
    const real = await smallFileSystem(48)
    if (real) await postgres.moveTo(real.folder)
    else t.diagnostic('the server only pretends: this user may not mount anything')
    await using disk = real ?? (await pretendFull(postgres))
    await using temporary = await temporaryFolder()
    await using server = await serve(temporary.folder, '--demo', '--database', postgres.url)
    let log = ''
    server.child.stderr!.on('data', (chunk: Buffer) => (log += chunk.toString()))
    const answers = await writeAcross(server, disk, [])
    assert.doesNotMatch(log, /"level":50/)
    await examine(server, answers)
  })
