// Which processes send, so that what a dead one held is not held for ever: what it had only claimed goes back, what it was
// handing over is unknown from then on. Used by the sender and the command line.

import { setTimeout } from 'node:timers/promises'
import type { Db, Reader } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'
import type { Log } from '../../log.ts'

interface Host {
  db: Db
  log: Log
  now: () => number
}

/** How often a process says that it is alive, and for how long that is believed. In ms. */
const beatTime = 5000
const lifetime = 20_000

/** Says so until the signal, and clears up behind others that say so no more. */
export async function keepAlive({ db, log, now }: Host, holder: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await db.transaction((tx) =>
        tx.run(sql`
          insert into sending_process(holder, alive_until) values (${holder}, ${now() + lifetime})
          on conflict (holder) do update set alive_until = excluded.alive_until`),
      )
      const recovered = await recoverDead(db, now())
      if (recovered > 0) log.warn({ messages: recovered }, 'messages of a process that is gone were taken back')
    } catch (error) {
      log.warn({ err: error }, 'the sender could not say that it is alive')
    }
    await setTimeout(beatTime, undefined, { signal, ref: false }).catch(() => undefined)
  }
}

/** The process sends no more, and holds nothing. */
export async function leave({ db, log }: Host, holder: string): Promise<void> {
  try {
    await db.transaction((tx) => tx.run(sql`delete from sending_process where holder = ${holder}`))
  } catch (error) {
    log.warn({ err: error }, 'the sender could not say that it is gone')
  }
}

/** Whether there is any process that would hand mail over. */
export async function isAnyoneSending(db: Reader, now: number): Promise<boolean> {
  return (await db.one(sql`select 1 from sending_process where alive_until > ${now} limit 1`)) !== undefined
}

/** Takes back what dead processes held, and returns how many messages that were. */
export async function recoverDead(db: Db, now: number): Promise<number> {
  const dead = await db.tuples<[holder: string]>(sql`select holder from sending_process where alive_until <= ${now}`)
  let recovered = 0
  for (const [holder] of dead) {
    const campaigns = await db.tuples<[campaignId: number, accountId: number]>(
      sql`select distinct campaign_id, account_id from outgoing where holder = ${holder}`,
    )
    for (const [campaignId, accountId] of campaigns)
      recovered += await db.transaction(async (tx) => {
        const held = sql`holder = ${holder} and campaign_id = ${campaignId} and +account_id = ${accountId}`
        const back = await tx.run(sql`
          update outgoing set state = case when attempts > 0 then 'deferred' else 'pending' end, holder = null, due_at = ${now}
          where ${held} and state = 'claimed'`)
        const doubtful = await tx.run(sql`
          update outgoing set state = 'unknown', holder = null, ended_at = ${now},
            reply = 'the process ended while it was being handed over'
          where ${held} and state = 'in-flight'`)
        return back + doubtful
      })
    // Unless it has come back to life meanwhile.
    await db.transaction((tx) =>
      tx.run(sql`delete from sending_process where holder = ${holder} and alive_until <= ${now}`),
    )
  }
  return recovered
}
