import assert from 'node:assert/strict'
import { test } from 'node:test'
import { verifyUser } from '../../core/users/sign-in.ts'
import { sql } from '../../db/sql.ts'
import { runDueJobs } from '../../../test/run-jobs.ts'
import { importLines } from '../../../test/import-lines.ts'
import { testOnEach } from '../../../test/databases.ts'
import { basic, startTestServer, testCredentials } from '../../../test/server.ts'
import { emailOf, startWeb, tokenOf, webOn, webPassword } from '../../../test/web.ts'
import { createSetupToken } from '../../core/users/setup.ts'

testOnEach('lists are made, renamed and deleted', async () => {
  await using web = await startWeb()
  const browser = await web.as('editor')
  assert.match(await (await browser.send('/lists', '/lists', { name: 'General Interest' })).text(), /has a list named/)
  const added = await browser.send('/lists', '/lists', { name: ' Garden   Club ', offered: 'on' })
  const path = added.headers.get('location')!.split('?')[0]!
  assert.match(await browser.page('/lists'), /Garden Club/)
  await browser.send(path, path, { name: 'Rose Club' })
  assert.match(await browser.page(path), /<h1>Rose Club<\/h1>/)
  await browser.send('/lists/1/delete', '/lists/1/delete')
  assert.doesNotMatch(await browser.page('/lists'), /General Interest/)
  assert.match(await browser.page('/contacts/32'), /On no list/)
})

testOnEach(
  'a file of contacts is imported, and the lines that could not be taken are told and downloaded',
  async () => {
    await using web = await startWeb()
    const browser = await web.as('editor')
    const token = tokenOf(await browser.page('/imports/new'))
    const form = new FormData()
    form.set('form', token)
    form.set('file', new File(['Email Address,First Name\nada@x.example,Ada\n=broken,X\nben@x.example,Ben\n'], 'c.csv'))
    form.set('list', '1')
    const started = await browser.post('/imports', form)
    assert.equal(started.status, 303, await started.text())
    const path = started.headers.get('location')!.split('?')[0]!
    assert.match(await browser.page(path), /data-live[^]*Waiting/)
    await runDueJobs(web.app)
    const page = await browser.page(path)
    assert.match(page, /Done/)
    assert.doesNotMatch(page, /data-live/)
    assert.match(page, /=broken/)
    assert.match(await (await browser.get(`${path}/rejects.csv`)).text(), /^line,email,reason\r\n3,'=broken,/)
    assert.match(await browser.page('/contacts?list=1'), /ada@x\.example/)
    assert.match(await browser.page('/imports'), /Added contacts with details/)
  },
)

test('pasted lines are taken as they are suggested, and nonsense is refused with what was typed', async () => {
  await using web = await startWeb()
  const browser = await web.as('editor')
  const start = (fields: Record<string, string>): Promise<Response> => browser.send('/imports/new', '/imports', fields)
  assert.match(await (await start({ list: '1' })).text(), /Choose a file or paste/)
  assert.match(await (await start({ lines: 'a@x.example' })).text(), /Choose a list/)
  const refused = await start({ lines: 'no header, at all', list: '1' })
  assert.match(await refused.text(), /no column is the Email Address[^]*no header, at all/i)
  assert.equal((await start({ lines: 'carl@x.example, Carl, Castro', list: '1' })).status, 303)
  assert.equal((await start({ lines: 'dana@x.example\nelif@x.example', list: '1' })).status, 303)
  await runDueJobs(web.app)
  assert.match(await browser.page('/search?q=carl+castro'), /carl@x\.example/)
  assert.match(await browser.page('/search?q=elif'), /elif@x\.example/)
})

testOnEach('a campaign is drafted, checked, shown in a frame that runs nothing, changed and deleted', async () => {
  await using web = await startWeb()
  const browser = await web.as('editor')
  await browser.send('/settings/senders', '/settings/senders', { email: 'joe@flowers.example' })
  const draft = { name: 'December', subject: 'Wreaths', fromEmail: 'joe@flowers.example', html: '<h1>Hi {{ contact.first_name }}</h1><script>alert(1)</script>', organizationAddress1: '1 Main St', list: '1', shown: '1' } // oxfmt-ignore
  assert.match(await (await browser.send('/campaigns/new', '/campaigns/new', { ...draft, name: '' })).text(), /Wreaths/)
  for (const html of ['<b>', '<p>{{ contact.first_name</p>'])
    assert.equal((await browser.send('/campaigns/new', '/campaigns/new', { ...draft, html })).status, 400)
  const added = await browser.send('/campaigns/new', '/campaigns/new', draft)
  const path = added.headers.get('location')!.replace('/edit?done=campaign-created', '')
  assert.match(await browser.page(`${path}/edit`), /Nothing to complain of/)
  const mail = await browser.get(`${path}/mail`)
  assert.match(
    mail.headers.get('content-security-policy')!,
    /default-src 'none'; img-src 'self' data:;.*frame-ancestors 'self'; sandbox$/,
  )
  assert.match(await mail.text(), /^<h1>Hi <\/h1><script>alert\(1\)<\/script>/)
  assert.match(await (await browser.get(`${path}/mail?as=32`)).text(), /^<h1>Hi Joe<\/h1>/)
  assert.match(await browser.page(`${path}/preview?as=anna@berg.example`), /<strong>Wreaths<\/strong>/)
  const token = tokenOf(await browser.page(`${path}/edit`))
  const preview = await browser.post('/campaigns/preview', new URLSearchParams({ form: token, html: '<p>Live</p>' }))
  assert.match(await preview.text(), /^<p>Live<\/p>/)
  assert.match(preview.headers.get('content-security-policy')!, /sandbox$/)
  await browser.send(`${path}/edit`, `${path}/edit`, { ...draft, name: 'December 2' })
  assert.match(await browser.page('/campaigns?status=draft'), /December 2/)
  await browser.send(`${path}/delete`, `${path}/delete`)
  assert.equal((await browser.get(path)).status, 404)
})

testOnEach('a report, its recipients and its click map tell of people, and of machines when asked', async () => {
  await using web = await startWeb()
  await web.app.db.transaction((tx) =>
    tx.run(sql`
      insert into verdict(contact_id, kind, event_id, account_id, campaign_id, verdict, reasons, rules_version, judged_at)
      select contact_id, kind, event_id, account_id, campaign_id, 'machine', '', '1/1', 0 from event where kind = 3`),
  )
  const browser = await web.as('viewer')
  const values = (page: string): string[] => [...page.matchAll(/<dd class="value">\s*([^<\s]+)/g)].map(([, value]) => value!) // oxfmt-ignore
  assert.deepEqual(values(await browser.page('/campaigns/1100')), ['2', '1', '0', '1', '1', '0', '0'])
  assert.deepEqual(values(await browser.page('/campaigns/1100?who=all')), ['2', '1', '1', '1', '1', '0', '0'])
  const recipients = async (outcome: string): Promise<string[]> => {
    const page = await browser.page(`/campaigns/1100/recipients?outcome=${outcome}`)
    return [...page.matchAll(/<a href="\/contacts\/(\d+)"/g)].map(([, id]) => id!)
  }
  assert.deepEqual(await recipients('sent'), ['33', '32'])
  assert.deepEqual(await recipients('opened'), [])
  assert.deepEqual(await recipients('not-opened'), ['33', '32'])
  assert.deepEqual(await recipients('clicked'), ['32'])
  assert.deepEqual(await recipients('bounced'), ['33'])
  // Whoever opened it again is there once, with the latest time.
  for (const hour of [12, 13]) await importLines(web, [{ type: 'event', kind: 'open', contact: 33, campaign: 1100, at: `2009-10-01T${hour}:00:00Z` }]) // oxfmt-ignore
  assert.deepEqual(await recipients('opened'), ['33'])
  assert.deepEqual(await recipients('not-opened'), ['32'])
  assert.match(await (await browser.get('/campaigns/1100/recipients.csv?outcome=opened')).text(), /^33,anna@berg\.example,2009-10-01T13:00:00\.000Z,\s*$/m) // oxfmt-ignore
  const csv = await (await browser.get('/campaigns/1100/recipients.csv?outcome=bounced')).text()
  assert.match(csv, /33,anna@berg\.example,2009-10-01T10:00:09\.000Z,/)
  assert.match(await (await browser.get('/campaigns/1100/mail?clicks=on')).text(), /<a href="http:\/\/x\.example\/a"><span[^>]*>100%<\/span>A/) // oxfmt-ignore
  assert.match(await browser.page('/campaigns/compare?id=1100&id=1101'), /October Specials[^]*November/)
  assert.match(await browser.page('/deliverability'), /berg\.example[^]*no such address[^]*5\.1\.1/)
})

testOnEach('suppressions are listed by reason, added and lifted', async () => {
  await using web = await startWeb()
  const browser = await web.as('editor')
  const place = '/deliverability/suppressions'
  assert.match(await browser.page(place), /Nobody is suppressed/)
  assert.equal((await browser.send(place, place, { email: 'not an address' })).status, 400)
  assert.equal((await browser.send(place, place, { email: 'Spam@x.example' })).status, 303)
  assert.match(await browser.page(`${place}?reason=manual`), /spam@x\.example/)
  assert.doesNotMatch(await browser.page(`${place}?reason=bounce`), /spam@x/)
  assert.match(await (await browser.send(place, place, { email: 'spam@x.example' })).text(), /weightier/)
  await browser.send(place, `${place}/lift`, { email: 'spam@x.example' })
  assert.match(await browser.page(place), /Nobody is suppressed/)
})

testOnEach('owners add users, change their roles and remove them; the last owner stays', async () => {
  await using web = await startWeb()
  const browser = await web.as('owner')
  const added = await browser.send('/settings/users', '/settings/users', { name: 'Nia', email: 'nia@x.example', role: 'editor' }) // oxfmt-ignore
  const link = /welcome\?link=([\w.-]+)/.exec(await added.text())![1]!
  const nia = web.open()
  assert.equal((await nia.send(`/welcome?link=${link}`, '/welcome', { link, password: webPassword })).status, 303)
  assert.equal((await nia.get('/contacts/new')).status, 200)
  const { userId } = (await verifyUser(web.app.db, web.app.credentials.gate, { email: 'nia@x.example', password: webPassword }))! // oxfmt-ignore
  await browser.send('/settings/users', `/settings/users/${userId}/role`, { role: 'viewer' })
  assert.equal((await nia.get('/contacts/new')).status, 403)
  const own = (await verifyUser(web.app.db, web.app.credentials.gate, { email: emailOf('owner'), password: webPassword }))! // oxfmt-ignore
  const demoted = await browser.send('/settings/users', `/settings/users/${own.userId}/role`, { role: 'viewer' })
  assert.match(await demoted.text(), /needs an owner/)
  assert.match(await (await browser.send('/settings/users', `/settings/users/${own.userId}/remove`)).text(), /needs an owner/) // oxfmt-ignore
  await browser.send('/settings/users', `/settings/users/${userId}/remove`)
  assert.equal((await nia.get('/contacts')).status, 303)
  assert.match(await browser.page('/settings/audit'), /removed user[^]*Nia/)
})

testOnEach('a key is shown once, lets an old client in with the password of the API, and is revoked', async () => {
  await using web = await startWeb()
  const browser = await web.as('owner')
  assert.match(await (await browser.send('/settings/keys', '/settings/keys', { name: 'CRM' })).text(), /Choose what the key may do/) // oxfmt-ignore
  const page = await (await browser.send('/settings/keys', '/settings/keys', { name: 'CRM', scope: 'read' })).text()
  const key = /data-copy>([\w-]+)%joesflowers</.exec(page)![1]!
  assert.ok(!(await browser.page('/settings/keys')).includes(key))
  const ask = async (password: string): Promise<number> =>
    (await web.get('/ws/customers/joesflowers/contacts', { headers: { authorization: basic({ ...testCredentials, key, password }) } })).status // oxfmt-ignore
  assert.equal(await ask(testCredentials.password), 200)
  await browser.send('/settings', '/settings/password', { password: 'violets are blue' })
  assert.equal(await ask(testCredentials.password), 401)
  assert.equal(await ask('violets are blue'), 200)
  await browser.send('/settings/keys', '/settings/keys/2/revoke')
  assert.equal(await ask('violets are blue'), 401)
})

testOnEach('an empty account is filled with demo data on a click, once', async () => {
  await using server = await startTestServer()
  const browser = webOn(server).open()
  const token = (await createSetupToken(server.app.db))!
  await browser.send(`/setup?token=${token}`, '/setup', { token, username: 'joesflowers', name: 'Joe', email: 'j@x.example', password: webPassword }) // oxfmt-ignore
  assert.equal((await browser.send('/', '/demo')).status, 303)
  assert.match(await browser.page('/'), /Holiday Orders/)
  assert.match(await browser.page('/contacts/7'), /privacy proxy/)
  assert.equal((await browser.send('/contacts', '/demo')).status, 409)
})

test('the collection is told by what people did, and pages go on', async () => {
  await using web = await startWeb()
  const browser = await web.as('viewer')
  const found = async (query: string): Promise<string[]> =>
    [...(await browser.page(`/contacts${query}`)).matchAll(/<a href="\/contacts\/(\d+)">/g)].map(([, id]) => id!)
  assert.deepEqual(await found(''), ['33', '32'])
  assert.deepEqual(await found('?did=opened'), ['32'])
  assert.deepEqual(await found('?did=silent'), ['33'])
  assert.deepEqual(await found('?did=opened&when=7'), [])
  assert.deepEqual(await found('?did=bounced'), ['33'])
  assert.deepEqual(await found('?list=1'), ['32'])
  assert.deepEqual(await found('?before=33'), ['32'])
  assert.match(await browser.page('/contacts?status=do-not-mail'), /Nobody fits/)
})

test('a draft is written in MJML, or goes on in HTML', async () => {
  await using web = await startWeb()
  const browser = await web.as('editor')
  const mjml =
    '<mjml><mj-body><mj-section><mj-column>\n<mj-text>Hi {{ contact.firstName }}</mj-text><mj-rose /></mj-column></mj-section></mj-body></mjml>'
  const fields = { name: 'Roses', source: 'mjml', mjml, html: '<p>Not this</p>' }
  const made = await browser.send('/campaigns/new', '/campaigns/new', fields)
  const path = made.headers.get('location')!.split('?')[0]!
  const content = async (): Promise<{ html: string; mjml: string }> => {
    const row = await web.app.db.one<{ content: string }>(sql`select content from campaign where campaign_id = ${Number(path.split('/')[2])}`) // oxfmt-ignore
    return JSON.parse(row!.content) as { html: string; mjml: string }
  }
  assert.equal((await content()).mjml, mjml)
  assert.match((await content()).html, /<!doctype html>[^]*Hi {{ contact\.firstName }}/i)
  assert.match(await browser.page(path), /value="mjml" checked/)

  const form = tokenOf(await browser.page(path))
  const preview = async (more: Record<string, string>): Promise<string> =>
    (await browser.post('/campaigns/preview', new URLSearchParams({ form, ...fields, ...more }))).text()
  assert.match(await preview({}), /^<p style="[^"]+">line 2: Element mj-rose[^<]*<\/p>[^]*role="article"/)
  assert.match(await preview({ mjml: '<mjml><mj-include path="/etc/passwd" /></mjml>' }), /^<p style="[^"]+">line 1: mj-include[^]*<\/p>$/) // oxfmt-ignore

  const refused = await browser.send(path, path, { ...fields, mjml: '<mjml></mjml>' })
  assert.equal(refused.status, 400)
  assert.match(await refused.text(), /value="mjml" checked[^]*&lt;mjml&gt;&lt;\/mjml&gt;/)
  const long = await browser.send(path, path, { ...fields, mjml: `<mjml>${'x'.repeat(500_000)}</mjml>` })
  assert.match(await long.text(), /at most 500,000 characters/)
  await browser.send(path, path, { ...fields, source: 'html' })
  assert.deepEqual([(await content()).html, (await content()).mjml], ['<p>Not this</p>', ''])
})
