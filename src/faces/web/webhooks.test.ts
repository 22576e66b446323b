import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listWebhooks } from '../../core/webhooks/webhook.ts'
import type { Webhook } from '../../core/webhooks/webhook.ts'
import { testOnEach } from '../../../test/databases.ts'
import { startWeb } from '../../../test/web.ts'
import type { Web } from '../../../test/web.ts'
import { rules, startReceiver } from '../../../test/webhook-receiver.ts'
import { verifyWebhook } from '../../../sdk/src/webhooks.ts'

const base = '/settings/webhooks'
const open = { webhookInsecure: true, webhookAllow: rules.allowed }

async function onlyOne({ app, accountId }: Web): Promise<Webhook> {
  const [webhook, ...others] = await listWebhooks(app.db, accountId)
  assert.ok(webhook && others.length === 0)
  return webhook
}

testOnEach(
  'an owner makes a webhook, tests it, sees what was tried, and has events delivered again',
  async (engine) => {
    await using receiver = await startReceiver()
    await using web = await startWeb(open, engine)
    const owner = await web.as('owner')
    assert.match(await owner.page(base), /No webhooks yet/)
    const made = await owner.send(base, base, [['url', receiver.url], ['name', ' CRM <b> '], ['kind', 'click'], ['kind', 'open']]) // oxfmt-ignore
    assert.equal(made.headers.get('cache-control'), 'no-store')
    const [secret] = /whsec_[\w+/]+=*/.exec(await made.text())!
    const { endpointId, kinds, name } = await onlyOne(web)
    assert.deepEqual([name, kinds], ['CRM <b>', ['open', 'click']])
    assert.match(await owner.page(base), /CRM &lt;b&gt;[^]*Opened, Clicked[^]*Delivers/)
    const one = `${base}/${endpointId}`
    assert.match(await owner.page(one), /Nothing was tried yet/)
    assert.equal((await owner.send(one, `${one}/test`)).headers.get('location'), `${one}?done=webhook-tested`)
    await verifyWebhook(receiver.received[0]!, { secret, now: web.app.now() })
    receiver.answer = () => ({ status: 500, body: '<i>no</i>' })
    const failed = await owner.send(one, `${one}/test`)
    assert.match(await failed.text(), /The test was not accepted: it answered 500\.[^]*&lt;i&gt;no/)
    assert.match(await owner.page(one), /badge bad">500<[^]*badge good">204</)

    const again = await owner.send(one, `${one}/replay`, { from: '2009-10-01T00:00' })
    assert.match(again.headers.get('location')!, /webhook-replayed/)
    assert.equal((await onlyOne(web)).position.recordedAt, Date.UTC(2009, 9, 1) - 1)
    assert.match(
      await (await owner.send(one, `${one}/replay`, { from: '2030-01-01T00:00' })).text(),
      /time that is past/,
    )
    assert.match(await owner.page('/settings/audit'), /had events delivered again to[^]*made a webhook to/)
  },
)

test('a webhook is changed, turned off and on, given a new secret and removed', async () => {
  await using web = await startWeb()
  const owner = await web.as('owner')
  await owner.send(base, base, { url: 'https://crm.example.com/hooks?token=geheim', from: '2009-01-01T10:00' })
  const { endpointId, position } = await onlyOne(web)
  assert.equal(position.recordedAt, Date.UTC(2009, 0, 1, 10) - 1)
  const one = `${base}/${endpointId}`
  const refused = await owner.send(one, one, { url: 'http://crm.example.com/', name: 'typed' })
  assert.match(await refused.text(), /begins with https:\/\/[^]*<details open[^]*value="typed"/)
  await owner.send(one, one, { url: 'https://crm.example.com/hooks?token=geheim', name: 'CRM', includesEmail: 'yes' })
  assert.deepEqual([(await onlyOne(web)).name, (await onlyOne(web)).includesEmail], ['CRM', true])
  await owner.send(one, `${one}/disable`)
  assert.match(await owner.page(one), /by hand[^]*Turn on/)
  await owner.send(one, `${one}/enable`)
  assert.equal((await onlyOne(web)).state, 'active')
  const page = await (await owner.send(one, `${one}/rotate`)).text()
  assert.ok(page.includes((await onlyOne(web)).secrets[0]!.key))
  assert.doesNotMatch(await owner.page(one), /whsec_/)
  assert.match(await owner.page(one), /Old secret signs until/)
  assert.doesNotMatch(await owner.page('/settings/audit'), /geheim/)
  await owner.send(`${one}/remove`, `${one}/remove`)
  assert.equal((await owner.get(one)).status, 404)
  for (const url of ['https://127.0.0.1/', 'javascript:alert(1)', ''])
    assert.equal((await owner.send(base, base, { url })).status, 400, url)
})
