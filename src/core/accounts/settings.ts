// What an account has chosen for its readers: how long what they did is kept, and whether they may forward mails by our form.

import type { Db, Reader } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'
import { InvalidInputError, NotFoundError } from '../../errors.ts'

export interface AccountSettings {
  /** How long raw hits are kept, in days. */
  hitDays: number
  /** How long events are kept, in days; undefined: for ever. */
  eventDays: number | undefined
  hasForwards: boolean
}

const day = 86_400_000

/** When the oldest event happened that is kept at this time, epoch ms; `eventDays` as in the settings. */
export function oldestKept(eventDays: number | undefined, now: number): number {
  return eventDays === undefined ? -Infinity : now - eventDays * day
}

/** How long those accounts keep hits that said so, in days. */
export async function listHitDays(db: Reader): Promise<Map<number, number>> {
  return new Map(
    await db.tuples<[accountId: number, days: number]>(
      sql`select account_id, hit_days from account where hit_days > 0 order by hit_days, account_id`,
    ),
  )
}

/** How long those accounts keep events that do not keep them for ever, in days. */
export async function listEventDays(db: Reader): Promise<Map<number, number>> {
  return new Map(
    await db.tuples<[accountId: number, days: number]>(
      sql`select account_id, event_days from account where event_days > 0 order by event_days, account_id`,
    ),
  )
}

/** Of accounts that never said. */
export const usualHitDays = 30
/** A hundred years. */
const maxDays = 36_500

/** Throws NotFoundError. */
export async function getAccountSettings(db: Reader, accountId: number): Promise<AccountSettings> {
  const row = await db.one<{ hitDays: number | null; eventDays: number | null; forwards: number }>(sql`
    select hit_days as "hitDays", event_days as "eventDays", forwards from account where account_id = ${accountId}`)
  if (!row) throw new NotFoundError(`there is no account ${accountId}`)
  return {
    hitDays: row.hitDays ?? usualHitDays,
    eventDays: row.eventDays ?? undefined,
    hasForwards: row.forwards === 1,
  }
}

export type Retention = Pick<AccountSettings, 'hitDays' | 'eventDays'>

/**
 * Holds for what is there already, too: the next pruning removes it. Events are kept as long as the hits they were judged
 * by, or longer. Throws InvalidInputError.
 */
export async function setRetention(db: Db, accountId: number, { hitDays, eventDays }: Retention): Promise<void> {
  for (const [days, field] of [
    [hitDays, 'hits'],
    [eventDays, 'events'],
  ] as const)
    // oxfmt-ignore
    if (days !== undefined && !(Number.isInteger(days) && days >= 1 && days <= maxDays))
      throw new InvalidInputError(`a number of days is from 1 to ${maxDays}`, field)
  if (eventDays !== undefined && eventDays < hitDays)
    throw new InvalidInputError(
      `events are kept at least as long as hits, which are kept for ${hitDays} days`,
      'events',
    )
  await db.transaction((tx) =>
    tx.run(sql`
      update account set hit_days = ${hitDays}, event_days = ${eventDays ?? null} where account_id = ${accountId}`),
  )
}

/** Whether readers may forward the account's mails by our form. */
export async function setForwards(db: Db, accountId: number, hasForwards: boolean): Promise<void> {
  await db.transaction((tx) =>
    tx.run(sql`update account set forwards = ${Number(hasForwards)} where account_id = ${accountId}`),
  )
}
