// The web pages in a real browser: the main journeys, with the keyboard alone, without scripts, on a phone, and judged by axe
// in the light and in the dark. Screenshots go to CONTRAIL_TEST_SCREENSHOTS, if it names a folder.

import axe from 'axe-core'
import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { createAccount } from '../src/core/accounts/account.ts'
import { createSetupToken } from '../src/core/users/setup.ts'
import { testInBrowser } from './chromium.ts'
import { runDueJobs } from './run-jobs.ts'
import { enter, openViewer, serve, serveDemo } from './web-viewer.ts'

testInBrowser('from the printed link to the history of a contact', async (browser) => {
  await using served = await serve(({ app }) =>
    createAccount(app.db, { username: 'joesflowers', password: 'secret' }, 1),
  )
  const token = await createSetupToken(served.app.db)
  const viewer = await openViewer(browser)
  const { page, complaints, hosts } = viewer
  await page.goto(`${served.url}/setup?token=${token}`)
  await page.getByLabel('Your name').fill('Joe Flowers')
  await page.getByLabel('E-mail address').fill('joe@joesflowers.example')
  await page.getByLabel('Password').fill('roses are red in june')
  await page.getByRole('button', { name: 'Start' }).click()
  await page.getByRole('heading', { name: 'Three steps to begin' }).waitFor()
  await page.getByRole('button', { name: 'Fill with demo data' }).click()
  await page.getByRole('heading', { name: 'Latest campaigns' }).waitFor()

  const find = page.getByRole('combobox', { name: 'Search contacts' })
  await find.fill('grace.vega.7@')
  await page.getByRole('option').filter({ hasText: 'grace.vega.7@example.org' }).waitFor()
  await find.press('ArrowDown')
  await find.press('Enter')
  await page.getByRole('heading', { name: 'Grace Vega' }).waitFor()
  assert.equal(await page.locator('.event').count(), 50)

  await page.getByRole('link', { name: 'Load older events' }).click()
  await page.locator('.event').nth(99).waitFor()
  const days = await page.locator('.day').evaluateAll((all) => all.map((day) => day.getAttribute('data-day')))
  assert.equal(new Set(days).size, days.length)
  await page.getByRole('link', { name: 'Clicks 114' }).click()
  await page.waitForURL(/kind=click/)
  await page.getByRole('link', { name: 'People only' }).click()
  await page.waitForURL(/who=people/)
  assert.equal(await page.locator('.event.machine').count(), 0)
  await page.locator('.event summary').first().click()
  assert.match(await page.locator('.event').first().locator('.more').innerText(), /joesflowers\.example/)

  await page.getByText('Actions').click()
  await page.getByRole('link', { name: 'Stop all mail' }).click()
  await page.getByRole('button', { name: 'Stop all mail' }).click()
  await page.getByText('This address gets no mail from now on').waitFor()
  await page.getByText('No mail: by hand').waitFor()
  assert.deepEqual(complaints, [])
  assert.deepEqual([...hosts], [new URL(served.url).host])
})

testInBrowser('an import is followed while it runs', async (browser) => {
  await using served = await serveDemo()
  const viewer = await openViewer(browser)
  const { page, complaints } = viewer
  await enter(viewer, served.url, 'Editor')
  await page.goto(`${served.url}/imports/new`)
  await page.getByLabel('CSV file').setInputFiles({ name: 'c.csv', mimeType: 'text/csv', buffer: Buffer.from('Email Address\nnew@x.example\nnone\n') }) // oxfmt-ignore
  await page.getByLabel('Garden Club').check()
  await page.getByRole('button', { name: 'Start import' }).click()
  await page.waitForURL(/\/imports\/a/)
  await runDueJobs(served.app)
  await page.getByRole('heading', { name: 'Rejected lines' }).waitFor()
  assert.deepEqual(complaints, [])
})

testInBrowser('a draft is seen while it is written, and its script never runs', async (browser) => {
  await using served = await serveDemo()
  const viewer = await openViewer(browser)
  const { page } = viewer
  await enter(viewer, served.url, 'Editor')
  await page.goto(`${served.url}/campaigns/new`)
  await page

    .getByRole('textbox', { name: 'HTML', exact: true })
    .fill('<h1>Tulips</h1><script>parent.document.title = "run"; document.body.innerHTML = "run"</script>')
  await page.frameLocator('iframe').getByRole('heading', { name: 'Tulips' }).waitFor()
  assert.doesNotMatch(await page.title(), /run/)
  await page.getByLabel('Name', { exact: true }).fill('Tulips in spring')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('The draft is created').waitFor()
})

testInBrowser('the contact page is used by the keyboard alone', async (browser) => {
  await using served = await serveDemo()
  const viewer = await openViewer(browser)
  const { page, complaints } = viewer
  const press = (key: string): Promise<void> => page.keyboard.press(key)
  await page.goto(`${served.url}/sign-in`)
  await page.getByLabel('E-mail address').focus()
  await page.keyboard.type('owner@joesflowers.example')
  await press('Tab')
  await page.keyboard.type('demo')
  await press('Enter')
  await page.getByRole('heading', { name: 'Hello' }).waitFor()
  await press('Tab')
  assert.equal(await page.evaluate('document.activeElement.textContent'), 'Skip to content')
  await press('Enter')
  assert.equal(await page.evaluate('document.activeElement.id'), 'main')
  await press('/')
  await page.keyboard.type('7')
  await press('Enter')
  await page.getByRole('heading', { name: 'Grace Vega' }).waitFor()
  await press('j')
  await press('j')
  await press('Enter')
  assert.equal(await page.locator('.event').nth(1).locator('> details').getAttribute('open'), '')
  assert.notEqual(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle'), 'none')
  await press('m')
  await page.locator('.event').nth(99).waitFor()
  assert.match(String(await page.evaluate('document.activeElement.closest(".event").id')), /^e-/)
  await press('n')
  await page.getByText('Contact 6', { exact: true }).or(page.getByText('· Contact 6')).first().waitFor()
  await press('?')
  await page.getByRole('dialog').waitFor()
  await page.getByLabel('Keys of one letter').uncheck()
  await press('Escape')
  await press('p')
  await page.waitForTimeout(300)
  assert.match(page.url(), /\/contacts\/6$/)
  assert.deepEqual(complaints, [])
})

testInBrowser('everything goes without scripts', async (browser) => {
  await using served = await serveDemo()
  const viewer = await openViewer(browser, { javaScriptEnabled: false })
  const { page } = viewer
  await enter(viewer, served.url, 'Owner')
  await page.getByLabel('Search contacts').fill('grace v')
  await page.getByLabel('Search contacts').press('Enter')
  await page.getByRole('link', { name: 'Grace Vega' }).first().click()
  await page.goto(`${served.url}/contacts/7`)
  const first = await page.locator('.event').first().getAttribute('id')
  await page.getByRole('link', { name: 'Load older events' }).click()
  assert.notEqual(await page.locator('.event').first().getAttribute('id'), first)
  await page.getByRole('link', { name: 'Back to the newest' }).click()
  await page.locator('select[name=campaign]').selectOption({ label: 'October Specials' })
  await page.getByRole('button', { name: 'Apply' }).click()
  await page.waitForURL(/campaign=1100537019381/)
  await page.locator('.event summary').first().click()
  await page.locator('.top details.menu summary').click()
  await page.getByRole('button', { name: 'Dark' }).click()
  assert.equal(await page.locator('html').getAttribute('data-theme'), 'dark')
  await page.goto(`${served.url}/campaigns/new`)
  await page.getByRole('button', { name: 'Show preview' }).click()
  await page.frameLocator('iframe').getByRole('heading', { name: 'Hello' }).waitFor()
  await page.goto(`${served.url}/contacts/8/erase`)
  await page
    .getByLabel('Type the address')
    .fill((await page.getByLabel('Type the address').getAttribute('placeholder'))!)
  await page.getByRole('button', { name: 'Erase for good' }).click()
  await page.getByText('The contact is erased').waitFor()
  await page.locator('.top details.menu summary').click()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByText('You are signed out').waitFor()
})

const places = {
  home: '/', search: '/search?q=grace', contacts: '/contacts', silent: '/contacts?did=silent&when=30', contact: '/contacts/7', event: '/contacts/32?kind=click', edit: '/contacts/7/edit', consent: '/contacts/7/consent', suppress: '/contacts/7/suppress', erase: '/contacts/7/erase', export: '/contacts/7/export',
  lists: '/lists', list: '/lists/2', 'list-delete': '/lists/2/delete', imports: '/imports', 'import-new': '/imports/new', campaigns: '/campaigns', campaign: '/campaigns/1100537019381', machines: '/campaigns/1100537019381?who=all',
  recipients: '/campaigns/1100537019381/recipients', 'click-map': '/campaigns/1100537019381/click-map', preview: '/campaigns/1100537019381/preview', compare: '/campaigns/compare?id=1100537019381&id=1100537811046', 'campaign-new': '/campaigns/new', send: '/campaigns/1100537019381/send', start: '/campaigns/1100537019381/start', holds: '/deliverability/holds', review: '/deliverability/review', providers: '/deliverability/providers', 'provider-choice': '/deliverability/providers/new', 'provider-new': '/deliverability/providers/new?provider=ses', 'campaign-delete': '/campaigns/1100537019381/delete',
  delivery: '/deliverability', suppressions: '/deliverability/suppressions', settings: '/settings', users: '/settings/users', keys: '/settings/keys', webhooks: '/settings/webhooks', senders: '/settings/senders', server: '/settings/server', audit: '/settings/audit', profile: '/profile', codes: '/profile/codes', missing: '/nowhere',
} as const // oxfmt-ignore

/** Those that have every part there is, for looks that differ in little but colour and width. */
const varied = ['home', 'contacts', 'contact', 'edit', 'erase', 'import-new', 'campaigns', 'machines', 'campaign-new', 'delivery', 'users', 'profile'] // oxfmt-ignore

/** All rules in the light; what may differ in the dark and on a phone there. */
const looks: [name: string, options: BrowserContextOptions, rules: object][] = [
  ['light', { colorScheme: 'light' }, { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }],
  ['dark', { colorScheme: 'dark' }, { type: 'rule', values: ['color-contrast', 'link-in-text-block'] }],
  ['phone', { colorScheme: 'light', viewport: { width: 360, height: 740 }, isMobile: true }, { type: 'rule', values: ['target-size', 'scrollable-region-focusable'] }],
] // oxfmt-ignore

/** What is wrong with the page, each with its name. */
async function judge(page: Page, name: string, rules: object): Promise<string[]> {
  await page.evaluate(axe.source)
  const found = (await page.evaluate(
    `axe.run(document, { runOnly: ${JSON.stringify(rules)}, iframes: false, resultTypes: ['violations'] }).then(({ violations }) =>
      violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html, failureSummary }) => html.slice(0, 200) + ' ' + failureSummary).join(' | ')))`,
  )) as string[]
  const isTooWide = await page.evaluate('document.documentElement.scrollWidth > innerWidth')
  return [...found, ...(isTooWide ? ['is too wide'] : [])].map((fault) => `${name}: ${fault}`)
}

testInBrowser('axe finds nothing on any page, in the light, in the dark and on a phone', async (browser) => {
  await using served = await serveDemo()
  const folder = process.env['CONTRAIL_TEST_SCREENSHOTS']
  const faults: string[] = []
  for (const [look, options, rules] of looks) {
    const viewer = await openViewer(browser, options)
    const { page, complaints } = viewer
    const judgeLook = async (name: string): Promise<void> => {
      await page.evaluate(
        "for (const one of [...document.querySelectorAll('main .event > details')].slice(0, 3)) one.open = true",
      )
      faults.push(...(await judge(page, `${name} ${look}`, rules)))
      if (folder) await page.screenshot({ path: join(folder, `web-${name}-${look}.png`), fullPage: true })
    }
    await page.goto(`${served.url}/sign-in`)
    await judgeLook('sign-in')
    await enter(viewer, served.url)
    for (const [name, path] of Object.entries(places)) {
      if (look !== 'light' && !folder && !varied.includes(name)) continue
      await page.goto(served.url + path)
      await judgeLook(name)
    }
    assert.deepEqual(complaints.filter((text) => !text.includes('/nowhere')), []) // oxfmt-ignore
  }
  assert.deepEqual(faults, [])
})
