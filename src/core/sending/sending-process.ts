// Which processes send, so that what a dead one held is not held for ever: what it had only claimed goes back, what it was
// handing over is unknown from then on. Used by the sender and the command line.

import { setTimeout } from 'node:timers/promises'
import type { Db, Reader } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'
import type { Log } from '../../log.ts'
import { nameOf } from './outgoing.ts'
import type { OutgoingKey } from './outgoing.ts'
import { giveBack } from './take-off.ts'

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

/** The process sends no more. What it could not give back, or could not write down, is taken back as from a dead one. */
export async function leave({ db, log, now }: Host, holder: string): Promise<void> {
  try {
    await takeBack(db, holder, now())
    await db.transaction((tx) => tx.run(sql`delete from sending_process where holder = ${holder}`))
  } catch (error) {
    log.warn({ err: error }, 'the sender could not say that it is gone: others find out')
  }
}

/** Whether there is any process that would hand mail over. */
export async function isAnyoneSending(db: Reader, now: number): Promise<boolean> {
  return (await db.one(sql`select 1 from sending_process where alive_until > ${now} limit 1`)) !== undefined
}

/** Takes back what dead processes held, and returns how many messages that were. */
export async function recoverDead(db: Db, now: number): Promise<number> {
  await boundLives(db, now)
  const dead = await db.tuples<[holder: string]>(sql`select holder from sending_process where alive_until <= ${now}`)
  let recovered = 0
  for (const [holder] of dead) {
    recovered += await takeBack(db, holder, now)
    // Unless it has come back to life meanwhile.
    await db.transaction((tx) =>
      tx.run(sql`delete from sending_process where holder = ${holder} and alive_until <= ${now}`),
    )
  }
  return recovered
}

// After a clock was set back nobody is believed for longer than usual; who lives says so again.
async function boundLives(db: Db, now: number): Promise<void> {
  const latest = now + lifetime
  if (await db.one(sql`select 1 from sending_process where alive_until > ${latest} limit 1`))
    await db.transaction((tx) =>
      tx.run(sql`update sending_process set alive_until = ${latest} where alive_until > ${latest}`),
    )
}

// What was only claimed goes back, what was being handed over is unknown; returns how many messages that were.
async function takeBack(db: Db, holder: string, now: number): Promise<number> {
  const campaigns = await db.tuples<[campaignId: number, accountId: number]>(
    sql`select distinct campaign_id, account_id from outgoing where holder = ${holder}`,
  )
  let taken = 0
  for (const [campaignId, accountId] of campaigns)
    taken += await db.transaction(async (tx) => {
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
  return taken
}

/**
 * Gives back what the process has claimed without knowing it, such as by a commit whose answer was lost; `known` are the
 * names of what it has. To be called while it claims nothing.
 */
export async function returnStrays(db: Db, holder: string, known: ReadonlySet<string>, now: number): Promise<void> {
  const claimed = await db.all<OutgoingKey & { accountId: number; attempts: number }>(sql`
    select campaign_id as "campaignId", contact_id as "contactId", send_no as "sendNo", account_id as "accountId", attempts
    from outgoing where holder = ${holder} and state = 'claimed'`)
  const strays = claimed.filter((message) => !known.has(nameOf(message)))
  for (const [accountId, some] of Map.groupBy(strays, (message) => message.accountId))
    await db.transaction((tx) => giveBack(tx, accountId, holder, some, now))
}
