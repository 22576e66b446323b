// A real browser for the tests of pages: the machine's own Chromium, with nothing going on behind the test's back.

import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'
import type { Browser } from 'playwright-core'

const paths = [process.env['CONTRAIL_TEST_CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'] // oxfmt-ignore

const flags = ['--no-sandbox', '--headless', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'] // oxfmt-ignore

/** Throws with how to get one where there is none. */
export function launchChromium(): Promise<Browser> {
  const executablePath = paths.find((path) => path && existsSync(path))
  if (!executablePath) {
    throw new Error(
      'There is no Chromium to test the pages with: "apt-get install -y chromium", or name one in CONTRAIL_TEST_CHROMIUM.',
    )
  }
  return chromium.launch({ executablePath, args: flags })
}
