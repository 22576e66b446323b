// A stretch of network between the program and PostgreSQL that a test can cut, or let swallow everything.

import { createServer, connect } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

export interface Proxy extends AsyncDisposable {
  /** The address of the server, through here. */
  url: string
  /** `pass`, or `swallow`: connections stay as they are, and nothing comes through any more. */
  mode: 'pass' | 'swallow'
  /** Ends all connections at once. */
  cut(): void
  /** Calls `act` once, when a client has sent a piece with the text in it, before it is passed on. */
  onSent: (text: string, act: () => void) => void
  /**
   * The same after it was passed on, when the server's next answer comes in, which is not passed on. With `after`, only on
   * a connection that has sent that text before: others do their own work meanwhile.
   */
  onAnswerTo: (text: string, act: () => void, after?: string) => void
}

interface Pair {
  client: Socket
  server: Socket
  awaited: (() => void) | undefined
  /** It has sent what must come before the text that is watched for. */
  isReady: boolean
}

interface Watch {
  text: string
  act: () => void
  isForAnswer: boolean
  after?: string | undefined
}

export async function startProxy(target: string): Promise<Proxy> {
  const { port, hostname } = new URL(target)
  const pairs = new Set<Pair>()
  let watch: Watch | undefined
  const listener = createServer((client) => {
    const pair: Pair = { client, server: connect(Number(port), hostname), awaited: undefined, isReady: false }
    const { server } = pair
    pairs.add(pair)
    client.setNoDelay(true)
    server.setNoDelay(true)
    client.on('data', (bytes) => {
      if (watch?.after !== undefined && bytes.includes(watch.after)) pair.isReady = true
      if (watch && (watch.after === undefined || pair.isReady) && bytes.includes(watch.text)) {
        const { act, isForAnswer } = watch
        watch = undefined
        if (isForAnswer) pair.awaited = act
        else act()
      }
      if (proxy.mode === 'pass' && !server.destroyed) server.write(bytes)
    })
    server.on('data', (bytes) => {
      const { awaited } = pair
      pair.awaited = undefined
      awaited?.()
      if (!awaited && proxy.mode === 'pass' && !client.destroyed) client.write(bytes)
    })
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      from.on('error', () => {})
      from.on('close', () => {
        // Where everything is swallowed, so is the end of a connection.
        if (proxy.mode === 'swallow') return
        to.destroy()
        pairs.delete(pair)
      })
    }
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const url = new URL(target)
  url.port = String((listener.address() as AddressInfo).port)
  const cut = (): void => {
    for (const { client, server } of pairs) {
      client.destroy()
      server.destroy()
    }
    pairs.clear()
  }
  const proxy: Proxy = {
    url: url.href,
    mode: 'pass',
    cut,
    onSent: (text, act) => (watch = { text, act, isForAnswer: false }),
    onAnswerTo: (text, act, after) => (watch = { text, act, isForAnswer: true, after }),
    [Symbol.asyncDispose]: async () => {
      cut()
      await new Promise((resolve) => listener.close(resolve))
    },
  }
  return proxy
}
