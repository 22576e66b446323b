import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSetupToken } from '../../core/users/setup.ts'
import { totpCode, totpStep } from '../../core/users/totp.ts'
import { createUser } from '../../core/users/write-user.ts'
import { sql } from '../../db/sql.ts'
import { testOnEach } from '../../../test/databases.ts'
import { openSecondApp, startTestServer, testNow } from '../../../test/server.ts'
import { emailOf, startWeb, tokenOf, webHost, webOn, webPassword } from '../../../test/web.ts'

testOnEach('address and password let in, and the cookie is of no use to scripts or other sites', async () => {
  await using web = await startWeb()
  const browser = web.open()
  assert.equal((await browser.get('/contacts/32')).headers.get('location'), '/sign-in?next=%2Fcontacts%2F32')
  const answer = await browser.send('/sign-in?next=%2Fcontacts%2F32', '/sign-in', { email: ' Owner@Flowers.example', password: webPassword, next: '/contacts/32' }) // oxfmt-ignore
  assert.equal(answer.status, 303)
  assert.equal(answer.headers.get('location'), '/contacts/32')
  assert.match(answer.headers.get('set-cookie')!, /^contrail_session=\d+\.[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=1209600$/) // oxfmt-ignore
  assert.match(await browser.page('/contacts/32'), /<h1>Joe Flowers<\/h1>/)
  const kept = await web.app.db.tuples<[string]>(sql`select token_hash from web_session`)
  const shown = browser.cookies.get('contrail_session')!
  assert.ok(!kept.some(([hash]) => shown.includes(hash)))
})

test('behind https the cookie is for https alone, and bound to the host', async () => {
  await using web = await startWeb({ publicHost: webHost, publicScheme: 'https' })
  const answer = await web.open().signIn(emailOf('owner'))
  assert.match(answer.headers.get('set-cookie')!, /^__Host-contrail_session=.*; Secure$/)
})

test('whatever is wrong, the answer is the same', async () => {
  await using web = await startWeb()
  const tries: [email: string, password: string][] = [[emailOf('owner'), 'wrong password'], ['nobody@x.example', webPassword], ['', ''], [emailOf('owner'), 'x'.repeat(10_000)]] // oxfmt-ignore
  const texts = new Set<string>()
  for (const [email, password] of tries) {
    const answer = await web.open().signIn(email, password)
    assert.equal(answer.status, 403)
    texts.add(/role="alert">[^]*?<\/p>/.exec(await answer.text())![0])
  }
  assert.equal(texts.size, 1)
})

test('after many failures for one name even the right password has to wait, and for others it does not', async () => {
  await using web = await startWeb()
  const browser = web.open()
  for (let i = 0; i < 30; i++) assert.equal((await browser.signIn(emailOf('owner'), 'wrong')).status, 403)
  assert.equal((await browser.signIn(emailOf('owner'))).status, 429)
  assert.equal((await web.open().signIn(emailOf('editor'))).status, 303)
  web.clock.now += 60_000
  assert.equal((await browser.signIn(emailOf('owner'))).status, 303)
})

testOnEach('guesses are counted over all processes, also when they come at once', async () => {
  await using web = await startWeb()
  await using app = await openSecondApp(web)
  const other = webOn({ ...web, app })
  const guess = async (one: typeof other, i: number): Promise<number> => (await one.open().signIn(emailOf('owner'), `wrong ${i}`)).status // oxfmt-ignore
  const answers: number[] = []
  for (let i = 0; i < 40; i += 4)
    answers.push(...(await Promise.all([web, other, web, other].map((one, at) => guess(one, i + at)))))
  assert.equal(answers.filter((status) => status === 403).length, 30)
  assert.equal(answers.filter((status) => status === 429).length, 10)
  assert.equal((await other.open().signIn(emailOf('owner'))).status, 429)
  assert.equal((await other.open().signIn(emailOf('viewer'))).status, 303)
  // One more each two seconds, and a success is not counted.
  web.clock.now += 2000
  assert.equal((await web.open().signIn(emailOf('owner'))).status, 303)
  assert.equal((await other.open().signIn(emailOf('owner'))).status, 303)
  const kept = await web.app.db.tuples<[string]>(sql`select who from sign_in_try`)
  assert.ok(!kept.some(([who]) => who.includes('owner')))
})

test('nobody is led elsewhere after signing in', async () => {
  await using web = await startWeb()
  for (const next of ['//evil.example/', 'https://evil.example/', '/\\evil.example', '/\t/evil.example', 'javascript:alert(1)']) {
    const fields = { email: emailOf('viewer'), password: webPassword, next }
    const answer = await web.open().send('/sign-in', '/sign-in', fields)
    assert.equal(answer.headers.get('location'), '/', next)
  } // oxfmt-ignore
})

test('a session ends by signing out, by twelve hours of silence, and after two weeks whatever happens', async () => {
  await using web = await startWeb()
  const isIn = async (browser: Awaited<ReturnType<typeof web.as>>): Promise<boolean> =>
    (await browser.get('/contacts')).status === 200
  const out = await web.as('viewer')
  const before = new Map(out.cookies)
  await out.send('/', '/sign-out')
  assert.equal(await isIn(out), false)
  for (const [name, value] of before) out.cookies.set(name, value)
  assert.equal(await isIn(out), false)

  const idle = await web.as('viewer')
  web.clock.now += 11 * 3_600_000
  assert.equal(await isIn(idle), true)
  web.clock.now += 12 * 3_600_000 + 61_000
  assert.equal(await isIn(idle), false)

  const busy = await web.as('viewer')
  for (let i = 0; i < 42; i++) {
    assert.equal(await isIn(busy), true, `${i * 8} hours`)
    web.clock.now += 8 * 3_600_000
  }
  assert.equal(await isIn(busy), false)
})

test('the cookie changes every hour; what it held before works for a minute more', async () => {
  await using web = await startWeb()
  const browser = await web.as('viewer')
  const first = browser.cookies.get('contrail_session')!
  web.clock.now += 61 * 60_000
  await browser.page('/contacts')
  const second = browser.cookies.get('contrail_session')!
  assert.notEqual(second, first)
  const late = web.open()
  late.cookies.set('contrail_session', first)
  assert.equal((await late.get('/contacts')).status, 200)
  assert.equal(late.cookies.get('contrail_session'), first)
  web.clock.now += 60_000
  assert.equal((await late.get('/contacts')).status, 303)
  assert.equal((await browser.get('/contacts')).status, 200)
  assert.equal((await browser.page('/profile')).match(/<span class="badge good">here/g)?.length, 1)
})

testOnEach('codes of an authenticator: turned on, asked for, each taken once, recovery codes too', async () => {
  await using web = await startWeb()
  const browser = await web.as('owner')
  const setup = await browser.page('/profile/codes')
  const secret = /name="secret" value="([A-Z2-7]{32})"/.exec(setup)![1]!
  const code = (): string => totpCode(secret, totpStep(web.clock.now))
  const wrong = await browser.send('/profile/codes', '/profile/codes', { secret, code: '000000' })
  assert.match(await wrong.text(), /not the right one/)
  const shown = await (await browser.send('/profile/codes', '/profile/codes', { secret, code: code() })).text()
  const recovery = shown.match(/[0-9a-f]{5}(?:-[0-9a-f]{5}){3}/g)!
  assert.equal(recovery.length, 10)

  const other = web.open()
  const step = async (given: string): Promise<Response> => {
    const page = await (await other.signIn(emailOf('owner'))).text()
    const proof = /name="proof" value="([^"]+)"/.exec(page)![1]!
    return other.post('/sign-in/code', new URLSearchParams({ form: tokenOf(page), proof, code: given }))
  }
  // The one that turned it on was used up by that.
  assert.equal((await step(code())).status, 403)
  web.clock.now += 30_000
  const used = code()
  assert.equal((await step(used)).status, 303)
  assert.equal((await other.get('/contacts')).status, 200)
  other.cookies.clear()
  assert.equal((await step(used)).status, 403)
  assert.equal((await step(recovery[0]!)).status, 303)
  other.cookies.clear()
  assert.equal((await step(recovery[0]!)).status, 403)
  for (let i = 0; i < 4; i++) assert.equal((await step('123456')).status, 403)
  assert.equal((await step(recovery[1]!)).status, 429)
  web.clock.now += 5 * 60_000
  assert.equal((await step(recovery[1]!)).status, 303)
})

test('a proof of the password is nothing without a code, and nothing after five minutes', async () => {
  await using web = await startWeb()
  await web.app.db.transaction((tx) =>
    tx.run(sql`update web_user set totp_secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'`),
  )
  const browser = web.open()
  const answer = await browser.signIn(emailOf('owner'))
  assert.equal(answer.status, 200)
  const page = await answer.text()
  assert.equal((await browser.get('/contacts')).status, 303)
  const proof = /name="proof" value="([^"]+)"/.exec(page)![1]!
  const code = (): string => totpCode('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', totpStep(web.clock.now))
  const forged = proof.replace(/^\d+\.\d+/, '1.2')
  for (const shown of [forged, 'x', `${proof}x`])
    assert.equal((await browser.post('/sign-in/code', new URLSearchParams({ form: tokenOf(page), proof: shown, code: code() }))).status, 403) // oxfmt-ignore
  web.clock.now += 5 * 60_000 + 1
  assert.equal((await browser.post('/sign-in/code', new URLSearchParams({ form: tokenOf(page), proof, code: code() }))).status, 403) // oxfmt-ignore
})

testOnEach('the first owner comes in by the printed link, once', async () => {
  await using server = await startTestServer()
  const web = webOn(server)
  const first = (await createSetupToken(server.app.db))!
  const token = (await createSetupToken(server.app.db))!
  const browser = web.open()
  assert.match(await browser.page('/sign-in'), /Nobody can sign in yet/)
  assert.equal((await browser.get(`/setup?token=${first}`)).status, 403)
  const owner = { token, username: 'joesflowers', name: 'Joe', email: 'joe@flowers.example', password: 'short' }
  const refused = await browser.send(`/setup?token=${token}`, '/setup', owner)
  assert.match(await refused.text(), /at least 10 characters/)
  const done = await browser.send(`/setup?token=${token}`, '/setup', { ...owner, password: webPassword })
  assert.equal(done.status, 303)
  assert.match(await browser.page('/'), /Hello Joe/)
  assert.equal((await web.open().get(`/setup?token=${token}`)).status, 403)
  assert.equal(await createSetupToken(server.app.db), undefined)
})

test('setting up an empty store makes the account too', async () => {
  await using server = await startTestServer()
  await server.app.db.transaction(async (tx) => {
    await tx.run(sql`delete from api_key`)
    await tx.run(sql`delete from account`)
  })
  const token = (await createSetupToken(server.app.db))!
  const browser = webOn(server).open()
  const owner = { token, username: 'Roses Ltd', name: 'Rose', email: 'rose@x.example', password: webPassword }
  assert.equal((await browser.send(`/setup?token=${token}`, '/setup', owner)).status, 303)
  assert.match(await browser.page('/settings'), /roses ltd/)
  assert.match(await browser.page('/'), /Three steps to begin/)
})

testOnEach('a link lets a password be chosen once, and signs out everywhere else', async () => {
  await using web = await startWeb()
  const { link } = await createUser(web.app.db, web.accountId, { email: 'new@x.example', name: 'New', role: 'editor' }, testNow) // oxfmt-ignore
  const browser = web.open()
  const easy = await browser.send(`/welcome?link=${link}`, '/welcome', { link, password: 'newnewnewnew' })
  assert.equal(easy.status, 400)
  const done = await browser.send(`/welcome?link=${link}`, '/welcome', { link, password: 'violets are blue' })
  assert.equal(done.status, 303)
  assert.equal((await browser.get('/contacts')).status, 200)
  assert.equal((await web.open().get(`/welcome?link=${link}`)).status, 404)
  const again = await createUser(
    web.app.db,
    web.accountId,
    { email: 'b@x.example', name: 'B', role: 'viewer' },
    testNow,
  )
  web.clock.now += 7 * 86_400_000
  assert.equal((await web.open().get(`/welcome?link=${again.link}`)).status, 404)
})

test('changing the password takes the old one, and ends all other sessions', async () => {
  await using web = await startWeb()
  const [here, elsewhere] = [await web.as('viewer'), await web.as('viewer')]
  const change = (old: string): Promise<Response> =>
    here.send('/profile', '/profile/password', { old, password: 'violets are blue' })
  assert.match(await (await change('wrong')).text(), /Nothing was changed/)
  assert.equal((await change(webPassword)).status, 303)
  assert.equal((await here.get('/contacts')).status, 200)
  assert.equal((await elsewhere.get('/contacts')).status, 303)
  assert.equal((await web.open().signIn(emailOf('viewer'))).status, 403)
  assert.equal((await web.open().signIn(emailOf('viewer'), 'violets are blue')).status, 303)
})
