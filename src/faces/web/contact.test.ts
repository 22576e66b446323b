import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findSuppression } from '../../core/suppressions/suppression.ts'
import { getTracking } from '../../core/tracking/consent.ts'
import { sql } from '../../db/sql.ts'
import { importLines } from '../../../test/import-lines.ts'
import { createFetch } from '../../server.ts'
import { testOnEach } from '../../../test/databases.ts'
import { testCredentials } from '../../../test/server.ts'
import { startWeb } from '../../../test/web.ts'

const kindsOf = (page: string): string[] =>
  [...page.matchAll(/<li\s+class="event[^>]*data-kind="(\w+)"/g)].map(([, kind]) => kind!)

testOnEach('the page of a contact tells who it is and what it did, newest first', async () => {
  await using web = await startWeb()
  const page = await (await web.as('viewer')).page('/contacts/32')
  assert.match(page, /<h1>Joe Flowers<\/h1>/)
  assert.match(page, /jflowers@mail\.com/)
  assert.deepEqual(kindsOf(page), ['click', 'open', 'delivery', 'send'])
  assert.match(page, /General Interest/)
  const tiles = [...page.matchAll(/<dd class="value">\s*([^<\s]+)/g)].map(([, value]) => value)
  assert.deepEqual(tiles.slice(0, 4), ['1', '1', '1', '1'])
  assert.match(page, /aria-label="Activity by week/)
})

test('the history is filtered by kind, campaign, days and people, and the filters stay in every link', async () => {
  await using web = await startWeb()
  await importLines(web, [{ type: 'event', kind: 'open', contact: 32, campaign: 1101, at: '2009-11-02T10:00:00Z' }])
  await web.app.db.transaction((tx) =>
    tx.run(sql`
      insert into verdict(contact_id, kind, event_id, account_id, campaign_id, verdict, reasons, rules_version, judged_at)
      select contact_id, kind, event_id, account_id, campaign_id, 'proxy', 'apple_mpp', '1/1', 0 from event where contact_id = 32 and kind = 3 and campaign_id = 1101`),
  )
  const browser = await web.as('viewer')
  const kinds = async (query: string): Promise<string[]> => kindsOf(await browser.page(`/contacts/32${query}`))
  assert.deepEqual(await kinds('?kind=open'), ['open', 'open'])
  assert.deepEqual(await kinds('?campaign=1101'), ['open'])
  assert.deepEqual(await kinds('?who=people&kind=open'), ['open'])
  assert.deepEqual(await kinds('?from=2009-10-02'), ['open'])
  assert.deepEqual(await kinds('?until=2009-10-01'), ['click', 'open', 'delivery', 'send'])
  assert.deepEqual(await kinds('?from=2009-10-01&until=2009-10-01&kind=click&who=people&campaign=1100'), ['click'])
  assert.deepEqual(await kinds('?kind=forward'), [])
  const page = await browser.page('/contacts/32?campaign=1100&who=people')
  assert.match(page, /\?kind=click&amp;campaign=1100&amp;who=people#history/)
  assert.match(page, /events\.csv\?campaign=1100&amp;who=people"/)
  // The chips say what the other filters leave of each kind, and of all.
  const chips = (text: string): string[] =>
    [...text.matchAll(/#history"[^>]*>\s*(?:All|Sends|Deliveries|Opens|Clicks) <span class="count">([^<]+)</g)].map(([, count]) => count!) // oxfmt-ignore
  assert.deepEqual(chips(await browser.page('/contacts/32?kind=click')), ['5', '1', '1', '2', '1'])
  assert.deepEqual(chips(await browser.page('/contacts/32?campaign=1101&kind=click')), ['1', '0', '0', '1', '0'])
  assert.deepEqual(chips(await browser.page('/contacts/32?who=people&from=2009-10-01')), ['4', '1', '1', '1', '1'])
  // A machine's doing is told as such, with why.
  const whole = await browser.page('/contacts/32')
  assert.match(whole, /class="event machine[^]*?privacy proxy[^]*?Apple loads pictures for everybody <code>apple_mpp/)
})

test('days and times are those of the viewer, and say what they are in UTC', async () => {
  await using web = await startWeb()
  const browser = await web.as('viewer')
  const utc = await browser.page('/contacts/32')
  assert.match(utc, /Thursday,? 1 October 2009/)
  assert.match(utc, />\s*23:30:00\s*<\/time/)
  browser.cookies.set('contrail_zone', 'Europe%2FBerlin')
  const berlin = await browser.page('/contacts/32')
  assert.match(berlin, /Friday,? 2 October 2009/)
  assert.match(berlin, /title="2009-10-01 23:30:00.000 UTC"\s*>\s*01:30:00\s*</)
  assert.deepEqual(kindsOf(await browser.page('/contacts/32?from=2009-10-02')), ['click'])
  assert.deepEqual(kindsOf(await browser.page('/contacts/32?until=2009-10-01')), ['open', 'delivery', 'send'])
})

testOnEach('a long history goes on page by page, and every event has an address of its own', async () => {
  await using web = await startWeb()
  const opens = Array.from({ length: 120 }, (_, i) => ({ type: 'event', kind: 'open', contact: 33, campaign: 1100, at: new Date(Date.UTC(2009, 5, 1) + i * 3_600_000).toISOString() })) // oxfmt-ignore
  await importLines(web, opens)
  const browser = await web.as('viewer')
  const ids: string[] = []
  let next: string | undefined = '/contacts/33'
  let pages = 0
  while (next !== undefined) {
    const page: string = await browser.page(next)
    ids.push(...[...page.matchAll(/id="e-([a-z]+-\d+)"/g)].map(([, id]) => id!))
    next = /href="([^"]+)#history"\s+data-part=/.exec(page)?.[1]?.replaceAll('&amp;', '&')
    pages++
  }
  assert.equal(pages, 3)
  assert.equal(ids.length, 122)
  assert.equal(new Set(ids).size, 122)
  const part = await browser.page(`/contacts/33/events?after=${ids[49]}`)
  assert.doesNotMatch(part, /<html/)
  assert.ok(part.includes(`id="e-${ids[50]}"`) && !part.includes(`id="e-${ids[49]}"`))
  const linked = await browser.page(`/contacts/33?at=${ids[70]}`)
  const first = /id="e-([a-z]+-\d+)"/.exec(linked)![1]
  assert.equal(first, ids[70])
  assert.match(linked, /class="event\s+shown"/)
})

testOnEach('the history is a file too, in which nothing is a formula', async () => {
  await using web = await startWeb()
  await web.app.db.transaction((tx) => tx.run(sql`update campaign set name = '=HYPERLINK("http://evil.example","x")' where campaign_id = 1100`)) // oxfmt-ignore
  const browser = await web.as('viewer')
  const answer = await browser.get('/contacts/32/events.csv?kind=click')
  assert.equal(answer.headers.get('content-disposition'), 'attachment; filename="contact-32-events.csv"')
  const lines = (await answer.text()).split('\r\n')
  assert.match(lines[0]!, /^time,kind,campaign_id,campaign,url,/)
  assert.equal(lines.length, 3)
  assert.match(
    lines[1]!,
    /^2009-10-01T23:30:00\.000Z,click,1100,"'=HYPERLINK\(""http:\/\/evil\.example"",""x""\)",http:\/\/x\.example\/a,/,
  )
  const all = (await (await browser.get('/contacts/32/events.json')).json()) as { kind: string }[]
  assert.deepEqual(
    all.map(({ kind }) => kind),
    ['click', 'open', 'delivery', 'send'],
  )
  assert.deepEqual(await (await browser.get('/contacts/32/events.json?kind=forward')).json(), [])
  assert.equal((await browser.get('/contacts/99/events.csv')).status, 404)
})

testOnEach('everything there is of a contact is one document, and who took it is noted', async () => {
  await using web = await startWeb()
  const browser = await web.as('viewer')
  const answer = await browser.send('/contacts/32/export', '/contacts/32/export')
  const record = (await answer.json()) as Record<string, unknown[]> & { contact: { email: string } }
  assert.equal(record.contact.email, 'jflowers@mail.com')
  assert.deepEqual(Object.keys(record), ['contact', 'lists', 'suppressions', 'consents', 'sends', 'messages', 'forwards', 'events', 'verdicts', 'hits', 'bounceReviews']) // oxfmt-ignore
  assert.equal(record['events']!.length, 4)
  assert.match(
    await (await web.as('owner')).page('/settings/audit'),
    /The viewer[^]*?exported\s+<a href="\/contacts\/32">/,
  )
})

testOnEach('mail is stopped and allowed again, consent changed with its evidence', async () => {
  await using web = await startWeb()
  const { app, accountId } = web
  const browser = await web.as('editor')
  await browser.send('/contacts/32/suppress', '/contacts/32/suppress')
  assert.equal((await findSuppression(app.db, accountId, 'jflowers@mail.com'))?.reason, 'manual')
  assert.match(await browser.page('/contacts/32?done=suppressed'), /No mail: by hand/)
  await browser.send('/contacts/32/unsuppress', '/contacts/32/unsuppress')
  assert.equal(await findSuppression(app.db, accountId, 'jflowers@mail.com'), undefined)
  const empty = await browser.send('/contacts/32/consent', '/contacts/32/consent', { tracking: 'none', wording: ' ' })
  assert.equal(empty.status, 400)
  assert.equal(await getTracking(app.db, accountId, 32), 'full')
  await browser.send('/contacts/32/consent', '/contacts/32/consent', {
    tracking: 'none',
    wording: 'By letter of 3 May',
  })
  assert.equal(await getTracking(app.db, accountId, 32), 'none')
  assert.match(await browser.page('/contacts/32'), /Not tracked[^]*?By letter of 3 May/)
})

testOnEach('erasing asks for the address, and leaves no trace but totals', async () => {
  await using web = await startWeb()
  const browser = await web.as('owner')
  const wrong = await browser.send('/contacts/32/erase', '/contacts/32/erase', { email: 'other@mail.com' })
  assert.equal(wrong.status, 400)
  assert.equal((await browser.get('/contacts/32')).status, 200)
  const done = await browser.send('/contacts/32/erase', '/contacts/32/erase', { email: ' JFlowers@mail.com ' })
  assert.equal(done.headers.get('location'), '/contacts?done=contact-erased')
  assert.equal((await browser.get('/contacts/32')).status, 404)
  assert.doesNotMatch(await browser.page('/settings/audit'), /jflowers/)
  assert.match(await browser.page('/settings/audit'), /erased\s+contact 32/)
  assert.match(await browser.page('/campaigns/1100'), /Counted/)
})

testOnEach('a contact is added and edited; what is refused is shown again as it was typed', async () => {
  await using web = await startWeb()
  const browser = await web.as('editor')
  const taken = await browser.send('/contacts/new', '/contacts/new', { email: 'jflowers@mail.com', firstName: 'Second', list: '1' }) // oxfmt-ignore
  assert.equal(taken.status, 400)
  assert.match(await taken.text(), /value="Second"/)
  assert.equal((await browser.send('/contacts/new', '/contacts/new', { email: 'no address', list: '1' })).status, 400)
  assert.equal((await browser.send('/contacts/new', '/contacts/new', { email: 'listless@x.example' })).status, 400)
  const added = await browser.send('/contacts/new', '/contacts/new', { email: 'New@X.example', firstName: 'Nia', stateName: 'massachusetts', countryName: 'de', list: '1', customField1: 'x' }) // oxfmt-ignore
  const path = added.headers.get('location')!.split('?')[0]!
  assert.match(await browser.page(path), /new@x\.example[^]*?Massachusetts, Germany/)
  const long = await browser.send(`${path}/edit`, `${path}/edit`, { email: 'new@x.example', firstName: 'x'.repeat(51) })
  assert.match(await long.text(), /First name is longer than 50/)
  await browser.send(`${path}/edit`, `${path}/edit`, { email: 'newer@x.example', firstName: 'Nia', note: 'Likes mums', shown: '1' }) // oxfmt-ignore
  const page = await browser.page(path)
  assert.match(page, /newer@x\.example/)
  assert.match(page, /Likes mums/)
  assert.match(page, /On no list/)
})

test('an edit keeps the fields it does not show', async () => {
  await using web = await startWeb()
  await web.app.db.transaction((tx) => tx.run(sql`update contact set profile = '{"customField3":"kept","middleName":"M"}' where contact_id = 32`)) // oxfmt-ignore
  const browser = await web.as('editor')
  await browser.send('/contacts/32/edit', '/contacts/32/edit', { email: 'jflowers@mail.com', firstName: 'Joseph', list: '1', shown: '1' }) // oxfmt-ignore
  const row = await web.app.db.one<{ profile: string }>(sql`select profile from contact where contact_id = 32`)
  const profile = JSON.parse(row!.profile) as Record<string, string>
  assert.deepEqual([profile['customField3'], profile['middleName']], ['kept', 'M'])
})

test('the search leads to who is meant, and lists whoever fits', async () => {
  await using web = await startWeb()
  const browser = await web.as('viewer')
  assert.equal((await browser.get('/search?q=JFlowers@mail.com')).headers.get('location'), '/contacts/32')
  assert.equal((await browser.get('/search?q=33')).headers.get('location'), '/contacts/33')
  assert.match(await browser.page('/search?q=ann'), /Anna Åberg/)
  assert.match(await browser.page('/search?q=zzz'), /Nobody found/)
  const names = (await (await browser.get('/search/names?q=jo')).json()) as { id: number; name: string }[]
  assert.deepEqual(
    names.map(({ id, name }) => [id, name]),
    [[32, 'Joe Flowers']],
  )
})

test('an event is what the JSON API gives under the address that is copied', async () => {
  await using web = await startWeb()
  const page = await (await web.as('viewer')).page('/contacts/32')
  const commands = [...page.matchAll(/curl -H &quot;([^&]+)&quot; &#39;([^&]+)&#39;/g)]
  assert.equal(commands.length, 4)
  for (const [, header, address = ''] of commands) {
    assert.equal(header, 'Authorization: Bearer $API_KEY')
    const { username, password, key } = testCredentials
    const authorization = `Basic ${btoa(`${key}%${username}:${password}`)}`
    const answer = await createFetch(web.app)(new Request(address, { headers: { authorization } }))
    assert.equal(answer.status, 200, address)
    const { id } = (await answer.json()) as { id: string }
    assert.ok(page.includes(`&quot;id&quot;: &quot;${id}&quot;`), id)
  }
})
