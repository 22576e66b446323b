// A reader with a real browser: opens a mail, follows a link, chooses what it gets and what is noted, and unsubscribes.
// Screenshots go to CONTRAIL_TEST_SCREENSHOTS, else to a folder that is removed.

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { rewriteMail } from '../src/core/tracking/rewrite-mail.ts'
import { setForwards } from '../src/core/accounts/settings.ts'
import type { ForwardMail } from '../src/core/forwards/forward.ts'
import { addSender } from '../src/core/senders/sender.ts'
import { sql } from '../src/db/sql.ts'
import { listen } from '../src/server.ts'
import { testInBrowser } from './chromium.ts'
import { importLines } from './import-lines.ts'
import { findFaults, focusOutline, headingColor } from './page-faults.ts'
import { mailed } from './mailed.ts'
import type { Mailed } from './mailed.ts'
import { temporaryFolder } from './program.ts'
import { base, startTestServer } from './server.ts'

interface Mailbox extends Mailed, AsyncDisposable {
  /** Where the server listens. */
  url: string
  /** Where the link of the mail leads. */
  shop: string
  /** Where the mail is read. */
  inbox: string
  /** What was queued for friends. */
  forwarded: ForwardMail[]
}

async function startMailbox(): Promise<Mailbox> {
  const server = await startTestServer({ port: 0 })
  const forwarded: ForwardMail[] = []
  const queueForward = async (_tx: unknown, _accountId: number, sent: ForwardMail): Promise<void> =>
    void forwarded.push(sent)
  const listening = await listen({ ...server.app, queueForward })
  let mail = ''
  const elsewhere = createServer((request, answer) => {
    answer.setHeader('content-type', 'text/html')
    answer.end(request.url === '/inbox' ? mail : '<!doctype html><title>Shop</title><h1>Roses</h1>')
  })
  await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve))
  const other = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`
  const target = `${other}/roses?from=mail#today`
  const lists = ['General Interest', 'Garden Club', 'Flowers of the month'].map((name, i) => ({ type: 'list', id: i + 1, name })) // oxfmt-ignore
  await importLines(server, [
    ...lists,
    { type: 'contact', id: 32, email: 'jflowers@mail.com', lists: ['General Interest'] },
    {
      type: 'campaign',
      id: 1100,
      name: 'October',
      organizationName: 'Joe’s Flowers',
      subject: 'Roses for October',
      fromEmail: 'joe@flowers.example',
      html: `<style>h1 { color: rgb(1, 2, 3) }</style><h1>Roses</h1><script>document.title = 'run'</script><a href="${target}">Buy</a>`,
    },
    { type: 'event', kind: 'send', contact: 32, campaign: 1100, at: '2009-10-01T00:00:00Z' },
    { type: 'contact', id: 33, email: 'other@mail.com' },
    { type: 'event', kind: 'send', contact: 33, campaign: 1100, at: '2009-10-01T00:00:00Z' },
  ])
  await setForwards(server.app.db, server.accountId, true)
  await addSender(server.app.db, server.accountId, 'joe@flowers.example', server.app.now())
  await server.app.db.transaction(async (tx) => {
    await tx.run(sql`update list set opt_in_default = 1 where account_id = ${server.accountId}`)
  })
  const reader = mailed(server)
  const { url } = listening
  const { html } = await rewriteMail(server.app.db, server.app.tracking.keys.newest, server.accountId, {
    contactId: 32,
    campaignId: 1100,
    sendNo: 0,
    publicUrl: url,
    hasTrap: true,
    html: `<!doctype html><title>Mail</title><body><h1>Roses</h1><a href="${target}">Buy roses</a>
      <a href="${url}${reader.path('view')}">Browser</a> <a href="${url}${reader.path('preferences')}">Preferences</a>
      <a href="${url}${reader.path('unsubscribe')}">Unsubscribe</a></body>`,
  })
  mail = html
  return {
    ...reader,
    url,
    shop: target,
    inbox: `${other}/inbox`,
    forwarded,
    [Symbol.asyncDispose]: async () => {
      elsewhere.close()
      elsewhere.closeAllConnections()
      await listening.close()
      await server[Symbol.asyncDispose]()
    },
  }
}

/** A browser of its own for one reader; what it complains of, and where it went, is noted. */
async function openReader(
  browser: Browser,
  options: BrowserContextOptions,
): Promise<{ page: Page; complaints: string[]; hosts: Set<string> }> {
  // A browser without a window says so, and is told from a person's.
  const userAgent = `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${browser.version().split('.')[0]}.0.0.0 Safari/537.36`
  const context = await browser.newContext({ locale: 'en-GB', userAgent, ...options })
  const page = await context.newPage()
  const complaints: string[] = []
  const hosts = new Set<string>()
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.location().url.endsWith('/favicon.ico')) complaints.push(message.text())
  })
  page.on('request', (request) => hosts.add(new URL(request.url()).host))
  return { page, complaints, hosts }
}

async function feed(mailbox: Mailbox, kind: string): Promise<string[]> {
  const text = await (await mailbox.get(`${base}/contacts/32/events/${kind}`)).text()
  return [...text.matchAll(/<entry[ >][^]*?<\/entry>/g)].map(([entry]) => entry)
}

testInBrowser(
  'what a reader does in a browser stands in the feeds of the contact, and nothing else does',
  async (browser) => {
    await using mailbox = await startMailbox()
    const { page, complaints, hosts } = await openReader(browser, {})
    await page.goto(mailbox.inbox)
    await page.getByRole('link', { name: 'Buy roses' }).click()
    assert.equal(page.url(), mailbox.shop)

    mailbox.clock.now += 60_000
    await page.goto(mailbox.inbox)
    await page.getByRole('link', { name: 'Preferences' }).click()
    await page.getByRole('heading', { name: 'Your mail' }).waitFor()
    assert.equal(await page.getByLabel('General Interest').isChecked(), true)
    await page.getByLabel('Garden Club').check()
    await page.getByRole('button', { name: 'Save lists' }).click()
    await page.getByRole('status').waitFor()
    assert.deepEqual((await mailbox.state()).lists, [1, 2])
    await page.getByLabel('Only count it').check()
    await page.getByRole('button', { name: 'Save choice' }).click()
    await page.getByRole('status').waitFor()
    assert.equal(await page.getByLabel('Only count it').isChecked(), true)

    mailbox.clock.now += 60_000
    await page.goto(mailbox.inbox)
    await page.getByRole('link', { name: 'Unsubscribe' }).click()
    await page.getByText('Stop all mail from Joe’s Flowers to j***@mail.com').waitFor()
    await page.getByLabel('Why?').fill('Too many roses')
    await page.getByRole('button', { name: 'Unsubscribe' }).click()
    await page.getByRole('heading', { name: 'You are unsubscribed' }).waitFor()
    await page.reload()

    const opens = await feed(mailbox, 'opens')
    const clicks = await feed(mailbox, 'clicks')
    const optouts = await feed(mailbox, 'optouts')
    assert.equal((await feed(mailbox, 'sends')).length, 1)
    // The mail was opened again after the choice that opens are only counted.
    assert.deepEqual([opens.length, clicks.length, optouts.length], [2, 1, 1])
    assert.ok(clicks[0]!.includes(mailbox.shop))
    assert.match(optouts[0]!, /<OptOutSource>ACTION_BY_CONTACT<[^]*<OptOutReason>Too many roses</)
    for (const kind of ['bounces', 'forwards']) assert.equal((await feed(mailbox, kind)).length, 0)
    const { status, lists, suppression, tracking, consents } = await mailbox.state()
    assert.deepEqual([status, lists, suppression, tracking, consents], ['do-not-mail', [], 'optout', 'aggregate', 1])
    assert.deepEqual(await mailbox.app.db.tuples(sql`select count from aggregate_count`), [[1]])
    assert.deepEqual(complaints, [])
    assert.deepEqual([...hosts].toSorted(), [new URL(mailbox.url).host, new URL(mailbox.shop).host].toSorted())
  },
)

testInBrowser(
  'the mail in the browser looks as it was written, runs nothing, and its links lead on',
  async (browser) => {
    await using mailbox = await startMailbox()
    const { page } = await openReader(browser, {})
    await page.goto(mailbox.url + mailbox.path('view'))
    assert.equal(await page.evaluate(headingColor), 'rgb(1, 2, 3)')
    assert.equal(await page.title(), '')
    await page.getByRole('link', { name: 'Buy' }).click()
    assert.equal(page.url(), mailbox.shop)
    assert.deepEqual((await mailbox.state()).hits, [4])
  },
)

testInBrowser('a reader sends its mail on to friends, and the contact’s feed says so', async (browser) => {
  await using mailbox = await startMailbox()
  const { page, complaints, hosts } = await openReader(browser, {})
  await page.goto(mailbox.url + mailbox.path('forward'))
  await page.getByText('“Roses for October”, a mail from Joe’s Flowers').waitFor()
  await page.getByLabel('Your name').fill('Ann')
  await page.getByLabel('Address of a friend').fill('zoe@friends.example')
  await page.getByLabel('Address of friend 2').fill('max@friends.example')
  await page.getByLabel('A few words').fill('Look at\nthese!')
  await page.getByRole('button', { name: 'Send' }).click()
  await page.getByRole('alert').waitFor()
  assert.match((await page.getByRole('alert').textContent())!, /very fast/)
  assert.equal(mailbox.forwarded.length, 0)
  mailbox.clock.now += 5000
  await page.getByRole('button', { name: 'Send' }).click()
  await page.getByRole('heading', { name: 'It is on its way' }).waitFor()
  await page.reload()
  assert.deepEqual(
    mailbox.forwarded.map(({ to }) => to),
    ['zoe@friends.example', 'max@friends.example'],
  )
  assert.match(mailbox.forwarded[0]!.text, /Look at\nthese!/)
  assert.equal((await feed(mailbox, 'forwards')).length, 1)
  assert.deepEqual(complaints.filter((text) => !text.includes('422')), []) // oxfmt-ignore
  assert.deepEqual([...hosts], [new URL(mailbox.url).host])

  await page.goto('about:blank')
  await page.setContent(mailbox.forwarded[0]!.html!)
  await page.getByText('Ann sends you this mail from Joe’s Flowers.').waitFor()
  assert.equal(await page.evaluate(headingColor), 'rgb(1, 2, 3)')
})

const looks: [name: string, options: BrowserContextOptions][] = [
  ['light', { colorScheme: 'light', viewport: { width: 1000, height: 900 } }],
  ['dark', { colorScheme: 'dark', viewport: { width: 1000, height: 900 } }],
  ['phone', { colorScheme: 'light', viewport: { width: 320, height: 700 }, isMobile: true, locale: 'de-DE' }],
  ['dark-phone', { colorScheme: 'dark', viewport: { width: 320, height: 700 }, isMobile: true, locale: 'fr-FR' }],
]

testInBrowser('pages are readable in the light and in the dark, on a phone, and by the keyboard', async (browser) => {
  await using mailbox = await startMailbox()
  await using temporary = await temporaryFolder()
  const folder = process.env['CONTRAIL_TEST_SCREENSHOTS'] ?? temporary.folder
  const paths = {
    unknown: '/u/x', unsubscribe: mailbox.path('unsubscribe'), waiting: `${mailbox.path('unsubscribe')}?done=waiting`,
    preferences: mailbox.path('preferences'), saved: `${mailbox.path('preferences')}?saved=lists`,
    forward: mailbox.path('forward'), forwarded: `${mailbox.path('forward')}?sent=1`,
  } // oxfmt-ignore
  for (const [look, options] of looks) {
    const { page, complaints } = await openReader(browser, options)
    for (const [name, path] of Object.entries(paths)) {
      await page.goto(mailbox.url + path)
      assert.deepEqual(await page.evaluate(findFaults), [], `${name} ${look}`)
      await page.screenshot({ path: join(folder, `${name}-${look}.png`), fullPage: true })
    }
    await page.goto(mailbox.url + paths.forward)
    await page.locator('#name').fill('Ann')
    await page.locator('#friend-0').fill('zoe@friends.example')
    await page.getByRole('button').click()
    await page.getByRole('alert').waitFor()
    assert.deepEqual(await page.evaluate(findFaults), [], look)
    await page.screenshot({ path: join(folder, `forward-problem-${look}.png`), fullPage: true })
    await page.goto(mailbox.url + paths.preferences)
    await page.keyboard.press('Tab')
    assert.equal(await page.evaluate(focusOutline), 'solid')
    assert.deepEqual(complaints.filter((text) => !/404|422/.test(text)), []) // oxfmt-ignore
  }
})
