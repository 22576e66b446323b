// An application and the person at the browser, for tests of OAuth: they take the steps of RFC 6749 4.1 one by one.

import assert from 'node:assert/strict'
import { createApplication } from '../src/core/oauth/application.ts'
import type { NewApplication } from '../src/core/oauth/application.ts'
import { host, testCredentials, testNow } from './server.ts'
import type { TestServer } from './server.ts'

export const redirectUri = 'https://crm.example/back?from=contrail'
/** The example of RFC 7636 B. */
export const pkce = {
  verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
  challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
}

export interface Client {
  id: number
  clientId: string
  secret: string
}

export async function addClient(server: TestServer, given: Partial<NewApplication> = {}): Promise<Client> {
  const application = { name: 'Flower CRM', redirectUris: [redirectUri], isPublic: false, ...given }
  const {
    applicationId,
    clientId,
    secret = '',
  } = await createApplication(server.app.db, server.accountId, application, testNow)
  return { id: applicationId, clientId, secret }
}

/** The page that asks, or what is answered in its place. */
export function visit(
  server: TestServer,
  parameters: Record<string, string>,
  path = '/oauth2/oauth/siteowner/authorize',
): Promise<Response> {
  return server.fetch(new Request(`http://${host}${path}?${new URLSearchParams(parameters).toString()}`))
}

export function asking(client: Client, more: Record<string, string> = {}): Record<string, string> {
  return { response_type: 'code', client_id: client.clientId, redirect_uri: redirectUri, ...more }
}

/** Fills in the form of a page as a browser without scripts would, and sends it. */
export async function decide(
  server: TestServer,
  page: Response,
  fields: Record<string, string> = {},
): Promise<Response> {
  const text = await page.text()
  const form = {
    request: /name="request" value="([^"]+)"/.exec(text)![1]!,
    username: testCredentials.username,
    password: testCredentials.password,
    decision: 'allow',
    ...fields,
  }
  return post(server, /action="([^"]+)"/.exec(text)![1]!, form)
}

export function post(
  server: TestServer,
  path: string,
  form: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Response> {
  const body = new URLSearchParams(form)
  return server.fetch(new Request(`http://${host}${path}`, { method: 'POST', body, headers }))
}

/** The parameters an answer sends the browser back with. */
export function sentBack(response: Response): Record<string, string> {
  assert.equal(response.status, 303)
  return Object.fromEntries(new URL(response.headers.get('location')!).searchParams)
}

/** A code that the owner of the test account has agreed to. */
export async function obtainCode(
  server: TestServer,
  client: Client,
  more: Record<string, string> = {},
): Promise<string> {
  return sentBack(await decide(server, await visit(server, asking(client, more)))).code!
}

export interface TokenAnswer {
  access_token: string
  token_type: string
  expires_in: number
  refresh_token: string
  scope: string
  error?: string
}

export function exchange(
  server: TestServer,
  client: Client,
  code: string,
  more: Record<string, string> = {},
): Promise<Response> {
  const parameters = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, ...more }
  return post(server, '/oauth2/token', { ...credentials(client), ...parameters })
}

export async function obtainTokens(
  server: TestServer,
  client: Client,
  more: Record<string, string> = {},
): Promise<TokenAnswer> {
  const response = await exchange(server, client, await obtainCode(server, client, more))
  assert.equal(response.status, 200)
  return (await response.json()) as TokenAnswer
}

export function refresh(
  server: TestServer,
  client: Client,
  token: string,
  more: Record<string, string> = {},
): Promise<Response> {
  const parameters = { grant_type: 'refresh_token', refresh_token: token, ...more }
  return post(server, '/oauth2/token', { ...credentials(client), ...parameters })
}

export function credentials({ clientId, secret }: Client): Record<string, string> {
  return { client_id: clientId, client_secret: secret }
}

/** What is wrong, in the word of the protocol. */
export async function errorOf(response: Response): Promise<string> {
  assert.equal(response.headers.get('cache-control'), 'no-store')
  return `${response.status} ${((await response.json()) as TokenAnswer).error}`
}

export function bearer(token: string): { headers: Record<string, string> } {
  return { headers: { authorization: `Bearer ${token}` } }
}
