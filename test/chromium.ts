// A real browser for the tests of pages: the machine's own Chromium, with nothing going on behind the test's back.

import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { chromium } from 'playwright-core'
import type { Browser } from 'playwright-core'

const paths = [process.env['CONTRAIL_TEST_CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'] // oxfmt-ignore

const flags = ['--no-sandbox', '--headless', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'] // oxfmt-ignore

const missing =
  'there is no Chromium to test the pages with: "apt-get install -y chromium", or name one in CONTRAIL_TEST_CHROMIUM'

/**
 * A test in a browser. Where there is none it is skipped, with how to get one; but it fails where everything has to pass,
 * which an environment says with CI.
 */
export function testInBrowser(name: string, work: (browser: Browser) => Promise<void>): void {
  const executablePath = paths.find((path) => path && existsSync(path))
  const isSkipped = !executablePath && !process.env['CI']
  test(name, { skip: isSkipped ? missing : false }, async () => {
    if (!executablePath) throw new Error(missing)
    await using browser = await chromium.launch({ executablePath, args: flags })
    await work(browser)
  })
}
