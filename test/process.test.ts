// The real program as its own process, over real sockets: start, answer, stop, be killed.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { demo, program, run, serve, start, temporaryFolder } from './program.ts'

/** Sends bytes as they are and gives back what comes until the other side closes or falls silent. */
async function raw(url: string, bytes: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.setTimeout(1000, () => socket.destroy())
  socket.on('error', () => {})
  socket.write(bytes)
  let answer = ''
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')))
  await new Promise((resolve) => socket.once('close', resolve))
  return answer
}

test('the demo answers the two requests of 2008 as they were answered then', async () => {
  await using temporary = await temporaryFolder()
  await using server = await serve(temporary.folder, '--demo')
  const base = `${server.url}/ws/customers/joesflowers`

  // As a client of that time does: first without credentials, then in answer to the challenge.
  const challenged = await fetch(`${base}/contacts?email=jflowers@mail.com`)
  assert.equal(challenged.status, 401)
  assert.match(challenged.headers.get('www-authenticate')!, /^Basic /)
  const found = await (await fetch(`${base}/contacts?email=jflowers@mail.com`, { headers: demo })).text()
  const id = /<id>.*\/contacts\/(\d+)<\/id>/.exec(found)![1]
  assert.equal(id, '32')
  assert.match(found, /<OptInTime>2008-09-09T14:44:14\.233Z<\/OptInTime>/)

  const clicks = await (await fetch(`${base}/contacts/${id}/events/clicks`, { headers: demo })).text()
  assert.deepEqual(clicks.match(/(?<=<EventTime>)[^<]+/g), ['2008-10-03T18:39:02.910Z', '2008-09-29T17:09:53.887Z'])
  assert.deepEqual(clicks.match(/(?<=<LinkUrl>)[^<]+/g), ['http://www.boston.com', 'http://www.boston.com'])
  assert.deepEqual(clicks.match(/(?<=campaigns\/)\d+(?=">)/g), ['1100537019381', '1100536902615'])

  for (const kind of ['bounces', 'forwards', 'opens', 'optouts', 'sends']) {
    assert.equal((await fetch(`${base}/contacts/7/events/${kind}`, { headers: demo })).status, 200)
  }
  assert.match(await (await fetch(`${base}/contacts`, { headers: demo })).text(), /rel="next"/)
})

test('a stop finishes the requests under way, takes no more, and ends with 0', async () => {
  await using temporary = await temporaryFolder()
  await using server = await serve(temporary.folder, '--demo')
  const requests = Array.from({ length: 20 }, () =>
    fetch(`${server.url}/ws/customers/joesflowers/contacts/7/events/opens`, { headers: demo }),
  )
  await Promise.race(requests)
  server.child.kill('SIGTERM')
  const [code] = (await once(server.child, 'exit')) as [number]
  assert.equal(code, 0)
  for (const answer of await Promise.allSettled(requests)) {
    if (answer.status === 'fulfilled') assert.equal(answer.value.status, 200)
  }
  await assert.rejects(fetch(server.url))
})

test('oversized addresses and headers, garbage and half requests are refused, and the server goes on', async () => {
  await using temporary = await temporaryFolder()
  await using server = await serve(temporary.folder, '--demo')
  for (const size of [20_000, 10_000_000]) {
    // A client that goes on writing may see the connection cut before it reads the answer.
    const expected = size < 1_000_000 ? /^HTTP\/1\.1 431 [^]*\r\n\r\nError 431: / : /^(HTTP\/1\.1 431 |$)/
    assert.match(await raw(server.url, `GET /${'a'.repeat(size)} HTTP/1.1\r\nHost: x\r\n\r\n`), expected)
    assert.match(await raw(server.url, `GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(size)}\r\n\r\n`), expected)
  }
  assert.match(await raw(server.url, '\0\x01\x02 nonsense\r\n\r\n'), /^HTTP\/1\.1 400 [^]*Error 400: /)
  assert.match(await raw(server.url, 'GET / HTTP/1.1\r\n\r\n'), /^HTTP\/1\.1 400 /)
  assert.equal(await raw(server.url, 'GET /ws/customers/joesflowers/contacts HTTP/1.1\r\nHost: '), '')
  const old = `GET /ws/customers/joesflowers/lists/1 HTTP/1.0\r\nAuthorization: ${demo.authorization}\r\n`
  assert.match(await raw(server.url, `${old}Host: a b\r\n\r\n`), /^HTTP\/1\.1 400 /)
  assert.match(
    await raw(server.url, `${old}\r\n`),
    /^HTTP\/1\.1 200 [^]*<id>http:\/\/127\.0\.0\.1\/ws\/customers\/joesflowers\/lists\/1<\/id>/,
  )
  assert.match(
    await raw(
      server.url,
      `GET /ws/customers/joesflowers/contacts HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: ${demo.authorization}\r\n\r\n`,
    ),
    /^HTTP\/1\.1 200 /,
  )
})

test('a contact is created, changed and opted out by a client that reads raw header lines', async () => {
  await using temporary = await temporaryFolder()
  await using server = await serve(temporary.folder, '--demo')
  const ask = (method: string, path: string, body = ''): Promise<string> =>
    raw(
      server.url,
      `${method} /ws/customers/joesflowers${path} HTTP/1.1\r\nHost: api.example\r\nConnection: close\r\nAuthorization: ${demo.authorization}\r\n` +
        `Content-Type: application/atom+xml\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    )
  const entry = `<entry xmlns="http://www.w3.org/2005/Atom"><id>data:,none</id><title/><author/><updated>2008-04-16</updated>
    <content type="application/vnd.ctct+xml"><Contact xmlns="http://ws.constantcontact.com/ns/1.0/"><EmailAddress>raw@example.com</EmailAddress>
    <ContactLists><ContactList id="http://api.example/ws/customers/joesflowers/lists/1"/></ContactLists></Contact></content></entry>`
  const created = await ask('POST', '/contacts', entry)
  assert.match(created, /^HTTP\/1\.1 201 Created\r\n/)
  const path = /^Location: http:\/\/api\.example\/ws\/customers\/joesflowers(\S+)\r$/m.exec(created)![1]!
  for (const answer of [await ask('PUT', path, entry), await ask('DELETE', path)]) {
    assert.match(answer, /^HTTP\/1\.1 204 No Content\r\n/)
    assert.match(answer, /^Content-Length: 0\r$/m)
    assert.match(answer, /\r\n\r\n$/)
  }
  assert.match(await ask('GET', path), /<Status>Do Not Mail<\/Status>/)
  assert.match(
    await raw(server.url, 'GET /ws/customers/x/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'),
    /^WWW-Authenticate: Basic /m,
  )
})

test('a client that asks whether to go on is told so before it sends its body', async () => {
  await using temporary = await temporaryFolder()
  await using server = await serve(temporary.folder, '--demo')
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
  const head = `POST /ws/customers/joesflowers/lists HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: ${demo.authorization}\r\nContent-Type: application/atom+xml\r\n`
  socket.write(`${head}Content-Length: 5\r\nExpect: 100-continue\r\n\r\n`)
  const [first] = (await once(socket, 'data')) as [Buffer]
  assert.match(first.toString(), /^HTTP\/1\.1 100 Continue\r\n\r\n/)
  socket.write('<a/>\n')
  assert.match(await text(socket), /^HTTP\/1\.1 400 /)
})

test('a port that is taken is said in one sentence', async () => {
  await using temporary = await temporaryFolder()
  await using server = await serve(temporary.folder, '--demo')
  const ran = await run(temporary.folder, 'serve', '--port', new URL(server.url).port)
  assert.equal(ran.code, 1)
  assert.match(ran.err, /CONTRAIL_PORT: another program listens on this port already \[address_in_use\]/)
})

test('an older Node is refused in one sentence', async () => {
  const older = `data:text/javascript,Object.defineProperty(process.versions, 'node', { value: '20.20.2' })`
  const child = spawn(process.execPath, ['--import', older, program, 'serve'], { stdio: ['ignore', 'pipe', 'pipe'] })
  const [err, [code]] = await Promise.all([text(child.stderr), once(child, 'exit') as Promise<[number]>])
  assert.equal(code, 1)
  assert.match(err, /^contrail: needs Node 24 or newer, and this is Node 20\.20\.2\..*\n$/)
})

const contacts = 500
const events = 120_000

async function writeHistory(file: string): Promise<void> {
  const out = createWriteStream(file)
  out.write('{"type":"campaign","id":1100,"name":"One"}\n')
  for (let i = 1; i <= contacts; i++) out.write(`{"type":"contact","id":${i},"email":"c${i}@example.com"}\n`)
  for (let i = 0; i < events; i++) {
    const at = new Date(Date.UTC(2009, 0, 1) + i * 1000).toISOString()
    if (
      !out.write(
        `{"type":"event","kind":"open","contact":${((i * 7919) % contacts) + 1},"campaign":1100,"at":"${at}"}\n`,
      )
    )
      await once(out, 'drain')
  }
  out.end()
  await once(out, 'finish')
}

test('an import killed again and again, while a server reads, ends with every event there exactly once', async () => {
  await using temporary = await temporaryFolder()
  const { folder } = temporary
  const file = join(folder, 'history.ndjson')
  await writeHistory(file)
  await run(folder, 'account', 'create', 'joesflowers')
  await using server = await serve(folder)
  const db = new DatabaseSync(join(folder, 'data', 'contrail.db'), { readOnly: true })
  const count = (query: string): number => Number(Object.values(db.prepare(query).get() ?? { none: 0 })[0])

  for (const delay of [250, 500, 750, 1000]) {
    const child = start(folder, 'import', file)
    const isOver = once(child, 'exit')
    await Promise.race([isOver, new Promise((resolve) => setTimeout(resolve, delay + Math.random() * 300))])
    child.kill('SIGKILL')
    await isOver
    // What was acknowledged, by the note that it is done, is there.
    const done = count('select line from import_progress') - 1 - contacts
    assert.ok(count('select count(*) from event') >= done, `${done} were acknowledged`)
    assert.equal((await fetch(`${server.url}/ws/customers/joesflowers/`)).status, 401)
  }
  const last = await run(folder, 'import', file, '--json')
  assert.equal(last.code, 0, last.err)
  const report = JSON.parse(last.out) as { read: number; rejected: number }
  assert.deepEqual([report.read, report.rejected], [1 + contacts + events, 0])
  assert.equal(count('select count(*) from event'), events)
  assert.equal(count('select count(distinct event_id) from event'), events)
  assert.equal(count('select count(*) from contact'), contacts)
  assert.equal(count('select count(*) from import_progress'), 0)
  db.close()
  assert.match((await run(folder, 'doctor')).out, /ok +database/)
})
