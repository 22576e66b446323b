// Hands mail over to the relay: claims what is due, makes it, and gives each connection one message after the other. One to
// each process that sends; several share the outbox. Started by server.ts, and by commands that send by themselves.

import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import type { Db } from '../../db/db.ts'
import { UnavailableError } from '../../errors.ts'
import type { Log } from '../../log.ts'
import type { SmtpOutcome } from '../../mail/smtp-outcome.ts'
import type { Relay, RelayConnection } from '../../mail/smtp.ts'
import type { TokenKey } from '../tracking/token.ts'
import { createBatcher } from './batcher.ts'
import { Bell } from './bell.ts'
import type { MailSettings } from './make-message.ts'
import { noteOutcomes } from './note-outcomes.ts'
import type { Outcome } from './note-outcomes.ts'
import type { Outgoing } from './outgoing.ts'
import { SendRates } from './send-rates.ts'
import type { RateSettings } from './send-rates.ts'
import { pauseForSender, settleRun } from './settle-run.ts'
import { keepAlive, leave } from './sending-process.ts'
import { startDueSchedules } from './start-schedules.ts'
import { Stock } from './stock.ts'
import type { StockedMessage } from './stock.ts'
import { giveBack, takeOff } from './take-off.ts'
import type { Clearance, ReadyMessage } from './take-off.ts'

export interface SenderHost {
  db: Db
  log: Log
  now: () => number
  /** Closed with the sender. */
  relay: Relay
  settings: MailSettings
  rates: RateSettings
  key: () => TokenKey
  /** How long a message rests that was refused for now, in ms, attempt by attempt; else as docs/sending.md says. */
  retryPauses?: readonly number[]
  counts: SenderCounts
}

/** What the relay said, counted since the process started. */
export interface SenderCounts {
  accepted: number
  deferred: number
  refused: number
  unknown: number
  /** Of what could not even be handed over. */
  notSent: number
}

/** How often to look for what is due while there is nothing, in ms. */
const pollTime = 250
/** How often to look for campaigns whose time has come, in ms. */
const schedulePollTime = 1000
/** How long to leave a relay alone that can't be reached, in ms; longer each time. */
const firstRelayPause = 1000
const longestRelayPause = 60_000
/** So many refusals of the sender in a row, and it is the sender: the campaign is paused. */
const maxSenderRefusals = 10
/** So many refusals of any kind in a row, and it is the relay rather than so many recipients (554 relay access denied). */
const maxRefusals = 100
/** Messages claimed ahead for each connection. */
const aheadPerConnection = 4
const batchSize = 100

/** Runs until disposed, which finishes what is being handed over and gives back the rest. */
export function startSender(host: SenderHost): AsyncDisposable {
  const sender = new RunningSender(host)
  sender.start()
  return sender
}

class RunningSender implements AsyncDisposable {
  readonly #host: SenderHost
  readonly #holder = randomUUID()
  readonly #stop = new AbortController()
  readonly #rates: SendRates
  readonly #stock: Stock
  readonly #clear: (message: ReadyMessage) => Promise<Clearance>
  readonly #note: (outcome: Outcome) => Promise<void>
  #ready: StockedMessage[] = []
  readonly #wanted = new Bell()
  readonly #arrived = new Bell()
  #relayTold = 0
  #senderRefusals = 0
  #refusals = 0
  #pending = new Set<Promise<void>>()
  #running: Promise<unknown> = Promise.resolve()

  constructor(host: SenderHost) {
    const { db, now, settings, key, rates } = host
    this.#host = host
    this.#rates = new SendRates(rates)
    this.#stock = new Stock({ db, now, holder: this.#holder, settings, key })
    this.#clear = createBatcher((ready) => takeOff(db, this.#holder, ready, now), batchSize)
    this.#note = createBatcher(async (outcomes) => {
      await noteOutcomes(db, outcomes, now, host.retryPauses)
      return outcomes.map(() => undefined)
    }, batchSize)
  }

  start(): void {
    const { relay } = this.#host
    const alive = keepAlive(this.#host, this.#holder, this.#stop.signal)
    const stocking = this.#repeat('looking for mail to send', () => this.#restock())
    const schedules = this.#repeat('looking for campaigns whose time has come', async () => {
      await startDueSchedules(this.#host)
      await this.#rest(schedulePollTime)
    })
    const handing = Array.from({ length: relay.settings.poolSize }, () =>
      this.#repeat('handing over a message', () => this.#handOver()),
    )
    this.#running = Promise.all([alive, stocking, schedules, ...handing])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    this.#arrived.ring()
    this.#wanted.ring()
    await this.#running
    await Promise.all(this.#pending)
    await this.#giveBackAll()
    await leave(this.#host, this.#holder)
    await this.#host.relay.close()
  }

  async #giveBackAll(): Promise<void> {
    const { db, log, now } = this.#host
    const left = this.#ready.splice(0)
    try {
      for (const [accountId, some] of Map.groupBy(left, ({ outgoing }) => outgoing.accountId))
        await db.transaction((tx) =>
          giveBack(
            tx,
            accountId,
            this.#holder,
            some.map(({ outgoing }) => outgoing),
            now(),
          ),
        )
    } catch (error) {
      log.warn({ err: error }, 'messages could not be given back; other processes take them when this one is gone')
    }
  }

  // Works on and on; what goes wrong is told and tried again after a pause, which grows.
  async #repeat(what: string, work: () => Promise<unknown>): Promise<void> {
    const { log } = this.#host
    let pause = pollTime
    while (!this.#stop.signal.aborted) {
      try {
        await work()
        pause = pollTime
      } catch (error) {
        if (error instanceof UnavailableError) log.warn({ reason: error.message }, `${what} has to wait`)
        else log.error({ err: error }, `${what} failed`)
        await this.#rest(pause)
        pause = Math.min(2 * pause, 4000)
      }
    }
  }

  async #rest(ms: number): Promise<void> {
    await setTimeout(ms, undefined, { signal: this.#stop.signal, ref: false }).catch(() => undefined)
  }

  async #restock(): Promise<void> {
    const { db, relay, now } = this.#host
    const target = relay.settings.poolSize * aheadPerConnection
    if (this.#ready.length >= target) {
      return this.#wanted.wait()
    }
    const { messages, idle } = await this.#stock.claim(Math.min(batchSize, target))
    try {
      await this.#makeAll(messages)
    } catch (error) {
      await this.#abandon(messages)
      throw error
    }
    if (messages.length > 0) return
    for (const run of idle) await settleRun(db, run, now())
    await this.#rest(pollTime)
  }

  async #makeAll(messages: readonly Outgoing[]): Promise<void> {
    for await (const message of this.#stock.make(messages)) {
      this.#ready.push(message)
      this.#arrived.ring()
    }
  }

  // What is claimed and can't be made now is given back, but for what is ready already.
  async #abandon(messages: readonly Outgoing[]): Promise<void> {
    const ready = new Set(this.#ready.map(({ outgoing }) => outgoing))
    const left = messages.filter((message) => !ready.has(message))
    const { db, now } = this.#host
    const accountId = left[0]?.accountId
    if (accountId !== undefined)
      await db.transaction((tx) => giveBack(tx, accountId, this.#holder, left, now() + 5000)).catch(() => undefined)
  }

  /** The next message whose provider's turn it is; undefined after a while without. */
  async #next(): Promise<StockedMessage | undefined> {
    const now = this.#host.now()
    let wait = 1000
    for (const [i, message] of this.#ready.entries()) {
      const pause = this.#rates.take(message.provider, now)
      if (pause === 0) {
        this.#ready.splice(i, 1)
        this.#wanted.ring()
        return message
      }
      wait = Math.min(wait, pause)
    }
    if (this.#ready.length === 0 && !this.#stop.signal.aborted) await this.#arrived.wait()
    else await this.#rest(wait)
    return undefined
  }

  async #handOver(): Promise<void> {
    const message = await this.#next()
    if (!message) return
    const connection = await this.#connect()
    if (!connection) return void this.#ready.unshift(message)
    try {
      const clearance = await this.#clear(message).catch((error: unknown) => {
        // Ours still, whether or not it was committed.
        this.#ready.unshift(message)
        throw error
      })
      if (clearance !== 'go') return
      const begunAt = this.#host.now()
      const result = await connection.send(message.made.envelope, message.made.raw)
      this.#finish(message, result, begunAt)
    } finally {
      connection.release()
    }
    // What became of it is written down while the connection goes on, but never too far behind.
    if (this.#pending.size > batchSize) await Promise.race(this.#pending)
  }

  /** Undefined when the sender is being stopped. */
  async #connect(): Promise<RelayConnection | undefined> {
    const { relay, log } = this.#host
    for (let pause = firstRelayPause; !this.#stop.signal.aborted; pause = Math.min(2 * pause, longestRelayPause)) {
      const connected = await relay.connect(this.#stop.signal)
      if (connected.kind === 'connected') return connected.connection
      if (connected.reason === 'cancelled') continue
      // All connections fail alike; it is told once in a while.
      if (this.#host.now() - this.#relayTold > longestRelayPause) {
        this.#relayTold = this.#host.now()
        log.warn({ reason: connected.detail }, 'the relay takes no mail; it is asked again')
      }
      await this.#rest(pause)
    }
    return undefined
  }

  #finish(message: StockedMessage, result: SmtpOutcome, begunAt: number): void {
    const { outgoing, made, isOnTimeline } = message
    this.#watch(message, result)
    const outcome: Outcome = {
      outgoing,
      firstTriedAt: outgoing.firstTriedAt ?? begunAt,
      messageId: made.messageId,
      isOnTimeline,
      result,
    }
    const noted: Promise<void> = this.#noteUntilStored(outcome).finally(() => this.#pending.delete(noted))
    this.#pending.add(noted)
  }

  // The relay has it: that must come to be known, even if the store is away for a while.
  async #noteUntilStored(outcome: Outcome): Promise<void> {
    const { log } = this.#host
    const giveUpAt = this.#host.now() + 600_000
    for (let pause = pollTime; ; pause = Math.min(2 * pause, 4000)) {
      try {
        return await this.#note(outcome)
      } catch (error) {
        const { campaignId, contactId } = outcome.outgoing
        log.error(
          { err: error, campaignId, contactId, result: outcome.result.kind },
          'what became of a message can not be stored',
        )
        if (this.#host.now() > giveUpAt || this.#stop.signal.aborted) return
        await setTimeout(pause, undefined, { ref: false })
      }
    }
  }

  #watch({ provider, outgoing }: StockedMessage, result: SmtpOutcome): void {
    const { db, now, log, counts } = this.#host
    counts[result.kind]++
    if ('isRateLimit' in result && result.isRateLimit) this.#rates.slowDown(provider, now())
    const isSender = result.kind === 'refused' && result.stage === 'mail'
    if (result.kind === 'notSent') return
    this.#senderRefusals = isSender ? this.#senderRefusals + 1 : 0
    this.#refusals = result.kind === 'refused' ? this.#refusals + 1 : 0
    if (result.kind !== 'refused' || (this.#senderRefusals < maxSenderRefusals && this.#refusals < maxRefusals)) return
    this.#senderRefusals = 0
    this.#refusals = 0
    const problem = `the relay refuses ${isSender ? 'the sender' : 'everything'}: ${result.reply}`
    log.error({ campaignId: outgoing.campaignId, problem }, 'the campaign is paused')
    void pauseForSender(db, outgoing.accountId, outgoing.campaignId, problem).catch(() => undefined)
  }
}
