// `contrail api` against a real server on a real socket, and against one that answers as no server should.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { listen } from '../../server.ts'
import { startApi } from '../../../test/api.ts'
import type { Api } from '../../../test/api.ts'
import { startCli } from '../../../test/cli.ts'
import type { Cli, Ran } from '../../../test/cli.ts'
import { importLines } from '../../../test/import-lines.ts'
import { table } from '../json/table.ts'
import { columnsOf } from './remote/table-writer.ts'
import { readApiDocument, resolve } from './remote/api-document.ts'
import { listNouns } from './remote/operations.ts'
import { reservedFlags } from './remote/fields.ts'

interface Remote extends AsyncDisposable {
  api: Api
  url: string
  cli: Cli
  /** `contrail api …` with the key in the environment. */
  ask(...args: string[]): Promise<Ran>
}

async function startRemote(): Promise<Remote> {
  const api = await startApi({ port: 0 })
  await importLines(api, [
    { type: 'list', id: 1, name: 'General Interest' },
    { type: 'campaign', id: 1100, name: 'One' },
    ...Array.from({ length: 230 }, (_, i) => ({ type: 'contact', id: i + 1, email: `c${i + 1}@mail.com` })),
    { type: 'event', kind: 'click', contact: 7, campaign: 1100, at: '2009-01-01T00:00:00Z', url: 'http://x.example/' },
    { type: 'event', kind: 'send', contact: 7, campaign: 1100, at: '2009-01-01T00:00:00Z' },
  ])
  api.clock.now += 60_000
  const listening = await listen(api.app)
  const cli = await startCli()
  const env = { CONTRAIL_URL: listening.url, CONTRAIL_API_KEY: api.key }
  return {
    api,
    url: listening.url,
    cli,
    ask: (...args) => cli.runWith({ env }, 'api', ...args),
    [Symbol.asyncDispose]: async () => {
      await listening.close()
      await cli[Symbol.asyncDispose]()
      await api[Symbol.asyncDispose]()
    },
  }
}

interface Heard {
  method: string
  path: string
  headers: Record<string, string | string[] | undefined>
  body: string
}

/** A server that hears everything and answers all alike. */
async function startEar(
  answer: object | string = { items: [] },
  status = 200,
): Promise<{ url: string; heard: Heard[] } & AsyncDisposable> {
  // oxfmt-ignore
  const heard: Heard[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      heard.push({ method: request.method!, path: request.url!, headers: request.headers, body })
      response.writeHead(status, { 'content-type': 'application/json', etag: '"7"' })
      response.end(typeof answer === 'string' ? answer : JSON.stringify(answer))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url, heard, [Symbol.asyncDispose]: async () => void (await new Promise((done) => server.close(done))) }
}

const commands = listNouns().flatMap(({ commands: own }) => own)

test('every operation of the API has a command of its own, which asks for just that', async () => {
  await using ear = await startEar()
  await using cli = await startCli()
  writeFileSync(join(cli.folder, 'items'), '{}\n')
  const env = { CONTRAIL_URL: ear.url, CONTRAIL_API_KEY: 'k' }
  assert.deepEqual(
    commands.map(({ operationId }) => operationId).toSorted(),
    table.map(({ operationId }) => operationId).toSorted(),
  )
  assert.equal(new Set(commands.map(({ noun, verb }) => `${noun} ${verb}`)).size, table.length)
  for (const command of commands) {
    const route = table.find(({ operationId }) => operationId === command.operationId)!
    const ids = command.arguments.map(({ isInteger }) => (isInteger ? '3' : 'a/b'))
    const given = command.isBulk ? [join(cli.folder, 'items')] : ids
    ear.heard.length = 0
    const ran = await cli.runWith({ env }, 'api', command.noun, command.verb, ...given, '--json')
    assert.ok(command.isBulk || ran.code === 0, `${command.operationId}: ${ran.err}`)
    const path = route.path.replaceAll(/\{\w+\}/g, () => encodeURIComponent(ids.shift()!))
    const [{ method, path: asked, headers }] = ear.heard as [Heard]
    assert.deepEqual([method, asked.split('?')[0]], [route.method, `/api/v1${path}`], command.operationId)
    assert.equal(headers['authorization'], 'Bearer k')
  }
})

test('whatever a request can say has a flag, which sends it where it belongs', async () => {
  await using ear = await startEar()
  await using cli = await startCli()
  const env = { CONTRAIL_URL: ear.url, CONTRAIL_API_KEY: 'k' }
  const samples = { text: 'x', integer: '5', number: '5', boolean: '', time: '2009-01-02', json: '{"a":1}' }
  const sent = { text: 'x', integer: 5, number: 5, boolean: true, time: '2009-01-02T00:00:00.000Z', json: { a: 1 } }
  for (const { noun, verb, arguments: ids, query, body = [] } of commands) {
    const fields = [...query, ...body]
    const flags = fields.flatMap(({ flag, type, words }) => [`--${flag}`, words?.[0] ?? samples[type]].filter(Boolean))
    ear.heard.length = 0
    if (fields.length === 0) continue
    const ran = await cli.runWith({ env }, 'api', noun, verb, ...ids.map(() => '3'), ...flags)
    assert.equal(ran.code, 0, ran.err)
    const [heard] = ear.heard as [Heard]
    const parameters = new URL(heard.path, ear.url).searchParams
    for (const { path, type, words } of query)
      assert.equal(parameters.get(path[0]!), words?.[0] ?? `${sent[type] as string}`, `${noun} ${verb} ${path[0]}`)
    for (const { path, type, words, isList } of body) {
      const value: unknown = path.reduce((part: unknown, name) => (part as Record<string, unknown>)[name], JSON.parse(heard.body)) // oxfmt-ignore
      const one = words?.[0] ?? sent[type]
      assert.deepEqual(value, isList ? [one] : one, `${noun} ${verb} ${path.join('.')}`)
    }
  }
})

test('what has no flag is named here, and is reached by --field', () => {
  const api = readApiDocument()
  const without = commands.flatMap(({ operationId, body }) => {
    const operation = Object.values(api.paths).flatMap((methods) => Object.values(methods)).find((one) => one.operationId === operationId)! // oxfmt-ignore
    const schema = operation.requestBody?.content['application/json']?.schema
    const { properties = {} } = schema && body ? resolve(api, schema) : {}
    const reached = new Set(body?.map(({ path }) => path[0]))
    return Object.keys(properties)
      .filter((name) => !reached.has(name))
      .map((name) => `${operationId} ${name}`)
  })
  assert.deepEqual(without, ['sendMessage data'])
  for (const { query } of commands) for (const { flag } of query) assert.ok(!reservedFlags.has(flag), flag)
})

test('columns of tables are fields that there are', () => {
  const api = readApiDocument()
  for (const [item, columns] of Object.entries(columnsOf))
    for (const column of columns) {
      let schema = api.components.schemas[item]
      for (const name of column.split('.')) schema = schema && resolve(api, schema).properties?.[name]
      assert.ok(schema, `${item} has no ${column}`)
    }
})

test('what is there is shown as a record or a table, and as the server has it with --json', async () => {
  await using remote = await startRemote()
  const made = await remote.ask('contacts', 'create', '--email', 'jane@x.example', '--city', 'Boston', '--lists', '1')
  assert.match(made.out, /^email +jane@x\.example$/m)
  assert.match(made.out, /^profile\.city +Boston$/m)
  assert.match(made.out, /^lists\nID +NAME .*\n1 +General Interest /m)
  const found = await remote.ask('contacts', 'list', '--email', 'jane@x.example', '--json')
  const [jane] = (JSON.parse(found.out) as { items: { id: number }[] }).items
  assert.deepEqual(
    JSON.parse((await remote.ask('contacts', 'get', String(jane!.id), '--json')).out),
    await remote.api.must(200, 'GET', `/contacts/${jane!.id}`),
  )
  const events = await remote.ask('contacts', 'events', '7')
  assert.match(events.out, /^AT \(UTC\) +KIND +CONTACT ID +CAMPAIGN ID +CAMPAIGN NAME +URL\n2009-01-01 00:00:00 /)
  assert.equal((await remote.ask('lists', 'delete', '1')).out, 'Done.\n')
})

test('pages are gone through as far as asked', async () => {
  await using remote = await startRemote()
  const first = await remote.ask('contacts', 'list', '--json')
  const page = JSON.parse(first.out) as { items: { id: number }[]; next: string }
  assert.equal(page.items.length, 50)
  const next = await remote.ask('contacts', 'list', '--limit', '1', '--cursor', page.next, '--json')
  assert.equal((JSON.parse(next.out) as typeof page).items[0]!.id, page.items.at(-1)!.id - 1)
  const more = await remote.ask('contacts', 'list', '--limit', '210', '--json')
  assert.equal((JSON.parse(more.out) as typeof page).items.length, 210)
  const all = await remote.ask('contacts', 'list', '--all', '--json')
  assert.deepEqual(all.out.trim().split('\n').map((line) => (JSON.parse(line) as { id: number }).id), Array.from({ length: 230 }, (_, i) => 230 - i)) // oxfmt-ignore
  const shown = await remote.ask('contacts', 'list', '--limit', '3')
  assert.equal(shown.out.split('\n').length, 5)
  assert.match(shown.err, /The first 3 are shown\. --all shows every one\./)
  assert.match((await remote.ask('contacts', 'list', '--email', 'no@x.example')).err, /There is nothing that fits/)
})

test('a body comes from flags, files and standard input, and each part over the one before', async () => {
  await using ear = await startEar({})
  await using cli = await startCli()
  const env = { CONTRAIL_URL: ear.url, CONTRAIL_API_KEY: 'k' }
  const file = join(cli.folder, 'body.json')
  writeFileSync(file, '{"name":"file","content":{"subject":"file","html":"<p>"}}')
  const create = async (stdin: string, ...args: string[]): Promise<unknown> => {
    const ran = await cli.runWith({ env, stdin }, 'api', 'campaigns', 'create', ...args)
    assert.equal(ran.code, 0, ran.err)
    return JSON.parse(ear.heard.pop()!.body)
  }
  assert.deepEqual(
    await create('', '--data', `@${file}`, '--subject', 'flag', '--field', 'content.text=null', '--field', 'lists=[1]'), // oxfmt-ignore
    { name: 'file', content: { subject: 'flag', html: '<p>', text: null }, lists: [1] },
  )
  assert.deepEqual(await create('{"name":"in"}', '--data', '-'), { name: 'in' })
  assert.deepEqual(await create('<b>', '--name', '@@at', '--html', '@-'), { name: '@at', content: { html: '<b>' } })
  assert.deepEqual(await create('', '--data', '{"name":"1"}', '--field', 'name=plain text'), { name: 'plain text' })
  for (const data of ['[]', '7', 'nonsense', '@/no/such/file']) {
    const ran = await cli.runWith({ env }, 'api', 'campaigns', 'create', '--data', data)
    assert.deepEqual([ran.code, ran.out], [2, ''], data)
  }
  assert.equal(ear.heard.length, 0)
})

test('an answer is changed only if it is what was seen, and done once with one key', async () => {
  await using remote = await startRemote()
  const tag = (await remote.ask('contacts', 'get', '7', '--etag')).out.trim()
  assert.match(tag, /^"\S+"$/)
  assert.equal((await remote.ask('contacts', 'update', '7', '--first-name', 'A', '--if-match', tag)).code, 0)
  const late = await remote.ask('contacts', 'update', '7', '--first-name', 'B', '--if-match', tag)
  assert.equal(late.code, 1)
  assert.match(late.err, /\[precondition_failed\]/)
  const twice = [0, 1].map(() => remote.ask('lists', 'create', '--name', 'Once', '--idempotency-key', 'k1', '--json'))
  const [one, two] = await Promise.all(twice)
  assert.equal(one!.out, two!.out)
})

test('refusals keep their codes and say which part is at fault', async () => {
  await using remote = await startRemote()
  const wrong = await remote.ask('contacts', 'create', '--email', 'nobody', '--json')
  assert.equal(wrong.code, 2)
  const { error } = JSON.parse(wrong.err) as { error: { code: string; errors: { pointer: string }[]; requestId: string } } // oxfmt-ignore
  assert.deepEqual([error.code, error.errors[0]!.pointer], ['invalid_input', '/email'])
  assert.ok(error.requestId)
  assert.match((await remote.ask('contacts', 'create', '--email', 'nobody')).err, /\[invalid_input\]\n {2}\/email: /)
  const missing = await remote.ask('contacts', 'get', '99999')
  assert.deepEqual([missing.code, /\[not_found\]/.test(missing.err)], [1, true])
  for (const id of ['', '.', '..', 'x/../y', '1e3', '-1'])
    assert.equal((await remote.ask('contacts', 'get', '--', id)).code, 2, id)
  for (const id of ['', '.', '..']) assert.equal((await remote.ask('webhooks', 'get', '--', id)).code, 2, id)
  assert.equal((await remote.ask('contacts', 'list', '--status', 'sleepy')).code, 2)
  assert.equal((await remote.ask('contacts', 'list', '--since', '2009-02-31')).code, 2)
  assert.equal((await remote.ask('contacts', 'fly')).code, 2)
})

test('no key, a wrong key, no server and something else at the address are told apart', async () => {
  await using remote = await startRemote()
  await using ear = await startEar('<html>', 200)
  await using bad = await startEar('<h1>Bad Gateway</h1>', 403)
  const run = (url: string, key?: string): Promise<Ran> =>
    remote.cli.runWith({ env: key === undefined ? {} : { CONTRAIL_API_KEY: key } }, 'api', 'lists', 'list', '--server', url) // oxfmt-ignore
  const told = async (ran: Promise<Ran>): Promise<[number, string]> => {
    const { code, err } = await ran
    return [code, /\[(\w+)\]\n$/.exec(err)![1]!]
  }
  assert.deepEqual(await told(run(remote.url)), [2, 'invalid_input'])
  assert.deepEqual(await told(run(remote.url, 'two words')), [2, 'invalid_input'])
  assert.deepEqual(await told(run(remote.url, 'wrong')), [1, 'unauthenticated'])
  assert.deepEqual(await told(run('http://127.0.0.1:1', 'k')), [1, 'no_answer'])
  assert.deepEqual(await told(run(remote.url.replace('http:', 'https:'), 'k')), [1, 'no_answer'])
  assert.deepEqual(await told(run(ear.url, 'k')), [1, 'not_understood'])
  assert.deepEqual(await told(run(bad.url, 'k')), [1, 'http_403'])
  for (const answer of ['null', '{}', '{"items":7}', '{"items":[null]}', '[]', '""']) {
    await using odd = await startEar(answer)
    assert.deepEqual(await told(run(odd.url, 'k')), [1, 'not_understood'], answer)
  }
  for (const url of ['ftp://x', 'x', 'https://u:p@x.example', 'https://x.example/?a=1', ''])
    assert.deepEqual(await told(run(url, 'k')), [2, 'invalid_input'], url)
})

test('nothing in an answer reaches the terminal as an order to it', async () => {
  const evil = 'a\u001b]0;x\u0007\u009b31m\u202eb\nc\r\td'
  const item = { id: 1, email: evil, [evil]: evil, list: [{ [evil]: evil }], words: [evil] }
  await using cli = await startCli()
  // oxlint-disable-next-line no-control-regex
  const orders = /[^\P{Cc}\n]|[\u202a-\u202e]/u
  for (const [args, answer, status] of [
    [['contacts', 'list'], { items: [item] }, 200],
    [['contacts', 'get', '1'], item, 200],
    [['contacts', 'get', '1'], { code: evil, detail: evil, errors: [{ pointer: evil, detail: evil }] }, 400],
    [['events', 'ingest', '-'], { results: [{ line: 1, outcome: 'rejected', reason: evil }], counts: {} }, 200],
    [
      ['feed', 'tail', '--no-follow'],
      {
        items: [
          {
            id: '1-open-2',
            kind: evil,
            at: '2009-01-01T00:00:00Z',
            recordedAt: '2009-01-01T00:00:00Z',
            contactId: 1,
            campaign: { id: 1, name: evil },
            url: evil,
          },
        ],
        next: 'n',
        caughtUp: true,
      },
      200,
    ],
    [['contacts', 'get', '1', '--json'], item, 200],
    [['contacts', 'get', '1', '--json'], { code: evil, detail: evil }, 404],
  ] as const) {
    // oxfmt-ignore
    await using ear = await startEar(answer, status)
    const ran = await cli.runWith({ env: { CONTRAIL_URL: ear.url, CONTRAIL_API_KEY: 'k' }, stdin: '{}\n' }, 'api', ...args) // oxfmt-ignore
    assert.ok(ran.out + ran.err !== '')
    assert.doesNotMatch(ran.out + ran.err, orders, args.join(' '))
    if (args.at(-1) === '--json' && status === 200) assert.deepEqual(JSON.parse(ran.out), answer)
  }
})

test('a file of any length goes in by parts, and every rejected line is named by its own number', async () => {
  await using remote = await startRemote()
  const event = (i: number): object => ({ kind: 'open', contact: (i % 200) + 1, campaign: 1100, at: new Date(Date.UTC(2009, 0, 1) + i * 1000) }) // oxfmt-ignore
  const lines = Array.from({ length: 6000 }, (_, i) => JSON.stringify(event(i)))
  lines[1] = 'not json'
  lines[5500] = JSON.stringify({ ...event(1), contact: 99999 })
  const file = join(remote.cli.folder, 'events.ndjson.gz')
  writeFileSync(file, gzipSync(`\n${lines.join('\n')}`))
  const ran = await remote.ask('events', 'ingest', file)
  assert.deepEqual([ran.code, ran.out], [1, '6,000 lines: 5,998 new, 0 updated, 0 same, 2 rejected\n'])
  assert.match(ran.err, /^line 3: not JSON.*\nline 5502: /)
  const again = await remote.ask('events', 'ingest', file, '--json')
  const results = again.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as object)
  assert.deepEqual(results.at(-1), { end: { lines: 6000, new: 0, updated: 0, same: 5998, rejected: 2 } })
  assert.equal(results.length, 6001)
  writeFileSync(file, gzipSync('{}').subarray(0, 15))
  for (const [given, stdin] of [
    [file, ''],
    ['/no/such', ''],
    ['-', '[{"kind":"open"}]'],
  ] as const) {
    const { code } = await remote.cli.runWith({ env: { CONTRAIL_URL: remote.url, CONTRAIL_API_KEY: remote.api.key }, stdin }, 'api', 'events', 'ingest', given) // oxfmt-ignore
    assert.equal(code, 2, given)
  }
})

test('the feed is read to its end, and gone on with from any line', async () => {
  await using remote = await startRemote()
  const read = async (...args: string[]): Promise<{ id: string; next?: string }[]> => {
    const ran = await remote.ask('feed', 'tail', '--no-follow', '--json', ...args)
    assert.equal(ran.code, 0, ran.err)
    return ran.out.trim().split('\n').filter(Boolean).map((line) => JSON.parse(line) as { id: string; next?: string }) // oxfmt-ignore
  }
  const all = await read()
  assert.equal(all.length, 2)
  const [first] = await read('--limit', '1')
  assert.equal(first!.id, all[0]!.id)
  assert.deepEqual(
    (await read('--after', first!.next!)).map(({ id }) => id),
    [all[1]!.id],
  )
  assert.deepEqual(await read('--after', all[1]!.next!), [])
  assert.equal((await remote.ask('feed', 'tail', '--after', 'x')).code, 2)
})

test('help comes from the document', async () => {
  await using cli = await startCli()
  assert.match((await cli.run('api', '--help')).out, /contacts +list, create, get/)
  const help = (await cli.run('api', 'contacts', 'list', '--help')).out
  assert.match(help, /Find contacts\./)
  assert.match(help, /--status <word> +.*one of active,\s+unconfirmed/s)
  assert.match((await cli.run('help', 'api')).out, /bounce-reviews/)
  const names = readFileSync(new URL('../../../docs/cli.md', import.meta.url), 'utf8')
  assert.match((await cli.run('--help')).out, /contrail api contacts list/)
  assert.match(names, /contrail api NOUN VERB/)
})
