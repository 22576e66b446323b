// Cuts off requests whose bodies come too slowly. Node's own limit holds for all requests alike, and what is taken in
// as a stream may rightly take longer. Used by server.ts.

import type { IncomingMessage } from 'node:http'

/** How long the whole body of a request may take, in ms. */
const patience = 60_000
const sweepTime = 5000

export class SlowBodies implements Disposable {
  readonly #watched = new Map<IncomingMessage, number>()
  readonly #sweep: NodeJS.Timeout

  /** `cut` is called for each request that takes too long, once. */
  constructor(cut: (request: IncomingMessage) => void) {
    this.#sweep = setInterval(() => {
      for (const [request, since] of this.#watched) {
        const isOver = request.complete || request.destroyed
        if (!isOver && performance.now() - since < patience) continue
        this.#watched.delete(request)
        if (!isOver) cut(request)
      }
    }, sweepTime).unref()
  }

  /** Requests without a body cost nothing. */
  watch(request: IncomingMessage): void {
    const { 'content-length': length, 'transfer-encoding': coding } = request.headers
    if ((length === undefined || length === '0') && coding === undefined) return
    this.#watched.set(request, performance.now())
  }

  [Symbol.dispose](): void {
    clearInterval(this.#sweep)
  }
}
