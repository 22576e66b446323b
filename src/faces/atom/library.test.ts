// The Library as clients use it, and as attackers would (wire-2008 8.2).

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { testOnEach } from '../../../test/databases.ts'
import { importLines } from '../../../test/import-lines.ts'
import { addAccount, base, basic, host, startTestServer } from '../../../test/server.ts'
import type { TestServer } from '../../../test/server.ts'
import { readConfig } from '../../config.ts'
import { gif, imageBody, postFolder, postImage } from '../../../test/upload.ts'
import { jpeg, png } from '../../../test/pictures.ts'

const field = (text: string, name: string): string | undefined =>
  new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1]
const images = `${base}/library/folders/1/images`
const remove = (server: TestServer, path: string): Promise<Response> => server.get(path, { method: 'DELETE' })

async function startWithFolder(settings: Parameters<typeof startTestServer>[0] = {}): Promise<TestServer> {
  const server = await startTestServer(settings)
  assert.equal((await postFolder(server, 'Spring')).status, 201)
  return server
}

/** The files the library has on disk. */
function filesOf(server: TestServer): string[] {
  const folder = join(server.dataDir, 'library')
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
}

testOnEach(
  '8.2: a new folder is 201 with its address and entry, its name taken is 409, no name or too long a one is 400',
  async () => {
    await using server = await startTestServer()
    const response = await postFolder(server, 'Spring')
    assert.equal(response.status, 201)
    assert.equal(response.headers.get('location'), `http://${host}${base}/library/folders/1`)
    assert.equal(field(await response.text(), 'Name'), 'Spring')
    assert.equal((await postFolder(server, 'Spring')).status, 409)
    assert.equal((await postFolder(server, ' ')).status, 400)
    assert.equal((await postFolder(server, 'x'.repeat(256))).status, 400)
  },
)

testOnEach('8.2: an image is 201 with its entry, and its bytes are what anybody gets from its ImageURL', async () => {
  await using server = await startWithFolder()
  const bytes = gif(439, 422)
  const response = await postImage(server, 1, bytes, { fileName: 'My Logo.gif', description: 'The logo' })
  assert.equal(response.status, 201)
  assert.equal(response.headers.get('location'), `http://${host}${images}/1`)
  const text = await response.text()
  assert.deepEqual(
    ['FileName', 'Width', 'Height', 'Description', 'MD5Hash', 'FileSize', 'FileType'].map((name) => field(text, name)),
    ['My Logo.gif', '439', '422', 'The logo', createHash('md5').update(bytes).digest('hex'), '42', 'image/gif'],
  )
  const url = field(text, 'ImageURL')!
  assert.match(url, new RegExp(`^http://${host}/library/1/[0-9a-f]{32}/My-Logo\\.gif$`))
  assert.equal(await (await server.get(`${images}/1`)).text(), text)
  const served = await server.fetch(new Request(url))
  assert.deepEqual(Buffer.from(await served.arrayBuffer()), bytes)
})

testOnEach('8.2: the address of images has the scheme of the public one', async () => {
  const { publicHost, publicScheme } = readConfig({ publicHost: 'https://mail.example.com' }, {})
  await using server = await startWithFolder({ publicHost, publicScheme })
  const text = await (await postImage(server, 1, gif())).text()
  assert.match(field(text, 'ImageURL')!, /^https:\/\/mail\.example\.com\/library\//)
})

testOnEach('8.2: GIF, PNG and JPEG are told by their bytes, whatever their names and labels say', async () => {
  await using server = await startWithFolder()
  for (const [bytes, type, extension] of [
    [gif(3, 2), 'image/gif', 'gif'],
    [png(3, 2), 'image/png', 'png'],
    [jpeg(3, 2), 'image/jpeg', 'jpg'],
  ] as const) {
    const text = await (await postImage(server, 1, bytes, { fileName: 'page.html' })).text()
    assert.deepEqual(['FileType', 'Width', 'Height'].map((name) => field(text, name)), [type, '3', '2']) // oxfmt-ignore
    assert.ok(field(text, 'ImageURL')!.endsWith(`/page.${extension}`))
  }
})

testOnEach(
  '8.2: a multipart body is taken under any label that names its boundary, and 415 under one that does not',
  async () => {
    await using server = await startWithFolder()
    for (const contentType of ['multipart/related', 'multipart/mixed', 'application/x-www-form-urlencoded', 'application/atom+xml'])
    assert.equal((await postImage(server, 1, gif(), { fileName: 'a.gif', contentType })).status, 201, contentType) // oxfmt-ignore
    for (const type of ['application/atom+xml', 'multipart/form-data', 'image/gif']) {
      const sent = { method: 'POST', headers: { 'content-type': type }, body: imageBody(gif()) }
      assert.equal((await server.get(images, sent)).status, 415, type)
    }
  },
)

testOnEach('8.2: the name is taken from the file when the entry has none, without its path', async () => {
  await using server = await startWithFolder()
  const named = async (sent: Parameters<typeof postImage>[3]): Promise<string | undefined> =>
    field(await (await postImage(server, 1, gif(), sent)).text(), 'FileName')
  assert.equal(await named({ partName: 'C:\\photos\\rose.gif' }), 'rose.gif')
  assert.equal(await named({ fileName: '../../../etc/passwd' }), 'passwd')
  assert.equal(await named({ fileName: '..\\..\\boot.ini' }), 'boot.ini')
  for (const fileName of ['..', '/', 'a/', 'x'.repeat(256), 'a\u0085b.gif'])
    assert.equal((await postImage(server, 1, gif(), { fileName, partName: '' })).status, 400, fileName)
  assert.ok(filesOf(server).every((name) => /^[0-9a-f]{64}$/.test(name)))
})

testOnEach('8.2: a wrong MD5 is 400 and stores nothing, a right one in capitals or none is taken', async () => {
  await using server = await startWithFolder()
  const right = createHash('md5').update(gif()).digest('hex')
  for (const md5 of ['0'.repeat(32), right.slice(1), 'x'.repeat(32)])
    assert.equal((await postImage(server, 1, gif(), { fileName: 'a.gif', md5 })).status, 400, md5)
  assert.deepEqual(filesOf(server), [])
  for (const md5 of [right.toUpperCase(), ''])
    assert.equal((await postImage(server, 1, gif(), { fileName: 'a.gif', md5 })).status, 201, md5)
})

testOnEach('8.2: what is no whole image, a script, too large a picture or too many bytes is 400', async () => {
  await using server = await startWithFolder()
  const refused: [string, Uint8Array][] = [
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('hello')],
    ['SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')],
    ['HTML', Buffer.from('<html><script>alert(1)</script>')],
    ['a GIF that is JavaScript', Buffer.from('GIF89a=1;alert(document.cookie)//;')],
    ['HTML before the image', Buffer.concat([Buffer.from('<script>alert(1)</script>'), gif()])],
    ['a wide GIF', gif(10_001, 1)],
    ['a high PNG', png(1, 2 ** 32 - 1)],
    ['a large JPEG', jpeg(65_535, 65_535)],
    ['no width', gif(0, 1)],
    ['no height', jpeg(1, 0)],
    ['many bytes', Buffer.concat([gif(), Buffer.alloc(5 * 2 ** 20)])],
    ['a very long body', Buffer.alloc(8 * 2 ** 20)],
  ]
  for (const [what, bytes] of refused) assert.equal((await postImage(server, 1, bytes)).status, 400, what)
  assert.deepEqual(filesOf(server), [])
  assert.doesNotMatch(await (await server.get(images)).text(), /<Image>/)
})

testOnEach('8.2: parts that are missing, cut off or no entry are 400', async () => {
  await using server = await startWithFolder()
  const type = 'multipart/form-data; boundary=x'
  const post = async (body: string | Uint8Array<ArrayBuffer>, contentType = type): Promise<number> =>
    (await server.get(images, { method: 'POST', headers: { 'content-type': contentType }, body })).status
  assert.equal(await post('--x--'), 400)
  assert.equal(await post('--x\r\n\r\n<atom:entry/>\r\n--x--'), 400)
  assert.equal(await post('--x\r\n\r\nGIF89a\r\n--x\r\n\r\nGIF89a\r\n--x--'), 400)
  const whole = imageBody(gif(), { fileName: 'a.gif' })
  const boundary = `multipart/form-data; boundary=${whole.toString('latin1', 2, whole.indexOf('\r\n'))}`
  assert.equal(await post(whole.subarray(0, -10), boundary), 400)
  assert.equal(await post(whole, boundary), 201)
})

testOnEach('8.2: over its quota an account is told 403, and room that was freed is room again', async () => {
  await using server = await startWithFolder({ libraryQuotaMb: 1 })
  const large = (seed: number): Buffer<ArrayBuffer> => Buffer.concat([gif(1, 1, seed), Buffer.alloc(600_000)])
  assert.equal((await postImage(server, 1, large(1))).status, 201)
  const refused = await postImage(server, 1, large(2))
  assert.equal(refused.status, 403)
  assert.match(await refused.text(), /1 MB/)
  assert.equal(filesOf(server).length, 1)
  assert.equal((await remove(server, `${images}/1`)).status, 204)
  const both = await Promise.all([postImage(server, 1, large(3)), postImage(server, 1, large(4))])
  assert.deepEqual(
    both.map(({ status }) => status).toSorted((a, b) => a - b),
    [201, 403],
  )
})

testOnEach('8.2: DELETE of an image takes its bytes along, unless another has the same', async () => {
  await using server = await startWithFolder()
  const url = field(await (await postImage(server, 1, gif())).text(), 'ImageURL')!
  await postImage(server, 1, gif())
  assert.equal(filesOf(server).length, 1)
  const response = await remove(server, `${images}/1`)
  assert.deepEqual([response.status, await response.text()], [204, ''])
  assert.equal(filesOf(server).length, 1)
  assert.equal((await server.fetch(new Request(url))).status, 404)
  assert.equal((await remove(server, `${images}/1`)).status, 404)
  assert.equal((await remove(server, `${images}/2`)).status, 204)
  assert.deepEqual(filesOf(server), [])
})

testOnEach('8.2: DELETE of the images empties one folder and leaves the others', async () => {
  await using server = await startWithFolder()
  await postFolder(server, 'Summer')
  for (let seed = 1; seed <= 3; seed++) await postImage(server, 1, gif(1, 1, seed))
  await postImage(server, 2, gif(1, 1, 3))
  assert.equal((await remove(server, images)).status, 204)
  assert.doesNotMatch(await (await server.get(images)).text(), /<Image>/)
  assert.match(await (await server.get(`${base}/library/folders/2/images`)).text(), /<Image>/)
  assert.equal(filesOf(server).length, 1)
  assert.match(await (await server.get(`${base}/library/folders`)).text(), /Spring[\s\S]*Summer/)
})

testOnEach('8.2: the same image added and deleted at once is never a row without bytes', async () => {
  await using server = await startWithFolder()
  const deeds: Promise<Response>[] = []
  for (let i = 1; i <= 30; i++) deeds.push(postImage(server, 1, gif()), remove(server, `${images}/${i}`))
  for (const { status } of await Promise.all(deeds)) assert.ok([201, 204, 404, 503].includes(status), String(status))
  const text = await (await server.get(images)).text()
  for (const [, url] of text.matchAll(/<ImageURL>([^<]*)</g)) {
    assert.equal((await server.fetch(new Request(url!))).status, 200)
  }
})

testOnEach('8.2: an image names the campaigns that show it', async () => {
  await using server = await startWithFolder()
  const url = field(await (await postImage(server, 1, gif())).text(), 'ImageURL')!
  await postImage(server, 1, gif(2, 2))
  await importLines(server, [
    { type: 'campaign', id: 1100, name: 'Shows it', html: `<p><img src="${url}" alt="x"></p>` },
    { type: 'campaign', id: 1101, name: 'Does not', html: '<p>/library/1/</p>' },
  ])
  const text = await (await server.get(`${images}/1`)).text()
  assert.match(
    text,
    new RegExp(`<ImageUsage>\\s+<Name>Shows it</Name>\\s+<Link>\\s+<href>${base}/campaigns/1100</href>`),
  )
  assert.doesNotMatch(text, /Does not/)
  assert.doesNotMatch(await (await server.get(`${images}/2`)).text(), /<ImageUsage>/)
})

testOnEach('8.2: folders and images come by fifty, with a link to the next', async () => {
  await using server = await startWithFolder()
  for (let i = 2; i <= 51; i++) await postFolder(server, `Folder ${i}`)
  const first = await (await server.get(`${base}/library/folders`)).text()
  assert.equal(first.match(/<Folder /g)!.length, 50)
  const next = /<atom:link rel="next" href="([^"]*)"\/>/.exec(first)![1]!
  assert.match(next, /^\/ws\/customers\/joesflowers\/library\/folders\?next=[a-z0-9]+$/)
  const second = await (await server.get(next)).text()
  assert.deepEqual(
    [...second.matchAll(/<Name>([^<]*)</g)].map((match) => match[1]),
    ['Folder 51'],
  )
  assert.doesNotMatch(second, /rel="next"/)
  assert.equal((await server.get(`${images}${next.slice(next.indexOf('?'))}`)).status, 400)
})

testOnEach(
  "8.2: unknown folders and images, other folders' and other accounts', are 404; methods they lack 415",
  async () => {
    await using server = await startWithFolder()
    await postFolder(server, 'Summer')
    await postImage(server, 1, gif())
    const other = { key: 'other-key', username: 'othershop', password: 'other' }
    await addAccount(server.app, other)
    const headers = { authorization: basic(other) }
    for (const path of ['/library', '/library/folders/1', '/library/folders/9/images', '/library/folders/2/images/1', '/library/folders/1/images/9', '/library/folders/x/images'])
    assert.equal((await server.get(base + path)).status, 404, path) // oxfmt-ignore
    for (const path of ['/library/folders/1/images', '/library/folders/1/images/1'])
      for (const method of ['GET', 'DELETE'])
        assert.equal((await server.get(`/ws/customers/othershop${path}`, { method, headers })).status, 404, path)
    assert.equal((await postImage(server, 9, gif())).status, 404)
    for (const [method, path] of [['PUT', '/library/folders'], ['DELETE', '/library/folders'], ['PUT', '/library/folders/1/images'], ['PUT', '/library/folders/1/images/1'], ['POST', '/library/folders/1/images/1']] as const)
    assert.equal((await server.get(base + path, { method })).status, 415, `${method} ${path}`) // oxfmt-ignore
    assert.equal((await server.get(`${images}/1`)).status, 200)
  },
)

testOnEach('8.2: what is stored is the bytes, readable by the owner only', async () => {
  await using server = await startWithFolder()
  await postImage(server, 1, png(3, 2))
  const [name] = filesOf(server)
  const path = join(server.dataDir, 'library', '1', name!.slice(0, 2), name!)
  assert.deepEqual(readFileSync(path), png(3, 2))
  for (const at of [path, dirname(path)]) assert.equal(statSync(at).mode & 0o077, 0, at)
  assert.equal(createHash('sha256').update(png(3, 2)).digest('hex'), name)
})
