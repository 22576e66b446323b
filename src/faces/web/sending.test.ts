import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listReviews, nobodysAccount } from '../../core/bounces/review.ts'
import { getAccountSettings } from '../../core/accounts/settings.ts'
import { getWireChoices, setWireChoices } from '../../core/accounts/wire-options.ts'
import { createDraft } from '../../core/campaigns/write-campaign.ts'
import { findOrCreateTransactional } from '../../core/sending/single-message.ts'
import { noteBounce } from '../../core/suppressions/hold.ts'
import { getCampaignTracking } from '../../core/tracking/consent.ts'
import { sql } from '../../db/sql.ts'
import { importLines } from '../../../test/import-lines.ts'
import { testOnEach } from '../../../test/databases.ts'
import { dsn, returned } from '../../../test/returned-mail.ts'
import { startSending } from '../../../test/sending.ts'
import { addAccount } from '../../../test/server.ts'
import { addUsers, startWeb, webOn } from '../../../test/web.ts'

testOnEach('a campaign is looked at, tested, sent and followed', async () => {
  await using sending = await startSending({ rcpt: (to) => (to.startsWith('gone') ? '550 5.1.1 no such user' : undefined) }) // oxfmt-ignore
  await addUsers(sending)
  const web = webOn(sending)
  const { campaignId } = await web.draft([{ email: 'ada@mail.example', firstName: 'Ada' }, 'gone@mail.example'])
  const browser = await web.as('editor')
  const base = `/campaigns/${campaignId}`
  const before = await browser.page(`${base}/send`)
  assert.match(before, /Nothing to complain of/)
  assert.match(before, /gone@mail\.example<\/a>\s*<span[^>]*>has no contact\.first_name/)
  assert.match(before, /at most 2 contacts/)
  await web.whileSending(async () => {
    const test = await browser.send(`${base}/send`, `${base}/test`, { to: 'me@x.example', as: 'ada@mail.example' })
    assert.equal(test.headers.get('location'), `${base}/send?done=test-sent`)
    const started = await browser.send(`${base}/start`, `${base}/start`)
    assert.equal(started.headers.get('location'), `${base}/send?done=campaign-started`)
    await web.until(campaignId, ({ run }) => run?.state === 'done')
  })
  const page = await browser.page(base)
  assert.match(page, /2 of 2 recipients/)
  assert.match(page, /Accepted by the relay<\/dt>\s*<dd class="number">1</)
  assert.match(page, /Refused for good<\/dt>\s*<dd class="number">1</)
  assert.match(await browser.page(`${base}/recipients?outcome=bounced`), /gone@mail\.example/)
  assert.match(await browser.page('/deliverability/holds'), /gone@mail\.example[^]*no such address/)
  const again = await browser.send(`${base}/send`, `${base}/pause`)
  assert.match(await again.text(), /There is nothing to pause/)
  assert.match(await (await web.as('owner')).page('/settings/audit'), /started\s+<a href="\/campaigns\/\d+">/)
})

testOnEach('a campaign is scheduled in the zone of who does it, and taken back', async () => {
  await using sending = await startSending()
  await addUsers(sending)
  const web = webOn(sending)
  const { campaignId } = await web.draft(['ada@mail.example'])
  const browser = await web.as('editor')
  browser.cookies.set('contrail_zone', 'Europe%2FBerlin')
  const base = `/campaigns/${campaignId}`
  for (const at of ['', 'soon', '2009-02-31T10:00', '2009-11-19T15:00'])
    assert.match(
      await (await browser.send(`${base}/send`, `${base}/schedule`, { at })).text(),
      /a time that is to come/,
    )
  await browser.send(`${base}/send`, `${base}/schedule`, { at: '2010-07-01T09:30' })
  const row = await web.app.db.one<{ at: number }>(sql`select next_run_at as at from campaign where campaign_id = ${campaignId}`) // oxfmt-ignore
  assert.equal(new Date(row!.at).toISOString(), '2010-07-01T07:30:00.000Z')
  assert.match(await browser.page(`${base}/send`), /1 Jul 2010, 09:30/)
  await browser.send(`${base}/send`, `${base}/unschedule`)
  assert.equal((await browser.get(base)).headers.get('location'), `${base}/edit`)
})

testOnEach('a campaign is paused, resumed and cancelled; what can not be started says why', async () => {
  await using sending = await startSending()
  await addUsers(sending)
  const web = webOn(sending)
  const { campaignId } = await web.draft(['ada@mail.example'], { organizationAddress1: '' })
  const browser = await web.as('editor')
  const base = `/campaigns/${campaignId}`
  const deed = async (name: string): Promise<string> => {
    const answer = await browser.send(`${base}/send`, `${base}/${name}`)
    return answer.headers.get('location') ?? (await answer.text())
  }
  assert.match(await deed('start'), /no OrganizationAddress1/)
  const address = JSON.stringify({ subject: 'S', fromEmail: 'joe@joesflowers.example', html: '<p>Hi</p>', organizationAddress1: 'x' }) // oxfmt-ignore
  await web.app.db.transaction((tx) => tx.run(sql`update campaign set content = ${address} where campaign_id = ${campaignId}`)) // oxfmt-ignore
  assert.match(await deed('start'), /campaign-started/)
  assert.match(await browser.page(`${base}/send`), /data-live[^]*Writing down its recipients/)
  assert.match(await deed('cancel'), /campaign-cancelled/)
  assert.match(await browser.page('/campaigns'), /Cancelled/)
})

testOnEach('a contact on hold says so, and is released', async () => {
  await using web = await startWeb()
  const { app, accountId, clock } = web
  const bounce = { contactId: 32, code: 'B' as const, severity: 'hard' as const, message: '550 no', at: clock.now }
  await app.db.transaction((tx) => noteBounce(tx, accountId, bounce, clock.now))
  const browser = await web.as('editor')
  assert.match(await browser.page('/contacts/32'), /On hold until 4 Dec 2009/)
  await browser.send('/deliverability/holds', '/deliverability/holds/32/release')
  assert.match(await browser.page('/deliverability/holds'), /Nobody is on hold/)
  await app.db.transaction((tx) => noteBounce(tx, accountId, bounce, clock.now))
  await browser.send('/contacts/32/unsuppress', '/contacts/32/unsuppress')
  assert.doesNotMatch(await browser.page('/contacts/32'), /On hold/)
  assert.equal((await browser.get('/contacts/32/unsuppress')).status, 303)
})

testOnEach(
  'a report that nobody could attribute is shown, and counts once somebody says whom it is about',
  async () => {
    await using web = await startWeb()
    const { app, accountId, clock } = web
    const at = new Date(clock.now - 3_600_000).toISOString()
    await importLines(web, [{ type: 'event', kind: 'send', contact: 33, campaign: 1101, at, messageId: '<33@x.example>' }]) // oxfmt-ignore
    const mail = returned(web, { contactId: 33 })
    const put = async (): Promise<string> => {
      const { reviewId } = await mail.ingest(dsn({ recipient: 'anna@berg.example', returned: ['Message-ID: <33@x.example>'] })) // oxfmt-ignore
      return reviewId!
    }
    const reviewId = await put()
    const browser = await web.as('editor')
    assert.match(await browser.page('/deliverability/review'), /anna@berg\.example/)
    const place = `/deliverability/review/${reviewId}`
    assert.match(await browser.page(place), /value="33"/)
    assert.match(await (await browser.send(place, `${place}/assign`, { contact: 'who@x.example', campaign: '1101' })).text(), /no such contact/) // oxfmt-ignore
    assert.equal((await browser.send(place, `${place}/assign`, { contact: '33', campaign: '1101' })).status, 303)
    assert.equal((await listReviews(app.db, accountId, { limit: 5 })).length, 0)
    const second = `/deliverability/review/${await put()}`
    await browser.send(second, `${second}/drop`)
    assert.match(await browser.page('/deliverability/review'), /Nothing waits for you/)
  },
)

testOnEach('reports that name no account are for owners, where there is one account alone', async () => {
  await using web = await startWeb({ bounceDomain: 'bounce.test' })
  const mail = returned(web, { contactId: 33 })
  const put = async (n: number): Promise<string> => {
    const { reviewId } = await mail.ingest(dsn({ recipient: `nobody${n}@elsewhere.example` }))
    return `/deliverability/review/${reviewId!}`
  }
  const [first, second] = [await put(1), await put(2)]
  const [owner, editor] = [await web.as('owner'), await web.as('editor')]
  assert.match(await owner.page('/deliverability/review'), /nobody1@elsewhere\.example/)
  assert.match(await owner.page('/deliverability/review'), /of no account/)
  assert.doesNotMatch(await editor.page('/deliverability/review'), /elsewhere\.example/)
  assert.equal((await editor.get(first)).status, 404)
  assert.equal((await editor.send('/contacts', `${first}/drop`)).status, 404)
  assert.equal((await owner.send(first, `${first}/assign`, { contact: '33', campaign: '1101' })).status, 303)
  await addAccount(web.app, { key: 'other', username: 'other', password: 'secret' })
  assert.doesNotMatch(await owner.page('/deliverability/review'), /elsewhere\.example/)
  assert.equal((await owner.get(second)).status, 404)
  assert.equal((await listReviews(web.app.db, nobodysAccount, { limit: 5 })).length, 1)
})

testOnEach('how long it is kept is set by owners', async () => {
  await using web = await startWeb()
  const browser = await web.as('owner')
  for (const fields of [{ hits: '0' }, { hits: 'x' }, { hits: '30', events: '10' }, { hits: '' }])
    assert.equal((await browser.send('/settings', '/settings/retention', fields)).status, 400)
  await browser.send('/settings', '/settings/retention', { hits: '14', events: '730', forwards: 'on' })
  assert.deepEqual(await getAccountSettings(web.app.db, web.accountId), { hitDays: 14, eventDays: 730, hasForwards: true }) // oxfmt-ignore
})

testOnEach('owners choose what clients of 2008 get, and what they leave open is as the server has it', async () => {
  await using web = await startWeb({ atomOptoutElement: 'both', atomHistoryDays: 20 })
  await importLines(web, [
    { type: 'event', kind: 'optout', contact: 32, campaign: 1100, at: '2009-11-01T10:00:00Z' },
    { type: 'event', kind: 'optout', contact: 32, campaign: 1101, at: '2009-10-12T10:00:00Z' },
  ])
  const found = async (): Promise<string[]> => {
    // Behind what an engine that can't tell of changes remembers.
    web.clock.now += 6000
    const feed = await (await web.get('/ws/customers/joesflowers/contacts/32/events/optouts')).text()
    return [...feed.matchAll(/<(Opt[oO]utEvent)/g)].map(([, name]) => name!)
  }
  const browser = await web.as('owner')
  const choose = (fields: Record<string, string>): Promise<Response> => browser.send('/settings', '/settings/wire', fields) // oxfmt-ignore
  assert.deepEqual(await found(), ['OptoutEvent', 'OptOutEvent'])
  for (const days of ['-1', 'x', '99999']) assert.equal((await choose({ days })).status, 400)
  assert.deepEqual(await getWireChoices(web.app.db, web.accountId), { historyDays: undefined, optoutElement: undefined, includesMachines: undefined }) // oxfmt-ignore
  assert.equal((await choose({ days: '0', optout: 'OptOutEvent', machines: 'on' })).status, 303)
  assert.deepEqual(await getWireChoices(web.app.db, web.accountId), { historyDays: 0, optoutElement: 'OptOutEvent', includesMachines: true }) // oxfmt-ignore
  assert.deepEqual(await found(), ['OptOutEvent', 'OptOutEvent'])
  assert.match(await browser.page('/settings/audit'), /changed what clients of 2008 get[^]*0, OptOutEvent, true/)
  await choose({ days: '', optout: '', machines: '' })
  assert.deepEqual(await found(), ['OptoutEvent', 'OptOutEvent'])
})

testOnEach(
  'new campaigns and single messages record what the account says, and those that exist stay as they were',
  async () => {
    await using web = await startWeb()
    const { app, accountId } = web
    const owner = await web.as('owner')
    const draft = async (name: string): Promise<number> => (await createDraft(app.db, accountId, { name, content: {} }, 1)).campaignId // oxfmt-ignore
    const before = await draft('Before')
    assert.equal((await owner.send('/settings', '/settings/tracking', { tracking: 'all' })).status, 400)
    assert.equal((await owner.send('/settings', '/settings/tracking', { tracking: 'aggregate' })).status, 303)
    assert.match(await owner.page('/settings'), /value="aggregate" checked/)
    const levelOf = (campaignId: number): Promise<string> => getCampaignTracking(app.db, accountId, campaignId)
    assert.equal(await levelOf(before), 'full')
    assert.equal(await levelOf(await draft('After')), 'aggregate')
    const single = await app.db.transaction((tx) => findOrCreateTransactional(tx, accountId, 'Receipts', 1))
    assert.equal(await levelOf(single), 'aggregate')
    assert.match(await owner.page('/settings/audit'), /changed what new campaigns record to[^]*aggregate/)
  },
)

test('clients of 2008 are told of machines where the account wants it', async () => {
  await using web = await startWeb()
  await web.app.db.transaction((tx) =>
    tx.run(sql`
      insert into verdict(contact_id, kind, event_id, account_id, campaign_id, verdict, reasons, rules_version, judged_at)
      select contact_id, kind, event_id, account_id, campaign_id, 'machine', '', '1/1', 0 from event where contact_id = 32 and kind = 3`),
  )
  const opens = async (): Promise<number> =>
    (await (await web.get('/ws/customers/joesflowers/contacts/32/events/opens')).text()).split('<OpenEvent').length - 1
  assert.equal(await opens(), 0)
  await setWireChoices(web.app.db, web.accountId, { historyDays: undefined, optoutElement: undefined, includesMachines: true }) // oxfmt-ignore
  web.clock.now += 6000
  assert.equal(await opens(), 1)
})

test('a domain gets a signing key, whose record is told', async () => {
  await using web = await startWeb()
  const browser = await web.as('owner')
  const place = '/settings/senders'
  assert.match(await browser.page(place), /No domain has a key yet/)
  assert.equal((await browser.send(place, '/settings/dkim', { domain: 'no domain' })).status, 400)
  await browser.send(place, '/settings/dkim', { domain: 'joesflowers.example' })
  assert.match(await browser.page(place), /contrail200911\._domainkey\.joesflowers\.example[^]*v=DKIM1; k=/)
  await browser.send(place, '/settings/dkim/retire', { domain: 'joesflowers.example', selector: 'contrail200911' })
  assert.match(await browser.page(place), /Retired/)
})
