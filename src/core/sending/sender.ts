// Hands mail over to the relay: claims what is due, makes it, and gives each connection one message after the other. One to
// each process that sends; several share the outbox. Started by server.ts, and by commands that send by themselves.

import { randomUUID } from 'node:crypto'
import { setTimeout as startTimer } from 'node:timers'
import { setTimeout } from 'node:timers/promises'
import type { Db } from '../../db/db.ts'
import { UnavailableError } from '../../errors.ts'
import type { Log } from '../../log.ts'
import type { SmtpOutcome } from '../../mail/smtp-outcome.ts'
import type { Relay, RelayConnection } from '../../mail/smtp.ts'
import type { TokenKey } from '../tracking/token.ts'
import { createBatcher } from './batcher.ts'
import { Bell } from './bell.ts'
import type { MadeMessage, MailSettings } from './make-message.ts'
import { OutcomeNotes } from './outcome-notes.ts'
import { nameOf } from './outgoing.ts'
import type { Outgoing } from './outgoing.ts'
import { RefusalWatch } from './refusal-watch.ts'
import { SendRates } from './send-rates.ts'
import type { RateSettings } from './send-rates.ts'
import { pauseForSender, settleRun } from './settle-run.ts'
import { keepAlive, leave, returnStrays } from './sending-process.ts'
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
/** Messages claimed ahead for each connection. */
const aheadPerConnection = 4
const batchSize = 100
/** How long a message rests that this process has twice, or that could not be made while the store was away. In ms. */
const returnRest = 5000
/** How long a message under way is waited for when the process stops; after that nobody knows what became of it. In ms. */
const stopPatience = 20_000

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
  readonly #notes: OutcomeNotes
  readonly #refusals = new RefusalWatch()
  #ready: StockedMessage[] = []
  /** The names of all that this process has, from the claim to the end. */
  readonly #held = new Set<string>()
  /** A transaction went wrong that may have claimed, or not given back, what is not among those. */
  #hasStrays = false
  readonly #wanted = new Bell()
  readonly #arrived = new Bell()
  /** Ends the wait for each message that is being handed over. */
  readonly #underWay = new Set<() => void>()
  readonly #pauses = new Set<Promise<void>>()
  #relayTold = 0
  #running: Promise<unknown> = Promise.resolve()

  constructor(host: SenderHost) {
    const { db, now, settings, key, rates, log } = host
    this.#host = host
    this.#rates = new SendRates(rates)
    this.#stock = new Stock({
      db,
      now,
      holder: this.#holder,
      settings,
      key,
      log,
      restUntil: (provider, isBulk) => this.#restUntil(provider, isBulk),
    })
    this.#clear = createBatcher((ready) => takeOff(db, this.#holder, ready, now), batchSize)
    this.#notes = new OutcomeNotes(host, this.#stop.signal)
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
    const impatience = startTimer(() => this.#underWay.forEach((giveUp) => giveUp()), stopPatience)
    await this.#running
    clearTimeout(impatience)
    await this.#notes.settled()
    await Promise.all(this.#pauses)
    await this.#giveBackAll()
    await leave(this.#host, this.#holder)
    await this.#host.relay.close()
  }

  // Where that fails, they are taken back as if from a dead process.
  async #giveBackAll(): Promise<void> {
    const { db, log, now } = this.#host
    const left = this.#ready.splice(0).map(({ outgoing }) => outgoing)
    try {
      for (const [accountId, some] of Map.groupBy(left, (outgoing) => outgoing.accountId))
        await db.transaction((tx) => giveBack(tx, accountId, this.#holder, some, now(), { isUnsaid: true }))
    } catch (error) {
      log.warn({ err: error }, 'messages could not be given back')
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
    if (this.#hasStrays) {
      await returnStrays(db, this.#holder, this.#held, now())
      this.#hasStrays = false
    }
    // Until it is known what was claimed, anything may have been.
    this.#hasStrays = true
    const { messages, idle } = await this.#stock.claim(Math.min(batchSize, target))
    this.#hasStrays = false
    const left = await this.#takeIn(messages)
    try {
      for await (const message of this.#stock.make([...left])) {
        left.delete(message.outgoing)
        this.#ready.push(message)
        this.#arrived.ring()
      }
    } catch (error) {
      this.#hasStrays = true
      throw error
    } finally {
      for (const outgoing of left) this.#held.delete(nameOf(outgoing))
    }
    if (messages.length > 0) return
    for (const run of idle) await settleRun(db, run, now())
    await this.#rest(pollTime)
  }

  // What was taken back from this process, for it seemed dead, and was claimed by it again, goes back: it is in here already.
  async #takeIn(messages: readonly Outgoing[]): Promise<Set<Outgoing>> {
    const { db, now } = this.#host
    const fresh = new Set(messages.filter((message) => !this.#held.has(nameOf(message))))
    for (const message of fresh) this.#held.add(nameOf(message))
    const again = messages.filter((message) => !fresh.has(message))
    const accountId = again[0]?.accountId
    if (accountId !== undefined)
      await db.transaction((tx) => giveBack(tx, accountId, this.#holder, again, now() + returnRest))
    return fresh
  }

  #restUntil(provider: string, isBulk: boolean): number | undefined {
    const waiting = this.#ready.filter((message) => message.provider === provider).length
    return this.#rates.restUntil(provider, waiting, this.#host.now(), isBulk)
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
        // Ours still, whether or not it was committed; behind the others, in case that it is what goes wrong.
        this.#ready.push(message)
        throw error
      })
      if (clearance !== 'go') return void this.#held.delete(nameOf(message.outgoing))
      const begunAt = this.#host.now()
      const result = await this.#send(connection, message.made)
      this.#finish(message, result, begunAt)
    } finally {
      connection.release()
    }
    // What became of it is written down while the connection goes on, but never too far behind.
    await this.#notes.room()
  }

  async #send(connection: RelayConnection, { envelope, raw }: MadeMessage): Promise<SmtpOutcome> {
    const { promise: impatience, resolve: giveUp } = Promise.withResolvers<void>()
    this.#underWay.add(giveUp)
    const result = await Promise.race([connection.send(envelope, raw), impatience])
    this.#underWay.delete(giveUp)
    const detail = 'the process was stopped while the relay had not answered'
    return result ?? { kind: 'unknown', detail, peer: connection.peer, at: this.#host.now() }
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
    const firstTriedAt = outgoing.firstTriedAt ?? begunAt
    const outcome = { outgoing, firstTriedAt, messageId: made.messageId, isOnTimeline, result }
    this.#notes.add(outcome, () => this.#held.delete(nameOf(outgoing)))
  }

  #watch({ provider, outgoing }: StockedMessage, result: SmtpOutcome): void {
    const { db, now, log, counts } = this.#host
    counts[result.kind]++
    if ('isRateLimit' in result && result.isRateLimit) this.#rates.slowDown(provider, now())
    // Who sends a single message is told what became of it; the next one may be another sender's.
    const { accountId, campaignId, message } = outgoing
    const problem = message === null ? this.#refusals.count(campaignId, result) : undefined
    if (problem === undefined) return
    log.error({ campaignId, problem }, 'the campaign is paused')
    const paused: Promise<void> = pauseForSender(db, accountId, campaignId, problem)
      .catch((error: unknown) => log.error({ err: error, campaignId }, 'the campaign could not be paused'))
      .finally(() => this.#pauses.delete(paused))
    this.#pauses.add(paused)
  }
}
