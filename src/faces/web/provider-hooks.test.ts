import assert from 'node:assert/strict'
import { test } from 'node:test'
import { generateKeyPairSync } from 'node:crypto'
import { listEndpoints } from '../../core/inbox/endpoint.ts'
import { testOnEach } from '../../../test/databases.ts'
import { addEndpoint, hookRequest, inboxOf, readInbox, signedHeaders } from '../../../test/hooks.ts'
import { startWeb } from '../../../test/web.ts'

const base = '/deliverability/providers'

testOnEach('an owner makes an address, a provider posts there, and what came is read again', async (engine) => {
  await using web = await startWeb({}, engine)
  const owner = await web.as('owner')
  assert.match(await owner.page(base), /No provider tells you anything yet/)
  const form = `${base}/new?provider=generic`
  const made = await owner.send(form, `${base}/new`, { provider: 'generic', name: ' my  mailer ', secret: '' })
  assert.equal(made.headers.get('cache-control'), 'no-store')
  const page = await made.text()
  assert.match(page, /http:\/\/web\.test\/hooks\/generic\/[\w-]{24}</)
  assert.match(page, />whsec_[\w+/]{43}=</)
  const [endpoint] = await listEndpoints(web.app.db, web.accountId)
  assert.deepEqual([endpoint!.name, endpoint!.creates], ['my mailer', false])

  const posted = await addEndpoint(web, { name: 'shop <b>' })
  const body =
    '[{"type":"open","email":"jflowers@mail.com","campaign":"1100","at":"2009-10-02T10:00:00Z"},{"type":"open","email":"nobody@example.com"}]'
  const answer = await web.fetch(hookRequest(posted, body, signedHeaders(body, web.app.now())))
  assert.equal(answer.status, 200)
  await readInbox(web)
  const [entry] = await inboxOf(web)
  const list = await owner.page(base)
  assert.match(list, /shop &lt;b&gt;/)
  assert.match(list, /In part/)
  assert.ok(!(await (await web.as('viewer')).page(base)).includes(posted.endpointId), 'the address is for owners')
  const one = `${base}/inbox/${entry!.inboxId}`
  const shown = await owner.page(one)
  assert.match(shown, /Why not all of it[^]*Event 2:[^]*nobody@example\.com/)
  assert.match(shown, /&quot;email&quot;: &quot;jflowers@mail\.com&quot;/)

  const editor = await web.as('editor')
  assert.equal((await editor.send(one, `${one}/replay`)).headers.get('location'), `${one}?done=replayed`)
  assert.match(await editor.page(one), /Waiting/)
  await readInbox(web)
  const filtered = `${base}?state=partly`
  assert.match(await editor.page(filtered), /Read these again/)
  await editor.send(filtered, `${base}/replay`, { state: 'partly' })
  assert.match(await editor.page(`${base}?state=new`), /providers\/inbox\/1"/)
  assert.equal((await editor.send(filtered.replace('partly', 'new'), `${base}/replay`, { state: 'x' }).catch(() => undefined))?.status ?? 400, 400) // oxfmt-ignore
  assert.match(await owner.page('/settings/audit'), /had webhooks read again:[^]*made an address for webhooks of/)
})

test('each provider is asked for what it is told by', async () => {
  await using web = await startWeb()
  const owner = await web.as('owner')
  const choice = await owner.page(`${base}/new`)
  for (const name of ['Amazon SES', 'SendGrid', 'Mailgun', 'A program of your own']) assert.match(choice, new RegExp(name)) // oxfmt-ignore
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const key = publicKey.export({ type: 'spki', format: 'der' }).toString('base64')
  for (const [status, provider, fields] of [
    [200, 'sendgrid', { secret: key, creates: 'yes' }],
    [400, 'sendgrid', { secret: 'no <key>' }],
    [400, 'mailgun', {}],
    [400, 'postmark', { basicAuth: 'me' }],
    [200, 'postmark', { basicAuth: 'me:password' }],
    [400, 'ses', { topics: ' ' }],
    [200, 'ses', { topics: 'arn:aws:sns:us-east-1:123456789012:mail\r\narn:aws:sns:us-east-1:123456789012:more' }],
  ] as const) {
    const answer = await owner.send(`${base}/new?provider=${provider}`, `${base}/new`, { provider, ...fields })
    assert.equal(answer.status, status, `${provider} ${JSON.stringify(fields)}`)
    assert.doesNotMatch(await answer.text(), /<key>/)
  }
  const held = await listEndpoints(web.app.db, web.accountId)
  const told = held.map(({ provider, creates }) => `${provider} ${creates}`).toSorted((a, b) => a.localeCompare(b))
  assert.deepEqual(told, ['postmark false', 'sendgrid true', 'ses false'])
  assert.equal(held.find(({ provider }) => provider === 'ses')!.secrets.topics?.length, 2)
})

testOnEach('an address gets a new secret beside the old, then only that, and is removed', async (engine) => {
  await using web = await startWeb({}, engine)
  const { endpointId } = await addEndpoint(web)
  const owner = await web.as('owner')
  const one = `${base}/${endpointId}`
  const count = async (): Promise<number | undefined> => (await listEndpoints(web.app.db, web.accountId))[0]?.secrets.keys.length // oxfmt-ignore
  const page = await owner.page(one)
  assert.doesNotMatch(page, /Forget the old one|whsec_B/)
  assert.match(await (await owner.send(one, `${one}/rotate`, { secret: '' })).text(), />whsec_/)
  assert.equal(await count(), 2)
  assert.equal((await owner.send(one, `${one}/rotate`, { secret: 'short' })).status, 400)
  assert.equal((await owner.send(one, `${one}/rotate`, { finish: 'yes', secret: 'not looked at' })).status, 303)
  assert.equal(await count(), 1)
  assert.match(await owner.page(`${one}/remove`), /Remove the address/)
  assert.equal((await owner.send(`${one}/remove`, `${one}/remove`)).status, 303)
  assert.equal(await count(), undefined)
  assert.equal((await owner.get(one)).status, 404)

  const ses = await addEndpoint(web, { provider: 'ses', secrets: { keys: [], topics: ['arn:aws:sns:us-east-1:123456789012:mail'] } }) // oxfmt-ignore
  const amazon = `${base}/${ses.endpointId}`
  assert.match(await owner.page(amazon), /are confirmed until/)
  assert.equal((await owner.send(amazon, `${amazon}/connect`)).status, 303)
})
