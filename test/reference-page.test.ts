// The reference page of the API in a real browser. Screenshots go to CONTRAIL_TEST_SCREENSHOTS, else to a folder that is
// removed.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { BrowserContextOptions } from 'playwright-core'
import { listen } from '../src/server.ts'
import { testInBrowser } from './chromium.ts'
import { findFaults } from './page-faults.ts'
import { temporaryFolder } from './program.ts'
import { openTestApp } from './server.ts'

const looks: [name: string, options: BrowserContextOptions][] = [
  ['light', { colorScheme: 'light', viewport: { width: 1280, height: 900 } }],
  ['dark', { colorScheme: 'dark', viewport: { width: 1280, height: 900 } }],
  ['phone', { colorScheme: 'light', viewport: { width: 360, height: 740 }, isMobile: true }],
]

testInBrowser(
  'the reference page is readable everywhere, leads to its chapters and asks nobody else',
  async (browser) => {
    await using opened = await openTestApp({ port: 0 })
    await using temporary = await temporaryFolder()
    const folder = process.env['CONTRAIL_TEST_SCREENSHOTS'] ?? temporary.folder
    const listening = await listen(opened.app)
    const { url } = listening
    try {
      for (const [name, options] of looks) {
        const page = await (await browser.newContext(options)).newPage()
        const complaints: string[] = []
        const hosts = new Set<string>()
        page.on('console', (message) => complaints.push(message.text()))
        page.on('request', (request) => hosts.add(new URL(request.url()).host))
        await page.goto(`${url}/api/v1/docs`)
        assert.deepEqual(await page.evaluate(findFaults), [], name)
        await page.screenshot({ path: join(folder, `api-${name}.png`) })
        await page.getByRole('link', { name: 'Follow what happens' }).click()
        const heading = page.getByRole('heading', { name: 'Follow what happens' })
        assert.ok((await heading.boundingBox())!.y < 100)
        await page.screenshot({ path: join(folder, `api-feed-${name}.png`) })
        assert.deepEqual(
          [complaints.filter((text) => !text.includes('favicon')), [...hosts]],
          [[], [new URL(url).host]],
        )
      }
    } finally {
      await listening.close()
    }
  },
)
