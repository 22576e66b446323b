// Erased contacts on the 2008 wire: gone from every page, counted as before, and nobody's to bring back but their own.

import assert from 'node:assert/strict'
import { testOnEach } from '../../../test/databases.ts'
import { importLines } from '../../../test/import-lines.ts'
import { readerEmail, startMailed } from '../../../test/mailed.ts'
import type { Mailed } from '../../../test/mailed.ts'
import { runDueJobs } from '../../../test/run-jobs.ts'
import { base } from '../../../test/server.ts'
import { eraseContact } from '../../core/erasure/erase-contact.ts'
import { findSuppression } from '../../core/suppressions/suppression.ts'
import { sql } from '../../db/sql.ts'

const campaign = `${base}/campaigns/1100`

/** Clicks of two contacts in turn, two pages of each. */
async function startClicked(): Promise<Mailed> {
  const server = await startMailed()
  await importLines(server, [
    { type: 'contact', id: 33, email: 'ann@example.com', lists: ['General Interest'] },
    ...Array.from({ length: 200 }, (_, i) => ({
      type: 'event', kind: 'click', contact: 32 + (i % 2), campaign: 1100, url: 'http://x.example/',
      at: new Date(Date.UTC(2009, 9, 1) + i * 1000).toISOString(),
    })),
  ]) // oxfmt-ignore
  return server
}

const textOf = async (server: Mailed, path: string): Promise<string> => (await server.get(path)).text()
const erase = (server: Mailed): Promise<void> =>
  eraseContact(server.app.db, server.accountId, { contactId: 32, email: readerEmail }, server.clock.now)

function countersOf(entry: string): string[] {
  return entry.match(/<(Sent|Opens|Clicks|Bounces|Forwards|OptOuts|SpamReports|UrlCount|ClickCount)>\d+/g) ?? []
}

testOnEach('pages go on where they were, without the erased contact, and counters stay', async () => {
  await using server = await startClicked()
  const counters = countersOf(await textOf(server, campaign))
  assert.ok(counters.includes('<Clicks>200'), counters.join())
  const first = await textOf(server, `${campaign}/events/clicks`)
  assert.match(first, /contacts\/32/)
  const next = /rel="next" href="([^"]+)"|href="([^"]+)" rel="next"/.exec(first)!
  const path = (next[1] ?? next[2]!).replaceAll('&amp;', '&').replace(/^https?:\/\/[^/]+/, '')
  await erase(server)
  let [seen, where] = [0, path as string | undefined]
  while (where !== undefined) {
    const page = await textOf(server, where)
    assert.doesNotMatch(page, /contacts\/32|jflowers/)
    seen += page.match(/<ClickEvent/g)?.length ?? 0
    const more = /rel="next" href="([^"]+)"|href="([^"]+)" rel="next"/.exec(page)
    where = more?.slice(1).find(Boolean)?.replaceAll('&amp;', '&').replace(/^https?:\/\/[^/]+/, '') // oxfmt-ignore
  }
  // Of the first fifty clicks Ann's twenty-five were seen before.
  assert.equal(seen, 75)
  assert.deepEqual(countersOf(await textOf(server, campaign)), counters)
  for (const gone of ['/contacts/32', '/contacts/32/events/clicks', '/contacts/32/events/summary'])
    assert.equal((await server.get(base + gone)).status, 404, gone)
  assert.doesNotMatch(await textOf(server, `${base}/contacts?email=${readerEmail}`), /<Contact /)
  assert.doesNotMatch(await textOf(server, `${base}/lists/1/members`), /jflowers/)
})

testOnEach('links in its mail lead on, and leave nothing', async () => {
  await using server = await startClicked()
  await erase(server)
  const link = await server.ask(`/c/${server.token('click', { linkNo: 1 })}`)
  assert.deepEqual([link.status, link.headers.get('location')], [302, 'http://x.example/'])
  assert.equal((await server.ask(`/o/${server.token('open')}.gif`)).status, 200)
  const { hits, events, suppression } = await server.state()
  assert.deepEqual([hits, events, suppression], [[], [], 'erased'])
})

async function post(server: Mailed, by: string, email = readerEmail): Promise<Response> {
  const body = `<entry xmlns="http://www.w3.org/2005/Atom"><title type="text"> </title><updated>2008-07-23T14:21:06.407Z</updated><author></author>
    <id>data:,none</id><summary type="text">Contact</summary><content type="application/vnd.ctct+xml">
    <Contact xmlns="http://ws.constantcontact.com/ns/1.0/"><EmailAddress>${email}</EmailAddress><OptInSource>${by}</OptInSource>
    <ContactLists><ContactList id="http://api.test${base}/lists/2"/></ContactLists></Contact></content></entry>`
  return server.get(`${base}/contacts`, { method: 'POST', headers: { 'content-type': 'application/atom+xml' }, body })
}

testOnEach('the account can not add an erased address again, the contact itself can', async () => {
  await using server = await startClicked()
  await erase(server)
  const refused = await post(server, 'ACTION_BY_CUSTOMER', 'JFlowers@Mail.com')
  assert.deepEqual([refused.status, /was erased/.test(await refused.text())], [403, true])
  const form = { activityType: 'SV_ADD', data: `Email Address\n${readerEmail}\nnew@example.com`, lists: `http://x${base}/lists/2` } // oxfmt-ignore
  const added = await server.get(`${base}/activities`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  })
  await runDueJobs(server.app)
  const report = await textOf(server, new URL(added.headers.get('location')!).pathname)
  assert.match(report, /was erased[^]*<TransactionCount>1</)
  const emails = await server.app.db.tuples(sql`select email from contact order by contact_id`)
  assert.deepEqual(emails, [['ann@example.com'], ['new@example.com']])

  const back = await post(server, 'ACTION_BY_CONTACT')
  assert.equal(back.status, 201)
  assert.doesNotMatch(await back.text(), /contacts\/32"/)
  assert.equal(await findSuppression(server.app.db, server.accountId, readerEmail), undefined)
})
