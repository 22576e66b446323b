// A backup is the store at one moment, also while others write; restored, it is that store again.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { copyFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { tables } from '../src/core/copy/tables.ts'
import { createPostgresDatabase, testOnPostgres } from './databases.ts'
import { demo, run, serve, start, temporaryFolder } from './program.ts'

function tell(path: string, query: string): unknown[] {
  const db = new DatabaseSync(path, { enableForeignKeyConstraints: false })
  try {
    return db
      .prepare(query)
      .all()
      .map((row) => Object.values(row)[0])
  } finally {
    db.close()
  }
}

/** A new contact, as a form of 2008. */
async function addContact(url: string, email: string): Promise<number> {
  const lists = `${url}/ws/customers/joesflowers/lists/1`
  const body = `<entry xmlns="http://www.w3.org/2005/Atom"><id>data:,none</id><title/><author/><updated>2008-04-16</updated><content type="application/vnd.ctct+xml"><Contact xmlns="http://ws.constantcontact.com/ns/1.0/">
    <EmailAddress>${email}</EmailAddress><ContactLists><ContactList id="${lists}"/></ContactLists></Contact></content></entry>`
  const headers = { ...demo, 'content-type': 'application/atom+xml' }
  const answer = await fetch(`${url}/ws/customers/joesflowers/contacts`, { method: 'POST', headers, body })
  await answer.text()
  return answer.status
}

test('a backup under load is restored: sound, no half of anything, and page tokens stay valid', async () => {
  await using temporary = await temporaryFolder()
  const { folder } = temporary
  const file = join(folder, 'backup.db')
  let page: string
  let answered = 0
  let before = 0
  {
    await using server = await serve(folder, '--demo')
    const contacts = await (await fetch(`${server.url}/ws/customers/joesflowers/contacts`, { headers: demo })).text()
    page = /<link href="([^"]+)" rel="next"/.exec(contacts)![1]!
    const child = start(folder, 'backup', file)
    const isOver = once(child, 'exit') as Promise<[number]>
    let isDone = false
    void isOver.then(() => (isDone = true))
    for (let n = 0; !isDone || n < 20; n++) {
      assert.equal(await addContact(server.url, `new${n}@example.com`), 201)
      answered++
      if (n === 0) before = answered
    }
    assert.deepEqual(await isOver, [0, null])
  }
  const live = join(folder, 'data', 'contrail.db')
  const taken = Number(tell(file, `select count(*) from contact where email like 'new%'`)[0])
  assert.ok(taken <= answered && before === 1)
  // What one answer stands for is there whole or not at all.
  assert.deepEqual(tell(file, `select c.contact_id from contact c left join membership m on m.contact_id = c.contact_id
    left join contact_email e on e.contact_id = c.contact_id where c.email like 'new%' and (m.list_id is null or e.email is null)`), []) // oxfmt-ignore
  assert.deepEqual((await readdir(folder)).toSorted(), ['backup.db', 'data'])

  const other = join(folder, 'other')
  const restored = await run(folder, 'restore', file, '--data', other)
  assert.equal(restored.code, 0, restored.err)
  assert.match(restored.out, /every page and reference is sound/)
  for (const { name } of tables)
    assert.deepEqual(tell(join(other, 'contrail.db'), `select count(*) from ${name}`), tell(file, `select count(*) from ${name}`), name) // oxfmt-ignore
  const first = `select group_concat(c) from (select email || updated_at as c from contact where email not like 'new%' order by contact_id)`
  assert.deepEqual(tell(join(other, 'contrail.db'), first), tell(live, first))
  assert.match((await run(folder, 'doctor', '--full', '--data', other)).out, /ok +database +.*every page is sound/)

  await using old = await serve(folder)
  await using again = await serve(folder, '--data', other)
  const ask = async (url: string): Promise<string> => {
    const answer = await fetch(new URL(page, url), { headers: demo })
    assert.equal(answer.status, 200)
    return (await answer.text()).replaceAll(new URL(url).host, 'host').replaceAll(/(?<=<updated>)[^<]+/g, '')
  }
  assert.equal(await ask(again.url.toString()), await ask(old.url.toString()))
})

test('a backup replaces nothing unless told to, and never the database itself', async () => {
  await using temporary = await temporaryFolder()
  const { folder } = temporary
  const file = join(folder, 'backup.db')
  await run(folder, 'account', 'create', 'joesflowers')
  const first = await run(folder, 'backup', file)
  assert.equal(first.code, 0, first.err)
  assert.match(first.out, /backup\.db: \d+\.\d MB\nThe images of the library are files in .*data\/library: /)
  assert.equal((await stat(file)).mode & 0o077, 0)
  const second = await run(folder, 'backup', file)
  assert.equal(second.code, 1)
  assert.match(second.err, /backup\.db exists already: --force replaces it \[conflict\]/)
  assert.equal((await run(folder, 'backup', file, '--force')).code, 0)
  const own = await run(folder, 'backup', join(folder, 'data', 'contrail.db'), '--force')
  assert.match(own.err, /would replace the database itself/)
  assert.notEqual((await run(folder, 'backup', join(folder, 'none', 'backup.db'))).code, 0)
  assert.match((await run(folder, 'backup', 'x', '--data', join(folder, 'none'))).err, /there is no database in/)
  assert.deepEqual((await readdir(folder)).toSorted(), ['backup.db', 'data'])
})

test('a restore takes whole backups only, and replaces nothing', async () => {
  await using temporary = await temporaryFolder()
  const { folder } = temporary
  const [file, other] = [join(folder, 'backup.db'), join(folder, 'other')]
  await run(folder, 'account', 'create', 'joesflowers')
  await run(folder, 'backup', file)
  assert.match((await run(folder, 'restore', file)).err, /contrail\.db exists already/)

  const refuse = async (make: (path: string) => unknown, expected: RegExp): Promise<void> => {
    const path = join(folder, 'faulty.db')
    await copyFile(file, path)
    await make(path)
    const ran = await run(folder, 'restore', path, '--data', other)
    assert.equal(ran.code, 2, ran.err)
    assert.match(ran.err, expected)
    assert.deepEqual(await readdir(other), [])
  }
  await refuse((path) => writeFile(path, 'something else'), /faulty\.db is no backup of Contrail/)
  await refuse((path) => writeFile(path, ''), /faulty\.db is no backup of Contrail/)
  await refuse((path) => tell(path, `insert into migration(number, name, applied_at) values (9999, 'x', 1)`), /has schema 9999 and this program knows/) // oxfmt-ignore
  await refuse(
    (path) => tell(path, `insert into link(campaign_id, link_no, url, url_hash) values (5, 1, '', '')`),
    /is damaged: rows refer to what is not there/,
  )
  await refuse(async (path) => {
    const page = Number(tell(path, `select rootpage from sqlite_schema where name = 'list_name'`)[0])
    const bytes = await readFile(path)
    await writeFile(path, bytes.fill(0x55, (page - 1) * 8192, page * 8192))
  }, /faulty\.db is damaged: /)
  const missing = await run(folder, 'restore', join(folder, 'none.db'), '--data', other)
  assert.match(missing.err, /none\.db/)
  await mkdir(join(folder, 'third'))
  await writeFile(join(folder, 'third', 'contrail.db-wal'), '')
  assert.match(
    (await run(folder, 'restore', file, '--data', join(folder, 'third'))).err,
    /contrail\.db-wal exists already/,
  )
})

testOnPostgres('a server is backed up by its own tools, and the command says how without the password', async () => {
  await using temporary = await temporaryFolder()
  await using database = await createPostgresDatabase()
  const ran = await run(temporary.folder, 'backup', 'b.db', '--database', database.url)
  assert.equal(ran.code, 2)
  assert.match(
    ran.err,
    /pg_dump --format=custom --file=b\.db "postgresql:\/\/postgres@127\.0\.0\.1:\d+\/\w+"; for large ones pg_basebackup/,
  )
  assert.doesNotMatch(ran.err, /secret/)
  const restore = await run(temporary.folder, 'restore', 'b.db', '--database', database.url)
  assert.match(restore.err, /is restored into a data folder/)
})
