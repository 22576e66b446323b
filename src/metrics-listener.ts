// GET /metrics, on an address of its own: a proxy in front of the server, which connects from loopback as an operator
// does, can not make it public by accident. Opened by server.ts, or by workers.ts for several processes.

import { createServer } from 'node:http'
import type { ServerResponse } from 'node:http'
import type { Config } from './config.ts'
import { ConfigError } from './errors.ts'
import type { Log } from './log.ts'

/** Of those who ask at once: enough for every scraper there may be. */
const maxConnections = 32

/** Listens until disposed; `read` gives the text of all metrics. */
export async function listenForMetrics(
  { host, port }: NonNullable<Config['metrics']>,
  read: () => Promise<string>,
  log: Log,
): Promise<AsyncDisposable> {
  const server = createServer({ headersTimeout: 5000, requestTimeout: 5000 }, (incoming, outgoing) => {
    const isAsked =
      (incoming.method === 'GET' || incoming.method === 'HEAD') && incoming.url!.split('?', 1)[0] === '/metrics'
    if (!isAsked) return answer(outgoing, 404, 'The metrics are at /metrics.\n')
    read().then(
      (text) => answer(outgoing, 200, text),
      (error: unknown) => {
        log.error({ err: error }, 'the metrics could not be read')
        answer(outgoing, 500, 'The metrics could not be read; it has been logged.\n')
      },
    )
  })
  server.maxConnections = maxConnections
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(new ConfigError(`CONTRAIL_METRICS: can't listen on ${host} port ${port} (${error.code})`)),
    )
    server.listen(port, host, resolve)
  })
  return {
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

function answer(outgoing: ServerResponse, status: number, text: string): void {
  const type = status === 200 ? 'text/plain; version=0.0.4; charset=utf-8' : 'text/plain; charset=utf-8'
  outgoing.writeHead(status, {
    'content-type': type,
    'cache-control': 'no-store',
    'content-length': Buffer.byteLength(text),
  })
  outgoing.end(text)
}
