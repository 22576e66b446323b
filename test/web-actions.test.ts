// Everything that can be done on the web pages, done without scripts; and the main journeys by the keyboard alone.

import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { totpCode, totpStep } from '../src/core/users/totp.ts'
import { testInBrowser } from './chromium.ts'
import { runDueJobs } from './run-jobs.ts'
import { testNow } from './server.ts'
import { enter, openViewer, serveDemo } from './web-viewer.ts'

type Do = (page: Page, url: string) => Promise<void>

/** Opens the page, and waits for what is said when it is done. */
async function act(page: Page, address: string, work: () => Promise<unknown>, said: RegExp | string): Promise<void> {
  await page.goto(address)
  await work()
  await page.getByText(said).first().waitFor({ timeout: 5000 })
}

const contacts: Do = async (page, url) => {
  const press = (name: string): Promise<void> => page.locator('main').getByRole('button', { name, exact: true }).click()
  await act(page, `${url}/contacts/new`, async () => {
    await page.getByLabel('E-mail address').fill('new@garden.example')
    await page.getByLabel('General Interest').check()
    await press('Add')
  }, 'new@garden.example') // oxfmt-ignore
  await page.locator('details.menu summary', { hasText: 'Actions' }).click()
  await page.getByRole('link', { name: 'Edit' }).click()
  await page.getByLabel('First name').fill('Nova')
  await press('Save')
  await page.getByRole('heading', { name: 'Nova' }).waitFor()
  const contact = page.url().split('?')[0]!
  await act(page, `${contact}/consent`, async () => {
    await page.getByLabel('Counted only').check()
    await page.getByLabel('How you know').fill('By telephone')
    await press('Save')
  }, 'What may be recorded is changed') // oxfmt-ignore
  await act(page, `${contact}/suppress`, () => press('Stop all mail'), 'This address gets no mail')
  await act(page, `${contact}/unsuppress`, () => press('Allow mail again'), 'This address may get mail again')
  await page.goto(`${contact}/export`)
  const [download] = await Promise.all([page.waitForEvent('download'), press('Download')])
  assert.match(download.suggestedFilename(), /\.json$/)
  await page.goto(`${url}/contacts/7`)
  await page.locator('input[name=from]').fill('2008-10-01')
  await page.locator('input[name=until]').fill('2008-10-31')
  await press('Apply')
  await page.getByRole('link', { name: 'People only' }).click()
  await page.getByRole('link', { name: 'Clear filters' }).click()
  const [csv] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download CSV' }).click()]) // oxfmt-ignore
  assert.match(csv.suggestedFilename(), /\.csv$/)
  await page.goto(`${url}/contacts`)
  await page.getByLabel('Did').selectOption({ label: 'Clicked' })
  await press('Apply')
  await page.waitForURL(/did=clicked/)
}

const lists: Do = async (page, url) => {
  await act(page, `${url}/lists`, async () => {
    await page.getByLabel('Name').fill('Bulbs')
    await page.getByRole('button', { name: 'Create list' }).click()
  }, 'Nobody is on this list yet') // oxfmt-ignore
  await page.getByLabel('Name').fill('Bulbs and roots')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('heading', { name: 'Bulbs and roots' }).waitFor()
  await page.getByRole('link', { name: 'Delete list' }).click()
  await page.getByRole('button', { name: 'Delete list' }).click()
  await page.getByText('The list is deleted').waitFor()
}

const campaigns: Do = async (page, url) => {
  await act(page, `${url}/campaigns/new`, async () => {
    await page.getByLabel('Name', { exact: true }).fill('Tulips')
    await page.getByLabel('Subject').fill('Tulips are in')
    await page.getByLabel('General Interest').check()
    await page.getByRole('button', { name: 'Save' }).click()
  }, 'The draft is created') // oxfmt-ignore
  const draft = page.url().replace(/\/edit.*/, '')
  await page.getByLabel('Subject').fill('Tulips are out')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('The draft is saved').waitFor()
  await page.goto(`${draft}/send`)
  await page.getByText('There is no sender').first().waitFor()
  await page.goto(`${draft}/delete`)
  await page.getByRole('button', { name: 'Delete' }).click()
  await page.getByText('The campaign is deleted').waitFor()
  const [first, second] = [page.getByRole('checkbox').nth(0), page.getByRole('checkbox').nth(1)]
  await first.check()
  await second.check()
  await page.getByRole('button', { name: 'Compare' }).click()
  await page.getByRole('heading', { name: 'Compare campaigns' }).waitFor()
  const report = `${url}/campaigns/1100537019381`
  await act(page, report, async () => {
    await page.getByLabel('Counted only').check()
    await page.getByRole('button', { name: 'Save' }).click()
  }, 'What is recorded of its readers is changed') // oxfmt-ignore
  await page.goto(`${report}/preview`)
  await page.getByLabel('As this contact gets it').fill('7')
  await page.getByRole('button', { name: 'Show' }).click()
  await page.frameLocator('iframe').getByText('October Specials').first().waitFor()
  await page.goto(`${report}/recipients`)
  await page.getByRole('link', { name: 'Bounced' }).click()
  await page.waitForURL(/outcome=bounced/)
}

const delivery: Do = async (page, url) => {
  const place = `${url}/deliverability/suppressions`
  await act(page, place, async () => {
    await page.getByLabel('E-mail').fill('stop@garden.example')
    await page.getByRole('button', { name: 'Suppress' }).click()
  }, 'stop@garden.example') // oxfmt-ignore
  await page.getByRole('button', { name: /Lift/ }).first().click() // oxfmt-ignore
  await page.getByText('Nobody is suppressed').waitFor()
  await page.goto(`${url}/deliverability`)
  await page.locator('select[name=campaign]').selectOption({ label: 'October Specials' })
  await page.getByRole('button', { name: 'Apply' }).click()
  await page.waitForURL(/campaign=1100537019381/)
}

const settings: Do = async (page, url) => {
  const save = (): Promise<void> => page.locator('form[action="/settings/wire"] button').click()
  await act(page, `${url}/settings`, async () => {
    await page.getByLabel('Days of history').fill('90')
    await page.getByLabel('Name of opt-outs').selectOption('both')
    await save()
  }, 'Saved') // oxfmt-ignore
  assert.equal(await page.getByLabel('Days of history').inputValue(), '90')
  assert.equal(await page.getByLabel('Name of opt-outs').inputValue(), 'both')
  await act(page, `${url}/settings/users`, async () => {
    await page.getByLabel('Name').fill('Una')
    await page.getByLabel('E-mail address').fill('una@garden.example')
    await page.getByRole('button', { name: 'Add user' }).click()
  }, '/welcome?link=') // oxfmt-ignore
  await page.goto(`${url}/settings/users`)
  const una = page.getByRole('row', { name: /una@garden/ })
  await una.getByRole('combobox').selectOption({ label: 'Editor' })
  await una.getByRole('button', { name: 'Save' }).click()
  await una.getByRole('link', { name: 'Remove' }).click()
  await page.getByRole('button', { name: /Remove/ }).click()
  await page.waitForURL(/settings\/users\?done/)
  await act(page, `${url}/settings/keys`, async () => {
    await page.getByLabel('What it is for').fill('CRM')
    await page.getByRole('button', { name: 'Create key' }).click()
  }, 'Your new API key') // oxfmt-ignore
  await page.goto(`${url}/settings/keys`)
  await page.getByRole('row', { name: /CRM/ }).getByRole('button', { name: 'Revoke' }).click()
  await page.getByText('The key no longer works').waitFor()
  await act(page, `${url}/settings/senders`, async () => {
    await page.getByLabel('E-mail address').fill('shop@garden.example')
    await page.getByRole('button', { name: 'Add sender' }).click()
  }, 'shop@garden.example') // oxfmt-ignore
}

const profile: Do = async (page, url) => {
  await act(page, `${url}/profile`, async () => {
    await page.getByLabel('Your name').fill('Joe the gardener')
    await page.getByRole('button', { name: 'Save' }).click()
  }, 'Saved') // oxfmt-ignore
  await page.goto(`${url}/profile/codes`)
  const secret = (await page.locator('.secret').innerText()).replaceAll(' ', '')
  await page.getByLabel('Type the code it shows').fill(totpCode(secret, totpStep(testNow)))
  await page.getByRole('button', { name: 'Turn on codes' }).click()
  await page.getByText(/recovery codes/i).first().waitFor() // oxfmt-ignore
}

testInBrowser('whatever can be done is done without scripts', async (browser) => {
  await using served = await serveDemo()
  const viewer = await openViewer(browser, { javaScriptEnabled: false })
  const { page, complaints } = viewer
  await enter(viewer, served.url)
  for (const walk of [contacts, lists, campaigns, delivery, settings, profile]) await walk(page, served.url)
  await page.goto(`${served.url}/imports/new`)
  await page.getByLabel('Or paste lines').fill('Email Address\npasted@garden.example\nnone\n')
  await page.getByLabel('Garden Club').check()
  await page.getByRole('button', { name: 'Start import' }).click()
  await page.waitForURL(/\/imports\/a/)
  const isOver = page.getByRole('heading', { name: 'Rejected lines' })
  while (!(await isOver.isVisible())) {
    await runDueJobs(served.app)
    await page.getByRole('link', { name: 'Refresh' }).or(isOver).first().waitFor()
    await page.reload()
  }
  assert.deepEqual(complaints, [])
})

/** Presses Tab until that has the focus, as somebody does who has no mouse; what has it can be seen to have it. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  const passed: string[] = []
  for (let i = 0; i < 80; i++) {
    await page.keyboard.press('Tab')
    const [label, outline] = (await page.evaluate(`(() => {
      const { activeElement: at } = document
      const text = at.getAttribute('aria-label') || at.labels?.[0]?.textContent || at.textContent || ''
      return [text.replace(/\\s+/g, ' ').trim(), getComputedStyle(at).outlineStyle]
    })()`)) as [string, string]
    if (name.test(label)) return assert.notEqual(outline, 'none', label)
    passed.push(label)
  }
  assert.fail(`nothing of the name ${String(name)} among ${passed.join(' | ')}`)
}

testInBrowser('mail is stopped and a draft is written by the keyboard alone', async (browser) => {
  await using served = await serveDemo()
  const viewer = await openViewer(browser)
  const { page, complaints } = viewer
  const { keyboard } = page
  await enter(viewer, served.url)
  await keyboard.press('/')
  await keyboard.type('grace.vega.7@')
  await page.getByRole('option').first().waitFor()
  await keyboard.press('ArrowDown')
  await keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Grace Vega' }).waitFor()
  await tabTo(page, /^Actions/)
  await keyboard.press('Enter')
  await keyboard.press('Escape')
  assert.equal(await page.locator('main details.menu').getAttribute('open'), null)
  await keyboard.press('Enter')
  await tabTo(page, /^Stop all mail/)
  await keyboard.press('Enter')
  await page.getByRole('heading', { name: /^Stop all mail to/ }).waitFor()
  await tabTo(page, /^Stop all mail$/)
  await keyboard.press('Enter')
  await page.getByText('No mail: by hand').waitFor()

  await tabTo(page, /^Campaigns$/)
  await keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Campaigns' }).waitFor()
  await tabTo(page, /New draft/)
  await keyboard.press('Enter')
  await page.getByRole('heading', { name: 'New draft' }).waitFor()
  await tabTo(page, /^Name/)
  await keyboard.type('Typed without a mouse')
  await tabTo(page, /^Subject/)
  await keyboard.type('Roses')
  await tabTo(page, /^General Interest/)
  await keyboard.press('Space')
  // A field for code takes the focus, and lets it go.
  await tabTo(page, /^HTML/)
  await tabTo(page, /^Save/)
  await keyboard.press('Enter')
  await page.getByText('The draft is created').waitFor()
  assert.ok(await page.getByLabel('General Interest').isChecked())
  assert.deepEqual(complaints, [])
})
