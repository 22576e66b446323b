// A receiver of webhooks for tests: a real server on loopback that keeps what came and answers as it is told.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { IncomingHttpHeaders } from 'node:http'
import { deliverDue } from '../src/core/webhooks/courier.ts'
import type { DeliveryHost } from '../src/core/webhooks/deliver.ts'
import { createWebhook } from '../src/core/webhooks/webhook.ts'
import type { NewWebhook, Webhook } from '../src/core/webhooks/webhook.ts'
import { importLines } from './import-lines.ts'
import { startTestServer } from './server.ts'
import type { TestServer } from './server.ts'

export interface Received {
  path: string
  headers: IncomingHttpHeaders
  body: string
}

interface Answer {
  status: number
  headers?: Record<string, string>
  body?: string
}

export interface Receiver extends AsyncDisposable {
  url: string
  received: Received[]
  /** What to answer with; 204 at first. */
  answer: (one: Received) => Answer | undefined
}

/** An answer of undefined never comes. */
export async function startReceiver(port = 0): Promise<Receiver> {
  const received: Received[] = []
  const receiver = { received, answer: (): Answer => ({ status: 204 }) } as unknown as Receiver
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const one = { path: request.url!, headers: request.headers, body: Buffer.concat(chunks).toString() }
      received.push(one)
      const answer = receiver.answer(one)
      if (answer) response.writeHead(answer.status, answer.headers).end(answer.body)
    })
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  receiver[Symbol.asyncDispose] = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return receiver
}

export const rules = { isInsecureAllowed: true, allowed: ['127.0.0.0/8'] }

export interface Deliveries extends TestServer {
  webhook(given?: Partial<NewWebhook>): Promise<Webhook>
  /** Records so many clicks of contact 32, now. */
  click(count: number): Promise<void>
  /** Moves the clock and delivers what is due then. */
  after(ms: number, host?: Partial<DeliveryHost>, signal?: AbortSignal): Promise<void>
}

/** So long after it was recorded everything is in the feed, in ms. */
export const settled = 6000

export async function startDeliveries(url: string): Promise<Deliveries> {
  const server = await startTestServer({ webhookInsecure: true, webhookAllow: rules.allowed })
  const { app, clock, accountId } = server
  await importLines(server, [
    { type: 'campaign', id: 1100, name: 'One' },
    { type: 'contact', id: 32, email: 'jflowers@mail.com' },
  ])
  clock.now += settled
  let minutes = 0
  return {
    ...server,
    webhook: (given = {}) =>
      createWebhook(app.db, accountId, { url, name: '', kinds: [], includesEmail: false, ...given }, rules, clock.now),
    click: async (count) => {
      const at = (): string => new Date(Date.UTC(2009, 0, 1) + 60_000 * minutes++).toISOString()
      await importLines(server, Array.from({ length: count }, () => ({ type: 'event', kind: 'click', contact: 32, campaign: 1100, at: at(), url: 'http://x.example' }))) // oxfmt-ignore
    },
    after: async (ms, host = {}, signal) => {
      clock.now += ms
      await deliverDue({ db: app.db, log: app.log, now: app.now, post: app.postWebhook, ...host }, signal)
    },
  }
}
