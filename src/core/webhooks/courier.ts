// Delivers to every endpoint that is due, several at once, until it is stopped. Started by server.ts with the server; of
// several processes each endpoint has one at a time, by a lease (docs/decisions/019-webhooks-out.md).

import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { UnavailableError } from '../../errors.ts'
import { sql, sqlLimit } from '../../db/sql.ts'
import { deliverBatch, keepHeld } from './deliver.ts'
import type { DeliveryHost, HeldWebhook } from './deliver.ts'

/** How long a holder is believed to live that says nothing, and how often it says so. In ms. */
const leaseTime = 20_000
const beatTime = 5000
/** Endpoints delivered to at once, in one process. */
const maxAtOnce = 32
/** How often to look for endpoints that are due; less and less often while the store can't be asked. In ms. */
const pollTime = 250
const longestPollTime = 4000
/** How long an endpoint rests whose turn failed for a reason of ours, in ms. */
const faultRest = 5000

/** Runs until disposed, which cuts requests under way short: they are made again. */
export function startCourier(host: DeliveryHost): AsyncDisposable {
  const stop = new AbortController()
  const turns = new Set<Promise<void>>()
  const loop = async (): Promise<void> => {
    let pause = pollTime
    while (!stop.signal.aborted) {
      try {
        for (const held of await takeDue(host, maxAtOnce - turns.size)) {
          const turn = takeTurn(host, held, stop.signal)
          turns.add(turn)
          void turn.finally(() => turns.delete(turn))
        }
        pause = pollTime
      } catch (error) {
        noteFault(host, error, 'looking for webhooks failed')
        pause = Math.min(2 * pause, longestPollTime)
      }
      await setTimeout(pause, undefined, { signal: stop.signal, ref: false }).catch(() => undefined)
    }
  }
  const running = loop()
  return {
    [Symbol.asyncDispose]: async () => {
      stop.abort()
      await running
      await Promise.all(turns)
    },
  }
}

/** Gives every endpoint that is due now its turn, and returns how many there were. */
export async function deliverDue(host: DeliveryHost, signal = new AbortController().signal): Promise<number> {
  const held = await takeDue(host, maxAtOnce)
  await Promise.all(held.map((one) => takeTurn(host, one, signal)))
  return held.length
}

/** Takes endpoints that are due, also those whose holder has died. */
async function takeDue({ db, now }: DeliveryHost, limit: number): Promise<HeldWebhook[]> {
  if (limit <= 0) return []
  const due = await db.all<Omit<HeldWebhook, 'holder'>>(sql`
    select account_id as "accountId", endpoint_id as "endpointId" from webhook_endpoint
    where state = 'active' and due_at <= ${now()} order by due_at ${sqlLimit(limit)}`)
  const taken: HeldWebhook[] = []
  for (const { accountId, endpointId } of due) {
    const holder = randomUUID()
    const count = await db.transaction((tx) =>
      tx.run(sql`
        update webhook_endpoint set holder = ${holder}, due_at = ${now() + leaseTime}
        where endpoint_id = ${endpointId} and account_id = ${accountId} and state = 'active' and due_at <= ${now()}`),
    )
    if (count > 0) taken.push({ accountId, endpointId, holder })
  }
  return taken
}

/** Batch after batch, as long as there is something to do. Never throws. */
async function takeTurn(host: DeliveryHost, held: HeldWebhook, stopping: AbortSignal): Promise<void> {
  const lost = new AbortController()
  const signal = AbortSignal.any([stopping, lost.signal])
  const beat = setInterval(() => {
    keepHeld(host, held, host.now() + leaseTime).then(
      (isKept) => {
        if (!isKept) lost.abort()
      },
      (error: unknown) => noteFault(host, error, 'the lease of a webhook could not be renewed'),
    )
  }, beatTime)
  try {
    while (!signal.aborted && (await deliverBatch(host, held, signal)));
    if (stopping.aborted) await giveBack(host, held, host.now())
  } catch (error) {
    noteFault(host, error, 'delivering to a webhook failed', held.endpointId)
    await giveBack(host, held, host.now() + faultRest).catch(() => undefined)
  } finally {
    clearInterval(beat)
  }
}

async function giveBack(
  { db }: DeliveryHost,
  { accountId, endpointId, holder }: HeldWebhook,
  dueAt: number,
): Promise<void> {
  // oxfmt-ignore
  await db.transaction((tx) =>
    tx.run(sql`
      update webhook_endpoint set holder = null, due_at = ${dueAt}
      where endpoint_id = ${endpointId} and account_id = ${accountId} and holder = ${holder}`),
  )
}

function noteFault({ log }: DeliveryHost, error: unknown, words: string, webhook?: string): void {
  if (error instanceof UnavailableError) log.warn({ reason: error.message, webhook }, words)
  else log.error({ err: error, webhook }, words)
}
