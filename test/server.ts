// The whole program for tests: a real database in a temporary folder, a fixed clock, no port. Used by most tests.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openApp } from '../src/app.ts'
import type { App } from '../src/app.ts'
import { readConfig } from '../src/config.ts'
import type { Config } from '../src/config.ts'
import { insertAccount } from '../src/core/accounts/account.ts'
import { allScopes, insertApiKey } from '../src/core/accounts/api-key.ts'
import { hashSecret } from '../src/core/accounts/secret-hash.ts'
import { openLog } from '../src/log.ts'
import { createFetch } from '../src/server.ts'
import { createPostgresDatabase, currentEngine } from './databases.ts'
import type { Engine } from './databases.ts'

/** The clock's only reading unless a test moves it. */
export const testNow = Date.parse('2009-11-19T14:49:21.928Z')

export interface TestApp extends AsyncDisposable {
  app: App
  dataDir: string
  clock: { now: number }
}

interface TestRequest {
  method?: string
  headers?: Record<string, string>
  body?: string | Uint8Array<ArrayBuffer>
}

export interface TestServer extends TestApp {
  accountId: number
  /** Sends a request as the test account, or with the headers given. */
  get(path: string, init?: TestRequest): Promise<Response>
  fetch(request: Request): Promise<Response>
}

export const testCredentials = { key: 'test-key', username: 'joesflowers', password: 'secret' }
export const host = 'api.test'
export const base = '/ws/customers/joesflowers'

/** On a new database of the engine, or of the one the test runs on. */
export async function openTestApp(settings: Partial<Config> = {}, engine: Engine = currentEngine()): Promise<TestApp> {
  const dataDir = await mkdtemp(join(tmpdir(), 'contrail-test-'))
  const database = engine === 'postgres' ? await createPostgresDatabase() : undefined
  const clock = { now: testNow }
  const stored = { ...readConfig({ dataDir, logLevel: 'silent' }, {}), databaseUrl: database?.url, databasePoolSize: 4 }
  const config = { ...stored, ...settings }
  const app = await openApp(config, { log: openLog('silent'), now: () => clock.now })
  return {
    app,
    dataDir,
    clock,
    [Symbol.asyncDispose]: async () => {
      await app[Symbol.asyncDispose]()
      await database?.[Symbol.asyncDispose]()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** What a second process would open: another app on the same store. */
export function openSecondApp({ app }: TestApp): Promise<App> {
  return openApp(app.config, { log: openLog('silent'), now: app.now })
}

export async function startTestServer(settings: Partial<Config> = {}, engine?: Engine): Promise<TestServer> {
  const opened = await openTestApp(settings, engine)
  const accountId = await addAccount(opened.app, testCredentials)
  const fetch = async (request: Request): Promise<Response> => createFetch(opened.app)(request)
  const get = (path: string, init: TestRequest = {}): Promise<Response> =>
    fetch(new Request(`http://${host}${path}`, { ...init, headers: { host, authorization: basic(), ...init.headers } }))
  return { ...opened, accountId, get, fetch }
}

/** An account whose hashes are cheap to check, so that tests spend their time on what they test. */
export async function addAccount(app: App, { key, username, password }: typeof testCredentials): Promise<number> {
  const weak = { N: 2, r: 8, p: 1 }
  const [passwordHash, keyHash] = await Promise.all([hashSecret(password, weak), hashSecret(key, weak)])
  return app.db.transaction(async (tx) => {
    const { accountId } = await insertAccount(tx, username, passwordHash, testNow)
    await insertApiKey(
      tx,
      accountId,
      { name: 'test', scopes: [...allScopes], worksAlone: false, key, keyHash },
      testNow,
    )
    return accountId
  })
}

export function basic({ key, username, password } = testCredentials): string {
  return `Basic ${Buffer.from(`${key}%${username}:${password}`).toString('base64')}`
}
