// A provider that posts signed batches as fast as they are answered, on so many connections at a time. Started by hooks.ts
// as a process of its own.

import { createPrivateKey, sign } from 'node:crypto'
import { Agent, request } from 'node:http'
import { seeded } from '../src/core/demo/random.ts'
import { answerParent } from './child.ts'
import { emailOf } from './generate.ts'
import { percentile } from './measure.ts'

export interface HookOrder {
  url: string
  privateKey: string
  events: number
  perBatch: number
  contacts: number
  connections: number
  /** Other company and another order for the same events. */
  seed: number
}

export interface HookResult {
  requests: number
  seconds: number
  /** Milliseconds. */
  p50: number
  p99: number
  refused: number
}

const kinds = ['processed', 'delivered', 'open', 'click'] as const
const firstAt = Math.floor(Date.now() / 1000) - 86_400

function eventAt(n: number, contacts: number): object {
  const contact = (Math.floor(n / kinds.length) % contacts) + 1
  const message = `bench${Math.floor(n / kinds.length)}`
  const event = kinds[n % kinds.length]!
  return {
    email: emailOf(contact),
    timestamp: firstAt + (n % 86_000),
    event,
    category: [`newsletter ${Math.floor(n / 20_000)}`],
    sg_event_id: `event-${n}-abcdefghijkl`,
    sg_message_id: `${message}.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0`,
    'smtp-id': `<${message}@ismtpd0039p1iad1.sendgrid.net>`,
    ...(event === 'delivered' && { response: '250 2.0.0 OK 1700000000 k22-2002' }),
    ...(event === 'click' && { url: `https://www.shop.example/offers/${n % 7}`, ip: '192.0.2.7' }),
    ...(event !== 'delivered' && {
      useragent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/120.0.0.0 Safari/537.36',
    }),
  }
}

answerParent(async (order: HookOrder): Promise<HookResult> => {
  const bodies = batchesOf(order)
  const key = createPrivateKey(order.privateKey)
  const timestamp = String(Math.floor(Date.now() / 1000))
  const requests = bodies.map((body) => ({ body, signature: sign('sha256', Buffer.from(timestamp + body), key).toString('base64') })) // oxfmt-ignore
  const agent = new Agent({ keepAlive: true, maxSockets: order.connections })
  const times: number[] = []
  let refused = 0
  let next = 0
  const startedAt = performance.now()
  const work = async (): Promise<void> => {
    for (let one = requests[next++]; one; one = requests[next++]) {
      const sentAt = performance.now()
      const status = await post(agent, order.url, one.body, timestamp, one.signature)
      times.push(performance.now() - sentAt)
      if (status !== 200) refused++
    }
  }
  await Promise.all(Array.from({ length: order.connections }, work))
  const seconds = (performance.now() - startedAt) / 1000
  agent.destroy()
  return { requests: requests.length, seconds, p50: percentile(times, 50), p99: percentile(times, 99), refused }
})

function batchesOf({ events, perBatch, contacts, seed }: HookOrder): string[] {
  const random = seeded(seed)
  const order = Array.from({ length: events }, (_, n) => n)
  for (let i = order.length - 1; i > 0; i--) {
    const other = Math.floor(random() * (i + 1))
    ;[order[i], order[other]] = [order[other]!, order[i]!]
  }
  return Array.from({ length: events / perBatch }, (_, i) =>
    JSON.stringify(order.slice(i * perBatch, (i + 1) * perBatch).map((n) => eventAt(n, contacts))),
  )
}

function post(agent: Agent, url: string, body: string, timestamp: string, signature: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'x-twilio-email-event-webhook-timestamp': timestamp,
      'x-twilio-email-event-webhook-signature': signature,
    }
    const sent = request(url, { agent, method: 'POST', headers }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode!))
    })
    sent.once('error', reject)
    sent.end(body)
  })
}
