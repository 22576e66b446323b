// Requests on sockets of their own, plain or TLS, as the HTTP libraries below old clients made them. Used by every style.

import { request } from 'node:http'
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { testCredentials } from '../server.ts'

export interface Reply {
  status: number
  headers: IncomingHttpHeaders
  body: string
}

export interface Sent {
  headers?: OutgoingHttpHeaders
  body?: string | Buffer
}

/** Where a client was told to go instead of the old host, and how it gets there. */
export interface Network {
  /** `http://127.0.0.1:8425`, the only thing that was changed in the client. */
  origin: string
  dial: (url: URL) => Socket
}

export const dialPlain = (url: URL): Socket => connect(Number(url.port || 80), url.hostname)

/** One request and its whole answer. The body waits for `100 Continue` when the headers say so. */
export function send({ dial }: Network, method: string, address: string, sent: Sent = {}): Promise<Reply> {
  const url = new URL(address)
  const { headers = {}, body } = sent
  const length = body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) }
  return new Promise((resolve, reject) => {
    const asking = request(
      {
        method,
        path: url.pathname + url.search,
        headers: { Host: url.host, Connection: 'close', ...length, ...headers },
        createConnection: () => dial(url),
      },
      (answer) => {
        let text = ''
        answer.setEncoding('utf8')
        answer.on('data', (part: string) => (text += part))
        answer.on('end', () => resolve({ status: answer.statusCode!, headers: answer.headers, body: text }))
        answer.on('error', reject)
      },
    )
    asking.on('error', reject)
    if (headers.Expect === undefined) asking.end(body)
    else {
      asking.on('continue', () => asking.end(body))
      asking.flushHeaders()
    }
  })
}

const { key, username, password } = testCredentials
export const authorization = `Basic ${Buffer.from(`${key}%${username}:${password}`).toString('base64')}`

/** Asks without credentials first, and again with them when it is challenged: on every address anew (rule 9). */
export async function sendWhenChallenged(
  network: Network,
  method: string,
  address: string,
  sent: Sent = {},
): Promise<Reply> {
  const first = await send(network, method, address, sent)
  if (first.status !== 401) throw new Error(`${address} did not ask for credentials but answered ${first.status}`)
  if (!/^Basic realm="[^"]+"/.test(first.headers['www-authenticate'] ?? '')) return first
  return send(network, method, address, { ...sent, headers: { ...sent.headers, Authorization: authorization } })
}
