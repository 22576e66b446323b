// The command line as a process of its own against a server elsewhere: the examples of docs/cli.md, readers that leave,
// Ctrl-C, and certificates nobody knows.

import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { createDemo, demoCredentials } from '../src/core/demo/demo-data.ts'
import { listen } from '../src/server.ts'
import { startApi } from './api.ts'
import { startCli } from './cli.ts'
import { importLines } from './import-lines.ts'
import { program, temporaryFolder } from './program.ts'
import { openTestApp } from './server.ts'

const run = promisify(execFile)

interface Remote extends AsyncDisposable {
  /** With the address and a key of the server, and a `contrail` that is a command. */
  env: NodeJS.ProcessEnv
  stop(): Promise<void>
}

async function startRemote(): Promise<Remote> {
  const temporary = await temporaryFolder()
  const api = await startApi({ port: 0 })
  await importLines(api, [
    { type: 'campaign', id: 1100, name: 'One' },
    ...Array.from({ length: 450 }, (_, i) => ({ type: 'contact', id: i + 1, email: `c${i + 1}@mail.com` })),
    ...Array.from({ length: 450 }, (_, i) => ({ type: 'event', kind: 'open', contact: i + 1, campaign: 1100, at: '2009-01-01T00:00:00Z' })), // oxfmt-ignore
  ])
  api.clock.now += 60_000
  const listening = await listen(api.app)
  const { folder } = temporary
  await writeFile(join(folder, 'contrail'), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`, {
    mode: 0o755,
  })
  return {
    env: { PATH: `${folder}:${process.env['PATH']}`, HOME: folder, CONTRAIL_URL: listening.url, CONTRAIL_API_KEY: api.key }, // oxfmt-ignore
    stop: () => listening.close(),
    [Symbol.asyncDispose]: async () => {
      await listening.close()
      await api[Symbol.asyncDispose]()
      await temporary[Symbol.asyncDispose]()
    },
  }
}

test('the examples of docs/cli.md do what it says', async () => {
  await using opened = await openTestApp({ port: 0 })
  await createDemo(opened.app.db, opened.app.now())
  opened.clock.now += 60_000
  const listening = await listen(opened.app)
  await using cli = await startCli()
  await writeFile(join(cli.folder, 'contacts.ndjson'), '{"email":"new@example.com","lists":["New"]}\n')
  const event = { kind: 'click', contact: 32, campaign: 1100537019381, at: '2009-01-01T00:00:00Z', url: 'http://x.example/' } // oxfmt-ignore
  await writeFile(join(cli.folder, 'events.ndjson.gz'), gzipSync(`${JSON.stringify(event)}\n`))
  const page = await readFile(new URL('../docs/cli.md', import.meta.url), 'utf8')
  const examples = [...page.matchAll(/^```\n([^]*?)^```$/gm)].flatMap(([, block]) => block!.trim().split('\n'))
  assert.ok(examples.length > 15)
  const said = new Map<string, string>()
  try {
    for (const example of examples) {
      const [name, ...args] = example
        .replace('http://127.0.0.1:8425', listening.url)
        .replaceAll(/\S+\.ndjson/g, (file) => join(cli.folder, file))
        .match(/'[^']*'|\S+/g)!
      assert.equal(name, 'contrail')
      const given = args.map((arg) => arg.replace(/^'(.*)'$/, '$1'))
      const ran = await cli.runWith({ stdin: demoCredentials.key }, ...given)
      assert.deepEqual([ran.code, ran.out === ''], [0, false], `${example}\n${ran.err}`)
      said.set(example, ran.out)
    }
  } finally {
    await listening.close()
  }
  const find = (part: string): string => [...said].find(([example]) => example.includes(part))![1]
  assert.match(find('contrail events'), /click .*http:\/\/www\.boston\.com/)
  assert.match(find('contacts create'), /^profile\.city +Boston$/m)
  assert.match(find('contacts ingest'), /^1 lines: 1 new/)
  assert.match(find('events ingest'), /^1 lines: 1 new/)
})

test('a reader that leaves ends a long list in silence, and Ctrl-C a tail, also when the server is gone', async () => {
  await using remote = await startRemote()
  const { env } = remote
  for (const command of ['contacts list --all', 'events list --all --json', 'feed tail --from-start']) {
    const { stdout, stderr } = await run('bash', ['-c', `contrail api ${command} | head -n 2; echo "\${PIPESTATUS[0]}"`], { env }) // oxfmt-ignore
    assert.deepEqual([stdout.trim().split('\n').length, stdout.trim().split('\n').at(-1), stderr], [3, '0', ''], command) // oxfmt-ignore
  }
  const tails = [0, 1].map(() => spawn(process.execPath, [program, 'api', 'feed', 'tail', '--from-start'], { env }))
  await Promise.all(tails.map(({ stdout }) => once(stdout.resume(), 'data')))
  const stop = async (tail: (typeof tails)[number]): Promise<unknown> => {
    tail.kill('SIGINT')
    return once(tail, 'exit')
  }
  assert.deepEqual(await stop(tails[0]!), [0, null])
  await remote.stop()
  assert.deepEqual(await stop(tails[1]!), [0, null])
})

test('a certificate that nobody vouches for is refused, and its key is not sent', async () => {
  await using temporary = await temporaryFolder()
  const { folder } = temporary
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  await run('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, '-days', '1', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']) // oxfmt-ignore
  let requests = 0
  const server = createServer({ key: await readFile(key), cert: await readFile(cert) }, (_, response) => {
    requests++
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"items":[]}')
  })
  server.listen(0, 'localhost')
  await once(server, 'listening')
  const url = `https://localhost:${(server.address() as AddressInfo).port}`
  const add = async (env: NodeJS.ProcessEnv): Promise<{ code: number; err: string }> => {
    const child = spawn(process.execPath, [program, 'profile', 'add', 'tls', '--url', url], { env: { ...process.env, HOME: folder, XDG_CONFIG_HOME: '', CONTRAIL_API_KEY: 'k', ...env }, stdio: ['ignore', 'ignore', 'pipe'] }) // oxfmt-ignore
    const [err, [code]] = await Promise.all([text(child.stderr), once(child, 'exit') as Promise<[number]>])
    return { code, err }
  }
  try {
    const refused = await add({})
    assert.equal(refused.code, 1)
    assert.match(refused.err, /could not be reached \(self-signed certificate.*\[no_answer\]\n$/)
    assert.equal(requests, 0)
    assert.deepEqual(await add({ NODE_EXTRA_CA_CERTS: cert }), { code: 0, err: '' })
    assert.equal(requests, 1)
  } finally {
    server.close()
    server.closeAllConnections()
  }
})
