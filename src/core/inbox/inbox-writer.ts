// Requests on their way into the inbox, as they came: those that arrive together share a commit, and none is answered
// before it is durable. Used by faces/hooks.

import { createHash } from 'node:crypto'
import type { Db, Tx } from '../../db/db.ts'
import { allocateIds } from '../../db/ids.ts'
import { sql } from '../../db/sql.ts'
import { UnavailableError } from '../../errors.ts'
import { wakeJob } from '../jobs/job.ts'
import type { HookProviderName } from './hook-event.ts'
import { packBody } from './pack-body.ts'

export interface Delivery {
  accountId: number
  endpointId: string
  provider: HookProviderName
  receivedAt: number
  /** What the provider calls the request; without it the body is its name. */
  deliveryId?: string | undefined
  headers: Readonly<Record<string, string>>
  body: Uint8Array
}

/** The job that reads what was taken. */
export const readInboxJob = 'read-inbox'

/** `again`: it is there already. `other`: another body came under the same id before. */
export type Taken = 'new' | 'again' | 'other'

/** Of one transaction. */
const maxRows = 256
const maxBytes = 8 * 2 ** 20
/** What may wait for the disk; more is refused. */
const maxWaitingBytes = 64 * 2 ** 20

interface Waiting {
  delivery: Delivery
  resolve: (taken: Taken) => void
  reject: (error: unknown) => void
}

export class InboxWriter {
  readonly #db: Db
  #waiting: Waiting[] = []
  #waitingBytes = 0
  #isFlushing = false

  constructor(db: Db) {
    this.#db = db
  }

  /** Resolves once it is durable. Throws UnavailableError when the store does not take it now. */
  take(delivery: Delivery): Promise<Taken> {
    if (this.#waitingBytes + delivery.body.length > maxWaitingBytes)
      return Promise.reject(new UnavailableError('too many webhooks wait for the disk'))
    this.#waitingBytes += delivery.body.length
    return new Promise((resolve, reject) => {
      this.#waiting.push({ delivery, resolve, reject })
      if (!this.#isFlushing) void this.#flush()
    })
  }

  async #flush(): Promise<void> {
    this.#isFlushing = true
    // One turn of the event loop: the requests that came in it share the commit.
    await new Promise((resolve) => setImmediate(resolve))
    while (this.#waiting.length > 0) {
      const batch = this.#nextBatch()
      try {
        const taken = await this.#db.transaction((tx) => insertDeliveries(tx, batch.map(({ delivery }) => delivery))) // oxfmt-ignore
        batch.forEach(({ resolve }, i) => resolve(taken[i]!))
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
      for (const { delivery } of batch) this.#waitingBytes -= delivery.body.length
    }
    this.#isFlushing = false
  }

  #nextBatch(): Waiting[] {
    let bytes = 0
    const end = this.#waiting.findIndex(({ delivery }, i) => i > 0 && (bytes += delivery.body.length) > maxBytes)
    return this.#waiting.splice(0, Math.min(end < 0 ? maxRows : end, maxRows))
  }
}

async function insertDeliveries(tx: Tx, deliveries: readonly Delivery[]): Promise<Taken[]> {
  const first = await allocateIds(tx, 'inbox', deliveries.length, 1)
  const taken: Taken[] = []
  for (const [i, delivery] of deliveries.entries()) taken.push(await insertDelivery(tx, first + i, delivery))
  if (taken.includes('new')) await wakeJob(tx, readInboxJob, deliveries[0]!.receivedAt)
  return taken
}

async function insertDelivery(tx: Tx, inboxId: number, delivery: Delivery): Promise<Taken> {
  const { accountId, endpointId, provider, receivedAt, deliveryId, headers, body } = delivery
  const bodyHash = createHash('sha256').update(body).digest('base64url')
  const key = deliveryId === undefined ? bodyHash : shortKey(deliveryId)
  const inserted = await tx.run(sql`
    insert into inbox(inbox_id, account_id, endpoint_id, provider, received_at, delivery_key, body_hash, headers, body, bytes, state)
    values (${inboxId}, ${accountId}, ${endpointId}, ${provider}, ${receivedAt}, ${key}, ${bodyHash}, ${JSON.stringify(headers)},
      ${packBody(body)}, ${body.length}, 'new')
    on conflict do nothing`)
  if (inserted > 0) return 'new'
  const held = await tx.one<{ bodyHash: string }>(sql`
    select body_hash as "bodyHash" from inbox where endpoint_id = ${endpointId} and delivery_key = ${key} and account_id = ${accountId}`)
  return held?.bodyHash === bodyHash ? 'again' : 'other'
}

// Of a length that an index takes, and without what a text can't hold.
function shortKey(deliveryId: string): string {
  return `id:${createHash('sha256').update(deliveryId).digest('base64url')}`
}
