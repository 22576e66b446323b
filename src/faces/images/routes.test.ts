// What mail programs get of the library, and what nobody does.

import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { testOnEach } from '../../../test/databases.ts'
import { host, startTestServer } from '../../../test/server.ts'
import type { TestServer } from '../../../test/server.ts'
import { gif, postFolder, postImage } from '../../../test/upload.ts'

interface Started {
  server: TestServer
  /** Of the image's address. */
  path: string
  /** Asks as a mail program does: without credentials. */
  ask: (path: string, init?: RequestInit) => Promise<Response>
}

async function start(fileName: string, bytes: Uint8Array = gif()): Promise<Started> {
  const server = await startTestServer()
  await postFolder(server, 'Spring')
  const text = await (await postImage(server, 1, bytes, { fileName })).text()
  const path = new URL(/<ImageURL>([^<]*)</.exec(text)![1]!).pathname
  return { server, path, ask: (at, init) => server.fetch(new Request(`http://${host}${at}`, init)) }
}

testOnEach('an image is served without credentials, to be kept, as the image it is and nothing else', async () => {
  const polyglot = Buffer.concat([gif(), Buffer.from('<html><script>alert(1)</script></html>')])
  const { server, path, ask } = await start('evil.html', polyglot)
  await using _ = server
  const response = await ask(path)
  assert.equal(response.status, 200)
  const headers = ['content-type', 'content-length', 'x-content-type-options', 'content-security-policy', 'content-disposition', 'cache-control'] // oxfmt-ignore
  assert.deepEqual(
    headers.map((name) => response.headers.get(name)),
    ['image/gif', String(polyglot.length), 'nosniff', "default-src 'none'; sandbox", 'inline; filename="evil.gif"', 'public, max-age=31536000, immutable'],
  ) // oxfmt-ignore
  assert.deepEqual(Buffer.from(await response.arrayBuffer()), polyglot)
})

testOnEach('who holds the image is told 304, by any form of the tag', async () => {
  const { server, path, ask } = await start('a.gif')
  await using _ = server
  const etag = (await ask(path)).headers.get('etag')!
  assert.match(etag, /^"[0-9a-f]{64}"$/)
  for (const tag of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
    const response = await ask(path, { headers: { 'if-none-match': tag } })
    assert.deepEqual([response.status, await response.text(), response.headers.get('etag')], [304, '', etag], tag)
  }
  assert.equal((await ask(path, { headers: { 'if-none-match': '"other"' } })).status, 200)
})

testOnEach('HEAD has the headers of GET; other methods are 405', async () => {
  const { server, path, ask } = await start('a.gif')
  await using _ = server
  const [head, got] = [await ask(path, { method: 'HEAD' }), await ask(path)]
  assert.deepEqual([...head.headers], [...got.headers])
  assert.equal(await head.text(), '')
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
    const response = await ask(path, { method })
    assert.deepEqual([response.status, response.headers.get('allow')], [405, 'GET, HEAD'])
  }
})

testOnEach('a file name never becomes markup, a header of its own or a place on disk', async () => {
  for (const fileName of ['a"; evil=1.gif', 'näme 猫.gif', '%2e%2e%2fpasswd', 'con.gif.exe', '.htaccess', '<b>']) {
    const { server, path, ask } = await start(fileName)
    await using _ = server
    assert.match(path, /^\/library\/1\/[0-9a-f]{32}\/[a-zA-Z0-9_-]+\.gif$/, fileName)
    const disposition = (await ask(path)).headers.get('content-disposition')!
    assert.match(disposition, /^inline; filename="[a-zA-Z0-9_-]+\.gif"$/, fileName)
  }
})

testOnEach('anything but an address that was given out is 404', async () => {
  const { server, path, ask } = await start('a.gif')
  await using _ = server
  const [, , , publicId] = path.split('/')
  const paths = ['/library', '/library/', '/library/1', '/library/1/', `/library/1/${publicId}`, `/library/2/${publicId}/a.gif`, `/library/0/${publicId}/a.gif`,
    `/library/01/${publicId}/a.gif`, `/library/1/${'0'.repeat(32)}/a.gif`, `/library/1/${publicId}/a/b.gif`, '/library/1/../../contrail.db', '/library/1/..%2f..%2fcontrail.db/a',
    '/library/..%2f..%2fetc/passwd/a', `/library/1/${publicId}%00/a.gif`, '/library/1/%/a.gif', `/library/1/${publicId!.slice(0, 31)}%/a.gif`, '/library/99999999999999999999/x/a.gif'] // oxfmt-ignore
  for (const at of paths) assert.equal((await ask(at)).status, 404, at)
  assert.equal((await ask(path.replace('a.gif', 'A%20B.GIF'))).status, 200)
})

testOnEach('an image whose bytes are lost is 404', async () => {
  const { server, path, ask } = await start('a.gif')
  await using _ = server
  await rm(join(server.dataDir, 'library'), { recursive: true })
  assert.equal((await ask(path)).status, 404)
})
