// The web pages served on a port, and somebody in a real browser who looks at them. Used by the tests of pages.

import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { createDemo } from '../src/core/demo/demo-data.ts'
import { listen } from '../src/server.ts'
import { openTestApp, testNow } from './server.ts'
import type { TestApp } from './server.ts'

export interface Served extends TestApp {
  url: string
}

export async function serve(prepare: (test: TestApp) => Promise<unknown>): Promise<Served> {
  const opened = await openTestApp({ port: 0 })
  await prepare(opened)
  const listening = await listen(opened.app)
  return {
    ...opened,
    url: listening.url,
    [Symbol.asyncDispose]: async () => {
      await listening.close()
      await opened[Symbol.asyncDispose]()
    },
  }
}

export const serveDemo = (): Promise<Served> => serve(({ app }) => createDemo(app.db, testNow))

export interface Viewer {
  page: Page
  /** What the browser complained of. */
  complaints: string[]
  hosts: Set<string>
}

export async function openViewer(browser: Browser, options: BrowserContextOptions = {}): Promise<Viewer> {
  const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'Europe/Berlin', viewport: { width: 1280, height: 900 }, ...options }) // oxfmt-ignore
  const page = await context.newPage()
  const complaints: string[] = []
  const hosts = new Set<string>()
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`${page.url()}: ${message.text()}`)
  })
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`))
  page.on('request', (request) => hosts.add(new URL(request.url()).host))
  return { page, complaints, hosts }
}

export async function enter({ page }: Viewer, url: string, role = 'Owner'): Promise<void> {
  await page.goto(`${url}/sign-in`)
  await page.getByRole('button', { name: role }).click()
  await page.getByRole('heading', { name: 'Hello' }).waitFor()
}
