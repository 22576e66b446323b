// The load on a server: keep-alive connections on raw sockets, each asking again as soon as it is answered. It reads no
// more than the length of each answer, so that the server is what is slow. Started by http.ts as a process of its own.

import { connect } from 'node:net'
import { answerParent, cpuMicros } from './child.ts'
import { percentile } from './measure.ts'

export interface LoadOrder {
  url: string
  paths: string[]
  authorization: string
  /** Further headers of each request, each with its line end. */
  headers?: string
  connections: number
  /** What every answer must be; 200 when absent. */
  status?: number
  seconds: number
}

export interface LoadResult {
  requests: number
  seconds: number
  /** Microseconds. */
  p50: number
  p99: number
  /** CPU time of this process over elapsed time. */
  busy: number
}

answerParent(async (order: LoadOrder): Promise<LoadResult> => {
  const { hostname, port, host } = new URL(order.url)
  const requests = order.paths.map((path) =>
    Buffer.from(
      `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: ${order.authorization}\r\n${order.headers ?? ''}\r\n`,
    ),
  )
  const times: number[] = []
  let next = 0
  const startedAt = performance.now()
  const startCpu = cpuMicros()
  const until = startedAt + order.seconds * 1000
  const ask = (): Buffer | undefined => (performance.now() < until ? requests[next++ % requests.length] : undefined)
  await Promise.all(
    Array.from({ length: order.connections }, () =>
      runConnection(hostname, Number(port), ask, times, order.status ?? 200),
    ),
  )
  const elapsed = performance.now() - startedAt
  return {
    requests: times.length,
    seconds: elapsed / 1000,
    p50: percentile(times, 50) * 1000,
    p99: percentile(times, 99) * 1000,
    busy: (cpuMicros() - startCpu) / 1000 / elapsed,
  }
})

function runConnection(
  host: string,
  port: number,
  ask: () => Buffer | undefined,
  times: number[],
  status: number,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let left = 0
    let sentAt = 0
    const send = (): void => {
      const request = ask()
      if (!request) return void socket.destroy()
      sentAt = performance.now()
      socket.write(request)
    }
    const read = (length: number, buffer: Uint8Array): boolean => {
      left = left === 0 ? remainder(buffer as Buffer, length, status) : left - length
      if (left === 0) {
        times.push(performance.now() - sentAt)
        send()
      }
      return true
    }
    const onread = { buffer: Buffer.allocUnsafe(256 * 1024), callback: read }
    const socket = connect({ host, port, noDelay: true, onread }, send)
    socket.on('error', reject)
    socket.on('close', () => resolve())
  })
}

/** How much of the body is still to come behind the first read, which holds the whole head. */
function remainder(buffer: Buffer, length: number, status: number): number {
  const headEnd = buffer.indexOf('\r\n\r\n')
  const head = buffer.toString('latin1', 0, headEnd)
  const contentLength = /\r\ncontent-length: (\d+)/i.exec(head)?.[1]
  if (headEnd < 0 || headEnd > length || !head.startsWith(`HTTP/1.1 ${status}`) || contentLength === undefined)
    throw new Error(`not the answer expected: ${head.slice(0, 200)}`)
  return Number(contentLength) - (length - headEnd - 4)
}
