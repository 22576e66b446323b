// A browser without a window for the web pages: keeps cookies, sends forms with what the page put into them. Used by the
// tests of faces/web.

import assert from 'node:assert/strict'
import { insertUser } from '../src/core/users/write-user.ts'
import { hashSecret } from '../src/core/accounts/secret-hash.ts'
import type { Role } from '../src/core/users/user.ts'
import { roles } from '../src/core/users/user.ts'
import { createFetch } from '../src/server.ts'
import { importLines } from './import-lines.ts'
import { startTestServer } from './server.ts'
import type { TestApp, TestServer } from './server.ts'
import type { Engine } from './databases.ts'
import type { Config } from '../src/config.ts'

export const webHost = 'web.test'
export const webPassword = 'roses are red in june'

export interface Browser {
  cookies: Map<string, string>
  get(path: string, headers?: Record<string, string>): Promise<Response>
  /** The text of a page that is there. */
  page(path: string): Promise<string>
  /** Posts the fields with the token of `from`, where the form stands. */
  send(from: string, path: string, fields?: Record<string, string> | [string, string][]): Promise<Response>
  /** Posts exactly this. */
  post(path: string, body: string | URLSearchParams | FormData, headers?: Record<string, string>): Promise<Response>
  signIn(email: string, password?: string): Promise<Response>
}

export interface Web extends TestServer {
  open(): Browser
  /** One that is signed in. */
  as(role: Role): Promise<Browser>
}

export function emailOf(role: Role): string {
  return `${role}@flowers.example`
}

/** A user of each role, and a small history. */
export async function startWeb(settings: Partial<Config> = {}, engine?: Engine): Promise<Web> {
  const server = await startTestServer(settings, engine)
  await addUsers(server)
  await fillWeb(server)
  return webOn(server)
}

/** Of each role, with hashes that are cheap to check. */
export async function addUsers({ app, accountId }: TestApp & { accountId: number }): Promise<void> {
  const hash = await hashSecret(webPassword, { N: 2, r: 8, p: 1 })
  await app.db.transaction(async (tx) => {
    for (const role of roles)
      await insertUser(tx, accountId, { email: emailOf(role), name: `The ${role}`, role }, hash, 1)
  })
}

export async function fillWeb(server: TestServer): Promise<void> {
  await importLines(server, [
    { type: 'list', id: 1, name: 'General Interest' },
    { type: 'campaign', id: 1100, name: 'October Specials', subject: 'Mums & more', html: '<p><a href="http://x.example/a">A</a></p>' },
    { type: 'campaign', id: 1101, name: 'November', html: '<p>Hello</p>' },
    { type: 'contact', id: 32, email: 'jflowers@mail.com', firstName: 'Joe', lastName: 'Flowers', lists: ['General Interest'] },
    { type: 'contact', id: 33, email: 'anna@berg.example', firstName: 'Anna', lastName: 'Åberg' },
    { type: 'event', kind: 'send', contact: 32, campaign: 1100, at: '2009-10-01T10:00:00Z' },
    { type: 'event', kind: 'delivery', contact: 32, campaign: 1100, at: '2009-10-01T10:00:05Z', message: '250 2.0.0 OK' },
    { type: 'event', kind: 'open', contact: 32, campaign: 1100, at: '2009-10-01T11:00:00Z' },
    { type: 'event', kind: 'click', contact: 32, campaign: 1100, at: '2009-10-01T23:30:00Z', url: 'http://x.example/a' },
    { type: 'event', kind: 'send', contact: 33, campaign: 1100, at: '2009-10-01T10:00:00Z' },
    { type: 'event', kind: 'bounce', contact: 33, campaign: 1100, at: '2009-10-01T10:00:09Z', code: 'B', message: '550 5.1.1 unknown' },
  ]) // oxfmt-ignore
}

export function webOn<T extends TestApp>(server: T): T & Pick<Web, 'open' | 'as'> {
  const fetch = createFetch(server.app)
  const open = (address?: string): Browser => openBrowser((request) => Promise.resolve(fetch(request, { address })))
  return {
    ...server,
    open,
    as: async (role) => {
      const browser = open()
      const answer = await browser.signIn(emailOf(role))
      assert.equal(answer.status, 303, await answer.text())
      return browser
    },
  }
}

export function openBrowser(fetch: (request: Request) => Promise<Response>): Browser {
  const cookies = new Map<string, string>()
  const ask = async (
    path: string,
    init: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> } = {},
  ): Promise<Response> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = { host: webHost, accept: 'text/html', ...(cookie && { cookie }), ...init.headers }
    const response = await fetch(new Request(`http://${webHost}${path}`, { ...init, headers }))
    for (const line of response.headers.getSetCookie()) keep(cookies, line)
    return response
  }
  const page = async (path: string): Promise<string> => {
    const response = await ask(path)
    const text = await response.text()
    assert.equal(response.status, 200, `${path}: ${text.slice(0, 500)}`)
    return text
  }
  const post: Browser['post'] = (path, body, headers = {}) => ask(path, { method: 'POST', body, headers: { origin: `http://${webHost}`, ...headers } }) // oxfmt-ignore
  const send: Browser['send'] = async (from, path, fields = {}) => {
    const token = tokenOf(await page(from))
    const pairs = Array.isArray(fields) ? fields : Object.entries(fields)
    return post(path, new URLSearchParams([['form', token], ...pairs]))
  }
  return {
    cookies,
    get: (path, headers) => ask(path, headers && { headers }),
    page,
    send,
    post,
    signIn: (email, password = webPassword) => send('/sign-in', '/sign-in', { email, password }),
  }
}

/** The token of the first form of a page. */
export function tokenOf(page: string): string {
  const [, token] = /name="form" value="([^"]+)"/.exec(page) ?? []
  assert.ok(token, 'a form with a token')
  return token
}

function keep(cookies: Map<string, string>, line: string): void {
  const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!
  if (/Max-Age=0/i.test(line)) cookies.delete(name!)
  else cookies.set(name!, value!)
}
