import assert from 'node:assert/strict'
import { test } from 'node:test'
import { insertUser } from '../../core/users/write-user.ts'
import { roles, roleScopes } from '../../core/users/user.ts'
import { hashSecret } from '../../core/accounts/secret-hash.ts'
import { sql } from '../../db/sql.ts'
import { importLines } from '../../../test/import-lines.ts'
import { addAccount, testCredentials } from '../../../test/server.ts'
import { emailOf, startWeb, tokenOf, webHost, webPassword } from '../../../test/web.ts'
import type { Web } from '../../../test/web.ts'
import { pages } from './pages.ts'

/** An address of the route that is there. */
function addressOf(path: string): string {
  if (path.startsWith('/contacts')) return path.replace(':id', '32')
  if (path.startsWith('/campaigns')) return path.replace(':id', '1100')
  return path.replace(':id', '1')
}

test('every route is for the roles of its line in the table, and for nobody else', async () => {
  await using web = await startWeb()
  const nobody = web.open()
  for (const { method, path, needs } of pages) {
    if (needs === 'nobody') continue
    const address = addressOf(path)
    const answer = method === 'GET' ? await nobody.get(address) : await nobody.post(address, new URLSearchParams())
    assert.equal(answer.status, 303, `${method} ${path}`)
    assert.match(answer.headers.get('location')!, /^\/sign-in/, `${method} ${path}`)
  }
  for (const role of roles) {
    const browser = await web.as(role)
    for (const { method, path, needs } of pages) {
      const address = addressOf(path)
      // Without a token nothing is done, but who may not do it is told so first.
      const answer = method === 'GET' ? await browser.get(address) : await browser.post(address, new URLSearchParams())
      const text = await answer.text()
      const isAllowed = needs === 'nobody' || (roleScopes[role] as readonly string[]).includes(needs)
      assert.equal(/Not yours to do/.test(text), !isAllowed, `${role} ${method} ${path}`)
      assert.ok(answer.status < 500, `${role} ${method} ${path} ${answer.status}`)
      if (isAllowed && method === 'POST') assert.equal(answer.status, 403, `${role} ${method} ${path}`)
    }
  }
  const changed = await web.app.db.tuples(sql`select 1 from audit where action not in ('user.sign-in')`)
  assert.equal(changed.length, 0)
})

test('no page offers what the role may not do', async () => {
  await using web = await startWeb()
  for (const role of roles) {
    const browser = await web.as(role)
    const places = pages.filter(({ method, needs }) => method === 'GET' && (roleScopes[role] as readonly string[]).includes(needs)) // oxfmt-ignore
    for (const { path } of places) {
      const answer = await browser.get(addressOf(path))
      if (answer.status !== 200 || !answer.headers.get('content-type')!.startsWith('text/html')) continue
      const text = await answer.text()
      const links = [...text.matchAll(/(?:href|action|formaction)="(\/[^"#?]*)/g)].map(([, link]) => link!)
      for (const link of new Set(links)) {
        if (link.startsWith('/assets/')) continue
        const route = pages.find((one) => new RegExp(`^${one.path.replaceAll(/:\w+/g, '[^/]+')}$`).test(link))
        assert.ok(route, `${path} leads to ${link}, which is no page`)
        const lines = pages.filter((one) => one.path === route.path)
        const isAllowed = lines.some(({ needs }) => needs === 'nobody' || (roleScopes[role] as readonly string[]).includes(needs)) // oxfmt-ignore
        assert.ok(isAllowed, `${role}: ${path} leads to ${link}`)
      }
    }
  }
})

test('a form without its token, with that of another session, or sent from elsewhere changes nothing', async () => {
  await using web = await startWeb()
  const browser = await web.as('owner')
  const other = await web.as('owner')
  const fields = (token: string): URLSearchParams => new URLSearchParams({ form: token, name: 'Forged' })
  const own = tokenOf(await browser.page('/lists'))
  const tries: [token: string, headers: Record<string, string>][] = [
    ['', {}],
    ['x.y', {}],
    [tokenOf(await other.page('/lists')), {}],
    [tokenOf(await web.open().page('/sign-in')), {}],
    [own, { origin: 'http://evil.example' }],
    [own, { origin: 'null' }],
    [own, { origin: `http://${webHost}.evil.example` }],
    [own, { 'sec-fetch-site': 'same-site' }],
    [own, { 'sec-fetch-site': 'cross-site' }],
  ]
  for (const [token, headers] of tries) assert.equal((await browser.post('/lists', fields(token), headers)).status, 403)
  assert.doesNotMatch(await browser.page('/lists'), /Forged/)
  assert.equal((await browser.post('/lists', fields(own))).status, 303)
  assert.match(await browser.page('/lists'), /Forged/)
})

test('tokens of one session look different each time, so that compressed pages tell nothing of them', async () => {
  await using web = await startWeb()
  const browser = await web.as('viewer')
  const tokens = new Set<string>()
  for (let i = 0; i < 5; i++) tokens.add(tokenOf(await browser.page('/contacts')))
  assert.equal(tokens.size, 5)
})

/** Another account with a user and things of its own. */
async function addOther(web: Web): Promise<number> {
  const accountId = await addAccount(web.app, { ...testCredentials, username: 'another', key: 'other-key' })
  const hash = await hashSecret(webPassword, { N: 2, r: 8, p: 1 })
  await web.app.db.transaction((tx) =>
    insertUser(tx, accountId, { email: 'owner@other.example', name: 'Other', role: 'owner' }, hash, 1),
  )
  return accountId
}

test('nothing of another account is shown or changed, by whatever address', async () => {
  await using web = await startWeb()
  await addOther(web)
  const owner = await web.as('owner')
  const stranger = web.open()
  await stranger.signIn('owner@other.example')
  const secrets = /jflowers|Joe Flowers|October Specials|General Interest|anna@berg|Åberg/
  for (const { method, path } of pages) {
    if (method !== 'GET') continue
    const answer = await stranger.get(addressOf(path))
    assert.doesNotMatch(await answer.text(), secrets, path)
    if (path.includes(':id') && !path.startsWith('/settings/users')) assert.equal(answer.status, 404, path)
  }
  assert.doesNotMatch(await stranger.page('/search/names?q=jflowers'), secrets)
  const token = tokenOf(await stranger.page('/lists'))
  for (const { method, path } of pages) {
    if (method !== 'POST' || !path.includes(':id') || path.startsWith('/settings')) continue
    const fields = {
      form: token,
      email: 'jflowers@mail.com',
      name: 'x',
      tracking: 'none',
      wording: 'x',
      list: '1',
      shown: '1',
    }
    const answer = await stranger.post(addressOf(path), new URLSearchParams(fields))
    assert.ok([400, 404].includes(answer.status), `${path} ${answer.status}`)
  }
  const page = await owner.page('/contacts/32')
  assert.match(page, /Joe Flowers/)
  assert.match(page, /General Interest/)
  assert.match(await owner.page('/campaigns/1100'), /October Specials/)
})

test('what people wrote is text, whatever it looks like', async () => {
  await using web = await startWeb()
  const evil = `"><img src=x onerror=alert(1)><script>alert(1)</script>{{7*7}}`
  await web.app.db.transaction(async (tx) => {
    await tx.run(sql`update contact set first_name = ${evil}, last_name = ${evil}, profile = ${JSON.stringify({ note: evil, customField1: evil })} where contact_id = 32`) // oxfmt-ignore
    await tx.run(sql`update campaign set name = ${evil}, content = ${JSON.stringify({ subject: evil, fromName: evil, html: evil })} where campaign_id = 1100`) // oxfmt-ignore
    await tx.run(sql`update list set name = ${evil}`)
    await tx.run(sql`update event set details = ${evil} where kind <> 4`)
    await tx.run(sql`update link set url = ${`javascript:${evil}`}`)
    await tx.run(sql`update web_user set name = ${evil} where role = 'viewer'`)
  })
  const browser = await web.as('owner')
  for (const { method, path } of pages) {
    // The mail itself stands in a frame of its own that runs nothing.
    if (method !== 'GET' || path === '/campaigns/:id/mail') continue
    for (const address of [addressOf(path), `${addressOf(path)}?q=${encodeURIComponent(evil)}&done=${encodeURIComponent(evil)}`]) {
      const answer = await browser.get(address)
      if (!answer.headers.get('content-type')?.startsWith('text/html')) continue
      assert.doesNotMatch(await answer.text(), /<img src=x|<script>alert|href="javascript:/, address)
    }
  } // oxfmt-ignore
})

test('pages run nothing that is not a file of ours, and nobody frames them', async () => {
  await using web = await startWeb()
  const browser = await web.as('owner')
  for (const { method, path, needs } of pages) {
    if (method !== 'GET') continue
    const answer = await (needs === 'nobody' ? web.open() : browser).get(addressOf(path))
    const policy = answer.headers.get('content-security-policy') ?? ''
    if (answer.status === 303) continue
    assert.match(policy, /default-src 'none'/, path)
    assert.doesNotMatch(policy, /script-src[^;]*unsafe/, path)
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff', path)
    if (path !== '/campaigns/:id/mail' && path !== '/campaigns/preview')
      assert.doesNotMatch(policy, /unsafe-inline/, path)
    const text = await answer.text()
    if (!answer.headers.get('content-type')!.startsWith('text/html') || path.endsWith('/mail')) continue
    assert.doesNotMatch(text, /<[^>]+ (style|on[a-z]+)=/, path)
    assert.doesNotMatch(text, /(?:src|href)="https?:/, path)
  }
})

test('the first page is one answer of less than 50 kB, and files are kept for ever by their content', async () => {
  await using web = await startWeb()
  const answer = await web.open().get('/sign-in', { 'accept-encoding': 'gzip' })
  assert.equal(answer.headers.get('content-encoding'), 'gzip')
  assert.ok(Number(answer.headers.get('content-length')) < 20_000)
  const text = await web.open().page('/sign-in')
  assert.ok(Buffer.byteLength(text) < 50_000, `${Buffer.byteLength(text)}`)
  assert.doesNotMatch(text, /<link rel="stylesheet"/)
  const path = /src="(\/assets\/app\.[0-9a-f]{12}\.js)"/.exec(text)![1]!
  const file = await web.open().get(path)
  assert.equal(file.headers.get('cache-control'), 'public, max-age=31536000, immutable')
  const etag = file.headers.get('etag')!
  assert.equal((await web.open().get(path, { 'if-none-match': etag })).status, 304)
  for (const wrong of ['/assets/app.js', '/assets/../routes.ts', '/assets/%2e%2e/pages.ts', '/assets/'])
    assert.equal((await web.open().get(wrong)).status, 404, wrong)
})

test('the page of a contact is less than 50 kB with its style and scripts, and nothing waits for anything but the style', async () => {
  await using web = await startWeb()
  const clicks = Array.from({ length: 80 }, (_, i) => ({ type: 'event', kind: i % 3 ? 'open' : 'click', contact: 32, campaign: 1100, at: new Date(Date.UTC(2009, 9, 1) + i * 7_300_000).toISOString(), ...(i % 3 === 0 && { url: `http://x.example/some/page/of/the/shop?number=${i}` }) })) // oxfmt-ignore
  await importLines(web, clicks)
  const browser = await web.as('owner')
  const page = await browser.get('/contacts/32', { 'accept-encoding': 'gzip' })
  const text = await browser.page('/contacts/32')
  assert.equal(text.split('class="event').length - 1, 50)
  const files = [...text.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path]) => path!)
  // One style, the icon, and scripts that hold nothing up.
  assert.deepEqual(files.map((path) => path.replace(/\.[0-9a-f]{12}\./, '.')), ['/assets/app.css', '/assets/icon.svg', '/assets/app.js', '/assets/contact.js']) // oxfmt-ignore
  assert.doesNotMatch(text, /<script(?! type="module")/)
  let bytes = Number(page.headers.get('content-length'))
  assert.ok(bytes < 30_000, `the page alone has ${bytes}`)
  for (const path of files)
    bytes += Number((await browser.get(path, { 'accept-encoding': 'gzip' })).headers.get('content-length'))
  assert.ok(bytes < 50_000, `${bytes}`)
})

test('broken addresses, forms and cookies get a page, never a failure', async () => {
  await using web = await startWeb()
  const browser = await web.as('owner')
  const odd = ['/contacts/99999999999999999', '/contacts/abc', '/contacts/-1', '/contacts/32?after=click-99999999999999999&at=open-1', '/contacts/32?from=2009-02-31&until=x&campaign=x&kind=x',
    '/contacts?before=x&status=x&list=99999999999&did=x&when=x', '/campaigns?after=x&status=x', '/campaigns/1100/recipients?outcome=x&after=x', '/campaigns/compare?id=x&id=1&id=1100', '/imports/x', '/imports/%00',
    '/deliverability?campaign=x', '/deliverability/suppressions?reason=x&after=x', '/settings/audit?before=x', '/search?q=%00', `/search/names?q=${'x'.repeat(5000)}`, '/search/names?q=%F0%9F%8C%B9', '/lists/0', '/nowhere', '/contacts/32/nowhere', '/welcome?link=x', '/setup?token=x'] // oxfmt-ignore
  for (const path of odd) assert.ok((await browser.get(path)).status < 500, path)
  for (const cookie of ['contrail_session=x', 'contrail_session=1.' + 'a'.repeat(43), 'contrail_zone=%FF; contrail_theme=%00; =; ;;', `contrail_visit=${'x'.repeat(9000)}`])
    assert.ok((await web.open().get('/contacts', { cookie })).status < 500, cookie) // oxfmt-ignore
  const token = tokenOf(await browser.page('/lists'))
  for (const body of ['form', `form=${token}&name=%00%00`, `form=${token}&name=${'x'.repeat(70_000)}`, `form=${token}&name=%ff%fe`]) {
    const answer = await browser.post('/lists', body, { 'content-type': 'application/x-www-form-urlencoded' })
    assert.ok(answer.status < 500, body.slice(0, 60))
  } // oxfmt-ignore
  for (const type of ['text/plain', 'multipart/form-data', 'multipart/form-data; boundary=x', 'application/json'])
    assert.ok((await browser.post('/imports', `form=${token}`, { 'content-type': type })).status < 500, type)
  for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD']) {
    const request = new Request(`http://${webHost}/contacts/32`, { method, headers: { host: webHost } })
    assert.ok((await web.fetch(request)).status < 500, method)
  }
})

test('every role signs in with its own address', async () => {
  await using web = await startWeb()
  for (const role of roles) {
    const page = await (await web.as(role)).page('/profile')
    assert.ok(page.includes(emailOf(role)))
  }
})
