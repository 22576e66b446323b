// Writes down what became of messages behind the connections' backs, until the store has it. Held by the sender.

import { setTimeout } from 'node:timers/promises'
import type { Db } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'
import { UnavailableError } from '../../errors.ts'
import type { Log } from '../../log.ts'
import { createBatcher } from './batcher.ts'
import { noteOutcomes } from './note-outcomes.ts'
import type { Outcome } from './note-outcomes.ts'
import { changeMessages, stateChange } from './outgoing.ts'

interface Host {
  db: Db
  log: Log
  now: () => number
  retryPauses?: readonly number[]
}

/** Outcomes that are written down together, and how many wait at most while the connections go on. */
const batchSize = 100
const firstPause = 250
const longestPause = 4000
/** So often an outcome that the store refuses is tried before its message is called unknown; for as long as the store is away. */
const maxRefusals = 12
/** So often still when the process is stopping. */
const lastTries = 4

export class OutcomeNotes {
  readonly #host: Host
  readonly #stop: AbortSignal
  readonly #noteTogether: (outcome: Outcome) => Promise<void>
  readonly #pending = new Set<Promise<void>>()

  constructor(host: Host, stop: AbortSignal) {
    this.#host = host
    this.#stop = stop
    this.#noteTogether = createBatcher(async (outcomes) => {
      await this.#store(outcomes)
      return outcomes.map(() => undefined)
    }, batchSize)
  }

  /** The relay has spoken: that must come to be known, even if the store is away for a while. `onEnd` when it is. */
  add(outcome: Outcome, onEnd: () => void): void {
    const noted: Promise<void> = this.#noteUntilStored(outcome).finally(() => {
      this.#pending.delete(noted)
      onEnd()
    })
    this.#pending.add(noted)
  }

  /** Resolves when there are not too many that wait to be written down. */
  async room(): Promise<void> {
    if (this.#pending.size > batchSize) await Promise.race(this.#pending)
  }

  /** Resolves when none waits any more. */
  async settled(): Promise<void> {
    await Promise.all(this.#pending)
  }

  async #noteUntilStored(outcome: Outcome): Promise<void> {
    let refusals = 0
    let triesWhileStopping = 0
    for (let tries = 0; ; tries++) {
      try {
        // What failed together is tried one by one, so that one that can't be stored keeps no other one back.
        return await (tries === 0 ? this.#noteTogether(outcome) : this.#store([outcome]))
      } catch (error) {
        const { campaignId, contactId } = outcome.outgoing
        const told = { err: error, campaignId, contactId, result: outcome.result.kind }
        this.#host.log.error(told, 'what became of a message can not be stored')
        if (!(error instanceof UnavailableError)) refusals++
        if (this.#stop.aborted) triesWhileStopping++
        if (refusals >= maxRefusals) return this.#callUnknown(outcome)
        // Whoever takes over what the process held says the same of it: unknown.
        if (triesWhileStopping >= lastTries) return
        await setTimeout(Math.min(firstPause * 2 ** tries, this.#stop.aborted ? firstPause : longestPause), undefined, {
          ref: false,
        })
      }
    }
  }

  #store(outcomes: readonly Outcome[]): Promise<void> {
    const { db, now, retryPauses } = this.#host
    return noteOutcomes(db, outcomes, now, retryPauses)
  }

  async #callUnknown({ outgoing, result }: Outcome): Promise<void> {
    const { db, log, now } = this.#host
    const change = stateChange('unknown', { reply: `it was ${result.kind}, which could not be stored` }, now())
    try {
      await db.transaction((tx) =>
        changeMessages(tx, outgoing.accountId, [outgoing], change, sql`and state = 'in-flight'`),
      )
    } catch (error) {
      log.error({ err: error, campaignId: outgoing.campaignId }, 'a message stays in flight until this process ends')
    }
  }
}
